//! Contract: recorded sessions give what the field's reference and the peers give. The reference is the plain loop below,
//! written from the rule in the cases' README; sessions must agree with it to 1e-6 kWh, totals with the peers to their
//! rounding. The case of other authors stays beside the project: where it is there it is held to their figures, too.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

mod common;

use common::{case, run};
use portvolt::import::map::Map;
use portvolt::record::table::Row;
use portvolt::scenario::replay::{Replay, load};
use portvolt::sim::Options;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

#[derive(Debug, Clone)]
struct Session {
    vehicle: String,
    charger: String,
    arrive_s: f64,
    depart_s: f64,
    left_kwh: f64,
    max_kw: f64,
    vehicle_kw: f64,
    got_kwh: f64,
}

fn sessions(path: &Path) -> Vec<Session> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns: BTreeMap<String, usize> =
        reader.headers().unwrap().iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            let number = |name: &str| row[columns[name]].parse::<f64>().unwrap();
            Session {
                vehicle: row[columns["vehicle_id"]].to_owned(),
                charger: row[columns["charger_id"]].to_owned(),
                arrive_s: number("arrive_s"),
                depart_s: number("depart_s"),
                left_kwh: number("energy_kwh"),
                max_kw: number("max_kw"),
                vehicle_kw: columns.get("vehicle_max_kw").map_or(f64::INFINITY, |_| number("vehicle_max_kw")),
                got_kwh: 0.0,
            }
        })
        .collect()
}

/// The reference. Returns the sessions with what they got, and the peak of what was offered.
fn reference(path: &Path, policy: &str, limit_kw: f64, interval_s: f64) -> (Vec<Session>, f64) {
    let mut all = sessions(path);
    let dt = interval_s / 3600.0;
    let end = all.iter().map(|session| session.depart_s).fold(0.0, f64::max);
    let (mut now, mut peak) = (0.0, 0.0_f64);
    while now < end {
        let mut active: Vec<usize> = (0..all.len())
            .filter(|at| all[*at].arrive_s <= now && all[*at].depart_s > now && all[*at].left_kwh > 1e-3)
            .collect();
        active.sort_by(|a, b| all[*a].charger.cmp(&all[*b].charger));
        let laxity = |s: &Session| (s.depart_s - now) / interval_s - s.left_kwh / dt / s.max_kw;
        match policy {
            "fcfs" => active.sort_by(|a, b| all[*a].arrive_s.total_cmp(&all[*b].arrive_s)),
            "edf" => active.sort_by(|a, b| all[*a].depart_s.total_cmp(&all[*b].depart_s)),
            "llf" => active.sort_by(|a, b| laxity(&all[*a]).total_cmp(&laxity(&all[*b]))),
            "priority_vehicle_id" | "balanced" => active.sort_by(|a, b| all[*a].vehicle.cmp(&all[*b].vehicle)),
            _ => {}
        }
        let (mut left_kw, mut sum) = (if policy == "uncontrolled" { f64::INFINITY } else { limit_kw }, 0.0);
        for at in active {
            let session = &mut all[at];
            let mut most = session.max_kw;
            if policy == "balanced" {
                most = most.min(session.left_kwh / ((session.depart_s - now) / 3600.0));
            }
            let offered = most.min(session.left_kwh / dt).min(left_kw);
            let taken = offered.min(session.vehicle_kw);
            left_kw -= offered;
            sum += taken;
            session.left_kwh -= taken * dt;
            session.got_kwh += taken * dt;
        }
        peak = peak.max(sum);
        now += interval_s;
    }
    (all, peak)
}

fn replay(sessions: &Path, policy: &str, limit_kw: Option<f64>, interval_s: u32) -> Replay {
    Replay {
        sessions: sessions.to_path_buf(),
        map: Map::default(),
        policy: policy.to_owned(),
        params: BTreeMap::new(),
        limit_kw,
        interval_s,
        allocation: portvolt::scenario::Allocation::Interval,
        stay_plugged: false,
        chargers: None,
        port_kw: None,
        max_kw: None,
        tariff: None,
        tariff_name: None,
        start: None,
        zone: Some("Etc/UTC".to_owned()),
    }
}

