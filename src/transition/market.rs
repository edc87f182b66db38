//! From what operations showed to what policies see: each option of each holding with the cost of owning it.

use super::build::{Capacity, premium};
use super::comply::Ramp;
use super::frame::Frame;
use super::offer::{Choice, Ownership, price_usd, residual, tco};
use super::regulation::means;
use super::spec::{BuyerSpec, OfferSpec, ProjectKind, TRUCK};
use super::stock::{Model, Stock};
use super::year::Shown;
use crate::account::fuel_standard::{MJ_PER_GAL_DIESEL, MJ_PER_KG_H2, MJ_PER_KWH, credit_t};
use crate::account::levelised::capital_recovery_factor;
use crate::policy::adoption::AdoptionView;
use crate::record::tally::FleetTally;
use crate::truck::spec::TruckModelSpec;
use crate::truck::state::SHIFT_CLASS_KM;
use crate::vehicle::spec::Powertrain;
use std::collections::BTreeMap;

/// Energy on arterial and local roads over that on freeways, as trips of drayage mix them (assumed; for plans only).
const ROADS: f64 = 1.05;
/// Share of containers that are loaded, for plans (imports and exports against empties at these ports: 0.6).
const LOADED: f64 = 0.6;
/// From the battery to the meter, for plans where no charger says it.
const EFFICIENCY: f64 = 0.92;

/// What a year's decision rests on.
#[derive(Debug)]
pub struct Market<'a> {
    /// The scenario.
    pub frame: &'a Frame<'a>,
    /// The year that is decided.
    pub year: u16,
    /// What the year before showed.
    pub shown: &'a Shown,
    /// Vehicles of the year before, by holding and model.
    pub counts: &'a [Vec<u32>],
    /// What serves or is on the way.
    pub coming: &'a Capacity,
    /// Chargers will be built for the vehicles that are bought.
    pub builds_for_vehicles: bool,
    /// Share of each voucher's claims that its budget paid the year before.
    pub paid_share: &'a BTreeMap<String, f64>,
    /// kW of chargers that were begun so far: what they cost more for being among the first shrinks with it.
    pub charger_units: f64,
}

