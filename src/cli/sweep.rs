//! `portvolt sweep`: plan, run in parts, look, merge, submit, clean up.

use super::cluster::{ClusterArgs, Told, failed, hand_over};
use super::exit::Exit;
use super::output::console::Console;
use super::output::{diagnose, interrupt};
use crate::disk::read::{self, Kind};
use crate::disk::{self, whole};
use crate::record::folder::FolderError;
use crate::study::sweep::merge::{MergeError, merge};
use crate::study::sweep::plan::{Plan, PlanError, plan};
use crate::study::sweep::shard::Store;
use crate::study::sweep::slurm::Work;
use crate::study::sweep::{self, Part, Ran, Status};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(super) enum SweepCommand {
    /// Write down which runs a study has.
    #[command(after_help = "Example: portvolt sweep plan study.toml")]
    Plan {
        /// The study, a TOML file: scenarios, strategies, `[grid]`, `[latin_hypercube]`, replications.
        study: PathBuf,
        /// Folder of the sweep; several may share one. Default: sweeps, beside the study.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Replace another plan of this name. Finished shards stay.
        #[arg(long)]
        force: bool,
    },
    /// Do what is not done yet, or one part of it.
    #[command(after_help = "Example: portvolt sweep run sweeps --jobs 2")]
    Run {
        /// The plan, or a folder that holds one.
        plan: PathBuf,
        /// Part K of N. Default: what `SLURM_ARRAY_TASK_ID` or `JOB_COMPLETION_INDEX` say, else everything.
        #[arg(long, value_name = "K/N", value_parser = Part::parse)]
        part: Option<Part>,
        /// Of how many parts the scheduler's number is one.
        #[arg(long, value_name = "N", conflicts_with = "part")]
        parts: Option<u32>,
        /// Threads, at most four a core. Default: one a core. No result depends on it.
        #[arg(long, default_value_t = 0)]
        jobs: usize,
    },
    /// Say what is done and what is missing. Exit code 3 when something is.
    #[command(after_help = "Example: portvolt sweep status sweeps")]
    Status {
        /// The plan, or a folder that holds one.
        plan: PathBuf,
        /// Threads, at most four a core. Default: one a core.
        #[arg(long, default_value_t = 0)]
        jobs: usize,
    },
    /// Put the results together. Exit code 3 when something is missing.
    #[command(after_help = "Example: portvolt sweep merge sweeps --out merged")]
    Merge {
        /// The plan, or a folder that holds one.
        plan: PathBuf,
        /// Folder for the tables. Default: NAME.merged, beside the plan.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Replace the merge of another plan of this name.
        #[arg(long)]
        force: bool,
        /// Threads, at most four a core. Default: one a core.
        #[arg(long, default_value_t = 0)]
        jobs: usize,
    },
    /// Write the scripts for a cluster, and with --yes submit them.
    #[command(after_help = "Example: portvolt sweep submit sweeps --slurm --parts 20")]
    Submit {
        /// The plan, or a folder that holds one.
        plan: PathBuf,
        /// For Slurm: an array of parts, and a merge after it.
        #[arg(long, required = true)]
        slurm: bool,
        #[command(flatten)]
        cluster: ClusterArgs,
    },
    /// Remove temporary files older than a day and damaged shards.
    #[command(after_help = "Example: portvolt sweep gc sweeps --unplanned")]
    Gc {
        /// The folder of the sweep.
        dir: PathBuf,
        /// Remove also shards that no plan in the folder names.
        #[arg(long)]
        unplanned: bool,
    },
}

pub(super) fn run(command: &SweepCommand, console: &Console) -> Exit {
    let done = match command {
        SweepCommand::Plan { study, out, force } => make_plan(study, out.as_deref(), *force, console),
        SweepCommand::Run { plan, part, parts, jobs } => run_part(plan, *part, *parts, *jobs, console),
        SweepCommand::Status { plan, jobs } => look(plan, *jobs, console),
        SweepCommand::Merge { plan, out, force, jobs } => put_together(plan, out.as_deref(), *force, *jobs, console),
        SweepCommand::Submit { plan, cluster, .. } => submit(plan, cluster, console),
        SweepCommand::Gc { dir, unplanned } => clean(dir, *unplanned, console),
    };
    match done {
        Ok(exit) => exit,
        Err((exit, message)) => {
            console.error(&message);
            exit
        }
    }
}

fn folder_of(plan: &Path) -> PathBuf {
    plan.parent().map(PathBuf::from).unwrap_or_default()
}

/// The plans in a folder, by name.
fn plans_in(folder: &Path) -> Vec<PathBuf> {
    disk::list(folder).into_iter().filter(|name| name.ends_with(".plan.json")).map(|name| folder.join(name)).collect()
}

