//! What studies cost: planning and merging 100,000 shards (simulated ones, 40 metrics each), and how much faster two
//! cores do the replications of a week of the flagship. Prints figures; `cargo bench --bench studies`.
//! `cargo bench --bench studies -- quick` leaves the flagship out.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use portvolt::record::metrics::{Metric, MetricName};
use portvolt::scenario::load::{Request, load};
use portvolt::study::compare::measure::Runs;
use portvolt::study::replicate::Replication;
use portvolt::study::sweep::merge::merge;
use portvolt::study::sweep::plan::{Plan, plan};
use portvolt::study::sweep::shard::{Store, text};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const SHARDS: usize = 100_000;
const METRICS: usize = 40;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    shards()?;
    if std::env::args().all(|argument| argument != "quick") {
        scaling();
    }
    Ok(())
}

/// Highest memory of this process so far, MB.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Processor time of this process so far, s (a tick is 10 ms on Linux).
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn shipped(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

/// 2 strategies x 1,000 points x 50 blocks.
fn shards() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let study = dir.path().join("big.toml");
    let depot = shipped("depot_night").display().to_string();
    let toml = format!(
        "scenarios = [{depot:?}]\nstrategies = [\"bau\", \"charging=fcfs\"]\nreplications = 50\nblock = 1\n\
         [latin_hypercube]\npoints = 1000\nrange = {{ \"site.depot.limit_kw\" = [400, 1600] }}\n"
    );
    std::fs::write(&study, toml)?;
    let begun = Instant::now();
    let planned = plan(&study)?;
    std::fs::write(Plan::path(dir.path(), "big"), serde_json::to_string(&planned)?)?;
    let keys: Vec<String> = (0..planned.shards()).map(|shard| planned.key(shard)).collect();
    println!("plan {} shards: {:.1} s, peak {} MB", keys.len(), begun.elapsed().as_secs_f64(), peak_mb());
    assert_eq!(keys.len(), SHARDS);

    let store = Store::of(dir.path());
    let begun = Instant::now();
    for (shard, key) in keys.iter().enumerate() {
        let which = planned.which(shard);
        let metric = |at: usize| {
            let scope = format!("site:{}", at / NAMES.len());
            Metric::new(NAMES[at % NAMES.len()], &scope, (shard * METRICS + at) as f64 / 7.0)
        };
        let run = Replication { notes: Vec::new(), digest: key.clone(), metrics: (0..METRICS).map(metric).collect() };
        store.keep(key, &text(key, which.first, &[run]), false)?;
    }
    println!("(writing them, not synced: {:.1} s)", begun.elapsed().as_secs_f64());
    for jobs in [1, 0] {
        let begun = Instant::now();
        let merged = merge(&planned, &store, &dir.path().join("merged"), false, jobs)?;
        let threads = if jobs == 1 { "1 thread" } else { "all threads" };
        let took = begun.elapsed().as_secs_f64();
        println!("merge {SHARDS} shards, {} rows, {threads}: {took:.1} s, peak {} MB", merged.count, peak_mb());
    }
    Ok(())
}

const NAMES: [MetricName; 10] = [
    MetricName::PeakKw,
    MetricName::Sessions,
    MetricName::SessionsUnmet,
    MetricName::EnergyDeliveredKwh,
    MetricName::EnergyGridKwh,
    MetricName::LoadFactor,
    MetricName::QueueWaitMeanMin,
    MetricName::QueueWaitP95Min,
    MetricName::ChargerUtilization,
    MetricName::EnergyRequestedKwh,
];

/// Eight replications of a week of San Pedro Bay on one thread and on two. On a busy machine read the processor time:
/// where both need the same, nothing but other processes keeps two cores from doing twice the work.
fn scaling() {
    let request = Request { path: shipped("san_pedro_bay"), ..Request::default() };
    let Ok(loaded) = load(&request) else { return };
    let scenarios = [("bau".to_owned(), loaded)];
    let time = |jobs: usize| {
        let mut runs = Runs::default();
        let (begun, cpu) = (Instant::now(), cpu_s());
        let ran = runs.extend(&scenarios, |_| false, (1, 8), jobs, &AtomicBool::new(false), &|_| {});
        assert!(ran.is_ok(), "{ran:?}");
        (begun.elapsed().as_secs_f64(), cpu_s() - cpu)
    };
    let _warm = time(2);
    let mut best = [(f64::INFINITY, f64::INFINITY); 2];
    for _ in 0..3 {
        for (slot, jobs) in best.iter_mut().zip([1, 2]) {
            let (wall, cpu) = time(jobs);
            *slot = (slot.0.min(wall), slot.1.min(cpu));
        }
    }
    let [(one, one_cpu), (two, two_cpu)] = best;
    println!("8 replications of a flagship week: {one:.1} s on one core, {two:.1} s on two: {:.2} times", one / two);
    println!("(processor time {one_cpu:.1} s and {two_cpu:.1} s: at most {:.2} times)", 2.0 * one_cpu / two_cpu);
    println!("peak {} MB", peak_mb());
}
