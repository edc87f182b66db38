//! Contract: what users of plugins script against. Exit code 5 when a plugin is refused or fails, with its own words; what
//! was recorded until then stays readable; the manifest names each plugin by its hash; `plugin check`, `inspect` and `new`
//! say what they found and never panic.

#![expect(clippy::format_collect, reason = "short texts of a test")]
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod guests;

use guests::{ASK, DISPATCH, Guest, LIKE_WITH_LIKE, LOG, PAIRS};
use std::path::Path;
use std::process::{Command, Output};

/// Runs in `folder`, where compiled code is kept too.
fn portvolt(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portvolt"));
    command.args(args).current_dir(folder).env("NO_COLOR", "1").env("PORTVOLT_CACHE_DIR", folder.join("cache"));
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Exit code and both outputs.
fn outcome(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = portvolt(folder, args);
    let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(!all.contains("panicked at"), "{all}");
    (output.status.code().unwrap(), all)
}

/// A folder with a copy of `depot_night` and guests.
fn folder(guests: &[(&str, Guest<'_>)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(outcome(dir.path(), &["init", "depot", "--template", "depot_night"]).0, 0);
    for (name, guest) in guests {
        std::fs::write(dir.path().join(name), guest.module()).unwrap();
    }
    dir
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_run_with_plugins_names_them_in_its_manifest() {
    let dir = folder(&[("pairs.wasm", PAIRS), ("ask.wasm", ASK)]);
    let run = ["run", "depot", "--days", "1", "--out", "result", "--dispatch", "pairs.wasm", "--charging", "ask.wasm"];
    let (code, said) = outcome(dir.path(), &run);
    assert_eq!(code, 0, "{said}");
    let manifest = json(&dir.path().join("result/manifest.json"));
    let hash = |file| blake3::hash(&std::fs::read(dir.path().join(file)).unwrap()).to_hex().to_string();
    // Both guests have the same name: the second is told apart by its kind.
    assert_eq!(manifest["plugins"]["text_guest"], hash("pairs.wasm"));
    assert_eq!(manifest["plugins"]["text_guest (charging)"], hash("ask.wasm"));
    assert!(manifest["plugin_notes"][0]["calls"].as_u64().unwrap() > 0);
    let report = std::fs::read_to_string(dir.path().join("result/report.html")).unwrap();
    assert!(report.contains("Plugin text_guest 1.0 (dispatch), blake3"));
    let summary = json(&dir.path().join("result/summary.json"));
    let metrics = summary["metrics"].as_array().unwrap();
    let value = |name: &str| metrics.iter().find(|metric| metric["name"] == name).unwrap()["value"].as_f64().unwrap();
    assert!(value("plugin_calls") > 0.0);
    assert_eq!(value("plugin_rejected"), manifest["plugin_notes"][0]["dropped"].as_f64().unwrap());
    let (code, said) = outcome(dir.path(), &["verify", "result"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn the_suite_takes_a_plugin_beside_the_built_in_policies() {
    let dir = folder(&[("wild.wasm", WILD)]);
    let suite = ["bench-suite", "--only", "depot", "--replications", "1", "--dispatch", "wild.wasm", "--out", "suite"];
    let (code, said) = outcome(dir.path(), &suite);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("dispatch=wild.wasm") && said.contains("bad orders"), "{said}");
    let board = json(&dir.path().join("suite/leaderboard.json"));
    let of = |strategy: &str| {
        let lines = board["leaderboard"].as_array().unwrap();
        lines.iter().find(|line| line["strategy"] == strategy).unwrap_or_else(|| panic!("no {strategy}"))
    };
    assert!(of("dispatch=wild.wasm")["rejected"].as_f64().unwrap() > 0.0, "its bad orders stand there");
    assert_eq!(of("nothing+nothing")["rejected"].as_f64(), Some(0.0));
    assert_eq!(of("nothing+nothing")["is_below_service"], true);
    assert_eq!(of("random+random")["scenario"], "depot");
}

/// Also where the run is one of many.
#[test]
fn a_plugin_that_fails_in_a_comparison_exits_as_in_a_run() {
    let dir = folder(&[("bad.wasm", Guest { decide: "unreachable", ..PAIRS })]);
    let compare = ["compare", "depot", "--strategies", "bau,dispatch=bad.wasm", "--replications", "2"];
    let (code, said) = outcome(dir.path(), &compare);
    assert_eq!(code, 5, "{said}");
}

/// The guest gives up at its 50th decision. The tables of the run so far are whole Parquet files.
#[test]
fn a_failure_keeps_what_was_recorded() {
    let decide = format!(
        "(global.set $count (i32.add (global.get $count) (i32.const 1)))
        (if (i32.gt_u (global.get $count) (i32.const 50)) (then (call $give_up))) {}",
        PAIRS.decide
    );
    let items = "(global $count (mut i32) (i32.const 0)) (func $give_up unreachable)";
    let dir = folder(&[("late.wasm", Guest { items, decide: &decide, ..PAIRS })]);
    let (code, said) = outcome(dir.path(), &["run", "depot", "--out", "result", "--dispatch", "late.wasm"]);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("policy `text_guest` failed: plugin `text_guest` 1.0, in `decide` at second "), "{said}");
    assert!(
        said.contains("it trapped: wasm trap: wasm `unreachable` instruction executed\n    at give_up\n    at decide")
    );
    assert!(!dir.path().join("result").exists(), "no finished run");
    let kept = said.split("What was simulated until then is in ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let mut rows = 0;
    for table in ["sessions", "power", "hauls", "equipment", "fuel", "calls"] {
        let file = std::fs::File::open(dir.path().join(&kept).join(format!("tables/{table}.parquet"))).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        rows += reader.metadata().file_metadata().num_rows();
    }
    assert!(rows > 0);
}

/// Orders truck 1,000,000, which nobody has.
const WILD: Guest<'static> = Guest {
    decide: "(i32.store (i32.const 512) (i32.const 1000000)) (i32.store (i32.const 516) (i32.const 0))
      (call $assign (i32.const 512) (i32.const 1) (i32.const 516) (i32.const 1))",
    ..PAIRS
};

/// A policy whose orders are all refused is broken, whatever it answers to synthetic views; a quiet run says it too.
#[test]
fn a_policy_whose_orders_are_refused_is_no_good() {
    let dir = folder(&[("wild.wasm", WILD)]);
    let (code, said) = outcome(dir.path(), &["plugin", "check", "wild.wasm"]);
    assert!(code == 5 && said.contains("NOT good: its orders on true views cannot be carried out"), "{said}");
    let run = ["run", "depot", "--days", "1", "--out", "result", "--dispatch", "wild.wasm", "--quiet"];
    let (code, said) = outcome(dir.path(), &run);
    assert!(code == 0 && said.contains("bad orders were dropped"), "{said}");
}

/// Code that would be compiled for minutes: nested loops that share many variables, in 26 kB.
#[test]
fn a_compile_bomb_is_refused_in_seconds() {
    let dir = tempfile::tempdir().unwrap();
    let loops = 2_000;
    let open: String = (0..loops).map(|at| format!("(loop local.get 0 local.set {} ", 1 + at)).collect();
    let close: String = (0..loops).map(|at| format!("local.get {} br_if 0)", 1 + (at * 7) % loops)).collect();
    let locals = "i32 ".repeat(loops);
    let text = format!("(component (core module (func (param i32) (local {locals}) {open} {close})))");
    std::fs::write(dir.path().join("bomb.wasm"), wat::parse_str(text).unwrap()).unwrap();
    let (code, said) = outcome(dir.path(), &["plugin", "inspect", "bomb.wasm"]);
    assert!(code == 5 && said.contains("bomb.wasm: took more than 5 s of processor time"), "{said}");
}

/// Compiled code that lies under another plugin's name is not run for it.
#[test]
fn swapped_compiled_code_is_compiled_anew() {
    let dir = folder(&[("pairs.wasm", PAIRS), ("ask.wasm", ASK)]);
    let kinds = || ["pairs.wasm", "ask.wasm"].map(|file| outcome(dir.path(), &["plugin", "inspect", file]));
    let before = kinds();
    let mut kept: Vec<_> = std::fs::read_dir(dir.path().join("cache")).unwrap().map(|it| it.unwrap().path()).collect();
    kept.sort();
    let codes: Vec<_> = kept.iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert_eq!(kept.len(), 2);
    std::fs::write(&kept[0], &codes[1]).unwrap();
    std::fs::write(&kept[1], &codes[0]).unwrap();
    assert_eq!(kinds(), before);
}

/// A line break in a guest's text would look like a line of the program.
#[test]
fn a_guest_stays_on_its_line() {
    let talks = Guest {
        imports: &format!("{DISPATCH}{LOG}"),
        items: r#"(data (i32.const 1024) "ready\0awarning: all is lost\1b[2J")"#,
        start: "(call $log (i32.const 1) (i32.const 1024) (i32.const 30))",
        ..PAIRS
    };
    let dir = folder(&[("talks.wasm", talks)]);
    let run = ["run", "depot", "--days", "1", "--out", "result", "--dispatch", "talks.wasm"];
    let (code, said) = outcome(dir.path(), &run);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("info: ready\\nwarning: all is lost\\u{1b}[2J"), "{said}");
}

#[test]
fn strict_plugins_ends_the_run() {
    let dir = folder(&[("wild.wasm", WILD)]);
    let run = ["run", "depot", "--days", "1", "--out", "result", "--dispatch", "wild.wasm"];
    let (code, said) = outcome(dir.path(), &run);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("bad orders were dropped (--strict-plugins ends the run instead):"), "{said}");
    assert!(said.contains("assign: there is no truck 1000000 that waits for a decision"), "{said}");
    let (code, said) = outcome(dir.path(), &[&run[..], &["--force", "--strict-plugins"]].concat());
    assert_eq!(code, 5);
    assert!(
        said.contains("it gave 1 bad order: assign: there is no truck 1000000 that waits for a decision"),
        "{said}"
    );
}

/// Without chargers nothing is asked of a charging policy: the run says so instead of giving numbers that look like its own.
#[test]
fn a_plugin_that_is_never_asked_is_told() {
    let dir = folder(&[("ask.wasm", ASK)]);
    let run = ["run", "depot", "--days", "1", "--out", "result", "--charging", "ask.wasm"];
    let (code, said) = outcome(dir.path(), &[&run[..], &["--set", "charger.night="]].concat());
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("`policy.charging` is a plugin that is never asked: there is no charger"), "{said}");
    let (code, said) = outcome(dir.path(), &[&run[..], &["--force"]].concat());
    assert!(code == 0 && !said.contains("never asked"), "{said}");
}

#[test]
fn what_cannot_run_is_refused_before_anything_is_written() {
    let dir = folder(&[("ask.wasm", ASK), ("early.wasm", Guest { start: "unreachable", ..PAIRS })]);
    std::fs::write(dir.path().join("noise.wasm"), b"not a plugin").unwrap();
    let cases = [
        ("ask.wasm", 5, "is for charging, not for dispatch: it imports `portvolt:policy/charging-view@0.1.0`"),
        ("noise.wasm", 5, "is no WebAssembly: it begins with `not a pl`, not with `\\0asm`"),
        ("early.wasm", 5, "plugin `text_guest` 1.0, in `start`: it trapped"),
        ("gone.wasm", 4, "there is no such file"),
        ("my_policy/policy.c", 4, "ends in .wasm"),
        ("least_empty", 4, "did you mean `least_empty_km`?"),
    ];
    for (choice, expected, words) in cases {
        let (code, said) = outcome(dir.path(), &["run", "depot", "--out", "result", "--dispatch", choice]);
        assert_eq!(code, expected, "{choice}: {said}");
        assert!(said.contains(words), "{choice}: {said}");
        let mut left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        left.retain(|name| name != "cache");
        assert_eq!(left.len(), 4, "{choice} left something: {left:?}");
    }
}

#[test]
fn a_scenario_names_a_plugin_with_parameters() {
    let dir = folder(&[]);
    std::fs::write(dir.path().join("depot/mine.wasm"), PAIRS.module()).unwrap();
    let path = dir.path().join("depot/scenario.toml");
    let old = std::fs::read_to_string(&path).unwrap();
    let start = old.find("[policy.dispatch]").unwrap();
    let end = start + old[start..].find("\n[").unwrap();
    let write = |table: &str| std::fs::write(&path, format!("{}{table}{}", &old[..start], &old[end..])).unwrap();
    let run = ["run", "depot", "--days", "1", "--out", "result", "--force"];
    write("[policy.dispatch]\nplugin = \"mine.wasm\"\n");
    assert_eq!(outcome(dir.path(), &run).0, 0, "the path is relative to the scenario's file");
    write("[policy.dispatch]\nplugin = \"mine.wasm\"\nparams = { reserve_soc = 0.2 }\n");
    let (code, said) = outcome(dir.path(), &run);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("`text_guest` has no parameter `reserve_soc`"), "{said}");
    write("[policy.dispatch]\nname = \"least_empty_km\"\nplugin = \"mine.wasm\"\n");
    let (code, said) = outcome(dir.path(), &run);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("has both a `name` and a `plugin`"), "{said}");
}

