//! Contract: the electrics of a site are what a planner draws. Limits hold at every node of the tree, at every hour; sun,
//! batteries and vehicles that give back count where they stand; three logs (chargers, vehicles, meter) agree. Names of
//! troubles that users of peers met (SUMO, `MATSim`, `SpiceEV`) stand at their tests.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

mod common;

use common::{Finished, loaded, run_into};
use portvolt::scenario::load::{Request, load};
use portvolt::sim::Options;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Rows of a CSV table of a run.
fn table(dir: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(dir.join(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

/// A site with visits: seconds of arrival and departure, energy, power.
struct Site {
    toml: String,
    visits: String,
}

impl Site {
    /// A day of one site with 15-minute intervals. `toml` adds tables.
    fn new(toml: &str, visits: &[(u32, u32, f64, f64)]) -> Self {
        let mut list = String::from("session_id,arrive_s,depart_s,energy_kwh,max_kw\n");
        for (at, (arrive, depart, energy, power)) in visits.iter().enumerate() {
            writeln!(list, "s{at},{arrive},{depart},{energy},{power}").unwrap();
        }
        let head = r#"
            title = "A site"
            [time]
            start = "2025-06-02"
            days = 1
            zone = "America/Los_Angeles"
            interval_s = 900
            dispatch_s = 900
            [visits.v]
            site = "s"
            csv = "visits.csv"
        "#;
        Self { toml: format!("{head}\n{toml}"), visits: list }
    }

    fn write(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("scenario.toml"), &self.toml).unwrap();
        std::fs::write(dir.path().join("visits.csv"), &self.visits).unwrap();
        dir
    }

    fn run(&self) -> (tempfile::TempDir, Finished) {
        let dir = self.write();
        let finished = run_into(&loaded(dir.path(), &[]), &Options::default(), Some(dir.path()));
        (dir, finished)
    }

    /// Everything that is wrong with it.
    fn wrong(&self) -> String {
        let dir = self.write();
        let request = Request { path: dir.path().to_path_buf(), ..Request::default() };
        load(&request).unwrap_err().to_string()
    }
}

const PLACE: &str = "[site.s]\nkind = \"depot\"\nlat = 33.8\nlon = -118.2\n";

fn ports(count: u32, kw: f64) -> String {
    format!(
        "[charger.c]\nsite = \"s\"\ncabinets = {count}\ncabinet_kw = {kw}\nefficiency = 1.0\nusers = [\"visitors\"]\n"
    )
}

/// SUMO 17173: four vehicles of 100 kW at a station of 200 kW get 50 kW each.
#[test]
fn four_vehicles_share_a_station() {
    let toml = format!("{PLACE}limit_kw = 200\n{}", ports(4, 100.0));
    let (dir, finished) = Site::new(&toml, &[(0, 7200, 100.0, 100.0); 4]).run();
    assert!((finished.total("peak_kw") - 200.0).abs() < 1e-9);
    for row in table(dir.path(), "sessions.csv") {
        assert!((number(&row, "delivered_kwh") - 100.0).abs() < 1e-6);
        assert!(number(&row, "end_s") > 6300.0, "50 kW each: still there in the last quarter of two hours");
    }
}

/// SUMO 15627: a throttle that recovers must not end a session. An outage of the connection from 01:00 to 02:00.
#[test]
fn a_throttle_that_recovers_ends_no_session() {
    let limit = "[limit.out]\non = [\"s\"]\nkw = 0\nfrom = \"2025-06-02T01:00\"\nto = \"2025-06-02T02:00\"\n";
    let toml = format!("{PLACE}limit_kw = 200\n{}{limit}", ports(1, 100.0));
    let (dir, _) = Site::new(&toml, &[(0, 36_000, 150.0, 100.0)]).run();
    let rows = table(dir.path(), "sessions.csv");
    assert_eq!(rows.len(), 1, "one session, not two");
    assert!((number(&rows[0], "end_s") - 9_000.0).abs() < 1.5, "1 h, an hour's outage, half an hour");
    let power = table(dir.path(), "power.csv");
    assert!(power[4..8].iter().all(|row| number(row, "charging_kw").abs() < 1e-9 && row["limit_kw"] == "0"));
}

/// A tree of four levels by hand: connection 300, transformer 260, panel 120 with two cars, one car beside the panel.
/// All want 150: the two on the panel get 60 each, the third gets 260 - 120 = 140.
#[test]
fn limits_hold_at_every_node() {
    let toml = format!(
        "{PLACE}limit_kw = 300\n\
         [node.t1]\nsite = \"s\"\nlimit_kw = 260\n\
         [node.p1]\nsite = \"s\"\nbehind = \"t1\"\nlimit_kw = 120\n\
         [charger.a]\nsite = \"s\"\nbehind = \"p1\"\ncabinets = 2\ncabinet_kw = 150\nefficiency = 1.0\nusers = [\"visitors\"]\n\
         [charger.b]\nsite = \"s\"\nbehind = \"t1\"\ncabinets = 1\ncabinet_kw = 150\nefficiency = 1.0\nusers = [\"visitors\"]\n"
    );
    let (dir, _) = Site::new(&toml, &[(0, 3600, 150.0, 150.0); 3]).run();
    let mut kwh: Vec<f64> = table(dir.path(), "sessions.csv").iter().map(|row| number(row, "delivered_kwh")).collect();
    kwh.sort_by(f64::total_cmp);
    for (got, want) in kwh.iter().zip([60.0, 60.0, 140.0]) {
        assert!((got - want).abs() < 1e-6, "{kwh:?}");
    }
    let nodes = table(dir.path(), "nodes.csv");
    let first: Vec<f64> = nodes[..2].iter().map(|row| number(row, "load_kw")).collect();
    assert!((first[0] - 120.0).abs() < 1e-9 && (first[1] - 260.0).abs() < 1e-9, "{first:?}");
}

/// Phases and hours: 100 kW until 03:00, then 200; but 50 from 04:00 to 05:00.
#[test]
fn limits_change_with_time() {
    let toml = format!(
        "{PLACE}limit_kw = 200\n{}\
         [limit.phase_one]\non = [\"s\"]\nkw = 100\nto = \"2025-06-02T03:00\"\n\
         [limit.evening]\non = [\"s\"]\nkw = 50\nhours = \"04:00-05:00\"\nmonths = [6, 7]\ndays = \"weekdays\"\n\
         [limit.winter]\non = [\"s\"]\nkw = 1\nmonths = [12]\n",
        ports(4, 100.0)
    );
    let (dir, _) = Site::new(&toml, &[(0, 23_000, 1000.0, 100.0); 4]).run();
    let power = table(dir.path(), "power.csv");
    let at = |hour: usize| number(&power[hour * 4], "charging_kw");
    for (hour, kw) in [(0, 100.0), (2, 100.0), (3, 200.0), (4, 50.0), (5, 200.0)] {
        assert!((at(hour) - kw).abs() < 1e-6, "{hour}: {}", at(hour));
    }
}

/// Loads that nobody can shift pass limits: 60 kW beside a panel's 15 kW pass 50 kW from 01:00 to 02:00, 4 of the day's
/// intervals, and the panel's own 10 kW all day. Each is told with its time, its power and its loads; charging has no part
/// in it and gets nothing.
#[test]
fn a_limit_that_is_passed_is_told() {
    let toml = format!(
        "{PLACE}limit_kw = 200\nload_kw = 60\n[node.p]\nsite = \"s\"\nload_kw = 15\nlimit_kw = 10\n{}\
         [limit.hour]\non = [\"s\"]\nkw = 50\nfrom = \"2025-06-02T01:00\"\nto = \"2025-06-02T02:00\"\n",
        ports(1, 100.0)
    );
    let (dir, finished) = Site::new(&toml, &[(0, 7_200, 300.0, 100.0)]).run();
    for (scope, intervals, hours, kw) in
        [("site:s", 4.0, 1.0, 25.0), ("node:p", 96.0, 24.0, 5.0), ("total", 100.0, 25.0, 25.0)]
    {
        let told = ["overload_intervals", "overload_h", "overload_kw"].map(|name| finished.get(name, scope));
        assert!(
            (told[0] - intervals).abs() + (told[1] - hours).abs() + (told[2] - kw).abs() < 1e-9,
            "{scope}: {told:?}"
        );
    }
    assert!((finished.get("peak_kw", "node:p") - 15.0).abs() < 1e-9);
    let passed = &finished.summary.overloads.sites()[0];
    assert_eq!(passed.worst.as_ref().unwrap().loads, [("base load", 60.0 + 15.0)]);
    let power = table(dir.path(), "power.csv");
    assert!(power[4..8].iter().all(|row| number(row, "charging_kw").abs() < 1e-9));
    assert!(number(&power[0], "charging_kw") > 99.0);
}

/// A battery of 100 kW and 400 kWh behind a connection of 100 kW carries 200 kW of charging for as long as it lasts:
/// half of 400 kWh is above its reserve of 0, x 0.9 out = 180 kWh. The connection is never passed.
#[test]
fn a_battery_keeps_the_limit() {
    let toml = format!(
        "{PLACE}limit_kw = 100\n{}\
         [storage.b]\nsite = \"s\"\nenergy_kwh = 400\npower_kw = 100\nround_trip = 0.81\nfirst_soc = 0.5\n",
        ports(2, 100.0)
    );
    let (dir, finished) = Site::new(&toml, &[(0, 7200, 200.0, 100.0); 2]).run();
    let power = table(dir.path(), "power.csv");
    assert!(power.iter().all(|row| number(row, "total_kw") <= 100.0 + 1e-6));
    assert!((number(&power[0], "charging_kw") - 200.0).abs() < 1e-6);
    assert!((number(&power[0], "storage_kw") + 100.0).abs() < 1e-6);
    let charged: f64 = power[..8].iter().map(|row| number(row, "charging_kw") / 4.0).sum();
    assert!((charged - 380.0).abs() < 1e-6, "2 h x 100 kW and 180 kWh: {charged}");
    assert!((finished.get("storage_discharged_kwh", "storage:b") - 180.0).abs() < 1e-6);
    assert!(number(&power[20], "storage_kw") > 0.0, "it fills up when nobody charges");
}

/// At noon the sun gives more than a site uses: `solar_first` charges with it, and what is left flows back.
#[test]
fn the_sun_charges_first() {
    let toml = format!(
        "{PLACE}limit_kw = 500\nload_kw = 20\n{}\
         [policy.charging]\nname = \"solar_first\"\n\
         [solar.roof]\nsite = \"s\"\ndc_kw = 200\ntilt_deg = 10\nclearness = [0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]\n",
        ports(1, 50.0)
    );
    let (dir, _) = Site::new(&toml, &[(0, 86_000, 200.0, 50.0)]).run();
    let power = table(dir.path(), "power.csv");
    let noon = &power[52];
    assert!(number(noon, "solar_kw") > 100.0, "{noon:?}");
    let charged_by_night: f64 = power[..20].iter().map(|row| number(row, "charging_kw")).sum();
    assert!(charged_by_night < 1e-6, "it waits for the sun");
    let rows = table(dir.path(), "sessions.csv");
    assert!((number(&rows[0], "delivered_kwh") - 200.0).abs() < 1e-2);
    for row in &power {
        let sum = ["charging_kw", "equipment_kw", "shore_kw", "other_kw", "storage_kw"].map(|c| number(row, c));
        let total = sum.iter().sum::<f64>() - number(row, "solar_kw");
        assert!((total - number(row, "total_kw")).abs() < 1e-9);
    }
}

/// `SpiceEV` 175: vehicle to grid passed the charger's limit. A truck of 80 kW at a port of 60 kW behind a connection of
/// 50 kW gives at most 50 kW (two of them together), and never more than the site uses beside charging.
#[test]
fn giving_back_is_the_least_of_three() {
    for (vehicle_kw, port_kw, connection_kw, load_kw) in
        [(80.0, 60.0, 50.0, 45.0), (30.0, 60.0, 150.0, 120.0), (80.0, 40.0, 150.0, 120.0), (80.0, 60.0, 150.0, 20.0)]
    {
        let dir = v2g(vehicle_kw, port_kw, connection_kw, load_kw);
        let power = table(dir.path(), "power.csv");
        let most = power.iter().map(|row| -number(row, "charging_kw")).fold(0.0, f64::max);
        let least = (2.0 * f64::min(vehicle_kw * 0.9, port_kw)).min(connection_kw).min(load_kw);
        assert!(most > 1.0, "it gives back at all");
        assert!(most <= least + 1e-6, "{most} kW; vehicle {vehicle_kw}, port {port_kw}, connection {connection_kw}");
        assert!(power.iter().all(|row| number(row, "total_kw") >= -1e-6), "nothing is fed into the grid");
    }
}

/// A depot whose two trucks come home full and could cover the evening's load for `peak_cap`.
fn v2g(vehicle_kw: f64, port_kw: f64, connection_kw: f64, load_kw: f64) -> tempfile::TempDir {
    let toml = format!(
        r#"
        title = "Giving back"
        [time]
        start = "2025-06-02"
        days = 1
        zone = "America/Los_Angeles"
        interval_s = 900
        dispatch_s = 900
        [policy.charging]
        name = "peak_cap"
        params = {{ cap_kw = 1.0 }}
        [site.s]
        kind = "depot"
        lat = 33.8
        lon = -118.2
        limit_kw = {connection_kw}
        load_kw = {load_kw}
        [charger.c]
        site = "s"
        cabinets = 2
        cabinet_kw = 200
        port_kw = {port_kw}
        v2g_kw = {port_kw}
        efficiency = 0.9
        [truck_model.t]
        powertrain = "battery_electric"
        bobtail_per_km = 1.0
        empty_per_km = 1.1
        loaded_per_km = 1.3
        battery = {{ usable_kwh = 400, accepts_kw = [[0.0, 150.0], [1.0, 20.0]], v2g_kw = {vehicle_kw}, v2g_keep_soc = 0.3 }}
        [fleet.f]
        home = "s"
        trucks = {{ t = 2 }}
        [[fleet.f.shift]]
        start = "22:00"
        hours = 2
        [travel]
        circuity = 1.2
        local_up_to_km = 5
        arterial_up_to_km = 20
        local_kmh = 25
        arterial_kmh = 40
        freeway_kmh = 80
        traffic = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
        local_energy_factor = 1.0
        arterial_energy_factor = 1.0
        [weather]
        mean_c = [15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15]
        daily_range_c = 0
        "#
    );
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("scenario.toml"), toml).unwrap();
    // Trucks start the run full and are not plugged in; with 94 % they plug in and stay until their shift.
    let mut loaded = loaded(dir.path(), &[]);
    loaded.first_soc = (0.9, 0.94);
    run_into(&loaded, &Options::default(), Some(dir.path()));
    dir
}

/// SUMO 17674: charger log, vehicle log and meter told different stories. Here they are three columns of two tables.
#[test]
fn three_logs_agree() {
    let toml = format!("{PLACE}limit_kw = 130\n{}", ports(3, 80.0).replace("efficiency = 1.0", "efficiency = 0.9"));
    let visits: Vec<_> = (0..12).map(|n| (n * 2000, n * 2000 + 9000, 60.0, 70.0)).collect();
    let (dir, finished) = Site::new(&toml, &visits).run();
    let sessions = table(dir.path(), "sessions.csv");
    let of = |column: &str| sessions.iter().map(|row| number(row, column)).sum::<f64>();
    let metered: f64 = table(dir.path(), "power.csv").iter().map(|row| number(row, "charging_kw") / 4.0).sum();
    assert!((of("grid_kwh") - metered).abs() < 1e-6);
    assert!((of("delivered_kwh") / 0.9 - metered).abs() < 1e-6);
    assert!((finished.total("energy_charging_kwh") - metered).abs() < 1e-6);
}

/// A transformer of 100 kVA that carries 120 kW for hours runs hot, one of 400 kVA stays cool.
#[test]
fn a_small_transformer_ages() {
    let ageing = |kva: f64| {
        let toml = format!(
            "{PLACE}[node.t]\nsite = \"s\"\n[node.t.transformer]\nrated_kva = {kva}\n{}",
            ports(2, 60.0).replace("site = \"s\"\n", "site = \"s\"\nbehind = \"t\"\n")
        );
        let (_dir, finished) = Site::new(&toml, &[(0, 80_000, 1200.0, 60.0); 2]).run();
        finished.get("transformer_ageing_factor", "node:t")
    };
    assert!(ageing(100.0) > 1.0 && ageing(400.0) < 0.01, "{} {}", ageing(100.0), ageing(400.0));
}

/// Departures known, estimated or unknown change what a policy can do, never what is true.
#[test]
fn knowledge_is_a_knob() {
    let visits: Vec<_> = (0..10).map(|n| (0, 20_000 + 4_000 * n, 60.0, 60.0)).collect();
    let of = |extra: &str| {
        let toml = format!("{PLACE}limit_kw = 60\n{}[policy.charging]\nname = \"edf\"\n{extra}", ports(10, 60.0));
        Site::new(&toml, &visits).run().1
    };
    let known = of("");
    let unknown = of("departures = \"unknown\"\n");
    let estimated = of("departures = \"estimated\"\ndeparture_error_min = 600\n");
    assert!(known.total("sessions_unmet") <= unknown.total("sessions_unmet"));
    assert!((known.total("energy_requested_kwh") - unknown.total("energy_requested_kwh")).abs() < 1e-9);
    assert_ne!(known.digest, estimated.digest);
    assert_eq!(estimated.digest, of("departures = \"estimated\"\ndeparture_error_min = 600\n").digest);
}

/// `schedule` keeps to its file; without one the mistake is told.
#[test]
fn a_schedule_is_kept() {
    let toml = format!("{PLACE}{}[policy.charging]\nname = \"schedule\"\ncsv = \"plan.csv\"\n", ports(4, 100.0));
    let site = Site::new(&toml, &[(0, 30_000, 600.0, 100.0); 4]);
    let dir = site.write();
    std::fs::write(dir.path().join("plan.csv"), "start,kw\n2025-06-02T00:00,80\n2025-06-02T02:00,240\n").unwrap();
    run_into(&loaded(dir.path(), &[]), &Options::default(), Some(dir.path()));
    let power = table(dir.path(), "power.csv");
    assert!((number(&power[7], "charging_kw") - 80.0).abs() < 1e-6);
    assert!((number(&power[8], "charging_kw") - 240.0).abs() < 1e-6);
    let told = Site::new(&toml.replace("csv = \"plan.csv\"\n", ""), &[]).wrong();
    assert!(told.contains("the policy `schedule` needs a file"), "{told}");
}

/// Every mistake at once, each with its line.
#[test]
fn wrong_electrics_are_named() {
    let toml = format!(
        "{PLACE}\
         [site.other]\nkind = \"depot\"\nlat = 33.8\nlon = -118.3\n\
         [node.a]\nsite = \"s\"\nbehind = \"b\"\n[node.b]\nsite = \"s\"\nbehind = \"a\"\n\
         [node.c]\nsite = \"other\"\n[node.s]\nsite = \"s\"\n\
         [charger.x]\nsite = \"s\"\nbehind = \"c\"\ncabinets = 1\ncabinet_kw = 50\nefficiency = 0.9\nusers = [\"visitors\"]\n\
         [limit.l]\non = [\"nowhere\"]\nkw = 5\nfrom = \"2025-06-05\"\nto = \"2025-06-03\"\nhours = \"25-7\"\nmonths = [13]\n\
         [solar.p]\nsite = \"s\"\ndc_kw = 5\nclearness = [0.5]\n\
         [storage.q]\nsite = \"s\"\nenergy_kwh = 50\npower_kw = 20\nround_trip = 0.9\nrule = \"peak_shave\"\n"
    );
    let told = Site::new(&toml, &[(0, 60, 1.0, 1.0)]).wrong();
    for words in [
        "`a` is behind itself",
        "[node.c] is at `other`, not at `s`",
        "a site has the same key",
        "there is no [site.nowhere] or [node.nowhere]",
        "is not after `from`",
        "is no span of the day",
        "months go from 1 to 12",
        "needs 12 monthly values",
        "`peak_shave` needs `cap_kw`",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

/// An outage from 16:00; four cars leave 59 seconds into it. Nothing flows in its first interval: the new limit holds from its
/// first second. Of half the power half is left.
#[test]
fn a_limit_that_falls_holds_at_once() {
    for kw in [0, 200] {
        let outage = format!(
            "[limit.outage]\non = [\"s\"]\nkw = {kw}\nfrom = \"2025-06-02T16:00\"\nto = \"2025-06-02T17:00\"\n"
        );
        let charger =
            "[charger.c]\nsite = \"s\"\ncabinets = 4\ncabinet_kw = 100\nefficiency = 1.0\nusers = [\"visitors\"]\n";
        let place = PLACE.replace("lat", "limit_kw = 400\nlat");
        let visits = [(54_000, 57_659, 500.0, 100.0); 4];
        let (_dir, run) = Site::new(&format!("{place}{charger}{outage}"), &visits).run();
        assert_eq!(run.summary.overloads.sites()[0].over_intervals, 0, "{kw} kW");
        assert!(run.total("peak_kw") > 399.0, "before it all of it flowed");
    }
}

/// PLANNER 12: vessels, cranes and refrigerated containers stand behind their own nodes. The site draws what it drew; each node has
/// its peak; 100 containers at 24 degrees, the top of a June day, draw 3.2 kW each.
#[test]
fn shore_power_cranes_and_reefers_stand_behind_their_nodes() {
    let terminal = common::shipped("port_terminal");
    // With a connection that binds nothing: what containers draw would be lost to charging.
    let roomy = "site.terminal.limit_kw=40000";
    let plain = common::run(&loaded(&terminal, &["time.days=2", roomy]), &Options::default());
    let nodes = [
        "time.days=2",
        roomy,
        "node.quay.site=terminal",
        "terminal.terminal.shore_behind=quay",
        "terminal.terminal.equipment_behind={ crane = \"quay\" }",
        "node.cold.site=terminal",
        "node.cold.reefers={ containers = 100, kw_at_c = [[0, 2], [40, 4]] }",
    ];
    let behind = common::run(&loaded(&terminal, &nodes), &Options::default());
    let [charged, metered] =
        ["energy_charging_kwh", "energy_grid_kwh"].map(|name| behind.total(name) - plain.total(name));
    // 100 containers over two days at 19.5 degrees in the mean.
    assert!(charged.abs() < 1e-6 && (metered - 100.0 * 2.975 * 48.0).abs() < 1e-3, "{charged} {metered}");
    assert!((behind.get("peak_kw", "node:cold") - 320.0).abs() < 1e-6);
    let quay = behind.get("peak_kw", "node:quay");
    assert!(quay > 1_500.0 && quay < behind.get("peak_kw", "site:terminal"), "{quay}");
    let elsewhere = ["node.quay.site=inland", "terminal.terminal.shore_behind=quay"].map(str::to_owned).to_vec();
    let told = load(&Request { path: terminal, settings: elsewhere, ..Request::default() }).unwrap_err().to_string();
    assert!(told.contains("[node.quay] is at `inland`, not at `terminal`"), "{told}");
}

/// PLANNER A3.8: a truck plugs into no connector that it has not.
#[test]
fn a_connector_that_does_not_fit_is_not_plugged_into() {
    let depot = common::shipped("depot_night");
    let model = "ecascadia_438";
    let ccs = format!("truck_model.{model}.battery.connectors=[\"ccs1\"]");
    let told = |settings: &[&str]| {
        let settings = settings.iter().map(|it| (*it).to_owned()).collect();
        load(&Request { path: depot.clone(), settings, ..Request::default() }).unwrap_err().to_string()
    };
    let message = told(&[&ccs, "charger.night.connector=mcs"]);
    assert!(message.contains("fits no charger that it may use: it has ccs1, they have mcs"), "{message}");
    let mega = "charger.mega={ site = \"depot\", cabinets = 4, cabinet_kw = 1000, efficiency = 0.95, users = [\"carrier\"], connector = \"mcs\" }";
    let sessions = |settings: &[&str]| {
        let dir = tempfile::tempdir().unwrap();
        run_into(&loaded(&depot, settings), &Options::default(), Some(dir.path()));
        let rows = table(dir.path(), "sessions.csv");
        let mega = rows.iter().filter(|row| row.values().any(|value| value.starts_with("mega/"))).count();
        (rows.len(), mega)
    };
    let (all, at_mega) = sessions(&["time.days=2", &ccs, mega]);
    assert!(all > 10 && at_mega == 0, "{at_mega} of {all}");
    let both = format!("truck_model.{model}.battery.connectors=[\"ccs1\", \"mcs\"]");
    assert!(sessions(&["time.days=2", &both, mega]).1 > 0);
}

/// The shipped megawatt posts: trucks with that inlet fit them, the others do not, and all fit the ports beside them.
#[test]
fn shipped_megawatt_posts_fit_the_trucks_that_have_the_inlet() {
    let bay = common::shipped("san_pedro_bay");
    let overlays = vec![bay.join("megawatt.toml")];
    let scenario = load(&Request { path: bay, overlays, ..Request::default() }).unwrap().scenario;
    let fits = |model: &str, charger: &str| {
        let battery = scenario.truck_model[model].battery.as_ref().unwrap();
        portvolt::vehicle::spec::fits(&battery.connectors, scenario.charger[charger].connector)
    };
    let (posts, ports) = ("public_wattev_megawatt", "public_wattev_long_beach");
    assert!(fits("semi_long_range", posts) && !fits("ecascadia_438", posts));
    assert!(fits("semi_long_range", ports) && fits("ecascadia_438", ports));
}