impl Market<'_> {
    /// All choices of all holdings, holding after holding.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        let holdings = 0..self.frame.holdings.len();
        holdings.flat_map(|holding| self.choices_of(holding)).collect()
    }

    fn choices_of(&self, holding: usize) -> Vec<Choice> {
        let class = &self.frame.holdings[holding].class;
        let offered = self.frame.models_of(class).filter_map(|model| Some((model, self.frame.offer(model)?)));
        offered.map(|(model, offer)| self.choice(holding, model, offer)).collect()
    }

    fn choice(&self, holding: usize, model: usize, offer: &OfferSpec) -> Choice {
        let frame = self.frame;
        let buyer = frame.buyer(holding);
        let year = self.year;
        let use_per_year = frame.use_per_year(holding, self.shown, self.counts);
        let (energy_per_use, battery_per_use) = self.energy_per_use(holding, model);
        let price = price_usd(offer, frame.spec, year);
        let hold_years = buyer.map_or(10, |buyer| buyer.hold_years);
        let energy = use_per_year * energy_per_use;
        let ownership = Ownership {
            price_usd: price,
            incentive_usd: self.incentive_usd(holding, model, price),
            residual_share: residual(frame.spec, hold_years),
            hold_years: u32::from(hold_years),
            discount_rate: buyer.map_or(frame.spec.discount_rate, |buyer| buyer.discount_rate),
            use_per_year,
            energy_per_use,
            energy_usd_per_unit: self.energy_usd(holding, model),
            maintenance_usd_per_use: offer.maintenance_usd.at(year),
            insurance_share: frame.spec.insurance_share,
            waiting_h: self.waiting_h(holding, model, energy, offer),
            driver_usd_per_h: frame.spec.driver_usd_per_h,
            infrastructure_usd: self.infrastructure_usd(holding, model, offer),
            fees_usd: self.fees_usd(holding, model),
            carbon_usd: self.carbon_usd(model, energy),
            credits_usd: self.credits_usd(model, energy),
            payload_lost: offer.payload_lost,
        };
        let is_sold = offer.from.is_none_or(|from| from <= year) && offer.until.is_none_or(|until| until >= year);
        Choice {
            holding,
            model,
            ownership,
            tco: tco(&ownership),
            coverage: self.coverage(holding, model, offer, battery_per_use),
            co2e_kg: self.co2e_kg(model, energy),
            is_sold: is_sold && self.can_be_filled(holding, model),
        }
    }

    fn fleet(&self, holding: usize) -> Option<&FleetTally> {
        self.frame.tally(holding, self.shown)
    }

    fn vehicles(&self, holding: usize) -> f64 {
        vehicles(&self.counts[holding])
    }

    /// Energy by km or hour: from the pump, meter or dispenser, and out of the store on board.
    fn energy_per_use(&self, holding: usize, model: usize) -> (f64, f64) {
        let key = &self.frame.models[model].key;
        let scenario = self.frame.scenario();
        let on_board = if let Some(fleet) = self.fleet(holding) {
            per_km(&scenario.truck_model[key], fleet)
        } else {
            let spec = &scenario.equipment_model[key];
            let lifts_per_h = scenario.work.get(&spec.class).map_or(0.0, |work| work.lifts_per_h);
            spec.per_work_h + spec.per_lift * lifts_per_h
        };
        if !self.frame.charges(model) {
            return (on_board, on_board);
        }
        let group = self.frame.groups_of(holding, model).next();
        let efficiency = group.map_or(EFFICIENCY, |at| self.frame.groups[at].1.efficiency);
        (on_board / efficiency, on_board)
    }

    /// Price of a gallon, kWh or kg, before fees, carbon price and credits.
    fn energy_usd(&self, holding: usize, model: usize) -> f64 {
        let price = &self.frame.spec.price;
        match self.frame.models[model].powertrain {
            Powertrain::Diesel => price.diesel_usd_per_gal.at(self.year),
            Powertrain::FuelCell => price.hydrogen_usd_per_kg.at(self.year),
            Powertrain::BatteryElectric | Powertrain::GridConnected => {
                let holding = &self.frame.holdings[holding];
                let fleet = self.frame.scenario().fleet.get(&holding.owner);
                match (fleet.map(|fleet| fleet.home.as_ref()), holding.class.as_str()) {
                    (Some(None), TRUCK) => self.frame.public_usd_per_kwh(self.year),
                    (Some(Some(home)), TRUCK) => self.site_usd_per_kwh(home),
                    _ => self.site_usd_per_kwh(&holding.owner),
                }
            }
        }
    }

    /// What a kWh cost at a site: its bill over its energy, once it has charged something.
    fn site_usd_per_kwh(&self, site: &str) -> f64 {
        let at = self.frame.scenario().site.keys().position(|key| key == site);
        let shown = at.map(|at| &self.shown.sites[at]).filter(|shown| shown.charging_kwh > 0.0);
        let billed = shown.and_then(|shown| Some(shown.bill_usd?.iter().sum::<f64>() / shown.meter_kwh));
        billed.unwrap_or_else(|| self.frame.spec.price.electricity_usd_per_kwh.at(self.year))
    }

    /// Hours on duty that one spent waiting for ports and, without a home, charging.
    fn waiting_h(&self, holding: usize, model: usize, energy: f64, offer: &OfferSpec) -> f64 {
        let Some(fleet) = self.fleet(holding).filter(|_| self.frame.charges(model)) else { return 0.0 };
        let counts = self.counts[holding].iter().enumerate();
        let electric: u32 = counts.filter(|(at, _)| self.frame.charges(*at)).map(|(_, count)| count).sum();
        let has_home = self.frame.scenario().fleet[&self.frame.holdings[holding].owner].home.is_some();
        if electric == 0 {
            // Nobody has shown it yet: the time at full power.
            return if has_home || offer.charging_kw <= 0.0 { 0.0 } else { energy / offer.charging_kw };
        }
        let hours = fleet.port_wait_h + if has_home { 0.0 } else { fleet.port_h };
        hours / f64::from(electric)
    }

    /// Its chargers, USD a year; public ones are in the price of a kWh.
    fn infrastructure_usd(&self, holding: usize, model: usize, offer: &OfferSpec) -> f64 {
        let spec = self.frame.spec.build.get(&ProjectKind::Chargers);
        let owner = &self.frame.holdings[holding].owner;
        let is_public = self.frame.scenario().fleet.get(owner).is_some_and(|fleet| fleet.home.is_none());
        let Some(spec) = spec.filter(|_| self.frame.charges(model) && !is_public) else { return 0.0 };
        let usd_per_kw = spec.usd_per_unit.at(self.year) * (1.0 + premium(spec, self.charger_units));
        let rate = self.frame.buyer(holding).map_or(self.frame.spec.discount_rate, |buyer| buyer.discount_rate);
        let yearly = capital_recovery_factor(rate, spec.life_years as u32) + spec.upkeep_share;
        offer.charging_kw * self.frame.active_share(holding) * usd_per_kw * yearly
    }

    fn fees_usd(&self, holding: usize, model: usize) -> f64 {
        let Some(fleet) = self.fleet(holding).filter(|_| !self.frame.models[model].is_zero_emission()) else {
            return 0.0;
        };
        let teu_per_box = self.frame.teu_per_box();
        let hauls = fleet.completed as f64 / self.vehicles(holding);
        let rules = self.frame.scenario().rule.truck_fee.values();
        rules
            .map(|rule| {
                rule.term.share(self.year) * rule.usd_per_teu.at(self.year) * rule.paying_share * teu_per_box * hauls
            })
            .sum()
    }

    fn carbon_usd(&self, model: usize, energy: f64) -> f64 {
        if self.frame.models[model].powertrain == Powertrain::Diesel {
            energy * self.frame.carbon_usd_per_gal(self.year)
        } else {
            0.0
        }
    }

    fn credits_usd(&self, model: usize, energy: f64) -> f64 {
        energy * self.frame.credits_usd_per_unit(model, self.year)
    }

    /// Share of the holding's shifts that the model can do on one fill, as last year's shifts were.
    fn coverage(&self, holding: usize, model: usize, offer: &OfferSpec, per_use: f64) -> f64 {
        let owner = &self.frame.holdings[holding].owner;
        let scenario = self.frame.scenario();
        let at = scenario.fleet.keys().position(|key| key == owner);
        let Some(at) = at.filter(|_| self.frame.holdings[holding].class == TRUCK) else { return 1.0 };
        let spec = &scenario.truck_model[&self.frame.models[model].key];
        let stored = spec.battery.as_ref().map(|it| it.usable_kwh).or(spec.tank.as_ref().map(|it| it.usable_kg));
        let Some(stored) = stored else { return 1.0 };
        coverage(&self.shown.shift_km[at], stored * offer.planned_share / per_use)
    }

    fn co2e_kg(&self, model: usize, energy: f64) -> f64 {
        let factors = self.frame.scenario().emissions.as_ref();
        match self.frame.models[model].powertrain {
            Powertrain::Diesel => {
                energy * factors.map_or(0.0, |it| it.diesel_tailpipe_kg_per_gal + it.diesel_upstream_kg_per_gal)
            }
            Powertrain::FuelCell => {
                let [got_kg, co2e_kg] = self.shown.hydrogen;
                energy * if got_kg > 0.0 { co2e_kg / got_kg } else { 0.0 }
            }
            _ => energy / 1000.0 * self.frame.spec.grid.kg_per_mwh.at(self.year),
        }
    }

    fn can_be_filled(&self, holding: usize, model: usize) -> bool {
        match self.frame.models[model].powertrain {
            Powertrain::Diesel | Powertrain::GridConnected => true,
            Powertrain::FuelCell => self.frame.has_station(holding, model),
            Powertrain::BatteryElectric => {
                let mut groups = self.frame.groups_of(holding, model);
                groups.any(|group| self.builds_for_vehicles || self.frame.cabinets(group, self.coming) > 0)
            }
        }
    }

    /// Vouchers and tax credits that one can count on, USD.
    fn incentive_usd(&self, holding: usize, model: usize, price_usd: f64) -> f64 {
        let rules = self.frame.scenario().rule.voucher.iter();
        rules
            .map(|(key, _)| {
                let has_budget = self.frame.voucher_budget_usd(key, self.year) > 0.0;
                let usd = self.frame.voucher_usd(key, holding, model, price_usd, self.year);
                if has_budget { usd * self.paid_share.get(key).unwrap_or(&1.0) } else { 0.0 }
            })
            .sum::<f64>()
            .min(price_usd)
    }
}