/// Compiled code is found again, and a torn file is compiled anew.
#[test]
fn compiled_code_is_kept_and_checked() {
    let dir = folder(&[("pairs.wasm", PAIRS)]);
    let check = ["plugin", "check", "pairs.wasm"];
    let (code, first) = outcome(dir.path(), &check);
    assert_eq!(code, 0, "{first}");
    let kept = || std::fs::read_dir(dir.path().join("cache")).unwrap().map(|it| it.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(kept().len(), 1);
    let code_before = std::fs::read(&kept()[0]).unwrap();
    std::fs::write(&kept()[0], &code_before[..code_before.len() / 2]).unwrap();
    assert_eq!(outcome(dir.path(), &check), (0, first));
    assert_eq!(std::fs::read(&kept()[0]).unwrap().len(), code_before.len(), "written again");
}

#[test]
fn check_tries_and_inspect_tells() {
    let dir = folder(&[
        ("pairs.wasm", PAIRS),
        ("ask.wasm", ASK),
        ("bad.wasm", Guest { decide: "unreachable", ..PAIRS }),
        ("grow.wasm", Guest { decide: "(loop $l (drop (memory.grow (i32.const 1000))) (br $l))", ..PAIRS }),
    ]);
    let (code, said) = outcome(dir.path(), &["plugin", "check", "ask.wasm"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("text_guest 1.0, charging") && said.contains("huge") && said.ends_with("good\n"), "{said}");
    let (code, said) = outcome(dir.path(), &["plugin", "check", "bad.wasm", "--format", "json"]);
    assert_eq!(code, 5, "{said}");
    let found: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&found["good"], &found["kind"]), (&false.into(), &"dispatch".into()));
    // What fails on a view is not tried on: each further one would take as long.
    assert_eq!(found["views"].as_array().unwrap().len(), 1, "{said}");
    assert!(found["independent"].is_null() && found["real_run"].is_null(), "{said}");
    let (code, said) = outcome(dir.path(), &["plugin", "check", "grow.wasm"]);
    assert!(code == 5 && said.contains("MiB") && !said.contains("real time"), "{said}");
    let (code, said) = outcome(dir.path(), &["plugin", "inspect", "pairs.wasm"]);
    assert_eq!(code, 0, "{said}");
    for words in ["world portvolt:policy/dispatch", "dispatch-view@0.1.0 truck-id", "policy@0.1.0 decide", "blake3 "] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(outcome(dir.path(), &["plugin", "check", "gone.wasm"]).0, 4);
    let (code, said) = outcome(dir.path(), &["plugin", "check", "depot"]);
    assert_eq!((code, said.contains("depot is a folder; `portvolt plugin build depot` makes the file")), (4, true));
    assert_eq!(outcome(dir.path(), &["plugin", "inspect", "depot/scenario.toml"]).0, 5);
}

