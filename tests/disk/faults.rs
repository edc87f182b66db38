//! Every command that writes, with a disk that is full or a power cut at its n-th step: what was there before or what is new
//! is whole, a message names the place, the exit code says that it failed, and nothing else is left or changed. A command
//! that is new and in neither list here fails.
//!
//! Each try is a process of its own: this test binary, which carries out one command with a fault armed. Of a command of up to
//! `EACH` steps each is tried, of a longer one the first, the last and some between; `PORTVOLT_ALL_FAULTS=1` tries them all,
//! and `PORTVOLT_FAULTS_OF="sweep merge"` those of one command only.

use super::{text, workspace};
use portvolt::disk::fault::{self, Fault};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const AT: &str = "PORTVOLT_TEST_FAULT_AT";
const KIND: &str = "PORTVOLT_TEST_FAULT";
const WORDS: &str = "PORTVOLT_TEST_WORDS";
/// A command of no more steps has each of them tried.
const EACH: u64 = 20;
/// Steps of a longer one that are tried when not all are.
const TRIED: u64 = 12;

/// The process of one try. As a test among others it does nothing.
#[test]
fn child() {
    let Some(words) = std::env::var_os(WORDS) else { return };
    let words = words.into_string().unwrap();
    let at = std::env::var(AT).unwrap().parse().unwrap();
    match std::env::var(KIND).unwrap().as_str() {
        "count" => fault::count(),
        "full" => fault::arm(at, Fault::Full),
        _ => fault::arm(at, Fault::Kill),
    }
    let exit = portvolt::cli::run(std::iter::once("portvolt").chain(words.split('\u{1f}')).map(OsString::from));
    if let Some(count) = std::env::var_os("PORTVOLT_TEST_COUNT") {
        std::fs::write(count, fault::counted().to_string()).unwrap();
    }
    std::process::exit(i32::from(exit));
}

/// The process of one command, in a folder with others beside it for scratch and cache.
pub(crate) fn spawn(folder: &Path, args: &[&str], kind: &str, at: u64) -> Command {
    let aside = folder.parent().unwrap();
    std::fs::create_dir_all(aside.join("scratch")).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "faults::child", "--nocapture", "--test-threads=1"])
        .env(WORDS, args.join("\u{1f}"))
        .env(KIND, kind)
        .env(AT, at.to_string())
        .env("PORTVOLT_TEST_COUNT", aside.join("count"))
        .env("PORTVOLT_CACHE_DIR", aside.join("cache"))
        .env("TMPDIR", aside.join("scratch"))
        .env("RAYON_NUM_THREADS", "1")
        .current_dir(folder)
        .stderr(Stdio::piped());
    command
}

fn carry_out(folder: &Path, words: &str, kind: &str, at: u64) -> Output {
    let args: Vec<&str> = words.split(' ').collect();
    spawn(folder, &args, kind, at).output().unwrap()
}

/// How many steps a command took that was carried out in a folder beside others.
pub(crate) fn carried_out(aside: &Path) -> u64 {
    std::fs::read_to_string(aside.join("count")).unwrap().parse().unwrap()
}

/// The steps that are tried of so many.
pub(crate) fn tried(steps: u64) -> BTreeSet<u64> {
    let wants_all = std::env::var_os("PORTVOLT_ALL_FAULTS").is_some();
    let stride = if wants_all || steps <= EACH { 1 } else { steps.div_ceil(TRIED) as usize };
    (1..=steps).step_by(stride).chain([steps]).collect()
}

/// A folder for tries: in memory where the system has such a place, for nothing here asks how fast a disk is.
pub(crate) fn place() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// All files below a path, with their bytes; nothing where it is not there.
pub(crate) fn tree(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut left = vec![path.to_path_buf()];
    while let Some(at) = left.pop() {
        if at.is_dir() {
            left.extend(std::fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()));
        } else if at.is_file() {
            out.insert(at.strip_prefix(path).unwrap().to_path_buf(), std::fs::read(&at).unwrap());
        }
    }
    out
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let file = to.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
}

/// A command, what was done before it in the same folder, and where it leaves what.
#[derive(Clone)]
struct Case {
    before: &'static [&'static str],
    words: &'static str,
    /// Folders and files that are there whole, the old one or the new one, each by itself. Nothing: the command prints, and
    /// what it writes on the way is gone when it ends.
    leaves: &'static [&'static str],
}

