//! From what operations showed to what policies see: each option of each holding with the cost of owning it.

use super::build::{Capacity, premium};
use super::comply::Ramp;
use super::frame::Frame;
use super::offer::{Choice, Ownership, maintenance_usd, mean_value, price_usd, residual, tco};
use super::operated::OperatingYear;
use super::spec::{BuildSpec, OfferSpec, ProjectKind, TRUCK};
use super::stock::Stock;
use crate::account::levelised::capital_recovery_factor;
use crate::hydrogen::spec::HydrogenSpec;
use crate::policy::adoption::AdoptionView;
use crate::policy::build_out::simultaneity;
use crate::policy::option_facts::OptionFacts;
use crate::record::tally::FleetTally;
use crate::truck::spec::{FleetSpec, TruckModelSpec};
use crate::truck::state::SHIFT_CLASS_KM;
use crate::vehicle::spec::Powertrain;
use std::collections::{BTreeMap, BTreeSet};

/// What a year's decision rests on.
#[derive(Debug)]
pub struct Market<'a> {
    /// The scenario.
    pub frame: &'a Frame<'a>,
    /// The year that is decided.
    pub year: u16,
    /// Hydrogen at the dispenser, USD/kg.
    pub hydrogen_usd_per_kg: f64,
    /// What the year before showed.
    pub shown: &'a OperatingYear,
    /// Vehicles of the year before, by holding and model.
    pub counts: &'a [Vec<u32>],
    /// By holding: use of its vehicles at work by their age, mean.
    pub mean_use: &'a [f64],
    /// By holding: vehicles that it will buy.
    pub due: &'a [u32],
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
        let mean = frame.use_per_year(holding, self.shown, self.counts);
        let use_per_year = mean * frame.use_while_held(holding, self.mean_use[holding]);
        let (energy_per_use, battery_per_use) = self.energy_per_use(holding, model);
        let price = price_usd(offer, frame.spec, year);
        let hold_years = buyer.map_or(10, |buyer| buyer.hold_years);
        let energy = use_per_year * energy_per_use;
        let range_km = self.range_km(holding, model, offer, battery_per_use);
        let coverage = range_km.map_or(1.0, |range_km| coverage(self.shift_km(holding), range_km));
        let ownership = Ownership {
            price_usd: price,
            tax_usd: price * frame.vehicle_tax_share(model, year, false),
            incentive_usd: self.incentive_usd(holding, model, price),
            residual_share: residual(frame.spec, hold_years),
            hold_years: u32::from(hold_years),
            discount_rate: buyer.map_or(frame.spec.discount_rate, |buyer| buyer.discount_rate),
            use_per_year,
            energy_per_use,
            energy_usd_per_unit: self.energy_usd(holding, model),
            maintenance_usd_per_use: maintenance_usd(offer, frame.spec, year),
            insurance_share: frame.spec.insurance_share * mean_value(frame.spec, hold_years),
            waiting_h: self.waiting_h(holding, model, energy),
            driver_usd_per_h: frame.spec.driver_usd_per_h,
            build_out_usd: self.build_out_usd(holding, model, offer),
            connection_usd: self.connection_usd(holding, model, offer),
            unmet_hauls_usd: self.unmet_hauls_usd(holding, range_km),
            fees_usd: self.fees_usd(holding, model),
            carbon_usd: self.carbon_usd(model, energy),
            credits_usd: self.credits_usd(holding, model, energy),
            payload_lost: offer.payload_lost,
        };
        let is_sold = offer.is_sold(year);
        Choice {
            holding,
            model,
            ownership,
            tco: tco(&ownership),
            coverage,
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
            self.frame.per_km(&scenario.truck_model[key], fleet)
        } else {
            let spec = &scenario.equipment_model[key];
            let lifts_per_h = scenario.work.get(&spec.class).map_or(0.0, |work| work.lifts_per_h);
            spec.per_work_h + spec.per_lift * lifts_per_h
        };
        if !self.frame.charges(model) {
            return (on_board, on_board);
        }
        let group = self.frame.groups_of(holding, model).next();
        let efficiency = group.map_or(1.0, |at| self.frame.groups[at].1.efficiency);
        (on_board / efficiency, on_board)
    }

    /// Price of a gallon, kWh or kg, before fees, carbon price and credits.
    fn energy_usd(&self, holding: usize, model: usize) -> f64 {
        match self.frame.models[model].powertrain {
            Powertrain::Diesel => self.frame.diesel_usd(self.year),
            Powertrain::FuelCell => self.hydrogen_usd_per_kg,
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

    /// Hours on duty that one spent waiting for ports or positions, fuelling, and, without a home, charging.
    fn waiting_h(&self, holding: usize, model: usize, energy: f64) -> f64 {
        if self.frame.models[model].powertrain == Powertrain::FuelCell {
            return self.fuelling_h(holding, model, energy);
        }
        let Some(fleet) = self.fleet(holding).filter(|_| self.frame.charges(model)) else { return 0.0 };
        let electric = |at: &usize| self.frame.charges(*at) && self.counts[holding][*at] > 0;
        let shown: Vec<usize> = (0..self.frame.models.len()).filter(electric).collect();
        let trucks: u32 = shown.iter().map(|at| self.counts[holding][*at]).sum();
        let spec = &self.frame.scenario().fleet[&self.frame.holdings[holding].owner];
        let has_home = spec.home.is_some();
        let h_per_kwh = |model: usize| self.frame.full_power_h_per_kwh(holding, model);
        if trucks == 0 {
            // No operated year has shown it yet: the time at full power.
            return if has_home { 0.0 } else { energy * h_per_kwh(model) };
        }
        // A fleet that has both does not say whose trucks were towed.
        let towed_h = if fleet.hydrogen_kg > 0.0 { 0.0 } else { spec.towed_h(fleet.stranded) };
        let waited_h = (fleet.port_wait_h + towed_h) / f64::from(trucks);
        let at_full_power: f64 = shown.iter().map(|at| f64::from(self.counts[holding][*at]) * h_per_kwh(*at)).sum();
        if has_home || fleet.charged_kwh <= 0.0 || at_full_power <= 0.0 {
            return waited_h;
        }
        // What others needed for a kWh, as much longer or shorter as this model needs at full power.
        let pace = h_per_kwh(model) / (at_full_power / f64::from(trucks));
        waited_h + energy * fleet.port_h / fleet.charged_kwh * pace
    }

    /// Hours at hydrogen stations: as fuel-cell trucks of the holding had it, or those of all; before the first, at full flow.
    fn fuelling_h(&self, holding: usize, model: usize, kg: f64) -> f64 {
        if self.fleet(holding).is_none() {
            return 0.0;
        }
        let owner = &self.frame.holdings[holding].owner;
        let fleets = || self.frame.fleets.iter().zip(&self.shown.fleets);
        let per_kg = |is_meant: &dyn Fn(&String) -> bool| {
            let hours = |spec: &FleetSpec, it: &FleetTally| {
                it.fuel_wait_h + it.fuel_h + if it.battery_kwh > 0.0 { 0.0 } else { spec.towed_h(it.stranded) }
            };
            let sum = fleets()
                .filter(|((key, _), _)| is_meant(key))
                .fold((0.0, 0.0), |sum, ((_, spec), it)| (sum.0 + hours(spec, it), sum.1 + it.hydrogen_kg));
            (sum.1 > 0.0).then(|| sum.0 / sum.1)
        };
        let shown = per_kg(&|key| key == owner).or_else(|| per_kg(&|_| true));
        kg * shown.unwrap_or_else(|| self.frame.full_flow_h_per_kg(holding, model))
    }

    /// Its chargers, USD a year; public ones are in the price of a kWh.
    fn build_out_usd(&self, holding: usize, model: usize, offer: &OfferSpec) -> f64 {
        let spec = self.frame.spec.build.get(&ProjectKind::Chargers);
        let owner = &self.frame.holdings[holding].owner;
        let is_public = self.frame.scenario().fleet.get(owner).is_some_and(|fleet| fleet.home.is_none());
        let Some(spec) = spec.filter(|_| self.frame.charges(model) && !is_public) else { return 0.0 };
        let usd_per_kw = spec.usd_per_unit.at(self.year) * (1.0 + premium(spec, self.charger_units));
        let mut groups = self.frame.groups_of(holding, model).map(|at| self.frame.groups[at].1);
        let (site, cabinet_kw) = groups.next().map_or(("", 1.0), |group| (group.site.as_str(), group.cabinet_kw));
        let paid = self.public_usd_per_unit(ProjectKind::Chargers, site, usd_per_kw, cabinet_kw);
        offer.charging_kw * (usd_per_kw * self.yearly(holding, spec) - paid * self.annuity(holding, spec))
    }

    /// Its share of a larger connection, USD a year: of the power that all that its holding buys this year would need, the part
    /// for which the one that stands or is on the way has no room left.
    fn connection_usd(&self, holding: usize, model: usize, offer: &OfferSpec) -> f64 {
        let frame = self.frame;
        let spec = frame.spec.build.get(&ProjectKind::Grid);
        let spec = spec.filter(|_| frame.charges(model) && !frame.is_depotless(holding));
        let group = frame.groups_of(holding, model).next().map(|at| frame.groups[at].1);
        let Some((spec, site)) = spec.zip(group.map(|group| &group.site)) else { return 0.0 };
        let kw = offer.charging_kw * frame.simultaneity();
        let wanted_kw = kw * f64::from(self.due[holding].max(1));
        let missing = self.free_kw(site).map_or(0.0, |free_kw| (1.0 - free_kw.max(0.0) / wanted_kw).max(0.0));
        if kw <= 0.0 || missing <= 0.0 {
            return 0.0;
        }
        let spec = spec.at_site(site);
        let usd_per_kw = spec.usd_per_unit.at(self.year);
        let paid = self.public_usd_per_unit(ProjectKind::Grid, site, usd_per_kw, 0.0);
        missing * kw * (usd_per_kw * self.yearly(holding, &spec) - paid * self.annuity(holding, &spec))
    }

    fn annuity(&self, holding: usize, spec: &BuildSpec) -> f64 {
        let rate = self.frame.buyer(holding).map_or(self.frame.spec.discount_rate, |buyer| buyer.discount_rate);
        capital_recovery_factor(rate, spec.life_years as u32)
    }

    fn yearly(&self, holding: usize, spec: &BuildSpec) -> f64 {
        self.annuity(holding, spec) + spec.upkeep_share
    }

    /// Public money for a unit of works that are decided now and serve when they are built, USD. A cap on each cabinet is
    /// shared by its kW; one on a whole connection is not known yet, and left out.
    fn public_usd_per_unit(&self, kind: ProjectKind, site: &str, usd: f64, units_each: f64) -> f64 {
        let lead_months = self.frame.spec.build.get(&kind).map_or(0.0, |spec| spec.at_site(site).lead_months());
        let serves = f64::from(self.year) - 0.5 + lead_months / 12.0;
        let rules = self.frame.scenario().rule.infrastructure_credit.values();
        let paid = rules.filter(|rule| rule.is_for(kind, site) && rule.term.holds_at(serves)).map(|rule| {
            let cap = if units_each > 0.0 { rule.most_usd_each / units_each } else { f64::INFINITY };
            (usd * rule.share).min(cap)
        });
        paid.sum::<f64>().min(usd)
    }

    /// Power that is left of a site's connection, and of those above it, with what is on the way; none without a limit.
    fn free_kw(&self, site: &str) -> Option<f64> {
        let frame = self.frame;
        let mut least: Option<f64> = None;
        let mut at = Some(site);
        while let Some(key) = at {
            let spec = &frame.scenario().site[key];
            if let Some(limit_kw) = spec.limit_kw {
                let limit_kw = limit_kw + self.coming.of_kind(ProjectKind::Grid, key);
                let free_kw = limit_kw - frame.planned_kw(key, self.coming, self.year);
                least = Some(least.map_or(free_kw, |least| least.min(free_kw)));
            }
            at = spec.behind.as_deref();
        }
        least
    }

    /// Hauls that one cannot do on its range, at what a lost haul costs. A shift that is longer than the range is not lost as a
    /// whole: the km beyond it are, and hauls in proportion.
    fn unmet_hauls_usd(&self, holding: usize, range_km: Option<f64>) -> f64 {
        let Some((fleet, range_km)) = self.fleet(holding).zip(range_km) else { return 0.0 };
        let share = share_beyond(self.shift_km(holding), range_km);
        share * fleet.completed as f64 / self.vehicles(holding) * self.frame.spec.unmet_haul_usd
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
                let usd = rule.usd_per_teu.at(self.year) * rule.paying_share * rule.pass_through;
                rule.term.share(self.year) * usd * teu_per_box * hauls
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

    /// Credits belong to the owner of the dispenser: of a depot or terminal, which is its own; of a public port or station, which is not.
    fn credits_usd(&self, holding: usize, model: usize, energy: f64) -> f64 {
        let is_own = match self.frame.models[model].powertrain {
            Powertrain::Diesel | Powertrain::GridConnected => true,
            Powertrain::BatteryElectric => !self.frame.is_depotless(holding),
            Powertrain::FuelCell => self.frame.holdings[holding].class != TRUCK,
        };
        if is_own { energy * self.frame.credits_usd_per_unit(model, self.year) } else { 0.0 }
    }

    /// How far a model of a holding of trucks goes on one fill, with the reserve that its owner keeps; none of diesel trucks and
    /// of equipment.
    fn range_km(&self, holding: usize, model: usize, offer: &OfferSpec, per_use: f64) -> Option<f64> {
        if self.frame.holdings[holding].class != TRUCK {
            return None;
        }
        let spec = &self.frame.scenario().truck_model[&self.frame.models[model].key];
        let stored = spec.battery.as_ref().map(|it| it.usable_kwh).or(spec.tank.as_ref().map(|it| it.usable_kg))?;
        Some(stored * offer.planned_share / per_use)
    }

    /// Shifts of a holding of trucks by classes of distance, as last year's were.
    fn shift_km(&self, holding: usize) -> &[u32] {
        let owner = &self.frame.holdings[holding].owner;
        let at = self.frame.fleets.iter().position(|(key, _)| *key == owner);
        at.map_or(&[], |at| &self.shown.shift_km[at])
    }

    fn co2e_kg(&self, model: usize, energy: f64) -> f64 {
        match self.frame.models[model].powertrain {
            Powertrain::Diesel => energy * self.frame.diesel_kg(self.year).iter().sum::<f64>(),
            Powertrain::FuelCell => {
                let [got_kg, co2e_kg] = self.shown.hydrogen;
                energy * if got_kg > 0.0 { co2e_kg / got_kg } else { 0.0 }
            }
            _ => energy / 1000.0 * self.frame.spec.grid.kg_per_mwh(self.year),
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
    fn tally<'b>(&self, holding: usize, shown: &'b OperatingYear) -> Option<&'b FleetTally> {
        let holding = &self.holdings[holding];
        let at = self.fleets.iter().position(|(key, _)| **key == holding.owner)?;
        (holding.class == TRUCK).then(|| &shown.fleets[at])
    }

    /// Share of the power of cabinets that a connection is built for.
    #[must_use]
    pub fn simultaneity(&self) -> f64 {
        simultaneity(&self.spec.build_out)
    }

    /// What a site draws beside its chargers: its own load, all berths of a terminal on shore power, and its hydrogen stations at
    /// full power, kW.
    #[must_use]
    pub fn load_kw(&self, site: &str, coming: &Capacity, year: u16) -> f64 {
        let stations = self.stations_at(site, coming);
        self.other_kw(site, year) + stations.iter().map(HydrogenSpec::full_kw).sum::<f64>()
    }

    /// What a site draws beside its chargers and hydrogen stations: its own load, and all berths of a terminal on shore power,
    /// kW.
    #[must_use]
    pub fn other_kw(&self, site: &str, year: u16) -> f64 {
        let spec = &self.scenario().site[site];
        let own_kw = spec.load_by_year.as_ref().map_or(spec.load_kw, |load| load.at(year));
        let berths = self.scenario().terminal.get(site);
        own_kw + berths.map_or(0.0, |it| it.shore_kw * it.shore_share * f64::from(it.berths))
    }

    /// Power that a site and those behind it count on: their own load and a share of their cabinets, kW.
    #[must_use]
    pub fn planned_kw(&self, site: &str, coming: &Capacity, year: u16) -> f64 {
        let own = |key: &str| {
            let load_kw = self.load_kw(key, coming, year);
            let groups = self.groups.iter().enumerate().filter(|(_, (_, group))| group.site == key);
            let kw: f64 = groups.map(|(at, (_, group))| f64::from(self.cabinets(at, coming)) * group.cabinet_kw).sum();
            load_kw + kw * self.simultaneity()
        };
        let behind = self.scenario().site.iter().filter(|(_, spec)| spec.behind.as_deref() == Some(site));
        own(site) + behind.map(|(key, _)| self.planned_kw(key, coming, year)).sum::<f64>()
    }

    /// km of a truck or work hours of a unit that is new, over the years of its holding, as the year that was shown needed.
    #[must_use]
    pub fn use_per_year(&self, holding: usize, shown: &OperatingYear, counts: &[Vec<u32>]) -> f64 {
        let used = self.tally(holding, shown).map_or_else(|| self.work_h(holding, shown), |fleet| fleet.km);
        used / vehicles(&counts[holding])
    }

    /// Use of a vehicle over its years with a holding over the mean of those at work there, whose ages have this mean use.
    #[must_use]
    pub fn use_while_held(&self, holding: usize, mean_use: f64) -> f64 {
        let hold_years = self.buyer(holding).map_or(10, |buyer| buyer.hold_years).max(1);
        let class = &self.holdings[holding].class;
        let held: f64 = (0..hold_years).map(|age| self.use_at(class, age)).sum();
        if mean_use > 0.0 { held / f64::from(hold_years) / mean_use } else { 1.0 }
    }

    fn work_h(&self, holding: usize, shown: &OperatingYear) -> f64 {
        let holding = &self.holdings[holding];
        let at = self.sites.iter().position(|(key, _)| **key == holding.owner);
        let class = at.and_then(|at| shown.sites[at].classes.get(&holding.class));
        class.map_or(0.0, |class| class.served_h)
    }

    /// Energy or fuel of a truck by km, as its fleet's trips were.
    fn per_km(&self, model: &TruckModelSpec, fleet: &FleetTally) -> f64 {
        if fleet.km <= 0.0 {
            return model.loaded_per_km;
        }
        let (bobtail, loaded) = (fleet.empty_km / fleet.km, self.loaded_share());
        let container = loaded * model.loaded_per_km + (1.0 - loaded) * model.empty_per_km;
        let idle = model.idle_per_h * fleet.idling_h / fleet.km;
        (bobtail * model.bobtail_per_km + (1.0 - bobtail) * container) * self.spec.planning.road_energy_factor + idle
    }

    /// Share of the containers on trucks that are loaded, by the volumes of the scenario; of hauls from a file, by the file.
    fn loaded_share(&self) -> f64 {
        let volumes = self.scenario().freight.as_ref().and_then(|freight| freight.volumes.as_ref());
        let (loaded, all) = match (volumes, &self.loaded.hauls) {
            (Some(it), _) => {
                let loaded = it.import_share * it.import_truck_share + it.export_share * it.export_truck_share;
                (loaded, loaded + it.empty_share * it.empty_truck_share)
            }
            (None, Some(hauls)) => (hauls.iter().filter(|haul| haul.loaded).count() as f64, hauls.len() as f64),
            (None, None) => (0.0, 0.0),
        };
        if all > 0.0 { loaded / all } else { 1.0 }
    }

    /// TEU of a container.
    #[must_use]
    pub fn teu_per_box(&self) -> f64 {
        let freight = self.scenario().freight.as_ref();
        let volumes = freight.and_then(|freight| freight.volumes.as_ref());
        volumes.map_or(self.spec.planning.teu_per_box, |volumes| volumes.teu_per_box)
    }
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

/// Share of all km of shifts that lie beyond a range; within a class of distance shifts are evenly spread. None of them, where
/// there are none.
#[must_use]
pub fn share_beyond(shift_km: &[u32], range_km: f64) -> f64 {
    let class = |(at, count): (usize, &u32)| {
        let (from_km, count) = (at as f64 * SHIFT_CLASS_KM, f64::from(*count));
        let beyond_km = (from_km + SHIFT_CLASS_KM - range_km).max(0.0);
        // Part of the class is longer than the range: by half of what the longest are.
        let lost_km = if beyond_km < SHIFT_CLASS_KM {
            beyond_km * beyond_km / (2.0 * SHIFT_CLASS_KM)
        } else {
            from_km + SHIFT_CLASS_KM / 2.0 - range_km
        };
        (count * lost_km, count * (from_km + SHIFT_CLASS_KM / 2.0))
    };
    let sums = shift_km.iter().enumerate().map(class).fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    if sums.1 > 0.0 { sums.0 / sums.1 } else { 0.0 }
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
        succeeds: vec![0; choices.len()],
        ramp_left: ramp.left(frame, choices),
        ramp_kind: ramp.kinds(frame, choices),
        facts: facts(frame, choices),
    }
}

/// What plugins may know of options beside.
fn facts(frame: &Frame<'_>, choices: &[Choice]) -> OptionFacts {
    let classes: BTreeSet<&str> =
        frame.models.iter().map(|model| model.class.as_str()).filter(|it| *it != TRUCK).collect();
    let class = |class: &str| classes.iter().position(|known| *known == class).map_or(0, |at| 1 + at as u32);
    let each = |of: fn(&Choice) -> f64| choices.iter().map(of).collect();
    OptionFacts {
        class: frame.holdings.iter().map(|holding| class(&holding.class)).collect(),
        powertrain: choices.iter().map(|choice| frame.models[choice.model].powertrain.code()).collect(),
        price_usd: each(|choice| choice.ownership.price_usd),
        incentive_usd: each(|choice| choice.ownership.incentive_usd),
        capital_usd: each(|choice| choice.tco.capital_usd),
        tax_usd: each(|choice| choice.tco.tax_usd),
        energy_usd: each(|choice| choice.tco.energy_usd),
        maintenance_usd: each(|choice| choice.tco.maintenance_usd),
        insurance_usd: each(|choice| choice.tco.insurance_usd),
        waiting_usd: each(|choice| choice.tco.waiting_usd),
        build_out_usd: each(|choice| choice.tco.build_out_usd),
        connection_usd: each(|choice| choice.tco.connection_usd),
        unmet_hauls_usd: each(|choice| choice.tco.unmet_hauls_usd),
        fees_usd: each(|choice| choice.tco.fees_usd),
        carbon_usd: each(|choice| choice.tco.carbon_usd),
        credits_usd: each(|choice| choice.tco.credits_usd),
        payload_usd: each(|choice| choice.tco.payload_usd),
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

    /// By hand: 10 shifts of 10 km and 30 of 30 km in the mean are 1,000 km. A range of 30 km: the upper half of the longer class
    /// has 5 km beyond it in the mean, 15 x 5 = 75 km. Of 10 km: half of the shorter class 5 km each, 25, and 30 x 20 = 600 km.
    #[test]
    fn km_beyond_the_range_are_lost() {
        assert!((share_beyond(&[10, 30], 30.0) - 0.075).abs() < 1e-12);
        assert!((share_beyond(&[10, 30], 10.0) - 0.625).abs() < 1e-12);
        assert_eq!((share_beyond(&[10, 30], 100.0), share_beyond(&[], 5.0)), (0.0, 0.0));
    }
}
