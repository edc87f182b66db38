//! The one screen at the end of a run: service, energy, peaks, queues, the worst sites.

use super::cost::cost;
use crate::bound::Status;
use crate::record::doubt;
use crate::record::means::{self, known_by_means};
use crate::record::metrics::{Metric, MetricName, ScopeKind, TOTAL, value_of};
use crate::record::summary::Summary;
use crate::record::tally::SiteTally;
use crate::scenario::Allocation;
use crate::scenario::doubt::doubts;
use crate::scenario::loaded::Loaded;
use crate::scenario::phase_in::phase_ins;
use crate::sim::run::Effort;
use std::fmt::Write;

/// What is missing of the energy requested is told from this share of it on.
const SMALL_PART: f64 = 0.01;

/// One screen: service, energy, peaks, queues, the five worst sites.
pub(crate) fn screen(loaded: &Loaded, summary: &Summary, metrics: &[Metric], effort: &Effort) -> String {
    let time = &loaded.scenario.time;
    let mut out = format!("{}, {} days from {}\n\n", loaded.scenario.title, time.days, time.start);
    out.push_str(&service(summary, metrics));
    out.push_str(&yards(metrics));
    out.push_str(&energy(metrics));
    out.push_str(&phased_in(loaded));
    out.push_str(&cost(&loaded.scenario, summary, metrics));
    out.push_str(&bound(metrics));
    out.push_str(&air(metrics));
    let (sites, nodes) = (loaded.scenario.site.keys(), loaded.scenario.node.keys());
    let overloads = summary.overloads.told(sites, nodes, &loaded.calendar);
    out.push_str(&limits(loaded, !overloads.is_empty()));
    out.push_str(&hydrogen(metrics));
    out.push_str(&worst_sites(loaded, summary, total(metrics, MetricName::PeakKw)));
    let of = loaded.provenance.origins.len();
    out.push_str(&to_check(loaded.doubtful(), of, ["is unverified or assumed", "are unverified or assumed"]));
    out.push_str(&to_check(loaded.provenance.unsourced().count(), of, ["has no source", "have no source"]));
    let metrics = metrics.iter().map(|metric| (metric.name.as_str(), metric.scope.as_str(), metric.value));
    let (sites, nodes) = (loaded.scenario.site.keys(), loaded.scenario.node.keys());
    let shared = means::told(&summary.overloads, sites, nodes, &known_by_means(&loaded.scenario));
    for doubt in overloads.into_iter().chain(shared).chain(doubt::doubts(metrics)).chain(doubts(loaded)) {
        let _ = writeln!(out, "\n{}", warning(&doubt));
    }
    out.push_str(&step_times(effort));
    out
}

/// How many numbers are so, in the singular or the plural; nothing where none is.
fn to_check(count: usize, of: usize, [one, many]: [&str; 2]) -> String {
    let verb = if count == 1 { one } else { many };
    if count == 0 {
        return String::new();
    }
    format!("\n{count} of its {of} numbers {verb}: `portvolt validate` lists what to check.\n")
}

/// A doubt as a sentence of its own; a question keeps its mark.
pub(in crate::cli) fn warning(doubt: &str) -> String {
    format!("Warning: {doubt}{}", if doubt.ends_with('?') { "" } else { "." })
}

fn total(metrics: &[Metric], name: MetricName) -> f64 {
    value_of(metrics, TOTAL, name).unwrap_or(0.0)
}

fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.1} %", 100.0 * part / whole) } else { "-".to_owned() }
}

/// Small sums in kilowatt-hours, large ones in megawatt-hours.
fn energy_text(kwh: f64) -> String {
    if kwh < 1e4 { format!("{kwh:.0} kWh") } else { format!("{:.0} MWh", kwh / 1e3) }
}

/// Power in the unit of its screen: all of them in kilowatts where the hub's peak is below 10 MW.
fn power_text(kw: f64, peak_kw: f64) -> String {
    if peak_kw < 1e4 { format!("{kw:.0} kW") } else { format!("{:.2} MW", kw / 1e3) }
}