/// The plan that is meant, and where it lies.
fn open(path: &Path) -> Result<(PathBuf, Plan), (Exit, String)> {
    let bad = |message: String| (Exit::BadFiles, message);
    let path = if path.is_dir() {
        let plans = plans_in(path);
        match plans.as_slice() {
            [one] => one.clone(),
            [] => return Err(bad(format!("{} holds no plan; `portvolt sweep plan` makes one", path.display()))),
            several => {
                let names: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
                return Err(bad(format!("{} holds several plans; name one: {}", path.display(), names.join(", "))));
            }
        }
    } else {
        path.to_path_buf()
    };
    let plan = Plan::read(&path).map_err(|error: PlanError| bad(error.to_string()))?;
    Ok((path, plan))
}

fn make_plan(study: &Path, out: Option<&Path>, force: bool, console: &Console) -> Told {
    let planned = match plan(study) {
        Ok(planned) => planned,
        Err(problems) => return Ok(diagnose::show(&problems, console)),
    };
    let folder = out.map_or_else(|| folder_of(study).join("sweeps"), PathBuf::from);
    let path = Plan::path(&folder, &planned.name);
    let text = serde_json::to_string(&planned).map_err(failed)?;
    match read::text(&path, Kind::Json) {
        Ok(old) if old == text => {}
        Ok(_) if !force => {
            let told = format!(
                "{} is another plan; rename the study, choose another --out, or replace it with --force (finished \
                 shards stay)",
                path.display()
            );
            return Err((Exit::BadFiles, told));
        }
        _ => {
            whole::write(&path, &text).map_err(failed)?;
        }
    }
    if console.is_json() {
        console.print_json(&serde_json::json!({
            "schema": 1, "plan": path, "shards": planned.shards(), "runs": planned.runs(),
            "cells": planned.cells.len(), "points": planned.design.points.len(),
        }));
    } else {
        console.print(&format!(
            "{} shards, {} runs: {} strategies (over all scenarios), {} design points, {} replications each.\nPlan: {path}\n\
             Next: portvolt sweep run {path}",
            planned.shards(),
            planned.runs(),
            planned.cells.len(),
            planned.design.points.len(),
            planned.replications,
            path = path.display(),
        ));
    }
    Ok(Exit::Done)
}

fn part_of_scheduler(parts: Option<u32>) -> Result<Part, (Exit, String)> {
    let found = Part::from_scheduler(parts, |name| std::env::var(name).ok());
    match found.map_err(|message| (Exit::Usage, message))? {
        Some(part) => Ok(part),
        None if parts.is_none() => Ok(Part::WHOLE),
        None => {
            let message = "--parts needs a scheduler's SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX; else --part K/N";
            Err((Exit::Usage, message.to_owned()))
        }
    }
}

fn run_part(path: &Path, part: Option<Part>, parts: Option<u32>, jobs: usize, console: &Console) -> Told {
    let part = part.map_or_else(|| part_of_scheduler(parts), Ok)?;
    let (path, plan) = open(path)?;
    plan.check_inputs().map_err(|error| (Exit::BadFiles, error.to_string()))?;
    let store = Store::of(&folder_of(&path));
    let stop = interrupt::listen();
    let bar = console.counter("sweep", part.shards(&plan).count() as u64, "shards");
    let ran = sweep::run(&plan, &store, part, jobs, &stop, &|| bar.inc(1)).map_err(failed)?;
    bar.finish_and_clear();
    Ok(tell_run(&plan, part, &ran, console))
}

fn tell_run(plan: &Plan, part: Part, ran: &Ran, console: &Console) -> Exit {
    let Ran { done, found, mended, failed, .. } = ran;
    let of = part.shards(plan).count();
    if console.is_json() {
        let failures: Vec<_> = failed
            .iter()
            .map(|(number, why)| serde_json::json!({ "shard": plan.key(*number), "what": plan.describe(*number), "why": why }))
            .collect();
        console.print_json(&serde_json::json!({
            "schema": 1, "part": part.number, "of": part.of, "shards": of, "done": done, "found": found,
            "mended": mended, "failed": failures, "refused": ran.refused, "interrupted": ran.is_interrupted,
        }));
    } else {
        let part = if part.of > 1 { format!("Part {} of {}: ", part.number, part.of) } else { String::new() };
        let damage = if *mended > 0 { format!(" ({mended} of them were damaged)") } else { String::new() };
        console.print(&format!("{part}{of} shards: {found} were done, {done} done now{damage}."));
    }
    for (number, why) in failed.iter().take(10) {
        console.note(&format!("failed: {}: {why}", plan.describe(*number)));
    }
    if let Some(why) = &ran.refused {
        console.note(&format!("{why}\nThe shards that are done are kept: make room and run again."));
        return Exit::Failed;
    }
    if ran.is_interrupted {
        console.note("interrupted; finished shards are kept: run again to go on");
        return Exit::Interrupted;
    }
    match (failed.is_empty(), ran.has_bad_policy) {
        (true, _) => Exit::Done,
        (false, true) => Exit::BadPolicy,
        (false, false) => Exit::Failed,
    }
}

