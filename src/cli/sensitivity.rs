//! `portvolt sensitivity`: which doubtful numbers decide a result, and which to measure first.

use super::args::{CommonArgs, StudyArgs};
use super::exit::Exit;
use super::output::console::Console;
use super::output::{diagnose, interrupt};
use crate::record::folder::RunFolder;
use crate::record::metrics::MetricName;
use crate::scenario::files::scenario_name;
use crate::study::ask::metric;
use crate::study::compare::strategy;
use crate::study::influence::words::{MOST, POINTS, REPLICATIONS, Words, threshold};
use crate::study::influence::{Asked, InfluenceError, KEPT, THRESHOLD, influence, results, screen};
use clap::builder::RangedI64ValueParser;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct SensitivityArgs {
    /// A folder with `scenario.toml`, or the file, or the name of a scenario that comes with Portvolt.
    #[arg(value_parser = super::args::scenario)]
    scenario: PathBuf,
    /// The metric of the whole hub. Default: the yearly cost, the net present value, the bill, the wait or the work, whichever a run has first.
    #[arg(long, value_name = "NAME", value_parser = metric)]
    metric: Option<MetricName>,
    /// One strategy, or two to choose between, as in `portvolt compare`.
    #[arg(long, value_name = "A,B")]
    strategies: Vec<String>,
    /// A TOML file of ranges, `"site.depot.load_kw" = [40, 80]` a line: they come before those of sources.
    #[arg(long, value_name = "FILE")]
    ranges: Option<PathBuf>,
    /// Vary the numbers of `--ranges` and no other.
    #[arg(long, requires = "ranges")]
    only: bool,
    /// Random days behind every answer.
    #[arg(long, default_value_t = 2, value_parser = count(&REPLICATIONS))]
    replications: u32,
    /// Points behind the shares.
    #[arg(long, default_value_t = 128, value_parser = count(&POINTS))]
    points: u32,
    /// A number that explains at least this share of the spread is not left out.
    #[arg(long, default_value_t = THRESHOLD, value_name = "SHARE", value_parser = threshold)]
    threshold: f64,
    /// Most numbers whose shares are worked out.
    #[arg(long, default_value_t = 12, value_parser = count(&MOST))]
    most: u32,
    #[command(flatten)]
    common: CommonArgs,
    #[command(flatten)]
    study: StudyArgs,
}

/// A count within a range.
fn count(range: &RangeInclusive<u32>) -> RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(i64::from(*range.start())..=i64::from(*range.end()))
}

pub(super) fn run(args: &SensitivityArgs, console: &Console) -> Exit {
    let asked = match words(args).asked() {
        Ok(asked) => asked,
        Err(wrong) => return diagnose::show_wrong(wrong, console),
    };
    match args.study.out("sensitivity", &scenario_name(&args.scenario).unwrap_or_default(), console) {
        Ok(out) => carry_out(&asked, args.study.jobs, &out, args.study.force, console),
        Err(exit) => exit,
    }
}

/// What is asked for.
fn words(args: &SensitivityArgs) -> Words {
    Words {
        settings: args.common.settings(),
        strategies: args.strategies.iter().flat_map(|words| strategy::list(words)).collect(),
        metric: args.metric,
        ranges_file: args.ranges.clone(),
        only_ranges: args.only,
        seed: args.common.seed,
        replications: args.replications,
        points: args.points,
        threshold: args.threshold,
        most: args.most,
        ..Words::of(args.scenario.clone())
    }
}

/// The question, for the progress output.
fn names(asked: &Asked) -> String {
    let strategies: Vec<&str> = asked.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
    strategies.join(" and ")
}

/// Answers and leaves the folder. `verify` repeats one through here too.
pub(super) fn carry_out(asked: &Asked, jobs: usize, out: &Path, force: bool, console: &Console) -> Exit {
    let folder = match RunFolder::begin(out, force) {
        Ok(folder) => folder,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::from(&error);
        }
    };
    // What the screening leaves decides how many points there are.
    let bar = console.counter(&names(asked), 0, "points");
    let tick = |count: usize| bar.inc(count as u64);
    let kept = out.parent().unwrap_or(Path::new("")).join(KEPT);
    let done = influence(asked, &kept, jobs, &interrupt::listen(), &tick);
    bar.finish_and_clear();
    let (done, loaded) = match done {
        Ok(done) => done,
        Err(error) => {
            folder.discard();
            return match error {
                InfluenceError::Files(problems) => diagnose::show(&problems, console),
                error => {
                    console.error(&error.to_string());
                    match error {
                        InfluenceError::Interrupted => Exit::Interrupted,
                        InfluenceError::Run(error) => Exit::from(&error),
                        InfluenceError::Shard(_) => Exit::Failed,
                        _ => Exit::BadFiles,
                    }
                }
            };
        }
    };
    let title = loaded.first().map(|loaded| loaded.scenario.title.clone()).unwrap_or_default();
    let path = match results::leave(folder, asked, &loaded, &done) {
        Ok(path) => path,
        Err(error) => {
            console.error(&error.to_string());
            return Exit::Failed;
        }
    };
    if console.is_json() {
        let mut json = results::json(asked, &title, &done);
        json["dir"] = path.display().to_string().into();
        console.print_json(&json);
    } else {
        console.print(&screen::text(asked, &title, &done));
        console.print(&format!("\nResults: {0}  ({0}/sensitivity.json, {0}/tables/numbers.parquet)", path.display()));
    }
    Exit::Done
}
