//! What the sandbox costs: one decision by a guest against the same policy built in, on made-up views of sessions, with
//! fuel, limits and checks on. Guests are those of `plugins/build.sh`; what it did not build is left out.
//!
//! "fixed" is a text guest on one session: the cost of a call. "copy" reads one column and gives one back, so its slope
//! is the cost of an element of columns in and out.

#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use portvolt::grid::state::{LimitTree, SiteOutlook};
use portvolt::kernel::ids::NodeId;
use portvolt::kernel::random::Seed;
use portvolt::kernel::units::{Kw, Kwh};
use portvolt::plugin::{Plugin, Running};
use portvolt::policy::kind::Charging;
use portvolt::policy::spec::PluginLimits;
use portvolt::policy::{ChargingView, Decide, SessionColumns, charging};
use portvolt::scenario::plugin_file::PluginFile;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

#[path = "../tests/guests/mod.rs"]
mod guests;

/// Sessions at cabinets of four behind one site, every level short.
fn with_sessions(count: u32, use_view: impl FnOnce(&ChargingView<'_>)) {
    let cabinets = count.div_ceil(4);
    let parent = std::iter::once(None).chain((0..cabinets).map(|_| Some(NodeId(0)))).collect();
    let limit = std::iter::once(Kw(f64::from(count) * 40.0)).chain((0..cabinets).map(|_| Kw(300.0))).collect();
    let tree = LimitTree::new(parent, limit);
    let mut sessions = SessionColumns::default();
    for at in 0..count {
        sessions.port.push(at);
        sessions.vehicle.push(at);
        sessions.give_kw.push(Kw::ZERO);
        sessions.duty_kwh.push(Kwh(80.0));
        sessions.site.push(0);
        sessions.node.push(NodeId(1 + at / 4));
        sessions.ask_kw.push(Kw(f64::from(20 + at % 90)));
        sessions.max_kw.push(Kw(150.0));
        sessions.soc.push(0.5);
        sessions.needs_kwh.push(Kwh(80.0));
        sessions.arrive_s.push(at % 3_600);
        sessions.depart_s.push((at * 7_919) % 86_400);
    }
    let sites = SiteOutlook::default();
    let headroom_kw = tree.limits();
    let view =
        ChargingView { time_s: 0, interval_s: 300, tree: &tree, headroom_kw, sessions: &sessions, sites: &sites };
    use_view(&view);
}

fn start(file: &PluginFile) -> Running<Charging> {
    let plugin = Plugin::<Charging>::load(file).expect("the guest loads");
    let limits = PluginLimits { fuel_base: 1 << 50, ..PluginLimits::default() };
    Running::start(&plugin, &[], limits, Seed { seed: 1, replication: 0 }, true).expect("the guest starts")
}

/// Makes a policy for one run.
type Make<'a> = Box<dyn Fn() -> Box<dyn Decide<Charging>> + 'a>;

fn decisions(criterion: &mut Criterion) {
    let built = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/plugins").join(name).with_extension("wasm");
        PluginFile::read(&path).ok()
    };
    let native = |name: &str| charging(name, &BTreeMap::new(), None).expect("a built-in policy");
    let mut policies: Vec<(&str, Make<'_>)> = vec![
        ("copy in the sandbox", Box::new(|| Box::new(start(&guests::ASK.file())))),
        ("copy built in", Box::new(|| native("uncontrolled"))),
        ("equal_share built in", Box::new(|| native("equal_share"))),
        ("edf built in", Box::new(|| native("edf"))),
    ];
    for (name, file) in [
        ("equal_share in Rust", "equal_share"),
        ("edf in C", "edf_charging"),
        ("laxity in JavaScript", "least_flexible_first"),
    ] {
        if let Some(file) = built(file) {
            policies.push((name, Box::new(move || Box::new(start(&file)))));
        }
    }
    let mut group = criterion.benchmark_group("decide");
    group.sample_size(20);
    for sessions in [1_u32, 1_000, 10_000] {
        group.throughput(Throughput::Elements(u64::from(sessions)));
        for (name, make) in &policies {
            // The tree of limits never changes in a run: each size is a run of its own.
            let mut policy = make();
            with_sessions(sessions, |view| {
                group.bench_function(BenchmarkId::new(*name, sessions), |bencher| {
                    bencher.iter(|| black_box(policy.decide(view).expect("it decides")));
                });
            });
        }
    }
    group.finish();
}

fn starting(criterion: &mut Criterion) {
    let plugin = Plugin::<Charging>::load(&guests::ASK.file()).expect("the guest loads");
    let seed = Seed { seed: 1, replication: 0 };
    criterion.bench_function("start a run of a plugin", |bencher| {
        bencher
            .iter(|| black_box(Running::start(&plugin, &[], PluginLimits::default(), seed, false).expect("it starts")));
    });
}

criterion_group!(benches, decisions, starting);
criterion_main!(benches);