fn look(path: &Path, jobs: usize, console: &Console) -> Told {
    let (path, plan) = open(path)?;
    let status = sweep::status(&plan, &Store::of(&folder_of(&path)), jobs);
    tell_status(&plan, &status, console);
    Ok(if status.done == plan.shards() { Exit::Done } else { Exit::Incomplete })
}

fn tell_status(plan: &Plan, status: &Status, console: &Console) {
    let Status { done, missing, damaged, unreadable } = status;
    if console.is_json() {
        let list = |numbers: &mut dyn Iterator<Item = usize>| -> Vec<serde_json::Value> {
            numbers
                .map(|number| serde_json::json!({ "shard": plan.key(number), "what": plan.describe(number) }))
                .collect()
        };
        console.print_json(&serde_json::json!({
            "schema": 1, "shards": plan.shards(), "done": done,
            "missing": list(&mut missing.iter().copied()), "damaged": list(&mut damaged.iter().map(|shard| shard.0)),
            "unreadable": list(&mut unreadable.iter().map(|shard| shard.0)),
        }));
        return;
    }
    let mut out = format!("{done} of {} shards are done", plan.shards());
    if !(missing.is_empty() && damaged.is_empty()) {
        let _ = write!(out, ", {} missing, {} damaged: `portvolt sweep run` does them.", missing.len(), damaged.len());
    } else if unreadable.is_empty() {
        out.push_str(": `portvolt sweep merge` puts them together.");
    }
    if !unreadable.is_empty() {
        let _ = write!(out, "\n{} cannot be read: mend or remove the files, then run again.", unreadable.len());
    }
    for number in missing.iter().take(20) {
        let _ = write!(out, "\n  missing  {}", plan.describe(*number));
    }
    for (number, why) in damaged.iter().take(20) {
        let _ = write!(out, "\n  damaged  {}: {why}", plan.describe(*number));
    }
    for (number, why) in unreadable.iter().take(20) {
        let _ = write!(out, "\n  unreadable  {}: {why}", plan.describe(*number));
    }
    let more: usize =
        [missing.len(), damaged.len(), unreadable.len()].map(|count| count.saturating_sub(20)).iter().sum();
    if more > 0 {
        let _ = write!(out, "\n  and {more} more (--format json lists all)");
    }
    console.print(&out);
}

fn put_together(path: &Path, out: Option<&Path>, force: bool, jobs: usize, console: &Console) -> Told {
    let (path, plan) = open(path)?;
    let folder = folder_of(&path);
    let target = out.map_or_else(|| folder.join(format!("{}.merged", plan.name)), PathBuf::from);
    match merge(&plan, &Store::of(&folder), &target, force, jobs) {
        Ok(merged) if console.is_json() => {
            let rows = &merged.rows;
            console.print_json(
                &serde_json::json!({ "schema": 1, "dir": merged.path, "rows": merged.count, "digests": rows }),
            );
            Ok(Exit::Done)
        }
        Ok(merged) => {
            console.print(&format!("{} rows of {} runs in {}", merged.count, plan.runs(), merged.path.display()));
            Ok(Exit::Done)
        }
        Err(MergeError::Incomplete(status)) => {
            tell_status(&plan, &status, console);
            console.note("nothing was merged");
            Ok(Exit::Incomplete)
        }
        Err(error @ MergeError::Folder(FolderError::Finished(_))) => Err((Exit::BadFiles, error.to_string())),
        Err(error) => Err(failed(error)),
    }
}

fn submit(path: &Path, cluster: &ClusterArgs, console: &Console) -> Told {
    let (path, plan) = open(path)?;
    let path = read::full_path(&path).map_err(failed)?;
    let folder = folder_of(&path);
    hand_over(&Work::sweep(&path, &plan.name), &folder, plan.shards(), cluster, console)
}

fn clean(dir: &Path, unplanned: bool, console: &Console) -> Told {
    let mut keys = BTreeSet::new();
    if unplanned {
        // While a plan cannot be read nothing is deleted: its shards may be needed.
        for path in plans_in(dir) {
            let (_, plan) = open(&path)?;
            keys.extend((0..plan.shards()).map(|shard| plan.key(shard)));
        }
    }
    let store = Store::of(dir);
    if !store.folder().is_dir() {
        return Err((Exit::BadFiles, format!("{} holds no shards", dir.display())));
    }
    let gone = sweep::collect_garbage(&store, unplanned.then_some(&keys)).map_err(failed)?;
    if console.is_json() {
        console.print_json(&serde_json::json!({ "schema": 1, "removed": gone }));
    } else {
        console.print(&format!("{} files removed.", gone.len()));
    }
    Ok(Exit::Done)
}
