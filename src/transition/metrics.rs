//! Headline numbers of a transition, folded from its tables: the hub by year and over all years, and what each stakeholder
//! asks first.

use super::bank::sellers;
use super::record::{FinanceRow, Tables};
use super::spec::{TRUCK, TransitionSpec};
use crate::account::cost::present_value;
use crate::record::metric::{Gathered, Metric};
use crate::record::notes::PluginNotes;
use crate::scenario::Scenario;

/// Upper share of the waits that is told.
const P95: f64 = 0.95;

/// All metrics: `total` over all years, `year:YYYY`, and sites that sell charging.
#[must_use]
pub fn metrics(tables: &Tables, spec: &TransitionSpec, scenario: &Scenario) -> Vec<Metric> {
    let mut out = Gathered::default();
    totals(tables, spec, &mut out);
    for (year, _) in &tables.shown {
        of_year(tables, *year, &mut out);
    }
    sellers(tables, spec, scenario, &mut out);
    for row in &tables.rules {
        if row.kind.0 == "target" {
            let scope = format!("rule:{}", row.rule);
            out.add(&scope, "target_met", Some(f64::from(u8::from(row.kept.0 == "yes"))), "", "1: the goal was met");
            out.add(&scope, "target_reached", Some(row.reached), "", "what was reached of what the goal judges");
        }
    }
    out.metrics
}

fn of_total(tables: &Tables) -> impl Iterator<Item = &FinanceRow> {
    tables.finance.iter().filter(|row| row.scope == "total")
}

fn totals(tables: &Tables, spec: &TransitionSpec, out: &mut Gathered) {
    let sum = |of: fn(&FinanceRow) -> f64| Some(of_total(tables).map(of).sum::<f64>());
    let mut usd = |name, value, info| out.add("total", name, value, "USD", info);
    let flows: Vec<f64> = of_total(tables).map(|row| -row.total_usd).collect();
    let npv = present_value(spec.discount_rate, &flows);
    usd("npv_usd", Some(npv), "present value of all money of the hub, at the discount rate; costs are negative");
    usd("cost_usd", sum(|row| row.total_usd), "all costs of all years, less incentives and what is left at the end");
    usd("capex_usd", sum(FinanceRow::capex_usd), "investments, less incentives, resale and what is left at the end");
    usd("opex_usd", sum(FinanceRow::opex_usd), "running costs, fees and the price of carbon");
    usd("credits_usd", sum(|row| -row.credits_usd), "income from fuel standards, less deficits");
    usd("public_usd", sum(|row| row.public_usd), "public money: vouchers, credits, grants");
    let emissions = || tables.emissions.iter().filter(|row| row.scope == "total");
    let mut air = |name, value: f64, unit, info| out.add("total", name, Some(value), unit, info);
    air("co2e_t", emissions().map(|row| row.co2e_t).sum(), "t", "CO2e of all years: tailpipes and supply");
    air("co2e_tailpipe_t", emissions().map(|row| row.co2e_tailpipe_t).sum(), "t", "CO2e at tailpipes, all years");
    let embodied = emissions().map(|row| row.co2e_embodied_t).sum();
    air("co2e_embodied_t", embodied, "t", "CO2e embodied in what was built, all years; not in co2e_t");
    air("nox_kg", emissions().map(|row| row.nox_kg).sum(), "kg", "nitrogen oxides at tailpipes, all years");
    air("pm25_kg", emissions().map(|row| row.pm25_kg).sum(), "kg", "exhaust particles at tailpipes, all years");
    let last = tables.shown.last().map(|shown| shown.0);
    let share = last.and_then(|year| zev_share(tables, year, |_| true));
    out.add("total", "zev_share", share, "", "share of vehicles without a tailpipe in the last year");
    let late = tables.projects.iter().filter(|row| last == Some(row.year as u16)).map(|row| row.late_months);
    let worst = late.fold(0.0, f64::max);
    out.add("total", "energisation_late_months", Some(worst), "month", "longest delay of a utility");
}

