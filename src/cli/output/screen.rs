//! The one screen at the end of a run: service, energy, peaks, queues, the worst sites.

use crate::record::metric::{Metric, value_of};
use crate::record::summary::Summary;
use crate::scenario::doubt::doubts;
use crate::scenario::loaded::Loaded;
use crate::sim::run::Effort;
use std::fmt::Write;

/// One screen: service, energy, peaks, queues, the five worst sites.
pub(crate) fn screen(loaded: &Loaded, summary: &Summary, metrics: &[Metric], effort: &Effort) -> String {
    let time = &loaded.scenario.time;
    let mut out = format!("{}, {} days from {}\n\n", loaded.scenario.title, time.days, time.start);
    out.push_str(&service(summary, metrics));
    out.push_str(&energy(metrics));
    out.push_str(&hydrogen(metrics));
    out.push_str(&worst_sites(loaded, summary));
    let (doubtful, bare) = (loaded.doubtful(), loaded.provenance.unsourced().count());
    let of = loaded.provenance.origins.len();
    if doubtful > 0 {
        let _ =
            writeln!(out, "\n{doubtful} of its {of} numbers are recalled or assumed: `portvolt validate` lists them.");
    }
    if bare > 0 {
        let _ = writeln!(out, "\n{bare} of its {of} numbers have no source: `portvolt validate` lists them.");
    }
    for doubt in doubts(loaded) {
        let _ = writeln!(out, "\nLook at this: {doubt}.");
    }
    out.push_str(&step_times(effort));
    out
}

fn total(metrics: &[Metric], name: &str) -> f64 {
    value_of(metrics, "total", name).unwrap_or(0.0)
}

fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.1} %", 100.0 * part / whole) } else { "-".to_owned() }
}

/// Small sums in kilowatt-hours, large ones in megawatt-hours.
fn energy_text(kwh: f64) -> String {
    if kwh < 1e4 { format!("{kwh:.0} kWh") } else { format!("{:.0} MWh", kwh / 1e3) }
}

fn power_text(kw: f64) -> String {
    if kw < 1e3 { format!("{kw:.0} kW") } else { format!("{:.2} MW", kw / 1e3) }
}

/// Hauls, trucks, equipment.
fn service(summary: &Summary, metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    if summary.requested > 0 {
        let (asked, done) = (total("hauls_requested"), total("hauls_completed"));
        let _ = writeln!(
            out,
            "Hauls      {asked:.0} asked for, {done:.0} done ({}), {:.0} late, {:.0} cancelled, {:.0} still open",
            percent(done, asked),
            total("hauls_late"),
            total("hauls_cancelled"),
            total("hauls_open"),
        );
        let _ = writeln!(
            out,
            "Trucks     {:.0} km ({} without a container), gate queue {:.1} min a haul, {:.0} stranded",
            total("truck_km"),
            percent(total("truck_empty_km"), total("truck_km")),
            total("gate_queue_mean_min"),
            total("trucks_stranded"),
        );
    }
    if total("equipment_hours_required") > 0.0 {
        let (asked, done) = (total("equipment_hours_required"), total("equipment_hours_served"));
        let _ = writeln!(out, "Equipment  {asked:.0} unit-hours asked for, {} served", percent(done, asked));
    }
    out
}

