//! Contract: the documents are true. Every command of the README and of the guides runs as it stands, in the order of its
//! page, in a folder that holds the shipped scenarios and the files the page says the reader has; what a page shows of the
//! screen of a run is what the run prints; and the generated references are those of this version.
//!
//! Five things are smaller here, for time: the transition of `hub_2045` has one year of one sampled week with a twentieth of
//! its vehicles and containers, comparisons have two replications, the suite is that of the depot, sensitivities have one short
//! day at few points, and a server is stopped when it answers. `plugin build` needs the wasm target of Rust; where it is not here a compiled example
//! stands in for what it would have built.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use portvolt::policy::decide::built_in;
use portvolt::policy::kind::PolicyKind;
use portvolt::record::metrics::{Better, MetricName};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// What a page may tell the reader to do that is not ours to try: builds and tests of the project itself, and programs of
/// others.
const NOT_OURS: [&str; 7] = ["cargo build", "cargo test", "cargo install", "git clone", "cd ", "sbatch", "kubectl"];

/// How lines begin that a run prints.
const SCREEN: [&str; 8] = ["Hauls  ", "Trucks  ", "Equipment  ", "Charging  ", "Queues  ", "Grid  ", "Bill  ", "Air  "];

/// What a page makes its reader do.
enum Step {
    /// Run a command.
    Run(String),
    /// Run a command of a transcript (`$ ...`), and see these lines; `[...]` stands for any.
    See(String, Vec<String>),
    /// Write a file: a block of TOML, CSV or KML whose first line is a comment with the file's path.
    Write(String, String),
}

/// The steps of the blocks of a page, in their order.
fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut block: Option<(&str, Vec<&str>)> = None;
    for line in page.lines() {
        match block.take() {
            None => block = line.strip_prefix("```").map(|kind| (kind.trim(), Vec::new())),
            Some((kind, lines)) if line.starts_with("```") => steps.extend(steps_of(kind, &lines)),
            Some((kind, mut lines)) => {
                lines.push(line);
                block = Some((kind, lines));
            }
        }
    }
    steps
}

fn steps_of(kind: &str, lines: &[&str]) -> Vec<Step> {
    let in_xml = |first: &&str| first.strip_prefix("<!-- ")?.strip_suffix(" -->").map(str::to_owned);
    let path = lines.first().and_then(|first| first.strip_prefix("# ").map(str::to_owned).or_else(|| in_xml(first)));
    let path = path.filter(|path| path.ends_with(kind));
    match (kind, path) {
        ("sh", _) => commands(lines).into_iter().map(Step::Run).collect(),
        ("console", _) => transcript(lines),
        ("toml" | "csv" | "kml", Some(path)) => vec![Step::Write(path, lines.join("\n") + "\n")],
        _ => Vec::new(),
    }
}

/// Commands without comments; lines that end in a backslash go on.
fn commands(lines: &[&str]) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        let line = line.split(" #").next().unwrap().trim();
        let text = line.trim_end_matches('\\').trim_end();
        match commands.last_mut().filter(|_| goes_on) {
            Some(last) => write!(last, " {text}").unwrap(),
            None if text.is_empty() || text.starts_with('#') => {}
            None => commands.push(text.to_owned()),
        }
        goes_on = line.ends_with('\\');
    }
    commands
}

fn transcript(lines: &[&str]) -> Vec<Step> {
    let mut steps = Vec::new();
    for line in lines {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step::See(command.to_owned(), Vec::new())),
            (None, Some(Step::See(_, shown))) => shown.push((*line).to_owned()),
            _ => {}
        }
    }
    steps
}

