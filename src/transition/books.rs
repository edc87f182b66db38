//! Closing a year: what fleets and sites paid and emitted, what was bought and built, and which rules were kept.

use super::build::Project;
use super::ledger::Year;
use super::offer::{price_usd, residual};
use super::pathway::Pathway;
use super::record::{CommunityRow, EmissionsRow, FinanceRow, FleetYearRow, ProjectRow, RuleKind, RuleRow};
use super::regulation::{TargetMetric, means};
use super::spec::ProjectKind;
use super::stock::{Leave, Vehicle};
use super::year::Shown;
use crate::grid::spec::SiteKind;
use crate::record::table::Row as _;
use std::collections::BTreeMap;

impl Pathway<'_> {
    /// Closes the books of a year.
    pub(super) fn close(&mut self, year: u16, shown: &Shown) {
        let counts = self.stock.by_model(self.frame.holdings.len(), self.frame.models.len());
        let books = Year { frame: &self.frame, year, shown, counts: &counts };
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
        self.sell_charging(shown, paid - priced, &mut finance);
        self.sell_hydrogen(year, shown, &mut finance);
        self.invest(year, &mut finance);
        self.embodied(year, &mut emissions);
        let mut total = FinanceRow::nothing(year, "total".to_owned());
        for row in &mut finance {
            row.close();
            if !self.frame.is_neighbour(&row.scope) {
                total.add_amounts(row);
            }
        }
        total.close();
        let all = books.total_emissions(&emissions);
        self.community_rows(year, shown);
        self.fleet_rows(year);
        self.project_rows(year);
        self.rule_rows(year, &counts, &all);
        self.tables.finance.push(total);
        self.tables.finance.extend(finance);
        self.tables.emissions.push(all);
        self.tables.emissions.extend(emissions);
    }

    /// What fleets pay is income of sites: at ports with a price of their own by that price, the rest (`paid_usd`) of public
    /// sites by the energy they gave without one.
    fn sell_charging(&self, shown: &Shown, paid_usd: f64, finance: &mut [FinanceRow]) {
        let sites = self.frame.scenario().site.iter().zip(&shown.sites);
        let public: Vec<(String, f64)> = sites
            .filter(|((_, spec), _)| spec.kind == SiteKind::Public)
            .map(|((key, _), shown)| (format!("site:{key}"), (shown.charging_kwh - shown.priced_kwh).max(0.0)))
            .collect();
        for (key, sold) in self.frame.scenario().site.keys().zip(&shown.sites).filter(|(_, shown)| shown.sold_usd > 0.0)
        {
            let scope = format!("site:{key}");
            if let Some(row) = finance.iter_mut().find(|row| row.scope == scope) {
                row.charging_usd -= sold.sold_usd;
            }
        }
        let all: f64 = public.iter().map(|it| it.1).sum();
        for (scope, kwh) in public.iter().filter(|it| it.1 > 0.0) {
            if let Some(row) = finance.iter_mut().find(|row| row.scope == *scope) {
                row.charging_usd -= paid_usd * kwh / all;
            }
        }
    }

    /// What fleets and terminals pay for hydrogen is income of the stations' sites, which pay for its electricity and for what
    /// they buy: who builds a station earns with it.
    fn sell_hydrogen(&self, year: u16, shown: &Shown, finance: &mut [FinanceRow]) {
        let retail_usd = self.frame.spec.price.hydrogen_usd_per_kg.at(year);
        for (key, site) in self.frame.scenario().site.keys().zip(&shown.sites).filter(|it| it.1.hydrogen_kg > 0.0) {
            let scope = format!("site:{key}");
            if let Some(row) = finance.iter_mut().find(|row| row.scope == scope) {
                row.hydrogen_usd += site.hydrogen_usd - site.hydrogen_kg * retail_usd;
            }
        }
    }

    /// Purchases, sales and works of a year; at the end of the last one, what all of it is still worth.
    fn invest(&self, year: u16, finance: &mut [FinanceRow]) {
        let (frame, spec) = (&self.frame, self.frame.spec);
        let mut rows: BTreeMap<String, &mut FinanceRow> =
            finance.iter_mut().map(|row| (row.scope.clone(), row)).collect();
        let value_in = |vehicle: &Vehicle, year: u16| {
            let new = frame.offer(vehicle.model as usize).map_or(0.0, |offer| price_usd(offer, spec, vehicle.built));
            new * residual(spec, vehicle.age(year))
        };
        let value = |vehicle: &Vehicle| value_in(vehicle, year);
        let mut book = |scope: String, change: &mut dyn FnMut(&mut FinanceRow)| {
            if let Some(row) = rows.get_mut(&scope) {
                change(row);
            }
        };
        for ((holding, model), count) in &self.turnover.new {
            let price = frame.offer(*model).map_or(0.0, |offer| price_usd(offer, spec, year));
            book(frame.scope(*holding), &mut |row| row.vehicles_usd += f64::from(*count) * price);
        }
        for (vehicle, holding) in &self.turnover.used {
            book(frame.scope(*holding), &mut |row| row.vehicles_usd += value(vehicle));
        }
        for (vehicle, why) in &self.turnover.gone {
            // A dead vehicle is scrap; one that leaves early goes out of the region at its value.
            if *why != Leave::Retired {
                book(frame.scope(vehicle.holding as usize), &mut |row| row.resale_usd -= value(vehicle));
            }
        }
        for (holding, usd) in &self.turnover.incentives {
            book(frame.scope(*holding), &mut |row| row.vehicle_incentives_usd -= usd);
        }
        for project in &self.projects {
            let scope = format!("site:{}", self.site_of(project));
            book(scope, &mut |row| self.book_project(project, year, row));
        }
        if year == spec.until {
            for vehicle in self.stock.vehicles() {
                // At the end of the year: it has been driven for one more.
                let scope = frame.scope(vehicle.holding as usize);
                book(scope, &mut |row| row.residual_usd -= value_in(vehicle, year + 1));
            }
        }
    }

    fn book_project(&self, project: &Project, year: u16, row: &mut FinanceRow) {
        let Some(spec) = self.frame.spec.build.get(&project.kind) else { return };
        if project.decided as u16 + 1 == year {
            row.infrastructure_usd += project.cost_usd;
            row.infrastructure_incentives_usd -= project.public_usd;
        }
        row.upkeep_usd += project.upkeep_usd * project.share_in_service(year);
        let rent_usd = project.stop_gap_kwh * spec.stop_gap.map_or(0.0, |gap| gap.usd_per_kwh_year);
        row.upkeep_usd += rent_usd * project.share_on_rent(year);
        if year == self.frame.spec.until {
            let age = (f64::from(year) + 1.0 - project.energised).max(0.0);
            row.residual_usd -= project.cost_usd * (1.0 - age / spec.life_years).clamp(0.0, 1.0);
        }
    }

    /// The site that a project is at.
    fn site_of<'b>(&'b self, project: &'b Project) -> &'b str {
        let scenario = self.frame.scenario();
        let at = &project.at;
        match project.kind {
            ProjectKind::Chargers => scenario.charger.get(at).map_or(at, |spec| &spec.site),
            ProjectKind::Solar => scenario.solar.get(at).map_or(at, |spec| &spec.site),
            ProjectKind::Hydrogen => scenario.hydrogen.get(at).map_or(at, |spec| &spec.site),
            ProjectKind::Grid | ProjectKind::Storage => at,
        }
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
                    let limit = rule.limit_t_per_t.filter(|_| rule.term.obliges(year)).unwrap_or(f64::INFINITY);
                    Some(tonnes * rule.usual_t_per_t.min(limit))
                })
                .sum();
            let scope = format!("site:{}", self.site_of(project));
            if let Some(row) = emissions.iter_mut().find(|row| row.scope == scope) {
                row.co2e_embodied_t += tonnes;
            }
        }
    }

    fn community_rows(&mut self, year: u16, shown: &Shown) {
        for ((key, _), site) in self.frame.sites.iter().zip(&shown.sites) {
            let is_quiet = site.trucks_by_hour.iter().all(|count| *count == 0.0) && site.classes.is_empty();
            let rows = (0..24_u32).filter(|_| !is_quiet).map(|hour| {
                let [nox_g, pm25_g] = site.exhaust_by_hour[hour as usize];
                CommunityRow {
                    year: u32::from(year),
                    site: (*key).clone(),
                    hour,
                    trucks: site.trucks_by_hour[hour as usize],
                    nox_kg: nox_g / 1000.0,
                    pm25_kg: pm25_g / 1000.0,
                }
            });
            self.tables.community.extend(rows);
        }
    }

    fn fleet_rows(&mut self, year: u16) {
        let (holdings, models) = (self.frame.holdings.len(), self.frame.models.len());
        // Vehicles, bought used, retired, sold, early, age, use.
        let mut sums = vec![[0.0_f64; 7]; holdings * models];
        let at = |vehicle: &Vehicle, holding: usize| holding * models + vehicle.model as usize;
        for vehicle in self.stock.vehicles() {
            let sum = &mut sums[at(vehicle, vehicle.holding as usize)];
            sum[0] += 1.0;
            sum[5] += f64::from(vehicle.age(year));
            sum[6] += vehicle.used;
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

    fn rule_rows(&mut self, year: u16, counts: &[Vec<u32>], all: &EmissionsRow) {
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
                TargetMetric::Co2e => {
                    let first = self.tables.emissions.iter().find(|row| row.scope == "total");
                    let share = all.co2e_t / first.map_or(all.co2e_t, |first| first.co2e_t).max(1e-9);
                    (share, share <= rule.value, 0)
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
