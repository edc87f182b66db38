//! Contract: the same scenario and seed give the same rows, bit for bit, however the run is arranged. Each test changes
//! one thing that must not matter. (STYLE: no order of systems, of spawning, of threads or of files may show.)

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use common::{loaded, run, shipped};
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::{Options, Simulation};

/// Two days of the terminal: trucks, gates, equipment, outages, sharing under a limit.
fn terminal() -> Loaded {
    loaded(&shipped("port_terminal"), &["time.days=2"])
}

fn depot() -> Loaded {
    loaded(&shipped("depot_night"), &["time.days=3", "charger.night.mtbf_h=40"])
}

#[test]
fn no_two_systems_may_run_in_either_order() {
    let mut simulation = Simulation::new(&terminal(), &Options::default()).unwrap();
    simulation.check_schedule().unwrap();
}

#[test]
fn same_seed_same_rows_and_another_seed_others() {
    let scenario = depot();
    let options = Options { seed: 5, ..Options::default() };
    assert_eq!(run(&scenario, &options).digest, run(&scenario, &options).digest);
    let other_seed = Options { seed: 6, ..options };
    let other_replication = Options { replication: 1, ..options };
    assert_ne!(run(&scenario, &options).digest, run(&scenario, &other_seed).digest);
    assert_ne!(run(&scenario, &options).digest, run(&scenario, &other_replication).digest);
}

#[test]
fn order_of_systems_does_not_matter() {
    for scenario in [depot(), terminal()] {
        let expected = run(&scenario, &Options::default()).digest;
        for shuffle in 0..6 {
            let options = Options { shuffle: Some(shuffle), ..Options::default() };
            assert_eq!(run(&scenario, &options).digest, expected, "shuffle {shuffle}");
        }
    }
}

#[test]
fn order_of_spawning_does_not_matter() {
    for scenario in [depot(), terminal()] {
        let backwards = Options { reverse_spawn: true, ..Options::default() };
        assert_eq!(run(&scenario, &backwards).digest, run(&scenario, &Options::default()).digest);
    }
}

/// A run alone and the same run among others on several threads.
#[test]
fn threads_do_not_matter() {
    let scenario = depot();
    let expected: Vec<String> =
        (0..4).map(|seed| run(&scenario, &Options { seed, ..Options::default() }).digest).collect();
    let together: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|seed| {
                scope.spawn({
                    let scenario = &scenario;
                    move || run(scenario, &Options { seed, ..Options::default() }).digest
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(together, expected);
}

/// Tables in the file may stand in any order: ids come from the keys.
#[test]
fn order_in_the_file_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["scenario.toml", "hauls.csv"] {
        std::fs::copy(shipped("depot_night").join(file), folder.path().join(file)).unwrap();
    }
    let path = folder.path().join("scenario.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, tables) = text.split_at(text.find("\n[time]").unwrap());
    let mut blocks: Vec<String> = Vec::new();
    for block in tables.split("\n[").skip(1) {
        // A list of tables belongs to the fleet above it.
        if block.starts_with('[') {
            let last = blocks.last_mut().unwrap();
            last.push_str("\n[");
            last.push_str(block);
        } else {
            blocks.push(block.to_owned());
        }
    }
    blocks.reverse();
    std::fs::write(&path, format!("{head}\n[{}", blocks.join("\n["))).unwrap();
    let shuffled = loaded(folder.path(), &["time.days=3"]);
    let plain = loaded(&shipped("depot_night"), &["time.days=3"]);
    assert_eq!(run(&shuffled, &Options::default()).digest, run(&plain, &Options::default()).digest);
}

/// Demand is the same whatever the policies do: common random numbers.
#[test]
fn policies_meet_the_same_demand() {
    let one = run(&loaded(&shipped("port_terminal"), &["time.days=2"]), &Options::default());
    let other = run(
        &loaded(
            &shipped("port_terminal"),
            &["time.days=2", "policy.dispatch.name=least_empty_km", "policy.charging.name=fcfs"],
        ),
        &Options::default(),
    );
    assert_ne!(one.digest, other.digest);
    for metric in ["hauls_requested", "vessel_calls", "vessel_lifts"] {
        assert_eq!(one.total(metric).to_bits(), other.total(metric).to_bits(), "{metric}");
    }
}