#[test]
fn bench_compares_with_the_built_in_policies() {
    let dir = folder(&[("wild.wasm", WILD), ("like.wasm", LIKE_WITH_LIKE)]);
    let (code, said) = outcome(dir.path(), &["plugin", "bench", "like.wasm", "depot"]);
    assert_eq!(code, 4, "{said}");
    assert!(
        said.contains(
            "a policy of adoption is never asked in this scenario: it has no [transition], as `hub_2045` has"
        ),
        "{said}"
    );
    let (code, said) = outcome(dir.path(), &["plugin", "bench", "wild.wasm:margin=3", "depot", "--days", "1"]);
    assert!(code == 4 && said.contains("policy.dispatch.params: `text_guest` has no parameter `margin`"), "{said}");
    let compare = ["compare", "depot", "--strategies", "bau,dispatch=wild.wasm:margin=3", "--days", "1"];
    let (code, said) = outcome(dir.path(), &compare);
    assert!(code != 0 && said.contains("`text_guest` has no parameter `margin`"), "{said}");
    let bench = ["plugin", "bench", "wild.wasm", "depot", "--days", "1", "--format", "json"];
    let (code, said) = outcome(dir.path(), &bench);
    assert_eq!(code, 0, "{said}");
    let found: serde_json::Value = serde_json::from_str(&said).unwrap();
    let policies: Vec<_> =
        found["runs"].as_array().unwrap().iter().map(|run| run["policy"].as_str().unwrap()).collect();
    assert_eq!(policies, ["nearest_feasible", "least_empty_km", "nothing", "random", "text_guest"]);
    // What is left undone shows beside what is done: a policy that orders nothing does not look cheap.
    let metric = |at: usize, name: &str| found["runs"][at]["metrics"][name].as_f64().unwrap_or(f64::NAN);
    assert!(metric(4, "plugin_rejected") > 0.0 && metric(0, "plugin_rejected") == 0.0, "{said}");
    let undone = |at: usize| metric(at, "hauls_lapsed") + metric(at, "hauls_open");
    assert!(undone(2) > undone(0) && metric(2, "hauls_completed") < 1.0, "{said}");
}

