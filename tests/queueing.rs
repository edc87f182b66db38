//! Contract: queues are those of theory. Exponential arrivals and services at c ports give the mean wait and the
//! P(wait > t) of Erlang-C within the 99 % confidence interval over replications, and halving the tick moves nothing
//! beyond noise. The scenario is a public station with visitors from a file: the same queue, ports and sessions as all
//! others use.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use common::{Finished, interval_99, run, run_into, written};
use portvolt::kernel::random::{Purpose, Seed};
use portvolt::sim::Options;
use std::fmt::Write;

const SERVICE_S: f64 = 3600.0;
const PORT_KW: f64 = 100.0;

/// P(wait > 0) for c servers with offered load a (Erlang 1917; recursion of the B formula).
fn erlang_c(c: u32, a: f64) -> f64 {
    let b = (1..=c).fold(1.0, |b, k| a * b / (f64::from(k) + a * b));
    let rho = a / f64::from(c);
    b / (1.0 - rho * (1.0 - b))
}

/// Visits with exponential gaps and exponential energies at constant power: services of mean `SERVICE_S`.
fn visits(c: u32, a: f64, days: u32, replication: u32) -> String {
    let mut stream = Seed { seed: 2025, replication }.stream(Purpose::Visits, u64::from(c), 0);
    let end_s = f64::from(days) * 86_400.0;
    let mut text = String::from("session_id,arrive_s,depart_s,energy_kwh,max_kw\n");
    let mut at_s = 0.0;
    loop {
        at_s += stream.exponential(SERVICE_S / a);
        let energy_kwh = stream.exponential(PORT_KW * SERVICE_S / 3600.0);
        if at_s >= end_s {
            return text;
        }
        let _ = writeln!(text, "s,{},{},{energy_kwh},{PORT_KW}", at_s.floor(), 4_000_000_000_u32);
    }
}

fn station(c: u32, a: f64, days: u32, replication: u32, tick_s: u32) -> Finished {
    let toml = format!(
        r#"
        title = "station"
        [time]
        start = "2025-01-06"
        days = {days}
        zone = "UTC"
        tick_s = {tick_s}
        [site.station]
        kind = "public"
        lat = 0.0
        lon = 0.0
        [charger.ports]
        site = "station"
        cabinets = {c}
        cabinet_kw = {PORT_KW}
        efficiency = 1.0
        users = ["visitors"]
        [visits.poisson]
        site = "station"
        csv = "visits.csv"
        "#
    );
    let (_dir, loaded) = written(&toml, &[("visits.csv", &visits(c, a, days, replication))]);
    run(&loaded, &Options::default())
}

fn check(c: u32, a: f64, days: u32, replications: u32) {
    let runs: Vec<Finished> = (0..replications).map(|replication| station(c, a, days, replication, 60)).collect();
    let probability = erlang_c(c, a);
    let rate = (f64::from(c) - a) / SERVICE_S;
    let expected_min = probability / rate / 60.0;
    let waits: Vec<f64> = runs.iter().map(|run| run.total("queue_wait_mean_min")).collect();
    let (mean, half) = interval_99(&waits);
    assert!((mean - expected_min).abs() < half, "c {c}: mean wait {mean} +- {half} min, theory {expected_min}");
    assert!(half < 0.3 * expected_min, "the interval must be narrow enough to say something: {half} of {expected_min}");
    // P(W > t) = C exp(-(c - a) t / service) at half the mean wait of those who wait.
    let t_s = 0.5 / rate;
    let tail: Vec<f64> = runs.iter().map(|run| run.summary.hub.charging.waits.share_above(t_s as u32)).collect();
    let (mean, half) = interval_99(&tail);
    let expected = probability * portvolt::kernel::math::exp(-rate * t_s);
    assert!((mean - expected).abs() < half, "c {c}: P(wait > {t_s} s) {mean} +- {half}, theory {expected}");
}

#[test]
fn one_port_at_80_percent() {
    check(1, 0.8, 200, 14);
}

#[test]
fn five_ports_at_80_percent() {
    check(5, 4.0, 90, 14);
}

