//! `portvolt bench-suite`: the frozen scenarios, every built-in strategy, a leaderboard.

use super::exit::Exit;
use super::output::console::Console;
use super::output::{diagnose, interrupt};
use crate::disk::whole;
use crate::document::problem::nearest;
use crate::study::ask::strategies;
use crate::study::compare::CompareError;
use crate::study::compare::screen::figure;
use crate::study::compare::strategy::Strategy;
use crate::study::suite::{Entry, Line, SUITE, SUITE_VERSION, score, spec, write_out};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The leaderboard's file name.
const LEADERBOARD: &str = "leaderboard.json";

#[derive(Debug, clap::Args)]
pub(super) struct SuiteArgs {
    /// Adds a strategy that dispatches by this policy.
    #[arg(long, value_name = "POLICY")]
    dispatch: Vec<String>,
    /// Adds a strategy that charges by this policy.
    #[arg(long, value_name = "POLICY")]
    charging: Vec<String>,
    /// Only these scenarios.
    #[arg(long, value_delimiter = ',', value_name = "NAME,...")]
    only: Vec<String>,
    /// Replications of each strategy. Scores compare at the default only.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replications: u32,
    /// Seed of every random stream. Scores compare at the default only.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads, at most four a core. Default: one a core. No result depends on it.
    #[arg(long, default_value_t = 0)]
    jobs: usize,
    /// Folder for the frozen scenarios and the leaderboard.
    #[arg(long, value_name = "DIR", default_value = "runs/suite")]
    out: PathBuf,
    /// Overwrite a leaderboard.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &SuiteArgs, console: &Console) -> Exit {
    let unknown: Vec<&String> =
        args.only.iter().filter(|name| SUITE.iter().all(|entry| entry.name != name.as_str())).collect();
    let help = |name: &str| nearest(name, SUITE.iter().map(|entry| entry.name)).unwrap_or_default();
    let mut told: Vec<String> =
        unknown.iter().map(|name| format!("the suite has no `{name}`: {}", help(name))).collect();
    let folder = args.out.join("scenarios");
    let more = args.dispatch.iter().map(|policy| format!("dispatch={policy}"));
    let more: Vec<String> = more.chain(args.charging.iter().map(|policy| format!("charging={policy}"))).collect();
    let (more, wrong) = strategies(&more, &folder);
    told.extend(wrong);
    if !told.is_empty() {
        console.error(&told.join("\n"));
        return Exit::BadFiles;
    }
    if args.out.join(LEADERBOARD).exists() && !args.force {
        let place = args.out.display();
        console.error(&format!("{place} holds a leaderboard; choose another --out, or overwrite it with --force"));
        return Exit::BadFiles;
    }
    if let Err(error) = write_out(&folder) {
        console.error(&error.to_string());
        return Exit::Failed;
    }
    let chosen = SUITE.iter().filter(|entry| args.only.is_empty() || args.only.iter().any(|name| name == entry.name));
    match all(args, &folder, &chosen.collect::<Vec<_>>(), &more, console) {
        Ok(exit) => exit,
        Err(CompareError::Files(problems)) => diagnose::show(&problems, console),
        Err(error) => {
            console.error(&error.to_string());
            match error {
                CompareError::Run(failed) => Exit::from(&failed.source),
                _ => Exit::Failed,
            }
        }
    }
}

fn all(
    args: &SuiteArgs,
    folder: &Path,
    entries: &[&Entry],
    more: &[Strategy],
    console: &Console,
) -> Result<Exit, CompareError> {
    let strategies: usize = entries.iter().map(|entry| entry.strategies(more).len()).sum();
    let bar = console.counter("suite", strategies as u64 * u64::from(args.replications), "runs");
    let stop = interrupt::listen();
    let mut lines = Vec::new();
    let mut exit = Exit::Done;
    for entry in entries {
        let spec = spec(folder, entry, more, args.seed, args.replications);
        let tick = |strategy: &str| {
            bar.set_message(format!("{}: {strategy}", entry.name));
            bar.inc(1);
        };
        let (scored, done) = score(entry, &spec, args.jobs, &stop, &tick)?;
        if done.runs.is_interrupted {
            console.note("interrupted: a leaderboard needs all of its replications");
            return Ok(Exit::Interrupted);
        }
        lines.extend(scored);
        for failed in done.runs.failed.values() {
            console.error(&format!("{}: {failed}\nIts strategy has no place here.", entry.name));
            exit = Exit::from(&failed.source);
        }
    }
    bar.finish_and_clear();
    let json = serde_json::json!({
        "schema": 1, "suite": SUITE_VERSION, "portvolt": env!("CARGO_PKG_VERSION"), "seed": args.seed,
        "replications": args.replications, "leaderboard": lines,
    });
    let path = args.out.join(LEADERBOARD);
    if let Err(error) = whole::write(&path, format!("{json:#}")) {
        console.error(&error.to_string());
        return Ok(Exit::Failed);
    }
    if console.is_json() {
        console.print_json(&json);
    } else {
        console.print(&table(args, &lines));
        console.print(&format!("\nLeaderboard: {}", path.display()));
    }
    Ok(exit)
}

fn table(args: &SuiteArgs, lines: &[Line]) -> String {
    let mut out = format!(
        "Portvolt {}, suite {SUITE_VERSION}, {} replications of seed {}\n",
        env!("CARGO_PKG_VERSION"),
        args.replications,
        args.seed
    );
    let mut last = "";
    let width = lines.iter().map(|line| line.strategy.chars().count()).max().unwrap_or(8);
    for line in lines {
        if line.scenario != last {
            last = line.scenario;
            let bound =
                line.bound.map_or("no bound known".to_owned(), |bound| format!("bound {}", figure(Some(bound))));
            let _ = writeln!(out, "\n{last} ({}), by {}, {bound}", &line.scenario_hash[..16], line.metric);
            let _ = writeln!(
                out,
                "  {:<8} {:<width$} {:>12} {:>10}  {:>5} {:>10}  rows",
                "place", "strategy", "score", "+-95 %", "best", "bad orders"
            );
        }
        let place = match line.places {
            _ if line.is_below_service => "unserved".to_owned(),
            Some((first, last)) if first == last => first.to_string(),
            Some((first, last)) => format!("{first}-{last}"),
            None => "-".to_owned(),
        };
        let best = line.probability_best.map_or("-".to_owned(), |best| format!("{:.0} %", 100.0 * best));
        let (score, spread, rejected) = (figure(line.score), figure(line.half_width), figure(line.rejected));
        let _ = writeln!(
            out,
            "  {place:<8} {:<width$} {score:>12} {spread:>10}  {best:>5} {rejected:>10}  {}",
            line.strategy,
            &line.digest[..16]
        );
    }
    out.push_str("\nA range of places means that the data do not order the strategies. `unserved` ranks last: it leaves work undone.");
    out
}