/// Hauls, trucks, equipment.
fn service(summary: &Summary, metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    if summary.requested > 0 {
        let (asked, done) = (total(MetricName::HaulsRequested), total(MetricName::HaulsCompleted));
        let _ = writeln!(
            out,
            "Hauls      {asked:.0} requested, {done:.0} completed ({}), {:.0} late, {:.0} lapsed, {:.0} still open",
            percent(done, asked),
            total(MetricName::HaulsLate),
            total(MetricName::HaulsLapsed),
            total(MetricName::HaulsOpen),
        );
        let _ = writeln!(
            out,
            "Trucks     {:.0} km ({} without a container), gate queue {:.1} min per haul, {:.0} stranded",
            total(MetricName::TruckKm),
            percent(total(MetricName::TruckEmptyKm), total(MetricName::TruckKm)),
            total(MetricName::GateQueueMeanMin),
            total(MetricName::TrucksStranded),
        );
    }
    if total(MetricName::EquipmentHoursRequired) >= 0.5 {
        let (asked, done) = (total(MetricName::EquipmentHoursRequired), total(MetricName::EquipmentHoursServed));
        let backlog_h = sum_of_sites(metrics, MetricName::WorkBacklogH);
        let left = if backlog_h >= 0.5 {
            format!(", {backlog_h:.0} h of what was due not done at the end")
        } else {
            String::new()
        };
        let _ = writeln!(out, "Equipment  {asked:.0} unit-hours required, {} served{left}", percent(done, asked));
    }
    let (calls, lifts) = (total(MetricName::VesselCalls), total(MetricName::VesselLifts));
    let there = total(MetricName::VesselsAtBerth);
    if calls + there > 0.0 {
        let _ = writeln!(
            out,
            "Vessels    {calls:.0} calls ended with {lifts:.0} containers lifted, {there:.0} at berth at the end and not counted"
        );
    }
    out
}

/// The sum of a metric over all sites.
fn sum_of_sites(metrics: &[Metric], name: MetricName) -> f64 {
    let of_sites = metrics.iter().filter(|it| it.name == name && ScopeKind::Site.key_in(&it.scope).is_some());
    of_sites.filter_map(|metric| metric.value).sum()
}

/// Terminals with a plan, so many by themselves.
const YARDS_SHOWN: usize = 3;

/// What terminals with a plan did. Of many the sums, and the least and the most.
fn yards(metrics: &[Metric]) -> String {
    let sites = metrics.iter().filter(|metric| metric.name == MetricName::YardMoves);
    let sites: Vec<(&str, &str)> =
        sites.filter_map(|metric| Some((metric.scope.as_str(), ScopeKind::Site.key_in(&metric.scope)?))).collect();
    let at = |scope: &str, name| value_of(metrics, scope, name).unwrap_or(0.0);
    let sum = |name| sites.iter().map(|(scope, _)| at(scope, name)).sum::<f64>();
    if sites.len() <= YARDS_SHOWN {
        let line = |(scope, key): &(&str, &str)| {
            let turn = value_of(metrics, scope, MetricName::TruckTurnMeanMin);
            let inside = at(scope, MetricName::TrucksInYard);
            let trucks = turn.map_or_else(
                || if inside > 0.0 { format!("no truck left, {inside:.0} inside") } else { "no trucks".to_owned() },
                |turn_min| format!("trucks inside for {turn_min:.0} min"),
            );
            format!(
                "Yard       {key}: {:.1} lifts an hour of a crane, {:.0} lifts late, {trucks}, {:.0} tows\n",
                at(scope, MetricName::CraneMovesPerH),
                at(scope, MetricName::MovesLate),
                at(scope, MetricName::CarriersStranded),
            )
        };
        return sites.iter().map(line).collect();
    }
    let turns = sites.iter().filter_map(|(scope, _)| value_of(metrics, scope, MetricName::TruckTurnMeanMin));
    let (least, most) = turns.fold((f64::INFINITY, 0.0), |(least, most), it| (it.min(least), it.max(most)));
    let trucks = if most > 0.0 { format!(", trucks inside for {least:.0} to {most:.0} min") } else { String::new() };
    format!(
        "Yards      {} terminals with a plan: {:.0} moves, {:.0} lifts late{trucks}, {:.0} tows\n",
        sites.len(),
        sum(MetricName::YardMoves),
        sum(MetricName::MovesLate),
        sum(MetricName::CarriersStranded),
    )
}

/// When power was shared, where a site or node has a limit: waits under a limit depend on it.
fn limits(loaded: &Loaded, is_passed: bool) -> String {
    let scenario = &loaded.scenario;
    let has_limit = scenario.site.values().any(|site| site.limit_kw.is_some()) || !scenario.limit.is_empty();
    let interval_min = f64::from(scenario.time.interval_s) / 60.0;
    match scenario.time.allocation {
        _ if is_passed => "Limits     passed by loads that are not shared out, see the warning\n".to_owned(),
        Allocation::Event if has_limit => {
            let means = if known_by_means(scenario).is_empty() {
                String::new()
            } else {
                format!("; cranes and vessels count by their mean of {interval_min} min")
            };
            format!("Limits     hold in every second: power is shared at each event{means}\n")
        }
        Allocation::Interval if has_limit => {
            format!("Limits     hold in the mean of {interval_min} min: power is shared when an interval begins\n")
        }
        _ => String::new(),
    }
}

