//! Contract: whatever the scenario, the audit of the run finds nothing (energy, hauls, sessions, queues, batteries), no
//! limit is broken in any interval, and more capacity never delivers less. Random scenarios; failures are kept in
//! `properties.proptest-regressions`.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use common::{Finished, run, written};
use portvolt::grid::rules::{cut_to_limits, fill_in_order};
use portvolt::grid::state::LimitTree;
use portvolt::kernel::ids::NodeId;
use portvolt::kernel::units::{Hours, Kw, Kwh};
use portvolt::sim::Options;
use portvolt::vehicle::battery::Curve;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::fmt::Write;

/// All built-in charging policies but the one that needs a file.
fn charging() -> Vec<&'static str> {
    portvolt::policy::built_in().map(|info| info.name).filter(|name| *name != "schedule").collect()
}
const QUEUES: [&str; 3] = ["first_come", "soonest_duty", "lowest_soc"];

/// A small depot with random chargers, limits, outages and visits.
#[derive(Debug, Clone)]
struct Depot {
    cabinets: u32,
    ports: u32,
    cabinet_kw: f64,
    port_share: f64,
    efficiency: f64,
    limit_kw: f64,
    load_kw: f64,
    upstream_kw: f64,
    mtbf_h: Option<f64>,
    panel_kw: f64,
    storage_kw: f64,
    policy: usize,
    queue: usize,
    visits: Vec<(u32, u32, f64, f64)>,
}

fn depots() -> impl Strategy<Value = Depot> {
    let visit = (0_u32..90_000, 60_u32..40_000, 0.0_f64..300.0, 5.0_f64..400.0);
    let chargers = (1_u32..6, 1_u32..4, 20.0_f64..400.0, 0.3_f64..1.0, 0.8_f64..1.0);
    let limits = (0.0_f64..900.0, 0.0_f64..200.0, 50.0_f64..900.0, proptest::option::of(2.0_f64..40.0));
    let choices = (0_usize..64, 0_usize..3, proptest::collection::vec(visit, 1..60));
    let inside = (20.0_f64..600.0, 1.0_f64..300.0);
    (chargers, limits, inside, choices).prop_map(|(chargers, limits, inside, choices)| Depot {
        panel_kw: inside.0,
        storage_kw: inside.1,
        cabinets: chargers.0,
        ports: chargers.1,
        cabinet_kw: chargers.2,
        port_share: chargers.3,
        efficiency: chargers.4,
        limit_kw: limits.0,
        load_kw: limits.1,
        upstream_kw: limits.2,
        mtbf_h: limits.3,
        policy: choices.0,
        queue: choices.1,
        visits: choices.2,
    })
}

