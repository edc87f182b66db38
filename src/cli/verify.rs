//! `portvolt verify`: does a run, done again from its manifest, give the same bytes?

use super::exit::Exit;
use super::output::console::Console;
use super::replay::ReplayArgs;
use super::{compare, fork, optimize, replay, run, sensitivity};
use crate::disk::Scratch;
use crate::disk::of_run;
use crate::disk::read::Kind;
use crate::document::problem::short;
use crate::record::folder::{MANIFEST, Manifest, REQUEST, files, hidden, nameless, no_files};
use crate::study::compare::results::Asked;
use crate::study::verify::{differing, fates, input_hash, kept};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// So many names of a list are told.
const MOST_LISTED: usize = 20;

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// The folder of a finished run or comparison. Start this where the run was started: its paths are relative.
    dir: PathBuf,
}

pub(super) fn verify(args: &VerifyArgs, console: &Console) -> Exit {
    let manifest = match Manifest::read(&args.dir) {
        Ok(manifest) if manifest.scenario.is_empty() => {
            let message = "this is a merged sweep: `portvolt sweep run` and `sweep merge` in another --out repeat it";
            console.error(message);
            return Exit::BadFiles;
        }
        Ok(manifest) => manifest,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::BadFiles;
        }
    };
    let version = env!("CARGO_PKG_VERSION");
    if manifest.portvolt != version {
        let made_by = short(&manifest.portvolt);
        console.note(&format!("made by portvolt {made_by}, this is {version}: numbers may differ"));
    }
    let inputs = fates(&manifest.inputs, input_hash);
    let wrong = differing(&inputs);
    if !wrong.is_empty() {
        let message = format!("not the inputs of this run: {}; it cannot be repeated", listed(&wrong));
        if console.is_json() {
            console.print_json(&serde_json::json!({ "schema": 1, "same": false, "inputs": inputs, "error": message }));
        } else {
            console.error(&message);
        }
        return Exit::BadFiles;
    }
    let scratch = match Scratch::new() {
        Ok(scratch) => scratch,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::Failed;
        }
    };
    let again = scratch.path().join("again");
    let exit = repeat(&manifest, &again);
    // A search that confirms no design ends with 6 and is whole.
    let is_done = matches!(exit, Exit::Done | Exit::Broken);
    let Some(repeated) = Manifest::read(&again).ok().filter(|_| is_done) else {
        let why = if exit == Exit::Interrupted {
            "interrupted: nothing is said of this run"
        } else {
            "the run could not be repeated"
        };
        console.error(why);
        return if is_done { Exit::Failed } else { exit };
    };
    tell(args, &manifest, &repeated, console)
}

/// Does it again, silently, in another folder.
fn repeat(manifest: &Manifest, again: &Path) -> Exit {
    let console = Console::silent();
    match &manifest.study {
        None if manifest.command == "replay" => match ReplayArgs::again(manifest, again) {
            Ok(args) => replay::replay(&args, &console),
            Err(setting) => {
                console.error(&format!("the manifest's setting `{setting}` is none of a replay"));
                Exit::BadFiles
            }
        },
        None => run::run(&run::RunArgs::again(manifest, again), &console),
        Some(study) if manifest.command == "fork" => match serde_json::from_value(study.clone()) {
            Ok(asked) => fork::again(manifest, asked, again, &console),
            Err(error) => {
                console.error(&format!("the manifest's fork cannot be read: {error}"));
                Exit::BadFiles
            }
        },
        Some(study) if manifest.command == "optimize" => {
            let runs = study["runs"].as_u64().map(|runs| runs as usize);
            if let Some(study) = study["study"].as_str() {
                optimize::carry_out(Path::new(study), runs, 0, again, true, &console)
            } else {
                console.error("the manifest names no study");
                Exit::BadFiles
            }
        }
        Some(study) if manifest.command == "sensitivity" => match serde_json::from_value(study.clone()) {
            Ok(asked) => sensitivity::carry_out(&asked, 0, again, true, &console),
            Err(error) => {
                console.error(&format!("the manifest's sensitivity cannot be read: {error}"));
                Exit::BadFiles
            }
        },
        Some(study) => match serde_json::from_value::<Asked>(study.clone()) {
            Ok(asked) => match asked.wrong() {
                None => compare::carry_out(&asked, 0, again, true, &console),
                Some(wrong) => {
                    console.error(&format!("the manifest's study cannot be repeated: {wrong}"));
                    Exit::BadFiles
                }
            },
            Err(error) => {
                console.error(&format!("the manifest's study cannot be read: {error}"));
                Exit::BadFiles
            }
        },
    }
}

/// What is wrong with a folder, by kind of finding.
#[derive(Debug, Default)]
struct Findings {
    /// Files that hold other bytes than the manifest says, or are gone.
    damaged: Vec<String>,
    /// Files that come out otherwise.
    differ: Vec<String>,
    /// Tables that come out with other rows.
    rows: Vec<String>,
    /// What the run makes or reads, and its manifest does not list; and what lies in its folder and no run leaves.
    unlisted: Vec<String>,
    /// What the manifest says of the run, and the run does not say of itself.
    claims: Vec<String>,
}