#[test]
fn new_writes_a_folder_for_each_kind_and_language() {
    let dir = tempfile::tempdir().unwrap();
    for kind in ["dispatch", "charging", "adoption", "hydrogen-supply", "yard-dispatch", "build-out", "industry"] {
        for (lang, main) in [("rust", "src/lib.rs"), ("python", "app.py"), ("javascript", "app.js"), ("c", "policy.c")]
        {
            let name = format!("my_{}_{lang}", kind.replace('-', "_"));
            let (code, said) = outcome(dir.path(), &["plugin", "new", &name, "--kind", kind, "--lang", lang]);
            assert_eq!(code, 0, "{said}");
            let made = dir.path().join(&name);
            let source = std::fs::read_to_string(made.join(main)).unwrap();
            assert!(source.contains(&name) && !source.contains("PLUGIN_NAME"), "{name}");
            let word = kind.replace('-', "_");
            let view = match lang {
                "python" => format!("{word}_view"),
                "javascript" => kind.to_owned(),
                _ => word,
            };
            assert!(source.to_lowercase().contains(&view), "{name}");
            assert!(made.join("wit/policy.wit").is_file() && made.join("README.md").is_file());
            assert_eq!(outcome(dir.path(), &["plugin", "new", &name, "--kind", kind]).0, 4, "never overwritten");
        }
    }
    let (code, said) = outcome(dir.path(), &["plugin", "new", "My-Policy", "--kind", "dispatch"]);
    assert_eq!(code, 4);
    assert!(said.contains("`My-Policy` is no name for a plugin"), "{said}");
    let (code, said) = outcome(dir.path(), &["plugin", "build", "."]);
    assert_eq!(code, 4, "{said}");
}

