//! `portvolt optimize`: the best of many designs of a scenario, under constraints.

use super::exit::Exit;
use super::output::console::Console;
use super::output::{diagnose, interrupt};
use crate::record::folder::RunFolder;
use crate::study::search::run::{SearchError, first_part, search};
use crate::study::search::study::Search;
use crate::study::search::{results, screen};
use crate::study::sweep::Part;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct OptimizeArgs {
    /// The study: a TOML file that names the scenario, what is to be decided, what counts and what must hold.
    study: PathBuf,
    /// Run only this part of the first look at all designs, such as 3/20, and keep it; when all parts are done, the search goes
    /// on from them.
    #[arg(long, value_name = "K/N", value_parser = Part::parse)]
    part: Option<Part>,
    /// Threads. Default: one a core. No result depends on it.
    #[arg(long, default_value_t = 0)]
    jobs: usize,
    /// Folder for the results. Default: runs/optimize_NAME-of-the-study.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite a finished one.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &OptimizeArgs, console: &Console) -> Exit {
    if let Some(part) = args.part {
        return first(&args.study, part, args.jobs, console);
    }
    let out = args.out.clone().unwrap_or_else(|| {
        let name = args.study.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        PathBuf::from("runs").join(format!("optimize_{name}"))
    });
    carry_out(&args.study, args.jobs, &out, args.force, console)
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
        SearchError::NoMetric(_) => Exit::BadFiles,
        SearchError::Shard(_) => Exit::Failed,
    }
}

/// Searches and leaves the folder. `verify` repeats one through here too.
pub(super) fn carry_out(study: &Path, jobs: usize, out: &Path, force: bool, console: &Console) -> Exit {
    let asked = match Search::read(study) {
        Ok(asked) => asked,
        Err(problems) => return diagnose::show(&problems, console),
    };
    let folder = match RunFolder::begin(out, force) {
        Ok(folder) => folder,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::from(&error);
        }
    };
    let bar = console.counter(asked.budget.runs as u64, "runs");
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
    let path = match results::leave(folder, &asked, &found, &answer) {
        Ok(path) => path,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::Failed;
        }
    };
    if console.is_json() {
        let mut json = results::json(&asked, &found, &answer);
        json["dir"] = path.display().to_string().into();
        console.print_json(&json);
    } else {
        console.print(&screen::text(&asked, &found, &answer));
        console.print(&format!(
            "\nResults: {0}  ({0}/best.toml is an overlay with the design, {0}/optimize.json, {0}/tables/designs.parquet)",
            path.display()
        ));
    }
    if answer.best.is_none() { Exit::Broken } else { Exit::Done }
}
