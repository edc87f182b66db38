//! Contract: the bound is what full knowledge could have done: right on cases worked out by hand, never worse than any
//! way to charge that keeps the limits, and solved in reasonable time.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use portvolt::bound::{Bound, BoundError, Case, Node, Objective, Series, Session, Site, Status, bound};
use portvolt::record::metrics::{MetricName, value_of};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// One hour intervals below one limit.
fn hourly(limit_kw: f64, intervals: usize, sessions: Vec<Session>) -> Case {
    Case {
        interval_s: 3600,
        intervals,
        sessions,
        nodes: vec![Node { parent: None, headroom_kw: Series::Constant(limit_kw) }],
        sites: vec![Site { node: 0, price_usd_per_kwh: Series::Constant(0.2), other_kw: Series::Constant(0.0) }],
    }
}

fn session(arrive_h: f64, depart_h: f64, need_kwh: f64, max_kw: f64) -> Session {
    let (arrive_s, depart_s) = ((arrive_h * 3600.0) as u32, (depart_h * 3600.0) as u32);
    Session { node: 0, arrive_s, depart_s, need_kwh, max_kw }
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-6 * b.abs().max(1.0), "{a} is not {b}");
}

/// A session's power in an interval.
fn power(bound: &Bound, session: usize, interval: u32) -> f64 {
    bound.power_kw[session].iter().find(|entry| entry.0 == interval).map_or(0.0, |entry| entry.1)
}

/// A case of sessions, and what its file says.
fn shared(name: &str) -> (Case, serde_json::Value) {
    let folder = common::own_case(name);
    let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&text).unwrap();
    let interval_s = facts["interval_min"].as_u64().unwrap() as u32 * 60;
    let mut sessions = Vec::new();
    let mut reader = csv::Reader::from_path(folder.join("sessions.csv")).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        let number = |at: usize| record[at].parse::<f64>().unwrap();
        let (arrive_s, depart_s) = (number(3) as u32, number(4) as u32);
        sessions.push(Session { node: 0, arrive_s, depart_s, need_kwh: number(5), max_kw: number(6) });
    }
    let end_s = sessions.iter().map(|session| session.depart_s).max().unwrap();
    let case = hourly(facts["limit_kw"].as_f64().unwrap(), end_s.div_ceil(interval_s) as usize, sessions);
    (Case { interval_s, ..case }, facts)
}

/// A at home from 0 to 2 h asks for 15 kWh, B from 1 to 3 h for 20, each with up to 10 kW, below 10 kW. Hours 0 and 2 have
/// one of them, hour 1 both: three full hours, 30 of 35 kWh.
#[test]
fn two_sessions_below_one_limit() {
    let case = hourly(10.0, 3, vec![session(0.0, 2.0, 15.0, 10.0), session(1.0, 3.0, 20.0, 10.0)]);
    let best = bound(&case, Objective::MostEnergy).unwrap();
    close(best.value, 30.0);
    close(power(&best, 0, 0), 10.0);
    close(power(&best, 0, 1) + power(&best, 1, 1), 10.0);
    close(best.cost_usd, 6.0);
    assert_eq!(best.status, Status::Optimal);
    // Without the limit each gets all that it asks for, and no solver is needed.
    let free = bound(
        &Case { nodes: vec![Node { parent: None, headroom_kw: Series::Constant(f64::INFINITY) }], ..case },
        Objective::MostEnergy,
    )
    .unwrap();
    close(free.value, 35.0);
    assert_eq!(free.size.variables, 0);
}

/// There from 0:30 to 1:15 with 8 kW: 8 x 0.5 + 8 x 0.25 = 6 of 10 kWh; the meter shows means of 4 and 2 kW.
#[test]
fn a_part_of_an_interval_gives_its_part() {
    let case = hourly(100.0, 2, vec![session(0.5, 1.25, 10.0, 8.0)]);
    let best = bound(&case, Objective::MostEnergy).unwrap();
    close(best.value, 6.0);
    assert_eq!(best.power_kw, [vec![(0, 4.0), (1, 2.0)]]);
    // Below 3 kW the first interval gives 3, the second still 2.
    let case = hourly(3.0, 2, vec![session(0.5, 1.25, 10.0, 8.0)]);
    close(bound(&case, Objective::MostEnergy).unwrap().value, 5.0);
}