#[test]
fn twenty_ports_at_90_percent() {
    check(20, 18.0, 60, 14);
}

/// The order of causes is resolved by the tick; times are exact. Same visits, half the tick, then a quarter.
#[test]
fn halving_the_tick_moves_nothing() {
    let wait = |tick_s| station(5, 4.0, 60, 3, tick_s).total("queue_wait_mean_min");
    let (whole, half, quarter) = (wait(60), wait(30), wait(15));
    assert!((whole - half).abs() < 0.01 * whole, "{whole} {half}");
    assert!((half - quarter).abs() < 0.01 * whole, "{half} {quarter}");
}

/// `n` vehicles at 20 ports of 150 kW behind 1,800 kW that all share equally, with exponential energies: whatever the shares,
/// the next vehicle leaves at the rate (power in use) / (mean energy), so the number of vehicles is a birth and death process
/// with a closed form. Mean wait = mean queue / arrival rate (Little).
fn shared_station_wait_min(per_hour: f64, mean_kwh: f64) -> f64 {
    let rate = |n: u32| (f64::from(n.min(20)) * 150.0).min(1800.0) / mean_kwh;
    let (mut weight, mut sum, mut queue) = (1.0, 1.0, 0.0);
    for n in 1..2_000 {
        weight *= per_hour / rate(n);
        sum += weight;
        queue += f64::from(n.saturating_sub(20)) * weight;
    }
    60.0 * queue / sum / per_hour
}

/// A station as above, and how its power is shared.
fn shared_station(per_hour: f64, mean_kwh: f64, replication: u32, time: &str, policy: &str) -> Finished {
    let mut stream = Seed { seed: 2026, replication }.stream(Purpose::Visits, 20, 1);
    let mut text = String::from("session_id,arrive_s,depart_s,energy_kwh,max_kw\n");
    let mut at_s = 0.0;
    while at_s < 29.0 * 86_400.0 {
        at_s += stream.exponential(3600.0 / per_hour);
        let _ = writeln!(text, "s,{},4000000000,{},150", at_s.floor(), stream.exponential(mean_kwh));
    }
    let toml = format!(
        "title = \"station\"\n[time]\nstart = \"2025-01-06\"\ndays = 30\nzone = \"UTC\"\n{time}\n\
         [policy]\ncharging = \"{policy}\"\n\
         [site.station]\nkind = \"public\"\nlat = 0.0\nlon = 0.0\nlimit_kw = 1800\n\
         [charger.ports]\nsite = \"station\"\ncabinets = 20\ncabinet_kw = 150\nefficiency = 1.0\nusers = [\"visitors\"]\n\
         [visits.poisson]\nsite = \"station\"\ncsv = \"visits.csv\"\n"
    );
    let (_dir, loaded) = written(&toml, &[("visits.csv", &text)]);
    run(&loaded, &Options::default())
}

/// Power shared at each event gives the waits of the closed form, and depends on no interval; shared when intervals begin it
/// gives shorter ones the longer the interval, for who plugs in within it takes what the mean has left.
#[test]
fn power_shared_at_each_event_gives_the_waits_of_theory() {
    let (per_hour, mean_kwh) = (10.0, 160.0);
    let wait = |replication, time: &str, policy| {
        shared_station(per_hour, mean_kwh, replication, time, policy).total("queue_wait_mean_min")
    };
    let event = |interval_s: u32| format!("allocation = \"event\"\ninterval_s = {interval_s}");
    let waits: Vec<f64> = (0..14).map(|replication| wait(replication, &event(300), "equal_share")).collect();
    let (mean, half) = interval_99(&waits);
    let expected = shared_station_wait_min(per_hour, mean_kwh);
    assert!((mean - expected).abs() < half, "mean wait {mean} +- {half} min, theory {expected}");
    assert!(half < 0.5 * expected, "{half} of {expected}");
    for policy in ["equal_share", "uncontrolled", "fcfs", "edf", "round_robin"] {
        let [fine, coarse] = [60, 900].map(|interval_s| wait(0, &event(interval_s), policy));
        assert!((fine - coarse).abs() < 1e-6 * fine, "{policy}: {fine} at a minute, {coarse} at a quarter of an hour");
    }
    let [fine, coarse] = [60, 900]
        .map(|interval_s| wait(0, &format!("allocation = \"interval\"\ninterval_s = {interval_s}"), "equal_share"));
    assert!(coarse < 0.95 * fine && fine < 1.001 * waits[0], "{coarse} {fine} {}", waits[0]);
}

