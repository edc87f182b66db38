//! Contract: a shard holds the files that name it, whoever edits them meanwhile; what a design cannot be is told before a
//! run; no strategy's numbers are left out or called the same for want of another's; a share is not rounded in silence; a
//! merge of another plan is not replaced unasked.

use crate::common::shipped;
use crate::{portvolt, study, told};
use portvolt::study::sweep::plan::plan;
use portvolt::study::sweep::shard::Store;
use portvolt::study::sweep::{self, Part};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// A copy of the depot with a second list of hauls, and a study over both lists.
fn two_lists(dir: &Path) -> (PathBuf, PathBuf) {
    told(dir, 0, &["init", "depot", "--template", "depot_night"]);
    let second = dir.join("depot/b.csv");
    std::fs::copy(dir.join("depot/hauls.csv"), &second).unwrap();
    let toml = "scenarios = [\"depot\"]\nsettings = [\"time.days=1\"]\nreplications = 1\n\
                [grid]\n\"freight.hauls\" = [\"hauls.csv\", \"b.csv\"]\n";
    let study = dir.join("s.toml");
    std::fs::write(&study, toml).unwrap();
    (study, second)
}

fn drop_a_haul(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let end = text.trim_end().rfind('\n').unwrap();
    std::fs::write(file, &text[..=end]).unwrap();
}

#[test]
fn a_file_that_the_design_names_is_in_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let (study, second) = two_lists(dir.path());
    let before = plan(&study).unwrap();
    told(dir.path(), 0, &["sweep", "plan", "s.toml"]);
    told(dir.path(), 0, &["sweep", "run", "sweeps"]);
    drop_a_haul(&second);
    let said = told(dir.path(), 4, &["sweep", "run", "sweeps"]);
    assert!(said.contains("b.csv") && said.contains("changed since"), "{said}");
    let after = plan(&study).unwrap();
    assert_eq!(before.key(0), after.key(0), "the first list is as it was");
    assert_ne!(before.key(1), after.key(1));
    told(dir.path(), 0, &["sweep", "plan", "s.toml", "--force"]);
    assert!(told(dir.path(), 0, &["sweep", "run", "sweeps"]).contains("1 were done, 1 done now"));
}

/// The check at the start has passed, then somebody edits: the shard fails instead of holding what its name denies.
#[test]
fn a_file_edited_while_a_sweep_runs_comes_into_no_shard() {
    let dir = tempfile::tempdir().unwrap();
    let (study, second) = two_lists(dir.path());
    let planned = plan(&study).unwrap();
    drop_a_haul(&second);
    let store = Store::of(&dir.path().join("sweeps"));
    let ran = sweep::run(&planned, &store, Part::WHOLE, 1, &AtomicBool::new(false), &|| {}).unwrap();
    assert_eq!((ran.done, ran.failed.len()), (1, 1));
    assert!(ran.failed[0].1.contains("b.csv") && ran.failed[0].1.contains("changed since"), "{:?}", ran.failed);
}

#[test]
fn what_a_design_cannot_be_is_told_when_it_is_planned() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night").display().to_string();
    let planned = |code: i32, text: &str| {
        let head = format!("scenarios = [{depot:?}]\nsettings = [\"time.days=1\"]\nreplications = 1\n");
        std::fs::write(dir.path().join("s.toml"), head + text).unwrap();
        told(dir.path(), code, &["sweep", "plan", "s.toml"])
    };
    // Each value is right by itself; a port of 150 kW in a cabinet of 120 kW is not.
    let grid = "[grid]\n\"charger.night.port_kw\" = [100, 150]\n\"charger.night.cabinet_kw\" = [120, 180]\n";
    let said = planned(4, grid);
    assert!(said.contains("port power exceeds cabinet power"), "{said}");
    // 20^8 points: counted, not laid out.
    let values = format!("[{}]", (1..=20).map(|value| value.to_string()).collect::<Vec<_>>().join(", "));
    let huge = (0..8).map(|at| format!("\"site.s{at}.limit_kw\" = {values}\n")).collect::<Vec<_>>().concat();
    let said = planned(4, &format!("[grid]\n{huge}"));
    assert!(said.contains("25600000000 points") && said.contains("vary less"), "{said}");
    assert!(planned(4, "strategies = [\"bau\", \"bau\"]\n").contains("`bau` is named twice"));
    let cube = "[latin_hypercube]\npoints = 3\nwhole = [\"charger.night.cabinets\"]\n\
                range = { \"charger.night.cabinets\" = [0.5, 3.5] }\n";
    assert!(planned(4, cube).contains("so its ends must be"));
}

#[test]
fn a_merge_of_another_plan_is_replaced_only_when_asked() {
    let dir = tempfile::tempdir().unwrap();
    for replications in [1, 2] {
        let path = study(dir.path(), "s", replications, 1);
        told(dir.path(), 0, &["sweep", "plan", path.to_str().unwrap(), "--out", "a", "--force"]);
        told(dir.path(), 0, &["sweep", "run", "a"]);
        if replications == 2 {
            assert!(told(dir.path(), 4, &["sweep", "merge", "a"]).contains("--force"));
        }
        told(dir.path(), 0, &["sweep", "merge", "a", "--force"]);
        told(dir.path(), 0, &["sweep", "merge", "a"]);
    }
}

/// Only one strategy swaps batteries: its waits are told, and the others stay unjudged there.
#[test]
fn a_metric_that_one_strategy_has_is_told_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let port = shipped("port_terminal");
    let args = ["compare", port.to_str().unwrap(), "--strategies", "bau,battery_swap", "--replications", "2"];
    let more = ["--days", "1", "--format", "json", "--out", "c"];
    let out = portvolt(dir.path(), &[&args[..], &more[..]].concat());
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let metric = json["metrics"].as_array().unwrap().iter().find(|m| m["name"] == "swaps").unwrap();
    assert!(metric["strategies"][0]["mean"].is_null() && metric["strategies"][0]["first_place"].is_null());
    assert!(metric["strategies"][1]["mean"].is_f64(), "{metric}");
    assert!(metric["strategies"][1]["difference"].is_null());
}

#[test]
fn one_replication_is_no_proof_that_all_are_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let args = ["compare", depot.to_str().unwrap(), "--strategies", "bau,site.depot.limit_kw=500", "--days", "1"];
    let said = told(dir.path(), 0, &[&args[..], &["--replications", "1", "--out", "c"]].concat());
    let same = said.lines().find(|line| line.starts_with("The same for all")).unwrap_or_default();
    assert!(said.contains("\npeak_kw") && !same.contains("peak_kw"), "{said}");
}

#[test]
fn a_share_is_not_rounded_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let vary = "charger.night.efficiency=+20%";
    let args = ["compare", depot.to_str().unwrap(), "--strategies", "fcfs", "--metric", "peak_kw", "--vary", vary];
    let said = told(dir.path(), 4, &args);
    assert!(said.contains("out of the plausible range"), "{said}");
}
