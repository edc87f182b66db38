//! What `run` and `replay` share: carry a job out, show its progress, print one screen.

use super::exit::Exit;
use super::output::console::Console;
use super::output::{interrupt, screen};
use super::pathway;
use crate::job::{Finished, Job, JobError, Kind, Progress};
use crate::record::folder::RunFolder;
use crate::record::notes::PluginNotes;
use crate::study::fork;
use std::path::Path;

/// Begins the folder of a run, or says why not.
pub(super) fn begin(target: &Path, force: bool, console: &Console) -> Result<RunFolder, Exit> {
    RunFolder::begin(target, force).map_err(|error| {
        console.error(&error.to_string());
        Exit::from(&error)
    })
}

/// Carries a job out and prints what came of it. With `is_strict`, a broken constraint is an exit code of its own.
pub(super) fn carry_out(job: &Job<'_>, is_strict: bool, folder: RunFolder, console: &Console) -> Exit {
    let scenario = &job.loaded.scenario;
    let bar = match &scenario.transition {
        Some(spec) => console.counter(&scenario.title, u64::from(spec.until - spec.from) + 1, "years"),
        None => console.counter(&scenario.title, u64::from(scenario.time.days) * 24, "hours"),
    };
    let mut watch = |progress: &Progress| {
        bar.set_position(u64::from(progress.done));
        if progress.unit == "years" {
            console.note(&progress.told);
        }
    };
    let done = job.carry_out(folder, &interrupt::listen(), &mut watch);
    bar.finish_and_clear();
    match done {
        Ok(finished) => {
            show(job, &finished, console);
            if !is_strict || finished.broken.is_empty() {
                return Exit::Done;
            }
            if !console.is_json() {
                console.error(&format!("--strict: {}", finished.broken.join("\n--strict: ")));
            }
            Exit::Broken
        }
        Err(error) => {
            console.error(&error.to_string());
            match error {
                JobError::Run { error, .. } => Exit::from(&error),
                JobError::Folder(error) => Exit::from(&error),
                JobError::Write { .. } | JobError::Bound(_) => Exit::Failed,
            }
        }
    }
}

fn show(job: &Job<'_>, finished: &Finished, console: &Console) {
    show_notes(&finished.notes, console);
    finished.remarks.iter().for_each(|remark| console.note(remark));
    let (path, metrics) = (&finished.path, &finished.metrics);
    let hint = if job.with_report {
        format!("  (open {}/report.html)", path.display())
    } else {
        format!("  (`portvolt report {}` makes a page of it)", path.display())
    };
    let (screen, extra) = match &finished.kind {
        Kind::Operations { summary, effort, digest } => {
            let extra = serde_json::json!({ "digest": digest, "events": effort.events });
            (screen::screen(job.loaded, summary, metrics, effort), extra)
        }
        Kind::Years(tables) => (pathway::screen(&job.loaded.scenario, tables, metrics), serde_json::json!({})),
    };
    if console.is_json() {
        let mut json = serde_json::json!({ "schema": 1, "dir": path, "metrics": metrics, "broken": finished.broken });
        if job.fork.is_some() {
            json["fork"] = serde_json::to_value(&finished.forked).unwrap_or_default();
        }
        if let (Some(json), Some(extra)) = (json.as_object_mut(), extra.as_object()) {
            json.extend(extra.clone());
        }
        console.print_json(&json);
        return;
    }
    console.print(&screen);
    if let Some((fork, _)) = &job.fork {
        console.print(&fork::screen(fork, &finished.forked));
    }
    console.print(&format!("\nResults: {}{hint}", path.display()));
    if let Kind::Operations { digest, .. } = &finished.kind {
        console.note(&format!("digest of all rows: {}", &digest[..16]));
    }
}

/// What plugins said, and which of their orders were no good.
fn show_notes(notes: &[PluginNotes], console: &Console) {
    for plugin in notes {
        for line in &plugin.log {
            console.note(&format!("{}: {line}", plugin.name));
        }
        if plugin.dropped > 0 {
            let (name, count) = (&plugin.name, plugin.dropped);
            console.warn(&format!("{name}: {count} bad orders were dropped (--strict-plugins ends the run instead):"));
            plugin.examples.iter().for_each(|why| console.warn(&format!("  {why}")));
        }
    }
}