impl Case {
    /// Is it of this command, `sweep merge` for example?
    fn is_of(&self, command: &str) -> bool {
        self.words.starts_with(command)
    }
}

/// Commands that are not broken on purpose here, and why.
const NOT_TRIED: [(&str, &str); 12] = [
    ("policies", "writes nothing"),
    ("validate", "writes nothing"),
    ("bill", "writes nothing"),
    ("schema", "writes nothing"),
    ("completions", "writes nothing"),
    ("serve", "asked by callers, in `served`"),
    ("sweep status", "writes nothing"),
    ("plugin inspect", "keeps compiled code in a cache that may go at any time"),
    ("plugin check", "keeps compiled code in a cache that may go at any time"),
    ("plugin bench", "keeps compiled code in a cache that may go at any time"),
    ("plugin build", "calls the language's own tool, which writes"),
    ("plugin compile", "the program's own child; writes nothing"),
];

const RUN: &str = "run depot --days 1 --out done --quiet";
const PLAN: &str = "sweep plan study.toml --out sweeps";
const SWEEP: &str = "sweep run sweeps --jobs 1";

fn cases() -> Vec<Case> {
    [runs(), files(), studies()].concat()
}

fn case(before: &'static [&'static str], words: &'static str, leaves: &'static [&'static str]) -> Case {
    Case { before, words, leaves }
}

/// Commands that make runs or look into them.
fn runs() -> Vec<Case> {
    vec![
        case(&[], "init new --template depot_night", &["new"]),
        case(&[], RUN, &["done"]),
        case(&[RUN], "run depot --days 1 --seed 2 --out done --force --csv", &["done"]),
        case(&[], "replay sessions.csv --policy edf --out played --csv --report", &["played"]),
        case(&[RUN], "verify done", &[]),
        case(&[RUN], "fork done --at 2025-06-02T12:00 --set site.depot.limit_kw=800 --out forked", &["forked"]),
        case(&[RUN], "report done", &["done/report.html", "done/manifest.json"]),
        case(&[RUN], "report done --out page.html", &["page.html"]),
        case(&[RUN], "export loadshape done --out shapes", &["shapes/loadshapes.dss"]),
        case(&[RUN], "export ocpp done --out profiles", &["profiles/depot.json"]),
    ]
}

/// Commands that make files of files.
fn files() -> Vec<Case> {
    vec![
        case(&[], "export geojson depot --out map.geojson", &["map.geojson"]),
        case(&[], "import afdc stations.csv --out chargers.geojson", &["chargers.geojson"]),
        case(&[], "import sessions sessions.json --out sessions_of_acn.csv", &["sessions_of_acn.csv"]),
        case(&[], "import load load.csv --out metered.csv", &["metered.csv"]),
        case(&[], "import load load.csv --write-map map.toml", &["map.toml"]),
        case(&[], "import trips trips.csv --sites places.csv --out fleet", &["fleet"]),
        case(
            &["import trips trips.csv --least-stops 1 --out again"],
            "import trips trips.csv --sites places.csv --out again --force",
            &["again"],
        ),
        case(
            &[],
            "import trips trips.csv --sites places.csv --out driven --battery-kwh 400 --kwh-per-km 1.25 --charge-kw 100",
            &["driven/scenario.toml", "driven/hauls.csv"],
        ),
        case(
            &[],
            "import gates gate_log.csv --terminal pier --zone America/Los_Angeles --out gates",
            &["gates/gates.toml", "gates/pier.csv"],
        ),
        case(&[], "import hauls orders.csv --out hauls.csv", &["hauls.csv"]),
        case(&[], "import plan drawn.geojson --units m --out plan.geojson", &["plan.geojson"]),
        case(&[], "import weather weather.csv --out weather.toml", &["weather.toml"]),
        case(&[], "import solar sun.csv --out solar.csv", &["solar.csv"]),
        case(&[], "calibrate depot --meter meter.csv --site depot --out fitted", &["fitted"]),
        case(&[], "man --out pages", &["pages/portvolt.1", "pages/portvolt-run.1"]),
        case(&[], "plugin new my_policy --kind dispatch --lang rust", &["my_policy"]),
    ]
}

