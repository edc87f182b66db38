//! What a run costs: whole days of the shipped scenarios, and allocation under limits. Compare ratios, not seconds:
//! machines differ and are busy.

#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use portvolt::grid::rules::cut_to_limits;
use portvolt::grid::state::LimitTree;
use portvolt::kernel::ids::NodeId;
use portvolt::kernel::units::Kw;
use portvolt::scenario::load::{Request, load};
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::{Options, Simulation};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

fn loaded(name: &str, overlay: Option<&str>, settings: &[&str]) -> Loaded {
    let overlays = overlay.map(|file| shipped(name).join(file)).into_iter().collect();
    let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
    load(&Request { path: shipped(name), overlays, settings, ..Request::default() }).expect("shipped scenarios load")
}

/// Runs in memory; returns the number of events.
fn run(loaded: &Loaded) -> u64 {
    let mut simulation = Simulation::new(loaded, &Options::default()).expect("shipped scenarios build");
    let driven = simulation.drive(loaded, (None, false), &AtomicBool::new(false), |_, _| {});
    let (_, effort) = driven.expect("shipped scenarios run");
    effort.events
}

fn scenarios(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run");
    group.sample_size(10);
    let cases = vec![
        ("depot_night week", loaded("depot_night", None, &[])),
        ("port_terminal week", loaded("port_terminal", None, &[])),
        ("port_terminal planned week", loaded("port_terminal", Some("planned.toml"), &[])),
        ("san_pedro_bay planned day", loaded("san_pedro_bay", Some("planned.toml"), &["time.days=1"])),
        ("san_pedro_bay day", loaded("san_pedro_bay", None, &["time.days=1"])),
        ("san_pedro_bay all electric day", loaded("san_pedro_bay", Some("all_electric.toml"), &["time.days=1"])),
    ];
    let year = loaded("hydrogen_corridor", None, &["time.days=365"]);
    group.throughput(Throughput::Elements(run(&year)));
    group.bench_function("hydrogen_corridor year", |bencher| bencher.iter(|| black_box(run(&year))));
    for (name, scenario) in &cases {
        group.throughput(Throughput::Elements(run(scenario)));
        group.bench_function(*name, |bencher| bencher.iter(|| black_box(run(scenario))));
    }
    group.finish();
}

fn loading(criterion: &mut Criterion) {
    criterion.bench_function("load san_pedro_bay", |bencher| {
        bencher.iter(|| black_box(loaded("san_pedro_bay", None, &[])));
    });
}

/// 1,000 sessions at 250 cabinets of 20 panels of 4 transformers behind one connection, every level short.
fn allocation(criterion: &mut Criterion) {
    let mut parent = vec![None];
    let mut limit = vec![Kw(20_000.0)];
    let mut first = 0;
    for (above, here, limit_kw) in [(1_u32, 4_u32, 6_000.0), (4, 20, 1_400.0), (20, 250, 150.0)] {
        for node in 0..here {
            parent.push(Some(NodeId(first + node % above)));
            limit.push(Kw(limit_kw));
        }
        first += above;
    }
    let tree = LimitTree::new(parent, limit);
    let node_of: Vec<NodeId> = (0..1_000_u32).map(|session| NodeId(first + session / 4)).collect();
    let ask: Vec<Kw> = (0..1_000_u32).map(|session| Kw(f64::from(20 + session % 90))).collect();
    criterion.bench_function("allocate 1000 sessions", |bencher| {
        bencher.iter_batched(
            || ask.clone(),
            |mut power| {
                cut_to_limits(&tree, tree.limits(), &node_of, &mut power);
                power
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, scenarios, loading, allocation);
criterion_main!(benches);