/// A folder with the shipped scenarios, and what the pages say the reader has.
fn desk() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(&Path::new(ROOT).join("scenarios"), &dir.path().join("scenarios"));
    let hub = dir.path().join("scenarios/hub_2045/scenario.toml");
    let text = std::fs::read_to_string(&hub).unwrap();
    let (years, rules) = ("until = 2045\nweeks = 4\n", "\"../policies/california.toml\"");
    assert!(text.contains(years) && text.contains(rules));
    let text = text.replace(years, "until = 2025\nweeks = 1\n").replacen(rules, &format!("{rules}, \"small.toml\""), 1);
    std::fs::write(&hub, text).unwrap();
    std::fs::write(hub.with_file_name("small.toml"), twentieth_of_the_bay()).unwrap();
    let mut load = "start,kw\n".to_owned();
    let mut sessions = "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n".to_owned();
    for day in 2..9 {
        for hour in 0..24 {
            writeln!(load, "2025-06-{day:02}T{hour:02}:00,{}", 100 + 10 * hour).unwrap();
        }
        for truck in 0..4 {
            let arrive_s = day * 86_400 + truck * 900;
            writeln!(sessions, "{day}-{truck},{truck},{truck},{arrive_s},{},120,150", arrive_s + 28_800).unwrap();
        }
    }
    for (name, text) in [("meter.csv", &load), ("load.csv", &load), ("sessions.csv", &sessions)] {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

/// A twentieth of the vehicles and containers of San Pedro Bay, as a file to lay on it.
fn twentieth_of_the_bay() -> String {
    let bay = std::fs::read_to_string(Path::new(ROOT).join("scenarios/san_pedro_bay/scenario.toml")).unwrap();
    let bay: toml::Table = bay.parse().unwrap();
    let mut out = String::new();
    for (table, counts) in [("fleet", "trucks"), ("terminal", "equipment")] {
        for (key, item) in bay[table].as_table().unwrap() {
            if let Some(teu) = item.get("teu_per_year") {
                writeln!(out, "[{table}.{key}]\nteu_per_year = {}", teu.as_integer().unwrap() / 20).unwrap();
            }
            writeln!(out, "[{table}.{key}.{counts}]").unwrap();
            for (model, count) in item[counts].as_table().unwrap() {
                writeln!(out, "{model} = {}", (count.as_integer().unwrap() + 19) / 20).unwrap();
            }
        }
    }
    out
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A shell that finds this build as `portvolt`.
fn shell(dir: &Path, command: &str) -> Command {
    let bin = Path::new(env!("CARGO_BIN_EXE_portvolt")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(dir).env("PATH", path).env("NO_COLOR", "1").env("CARGO_TERM_QUIET", "true");
    shell
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server answers at the address that it says.
fn serve(dir: &Path, command: &str) {
    let command = format!("exec {}", command.replace(" --open", ""));
    let mut server = shell(dir, &command).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let url = said.split_whitespace().find_map(|word| word.strip_prefix("http://")).expect(&said);
    let address = url.split('/').next().unwrap().parse().unwrap();
    let answer = common::http::Connection::open(address).ask("GET", "/", &[], None);
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(answer.status, 200, "{command}");
}

/// Builds a plugin, or puts a compiled example in its place where this machine has no target for it.
fn build_plugin(dir: &Path, command: &str) {
    let output = shell(dir, command).env_remove("CARGO_TARGET_DIR").output().unwrap();
    if output.status.success() {
        return;
    }
    let said = words(&output);
    assert!(said.contains("wasm32-unknown-unknown"), "{command}: {said}");
    let name = command.split_whitespace().last().unwrap();
    let example = Path::new(ROOT).join("tests/fixtures/guests_0_1_0/soc_aware_dispatch.wasm");
    std::fs::copy(example, dir.join(name).join(format!("{name}.wasm"))).unwrap();
}

/// The same command with two replications where it asks for more, or for as many as it has unasked.
fn shorter(command: &str) -> String {
    let mut words: Vec<&str> = command.split(' ').collect();
    if let Some(at) = words.iter().position(|word| *word == "--replications") {
        words[at + 1] = "2";
    } else if ["portvolt bench-suite", "portvolt compare"].iter().any(|start| command.starts_with(start))
        && !words.contains(&"--until-ci")
    {
        words.extend(["--replications", "2"]);
    }
    if command.starts_with("portvolt bench-suite") && !words.contains(&"--only") {
        words.extend(["--only", "depot"]);
    }
    if command.starts_with("portvolt sensitivity") {
        // Few points and steps of five minutes: what is tried here is that it runs.
        words.extend([
            "--days",
            "1",
            "--replications",
            "1",
            "--points",
            "16",
            "--threshold",
            "50%",
            "--set",
            "time.tick_s=300",
        ]);
    }
    words.join(" ")
}

fn follow(page: &Path) {
    let dir = desk();
    let text = std::fs::read_to_string(page).unwrap();
    let mut said = String::new();
    for step in steps(&text) {
        match step {
            Step::Run(line) => line.split(" && ").for_each(|command| said.push_str(&run(page, dir.path(), command))),
            Step::See(command, shown) => see(page, dir.path(), &command, &shown),
            Step::Write(path, text) => {
                let path = dir.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
        }
    }
    whole_screens(page, &text, &said);
    for line in text.lines().filter(|line| SCREEN.iter().any(|word| line.starts_with(word))) {
        assert!(said.contains(line), "{}: no run of the page prints this: {line}", page.display());
    }
}

/// A page that shows a screen to its end shows all of it: a warning that is left out misleads.
fn whole_screens(page: &Path, text: &str, said: &str) {
    for block in text.split("```text\n").skip(1).filter_map(|part| Some(part.split_once("```")?.0)) {
        let lines: Vec<&str> = block.lines().collect();
        let Some(end) = lines.iter().position(|line| line.starts_with("Results: ")) else { continue };
        let shown = lines[..=end].join("\n");
        assert!(said.contains(&shown), "{}: no run prints just this:\n{shown}", page.display());
    }
}

/// Runs a command of a page. Returns what it says.
fn run(page: &Path, dir: &Path, command: &str) -> String {
    let command = shorter(&command.replace("cargo run --release --", "portvolt"));
    if NOT_OURS.iter().any(|not_ours| command.starts_with(not_ours)) || command.starts_with("export PATH=") {
        return String::new();
    }
    let place = format!("{}: {command}", page.display());
    if let Some(folder) = command.strip_prefix("mkdir ") {
        std::fs::create_dir(dir.join(folder)).unwrap();
        return String::new();
    }
    if let Some((from, to)) = command.strip_prefix("cp ").and_then(|files| files.split_once(' ')) {
        std::fs::copy(dir.join(from), dir.join(to)).unwrap();
        return String::new();
    }
    assert!(command.starts_with("portvolt "), "{place}: is this a command of ours?");
    if command.starts_with("portvolt serve") {
        serve(dir, &command);
        return String::new();
    }
    if command.starts_with("portvolt plugin build") {
        build_plugin(dir, &command);
        return String::new();
    }
    let output = shell(dir, &command).output().unwrap();
    assert!(output.status.success(), "{place}: {}", words(&output));
    words(&output)
}

/// A command of a transcript says what the page shows, in that order.
fn see(page: &Path, dir: &Path, command: &str, shown: &[String]) {
    let said = words(&shell(dir, command).output().unwrap());
    let mut lines = said.lines();
    let mut may_skip = false;
    for line in shown {
        if line == "[...]" {
            may_skip = true;
            continue;
        }
        let found = if may_skip { lines.any(|said| said == line) } else { lines.next() == Some(line) };
        assert!(found, "{}: `{command}` does not say this: {line}\n{said}", page.display());
        may_skip = false;
    }
}

#[test]
fn the_readme_runs() {
    follow(&Path::new(ROOT).join("README.md"));
}

/// The guides.
fn guides() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(Path::new(ROOT).join("src/guide"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 6, "{pages:?}");
    pages
}

#[test]
fn the_guides_run() {
    guides().par_iter().for_each(|page| follow(page));
}

#[test]
fn files_that_documents_name_are_there() {
    let mut pages = guides();
    let scenarios = std::fs::read_dir(Path::new(ROOT).join("scenarios")).unwrap().map(|entry| entry.unwrap().path());
    pages.extend(scenarios.map(|folder| folder.join("README.md")).filter(|page| page.exists()));
    pages.extend(["README.md", "plugins/README.md", "src/study/README.md"].map(|page| Path::new(ROOT).join(page)));
    let of_the_project = |name: &&str| {
        let starts = ["src/", "tests/", "benches/", "plugins/", "scenarios/"];
        starts.iter().any(|start| name.starts_with(start)) && !name.contains([' ', '*', '{', '<'])
    };
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        // Every other piece between backticks is code.
        for name in text.split('`').skip(1).step_by(2).filter(of_the_project) {
            assert!(Path::new(ROOT).join(name).exists(), "{}: where is `{name}`?", page.display());
        }
    }
}

/// The README is short, and its map of the code has every room.
#[test]
fn the_readme_is_one_page_with_every_room() {
    let readme = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    assert!(readme.lines().count() < 150, "{} lines", readme.lines().count());
    for entry in std::fs::read_dir(Path::new(ROOT).join("src")).unwrap() {
        let path = entry.unwrap().path();
        let room = format!("    src/{}/ ", path.file_name().unwrap().to_string_lossy());
        assert!(!path.is_dir() || readme.contains(&room), "the map of the README has no{room}");
    }
}

/// A generated file is the committed one; with `PORTVOLT_WRITE_REFERENCES=1` it is written.
fn reference(name: &str, text: &str) {
    let path = Path::new(ROOT).join(name);
    if std::env::var_os("PORTVOLT_WRITE_REFERENCES").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{name} is stale: PORTVOLT_WRITE_REFERENCES=1 cargo test --test documents");
}

#[test]
fn the_reference_of_commands_is_fresh() {
    let text = clap_markdown::help_markdown_command(&portvolt::cli::command());
    let text: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.starts_with("<hr/>")).collect();
    let end = text.iter().position(|line| line.starts_with("<small>")).unwrap_or(text.len());
    let example = |line: &&str| match line.strip_prefix("Example: ") {
        Some(example) => format!("Example: `{example}`"),
        None => (*line).to_owned(),
    };
    let text: Vec<String> = text[..end].iter().map(example).collect();
    reference("src/guide/reference/commands.md", &format!("{}\n", text.join("\n").trim_end()));
}

/// The guide shows the table of charging policies that the binary prints.
#[test]
fn the_table_of_policies_is_fresh() {
    const MARKS: [&str; 2] = ["<!-- policies -->\n", "<!-- /policies -->"];
    let page = std::fs::read_to_string(Path::new(ROOT).join("src/guide/policies.md")).unwrap();
    let (before, rest) = page.split_once(MARKS[0]).unwrap();
    let (_, after) = rest.split_once(MARKS[1]).unwrap();
    let table = portvolt::policy::charging::table();
    reference("src/guide/policies.md", &format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]));
}

/// Every command, and every command of a command, has an example in its help.
#[test]
fn every_help_has_an_example() {
    fn look(command: &clap::Command, path: &str) {
        let mut commands =
            command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set()).peekable();
        if commands.peek().is_none() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("Example: {path}")), "{path}: {help:?}");
        }
        for inner in commands {
            look(inner, &format!("{path} {}", inner.get_name()));
        }
    }
    look(&portvolt::cli::command(), "portvolt");
}