/// A tree: 12 kW above two cabinets of 8 kW. Two vehicles at one cabinet get 8 kWh in the hour, one at the other 4 more.
/// In the second hour the connection has nothing left (its other loads pass it): nobody gets anything.
#[test]
fn every_limit_of_the_tree_counts() {
    let at = |node: usize| Session { node, ..session(0.0, 2.0, 10.0, 10.0) };
    let child = Node { parent: Some(2), headroom_kw: Series::Constant(8.0) };
    let root = Node { parent: None, headroom_kw: Series::ByInterval(vec![12.0, -3.0]) };
    let sessions = vec![at(0), at(0), at(1)];
    let mut case = hourly(0.0, 2, sessions);
    case.nodes = vec![child.clone(), child, root];
    case.sites[0].node = 2;
    let best = bound(&case, Objective::MostEnergy).unwrap();
    close(best.value, 12.0);
    assert!(power(&best, 0, 0) + power(&best, 1, 0) <= 8.0 + 1e-6);
    assert!((0..3).all(|session| power(&best, session, 1) == 0.0));
}

/// Prices 0.30, 0.10, 0.20 $/kWh. One session of 15 kWh, 10 kW: 10 x 0.10 + 5 x 0.20 = 2.00 $. Below 8 kW, with a second
/// session of 6 kWh that is there in the cheap hour only: it takes 6 of the 8 then, the first (12 kWh) 2 there, 8 in the
/// next best and 2 in the worst hour: 8 x 0.10 + 8 x 0.20 + 2 x 0.30 = 3.00 $.
#[test]
fn the_cheapest_hours_that_still_meet_the_need() {
    let priced = |limit_kw: f64, sessions: Vec<Session>| {
        let mut case = hourly(limit_kw, 3, sessions);
        case.sites[0].price_usd_per_kwh = Series::ByInterval(vec![0.30, 0.10, 0.20]);
        bound(&case, Objective::LeastCost).unwrap()
    };
    let alone = priced(f64::INFINITY, vec![session(0.0, 3.0, 15.0, 10.0)]);
    close(alone.value, 2.0);
    close(power(&alone, 0, 1), 10.0);
    let both = priced(8.0, vec![session(0.0, 3.0, 12.0, 10.0), session(1.0, 2.0, 6.0, 10.0)]);
    close(both.value, 3.0);
    close(both.energy_kwh, 18.0);
    close(power(&both, 0, 0), 2.0);
}

/// Energy comes first, at any price: two hours of 8 kW serve 16 of 20 kWh, though one costs 50 $/kWh and the other pays
/// 1 $/kWh: 8 x 50 - 8 x 1 = 392 $.
#[test]
fn energy_comes_before_cost() {
    let mut case = hourly(8.0, 2, vec![session(0.0, 2.0, 10.0, 9.0), session(0.0, 2.0, 10.0, 9.0)]);
    case.sites[0].price_usd_per_kwh = Series::ByInterval(vec![50.0, -1.0]);
    let best = bound(&case, Objective::LeastCost).unwrap();
    close(best.energy_kwh, 16.0);
    close(best.value, 392.0);
}