fn vehicles(counts: &[u32]) -> f64 {
    f64::from(counts.iter().sum::<u32>().max(1))
}

impl Frame<'_> {
    /// What the trucks of a holding did; none of equipment.
    fn tally<'b>(&self, holding: usize, shown: &'b Shown) -> Option<&'b FleetTally> {
        let holding = &self.holdings[holding];
        let at = self.fleets.iter().position(|(key, _)| **key == holding.owner)?;
        (holding.class == TRUCK).then(|| &shown.fleets[at])
    }

    /// km of a truck or work hours of a unit in the year that was shown.
    #[must_use]
    pub fn use_per_year(&self, holding: usize, shown: &Shown, counts: &[Vec<u32>]) -> f64 {
        let used = self.tally(holding, shown).map_or_else(|| self.work_h(holding, shown), |fleet| fleet.km);
        used / vehicles(&counts[holding])
    }

    fn work_h(&self, holding: usize, shown: &Shown) -> f64 {
        let holding = &self.holdings[holding];
        let at = self.sites.iter().position(|(key, _)| **key == holding.owner);
        let class = at.and_then(|at| shown.sites[at].classes.get(&holding.class));
        class.map_or(0.0, |class| class.served_h)
    }

    /// TEU of a container.
    #[must_use]
    pub fn teu_per_box(&self) -> f64 {
        let freight = self.scenario().freight.as_ref();
        freight.and_then(|freight| freight.volumes.as_ref()).map_or(1.8, |volumes| volumes.teu_per_box)
    }

    /// What the price of carbon adds to a gallon of diesel.
    #[must_use]
    pub fn carbon_usd_per_gal(&self, year: u16) -> f64 {
        let kg = self.scenario().emissions.as_ref().map_or(0.0, |it| it.diesel_tailpipe_kg_per_gal);
        let rules = self.scenario().rule.carbon_price.values();
        rules
            .map(|rule| {
                (rule.usd_per_t.at(year) - rule.in_diesel_price_usd_per_t) * rule.term.share(year) * kg / 1000.0
            })
            .sum()
    }

    /// Income from fuel standards for a gallon, kWh at the meter or kg; negative: what they cost.
    #[must_use]
    pub fn credits_usd_per_unit(&self, model: usize, year: u16) -> f64 {
        let Model { powertrain, class, .. } = &self.models[model];
        let rules = self.scenario().rule.fuel_standard.values();
        rules
            .map(|rule| {
                let standard = |year| rule.baseline_g_per_mj * (1.0 - rule.reduction.at(year));
                let usd = |tonnes: f64, year| tonnes * rule.usd_per_t.at(year);
                let diesel_usd =
                    |year| usd(credit_t(standard(year), 1.0, rule.diesel_g_per_mj, MJ_PER_GAL_DIESEL), year);
                let each_usd = match powertrain {
                    // The price of diesel holds the deficit of the first year already, and nothing of what it becomes.
                    Powertrain::Diesel => diesel_usd(year) - rule.in_diesel_price * diesel_usd(self.spec.from),
                    Powertrain::FuelCell => {
                        let intensity = rule.hydrogen_g_per_mj.at(year);
                        usd(credit_t(standard(year), rule.hydrogen_ratio, intensity, MJ_PER_KG_H2), year)
                    }
                    Powertrain::BatteryElectric => {
                        let intensity = rule.electricity_g_per_mj.at(year);
                        let of_equipment = rule.equipment_electric_ratio.filter(|_| class != TRUCK);
                        let ratio = of_equipment.unwrap_or(rule.electric_ratio);
                        usd(credit_t(standard(year), ratio, intensity, MJ_PER_KWH), year)
                    }
                    // Cranes on the grid are not credited: their energy is not metered apart.
                    Powertrain::GridConnected => 0.0,
                };
                each_usd * rule.term.share(year)
            })
            .sum()
    }

    /// What a voucher can pay in a year.
    #[must_use]
    pub fn voucher_budget_usd(&self, rule: &str, year: u16) -> f64 {
        let rule = &self.scenario().rule.voucher[rule];
        rule.budget_usd.as_ref().map_or(f64::INFINITY, |budget| budget.at(year) * rule.term.share(year))
    }

    /// What a voucher pays for a vehicle, before its budget.
    #[must_use]
    pub fn voucher_usd(&self, rule: &str, holding: usize, model: usize, price_usd: f64, year: u16) -> f64 {
        let rule = &self.scenario().rule.voucher[rule];
        let model = &self.models[model];
        let is_of_kind = model.is_zero_emission()
            && means(&rule.classes, &model.class)
            && means(&rule.powertrains, model.powertrain.word());
        if !is_of_kind {
            return 0.0;
        }
        let each = self.buyer(holding).map_or(1.0, |buyer: &BuyerSpec| buyer.vehicles_each);
        let band = rule.by_size.iter().find(|band| each <= band[0]).or(rule.by_size.last());
        let usd = rule.usd.at(year) * band.map_or(1.0, |band| band[1]);
        usd.min(price_usd * rule.most_of_price) * rule.term.share(year)
    }
}