/// `MATSim` and HIVE users confused waiting with charging: 15 arrivals at 5 ports charge five at a time, ten wait.
#[test]
fn queueing_is_not_charging() {
    let mut text = String::from("session_id,arrive_s,depart_s,energy_kwh,max_kw\n");
    for number in 0..15 {
        let _ = writeln!(text, "s{number},600,80000,100,100");
    }
    let toml = r#"
        title = "fifteen"
        [time]
        start = "2025-01-06"
        days = 1
        zone = "UTC"
        [site.station]
        kind = "public"
        lat = 0.0
        lon = 0.0
        [charger.ports]
        site = "station"
        cabinets = 5
        cabinet_kw = 100
        efficiency = 1.0
        users = ["visitors"]
        [visits.fifteen]
        site = "station"
        csv = "visits.csv"
        "#;
    let (_dir, loaded) = written(toml, &[("visits.csv", &text)]);
    let run = run(&loaded, &Options::default());
    assert_eq!(run.total("sessions"), 15.0);
    assert!((run.total("peak_kw") - 500.0).abs() < 1e-9);
    // Five wait nothing, five an hour, five two hours.
    assert_eq!(run.total("queue_wait_mean_min"), 60.0);
    assert_eq!(run.total("queue_wait_p95_min"), 120.0);
    assert!((run.total("energy_delivered_kwh") - 1500.0).abs() < 1e-6);
}

/// Two groups of one port, kept for home fleets until two and until four in the morning. Each opens at its own time by the
/// clock, on the day after the clock was put back too (2 November 2025).
#[test]
fn ports_kept_for_home_fleets_open_at_their_own_time() {
    let group = |name: &str, until: &str| {
        format!(
            "[charger.{name}]\nsite = \"station\"\ncabinets = 1\ncabinet_kw = 10\nefficiency = 1.0\nusers = \
             [\"visitors\"]\nreserved_hours = \"00:00-{until}\"\n"
        )
    };
    let toml = format!(
        "title = \"station\"\n[time]\nstart = \"2025-11-01\"\ndays = 3\nzone = \"America/Los_Angeles\"\n\
         [site.station]\nkind = \"public\"\nlat = 34.0\nlon = -118.0\n{}{}\
         [visits.all]\nsite = \"station\"\ncsv = \"visits.csv\"\n",
        group("early", "02:00"),
        group("late", "04:00")
    );
    // At one in the morning of the first and of the third day, which begins after 49 hours; 20 kWh take two hours.
    let visits = "session_id,arrive_s,depart_s,energy_kwh,max_kw\na,3600,86000,200,10\nb,3660,86000,20,10\n\
                  c,180000,259000,200,10\nd,180060,259000,20,10\n";
    let (dir, loaded) = written(&toml, &[("visits.csv", visits)]);
    run_into(&loaded, &Options::default(), Some(dir.path()));
    let mut reader = csv::Reader::from_path(dir.path().join("sessions.csv")).unwrap();
    let at = |name: &str, headers: &csv::StringRecord| headers.iter().position(|header| header == name).unwrap();
    let headers = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| row.unwrap()).map(|row| {
        (row[at("session_id", &headers)].to_owned(), row[at("start_s", &headers)].parse::<u32>().unwrap() / 3600)
    });
    let mut started: Vec<(String, u32)> = rows.collect();
    started.sort();
    let wanted = [("a", 2), ("b", 4), ("c", 51), ("d", 53)].map(|(name, hour)| (name.to_owned(), hour));
    assert_eq!(started, wanted);
}