/// One price of a kWh is not the price of serving one more: here four sessions of two sites behind one connection of 1 kW
/// have to move from an hour that costs nothing to one that costs 50 $, so that a fifth is served: 200 $.
#[test]
fn serving_one_more_may_move_many() {
    let at = |node: usize, arrive_h: f64, depart_h: f64| Session { node, ..session(arrive_h, depart_h, 1.0, 1.0) };
    let sessions = vec![at(0, 0.0, 1.0), at(0, 0.0, 2.0), at(1, 1.0, 3.0), at(0, 2.0, 4.0), at(1, 3.0, 5.0)];
    let mut case = hourly(0.0, 5, sessions);
    let site = Node { parent: Some(2), headroom_kw: Series::Constant(f64::INFINITY) };
    case.nodes = vec![site.clone(), site, Node { parent: None, headroom_kw: Series::Constant(1.0) }];
    let meter = |node: usize, price: [f64; 5]| Site {
        node,
        price_usd_per_kwh: Series::ByInterval(price.to_vec()),
        other_kw: Series::Constant(0.0),
    };
    case.sites = vec![meter(0, [0.0, 50.0, 0.0, 50.0, 0.0]), meter(1, [0.0, 0.0, 50.0, 0.0, 50.0])];
    let best = bound(&case, Objective::LeastCost).unwrap();
    close(best.energy_kwh, 5.0);
    close(best.value, 200.0);
}

/// Other load 4, 0, 0 kW and 12 kWh within three hours: (P - 4) + P + P = 12, so P = 16/3 kW. With at most 5 kW for the
/// vehicle the last two hours give 10, the first 2 beside the 4: P = 6 kW.
#[test]
fn a_peak_is_filled_like_water() {
    let peak = |max_kw: f64| {
        let mut case = hourly(100.0, 3, vec![session(0.0, 3.0, 12.0, max_kw)]);
        case.sites[0].other_kw = Series::ByInterval(vec![4.0, 0.0, 0.0]);
        bound(&case, Objective::LeastPeak).unwrap()
    };
    let free = peak(20.0);
    close(free.value, 16.0 / 3.0);
    close(power(&free, 0, 0), 4.0 / 3.0);
    close(peak(5.0).value, 6.0);
}

/// Two sites behind one connection of 10 kW for two hours, each with one session of 10 kWh: both must use it all. At 5 kW
/// each, all the time, their peaks add up to 10 kW. When one of them is there in the first hour only, it takes 10 kW then
/// and the other 10 kW after it: 20 kW. The connection's own peak is the same.
#[test]
fn peaks_of_sites_that_share_a_connection() {
    let best = |depart_h: f64| {
        let at = |node: usize, depart_h: f64| Session { node, ..session(0.0, depart_h, 10.0, 10.0) };
        let mut case = hourly(0.0, 2, vec![at(0, depart_h), at(1, 2.0)]);
        let site = Node { parent: Some(2), headroom_kw: Series::Constant(f64::INFINITY) };
        case.nodes = vec![site.clone(), site, Node { parent: None, headroom_kw: Series::Constant(10.0) }];
        let meter = |node: usize| Site { node, ..case.sites[0].clone() };
        case.sites = vec![meter(0), meter(1)];
        bound(&case, Objective::LeastPeak).unwrap()
    };
    close(best(2.0).value, 10.0);
    close(best(1.0).value, 20.0);
    close(best(1.0).energy_kwh, 20.0);
}

/// Days that do not touch are solved apart.
#[test]
fn days_fall_apart() {
    let day = |day: f64| {
        [session(24.0 * day, 24.0 * day + 8.0, 60.0, 10.0), session(24.0 * day, 24.0 * day + 8.0, 60.0, 10.0)]
    };
    let case = hourly(12.0, 240, (0..10).flat_map(|at| day(f64::from(at))).collect());
    for objective in [Objective::MostEnergy, Objective::LeastPeak, Objective::LeastCost] {
        let best = bound(&case, objective).unwrap();
        close(best.energy_kwh, 960.0); // 12 kW, 8 hours, 10 days
        assert_eq!((best.size.parts, best.size.largest), (10, 16), "{objective:?}");
    }
}