/// Share of vehicles without a tailpipe in a year, among some classes.
#[must_use]
pub fn zev_share(tables: &Tables, year: u16, class: impl Fn(&str) -> bool) -> Option<f64> {
    let rows = || tables.fleet.iter().filter(|row| row.year == u32::from(year) && class(&row.class));
    let all: u32 = rows().map(|row| row.vehicles).sum();
    let clean: u32 = rows().filter(|row| row.powertrain.0 != "diesel").map(|row| row.vehicles).sum();
    (all > 0).then(|| f64::from(clean) / f64::from(all))
}

fn of_year(tables: &Tables, year: u16, out: &mut Gathered) {
    let scope = format!("year:{year}");
    let mut add = |name, value: Option<f64>, unit, info| out.add(&scope, name, value, unit, info);
    let trucks = zev_share(tables, year, |class| class == TRUCK);
    add("zev_share_trucks", trucks, "", "share of trucks without a tailpipe");
    let equipment = zev_share(tables, year, |class| class != TRUCK);
    add("zev_share_equipment", equipment, "", "share of equipment without a tailpipe");
    let finance = of_total(tables).find(|row| row.year == u32::from(year));
    let cost = finance.map(|row| row.total_usd - row.residual_usd);
    add("cost_usd", cost, "USD", "all costs of the hub; what is left at the end counts in the total only");
    add("public_usd", finance.map(|row| row.public_usd), "USD", "public money");
    let air = tables.emissions.iter().find(|row| row.scope == "total" && row.year == u32::from(year));
    add("co2e_t", air.map(|row| row.co2e_t), "t", "CO2e: tailpipes and supply");
    add("nox_kg", air.map(|row| row.nox_kg), "kg", "nitrogen oxides at tailpipes");
    add("pm25_kg", air.map(|row| row.pm25_kg), "kg", "exhaust particles at tailpipes");
    add("energy_grid_kwh", air.map(|row| row.energy_kwh), "kWh", "energy through all meters");
    add("diesel_gal", air.map(|row| row.diesel_gal), "US gal", "diesel burnt");
    let Some((_, shown)) = tables.shown.iter().find(|shown| shown.0 == year) else { return };
    let [requested, cancelled] = shown.hauls;
    add("hauls_requested", Some(requested), "", "hauls that became known");
    add("hauls_cancelled", Some(cancelled), "", "hauls that lapsed before a truck was free");
    let waiting_h: f64 = shown.fleets.iter().map(|fleet| fleet.port_wait_h).sum();
    add("driver_waiting_h", Some(waiting_h), "h", "drivers who wait for a port");
    let classes = || shown.sites.iter().flat_map(|site| site.classes.values());
    add("equipment_hours_required", Some(classes().map(|it| it.required_h).sum()), "h", "unit-hours asked for");
    add("equipment_hours_served", Some(classes().map(|it| it.served_h).sum()), "h", "unit-hours done");
    let mut waits = crate::record::tally::Waits::default();
    shown.sites.iter().for_each(|site| waits.merge(&site.waits));
    add("queue_wait_p95_min", waits.quantile_min(P95), "min", "wait for a port, 95th percentile");
    let peak_kw: f64 = shown.sites.iter().map(|site| site.peak_kw).sum();
    add("peak_kw", Some(peak_kw), "kW", "sum of the peaks of all sites");
}

/// What plugins were asked, and how many of their orders were no good.
#[must_use]
pub fn plugin_metrics(notes: &[PluginNotes]) -> Vec<Metric> {
    let metric =
        |name, value: u64, info| Metric { name, scope: "total".to_owned(), value: Some(value as f64), unit: "", info };
    vec![
        metric("plugin_calls", notes.iter().map(|plugin| plugin.calls).sum(), "decisions of plugins"),
        metric(
            "plugin_rejected",
            notes.iter().map(|plugin| plugin.dropped).sum(),
            "orders of plugins that were dropped",
        ),
    ]
}
