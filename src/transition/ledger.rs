//! Books of a year: what every fleet and site paid and emitted.

use super::build::Project;
use super::frame::Frame;
use super::offer::maintenance_usd;
use super::operated::{OperatingYear, SiteYear};
use super::record::{EmissionsRow, FinanceRow};
use super::regulation::TruckFeeRule;
use super::scope::Scope;
use super::spec::{ProjectKind, TRUCK};
use super::stock::Model;
use crate::kernel::units::COMMON_YEAR_H;
use crate::record::table::Row;
use crate::record::tally::FleetTally;
use crate::vehicle::spec::Powertrain;

impl FinanceRow {
    /// Nothing paid.
    #[must_use]
    pub fn nothing(year: u16, scope: Scope) -> Self {
        Self { year: u32::from(year), scope, ..Self::default() }
    }

    /// The row of a scope. Every fleet and site has one in every year.
    pub(super) fn of<'a>(rows: &'a mut [Self], scope: &Scope) -> &'a mut Self {
        rows.iter_mut().find(|row| row.scope == *scope).expect("every fleet and site has a row of the year")
    }

    /// Adds all amounts up.
    pub fn close(&mut self) {
        (self.total_usd, self.public_usd) = (0.0, 0.0);
        self.total_usd = self.sum_of("USD");
        self.public_usd = 0.0 - self.vehicle_incentives_usd - self.build_out_incentives_usd;
    }

    /// What was invested, less what others paid for it and what was sold. All columns are named: a new one does not compile
    /// before it is said on which side it belongs.
    #[must_use]
    pub fn capex_usd(&self) -> f64 {
        let Self {
            vehicles_usd,
            vehicle_tax_usd,
            resale_usd,
            vehicle_incentives_usd,
            build_out_usd,
            build_out_incentives_usd,
            residual_usd,
            // What it takes to run.
            upkeep_usd: _,
            diesel_usd: _,
            electricity_usd: _,
            other_energy_usd: _,
            charging_usd: _,
            hydrogen_usd: _,
            maintenance_usd: _,
            insurance_usd: _,
            waiting_usd: _,
            hauls_usd: _,
            fees_usd: _,
            carbon_usd: _,
            credits_usd: _,
            // Sums, and what is no money.
            total_usd: _,
            public_usd: _,
            energy_kwh: _,
            year: _,
            scope: _,
        } = self;
        vehicles_usd
            + vehicle_tax_usd
            + resale_usd
            + vehicle_incentives_usd
            + build_out_usd
            + build_out_incentives_usd
            + residual_usd
    }

    /// What it took to run.
    #[must_use]
    pub fn opex_usd(&self) -> f64 {
        self.total_usd - self.capex_usd() - self.credits_usd
    }
}

impl EmissionsRow {
    /// Nothing emitted.
    #[must_use]
    pub fn nothing(year: u16, scope: Scope) -> Self {
        Self { year: u32::from(year), scope, ..Self::default() }
    }
}

/// Energy prices and rules of a year, joined with what operations showed.
#[derive(Debug)]
pub struct Year<'a> {
    /// The scenario.
    pub frame: &'a Frame<'a>,
    /// Calendar year.
    pub year: u16,
    /// Hydrogen at the dispenser, USD/kg.
    pub hydrogen_usd_per_kg: f64,
    /// What it showed.
    pub shown: &'a OperatingYear,
    /// Vehicles at work by holding and model.
    pub counts: &'a [Vec<u32>],
    /// What the vehicles of each holding are worth today, with those in reserve, USD.
    pub value_usd: &'a [f64],
    /// Exhaust of the vehicles of each holding over that of new ones: nitrogen oxides and particles.
    pub wear: &'a [[f64; 2]],
    /// What is built or being built.
    pub projects: &'a [Project],
}