/// Delivered energy by session name, from the run's own table.
fn delivered(replay: &Replay) -> (BTreeMap<String, f64>, common::Finished) {
    let loaded = load(replay).unwrap_or_else(|problems| panic!("{problems}"));
    let dir = tempfile::tempdir().unwrap();
    let finished = common::run_into(&loaded, &Options::default(), Some(dir.path()));
    let mut reader = csv::Reader::from_path(dir.path().join("sessions.csv")).unwrap();
    let at = |name: &str| portvolt::record::rows::SessionRow::COLUMNS.iter().position(|c| c.name == name).unwrap();
    let (session, kwh) = (at("session_id"), at("delivered_kwh"));
    let rows = reader.records().map(|row| row.unwrap());
    (rows.map(|row| (row[session].to_owned(), row[kwh].parse().unwrap())).collect(), finished)
}

const POLICIES: [&str; 6] = ["fcfs", "edf", "llf", "priority_vehicle_id", "balanced", "uncontrolled"];

/// Every session as the reference has it; totals as case.json quotes the reference and the peers.
fn equals_the_reference(name: &str) {
    let folder = common::own_case(name);
    let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
    let case: serde_json::Value = serde_json::from_str(&text).unwrap();
    let limit_kw = case["limit_kw"].as_f64().unwrap();
    let file = folder.join("sessions.csv");
    for policy in POLICIES {
        let (expected, peak_kw) = reference(&file, policy, limit_kw, 900.0);
        let (got, finished) = delivered(&replay(&file, policy, Some(limit_kw), 900));
        let mut names = csv::Reader::from_path(&file).unwrap();
        for (session, row) in expected.iter().zip(names.records()) {
            let name = row.unwrap()[0].to_owned();
            let difference = (session.got_kwh - got[&name]).abs();
            assert!(difference < 1e-6, "{policy}, {name}: {} not {}", got[&name], session.got_kwh);
        }
        let quoted = &case["expected"][policy];
        let total: f64 = got.values().sum();
        assert!((total - quoted["delivered_kwh"].as_f64().unwrap()).abs() < 1e-4, "{policy}: {total}");
        assert!(
            (finished.total("peak_kw") - peak_kw).abs() < 1e-6,
            "{policy}: {} {peak_kw}",
            finished.total("peak_kw")
        );
        let unmet = finished.total("sessions_unmet");
        assert!((unmet - quoted["n_unmet_sessions"].as_f64().unwrap()).abs() < 0.5, "{policy}: {unmet} unmet");
    }
    for (peer, policy, tolerance) in [
        ("acnportal 0.3.3 fcfs", "fcfs", 0.1),
        ("acnportal 0.3.3 edf", "edf", 0.1),
        ("acnportal 0.3.3 llf", "llf", 0.1),
        ("SpiceEV 1.1.0 greedy", "priority_vehicle_id", 0.02),
        ("SpiceEV 1.1.0 balanced", "balanced", 0.02),
        ("EV2Gym 2.0.0 fcfs", "fcfs", 60.0),
    ] {
        let total: f64 = delivered(&replay(&file, policy, Some(limit_kw), 900)).0.values().sum();
        let theirs = case["expected"][peer]["delivered_kwh"].as_f64().unwrap();
        assert!((total - theirs).abs() < tolerance, "{peer}: {theirs}, here {total}");
    }
}

#[test]
fn twenty_vehicles_a_week() {
    equals_the_reference("n20_d7_s15");
}

#[test]
fn a_hundred_vehicles_a_month() {
    equals_the_reference("n100_d30_s15");
}