/// What was requested and had not come when the run ended; nothing where it is little.
fn undelivered(requested_kwh: f64, delivered_kwh: f64) -> String {
    let missing_kwh = requested_kwh - delivered_kwh;
    if missing_kwh <= SMALL_PART * requested_kwh {
        return String::new();
    }
    format!(", {} still missing at the end", energy_text(missing_kwh))
}

/// Sessions, queues, the grid, the bill.
fn energy(metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Charging   {:.0} sessions, {} delivered of {} requested, {:.0} left below target{}{}",
        total(MetricName::Sessions),
        energy_text(total(MetricName::EnergyDeliveredKwh)),
        energy_text(total(MetricName::EnergyRequestedKwh)),
        total(MetricName::SessionsUnmet),
        match total(MetricName::BreaksUnmet) {
            0.0 => String::new(),
            breaks => format!(", {breaks:.0} breaks ended below a full battery"),
        },
        undelivered(total(MetricName::EnergyRequestedKwh), total(MetricName::EnergyDeliveredKwh)),
    );
    let _ = writeln!(
        out,
        "Queues     mean {:.1} min, p95 {:.0} min; port utilization {}",
        total(MetricName::QueueWaitMeanMin),
        total(MetricName::QueueWaitP95Min),
        percent(total(MetricName::ChargerUtilization), 1.0),
    );
    out.push_str(&swaps(metrics));
    let _ = writeln!(
        out,
        "Grid       {}, peak {}, load factor {:.2}",
        energy_text(total(MetricName::EnergyGridKwh)),
        power_text(total(MetricName::PeakKw), total(MetricName::PeakKw)),
        total(MetricName::LoadFactor),
    );
    if metrics.iter().any(|metric| metric.name == MetricName::BillTotalUsd) {
        let _ = writeln!(
            out,
            "Bill       {:.0} USD: energy charges {:.0}, demand charges {:.0}, fixed {:.0} (demand and fixed of full months)",
            total(MetricName::BillTotalUsd),
            total(MetricName::BillEnergyUsd),
            total(MetricName::BillDemandUsd),
            total(MetricName::BillFixedUsd),
        );
    }
    out
}

/// What of a demand charge that is phased in the bill has.
fn phased_in(loaded: &Loaded) -> String {
    phase_ins(loaded).iter().fold(String::new(), |mut out, phase_in| {
        let _ = writeln!(out, "           {}", phase_in.told());
        out
    })
}

/// How far charging is from the best possible, where that was asked.
fn bound(metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    if metrics.iter().any(|metric| metric.name == MetricName::BoundEnergyKwh) {
        let _ = writeln!(
            out,
            "Bound      {:.2} % of the possible energy missed, {:.1} % of the peak and {:.1} % of the energy cost avoidable",
            total(MetricName::BoundEnergyGapPercent),
            total(MetricName::BoundPeakGapPercent),
            total(MetricName::BoundCostGapPercent),
        );
        if total(MetricName::BoundTolerance) > Status::Optimal.tolerance() {
            let percent = 100.0 * total(MetricName::BoundTolerance);
            let _ = writeln!(out, "           the solver of the bound stopped early: it is exact to {percent} % only");
        }
    }
    out
}

/// Emissions.
fn air(metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Air        {:.0} gal diesel, {:.1} t CO2e at tailpipes, {:.1} t upstream, {:.0} kg NOx, {:.1} kg PM2.5",
        total(MetricName::DieselGal),
        total(MetricName::Co2eDirectT),
        total(MetricName::Co2eUpstreamT),
        total(MetricName::NoxKg),
        total(MetricName::Pm25Kg),
    );
    out
}

/// Swaps of each site that has them. The queue for charging ports is then one of batteries: what units wait for is here.
fn swaps(metrics: &[Metric]) -> String {
    let mut out = String::new();
    for Metric { scope, value, .. } in metrics.iter().filter(|metric| metric.name == MetricName::Swaps) {
        let at = |name| value_of(metrics, scope, name).unwrap_or(0.0);
        let _ = writeln!(
            out,
            "Swaps      {:.0} batteries at {}, units waited mean {:.1} min, p95 {:.0} min, {:.0} still wait; batteries queue for ports",
            value.unwrap_or(0.0),
            ScopeKind::Site.key_in(scope).unwrap_or(scope),
            at(MetricName::SwapWaitMeanMin),
            at(MetricName::SwapWaitP95Min),
            at(MetricName::SwapWaiting),
        );
    }
    out
}

