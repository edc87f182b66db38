//! Closing a year: what fleets and sites paid and emitted, what was bought and built, and which rules were kept.

use super::build::Project;
use super::inventory;
use super::ledger::Year;
use super::offer::{price_usd, residual};
use super::operated::OperatingYear;
use super::pathway::Pathway;
use super::payers::Ledger;
use super::plants;
use super::record::{
    CommunityRow, EmissionsRow, FinanceRow, FleetYearRow, LedgerItem, Party, ProjectRow, RemovalRow, RuleKind, RuleRow,
};
use super::regulation::{TargetMetric, means};
use super::room::{Opening, RoomYear};
use super::scope::Scope;
use super::spec::TRUCK;
use super::stock::{Leave, Vehicle};
use super::year::YearPlan;
use crate::grid::spec::SiteKind;
use crate::policy::decide::Decide;
use crate::policy::kind::IndustryDecision;
use crate::record::table::Row as _;
use std::collections::BTreeMap;

impl Pathway<'_> {
    /// Closes the books of a year, with what rooms did in it.
    pub(super) fn close(&mut self, year: u16, shown: &OperatingYear, mut rooms: Vec<RoomYear>) {
        let (holdings, models) = (self.frame.holdings.len(), self.frame.models.len());
        let counts = self.stock.by_model(holdings, models);
        let registered = self.stock.registered(holdings, models);
        let value_usd = self.values_usd(year);
        let wear = self.wear(year);
        let (frame, projects) = (&*self.frame, &self.projects[..]);
        let hydrogen_usd_per_kg = self.hydrogen_usd_per_kg(year);
        let books = Year {
            frame,
            year,
            hydrogen_usd_per_kg,
            shown,
            counts: &counts,
            value_usd: &value_usd,
            wear: &wear,
            projects,
        };
        let mut ledger = Ledger::new(year);
        let scenario = self.frame.scenario();
        let mut finance: Vec<FinanceRow> = Vec::new();
        let mut emissions: Vec<EmissionsRow> = Vec::new();
        for (at, tally) in shown.fleets.iter().enumerate() {
            finance.push(books.fleet_costs(at, tally));
            emissions.push(books.fleet_emissions(at, tally));
        }
        let paid: f64 = finance.iter().map(|row| row.charging_usd).sum();
        let priced: f64 = shown.fleets.iter().map(|tally| tally.paid_usd).sum();
        for at in 0..scenario.site.len() {
            finance.push(books.site_costs(at));
            emissions.push(books.site_emissions(at));
        }
        self.lose_hauls(shown, &counts, &mut finance);
        Self::book_fees(&books, &mut ledger);
        self.book_fuels(&books, &finance, &mut ledger);
        self.sell_charging(shown, paid - priced, &mut finance);
        self.sell_hydrogen(year, shown, &mut finance);
        self.invest(year, &mut finance, &mut ledger);
        self.embodied(year, &mut emissions);
        let inventory = inventory::of_year(frame, year, shown, &emissions, &rooms);
        let (all, removed) = beside_the_port(&books, &mut rooms, (&mut finance, &mut emissions), &mut ledger);
        for row in &finance {
            self.frame.book_supplies(row, &mut ledger);
        }
        let funds = books_of_fees(&books);
        self.tables.ledger.extend(ledger.rows());
        let total = self.total(year, &mut finance);
        let wear: Vec<[f64; 2]> = (0..shown.sites.len()).map(|site| books.wear_at(site)).collect();
        self.community_rows(year, shown, &wear);
        self.fleet_rows(year);
        self.project_rows(year);
        let removed_t = removed.iter().map(|row| row.removed_t).sum();
        self.tables.connections.extend(plants::connections(&self.frame, year, shown, &self.tables));
        self.rule_rows(year, &registered, (&all, removed_t), &funds);
        for (rule, usd) in funds {
            *self.funds.entry(rule).or_default() += usd;
        }
        self.tables.finance.push(total);
        self.tables.finance.extend(finance);
        self.tables.emissions.push(all);
        self.tables.emissions.extend(emissions);
        self.tables.removals.extend(removed);
        // Of scenarios that have more sectors than trucks and equipment; others have no table of them.
        if !rooms.is_empty() || self.frame.has_vessels() {
            self.tables.inventory.extend(inventory);
        }
    }

    /// Adds all rows up, and what is not a neighbour's to the total of the hub.
    fn total(&self, year: u16, finance: &mut [FinanceRow]) -> FinanceRow {
        let mut total = FinanceRow::nothing(year, Scope::Total);
        for row in finance {
            row.close();
            if !self.frame.is_neighbour(&row.scope) {
                total.add_amounts(row);
            }
        }
        total.close();
        total
    }

    /// A year of all rooms begins: what they change of it.
    pub(super) fn begin_rooms(&mut self, year: u16, plan: &mut YearPlan) {
        let Self { frame, rooms, tables, .. } = self;
        let mut opening = Opening::default();
        for room in rooms {
            room.begin(frame, year, tables, &mut opening);
        }
        (plan.room_kw, plan.piped) = (opening.loads, opening.piped);
        self.producers_usd_per_kg = opening.dispensed_usd_per_kg;
    }

    /// What hydrogen costs at the dispenser in the year that runs, or, where its path says it, in `year`, USD/kg.
    pub(super) fn hydrogen_usd_per_kg(&self, year: u16) -> f64 {
        self.producers_usd_per_kg.unwrap_or_else(|| self.frame.spec.price.hydrogen_usd_per_kg.at(year))
    }

    /// A year of all rooms, with what plants decide.
    pub(super) fn run_rooms(
        &mut self,
        year: u16,
        plants: &mut dyn Decide<IndustryDecision>,
    ) -> Result<Vec<RoomYear>, String> {
        let Self { frame, rooms, tables, .. } = self;
        rooms.iter_mut().map(|room| room.year(frame, year, tables, plants)).collect()
    }

    /// By holding: exhaust of its vehicles at work over that of new ones of their models, by what each would emit: its use at
    /// its age times the factor of its model.
    fn wear(&self, year: u16) -> Vec<[f64; 2]> {
        let mut sums = vec![[[0.0_f64; 2]; 2]; self.frame.holdings.len()];
        for vehicle in self.stock.vehicles().iter().filter(|vehicle| !vehicle.in_reserve) {
            let class = &self.frame.models[vehicle.model as usize].class;
            let age = vehicle.age(year);
            let factors = self.frame.spec.wear.get(class).map_or([1.0; 2], |wear| wear.at(age));
            let new_g = self.frame.exhaust_g(vehicle.model as usize).map(|g| g * self.frame.use_at(class, age));
            for (sum, (new_g, factor)) in sums[vehicle.holding as usize].iter_mut().zip(new_g.into_iter().zip(factors))
            {
                *sum = [sum[0] + new_g * factor, sum[1] + new_g];
            }
        }
        sums.into_iter().map(|pair| pair.map(|[worn, new]| if new > 0.0 { worn / new } else { 1.0 })).collect()
    }

    /// What the vehicles of each holding are worth, USD.
    fn values_usd(&self, year: u16) -> Vec<f64> {
        let mut values = vec![0.0; self.frame.holdings.len()];
        for vehicle in self.stock.vehicles() {
            values[vehicle.holding as usize] += self.value_usd(vehicle, year);
        }
        values
    }

    /// What a vehicle is worth in a year, USD.
    fn value_usd(&self, vehicle: &Vehicle, year: u16) -> f64 {
        let spec = self.frame.spec;
        let new = self.frame.offer(vehicle.model as usize).map_or(0.0, |offer| price_usd(offer, spec, vehicle.built));
        new * residual(spec, vehicle.age(year))
    }

    /// Hauls that lapsed are lost to all fleets, by their trucks at work.
    fn lose_hauls(&self, shown: &OperatingYear, counts: &[Vec<u32>], finance: &mut [FinanceRow]) {
        let trucks = |holding: usize| f64::from(counts[holding].iter().sum::<u32>());
        let holdings = (0..self.frame.holdings.len()).filter(|at| self.frame.holdings[*at].class == TRUCK);
        let all: f64 = holdings.clone().map(trucks).sum();
        for holding in holdings.filter(|_| all > 0.0) {
            let scope = self.frame.scope(holding);
            let usd = shown.hauls[1] * self.frame.spec.unmet_haul_usd * trucks(holding) / all;
            FinanceRow::of(finance, &scope).hauls_usd += usd;
        }
    }

    /// Fees go to the ports: from trucks what is passed through to them, from owners of the cargo the rest.
    fn book_fees(books: &Year<'_>, ledger: &mut Ledger) {
        for (fleet, tally) in books.shown.fleets.iter().enumerate() {
            for (rule, usd) in books.fees(books.holding_of(fleet), tally) {
                ledger.pay(LedgerItem::Fees, Party::Fleet, Party::Port, usd * rule.pass_through);
                ledger.pay(LedgerItem::Fees, Party::CargoOwner, Party::Port, usd * (1.0 - rule.pass_through));
            }
        }
    }

    /// Diesel by what is in its price; charging and hydrogen between those who pay and those who sell. Before sites book
    /// their income.
    fn book_fuels(&self, books: &Year<'_>, finance: &[FinanceRow], ledger: &mut Ledger) {
        let (year, shown) = (books.year, books.shown);
        for row in finance {
            let Some(party) = self.frame.party(&row.scope) else { continue };
            let gallons = row.diesel_usd / self.frame.diesel_usd(year);
            self.frame.book_diesel(party, gallons, row.diesel_usd, year, ledger);
            ledger.pay(LedgerItem::Charging, party, Party::Station, row.charging_usd);
            ledger.pay(LedgerItem::Hydrogen, party, Party::Station, row.hydrogen_usd);
        }
        let retail_usd = books.hydrogen_usd_per_kg;
        let paid_usd: f64 = finance.iter().map(|row| row.hydrogen_usd).sum();
        let sold_usd: f64 = shown.sites.iter().map(|site| site.hydrogen_kg * retail_usd).sum();
        let cost_usd: f64 = shown.sites.iter().map(|site| site.hydrogen_usd).sum();
        // What came out of tanks and not out of stations was bought before: nobody of the hub sells it.
        ledger.pay(LedgerItem::Hydrogen, Party::Station, Party::Supplier, cost_usd + paid_usd - sold_usd);
    }

    /// What fleets pay is income of sites: at ports with a price of their own by that price, the rest (`paid_usd`) of public
    /// sites by the energy they gave without one.
    fn sell_charging(&self, shown: &OperatingYear, paid_usd: f64, finance: &mut [FinanceRow]) {
        let sites = self.frame.scenario().site.iter().zip(&shown.sites);
        let public: Vec<(Scope, f64)> = sites
            .filter(|((_, spec), _)| spec.kind == SiteKind::Public)
            .map(|((key, _), shown)| (Scope::site(key), (shown.charging_kwh - shown.priced_kwh).max(0.0)))
            .collect();
        for (key, sold) in self.frame.scenario().site.keys().zip(&shown.sites).filter(|(_, shown)| shown.sold_usd > 0.0)
        {
            FinanceRow::of(finance, &Scope::site(key)).charging_usd -= sold.sold_usd;
        }
        let all: f64 = public.iter().map(|it| it.1).sum();
        for (scope, kwh) in public.iter().filter(|it| it.1 > 0.0) {
            FinanceRow::of(finance, scope).charging_usd -= paid_usd * kwh / all;
        }
    }

    /// What fleets and terminals pay for hydrogen is income of the stations' sites, which pay for its electricity and for what
    /// they buy: who builds a station earns with it.
    fn sell_hydrogen(&self, year: u16, shown: &OperatingYear, finance: &mut [FinanceRow]) {
        let retail_usd = self.hydrogen_usd_per_kg(year);
        for (key, site) in self.frame.scenario().site.keys().zip(&shown.sites).filter(|it| it.1.hydrogen_kg > 0.0) {
            let row = FinanceRow::of(finance, &Scope::site(key));
            row.hydrogen_usd += site.hydrogen_usd - site.hydrogen_kg * retail_usd;
        }
    }

    /// Purchases, sales and build-out of a year; at the end of the last one, what all of it is still worth.
    fn invest(&self, year: u16, finance: &mut [FinanceRow], ledger: &mut Ledger) {
        self.buy(year, finance, ledger);
        for (vehicle, why) in &self.turnover.gone {
            // A dead vehicle is scrap; one that leaves early goes out of the region at its value.
            if *why != Leave::Retired {
                let scope = self.frame.scope(vehicle.holding as usize);
                FinanceRow::of(finance, &scope).resale_usd -= self.value_usd(vehicle, year);
            }
        }
        for project in &self.projects {
            let scope = Scope::site(self.site_of(project));
            if project.decided as u16 + 1 == year
                && let Some(party) = self.frame.party(&scope)
            {
                for (payer, usd) in &project.public {
                    ledger.pay(LedgerItem::BuildOut, (*payer).into(), party, *usd);
                }
            }
            self.book_project(project, year, FinanceRow::of(finance, &scope));
        }
        if year == self.frame.spec.until {
            for vehicle in self.stock.vehicles() {
                // At the end of the year: it has been driven for one more.
                let scope = self.frame.scope(vehicle.holding as usize);
                FinanceRow::of(finance, &scope).residual_usd -= self.value_usd(vehicle, year + 1);
            }
        }
    }

    /// Vehicles that were bought, new and used, their taxes and the public money for them.
    fn buy(&self, year: u16, finance: &mut [FinanceRow], ledger: &mut Ledger) {
        let (frame, spec) = (&self.frame, self.frame.spec);
        let mut book = |holding: usize, model: usize, usd: f64, is_used: bool| {
            let scope = frame.scope(holding);
            let (party, row) = (frame.party(&scope), FinanceRow::of(finance, &scope));
            row.vehicles_usd += usd;
            let taxes = frame.vehicle_taxes(model, year, is_used).map(|(payee, share)| {
                if let Some(party) = party {
                    ledger.pay(LedgerItem::VehicleTax, party, payee.into(), usd * share);
                }
                usd * share
            });
            row.vehicle_tax_usd += taxes.sum::<f64>();
        };
        for ((holding, model), count) in &self.turnover.new {
            let offer = frame.offer(*model).expect("every vehicle has an offer");
            book(*holding, *model, price_usd(offer, spec, year) * f64::from(*count), false);
        }
        for (vehicle, holding) in &self.turnover.used {
            book(*holding, vehicle.model as usize, self.value_usd(vehicle, year), true);
        }
        for ((holding, payer), usd) in &self.turnover.incentives {
            let scope = frame.scope(*holding);
            if let Some(party) = frame.party(&scope) {
                ledger.pay(LedgerItem::Vouchers, *payer, party, *usd);
            }
            FinanceRow::of(finance, &scope).vehicle_incentives_usd -= usd;
        }
    }

    fn book_project(&self, project: &Project, year: u16, row: &mut FinanceRow) {
        let spec = &self.frame.spec.build[&project.kind];
        if project.decided as u16 + 1 == year {
            row.build_out_usd += project.cost_usd;
            row.build_out_incentives_usd -= project.public_usd;
        }
        row.upkeep_usd += project.upkeep_usd * project.share_in_service(year);
        let rent_usd = project.stop_gap_kwh * spec.stop_gap.map_or(0.0, |gap| gap.usd_per_kwh_year);
        row.upkeep_usd += rent_usd * project.share_on_rent(year);
        if year == self.frame.spec.until {
            let age = (f64::from(year) + 1.0 - project.energised).max(0.0);
            // A work begun in the last year but one has been paid for even if it serves later.
            row.residual_usd -= project.cost_usd * (1.0 - age / spec.life_years).clamp(0.0, 1.0);
        }
    }

    /// The site that a project is at.
    fn site_of<'b>(&'b self, project: &'b Project) -> &'b str {
        self.frame.site_of(project.kind, &project.at)
    }

    /// Carbon in the materials of what was begun, under the limits in force.
    fn embodied(&self, year: u16, emissions: &mut [EmissionsRow]) {
        let rules = &self.frame.scenario().rule.embodied_limit;
        for project in self.projects.iter().filter(|it| it.decided as u16 + 1 == year) {
            let tonnes: f64 = project
                .material_t
                .iter()
                .filter_map(|(material, tonnes)| {
                    let rule = rules.get(material)?;
                    Some(tonnes * rule.t_per_t(self.site_of(project), year))
                })
                .sum();
            let scope = Scope::site(self.site_of(project));
            let row = emissions.iter_mut().find(|row| row.scope == scope).expect("every site has a row of the year");
            row.co2e_embodied_t += tonnes;
        }
    }

    /// Hours of a site: its exhaust is scaled by the wear of its equipment, that of trucks which stand there with it; that of
    /// vessels is of their tiers.
    fn community_rows(&mut self, year: u16, shown: &OperatingYear, wear: &[[f64; 2]]) {
        for (((key, _), site), wear) in self.frame.sites.iter().zip(&shown.sites).zip(wear) {
            let is_quiet = site.trucks_by_hour.iter().all(|count| *count == 0.0) && site.classes.is_empty();
            let rows = (0..24_u32).filter(|_| !is_quiet).map(|hour| {
                let [nox_g, pm25_g] = site.exhaust_by_hour[hour as usize];
                let vessels_g = site.vessel_exhaust_by_hour[hour as usize];
                CommunityRow {
                    year: u32::from(year),
                    site: (*key).clone(),
                    hour,
                    trucks: site.trucks_by_hour[hour as usize],
                    nox_kg: (nox_g * wear[0] + vessels_g[0]) / 1000.0,
                    pm25_kg: (pm25_g * wear[1] + vessels_g[1]) / 1000.0,
                }
            });
            self.tables.community.extend(rows);
        }
    }

    fn fleet_rows(&mut self, year: u16) {
        let (holdings, models) = (self.frame.holdings.len(), self.frame.models.len());
        // Vehicles, bought used, retired, sold, early, age, use, in reserve.
        let mut sums = vec![[0.0_f64; 8]; holdings * models];
        let at = |vehicle: &Vehicle, holding: usize| holding * models + vehicle.model as usize;
        for vehicle in self.stock.vehicles() {
            let sum = &mut sums[at(vehicle, vehicle.holding as usize)];
            sum[0] += 1.0;
            sum[5] += f64::from(vehicle.age(year));
            sum[6] += vehicle.used;
            sum[7] += f64::from(u8::from(vehicle.in_reserve));
        }
        self.turnover.used.iter().for_each(|(vehicle, holding)| sums[at(vehicle, *holding)][1] += 1.0);
        for (vehicle, why) in &self.turnover.gone {
            let column = match why {
                Leave::Retired => 2,
                Leave::Sold => 3,
                Leave::Early => 4,
            };
            sums[at(vehicle, vehicle.holding as usize)][column] += 1.0;
        }
        for (number, sum) in sums.iter().enumerate().filter(|it| it.1.iter().any(|value| *value > 0.0)) {
            let (holding, model) = (number / models, number % models);
            let (held, kind) = (&self.frame.holdings[holding], &self.frame.models[model]);
            let mean = |total: f64| if sum[0] > 0.0 { total / sum[0] } else { 0.0 };
            self.tables.fleet.push(FleetYearRow {
                year: u32::from(year),
                owner: held.owner.clone(),
                class: held.class.clone(),
                model: kind.key.clone(),
                powertrain: kind.powertrain,
                vehicles: sum[0] as u32,
                reserve: sum[7] as u32,
                bought_new: self.turnover.new.get(&(holding, model)).copied().unwrap_or(0),
                bought_used: sum[1] as u32,
                retired: sum[2] as u32,
                sold: sum[3] as u32,
                early: sum[4] as u32,
                mean_age: mean(sum[5]),
                mean_use: mean(sum[6]),
            });
        }
    }

    fn project_rows(&mut self, year: u16) {
        let rows = self.projects.iter().enumerate().map(|(number, project)| ProjectRow {
            year: u32::from(year),
            project: number as u32,
            kind: project.kind,
            at: project.at.clone(),
            amount: project.amount,
            state: project.state(year),
            decided: project.decided,
            permitted: project.permitted,
            built: project.built,
            energised: project.energised,
            late_months: project.late_months,
            cost_usd: project.cost_usd,
            premium_usd: project.premium_usd,
            public_usd: project.public_usd,
            stop_gap_kwh: project.stop_gap_kwh,
        });
        self.tables.projects.extend(rows.collect::<Vec<_>>());
    }

    fn rule_rows(
        &mut self,
        year: u16,
        counts: &[Vec<u32>],
        (all, removed_t): (&EmissionsRow, f64),
        fees: &BTreeMap<String, f64>,
    ) {
        let row = |rule: &str, kind, asked, reached, missing: u32, public_usd| RuleRow {
            year: u32::from(year),
            rule: rule.to_owned(),
            kind,
            asked,
            reached,
            missing,
            kept: missing == 0,
            public_usd,
        };
        let mut rows: Vec<RuleRow> = Vec::new();
        for kept in &self.turnover.kept {
            rows.push(row(&kept.rule, kept.kind, kept.asked, kept.reached, kept.missing, 0.0));
        }
        for (name, usd) in fees {
            rows.push(row(name, RuleKind::TruckFee, 1.0, 1.0, 0, -usd));
        }
        for (name, usd) in &self.turnover.vouchers {
            let share = self.paid_share.get(name).copied().unwrap_or(1.0);
            rows.push(row(name, RuleKind::Voucher, 1.0, share, 0, *usd));
        }
        for ((name, _), usd) in self.granted.iter().filter(|it| it.0.1 == year) {
            rows.push(row(name, RuleKind::InfrastructureCredit, 1.0, 1.0, 0, *usd));
        }
        for (name, rule) in self.frame.scenario().rule.target.iter().filter(|it| it.1.on && it.1.year == year) {
            let (reached, is_met, missing) = match rule.metric {
                TargetMetric::ZevShare => {
                    let (clean, total) = self.clean_of(counts, &rule.classes);
                    let missing = ((rule.value * f64::from(total)).ceil() as u32).saturating_sub(clean);
                    (f64::from(clean) / f64::from(total.max(1)), missing == 0, missing)
                }
                TargetMetric::Co2e | TargetMetric::NetZero => {
                    let first = self.tables.emissions.iter().find(|row| row.scope == Scope::Total);
                    let share = all.co2e_t / first.map_or(all.co2e_t, |first| first.co2e_t).max(1e-9);
                    let is_removed = rule.metric == TargetMetric::Co2e || is_balanced(all.co2e_t, removed_t);
                    (share, share <= rule.value && is_removed, 0)
                }
            };
            let told = row(name, RuleKind::Target, rule.value, reached, missing, 0.0);
            rows.push(RuleRow { kept: is_met, ..told });
        }
        self.tables.rules.extend(rows);
    }

    /// Vehicles without a tailpipe, and all, of some classes.
    fn clean_of(&self, counts: &[Vec<u32>], classes: &[String]) -> (u32, u32) {
        let (mut clean, mut all) = (0, 0);
        for count in counts {
            for (model, count) in self.frame.models.iter().zip(count).filter(|it| means(classes, &it.0.class)) {
                all += count;
                clean += if model.is_zero_emission() { *count } else { 0 };
            }
        }
        (clean, all)
    }
}