impl Depot {
    fn run(&self) -> Finished {
        let mut visits = String::from("session_id,arrive_s,depart_s,energy_kwh,max_kw\n");
        for (number, (arrive, stay, energy, power)) in self.visits.iter().enumerate() {
            let _ = writeln!(visits, "s{number},{arrive},{},{energy},{power}", arrive + stay);
        }
        let outages = self.mtbf_h.map(|h| format!("mtbf_h = {}\nmttr_h = 1.5", h.max(1.0))).unwrap_or_default();
        let toml = format!(
            r#"
            title = "random depot"
            [time]
            start = "2025-03-08"
            days = 2
            zone = "America/Los_Angeles"
            [policy.charging]
            name = "{policy}"
            [site.upstream]
            kind = "plant"
            lat = 0.0
            lon = 0.0
            limit_kw = {upstream}
            [site.depot]
            kind = "depot"
            lat = 0.0
            lon = 0.0
            limit_kw = {limit}
            load_kw = {load}
            behind = "upstream"
            queue = "{queue}"
            [node.panel]
            site = "depot"
            limit_kw = {panel}
            [limit.night]
            on = ["panel"]
            kw = {night}
            hours = "22:00-04:00"
            [storage.battery]
            site = "depot"
            energy_kwh = 200
            power_kw = {storage}
            round_trip = 0.85
            [charger.ports]
            site = "depot"
            behind = "panel"
            cabinets = {cabinets}
            cabinet_kw = {cabinet_kw}
            ports = {ports}
            port_kw = {port_kw}
            efficiency = {efficiency}
            users = ["visitors"]
            {outages}
            [visits.all]
            site = "depot"
            csv = "visits.csv"
            "#,
            policy = charging()[self.policy % charging().len()],
            queue = QUEUES[self.queue],
            upstream = self.upstream_kw,
            limit = self.limit_kw,
            panel = self.panel_kw,
            night = self.panel_kw / 2.0,
            storage = self.storage_kw,
            load = self.load_kw,
            cabinets = self.cabinets,
            cabinet_kw = self.cabinet_kw,
            ports = self.ports,
            port_kw = (self.cabinet_kw * self.port_share).max(1.0),
            efficiency = self.efficiency,
        );
        let (_dir, loaded) = written(&toml, &[("visits.csv", &visits)]);
        run(&loaded, &Options::default())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// The audit runs inside; here the limits: the meter never passes what the connection allows beyond the load that
    /// nobody can shift.
    #[test]
    fn no_limit_is_broken(depot in depots()) {
        let run = depot.run();
        let allowed = depot.limit_kw.min(depot.upstream_kw).max(depot.load_kw);
        let peak = run.get("peak_kw", "site:depot");
        prop_assert!(peak <= allowed * (1.0 + 1e-9) + 1e-9, "peak {peak}, allowed {allowed}");
        let cabinets = f64::from(depot.cabinets) * depot.cabinet_kw;
        prop_assert!(peak - depot.load_kw - depot.storage_kw <= cabinets * (1.0 + 1e-9));
        let (asked, given) = (run.total("energy_requested_kwh"), run.total("energy_delivered_kwh"));
        prop_assert!(given <= asked + 1e-6);
    }

    /// A larger connection never delivers less under a fair policy.
    #[test]
    fn more_capacity_never_delivers_less(depot in depots(), more in 1.0_f64..3.0) {
        // `equal_share` is the second of the list.
        let fair = Depot { policy: 1, mtbf_h: None, queue: 0, cabinets: 40, ..depot };
        let larger = Depot { limit_kw: fair.limit_kw * more, upstream_kw: fair.upstream_kw * more, ..fair.clone() };
        let (less, more) = (fair.run().total("energy_delivered_kwh"), larger.run().total("energy_delivered_kwh"));
        prop_assert!(more >= less - 1e-6, "{less} {more}");
    }

    /// Cutting to limits keeps every node within its headroom, takes from nobody without need, and is max-min fair:
    /// who got less than asked shares a full node in which nobody has more.
    #[test]
    fn cutting_is_exact(
        site in 10.0_f64..500.0,
        cabinets in proptest::collection::vec(5.0_f64..300.0, 1..6),
        asks in proptest::collection::vec((0_usize..6, 0.0_f64..200.0), 1..40),
    ) {
        let mut parent = vec![None];
        let mut limit = vec![Kw(site)];
        for cabinet in &cabinets {
            parent.push(Some(NodeId(0)));
            limit.push(Kw(*cabinet));
        }
        // Every third cabinet stands behind the one before it: a tree of three levels.
        for cabinet in (2..parent.len()).step_by(3) {
            parent[cabinet] = Some(NodeId::at(cabinet - 1));
        }
        let tree = LimitTree::new(parent, limit);
        let node_of: Vec<NodeId> = asks.iter().map(|ask| NodeId::at(1 + ask.0 % cabinets.len())).collect();
        let ask: Vec<Kw> = asks.iter().map(|ask| Kw(ask.1)).collect();
        let mut given = ask.clone();
        cut_to_limits(&tree, tree.limits(), &node_of, &mut given);
        let used = |node: NodeId| -> f64 {
            node_of.iter().zip(&given).filter(|(of, _)| tree.upwards(**of).any(|up| up == node)).map(|(_, kw)| kw.0).sum()
        };
        for node in 0..tree.parents().len() {
            prop_assert!(used(NodeId::at(node)) <= tree.limits()[node].0 * (1.0 + 1e-9));
        }
        for (session, kw) in given.iter().enumerate() {
            if kw.0 < ask[session].0 - 1e-9 {
                let is_fair = tree.upwards(node_of[session]).any(|node| {
                    let is_full = used(node) >= tree.limits()[node.index()].0 * (1.0 - 1e-9);
                    let others = node_of.iter().zip(&given).filter(|(of, _)| tree.upwards(**of).any(|up| up == node));
                    is_full && others.into_iter().all(|(_, other)| other.0 <= kw.0 + 1e-9)
                });
                prop_assert!(is_fair, "session {session} got {kw:?} of {:?}", ask[session]);
            }
        }
        let filled = fill_in_order(&tree, tree.limits(), &node_of, &ask, || 0..ask.len());
        prop_assert!(filled.iter().zip(&ask).all(|(kw, ask)| kw.0 >= 0.0 && kw.0 <= ask.0 + 1e-12));
    }

    /// Charging in one step or in many gives the same energy, for any curve and cap.
    #[test]
    fn steps_of_charging_do_not_matter(
        powers in proptest::collection::vec(1.0_f64..400.0, 2..6),
        from in 0.0_f64..1.0,
        cap in 1.0_f64..500.0,
        hours in 0.01_f64..4.0,
        steps in 1_u32..40,
    ) {
        let last = (powers.len() - 1) as f64;
        let points: Vec<[f64; 2]> = powers.iter().enumerate().map(|(at, kw)| [at as f64 / last, *kw]).collect();
        let curve = Curve::new(Kwh(300.0), &points);
        let whole = curve.charge(Kwh(300.0 * from), Kwh(300.0), Kw(cap), Hours(hours)).0;
        let mut parts = Kwh(300.0 * from);
        for _ in 0..steps {
            parts = curve.charge(parts, Kwh(300.0), Kw(cap), Hours(hours / f64::from(steps))).0;
        }
        prop_assert!((whole.0 - parts.0).abs() < 1e-6, "{} {}", whole.0, parts.0);
        prop_assert!(whole.0 <= 300.0 + 1e-9 && whole.0 >= 300.0 * from - 1e-9);
    }
}