/// Commands that make many runs.
fn studies() -> Vec<Case> {
    vec![
        case(&[], PLAN, &["sweeps/study.plan.json"]),
        case(&[PLAN], SWEEP, &["sweeps/study.plan.json"]),
        case(&[PLAN, SWEEP], "sweep merge sweeps --out merged --jobs 1", &["merged"]),
        case(
            &[PLAN],
            "sweep submit sweeps --slurm --parts 2",
            &["sweeps/study.array.sbatch", "sweeps/study.merge.sbatch"],
        ),
        case(&[PLAN, SWEEP], "sweep gc sweeps --unplanned", &["sweeps/study.plan.json"]),
        case(&[], "compare depot --set time.days=1 --strategies bau,edf --replications 2 --out held", &["held"]),
        case(
            &[],
            "sensitivity station --ranges ranges.toml --metric queue_wait_mean_min --replications 1 --points 16 --most 1 --jobs 1 --out doubts",
            &["doubts"],
        ),
        case(&[], "optimize best.toml --jobs 1 --out best", &["best"]),
        case(&[], "optimize best.toml --jobs 1 --part 1/2", &[]),
        case(
            &[],
            "bench-suite --only hydrogen --replications 1 --jobs 1 --out suite",
            &["suite/leaderboard.json", "suite/scenarios/depot/hauls.csv"],
        ),
    ]
}

/// The commands that clap knows, those of groups with their group: `sweep merge`.
fn commands(of: &clap::Command, above: &str, out: &mut BTreeSet<String>) {
    for below in of.get_subcommands().filter(|below| below.get_name() != "help") {
        let name = format!("{above} {}", below.get_name()).trim().to_owned();
        if below.has_subcommands() {
            commands(below, &name, out);
        } else {
            out.insert(name);
        }
    }
}

#[test]
fn every_command_is_broken_or_writes_nothing() {
    let mut all = BTreeSet::new();
    commands(&portvolt::cli::command(), "", &mut all);
    assert!(all.len() > 20, "{all:?}");
    let cases = cases();
    for command in &all {
        let is_tried = cases.iter().any(|case| case.is_of(command));
        let is_named = NOT_TRIED.iter().any(|(name, _)| name == command);
        assert!(is_tried != is_named, "`{command}` needs a case here, or a reason why it has none");
    }
    for (name, _) in NOT_TRIED {
        assert!(all.contains(name), "there is no `{name}` any more");
    }
}

/// One session of ACN-Data.
const ACN: &str = r#"{"_items": [{"sessionID": "a", "spaceID": "CA-1", "timezone": "America/Los_Angeles",
    "connectionTime": "Wed, 25 Apr 2018 11:08:04 GMT", "disconnectTime": "Wed, 25 Apr 2018 13:20:10 GMT",
    "kWhDelivered": 7.9, "userInputs": null}]}"#;
/// One station.
const AFDC: &str = "\
Fuel Type Code,Station Name,Status Code,Groups With Access Code,EV Level2 EVSE Num,EV DC Fast Count,Latitude,Longitude,ID
ELEC,Truck stop,E,Public,2,4,33.84,-118.26,1001
";

/// A visit at a gate.
const GATE_LOG: &str = "Truck,Gate In,Gate Out\nA1,2025-06-06 07:10,2025-06-06 07:50\n";
/// A haul in words of another program.
const ORDERS: &str = "Origin,Destination,Ready,Due\npier,carson,2025-06-02 08:00,2025-06-02 12:00\n";

