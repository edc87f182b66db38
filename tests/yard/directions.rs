//! Directions and levels that are published hold on standard plans. Each says its number of seeds; two rules are compared on the same
//! seeds, and the 99 % interval (Student's t) of their ratio does not reach 1.

use crate::common::{Finished, interval_99, run, written};
use crate::overlaid;
use crate::plans::SMALL;
use portvolt::sim::Options;

const SITE: &str = "site:terminal";
/// Seeds of a comparison that says no other number.
const SEEDS: u32 = 4;
/// All tractors on batteries, and fewer of them than there is room for: charging costs work.
const SCARCE: [&str; 3] =
    ["time.days=3", "terminal.terminal.equipment.yt_diesel=0", "terminal.terminal.equipment.yt_battery=70"];
/// A fifth of the plugs of the four lots.
const FEW: [&str; 4] = [
    "charger.block_a.cabinets=3",
    "charger.block_b.cabinets=3",
    "charger.block_c.cabinets=3",
    "charger.block_d.cabinets=3",
];

/// A planned terminal under the same seeds.
fn runs(overlays: &[&str], settings: &[&str]) -> Vec<Finished> {
    seeds(SEEDS, overlays, settings)
}

fn seeds(number: u32, overlays: &[&str], settings: &[&str]) -> Vec<Finished> {
    let overlays: Vec<&str> = core::iter::once("planned.toml").chain(overlays.iter().copied()).collect();
    let loaded = overlaid("port_terminal", &overlays, settings).unwrap_or_else(|problems| panic!("{problems}"));
    (0..number).map(|replication| run(&loaded, &Options { replication, ..Options::default() })).collect()
}

fn of(runs: &[Finished], what: impl Fn(&Finished) -> f64) -> Vec<f64> {
    runs.iter().map(what).collect()
}

/// One is less than the other: mean and interval of the logarithm of their ratio, seed by seed. Seeds differ more in how busy a
/// terminal is than in what a rule changes of that.
fn is_less(less: &[f64], more: &[f64]) {
    let ratios: Vec<f64> = less.iter().zip(more).map(|(less, more)| portvolt::kernel::math::ln(more / less)).collect();
    let (mean, half) = interval_99(&ratios);
    assert!(mean - half > 0.0, "{mean} +- {half}: {less:?} should be less than {more:?}");
}

/// Hours of carriers on the way to plugs and in queues for them.
fn lost_h(run: &Finished) -> f64 {
    run.get("carrier_lot_way_h", SITE) + run.get("carrier_lot_queue_h", SITE)
}

/// Ma, Zhou and Stephen 2021: decentralised lots with progressive charging are best.
#[test]
fn decentralised_progressive_beats_one_central_lot() {
    let threshold = "terminal.terminal.plan.dispatch.charging=threshold";
    let central = runs(&[], &[&SCARCE[..], &[threshold]].concat());
    let spread = runs(&["lots_at_blocks.toml"], &SCARCE);
    is_less(&of(&spread, lost_h), &of(&central, lost_h));
    let rate = |run: &Finished| run.get("crane_moves_per_h", SITE);
    let (spread, central) = (interval_99(&of(&spread, rate)).0, interval_99(&of(&central, rate)).0);
    assert!(spread >= 0.98 * central, "{spread} {central}");
}

/// The lot by way and queue beats the nearest one (in its paper the throughput time falls by 21.8 %: sign, and more than a tenth).
#[test]
fn the_lot_by_its_queue_beats_the_nearest() {
    let by = |lot: &str| {
        let (rule, lot) = (
            "terminal.terminal.plan.dispatch.charging=threshold",
            format!("terminal.terminal.plan.dispatch.lot={lot}"),
        );
        runs(&["lots_at_blocks.toml"], &[&SCARCE[..], &FEW, &[rule, lot.as_str()]].concat())
    };
    let (soonest, nearest) = (of(&by("soonest"), lost_h), of(&by("nearest"), lost_h));
    is_less(&soonest, &nearest);
    assert!(soonest.iter().sum::<f64>() < 0.9 * nearest.iter().sum::<f64>(), "{soonest:?} {nearest:?}");
}

