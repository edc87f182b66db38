//! Moves agree with closed forms: one crane and N carriers are the machine-repair queue, with one machine at the block a cyclic
//! network of two stations with a delay.

use crate::common::{Finished, interval_99, run, written};
use crate::plans::SMALL;
use portvolt::sim::Options;

const REPLICATIONS: u32 = 6;
/// Mean time of a crane cycle, h.
const CRANE_H: f64 = 1.0 / 30.0;

/// One crane that works round the clock, one block with `handlers` machines, `carriers` that need no charging.
fn one_crane(carriers: u32, handlers: u32) -> Vec<Finished> {
    let toml = SMALL
        .replace("tractor_battery = 3", &format!("tractor_battery = 0\ntractor_diesel = {carriers}"))
        .replace("stacker = 8", &format!("stacker = {handlers}"))
        .replace("blocks = { stacker = 4 }", "blocks = { stacker = 1 }")
        .replace("carriers_per_crane = 3", &format!("carriers_per_crane = {carriers}"))
        .replace("users = [\"tractor_battery\"]", "users = [\"tractor_battery\", \"tractor_diesel\"]");
    let (_dir, loaded) = written(&toml, &[]);
    let options = |replication| Options { replication, ..Options::default() };
    (0..REPLICATIONS).map(|replication| run(&loaded, &options(replication))).collect()
}

/// Time of a carrier between crane and block and back, h: the block lies in the middle of the quay, 100 m from its edge.
fn ways_h() -> f64 {
    let way_km = 0.1;
    // Whole seconds, as the yard has them.
    let seconds = |kmh: f64| (way_km / kmh * 3600.0_f64).round();
    (seconds(15.0) + seconds(20.0)) / 3600.0
}

/// Lifts an hour of a closed network of single servers (means in h) and a delay with N customers: Buzen's convolution.
fn buzen(servers: &[f64], delay: f64, customers: usize) -> f64 {
    // The delay station first: z^n / n!, then each server adds a term of its own.
    let mut g: Vec<f64> = (0..=customers)
        .scan(1.0, |term, n| {
            if n > 0 {
                *term *= delay / n as f64;
            }
            Some(*term)
        })
        .collect();
    for server in servers {
        for n in 1..=customers {
            g[n] += server * g[n - 1];
        }
    }
    g[customers - 1] / g[customers]
}

/// The machine-repair queue by its own formula, to hold the convolution to it: p0 = 1 / sum N! / (N - k)! (s / z)^k.
fn machine_repair(service: f64, think: f64, customers: usize) -> f64 {
    let ratio = service / think;
    let mut sum = 0.0;
    let mut term = 1.0;
    for k in 0..=customers {
        sum += term;
        term *= (customers - k) as f64 * ratio;
    }
    (1.0 - 1.0 / sum) / service
}

fn rate_of(runs: &[Finished]) -> (f64, f64) {
    let rates: Vec<f64> = runs.iter().map(|run| run.get("crane_moves_per_h", "site:pier")).collect();
    interval_99(&rates)
}

#[test]
fn the_closed_forms_agree_with_each_other() {
    for customers in 1..=8 {
        let (own, buzen) = (machine_repair(CRANE_H, 0.13, customers), buzen(&[CRANE_H], 0.13, customers));
        assert!((own / buzen - 1.0).abs() < 1e-12, "{customers}: {own} {buzen}");
    }
}

/// With more machines at the block than carriers nobody waits there: M/M/1//N, whatever the spread of the way.
#[test]
fn one_crane_and_n_carriers_are_the_machine_repair_queue() {
    let think_h = ways_h() + 1.0 / 15.0;
    for carriers in 1..=8 {
        let runs = one_crane(carriers, 8);
        let expected = machine_repair(CRANE_H, think_h, carriers as usize);
        let (rate, half) = rate_of(&runs);
        assert!(
            (rate - expected).abs() < half.max(0.003 * expected),
            "{carriers}: {rate} +- {half}, {expected} by the formula"
        );
        // Little's law: a carrier's cycle is N / X; what is left of it after way, block and crane is the wait.
        let wait_h = f64::from(carriers) / expected - think_h - CRANE_H;
        let of_run = |run: &Finished| run.get("carrier_crane_wait_h", "site:pier") / run.get("yard_moves", "site:pier");
        let (wait, half) = interval_99(&runs.iter().map(of_run).collect::<Vec<f64>>());
        assert!(
            (wait - wait_h).abs() < half.max(0.003),
            "{carriers}: wait {wait} +- {half} h, {wait_h} by the formula"
        );
    }
}

/// One machine at the block: crane, block and way are Buzen's network.
#[test]
fn a_crane_and_a_block_machine_are_a_cyclic_network() {
    for carriers in [1, 2, 4, 7] {
        let expected = buzen(&[CRANE_H, 1.0 / 15.0], ways_h(), carriers as usize);
        let (rate, half) = rate_of(&one_crane(carriers, 1));
        assert!(
            (rate - expected).abs() < half.max(0.004 * expected),
            "{carriers}: {rate} +- {half}, {expected} by convolution"
        );
    }
}