/// Shares of the energy that a garage's vehicles request, as its case quotes them: in points, and of fcfs, which breaks ties.
fn garage(folder: &Path, peak_kw: f64, (points, of_fcfs): (f64, f64)) {
    let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
    let case: serde_json::Value = serde_json::from_str(&text).unwrap();
    let file = folder.join("sessions.csv");
    let requested: f64 = sessions(&file).iter().map(|session| session.left_kwh).sum();
    let share = |policy: &str, limit_kw: Option<f64>| {
        let mut replay = replay(&file, policy, limit_kw, 300);
        if policy == "round_robin" {
            // Steps of 0.1 A at 208 V, as acnportal takes.
            replay.params.insert("step_kw".to_owned(), 0.0208);
        }
        let (got, finished) = delivered(&replay);
        (100.0 * got.values().sum::<f64>() / requested, finished)
    };
    let (percent, finished) = share("uncontrolled", None);
    let quoted = &case["expected"]["uncontrolled"];
    assert!((percent - quoted["share_delivered_pct"].as_f64().unwrap()).abs() < 1e-6, "{percent}");
    assert!((finished.total("peak_kw") - peak_kw).abs() < 1e-9);
    let limited = case["expected"].as_object().unwrap().iter().filter(|(limit, _)| limit.parse::<u32>().is_ok());
    let mut compared = 0;
    for (limit, of_policies) in limited {
        for (policy, theirs) in of_policies.as_object().unwrap() {
            let percent = share(policy, Some(limit.parse().unwrap())).0;
            let tolerance = if policy == "fcfs" { of_fcfs } else { points };
            compared += 1;
            let theirs = theirs.as_f64().unwrap();
            assert!((percent - theirs).abs() < tolerance, "{policy} at {limit} kW: {percent}, quoted {theirs}");
        }
    }
    assert!(compared >= 9, "{compared}");
}

/// A week drawn for this project, by a plain loop in another language; and where it is there the Caltech garage, March 2019,
/// by acnportal.
#[test]
fn garages_share_as_quoted() {
    garage(&common::own_case("garage_w1"), 72.6, (1e-5, 1e-5));
    if let Some(real) = case("acn_caltech_2019_03") {
        garage(&real, 99.0, (0.01, 0.1));
    }
}

/// FIELD: at `MATSim` charging and queueing looked alike. Fifteen arrivals on five ports: five charge, ten wait.
#[test]
fn a_pool_makes_sessions_wait() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sessions.csv");
    let mut text = String::from("session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n");
    for n in 0..15 {
        writeln!(text, "s{n:02},v{n:02},,0,36000,50,100").unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let mut replay = replay(&file, "uncontrolled", None, 900);
    (replay.chargers, replay.port_kw) = (Some(5), Some(100.0));
    let finished = run(&load(&replay).unwrap(), &Options::default());
    assert!((finished.total("peak_kw") - 500.0).abs() < 1e-6, "five at a time");
    assert!((finished.total("energy_delivered_kwh") - 750.0).abs() < 1e-6);
    // Half an hour each: five wait nothing, five half an hour, five an hour.
    assert!((finished.total("queue_wait_mean_min") - 30.0).abs() < 1e-6, "{}", finished.total("queue_wait_mean_min"));
}

