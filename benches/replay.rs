//! What the engine costs beside a loop written by hand: 42,000 sessions of a month at 1,000 ports, earliest deadline first
//! under a limit, set anew each quarter of an hour; from the file to the tables on the disk. The loop has a sorted list, no
//! entities, no checks of its input beyond numbers, no digest, and writes CSV.

#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use portvolt::job::{Bounded, Job};
use portvolt::kernel::random::{Purpose, Seed};
use portvolt::record::folder::RunFolder;
use portvolt::scenario::replay::{Replay, load};
use portvolt::sim::Options;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;

const STEP_S: u32 = 900;
const LIMIT_KW: f64 = 5_000.0;
const PORTS: u32 = 1_000;
const SESSIONS: u32 = 42_000;

/// Each port has its sessions one after the other, on quarters of an hour.
fn sessions() -> String {
    let mut text = String::from("session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n");
    for port in 0..PORTS {
        let mut stream = Seed { seed: 7, replication: 0 }.stream(Purpose::Visits, u64::from(port), 0);
        let mut step = (stream.uniform() * 40.0) as u32;
        for number in 0..SESSIONS / PORTS {
            let (stay, gap) = (8 + (stream.uniform() * 32.0) as u32, (stream.uniform() * 60.0) as u32);
            let energy_kwh = 5.0 + stream.uniform() * 45.0;
            let (arrive_s, depart_s) = (step * STEP_S, (step + stay) * STEP_S);
            let _ = writeln!(text, "s{number}_{port},v{port},c{port},{arrive_s},{depart_s},{energy_kwh:.3},22");
            step += stay + gap;
        }
    }
    text
}

struct Session {
    name: String,
    arrive_s: u32,
    depart_s: u32,
    energy_kwh: f64,
    max_kw: f64,
    got_kwh: f64,
}

fn read(path: &Path) -> Option<Vec<Session>> {
    let mut reader = csv::Reader::from_path(path).ok()?;
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.ok()?;
        Some(Session {
            name: row[0].to_owned(),
            arrive_s: row[3].parse().ok()?,
            depart_s: row[4].parse().ok()?,
            energy_kwh: row[5].parse().ok()?,
            max_kw: row[6].parse().ok()?,
            got_kwh: 0.0,
        })
    };
    reader.records().map(row).collect()
}

/// The same by hand. Returns the energy delivered.
fn loop_by_hand(path: &Path, out: &Path) -> Option<f64> {
    let mut all = read(path)?;
    all.sort_by_key(|session| session.arrive_s);
    let mut done = BufWriter::new(File::create(out.join("sessions.csv")).ok()?);
    let mut power = BufWriter::new(File::create(out.join("power.csv")).ok()?);
    let (mut active, mut next, mut now_s, mut total_kwh) = (Vec::<usize>::new(), 0, 0, 0.0);
    while next < all.len() || !active.is_empty() {
        while next < all.len() && all[next].arrive_s <= now_s {
            let at = active.partition_point(|known| all[*known].depart_s <= all[next].depart_s);
            active.insert(at, next);
            next += 1;
        }
        let hours = f64::from(STEP_S) / 3600.0;
        let mut left_kw = LIMIT_KW;
        for at in &active {
            let session = &mut all[*at];
            let kw = session.max_kw.min((session.energy_kwh - session.got_kwh) / hours).min(left_kw);
            left_kw -= kw;
            session.got_kwh += kw * hours;
        }
        total_kwh += (LIMIT_KW - left_kw) * hours;
        writeln!(power, "{now_s},{}", LIMIT_KW - left_kw).ok()?;
        now_s += STEP_S;
        for at in &active {
            let Session { name, arrive_s, depart_s, energy_kwh, got_kwh, .. } = &all[*at];
            if *depart_s <= now_s || energy_kwh - got_kwh <= 1e-3 {
                writeln!(done, "{name},{arrive_s},{now_s},{energy_kwh},{got_kwh}").ok()?;
            }
        }
        active.retain(|at| all[*at].depart_s > now_s && all[*at].energy_kwh - all[*at].got_kwh > 1e-3);
    }
    done.flush().and_then(|()| power.flush()).ok()?;
    Some(total_kwh)
}

/// Through the engine. Returns the energy delivered.
fn replay(path: &Path, out: &Path) -> Option<f64> {
    let asked = Replay { limit_kw: Some(LIMIT_KW), interval_s: STEP_S, ..Replay::new(path.to_path_buf(), "edf") };
    let loaded = load(&asked).ok()?;
    let job = Job {
        loaded: &loaded,
        options: Options { seed: 1, ..Options::default() },
        command: "replay",
        scenario: path.display().to_string(),
        overlays: Vec::new(),
        settings: Vec::new(),
        with_csv: false,
        with_report: false,
        bound: Bounded::No,
        sensitivity: None,
        fork: None,
        baseline: None,
    };
    let folder = RunFolder::begin(&out.join("run"), true).ok()?;
    let done = job.carry_out(folder, &AtomicBool::new(false), &mut |_| {}).ok()?;
    let metric = done.metrics.iter().find(|m| m.name == "energy_delivered_kwh" && m.scope == "total")?;
    metric.value
}

fn beside_a_loop(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("sessions.csv.in");
    std::fs::write(&path, sessions()).expect("a temporary file");
    let (plain_kwh, engine_kwh) = (loop_by_hand(&path, dir.path()), replay(&path, dir.path()));
    let apart = plain_kwh.zip(engine_kwh).map(|(plain, engine)| (plain - engine).abs() / plain);
    assert!(apart.is_some_and(|share| share < 1e-3), "both deliver the same: {plain_kwh:?} {engine_kwh:?}");
    let mut group = criterion.benchmark_group("replay of 42000 sessions");
    group.sample_size(20).throughput(Throughput::Elements(u64::from(SESSIONS)));
    group.bench_function("loop by hand", |bencher| bencher.iter(|| loop_by_hand(&path, dir.path())));
    group.bench_function("portvolt", |bencher| bencher.iter(|| replay(&path, dir.path())));
    group.finish();
}

criterion_group!(benches, beside_a_loop);
criterion_main!(benches);