/// Sessions, queues, the grid, the air.
fn energy(metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Charging   {:.0} sessions, {} delivered of {} asked for, {:.0} left short",
        total("sessions"),
        energy_text(total("energy_delivered_kwh")),
        energy_text(total("energy_requested_kwh")),
        total("sessions_unmet"),
    );
    let _ = writeln!(
        out,
        "Queues     mean {:.1} min, 95 % within {:.0} min; ports taken {} of the time",
        total("queue_wait_mean_min"),
        total("queue_wait_p95_min"),
        percent(total("charger_utilization"), 1.0),
    );
    let _ = writeln!(
        out,
        "Grid       {}, peak {}, load factor {:.2}",
        energy_text(total("energy_grid_kwh")),
        power_text(total("peak_kw")),
        total("load_factor"),
    );
    if metrics.iter().any(|metric| metric.name == "bill_total_usd") {
        let _ = writeln!(
            out,
            "Bill       {:.0} USD: energy {:.0}, demand {:.0}, fixed {:.0} (demand and fixed of whole months)",
            total("bill_total_usd"),
            total("bill_energy_usd"),
            total("bill_demand_usd"),
            total("bill_fixed_usd"),
        );
    }
    if metrics.iter().any(|metric| metric.name == "bound_energy_kwh") {
        let _ = writeln!(
            out,
            "Bound      {:.2} % of the most possible energy missed, {:.1} % of the peak and {:.1} % of the cost avoidable",
            total("bound_energy_gap_percent"),
            total("bound_peak_gap_percent"),
            total("bound_cost_gap_percent"),
        );
    }
    let _ = writeln!(
        out,
        "Air        {:.0} gal diesel, {:.1} t CO2e at tailpipes, {:.1} t upstream, {:.0} kg NOx, {:.1} kg PM2.5",
        total("diesel_gal"),
        total("co2e_tailpipe_t"),
        total("co2e_upstream_t"),
        total("nox_kg"),
        total("pm25_kg"),
    );
    out
}

/// Fills, queue and cost of hydrogen, where there are stations.
fn hydrogen(metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    if total("h2_requested_kg") > 0.0 {
        let _ = writeln!(
            out,
            "Hydrogen   {:.0} kg in {:.0} fills, 95 % wait up to {:.0} min, {:.0} sent away, {:.0} gave up, short {:.1} h; {:.2} USD and {:.1} kg CO2e a kg",
            total("h2_dispensed_kg"),
            total("h2_fills"),
            total("h2_queue_wait_p95_min"),
            total("h2_turned_away"),
            total("h2_gave_up"),
            total("h2_stockout_h"),
            total("h2_cost_usd_per_kg"),
            total("h2_co2e_kg_per_kg"),
        );
    }
    out
}

/// Where the time went, when it was measured.
fn step_times(effort: &Effort) -> String {
    let mut out = String::new();
    if effort.step_us.is_empty() {
        return out;
    }
    let whole: u64 = effort.step_us.iter().map(|step| step.1).sum();
    let _ = writeln!(out, "\nTime by step ({} events):", effort.events);
    for (step, spent) in &effort.step_us {
        let share = percent(*spent as f64, whole as f64);
        let _ = writeln!(out, "  {step:<10} {:>8.1} ms  {share}", *spent as f64 / 1e3);
    }
    let _ = writeln!(out, "  {:<10} {:>8.1} ms", "all", whole as f64 / 1e3);
    out
}

fn worst_sites(loaded: &Loaded, summary: &Summary) -> String {
    let mut ranked: Vec<_> = loaded
        .scenario
        .site
        .iter()
        .zip(&summary.sites)
        .filter(|(_, tally)| tally.sessions > 0 || tally.unmet > 0)
        .collect();
    let key = |tally: &crate::record::tally::Tally| {
        let unmet = tally.unmet as f64 / (tally.sessions + tally.unmet).max(1) as f64;
        unmet * 1e6 + tally.waits.quantile_min(0.95).unwrap_or(0.0)
    };
    ranked.sort_by(|a, b| key(b.1).total_cmp(&key(a.1)).then(a.0.0.cmp(b.0.0)));
    let mut out = String::new();
    if ranked.is_empty() {
        return out;
    }
    let _ = writeln!(out, "\nWorst sites            sessions   short   wait 95 %      peak     limit");
    for ((site, spec), tally) in ranked.into_iter().take(5) {
        let limit = spec.limit_kw.map_or("-".to_owned(), |kw| format!("{kw:.0} kW"));
        let wait = tally.waits.quantile_min(0.95).unwrap_or(0.0);
        let _ = writeln!(
            out,
            "  {site:<20} {:>8} {:>7} {wait:>7.0} min {:>6.0} kW {limit:>9}",
            tally.sessions, tally.unmet, tally.peak_kw
        );
    }
    out
}