/// A threshold that moves with free plugs and work beats a fixed one (in its paper cranes wait 40.8 % less: sign). Six tractors that
/// run low together, one plug; twelve seeds.
#[test]
fn a_moving_threshold_makes_cranes_wait_less() {
    let of_rule = |rule: &str| -> (Vec<f64>, Vec<f64>) {
        let dispatch = format!("[terminal.pier.plan.dispatch]\ncharging = \"{rule}\"\nswing_soc = 0.4\n\n");
        let toml = SMALL
            .replace("tractor_battery = 3", "tractor_battery = 6")
            .replace("carriers_per_crane = 3", "carriers_per_crane = 6")
            .replace("cabinets = 4", "cabinets = 1")
            .replace("per_wait_h = 2.0", "per_wait_h = 15")
            .replace("[terminal.pier.plan.lots.north]", &format!("{dispatch}[terminal.pier.plan.lots.north]"));
        let (_dir, loaded) = written(&toml, &[]);
        let options = |replication| Options { replication, ..Options::default() };
        let runs: Vec<Finished> = (0..12).map(|replication| run(&loaded, &options(replication))).collect();
        // Of each lift, what a crane of 30 an hour did not lift.
        let wait_min = |run: &Finished| 60.0 / run.get("crane_moves_per_h", "site:pier") - 60.0 / 30.0;
        (of(&runs, wait_min), of(&runs, |run| run.get("carrier_lot_queue_h", "site:pier")))
    };
    let (moving, fixed) = (of_rule("progressive"), of_rule("threshold"));
    is_less(&moving.0, &fixed.0);
    is_less(&moving.1, &fixed.1);
}

/// Breaks that are taken group after group cut the peak of charging. Six seeds.
#[test]
fn staggered_breaks_cut_the_peak() {
    let peak = |settings: &[&str]| {
        let all = ["time.days=3", "site.terminal.limit_kw=40000", "charger.tractor_lot.cabinets=110"];
        of(&seeds(6, &[], &[&all[..], settings].concat()), |run| run.get("peak_kw", SITE))
    };
    let together = peak(&[]);
    let staggered = peak(&[
        "terminal.terminal.plan.dispatch.charging=breaks_staggered",
        "terminal.terminal.plan.dispatch.groups=3",
    ]);
    is_less(&staggered, &together);
    assert!(staggered.iter().sum::<f64>() < 0.9 * together.iter().sum::<f64>(), "{staggered:?} {together:?}");
}

/// Swapping beats plugging unless spare batteries are very dear: with half as many spares as units it costs fewer hours than a plug
/// for every second unit, with one spare for all it costs more.
#[test]
fn swapping_beats_plugging_unless_spares_are_few() {
    let away = |run: &Finished| run.get("carrier_lot_way_h", SITE) + run.get("carrier_lot_h", SITE);
    let plugged =
        of(&runs(&[], &[&SCARCE[..], &["terminal.terminal.plan.dispatch.charging=threshold"]].concat()), away);
    let swapped = |spares: u32| {
        let (units, spares) = ("terminal.terminal.equipment.yt_swap=70", format!("swap.yard.spares={spares}"));
        let settings = ["time.days=3", "terminal.terminal.equipment.yt_diesel=0", units, &spares];
        of(&runs(&["swap_yard.toml"], &settings), away)
    };
    is_less(&swapped(35), &plugged);
    is_less(&plugged, &swapped(1));
}

/// Four to eight carriers saturate a crane of 25 to 35 moves an hour (published): more bring less and less.
#[test]
fn more_carriers_saturate_the_crane() {
    let rate = |carriers: u32| {
        let setting = format!("terminal.terminal.plan.carriers_per_crane={carriers}");
        let rates = of(&runs(&[], &["time.days=3", &setting]), |run| run.get("crane_moves_per_h", SITE));
        interval_99(&rates).0
    };
    let (two, five, eight, eleven) = (rate(2), rate(5), rate(8), rate(11));
    assert!(two < 0.75 * five && five < eight, "{two} {five} {eight}");
    assert!((eleven - eight) < 0.25 * (five - two), "{five} {eight} {eleven}");
    assert!(eight > 0.85 * 28.0, "{eight}");
}

/// Drayage trucks drive 3.5 km and stand 76 % of 51 minutes inside a terminal (96 visits, 2015): bounds around both. The way is that
/// of this plan, which is smaller than what those trucks saw: blocks lie evenly over 900 m of quay and between aprons of 750 m, the
/// gate in the middle of the fence behind, and a way is 1.25 of the rectilinear one: 1.25 x (900 / 4 + 750 / 2) m there, as much back.
#[test]
fn trucks_stand_most_of_their_time_inside() {
    let weeks = runs(&[], &["time.days=3"]);
    for run in &weeks {
        let at = |name: &str| run.get(name, SITE);
        let (turn, way) = (at("truck_turn_mean_min"), at("truck_way_mean_min"));
        let km = way / 60.0 * 16.1;
        let plan_km = 2.0 * 1.25 * (900.0 / 4.0 + 750.0 / 2.0) / 1000.0;
        assert!((20.0..80.0).contains(&turn), "{turn} min");
        assert!((0.6..0.95).contains(&(1.0 - way / turn)), "{way} of {turn} min");
        assert!((km / plan_km - 1.0).abs() < 0.15 && km < 3.5, "{km} km, {plan_km} km by the plan");
    }
}