/// A guest that decides what is bought: the rows of its built-in twin, its name and hash in the manifest; a list of the
/// wrong length buys nothing, is counted, and ends a strict run.
#[test]
fn an_adoption_plugin_stands_beside_the_built_in() {
    let short = Guest { decide: "(call $buy (i32.const 256) (i32.const 1))", ..LIKE_WITH_LIKE };
    let dir = folder(&[("like.wasm", LIKE_WITH_LIKE), ("short.wasm", short)]);
    std::fs::write(dir.path().join("port.toml"), include_str!("cases/transition_port.toml")).unwrap();
    let run = |out: &str, more: &[&str]| {
        let all = ["run", "port.toml", "--set", "transition.until=2028", "--out", out];
        outcome(dir.path(), &[&all[..], more].concat())
    };
    let (code, said) = run("built_in", &["--adoption", "business_as_usual"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = run("guest", &["--adoption", "like.wasm"]);
    assert_eq!(code, 0, "{said}");
    let rows = |out: &str| json(&dir.path().join(out).join("manifest.json"))["rows"].clone();
    assert_eq!(rows("guest"), rows("built_in"));
    let manifest = json(&dir.path().join("guest/manifest.json"));
    assert_eq!(manifest["plugin_notes"][0]["calls"], 3);
    assert_eq!(manifest["plugin_notes"][0]["kind"], "adoption");
    let (code, said) = run("short", &["--adoption", "short.wasm"]);
    assert!(code == 0 && said.contains("year 2026: buy: a list of 1, not of 6"), "{said}");
    let (code, said) = outcome(dir.path(), &["plugin", "check", "like.wasm"]);
    assert!(code == 0 && said.contains("good"), "{said}");
    let (code, said) = outcome(dir.path(), &["plugin", "new", "mine", "--kind", "adoption"]);
    assert!(code == 0 && dir.path().join("mine/src/lib.rs").is_file(), "{said}");
    let compare = ["compare", "port.toml", "--strategies", "bau,adoption=like.wasm", "--set", "transition.until=2027"];
    let (code, said) = outcome(dir.path(), &[&compare[..], &["--replications", "2"]].concat());
    assert_eq!(code, 0, "{said}");
}

/// One line a decision, with the columns of the interface; the run itself is the same. Of a transition: what its years saw.
#[test]
fn views_of_a_run_are_written_for_offline_work() {
    let dir = folder(&[]);
    let run = |out: &str, more: &[&str]| {
        let (code, said) = outcome(dir.path(), &[&["run", "depot", "--days", "1", "--out", out], more].concat());
        assert_eq!(code, 0, "{said}");
        json(&dir.path().join(out).join("manifest.json"))["rows"].clone()
    };
    assert_eq!(run("plain", &[]), run("recorded", &["--record-views", "views"]));
    let lines = |name: &str| -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(dir.path().join("views").join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let dispatch = lines("dispatch.jsonl");
    let length = |line: &serde_json::Value, column: &str| line[column].as_array().map(Vec::len);
    assert!(length(&dispatch[0], "pair-km") > Some(0) && length(&dispatch[1], "pair-km").is_none(), "once is enough");
    assert!(dispatch.iter().all(|line| length(line, "truck-id") == length(line, "truck-soc")));
    assert!(
        dispatch.iter().all(|line| line["time-s"] == line["at"] && line["hour"].as_u64() < Some(24)),
        "single values"
    );
    assert!(dispatch[0]["pair-drive-s"][23].is_array() && dispatch[1].get("pair-drive-s").is_none(), "drive times");
    let charging = lines("charging.jsonl");
    assert!(charging.iter().any(|line| length(line, "session-ask-kw") > Some(0)));
    let ordered = |line: &serde_json::Value| line["orders"]["set-points"].as_array().map(Vec::len);
    assert!(charging.iter().all(|line| ordered(line) == length(line, "session-ask-kw")), "an order a session");
    for column in ["session-power-kw", "session-taken-kwh"] {
        assert!(charging.iter().all(|line| length(line, column) == length(line, "session-ask-kw")), "{column}");
    }
    let first = |line: &serde_json::Value, column: &str| line[column].as_array().unwrap()[0].as_f64().unwrap();
    assert!(
        charging.iter().any(|line| length(line, "session-ask-kw") > Some(0) && first(line, "session-taken-kwh") > 0.0)
    );
    assert!(
        charging.iter().all(|line| line["hour"].as_u64() == line["at"].as_u64().map(|at_s| at_s / 3600)),
        "local hours"
    );
    let of_all = |line: &serde_json::Value| -> f64 {
        line["site-peak-kw"].as_array().unwrap().iter().filter_map(serde_json::Value::as_f64).sum()
    };
    let peaks_kw: Vec<f64> = charging.iter().map(of_all).collect();
    assert!(peaks_kw.is_sorted() && peaks_kw.last() > Some(&0.0), "the month's peak so far only rises");
    let taken = |line: &serde_json::Value| line["orders"]["assign"].as_array().map_or(0, Vec::len);
    assert!(dispatch.iter().map(taken).sum::<usize>() > 0, "hauls are taken");
    let names = json(&dir.path().join("views/names.json"));
    assert!(length(&names, "site") > Some(0) && length(&names, "fleet") > Some(0), "{names}");
    for never_asked in ["hydrogen-supply.jsonl", "yard-dispatch.jsonl"] {
        assert!(!dir.path().join("views").join(never_asked).exists(), "{never_asked}");
    }
    std::fs::write(dir.path().join("port.toml"), include_str!("cases/transition_port.toml")).unwrap();
    let years = ["run", "port.toml", "--set", "transition.until=2027", "--out", "years", "--record-views", "views"];
    assert_eq!(outcome(dir.path(), &years).0, 0);
    let years: Vec<_> = lines("adoption.jsonl").iter().map(|line| line["at"].clone()).collect();
    assert_eq!(years, [2026, 2027]);
}