/// Books of all rooms, of vessels and of removals. Returns what the whole hub emitted, and what was
/// removed.
fn beside_the_port(
    books: &Year<'_>,
    rooms: &mut [RoomYear],
    (finance, emissions): (&mut Vec<FinanceRow>, &mut Vec<EmissionsRow>),
    ledger: &mut Ledger,
) -> (EmissionsRow, Vec<RemovalRow>) {
    for (payer, usd) in rooms.iter().flat_map(|room| &room.granted) {
        ledger.pay(LedgerItem::BuildOut, (*payer).into(), Party::Site, *usd);
    }
    for (paid, emitted) in rooms.iter_mut().flat_map(|room| room.books.drain(..)) {
        finance.push(paid);
        emissions.push(emitted);
    }
    finance.extend(inventory::vessel_costs(books.year, books.shown));
    let all = books.total_emissions(emissions);
    let removed = inventory::remove(books.frame, books.year, all.co2e_t);
    if !removed.is_empty() {
        finance.push(inventory::removal_costs(books.year, &removed));
    }
    (all, removed)
}

/// Is everything that is emitted removed as well? Nothing is not enough, but for a hub that emits nothing.
fn is_balanced(co2e_t: f64, removed_t: f64) -> bool {
    removed_t >= co2e_t - 1e-6 * co2e_t.abs().max(1.0)
}

/// What each fee brought in, USD.
fn books_of_fees(books: &Year<'_>) -> BTreeMap<String, f64> {
    let rules = &books.frame.scenario().rule.truck_fee;
    let mut out: BTreeMap<String, f64> = BTreeMap::new();
    for (fleet, tally) in books.shown.fleets.iter().enumerate() {
        for (name, (_, usd)) in rules.keys().zip(books.fees(books.holding_of(fleet), tally)) {
            *out.entry(name.clone()).or_default() += usd;
        }
    }
    out
}