/// Fills, queue and cost of hydrogen, where there are stations.
fn hydrogen(metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    if total(MetricName::H2RequestedKg) > 0.0 {
        let _ = writeln!(
            out,
            "Hydrogen   {:.0} kg in {:.0} fills, p95 wait {:.0} min, {:.0} turned away, {:.0} gave up, stockout {:.1} h; {:.2} USD/kg, {:.1} kg CO2e/kg",
            total(MetricName::H2DispensedKg),
            total(MetricName::H2Fills),
            total(MetricName::H2QueueWaitP95Min),
            total(MetricName::H2TurnedAway),
            total(MetricName::H2GaveUp),
            total(MetricName::H2StockoutH),
            total(MetricName::H2CostUsdPerKg),
            total(MetricName::H2Co2eKgPerKg),
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

fn worst_sites(loaded: &Loaded, summary: &Summary, peak_kw: f64) -> String {
    let mut ranked: Vec<_> = loaded
        .scenario
        .site
        .iter()
        .zip(summary.sites.iter().zip(summary.overloads.sites()))
        .filter(|(_, (tally, connection))| {
            tally.charging.sessions + tally.charging.unmet + connection.over_intervals > 0
        })
        .collect();
    let key = |tally: &SiteTally| {
        let unmet = tally.charging.unmet as f64 / (tally.charging.sessions + tally.charging.unmet).max(1) as f64;
        unmet * 1e6 + tally.charging.waits.quantile_min(0.95).unwrap_or(0.0)
    };
    ranked.sort_by(|a, b| key(b.1.0).total_cmp(&key(a.1.0)).then(a.0.0.cmp(b.0.0)));
    let mut out = String::new();
    if ranked.is_empty() {
        return out;
    }
    let _ = writeln!(out, "\nWorst sites            sessions   unmet    p95 wait      peak     limit");
    for ((site, _), (tally, connection)) in ranked.into_iter().take(5) {
        let limit = connection.peak_limit_kw.map_or("-".to_owned(), |kw| power_text(kw, peak_kw));
        let peak = power_text(connection.peak_kw, peak_kw);
        let wait = tally.charging.waits.quantile_min(0.95).unwrap_or(0.0);
        let _ = writeln!(
            out,
            "  {site:<20} {:>8} {:>7} {wait:>7.0} min {peak:>9} {limit:>9}",
            tally.charging.sessions, tally.charging.unmet
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bound that is less exact than it could be says so, and only then.
    #[test]
    fn a_bound_tells_when_its_solver_stopped_early() {
        let screen = |status: Status| {
            let total = |name, value: f64| Metric::new(name, TOTAL, value);
            bound(&[total(MetricName::BoundEnergyKwh, 5.0), total(MetricName::BoundTolerance, status.tolerance())])
        };
        assert!(screen(Status::Reduced).contains("the solver of the bound stopped early: it is exact to 0.01 % only"));
        assert!(!screen(Status::Optimal).contains("stopped early"));
    }

    #[test]
    fn sentences_end_once_and_agree_in_number() {
        assert_eq!(warning("are they right?"), "Warning: are they right?");
        assert_eq!(warning("nothing can charge"), "Warning: nothing can charge.");
        let words = ["has no source", "have no source"];
        assert!(to_check(1, 137, words).contains("1 of its 137 numbers has no source:"));
        assert!(to_check(2, 137, words).contains("2 of its 137 numbers have no source:"));
        assert_eq!(to_check(0, 137, words), "");
    }

    /// Units at a swap yard wait for charged batteries: the queue for ports is not theirs.
    #[test]
    fn swaps_say_how_long_units_waited() {
        let at = |name, value: f64| Metric::new(name, "site:pier", value);
        let metrics = [
            Metric::new(MetricName::QueueWaitP95Min, TOTAL, 182.0),
            at(MetricName::Swaps, 400.0),
            at(MetricName::SwapWaitMeanMin, 14.0),
            at(MetricName::SwapWaitP95Min, 89.0),
        ];
        assert!(energy(&metrics).contains("400 batteries at pier, units waited mean 14.0 min, p95 89 min"));
        assert!(!energy(&metrics[..1]).contains("Swaps"));
    }

    /// A screen has one unit of power: that of its peak.
    #[test]
    fn power_has_the_unit_of_the_peak() {
        assert_eq!([800.0, 1100.0].map(|kw| power_text(kw, 1100.0)), ["800 kW", "1100 kW"]);
        assert_eq!([800.0, 13_810.0].map(|kw| power_text(kw, 13_810.0)), ["0.80 MW", "13.81 MW"]);
    }
}