#[test]
fn contradictions_and_sizes_are_told() {
    let good = hourly(10.0, 3, vec![session(0.0, 2.0, 15.0, 10.0)]);
    let told = |spoil: &dyn Fn(&mut Case)| {
        let mut case = good.clone();
        spoil(&mut case);
        bound(&case, Objective::MostEnergy).unwrap_err().to_string()
    };
    assert!(told(&|case| case.nodes[0].parent = Some(0)).contains("circle"));
    assert!(told(&|case| case.nodes[0].headroom_kw = Series::ByInterval(vec![1.0])).contains("one limit an interval"));
    assert!(told(&|case| case.sessions[0].node = 7).contains("session 0"));
    assert!(told(&|case| case.sessions[0].need_kwh = f64::NAN).contains("session 0"));
    assert!(told(&|case| case.sessions[0].arrive_s = 7300).contains("ends before it starts"));
    assert!(told(&|case| case.sites[0].price_usd_per_kwh = Series::ByInterval(vec![])).contains("site 0"));
    let mut large = good.clone();
    large.interval_s = 1;
    large.intervals = 7200;
    large.sessions = vec![good.sessions[0].clone(); 3000];
    let error = bound(&large, Objective::MostEnergy).unwrap_err();
    assert!(matches!(error, BoundError::TooLarge { found: 21_600_000, .. }), "{error}");
    assert!(error.to_string().contains("fewer days or a longer control interval"), "{error}");
}

/// Every way to charge in the case's own results that keeps the limit delivers at most the bound; without the limit the
/// bound is what plugging in at once delivers.
#[test]
fn the_shared_cases_are_never_better() {
    for name in ["n20_d7_s15", "n100_d30_s15"] {
        let (mut case, facts) = shared(name);
        let best = bound(&case, Objective::MostEnergy).unwrap();
        assert_eq!(best.status, Status::Optimal);
        let limit_kw = facts["limit_kw"].as_f64().unwrap();
        let mut compared = 0;
        for (policy, result) in facts["expected"].as_object().unwrap() {
            if result["peak_kw"].as_f64().unwrap() <= limit_kw * (1.0 + 1e-6) {
                let delivered = result["delivered_kwh"].as_f64().unwrap();
                assert!(best.value >= delivered * (1.0 - 1e-6), "{policy}: {delivered} above {}", best.value);
                compared += 1;
            }
        }
        assert!(compared >= 5, "{compared}");
        case.nodes[0].headroom_kw = Series::Constant(f64::INFINITY);
        let free = bound(&case, Objective::MostEnergy).unwrap();
        close(free.value, facts["expected"]["uncontrolled"]["delivered_kwh"].as_f64().unwrap());
    }
}

/// Fills sessions in an order, interval by interval, as far as need, power and every limit above allow.
fn fill_in_order(case: &Case, key: impl Fn(&Session) -> u32) -> Vec<Vec<f64>> {
    let mut order: Vec<usize> = (0..case.sessions.len()).collect();
    order.sort_by_key(|at| (key(&case.sessions[*at]), *at));
    let hours = f64::from(case.interval_s) / 3600.0;
    let mut energy = vec![vec![0.0; case.intervals]; case.sessions.len()];
    for interval in 0..case.intervals {
        let room = |node: &Node| (node.headroom_kw.at(interval) * hours).max(0.0);
        let mut left: Vec<f64> = case.nodes.iter().map(room).collect();
        for at in &order {
            let session = &case.sessions[*at];
            let start_s = interval as u32 * case.interval_s;
            let present_s =
                session.depart_s.min(start_s + case.interval_s).saturating_sub(session.arrive_s.max(start_s));
            let had: f64 = energy[*at].iter().sum();
            let above: Vec<usize> =
                core::iter::successors(Some(session.node), |node| case.nodes[*node].parent).collect();
            let wish = (session.max_kw * f64::from(present_s) / 3600.0).min(session.need_kwh - had);
            let given = above.iter().fold(wish, |wish, node| wish.min(left[*node])).max(0.0);
            for node in above {
                left[node] -= given;
            }
            energy[*at][interval] = given;
        }
    }
    energy
}