/// Energy or fuel of a truck by km, as its fleet's trips were.
fn per_km(model: &TruckModelSpec, fleet: &FleetTally) -> f64 {
    if fleet.km <= 0.0 {
        return model.loaded_per_km;
    }
    let bobtail = fleet.empty_km / fleet.km;
    let container = LOADED * model.loaded_per_km + (1.0 - LOADED) * model.empty_per_km;
    let idle = model.idle_per_h * fleet.idling_h / fleet.km;
    (bobtail * model.bobtail_per_km + (1.0 - bobtail) * container) * ROADS + idle
}

/// Share of shifts no longer than a range; the class that the range cuts counts in proportion. All, where there are none.
#[must_use]
pub fn coverage(shift_km: &[u32], range_km: f64) -> f64 {
    let all: u32 = shift_km.iter().sum();
    if all == 0 {
        return 1.0;
    }
    let part = |(at, count): (usize, &u32)| f64::from(*count) * (range_km / SHIFT_CLASS_KM - at as f64).clamp(0.0, 1.0);
    shift_km.iter().enumerate().map(part).sum::<f64>() / f64::from(all)
}

/// What an adoption policy sees. `due` is by holding.
#[must_use]
pub fn view(frame: &Frame<'_>, year: u16, choices: &[Choice], stock: &Stock, due: &[u32], ramp: &Ramp) -> AdoptionView {
    let counts = stock.by_model(frame.holdings.len(), frame.models.len());
    let is_clean = |model: usize| frame.models[model].is_zero_emission();
    let old = |counts: &Vec<u32>| counts.iter().enumerate().filter(|(model, _)| !is_clean(*model)).map(|it| it.1).sum();
    let mut first_option = vec![0; frame.holdings.len() + 1];
    for choice in choices {
        first_option[choice.holding + 1] += 1;
    }
    (0..frame.holdings.len()).for_each(|at| first_option[at + 1] += first_option[at]);
    let least = |holding: usize| frame.buyer(holding).map_or(0.0, |buyer| buyer.least_coverage);
    AdoptionView {
        year,
        cost_uncertainty: frame.spec.cost_uncertainty,
        due: due.to_vec(),
        vehicles: (0..frame.holdings.len()).map(|holding| frame.need(holding, year)).collect(),
        vehicles_each: (0..frame.holdings.len()).map(|at| frame.buyer(at).map_or(1.0, |it| it.vehicles_each)).collect(),
        old: counts.iter().map(old).collect(),
        first_option,
        model: choices.iter().map(|choice| choice.model as u32).collect(),
        is_zero_emission: choices.iter().map(|choice| is_clean(choice.model)).collect(),
        is_open: choices.iter().map(|choice| choice.is_sold && choice.coverage >= least(choice.holding)).collect(),
        usd_per_year: choices.iter().map(|choice| choice.tco.total_usd()).collect(),
        coverage: choices.iter().map(|choice| choice.coverage).collect(),
        co2e_kg_per_year: choices.iter().map(|choice| choice.co2e_kg).collect(),
        stock: choices.iter().map(|choice| counts[choice.holding][choice.model]).collect(),
        ramp_left: ramp.left(frame, choices),
        ramp_kind: ramp.kinds(frame, choices),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 10 shifts under 20 km, 30 between 20 and 40; a range of 30 km does 10 and half of 30.
    #[test]
    fn coverage_counts_shifts() {
        assert!((coverage(&[10, 30], 30.0) - 25.0 / 40.0).abs() < 1e-12);
        assert_eq!((coverage(&[10, 30], 100.0), coverage(&[], 5.0)), (1.0, 1.0));
    }
}
