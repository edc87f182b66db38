//! `portvolt sensitivity`: which doubtful numbers decide a result, and which to measure first.

use super::args::{CommonArgs, StudyArgs};
use super::compare::{problems_of, strategies};
use super::exit::Exit;
use super::output::console::Console;
use super::output::{diagnose, interrupt};
use crate::disk::read::{self, Kind};
use crate::document::problem::Problems;
use crate::record::folder::RunFolder;
use crate::record::metrics::MetricName;
use crate::scenario::files::scenario_name;
use crate::study::compare::strategy;
use crate::study::influence::{
    self, Asked, InfluenceError, KEPT, SCREENING_POINTS, THRESHOLD, influence, results, screen,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct SensitivityArgs {
    /// A folder with `scenario.toml`, or the file, or the name of a scenario that comes with Portvolt.
    #[arg(value_parser = super::args::scenario)]
    scenario: PathBuf,
    /// The metric of the whole hub. Default: the yearly cost, the net present value, the bill, the wait or the work, whichever a run has first.
    #[arg(long, value_name = "NAME", value_parser = super::compare::metric)]
    metric: Option<MetricName>,
    /// One strategy, or two to choose between, as in `portvolt compare`.
    #[arg(long, value_name = "A,B")]
    strategies: Vec<String>,
    /// A TOML file of ranges, `"site.depot.load_kw" = [40, 80]` a line: they come before those of sources.
    #[arg(long, value_name = "FILE")]
    ranges: Option<PathBuf>,
    /// Random days behind every answer.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    replications: u32,
    /// Points behind the shares.
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u32).range(16..=65_536))]
    points: u32,
    /// A number that explains at least this share of the spread is not left out.
    #[arg(long, default_value_t = THRESHOLD, value_name = "SHARE", value_parser = threshold)]
    threshold: f64,
    /// Most numbers whose shares are worked out.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=128))]
    most: u32,
    #[command(flatten)]
    common: CommonArgs,
    #[command(flatten)]
    study: StudyArgs,
}

fn threshold(text: &str) -> Result<f64, String> {
    let share = text.strip_suffix('%').map_or_else(|| text.parse(), |percent| percent.parse().map(|x: f64| x / 100.0));
    share
        .ok()
        .filter(|share: &f64| (1e-4..=0.5).contains(share))
        .ok_or_else(|| "write it as `2%`, 0.01 to 50".to_owned())
}

pub(super) fn run(args: &SensitivityArgs, console: &Console) -> Exit {
    let asked = match asked(args) {
        Ok(asked) => asked,
        Err((told, problems)) => return diagnose::show_with(&told, problems, console),
    };
    match args.study.out("sensitivity", &scenario_name(&args.scenario).unwrap_or_default(), console) {
        Ok(out) => carry_out(&asked, args.study.jobs, &out, args.study.force, console),
        Err(exit) => exit,
    }
}

fn asked(args: &SensitivityArgs) -> Result<Asked, (Vec<String>, Problems)> {
    let mut words: Vec<String> = args.strategies.iter().flat_map(|words| strategy::list(words)).collect();
    if words.is_empty() {
        words.push(strategy::AS_IT_IS[0].to_owned());
    }
    let (strategies, mut told) = strategies(&words, &args.scenario);
    if words.len() > 2 {
        told.push("name one strategy, or the two to choose between".to_owned());
    }
    let (mut ranges, mut problems) = (BTreeMap::new(), Problems::default());
    if let Some(path) = &args.ranges {
        let name = path.display().to_string();
        match read::text(path, Kind::Toml).map(|text| influence::ranges(&name, &text)) {
            Ok(Ok(read)) => ranges = read,
            Ok(Err(wrong)) => problems.append(wrong),
            Err(error) => told.push(format!("{name} {error}")),
        }
    }
    if !told.is_empty() || !problems.list.is_empty() {
        problems.append(problems_of(&args.scenario, &args.common.settings(), &strategies));
        return Err((told, problems));
    }
    Ok(Asked {
        scenario: args.scenario.clone(),
        settings: args.common.settings(),
        strategies,
        metric: args.metric,
        ranges,
        seed: args.common.seed,
        replications: args.replications,
        points: args.points,
        screening_points: SCREENING_POINTS,
        threshold: args.threshold,
        most: args.most,
        within: None,
    })
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
    let bar = console.counter(0, "points");
    let tick = |count: usize| {
        bar.inc(count as u64);
        bar.set_length(bar.position());
    };
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
