//! `portvolt verify`: does a run, done again from its manifest, give the same bytes?

use super::exit::Exit;
use super::output::console::Console;
use super::replay::ReplayArgs;
use super::{compare, replay, run};
use crate::record::folder::Manifest;
use crate::study::compare::results::Asked;
use crate::study::verify::{differing, fates, file_hash, input_hash, read_manifest};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// The folder of a finished run or comparison. Start this where the run was started: its paths are relative.
    dir: PathBuf,
}

pub(super) fn verify(args: &VerifyArgs, console: &Console) -> Exit {
    let manifest = match read_manifest(&args.dir) {
        Ok(manifest) if manifest.scenario.is_empty() => {
            let message = "this is a merged sweep: `portvolt sweep run` and `sweep merge` in another --out repeat it";
            console.error(message);
            return Exit::BadFiles;
        }
        Ok(manifest) => manifest,
        Err(message) => {
            console.error(&message);
            return Exit::BadFiles;
        }
    };
    let version = env!("CARGO_PKG_VERSION");
    if manifest.portvolt != version {
        console.note(&format!("made by portvolt {}, this is {version}: numbers may differ", manifest.portvolt));
    }
    let inputs = fates(&manifest.inputs, input_hash);
    let wrong = differing(&inputs);
    if !wrong.is_empty() {
        let message = format!("not the inputs of this run: {}; it cannot be repeated", wrong.join(", "));
        if console.is_json() {
            console.print_json(&serde_json::json!({ "schema": 1, "same": false, "inputs": inputs, "error": message }));
        } else {
            console.error(&message);
        }
        return Exit::BadFiles;
    }
    let again = std::env::temp_dir().join(format!("portvolt-verify-{}", std::process::id()));
    let exit = repeat(&manifest, &again);
    let repeated = if exit == Exit::Done { read_manifest(&again).ok() } else { None };
    let _ = std::fs::remove_dir_all(&again);
    let Some(repeated) = repeated else {
        console.error("the run could not be repeated");
        return if exit == Exit::Done { Exit::Failed } else { exit };
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
        Some(study) => match serde_json::from_value::<Asked>(study.clone()) {
            Ok(asked) => compare::carry_out(&asked, 0, again, true, &console),
            Err(error) => {
                console.error(&format!("the manifest's study cannot be read: {error}"));
                Exit::BadFiles
            }
        },
    }
}

fn tell(args: &VerifyArgs, manifest: &Manifest, repeated: &Manifest, console: &Console) -> Exit {
    let kept = fates(&manifest.outputs, |name| file_hash(&args.dir.join(name)));
    let outputs = fates(&manifest.outputs, |name| repeated.outputs.get(name).cloned());
    let rows = differing(&fates(&manifest.rows, |table| repeated.rows.get(table).cloned()));
    let (damaged, differ) = (differing(&kept), differing(&outputs));
    let is_same = damaged.is_empty() && differ.is_empty() && rows.is_empty();
    if console.is_json() {
        console.print_json(&serde_json::json!({
            "schema": 1, "same": is_same, "kept": kept, "repeated": outputs, "rows_that_differ": rows,
        }));
    } else if is_same {
        let count = manifest.outputs.len();
        console.print(&format!("The same: {count} files, done again, have the bytes of {}.", args.dir.display()));
    } else {
        if !damaged.is_empty() {
            console.print(&format!("Not as the run left it: {}", damaged.join(", ")));
        }
        if !differ.is_empty() {
            console.print(&format!("Done again, comes out otherwise: {}", differ.join(", ")));
        }
        if !rows.is_empty() {
            console.print(&format!("Tables with other rows: {}", rows.join(", ")));
        }
    }
    if is_same { Exit::Done } else { Exit::Failed }
}
