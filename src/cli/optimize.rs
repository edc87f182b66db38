//! `portvolt optimize`: the best of many designs of a scenario, under constraints.

use super::args::StudyArgs;
use super::cluster::{self, ClusterArgs, hand_over};
use super::exit::Exit;
use super::output::console::Console;
use super::output::{diagnose, interrupt};
use crate::disk::read;
use crate::record::folder::RunFolder;
use crate::study::search::run::{SearchError, first_look, first_part, search};
use crate::study::search::study::Search;
use crate::study::search::{notes, results, screen};
use crate::study::sweep::Part;
use crate::study::sweep::slurm::Work;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct OptimizeArgs {
    /// The study: a TOML file that names the scenario, what is to be decided, what counts and what must hold.
    study: PathBuf,
    /// Run only this part of the first look at all designs, such as 3/20, and keep it; when all parts are done, the search goes
    /// on from them.
    #[arg(long, value_name = "K/N", value_parser = Part::parse, conflicts_with = "slurm")]
    part: Option<Part>,
    /// Write the scripts for Slurm, an array of parts and the search after it, and with --yes submit them.
    #[arg(long)]
    slurm: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    run: StudyArgs,
}

pub(super) fn run(args: &OptimizeArgs, console: &Console) -> Exit {
    if let Some(part) = args.part {
        return first(&args.study, part, args.run.jobs, console);
    }
    let name = args.study.file_stem().unwrap_or_default().to_string_lossy();
    let out = match args.run.out("optimize", &name, console) {
        Ok(out) => out,
        Err(exit) => return exit,
    };
    if args.slurm {
        return submit(&args.study, &name, &out, &args.cluster, console);
    }
    carry_out(&args.study, None, args.run.jobs, &out, args.run.force, console)
}

/// Scripts for a cluster: the parts of the first look, and the search after them.
fn submit(study: &Path, name: &str, out: &Path, cluster: &ClusterArgs, console: &Console) -> Exit {
    let designs = match Search::read(study).map(|asked| first_look(&asked)) {
        Ok(Ok(designs)) => designs.len(),
        Ok(Err(error)) => return failed(&error, console),
        Err(problems) => return diagnose::show(&problems, console),
    };
    let handed =
        read::full_path(study).and_then(|study| Ok((study, std::path::absolute(out)?))).map_err(cluster::failed);
    let handed = handed.and_then(|(study, out)| {
        let folder = study.parent().unwrap_or(Path::new("")).to_path_buf();
        hand_over(&Work::search(&study, &out, name), &folder, designs, cluster, console)
    });
    handed.unwrap_or_else(|(exit, message)| {
        console.error(&message);
        exit
    })
}

/// One part of the first look.
fn first(study: &Path, part: Part, jobs: usize, console: &Console) -> Exit {
    let asked = match Search::read(study) {
        Ok(asked) => asked,
        Err(problems) => return diagnose::show(&problems, console),
    };
    match first_part(&asked, part, jobs, &interrupt::listen(), &|_| {}) {
        Ok(count) if console.is_json() => {
            console
                .print_json(&serde_json::json!({ "schema": 1, "part": part.number, "of": part.of, "designs": count }));
            Exit::Done
        }
        Ok(count) => {
            console.print(&format!(
                "Part {} of {}: {count} designs ran on their first random day. When all parts are done: portvolt optimize {}",
                part.number,
                part.of,
                study.display()
            ));
            Exit::Done
        }
        Err(error) => failed(&error, console),
    }
}

fn failed(error: &SearchError, console: &Console) -> Exit {
    console.error(&error.to_string());
    match error {
        SearchError::Interrupted => Exit::Interrupted,
        SearchError::Run { source, .. } => Exit::from(source),
        SearchError::NoMetric(_) | SearchError::Minutes => Exit::BadFiles,
        SearchError::Shard(_) => Exit::Failed,
    }
}

/// Searches and leaves the folder. `verify` repeats one through here too, with the runs that its minutes came to.
pub(super) fn carry_out(
    study: &Path,
    runs: Option<usize>,
    jobs: usize,
    out: &Path,
    force: bool,
    console: &Console,
) -> Exit {
    let mut asked = match Search::read(study) {
        Ok(asked) => asked,
        Err(problems) => return diagnose::show(&problems, console),
    };
    asked.known_runs = runs;
    let folder = match RunFolder::begin(out, force) {
        Ok(folder) => folder,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::from(&error);
        }
    };
    // How many runs a number of minutes comes to shows only later.
    let runs = if asked.minutes.is_some() { runs.unwrap_or(0) } else { asked.budget.runs };
    let bar = console.counter(&asked.name, runs as u64, "runs");
    let found = search(&asked, jobs, &interrupt::listen(), &|count| bar.inc(count as u64));
    bar.finish_and_clear();
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            folder.discard();
            return failed(&error, console);
        }
    };
    let answer = results::answer(&asked, &found);
    let notes = notes::notes(&asked, &found, &answer);
    let path = match results::leave(folder, &asked, &found, &answer, &notes) {
        Ok(path) => path,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::Failed;
        }
    };
    if console.is_json() {
        let mut json = results::json(&asked, &found, &answer, &notes);
        json["dir"] = path.display().to_string().into();
        console.print_json(&json);
    } else {
        console.print(&screen::text(&asked, &found, &answer, &notes));
        console.print(&format!(
            "\nResults: {0}  ({0}/best.toml is an overlay with the design, {0}/optimize.json, {0}/tables/designs.parquet)",
            path.display()
        ));
    }
    if answer.best.is_none() { Exit::Broken } else { Exit::Done }
}