impl Year<'_> {
    /// What a fleet paid to run.
    #[must_use]
    pub fn fleet_costs(&self, fleet: usize, tally: &FleetTally) -> FinanceRow {
        let (frame, year) = (self.frame, self.year);
        let (key, spec) = frame.fleets[fleet];
        let price = &frame.spec.price;
        let mut row = FinanceRow::nothing(year, Scope::fleet(key));
        row.diesel_usd = tally.diesel_gal * frame.diesel_usd(year);
        row.hydrogen_usd = tally.hydrogen_kg * self.hydrogen_usd_per_kg;
        let is_public = spec.home.is_none();
        let public_kwh = if is_public { tally.charged_kwh - tally.priced_kwh } else { 0.0 };
        row.charging_usd = tally.paid_usd + public_kwh * price.public_usd_per_kwh.at(year);
        let on_duty_h = tally.port_wait_h
            + tally.fuel_wait_h
            + tally.fuel_h
            + spec.towed_h(tally.stranded)
            + if is_public { tally.port_h } else { 0.0 };
        row.waiting_usd = on_duty_h * frame.spec.driver_usd_per_h;
        row.carbon_usd = tally.diesel_gal * frame.carbon_usd_per_gal(year);
        let holding = self.holding_of(fleet);
        // Credits for electricity and hydrogen belong to the owner of the dispenser: 17 CCR 95483 (c) and (f).
        row.credits_usd = -tally.diesel_gal * self.credits_usd(TRUCK, Powertrain::Diesel);
        row.hauls_usd = tally.late as f64 * frame.spec.late_haul_usd;
        row.fees_usd = self.fees(holding, tally).map(|(rule, usd)| usd * rule.pass_through).sum();
        self.keep(holding, tally.km, &mut row);
        row
    }

    /// Income from fuel standards for a unit of what moves a powertrain of a class.
    fn credits_usd(&self, class: &str, powertrain: Powertrain) -> f64 {
        let mut models = self.frame.models_of(class);
        let model = models.find(|model| self.frame.models[*model].powertrain == powertrain);
        model.map_or(0.0, |model| self.frame.credits_usd_per_unit(model, self.year))
    }

    /// The holding of a fleet's trucks.
    pub(super) fn holding_of(&self, fleet: usize) -> usize {
        self.holding(self.frame.fleets[fleet].0, TRUCK).expect("every fleet is a holding")
    }

    /// The holding of an owner and class; none of a class that it has no unit of.
    #[must_use]
    pub fn holding(&self, owner: &str, class: &str) -> Option<usize> {
        self.frame.holdings.iter().position(|holding| holding.owner == owner && holding.class == class)
    }

    /// Fees for the hauls of trucks with a tailpipe, rule by rule, whoever pays them: their share of the trucks at work is
    /// taken as their share of the hauls.
    pub fn fees(&self, holding: usize, tally: &FleetTally) -> impl Iterator<Item = (&TruckFeeRule, f64)> {
        let counts = &self.counts[holding];
        let all: u32 = counts.iter().sum();
        let piped: u32 =
            counts.iter().enumerate().filter(|it| !self.frame.models[it.0].is_zero_emission()).map(|it| it.1).sum();
        let hauls = tally.completed as f64 * f64::from(piped) / f64::from(all.max(1));
        let teu = hauls * self.frame.teu_per_box();
        let rules = self.frame.scenario().rule.truck_fee.values();
        let usd = move |rule: &TruckFeeRule| {
            teu * rule.paying_share * rule.usd_per_teu.at(self.year) * rule.term.share(self.year)
        };
        rules.map(move |rule| (rule, usd(rule)))
    }

    /// Maintenance by use and insurance by today's value; the use is spread evenly over the vehicles at work.
    fn keep(&self, holding: usize, used: f64, row: &mut FinanceRow) {
        let counts = &self.counts[holding];
        let all: u32 = counts.iter().sum();
        for (model, count) in counts.iter().enumerate().filter(|it| *it.1 > 0) {
            let offer = self.frame.offer(model).expect("every vehicle has an offer");
            let share = f64::from(*count) / f64::from(all.max(1));
            row.maintenance_usd += used * share * maintenance_usd(offer, self.frame.spec, self.year);
        }
        row.insurance_usd += self.value_usd[holding] * self.frame.spec.insurance_share;
    }

    /// What a site paid to run: its electricity, its equipment, less what it sold.
    #[must_use]
    pub fn site_costs(&self, site: usize) -> FinanceRow {
        let (frame, year) = (self.frame, self.year);
        let (key, _) = frame.sites[site];
        let shown = &self.shown.sites[site];
        let price = &frame.spec.price;
        let mut row = FinanceRow::nothing(year, Scope::site(key));
        row.energy_kwh = shown.meter_kwh;
        let electricity_usd = match shown.bill_usd {
            Some(bill) => bill.iter().sum(),
            None => shown.meter_kwh * price.electricity_usd_per_kwh.at(year),
        };
        row.electricity_usd = electricity_usd * shown.own_share();
        for (class, tally) in &shown.classes {
            row.diesel_usd += tally.diesel_gal * frame.diesel_usd(year);
            row.hydrogen_usd += tally.hydrogen_kg * self.hydrogen_usd_per_kg;
            row.carbon_usd += tally.diesel_gal * frame.carbon_usd_per_gal(year);
            row.credits_usd -= tally.diesel_gal * self.credits_usd(class, Powertrain::Diesel);
            if let Some(holding) = self.holding(key, class) {
                self.keep(holding, tally.served_h, &mut row);
            }
        }
        let is_terminal = frame.scenario().terminal.contains_key(key);
        let is_of_site = |model: &&Model| (model.class != TRUCK) == is_terminal;
        let classes = |powertrain: Powertrain| {
            let model = frame.models.iter().filter(|it| it.powertrain == powertrain).find(is_of_site);
            model.map_or(0.0, |model| self.credits_usd(&model.class, powertrain))
        };
        row.credits_usd -= shown.charging_kwh * classes(Powertrain::BatteryElectric);
        row.credits_usd -= shown.hydrogen_kg * classes(Powertrain::FuelCell);
        row.credits_usd -= self.idle_kwh(key, shown) * classes(Powertrain::BatteryElectric);
        row.credits_usd -= self.idle_kg(key, shown) * classes(Powertrain::FuelCell);
        row
    }

    /// Share of a site's capacity that earns credits whether it is used or not.
    fn credited_share(&self, kind: ProjectKind, site: &str) -> f64 {
        let rules = self.frame.scenario().rule.capacity_credit.values();
        rules.filter(|rule| rule.is_for(kind, site)).map(|rule| rule.share * rule.term.share(self.year)).sum()
    }

    /// What ports that are open to every truck could have given within the credited share, beyond what the site gave, kWh.
    fn idle_kwh(&self, site: &str, shown: &SiteYear) -> f64 {
        let share = self.credited_share(ProjectKind::Chargers, site);
        let capacity_kwh =
            if share > 0.0 { self.frame.public_kw(self.projects, self.year, site) * COMMON_YEAR_H } else { 0.0 };
        (share * capacity_kwh - shown.charging_kwh).max(0.0)
    }

    /// The same of a site's stations, kg.
    fn idle_kg(&self, site: &str, shown: &SiteYear) -> f64 {
        let share = self.credited_share(ProjectKind::Hydrogen, site);
        let capacity_kg =
            if share > 0.0 { self.frame.public_hydrogen_kg(self.projects, self.year, Some(site)) } else { 0.0 };
        (share * capacity_kg - shown.hydrogen_kg).max(0.0)
    }

    /// t `CO2e` of what a site drew from the grid but for hydrogen, hour by hour of the day.
    #[must_use]
    pub fn grid_t(&self, site: &SiteYear) -> f64 {
        let grid = &self.frame.spec.grid;
        let kwh = if grid.by_hour.len() == 24 {
            grid.by_hour.iter().zip(site.kwh_by_hour).map(|(factor, kwh)| factor * kwh).sum()
        } else {
            site.meter_kwh
        };
        kwh * site.own_share() / 1000.0 * grid.kg_per_mwh(self.year) / 1000.0
    }

    /// What a fleet emitted. Its electricity is its sites', so only its tailpipes and fuels are its own.
    #[must_use]
    pub fn fleet_emissions(&self, fleet: usize, tally: &FleetTally) -> EmissionsRow {
        let (key, _) = self.frame.fleets[fleet];
        let mut row = EmissionsRow::nothing(self.year, Scope::fleet(key));
        row.diesel_gal = tally.diesel_gal;
        row.energy_kwh = tally.charged_kwh;
        row.hydrogen_kg = tally.hydrogen_kg;
        let [nox, pm25] = self.wear_of(key, TRUCK);
        row.nox_kg = tally.nox_g * nox / 1000.0;
        row.pm25_kg = tally.pm25_g * pm25 / 1000.0;
        self.fuel(&mut row);
        row
    }

    fn wear_of(&self, owner: &str, class: &str) -> [f64; 2] {
        self.holding(owner, class).map_or([1.0; 2], |holding| self.wear[holding])
    }

    /// Exhaust of a site's equipment over that of new equipment.
    #[must_use]
    pub fn wear_at(&self, site: usize) -> [f64; 2] {
        let mut sums = [[0.0_f64; 2]; 2];
        for (class, tally) in &self.shown.sites[site].classes {
            let factors = self.wear_of(self.frame.sites[site].0, class);
            for (sum, (new_g, factor)) in sums.iter_mut().zip([tally.nox_g, tally.pm25_g].into_iter().zip(factors)) {
                *sum = [sum[0] + new_g * factor, sum[1] + new_g];
            }
        }
        sums.map(|[worn, new]| if new > 0.0 { worn / new } else { 1.0 })
    }

    /// What a site emitted: its meter, its equipment, and the vessels that call there.
    #[must_use]
    pub fn site_emissions(&self, site: usize) -> EmissionsRow {
        let (key, _) = self.frame.sites[site];
        let shown = &self.shown.sites[site];
        let mut row = EmissionsRow::nothing(self.year, Scope::site(key));
        row.energy_kwh = shown.meter_kwh;
        for (class, tally) in &shown.classes {
            let [nox, pm25] = self.wear_of(key, class);
            row.diesel_gal += tally.diesel_gal;
            row.hydrogen_kg += tally.hydrogen_kg;
            row.nox_kg += tally.nox_g * nox / 1000.0;
            row.pm25_kg += tally.pm25_g * pm25 / 1000.0;
        }
        row.co2e_grid_t = self.grid_t(shown);
        self.fuel(&mut row);
        let burnt = &shown.vessels.burnt;
        row.co2e_direct_t += burnt.direct_co2e_kg / 1000.0;
        row.co2e_fuel_supply_t += burnt.upstream_co2e_kg / 1000.0;
        row.co2e_t += (burnt.direct_co2e_kg + burnt.upstream_co2e_kg) / 1000.0;
        row.nox_kg += burnt.nox_g / 1000.0;
        row.pm25_kg += burnt.pm25_g / 1000.0;
        row
    }

    /// From fuel to emissions; closes the sum.
    fn fuel(&self, row: &mut EmissionsRow) {
        let [tailpipe_kg, supply_kg] = self.frame.diesel_kg(self.year);
        row.co2e_direct_t = row.diesel_gal * tailpipe_kg / 1000.0;
        row.co2e_fuel_supply_t = row.diesel_gal * supply_kg / 1000.0;
        let [got_kg, co2e_kg] = self.shown.hydrogen;
        row.co2e_hydrogen_t = if got_kg > 0.0 { row.hydrogen_kg * co2e_kg / got_kg / 1000.0 } else { 0.0 };
        row.co2e_t = row.co2e_direct_t + row.co2e_fuel_supply_t + row.co2e_grid_t + row.co2e_hydrogen_t;
    }

    /// All scopes of a year together but the neighbours. A fleet's charging is in its sites' meters: its energy is not counted
    /// again.
    #[must_use]
    pub fn total_emissions(&self, rows: &[EmissionsRow]) -> EmissionsRow {
        let mut total = EmissionsRow::nothing(self.year, Scope::Total);
        for row in rows.iter().filter(|row| !self.frame.is_neighbour(&row.scope)) {
            let is_fleet = matches!(row.scope, Scope::Fleet(_));
            let own = EmissionsRow { energy_kwh: if is_fleet { 0.0 } else { row.energy_kwh }, ..row.clone() };
            total.add_amounts(&own);
        }
        total
    }
}
