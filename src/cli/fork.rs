//! `portvolt fork`: a finished run, replayed to a time, goes on under a change.

use super::exit::Exit;
use super::output::console::Console;
use super::output::{diagnose, interrupt};
use super::plugin::compiled;
use super::policies::PolicyArgs;
use super::simulate::{begin, carry_out};
use crate::job::{Bounded, Job};
use crate::record::folder::Manifest;
use crate::scenario::files::overlay_path;
use crate::sim::Options;
use crate::sim::fork::lists;
use crate::study::fork::{Asked, Fork, ForkError};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ForkArgs {
    /// The folder of a finished run, or fork. Start this where the run was started: its paths are relative.
    run: PathBuf,
    /// When it forks: a local time inside the run, such as 2025-06-04T12:00, at the start of a control interval.
    #[arg(long, value_name = "TIME")]
    at: String,
    /// A TOML file that changes some of the scenario from then on; may be given more than once. A bare name is looked for
    /// in the scenario's folder.
    #[arg(long, value_name = "FILE")]
    strategy: Vec<PathBuf>,
    /// Change one value from then on, such as `site.depot.limit_kw=800`; may be given more than once.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    settings: Vec<String>,
    #[command(flatten)]
    policies: PolicyArgs,
    /// Folder for the results. Default: `RUN_fork`, beside the run.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite a finished fork.
    #[arg(long)]
    force: bool,
    /// Write the tables as CSV too.
    #[arg(long)]
    csv: bool,
}

/// An example of the command.
pub(super) const EXAMPLE: &str =
    "Example: portvolt fork runs/depot_night --at 2025-06-04T12:00 --set site.depot.limit_kw=800";

/// The same, and what can change on the way and what cannot.
pub(super) fn long_help() -> String {
    format!("{EXAMPLE}\n\n{}", lists())
}

pub(super) fn fork(args: &ForkArgs, console: &Console) -> Exit {
    let manifest = match Manifest::read(&args.run) {
        Ok(manifest) => manifest,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::BadFiles;
        }
    };
    let asked = match asked(args, &manifest) {
        Ok(asked) => asked,
        Err(message) => {
            console.error(&message);
            return Exit::BadFiles;
        }
    };
    let out = args.out.clone().unwrap_or_else(|| {
        let name = args.run.file_name().unwrap_or_default().to_string_lossy().into_owned();
        args.run.with_file_name(format!("{name}_fork"))
    });
    attempt(&manifest, asked, &out, (args.force, args.csv), console)
}

fn asked(args: &ForkArgs, manifest: &Manifest) -> Result<Asked, String> {
    let overlay = |name: &PathBuf| overlay_path(Path::new(&manifest.scenario), name);
    let mut settings = args.policies.settings()?;
    settings.extend(args.settings.iter().cloned());
    let overlays = args.strategy.iter().map(overlay).collect();
    Asked::of((Some(&args.run), manifest), args.at.clone(), overlays, settings).map_err(|error| error.to_string())
}

/// The fork of a manifest once more, in another folder.
pub(super) fn again(manifest: &Manifest, asked: Asked, out: &Path, console: &Console) -> Exit {
    let is_csv = |path: &String| Path::new(path).extension().is_some_and(|extension| extension == "csv");
    attempt(manifest, asked, out, (true, manifest.outputs.keys().any(is_csv)), console)
}

fn attempt(manifest: &Manifest, asked: Asked, out: &Path, (force, with_csv): (bool, bool), console: &Console) -> Exit {
    let failed = |error: ForkError| match error {
        ForkError::Files(problems) => diagnose::show(&problems, console),
        ForkError::Asked(message) => {
            console.error(&message);
            Exit::BadFiles
        }
        ForkError::Run(error) => {
            console.error(&error.to_string());
            Exit::from(&error)
        }
    };
    let fork = match Fork::of(manifest, asked) {
        Ok(fork) => fork,
        Err(error) => return failed(error),
    };
    let mut scenarios = std::iter::once(&fork.loaded).chain(fork.turns.iter().map(|turn| &turn.changed));
    if let Err(exit) = scenarios.try_for_each(|loaded| compiled::prepare(loaded, console)) {
        return exit;
    }
    let folder = match begin(out, force, console) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let options = Options { seed: manifest.seed, replication: manifest.replication, ..Options::default() };
    let run = match fork.run(manifest, &options, &interrupt::listen()) {
        Ok(run) => run,
        Err(error) => {
            folder.discard();
            return failed(error);
        }
    };
    let job = Job {
        loaded: &fork.loaded,
        options,
        command: "fork",
        scenario: manifest.scenario.clone(),
        overlays: manifest.overlays.clone(),
        settings: manifest.settings.clone(),
        with_csv,
        with_report: true,
        bound: Bounded::No,
        sensitivity: None,
        fork: Some((&fork, run)),
        baseline: None,
    };
    carry_out(&job, false, folder, console)
}