/// The page for people and the lists of the web pages are made from the catalogue.
#[test]
fn the_reference_of_metrics_is_fresh() {
    let mut text = "# Metrics\n\nWhat `summary.json` holds, in the order of the catalogue (`src/record/metrics.rs`). A scope is \
                    `total`, `site:KEY` and the like. Better says which end is wanted: `lower`, `higher`, or neither by itself. \
                    Headlines are what a comparison shows first.\n\n| name | unit | better | headline | scopes | meaning |\n\
                    |---|---|---|---|---|---|\n"
        .to_owned();
    let mut module = "// Made from the catalogue of metrics in src/record/metrics.rs:\n\
                      // PORTVOLT_WRITE_REFERENCES=1 cargo test --test documents\n\n\
                      /** Every metric that a run may report: its unit, and what it is in a clause. */\n\
                      export const METRICS = {\n"
        .to_owned();
    for name in MetricName::ALL {
        let info = name.info();
        let better = info.better.map_or("", Better::word);
        let headline = if MetricName::HEADLINES.contains(name) { "yes" } else { "" };
        let scopes: Vec<String> = info.scopes.iter().map(|scope| format!("`{}`", scope.pattern())).collect();
        let scopes = scopes.join(", ");
        writeln!(text, "| `{name}` | {} | {better} | {headline} | {scopes} | {} |", info.unit, info.info).unwrap();
        let clause = info.info.split([';', ':', ',']).next().unwrap_or_default();
        writeln!(module, "  {name}: [{:?}, {clause:?}],", info.unit).unwrap();
    }
    module.push_str("} as const;\n\nexport type MetricName = keyof typeof METRICS;\n\n");
    module.push_str(
        "/** What planners ask first, in this order. */\nexport const HEADLINES: readonly MetricName[] = [\n",
    );
    for name in MetricName::HEADLINES {
        writeln!(module, "  \"{name}\",").unwrap();
    }
    module.push_str(
        "];\n\n/** What pages call a metric of the whole hub, without its unit, in the order in which they list them. */\n\
         export const LABELS: readonly (readonly [MetricName, string])[] = [\n",
    );
    for (name, label) in MetricName::LABELS {
        writeln!(module, "  [\"{name}\", {label:?}],").unwrap();
    }
    module.push_str("];\n");
    let labelled = |name: &MetricName| MetricName::LABELS.iter().any(|(known, _)| known == name);
    assert!(MetricName::HEADLINES.iter().all(labelled), "a headline has a label");
    reference("src/guide/reference/metrics.md", &text);
    reference("src/report/ui/src/generated/metrics.ts", &module);
}

