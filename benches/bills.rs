//! What a bill costs: a year at 15 minutes under a flat tariff, a shipped one by time of use, and one with everything.

#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use portvolt::account::bill::bill;
use portvolt::account::load::Load;
use portvolt::account::tariff::{
    DemandCharge, DemandKind, DemandTier, EnergyCharge, EnergyTier, ExportRule, Lookback, Rates, Schedule, Tariff,
    TierBasis,
};
use portvolt::import;
use portvolt::kernel::calendar::Calendar;
use std::hint::black_box;

fn year() -> Load {
    let calendar = Calendar::new("2025-01-01", "America/Los_Angeles", 366).expect("the zone exists");
    let kw = (0..35_040).map(|at| 500.0 + f64::from(at % 97) * 5.0).collect();
    Load::new(calendar, 0, 900, kw).expect("a quarter of an hour is an interval")
}

fn energy_tier(usd_per_kwh: f64, up_to: f64) -> EnergyTier {
    EnergyTier { usd_per_kwh, sell_usd_per_kwh: 0.03, up_to, basis: TierBasis::KwhPerKw }
}

/// Tiers by hours of use, three demand charges, a ratchet.
fn everything() -> Tariff {
    let evening = || Schedule::new(|_, weekday, second| u16::from(weekday < 5 && (16..21).contains(&(second / 3600))));
    let demand = |kind, schedule, usd_per_kw| DemandCharge {
        kind,
        schedule,
        periods: vec![Vec::new(), vec![DemandTier { usd_per_kw, up_to_kw: f64::INFINITY }]],
        name: String::new(),
        daily: false,
        lookback: Some(Lookback { share: [0.75; 12], months: [true; 12], range: 11 }),
        least_kw: 0.0,
    };
    let energy = EnergyCharge {
        schedule: evening(),
        periods: [0.1, 0.3].map(|usd| vec![energy_tier(usd, 200.0), energy_tier(usd / 2.0, f64::INFINITY)]).to_vec(),
        names: Vec::new(),
        adjustment_usd_per_kwh: [0.01; 12],
        exports: ExportRule::Unsaid,
    };
    let charges = vec![
        demand(DemandKind::Flat, Schedule::new(|_, _, _| 1), 8.0),
        demand(DemandKind::TimeOfUse, evening(), 12.0),
        demand(DemandKind::Coincident, evening(), 3.0),
    ];
    let rates = Rates { energy: Some(energy), demand: charges, demand_window_s: Some(1800), ..Rates::default() };
    Tariff { label: String::new(), name: String::new(), utility: String::new(), rates: vec![rates] }
}

fn bills(criterion: &mut Criterion) {
    let text = include_str!("../scenarios/tariffs/sce_tou_ev_9.json");
    let shipped = import::tariff("sce_tou_ev_9.json", text, None, &mut Vec::new()).expect("shipped tariffs read");
    let load = year();
    let mut group = criterion.benchmark_group("bill a year at 15 minutes");
    group.throughput(Throughput::Elements(load.kw().len() as u64));
    for (name, tariff) in [("SCE TOU-EV-9", shipped), ("everything", everything())] {
        group.bench_function(name, |bencher| bencher.iter(|| black_box(bill(&tariff, &load))));
    }
    group.finish();
    criterion.bench_function("read a tariff", |bencher| {
        bencher.iter(|| black_box(import::tariff("t.json", text, None, &mut Vec::new())));
    });
}

criterion_group!(benches, bills);
criterion_main!(benches);