/// Parts of a manifest that the run itself says, whoever asked for it.
const SAID: [&str; 4] = ["command", "plugins", "provenance", "title"];

impl Findings {
    fn is_same(&self) -> bool {
        [&self.damaged, &self.differ, &self.rows, &self.unlisted, &self.claims].iter().all(|list| list.is_empty())
    }
}

/// The manifest says what was left, not what is looked at: that is what the run leaves when it is done again, and whatever
/// lies in the folder under a name that passes for a result.
fn find(args: &VerifyArgs, manifest: &Manifest, repeated: &Manifest) -> Findings {
    let kept = kept(&args.dir, &manifest.outputs);
    // The request is of the server, which is not asked again.
    let made = manifest.outputs.iter().filter(|(name, _)| *name != REQUEST);
    let made = made.map(|(name, hash)| (name.clone(), hash.clone())).collect();
    let outputs = fates(&made, |name| repeated.outputs.get(name).cloned());
    let rows = fates(&manifest.rows, |table| repeated.rows.get(table).cloned());
    let lacks = |listed: &BTreeMap<String, String>, all: &BTreeMap<String, String>| -> Vec<String> {
        all.keys().filter(|name| !listed.contains_key(*name)).cloned().collect()
    };
    let mut unlisted = lacks(&manifest.outputs, &repeated.outputs);
    let is_left = |name: &String| {
        let is_listed = [manifest, repeated].iter().any(|it| it.outputs.contains_key(name));
        is_listed || name == MANIFEST
    };
    let foreign = files(&args.dir).into_iter().filter(|name| !is_left(name));
    unlisted.extend(foreign.map(|name| format!("{name} (a file that no run leaves)")));
    let no_files = no_files(&args.dir);
    unlisted.extend(no_files.iter().map(|(name, what)| format!("{name} ({what})")));
    match nameless(&args.dir) {
        0 => {}
        count => unlisted.push(format!("{count} with a name that is no text")),
    }
    unlisted.extend(lacks(&manifest.rows, &repeated.rows).into_iter().map(|table| format!("rows of {table}")));
    unlisted.extend(lacks(&manifest.inputs, &repeated.inputs).into_iter().map(|input| format!("input {input}")));
    let known = serde_json::to_value(manifest).unwrap_or_default();
    let foreign = keys(&args.dir).into_iter().filter(|key| known.get(key).is_none());
    unlisted.extend(foreign.map(|key| format!("{key:?} (a key of the manifest that means nothing)")));
    unlisted.sort();
    unlisted.dedup();
    let said = [manifest, repeated].map(|it| serde_json::to_value(it).unwrap_or_default());
    let claims = SAID.iter().filter(|name| said[0][**name] != said[1][**name]).map(|name| (*name).to_owned()).collect();
    let in_place = |told: String| {
        let found = told.strip_suffix(" (missing)").and_then(|name| Some((name, no_files.get(name)?)));
        found.map(|(name, what)| format!("{name} ({what} is in its place)")).unwrap_or(told)
    };
    let damaged = differing(&kept).into_iter().map(in_place).collect();
    Findings { damaged, differ: differing(&outputs), rows: differing(&rows), unlisted, claims }
}

/// The keys that a manifest's file has, known or not.
fn keys(dir: &Path) -> Vec<String> {
    let text = of_run::text(dir, MANIFEST, Kind::Manifest).unwrap_or_default();
    let keys: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&text).ok();
    keys.into_iter().flatten().map(|(key, _)| key).collect()
}

/// The first of a list, and how many more there are: a folder of a stranger may hold any number of names of any length.
fn listed(list: &[String]) -> String {
    let first: Vec<String> = list.iter().take(MOST_LISTED).map(|item| short(item)).collect();
    let more = list.len() - first.len();
    first.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}

fn tell(args: &VerifyArgs, manifest: &Manifest, repeated: &Manifest, console: &Console) -> Exit {
    let findings = find(args, manifest, repeated);
    let is_same = findings.is_same();
    let Findings { damaged, differ, rows, unlisted, claims } = &findings;
    if console.is_json() {
        let kept = kept(&args.dir, &manifest.outputs);
        let outputs = fates(&manifest.outputs, |name| repeated.outputs.get(name).cloned());
        console.print_json(&serde_json::json!({
            "schema": 1, "same": is_same, "kept": kept, "repeated": outputs, "rows_that_differ": rows,
            "unlisted": unlisted, "claims_that_differ": claims,
        }));
    } else if is_same {
        let count = manifest.outputs.len();
        console.print(&format!("The same: {count} files, done again, have the bytes of {}.", args.dir.display()));
    } else {
        let told = [
            ("Not as the run left it", damaged),
            ("Done again, comes out otherwise", differ),
            ("Tables with other rows", rows),
            ("Not in the manifest, which lists all that a run reads and leaves", unlisted),
            ("Not what the run says of itself", claims),
        ];
        for (what, list) in told.into_iter().filter(|(_, list)| !list.is_empty()) {
            console.print(&format!("{what}: {}", listed(list)));
        }
    }
    let hidden = hidden(&args.dir);
    if !hidden.is_empty() {
        console.note(&format!("also there, hidden, and of no run: {}", listed(&hidden)));
    }
    if is_same { Exit::Done } else { Exit::Failed }
}