/// Two sessions at one charger at once, sessions without a charger, times in the wrong order: each with its line.
#[test]
fn wrong_sessions_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sessions.csv");
    let text = "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n\
        a,v1,c1,0,3600,10,50\nb,v2,c1,1800,7200,10,50\nc,v3,,0,60,1,50\nd,v4,c2,100,50,1,50\ne,v5,c3,0,60,-1,50\n";
    std::fs::write(&file, text).unwrap();
    let told = load(&replay(&file, "eddf", Some(50.0), 900)).unwrap_err().to_string();
    for words in [
        ":3: arrive_s: arrives at charger `c1` before the session of line 2 leaves it",
        ":4: charger_id: the session has none",
        ":5: depart_s: is not after `arrive_s`",
        ":6: energy_kwh: -1 is out of the plausible range 0 to 100000",
        "did you mean `edf`?",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

/// `--bound` by hand: 40 kW for two cars of 40 kW. One needs 40 kWh in the first hour, the other 40 kWh in two hours: all
/// 80 can be served, and `edf` does. Lowest vehicle first serves the one that could wait, and misses 40 of 80 kWh, half;
/// what it did deliver in an hour at 40 kW could have taken two at 20.
#[test]
fn the_bound_says_what_was_missed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sessions.csv");
    let text = "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n\
        a,v2,c1,0,3600,40,40\nb,v1,c2,0,7200,40,40\n";
    std::fs::write(&file, text).unwrap();
    let metric = |policy: &str, name: &str| {
        let out = dir.path().join(policy);
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_portvolt"))
            .args(["replay", file.to_str().unwrap(), "--policy", policy, "--limit-kw", "40", "--bound", "--quiet"])
            .args(["--force", "--out", out.to_str().unwrap()])
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        let summary = std::fs::read_to_string(out.join("summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        let found = summary["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == name);
        found.unwrap()["value"].as_f64().unwrap()
    };
    assert!((metric("edf", "bound_energy_kwh") - 80.0).abs() < 1e-4);
    assert!(metric("edf", "bound_energy_gap_percent").abs() < 1e-4);
    assert!((metric("priority_vehicle_id", "bound_energy_gap_percent") - 50.0).abs() < 1e-4);
    assert!((metric("priority_vehicle_id", "bound_peak_kw") - 20.0).abs() < 1e-4);
    assert!((metric("priority_vehicle_id", "bound_peak_gap_percent") - 50.0).abs() < 1e-3);
}

/// Sessions that ask for a watt-hour take nothing under a limit of nothing.
#[test]
fn the_smallest_session_keeps_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sessions.csv");
    let mut text = String::from("session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n");
    for n in 0..50 {
        writeln!(text, "s{n:02},v{n:02},c{n:02},0,600,0.001,50").unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let finished = run(&load(&replay(&file, "edf", Some(0.0), 60)).unwrap(), &Options::default());
    assert!(finished.total("peak_kw") < 1e-9, "{}", finished.total("peak_kw"));
}

/// Names that two sessions have, parts of seconds, a time after the longest run.
#[test]
fn doubtful_sessions_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sessions.csv");
    let text = "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n\
        a,v1,c1,0,3600,10,50\na,v2,c2,0,3600,10,50\nb,v3,c3,0.5,3600,10,50\nc,v4,c4,0,4000000000,10,50\n";
    std::fs::write(&file, text).unwrap();
    let told = load(&replay(&file, "edf", Some(50.0), 900)).unwrap_err().to_string();
    for words in [
        ":3: session_id: `a` is the name of another session too",
        ":4: arrive_s: 0.5 is no whole second",
        "its last session ends after 46296 days",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

/// Two vehicles and one port: without anybody to unplug the first, the second waits until that departs. Both ways of sharing power.
#[test]
fn a_vehicle_that_stays_plugged_blocks_its_port() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("two.csv");
    let text = "session_id,arrive_s,depart_s,energy_kwh,max_kw\na,0,36000,10,10\nb,600,80000,10,10\n";
    std::fs::write(&path, text).unwrap();
    for allocation in portvolt::scenario::Allocation::ALL {
        let starts = |stay_plugged: bool| {
            let asked = Replay {
                chargers: Some(1),
                port_kw: Some(10.0),
                limit_kw: Some(9.0),
                allocation,
                stay_plugged,
                ..Replay::new(path.clone(), "edf")
            };
            let out = tempfile::tempdir().unwrap();
            let loaded = load(&asked).unwrap_or_else(|problems| panic!("{problems}"));
            let run = common::run_into(&loaded, &Options::default(), Some(out.path()));
            assert!((run.total("energy_delivered_kwh") - 20.0).abs() < 1e-6);
            assert!(run.total("sessions_unmet") < 0.5);
            let mut reader = csv::Reader::from_path(out.path().join("sessions.csv")).unwrap();
            let rows: Vec<std::collections::BTreeMap<String, String>> =
                reader.deserialize().map(Result::unwrap).collect();
            let mut starts: Vec<u32> = rows.iter().map(|row| row["start_s"].parse().unwrap()).collect();
            starts.sort_unstable();
            starts
        };
        // 10 kWh at 9 kW; by intervals the last one's mean is 9 kW.
        let free_s = starts(false)[1];
        assert!((3_900..=4_000).contains(&free_s), "{allocation:?}: {free_s}");
        assert_eq!(starts(true), [0, 36_000], "{allocation:?}");
    }
}