/// The page of a report is a file that is sent by mail: 900 kB without its data.
#[test]
fn the_page_stays_small() {
    let bytes = std::fs::metadata(Path::new(ROOT).join("src/report/ui/dist/report.html")).unwrap().len();
    assert!(bytes < 900_000, "{bytes} bytes");
}

/// What pages call the built-in policies is said where these are. A name that several kinds have is called one thing.
#[test]
fn the_labels_of_policies_are_fresh() {
    let mut module = "// Made from the lists of built-in policies in src/policy:\n\
                      // PORTVOLT_WRITE_REFERENCES=1 cargo test --test documents\n\n\
                      /** What pages call the built-in policies, by the names that a scenario has for them. */\n\
                      export const POLICIES: Record<string, string> = {\n"
        .to_owned();
    let mut labels = BTreeMap::new();
    for policy in PolicyKind::ALL.iter().flat_map(|kind| built_in(*kind)) {
        let known = *labels.entry(policy.name).or_insert(policy.label);
        assert_eq!(known, policy.label, "`{}` is called two things", policy.name);
    }
    assert!(labels.len() > 20, "{labels:?}");
    for (name, label) in labels {
        writeln!(module, "  {name}: {label:?},").unwrap();
    }
    module.push_str("};\n");
    reference("src/report/ui/src/generated/policies.ts", &module);
}

