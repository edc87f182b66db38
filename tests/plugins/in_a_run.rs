//! Contract: plugins in a whole run: threads do not matter, a failure says when, any way to name a plugin gives the same.

use crate::common::{loaded, run, shipped};
use crate::guests::{DISPATCH, Guest, PAIRS};
use crate::{SEED, dispatch, with_view};
use portvolt::plugin::{Plugin, Running};
use portvolt::policy::kind::{Dispatch, PolicyKind};
use portvolt::policy::spec::PluginLimits;
use portvolt::scenario::loaded::Loaded;
use portvolt::scenario::plugin_file::PluginFile;
use portvolt::sim::{Options, Simulation};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::sync::atomic::AtomicBool;

fn scenario(folder: &tempfile::TempDir, guest: Guest<'_>, settings: &[&str]) -> Loaded {
    let path = folder.path().join("guest.wasm");
    std::fs::write(&path, guest.module()).unwrap();
    let choice = format!("policy.dispatch={:?}", path.display().to_string());
    let settings: Vec<&str> = ["time.days=1", &choice].into_iter().chain(settings.iter().copied()).collect();
    loaded(&shipped("depot_night"), &settings)
}

#[test]
fn threads_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario(&folder, PAIRS, &[]);
    let expected = run(&scenario, &Options::default());
    assert!(expected.total("hauls_completed") > 0.0 && expected.total("plugin_calls") > 0.0);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| run(&scenario, &Options::default()).digest)).collect();
        for digest in runs {
            assert_eq!(digest.join().unwrap(), expected.digest);
        }
    });
}

/// Half an hour into a decision at 05:00 local time the guest gives up: the message says when, and rows stay.
#[test]
fn a_failure_in_a_run_says_when() {
    let folder = tempfile::tempdir().unwrap();
    let guest = Guest { decide: "unreachable", ..PAIRS };
    let scenario = scenario(&folder, guest, &[]);
    let mut simulation = Simulation::new(&scenario, &Options::default()).unwrap();
    let driven = simulation.drive(&scenario, (None, false), &AtomicBool::new(false), |_, _| {});
    let error = driven.unwrap_err().to_string();
    assert!(error.starts_with("at 2025-"), "{error}");
    assert!(error.contains("policy `text_guest` failed: plugin `text_guest` 1.0, in `decide` at second "), "{error}");
    assert!(
        error.ends_with("it trapped: wasm trap: wasm `unreachable` instruction executed\n    at decide"),
        "{error}"
    );
}

#[test]
fn a_name_a_file_and_a_table_choose_a_policy() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("guest.wasm"), PAIRS.module()).unwrap();
    let file = format!("{:?}", folder.path().join("guest.wasm").display().to_string());
    let choose = |settings: &[String]| {
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let loaded = loaded(&shipped("depot_night"), &settings);
        (loaded.scenario.policy.dispatch.clone(), loaded.plugins.contains_key(&PolicyKind::Dispatch))
    };
    let (choice, is_plugin) = choose(&["policy.dispatch=least_empty_km".to_owned()]);
    assert_eq!((choice.name.as_str(), is_plugin), ("least_empty_km", false));
    let (choice, is_plugin) =
        choose(&["policy.dispatch=least_empty_km".to_owned(), "policy.dispatch.params.reserve_soc=0.2".to_owned()]);
    assert_eq!((choice.name.as_str(), choice.params["reserve_soc"], is_plugin), ("least_empty_km", 0.2, false));
    assert!(choose(&[format!("policy.dispatch={file}")]).1);
    assert!(choose(&[format!("policy.dispatch={{ plugin = {file} }}")]).1);
    let (_, is_plugin) = choose(&[format!("policy.dispatch={file}"), "policy.dispatch.name=least_empty_km".to_owned()]);
    assert!(!is_plugin, "the later choice stands");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Whatever a file holds, the loader answers: a module or component with bytes changed is refused or is a plugin.
    #[test]
    fn the_loader_survives_any_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>())) {
        let mut bytes = PAIRS.module();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        match Plugin::<Dispatch>::load(&PluginFile::new("guest.wasm", bytes)) {
            Ok(plugin) => {
                // It may still decide anything, within its limits.
                let limits = PluginLimits { fuel_base: 1_000_000, fuel_per_row: 0, memory_mib: 16, wall_s: 10 };
                if let Ok(mut running) = Running::start(&plugin, &[], limits, SEED, false) {
                    let _ = with_view(|view| running.decide_on(view));
                }
            }
            Err(error) => prop_assert!(error.to_string().starts_with("plugin ")),
        }
    }

    /// Whatever is ordered, what passes names trucks and hauls of the view at most once.
    #[test]
    fn what_passes_the_checker_can_be_carried_out(orders in prop::collection::vec((0_u32..10, 18_u32..23), 0..40)) {
        let words = |pick: fn(&(u32, u32)) -> u32| orders.iter().map(pick).flat_map(u32::to_le_bytes)
            .fold(String::new(), |text, byte| format!("{text}\\{byte:02x}"));
        let items = format!("(data (i32.const 512) \"{}\") (data (i32.const 1024) \"{}\")",
            words(|order| order.0), words(|order| order.1));
        let count = orders.len();
        let decide = format!("(call $assign (i32.const 512) (i32.const {count}) (i32.const 1024) (i32.const {count}))");
        let (valid, notes) = dispatch(Guest { imports: DISPATCH, items: &items, decide: &decide, ..Guest::default() });
        let valid = valid.unwrap().assign;
        prop_assert_eq!(valid.len() as u64 + notes.dropped, count as u64);
        let mut trucks: Vec<u32> = valid.iter().map(|order| order.truck).collect();
        trucks.sort_unstable();
        trucks.dedup();
        prop_assert_eq!(trucks.len(), valid.len());
        // Only haul 20 is open to trucks 3 and 5 of fleet 0.
        prop_assert!(valid.iter().all(|order| [3, 5].contains(&order.truck) && order.haul == 20));
        prop_assert!(valid.len() <= 1);
    }
}