/// Cost of energy, sum of the sites' peaks and worst excess over a limit, of energy by session and interval.
fn judge(case: &Case, energy: &[Vec<f64>]) -> (f64, f64, f64) {
    let hours = f64::from(case.interval_s) / 3600.0;
    let upwards = |node: usize| core::iter::successors(Some(node), |node| case.nodes[*node].parent);
    let meter = |node: usize| upwards(node).find_map(|node| case.sites.iter().position(|site| site.node == node));
    let (mut cost, mut excess) = (0.0, 0.0_f64);
    let mut peaks = vec![0.0_f64; case.sites.len()];
    for interval in 0..case.intervals {
        let mut below = vec![0.0; case.nodes.len()];
        let mut load: Vec<f64> = case.sites.iter().map(|site| site.other_kw.at(interval)).collect();
        for (session, energy) in case.sessions.iter().zip(energy) {
            upwards(session.node).for_each(|node| below[node] += energy[interval] / hours);
            if let Some(site) = meter(session.node) {
                load[site] += energy[interval] / hours;
                cost += energy[interval] * case.sites[site].price_usd_per_kwh.at(interval);
            }
        }
        let over = |(node, kw): (&Node, &f64)| kw - node.headroom_kw.at(interval).max(0.0);
        excess = case.nodes.iter().zip(&below).map(over).fold(excess, f64::max);
        peaks.iter_mut().zip(load).for_each(|(peak, kw)| *peak = peak.max(kw));
    }
    (cost, peaks.iter().sum(), excess)
}

fn plan(case: &Case, bound: &Bound) -> Vec<Vec<f64>> {
    let hours = f64::from(case.interval_s) / 3600.0;
    let mut energy = vec![vec![0.0; case.intervals]; case.sessions.len()];
    for (row, list) in energy.iter_mut().zip(&bound.power_kw) {
        for (interval, kw) in list {
            row[*interval as usize] = kw * hours;
        }
    }
    energy
}