/// The catalogue is true: runs that together use every room report every metric of it, in every scope that it names.
#[test]
fn runs_report_every_metric_of_the_catalogue() {
    let dir = desk();
    let runs = [
        "scenarios/depot_night --days 1 --bound --set storage.box.site=depot --set storage.box.energy_kwh=400 \
         --set storage.box.power_kw=100 --set storage.box.round_trip=0.88 --strategy money.toml",
        "scenarios/layout_study --days 1 --strategy money.toml",
        "scenarios/hydrogen_corridor --days 1",
        "scenarios/hub_2045 --strategy all_sectors --set rule.target.ports_trucks_2035.year=2025 \
         --set industry.hydrogen.price=producers",
        "scenarios/hub_2045 --strategy least_cost --baseline runs/3",
        "scenarios/port_terminal --strategy battery_swap --days 1",
        "scenarios/san_pedro_bay --days 1",
        "scenarios/port_terminal --strategy planned --days 1 --set terminal.terminal.appointments.per_hour=200",
    ];
    std::fs::write(dir.path().join("money.toml"), "[money]\ndiscount_rate = 0.07\nyears = 12\nusd_of = 2025\n")
        .unwrap();
    let mut reported: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, run) in runs.iter().enumerate() {
        let output = shell(dir.path(), &format!("portvolt run {run} --out runs/{at} --quiet")).output().unwrap();
        assert!(output.status.success(), "{run}: {}", words(&output));
        let text = std::fs::read_to_string(dir.path().join(format!("runs/{at}/summary.json"))).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
        for metric in summary["metrics"].as_array().unwrap() {
            let word = |key: &str| metric[key].as_str().unwrap().to_owned();
            reported.entry(word("name")).or_default().insert(pattern(&word("scope")));
        }
    }
    let scopes = |name: &MetricName| name.info().scopes.iter().map(|scope| scope.pattern().to_owned()).collect();
    let listed = MetricName::ALL.iter().map(|name| (name.to_string(), scopes(name))).collect();
    assert_eq!(reported, listed);
}

/// `site:depot` as `site:KEY`.
fn pattern(scope: &str) -> String {
    match scope.split_once(':') {
        Some(("year", _)) => "year:YYYY".to_owned(),
        Some((kind, _)) => format!("{kind}:KEY"),
        None => scope.to_owned(),
    }
}
