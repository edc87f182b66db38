//! Sums, metrics and bills, against their columns.

use super::{BillRow, Breaks, Case, Check, Group, summary, told};
use crate::record::metrics::Metric;
use crate::sim::audit::totals::names;
use std::collections::BTreeSet;

/// Number of the site `depot` of `depot_night`.
const DEPOT: usize = 4;

pub(super) const GROUPS: &[&Group] = &[&SUMS, &BILLS];

/// Every sum that a metric is made of, wrong by a little.
const SUMS: Group = Group {
    scenario: ("scenarios/depot_night", None),
    settings: &["time.days=1"],
    cases: &[
        summary(Check::EnergyRequested, "energy_requested_kwh, and delivered and lacking", |summary| {
            summary.hub.charging.requested_kwh += 1.0;
        }),
        summary(Check::TotalColumn, "energy_delivered_kwh of site:depot", |summary| {
            summary.sites[DEPOT].charging.delivered_kwh *= 1.0001;
        }),
        summary(Check::TotalColumn, "energy_grid_kwh of total", |summary| summary.hub.meter.energy_kwh *= 1.0001),
        summary(Check::TotalPeak, "peak_kw of site:depot", |summary| summary.sites[DEPOT].meter.peak_kw += 1.0),
        summary(Check::TotalPeak, "peak_kw of total", |summary| summary.hub.meter.peak_kw *= 2.0),
        summary(Check::TotalColumn, "hauls_requested of total", |summary| summary.requested += 1),
        summary(Check::TotalColumn, "hauls_late of fleet:carrier", |summary| summary.fleets[0].late += 1),
        summary(Check::TotalColumn, "truck_nox_kg of total", |summary| summary.fleets[0].nox_g += 100.0),
    ],
};

#[test]
fn totals_and_their_columns() {
    SUMS.objects();
}

/// A bill that differs in one column, month or row.
const BILLS: Group = Group {
    scenario: ("scenarios/depot_night", None),
    settings: &["time.days=1"],
    cases: &[
        summary(Check::BillColumn, "bill: energy_usd of `depot`", |summary| {
            let meter = summary.meters[DEPOT].as_mut().expect("the depot has a tariff");
            meter.read(0, 900, 100.0);
        }),
        bill(Check::BillMonths, "has 1 months and 0 bills", |bills| bills[DEPOT].truncate(0)),
        bill(Check::BillMonth, "has 1999-01 where", |bills| bills[DEPOT][0].month = "1999-01".to_owned()),
        bill(Check::BillColumn, "bill: energy_kwh of `depot`", |bills| bills[DEPOT][0].energy_kwh += 1.0),
        bill(Check::BillColumn, "bill: exported_kwh of `depot`", |bills| bills[DEPOT][0].exported_kwh += 1.0),
        bill(Check::BillColumn, "bill: peak_kw of `depot`", |bills| bills[DEPOT][0].peak_kw += 1.0),
        bill(Check::BillColumn, "bill: energy_usd of `depot`", |bills| bills[DEPOT][0].energy_usd += 1.0),
        bill(Check::BillColumn, "bill: demand_usd of `depot`", |bills| bills[DEPOT][0].demand_usd += 1.0),
        bill(Check::BillColumn, "bill: fixed_usd of `depot`", |bills| bills[DEPOT][0].fixed_usd += 1.0),
        bill(Check::BillColumn, "bill: minimum_usd of `depot`", |bills| bills[DEPOT][0].minimum_usd += 1.0),
        bill(Check::BillColumn, "bill: total_usd of `depot`", |bills| bills[DEPOT][0].total_usd += 1.0),
    ],
};

const fn bill(check: Check, text: &'static str, breaks: fn(&mut [Vec<BillRow>])) -> Case {
    Case { check, text, breaks: Breaks::Bills(breaks) }
}

#[test]
fn bills_and_the_table_of_power() {
    BILLS.objects();
}

/// A little more of every metric.
fn more(metrics: &mut [Metric]) {
    metrics.iter_mut().filter_map(|metric| metric.value.as_mut()).for_each(|value| *value += 1.0 + value.abs() * 0.01);
}

/// Every metric that is held to a column is seen to differ from it, in a run that tells it.
#[test]
fn every_column() {
    let of = |scenario, settings| {
        let loaded = Group { scenario: (scenario, None), settings, cases: &[] }.loaded();
        let told = told(&loaded, Breaks::Metrics(more).tamper());
        let columns = told.into_iter().filter(|it| it.check == Check::TotalColumn);
        columns.filter_map(|it| Some(it.text.split(' ').nth(1)?.to_owned())).collect::<BTreeSet<String>>()
    };
    let mut seen = of("scenarios/depot_night", &["time.days=1", "charger.night.price_usd_per_kwh=0.4"]);
    seen.extend(of("scenarios/port_terminal", &["time.days=1"]));
    seen.extend(of("scenarios/hydrogen_corridor", &["time.days=1"]));
    let unseen: Vec<String> = names().map(|name| name.to_string()).filter(|name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "nothing differs when these do: {unseen:?}");
}