prop_compose! {
    /// A root, two sites below it, three cabinets below those; half-hour intervals; limits that change with time.
    fn random_case()(
        limits in prop::collection::vec(prop::collection::vec(0_u32..60, 12), 6),
        parents in prop::collection::vec(0_usize..3, 3),
        sessions in prop::collection::vec((0_usize..6, 0_u32..300, 1_u32..200, 1_u32..80, 1_u32..40), 1..14),
        prices in prop::collection::vec(0_u32..50, 24),
        others in prop::collection::vec(0_u32..20, 24),
    ) -> Case {
        let by_interval = |list: &[u32]| Series::ByInterval(list.iter().map(|value| f64::from(*value)).collect());
        let above = [None, Some(0), Some(0), Some(parents[0]), Some(parents[1]), Some(parents[2])];
        let nodes = above.iter().zip(&limits).map(|(parent, limit)| Node { parent: *parent, headroom_kw: by_interval(limit) });
        let sites = [1, 2].iter().zip(prices.chunks(12).zip(others.chunks(12))).map(|(node, (price, other))| Site {
            node: *node,
            price_usd_per_kwh: Series::ByInterval(price.iter().map(|cents| f64::from(*cents) / 100.0 - 0.05).collect()),
            other_kw: by_interval(other),
        });
        let sessions = sessions.iter().map(|(node, arrive_min, stay_min, need, max)| Session {
            node: *node,
            arrive_s: arrive_min * 60,
            depart_s: (arrive_min + stay_min) * 60,
            need_kwh: f64::from(*need),
            max_kw: f64::from(*max),
        });
        Case { interval_s: 1800, intervals: 12, sessions: sessions.collect(), nodes: nodes.collect(), sites: sites.collect() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// The bound's own plan keeps every limit and is worth what the bound says; no order of filling is better: not in
    /// energy, nor, for what it served, in cost or peak.
    #[test]
    fn never_worse_than_filling_in_order(case in random_case()) {
        let best = bound(&case, Objective::MostEnergy).unwrap();
        let (_, _, excess) = judge(&case, &plan(&case, &best));
        prop_assert!(excess < 1e-4, "{excess}");
        for objective in [Objective::LeastCost, Objective::LeastPeak] {
            let served = bound(&case, objective).unwrap().energy_kwh;
            prop_assert!((served - best.value).abs() < 1e-6 * served.max(1.0), "{objective:?}: {served} {}", best.value);
        }
        let first = fill_in_order(&case, |session| session.arrive_s);
        let soonest = fill_in_order(&case, |session| session.depart_s);
        let last = fill_in_order(&case, |session| u32::MAX - session.arrive_s);
        for energy in [first, soonest, last] {
            let served: f64 = energy.iter().flatten().sum();
            prop_assert!(best.value >= served - 1e-6 * served.max(1.0), "{} {served}", best.value);
            let mut same = case.clone();
            same.sessions.iter_mut().zip(&energy).for_each(|(session, energy)| session.need_kwh = energy.iter().sum());
            let (cost, peak, _) = judge(&case, &energy);
            let cheapest = bound(&same, Objective::LeastCost).unwrap();
            let lowest = bound(&same, Objective::LeastPeak).unwrap();
            for (value, of_policy, bound) in [(cheapest.value, cost, &cheapest), (lowest.value, peak, &lowest)] {
                prop_assert!(value <= of_policy + 1e-6 * of_policy.abs().max(1.0), "{value} {of_policy}");
                prop_assert!((bound.energy_kwh - served).abs() < 1e-5 * served.max(1.0), "{} {served}", bound.energy_kwh);
                prop_assert_eq!(bound.status, Status::Optimal);
            }
            let (plan_cost, _, excess) = judge(&same, &plan(&same, &cheapest));
            prop_assert!((plan_cost - cheapest.value).abs() < 1e-4 && excess < 1e-4, "{plan_cost} {}", cheapest.value);
            let (_, plan_peak, excess) = judge(&same, &plan(&same, &lowest));
            prop_assert!((plan_peak - lowest.value).abs() < 1e-3 && excess < 1e-4, "{plan_peak} {}", lowest.value);
        }
    }
}

/// A run's own sessions, with all that is known afterwards: no policy delivers more, costs less or peaks lower.
#[test]
fn no_policy_of_a_run_is_better_than_its_bound() {
    let runs = [
        ("depot_night", vec!["policy.charging=edf"]),
        ("depot_night", vec!["policy.charging=uncontrolled", "site.depot.limit_kw=2500"]),
        ("depot_night", vec!["policy.charging=price_aware", "site.depot.limit_kw=2500"]),
        ("layout_study", vec!["policy.charging=equal_share"]),
    ];
    let mut cost_gap = Vec::new();
    for (scenario, mut settings) in runs {
        settings.push("time.days=2");
        let loaded = common::loaded(&common::shipped(scenario), &settings);
        let dir = tempfile::tempdir().unwrap();
        common::run_into(&loaded, &portvolt::sim::Options::default(), Some(dir.path()));
        let metrics = portvolt::study::run_bound::metrics(&loaded, dir.path()).unwrap();
        let value = |name: &str| value_of(&metrics, "total", MetricName::parse(name).unwrap());
        assert!(value("bound_energy_kwh").unwrap() > 1_000.0, "{settings:?}");
        for name in ["bound_energy_gap_percent", "bound_peak_gap_percent", "bound_cost_gap_percent"] {
            let gap = value(name).unwrap_or_else(|| panic!("{settings:?}: no {name}"));
            assert!((-1e-4..=100.0).contains(&gap), "{settings:?}: {name} {gap}");
        }
        assert_eq!(value("bound_tolerance"), Some(1e-7), "{settings:?}");
        cost_gap.push(value("bound_cost_gap_percent"));
    }
    let cost_gap: Vec<f64> = cost_gap.into_iter().take(3).map(Option::unwrap).collect();
    assert!(cost_gap[2] < cost_gap[1], "a policy that knows prices is nearer to the cheapest: {cost_gap:?}");
}