/// Trips between two places, and these.
const TRIPS: &str = "\
Vehicle,Start,Stop,Distance (km),Latitude,Longitude
A,2025-06-02 06:00,2025-06-02 07:00,40,33.75,-118.25
A,2025-06-02 08:00,2025-06-02 09:00,40,33.84,-118.26
A,2025-06-02 10:00,2025-06-02 11:00,40,33.75,-118.25
";
const PLACES: &str = "site,lat,lon\npier,33.75,-118.25\ndepot,33.84,-118.26\n";
/// A scenario of a moment, for commands that run one many times, and what they are asked.
const STATION: &str = "\
title = \"station\"
[time]
start = \"2025-01-06\"
days = 1
zone = \"UTC\"
[site.station]
kind = \"public\"
lat = 0.0
lon = 0.0
[charger.ports]
site = \"station\"
cabinets = 2
cabinet_kw = 100
efficiency = 0.9
users = [\"visitors\"]
[visits.all]
site = \"station\"
csv = \"../visits.csv\"
";
const VISITS: &str =
    "session_id,arrive_s,depart_s,energy_kwh,max_kw\na,0,7200,50,100\nb,600,9000,50,100\nc,700,9000,50,100\n";
const RANGES: &str = "\"charger.ports.cabinet_kw\" = [80, 120]\n";
const SEARCH: &str = "\
scenario = \"station\"
objective = \"queue_wait_mean_min\"
bound = false
[budget]
runs = 10
replications = 2
[decide]
\"charger.ports.cabinets\" = [1, 2]
";

/// Files of each kind that `import` and studies read, by name.
fn sources() -> [(&'static str, String); 14] {
    let meter = (0..672)
        .map(|at| format!("2025-06-{:02} {:02}:00,{}\n", at / 24 + 1, at % 24, 20 + at % 24))
        .collect::<String>();
    let load = (0..48).map(|at| format!("2025-06-02 {:02}:{:02},5\n", at / 2, at % 2 * 30)).collect::<String>();
    let weather = (1..=12).map(|month| format!("2025,{month},1,12,{}\n", 10 + month)).collect::<String>();
    let sun = (0..8_760).map(|hour| format!("{hour},0.5\n")).collect::<String>();
    [
        ("load.csv", format!("Start,kW\n{load}")),
        ("meter.csv", format!("Start,kW\n{meter}")),
        ("trips.csv", TRIPS.to_owned()),
        ("places.csv", PLACES.to_owned()),
        ("weather.csv", format!("Year,Month,Day,Hour,Temperature\n{weather}")),
        ("sun.csv", format!("hour,kw_per_kw\n{sun}")),
        ("station/scenario.toml", STATION.to_owned()),
        ("visits.csv", VISITS.to_owned()),
        ("ranges.toml", RANGES.to_owned()),
        ("best.toml", SEARCH.to_owned()),
        ("stations.csv", AFDC.to_owned()),
        ("gate_log.csv", GATE_LOG.to_owned()),
        ("orders.csv", ORDERS.to_owned()),
        ("drawn.geojson", include_str!("../yard/small.geojson").to_owned()),
    ]
}

/// The smallest scenario there is, and one file of each kind that a command reads.
fn prepared(case: &Case) -> tempfile::TempDir {
    let all = place();
    let folder = all.path().join("work");
    copy(workspace().path(), &folder);
    let scenario = folder.join("depot/scenario.toml");
    let toml = std::fs::read_to_string(&scenario).unwrap();
    let small = toml.replace("trucks = { ecascadia_438 = 40 }", "trucks = { ecascadia_438 = 3 }");
    assert_ne!(small, toml);
    std::fs::write(&scenario, small).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let study = "scenarios = [\"depot\"]\nsettings = [\"time.days=1\"]\nreplications = 2\nblock = 1\n";
    write("study.toml", study);
    let head = "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n";
    write("sessions.csv", &format!("{head}1,1,1,0,7200,10,11\n2,2,2,3600,9000,8,11\n"));
    write("sessions.json", ACN);
    std::fs::create_dir(folder.join("station")).unwrap();
    for (name, text) in &sources() {
        write(name, text);
    }
    for words in case.before {
        let done = carry_out(&folder, words, "count", 0);
        assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
    }
    all
}

/// One try of a command, and what is left after it.
fn hold(case: &Case, old: &Path, new: &Path, kind: &str, at: u64) {
    let all = place();
    let folder = all.path().join("work");
    copy(old, &folder);
    let done = carry_out(&folder, case.words, kind, at);
    let what = format!("{kind} at step {at} of {:?}", case.words);
    let said = text(&done.stderr);
    for leaf in case.leaves {
        let [now, old, new] =
            [folder.as_path(), old, new].map(|folder| without_place(tree(&folder.join(leaf)), folder));
        let is_whole = now == old || now == new || is_run(&now) && is_run(&new) && now.len() == new.len();
        assert!(is_whole, "{what}: {leaf} is neither the old nor the new one: {:?}", now.keys().collect::<Vec<_>>());
        if done.status.success() {
            assert!(!now.is_empty(), "{what}: it says that it is done, and {leaf} is not there");
        }
    }
    assert!(!said.contains("panicked"), "{what}: {said}");
    if kind == "full" && !done.status.success() {
        assert_eq!(done.status.code(), Some(1), "{what}: {said}");
        assert!(names_a_place(case, &said), "{what}: {said}");
    }
    if kind == "full" {
        let stray = strays(old, new, &folder);
        assert!(stray.is_empty(), "{what}: it leaves {stray:?}");
        let scratch = tree(&all.path().join("scratch"));
        assert!(scratch.is_empty(), "{what}: it leaves {:?}", scratch.keys());
    }
}

/// Files without the path of the folder that they were made in.
fn without_place(files: BTreeMap<PathBuf, Vec<u8>>, folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let place = folder.to_str().unwrap();
    let text = |bytes: Vec<u8>| match String::from_utf8(bytes) {
        Ok(text) => text.replace(place, "").into_bytes(),
        Err(error) => error.into_bytes(),
    };
    files.into_iter().map(|(path, bytes)| (path, text(bytes))).collect()
}

/// Does a message say where it could not write: by the name of what the command leaves, or of the places for scratch and for
/// runs of studies that are kept?
fn names_a_place(case: &Case, said: &str) -> bool {
    let first = |leaf: &&str| said.contains(leaf.split('/').next().unwrap());
    said.contains("No space left on device")
        && (case.leaves.iter().any(first)
            || ["scratch", "searches", "sensitivities"].iter().any(|place| said.contains(place)))
}

/// What neither the folder before nor the one after the whole command has. Unfinished work may stay where it carries the mark by
/// which it is removed later, or where it is a whole run that only found no place.
fn strays(old: &Path, new: &Path, now: &Path) -> Vec<PathBuf> {
    let known: BTreeSet<PathBuf> = tree(old).into_keys().chain(tree(new).into_keys()).collect();
    let mut works = Vec::new();
    unfinished(now, &mut works);
    let is_in_work = |path: &PathBuf| works.iter().any(|work| now.join(path).starts_with(work));
    let files = tree(now).into_keys().filter(|path| !known.contains(path) && !is_in_work(path)).collect::<Vec<_>>();
    let unmarked = works.iter().filter(|work| !work.join(".portvolt-work").is_file() && !is_run(&tree(work)));
    files.into_iter().chain(unmarked.cloned()).collect()
}

/// Folders of unfinished work below a folder.
fn unfinished(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in entries.filter(|path| path.is_dir()) {
        if path.file_name().unwrap().to_string_lossy().contains(".unfinished.") {
            out.push(path);
        } else {
            unfinished(&path, out);
        }
    }
}

/// A finished run, whose manifest holds what all its files are.
pub(crate) fn is_run(tree: &BTreeMap<PathBuf, Vec<u8>>) -> bool {
    let Some(manifest) = tree.get(Path::new("manifest.json")) else { return false };
    let manifest: serde_json::Value = serde_json::from_slice(manifest).unwrap();
    manifest["outputs"].as_object().unwrap().iter().all(|(name, hash)| {
        let file = tree.get(Path::new(name));
        file.is_some_and(|bytes| blake3::hash(bytes).to_hex().as_str() == hash)
    })
}

#[test]
fn what_is_left_is_whole_at_every_step() {
    let only = std::env::var("PORTVOLT_FAULTS_OF").unwrap_or_default();
    for case in cases().iter().filter(|case| case.is_of(&only)) {
        let old = prepared(case);
        let new = place();
        let (old_folder, new_folder) = (old.path().join("work"), new.path().join("work"));
        copy(&old_folder, &new_folder);
        let whole = carry_out(&new_folder, case.words, "count", 0);
        assert!(whole.status.success(), "{:?}: {}", case.words, text(&whole.stderr));
        let steps = carried_out(new.path());
        assert!(steps >= 1, "{:?} changes nothing on the disk", case.words);
        let tried = tried(steps);
        println!("{:?}: {} of {steps} steps", case.words, tried.len());
        let tries: Vec<(u64, &str)> = tried.into_iter().flat_map(|at| [(at, "full"), (at, "kill")]).collect();
        tries.into_par_iter().for_each(|(at, kind)| hold(case, &old_folder, &new_folder, kind, at));
    }
}
