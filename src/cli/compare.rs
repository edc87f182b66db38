//! `portvolt compare`: strategies on the same random days, and which differences hold.

use super::args::{CommonArgs, StudyArgs};
use super::exit::Exit;
use super::output::console::Console;
use super::output::screen::warning;
use super::output::{diagnose, interrupt};
use crate::document::problem::Problems;
use crate::record::folder::{FolderError, RunFolder};
use crate::record::metrics::ScopedMetric;
use crate::scenario::files::scenario_name;
use crate::study::ask::scoped_metric;
use crate::study::compare::answer::{Answer, Ready};
use crate::study::compare::measure::FailedRun;
use crate::study::compare::results::{self, Asked};
use crate::study::compare::screen::screen;
use crate::study::compare::sensitivity::Vary;
use crate::study::compare::words::{Words, share};
use crate::study::compare::{CompareError, strategy};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct CompareArgs {
    /// A folder with `scenario.toml`, or the file, or the name of a scenario that comes with Portvolt.
    #[arg(value_parser = super::args::scenario)]
    scenario: PathBuf,
    /// Strategies, separated by commas: `bau` (the unchanged scenario), an overlay file (a bare name is looked for in
    /// the scenario's folder), a built-in policy of charging, dispatch or adoption, `path=value`, or `charging=`, `dispatch=`,
    /// `yard=`, `hydrogen=`, `adoption=`, `build_out=` or `industry=` with a built-in policy or a plugin's file; parts joined by `+`.
    #[arg(long, value_name = "A,B,...")]
    strategies: Vec<String>,
    /// Adds a strategy that dispatches by this policy.
    #[arg(long, value_name = "POLICY")]
    dispatch: Vec<String>,
    /// Adds a strategy that charges by this policy.
    #[arg(long, value_name = "POLICY")]
    charging: Vec<String>,
    /// The strategy that the others are compared with. Default: the first.
    #[arg(long)]
    baseline: Option<String>,
    /// Replications of each strategy; the first ones with `--until-ci`.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replications: u32,
    /// Go on until the interval of every difference is within this share of the baseline, such as `2%`.
    #[arg(long, value_name = "SHARE", requires = "metric", value_parser = share)]
    until_ci: Option<f64>,
    /// Most replications with `--until-ci`.
    #[arg(long, default_value_t = 200)]
    max_replications: u32,
    /// Say of each strategy how far charging is from the best possible with full knowledge.
    #[arg(long)]
    bound: bool,
    /// Show this metric, such as `peak_kw` of the whole hub or `truck_turn_mean_min@site:terminal`; the one for `--until-ci` and
    /// `--vary`.
    #[arg(long, value_name = "NAME[@SCOPE]", value_parser = scoped_metric)]
    metric: Option<ScopedMetric>,
    /// Change one number, such as `site.depot.limit_kw=-20%,+20%`; may be given more than once.
    #[arg(long, value_name = "PATH=CHANGES", requires = "metric", value_parser = Vary::parse)]
    vary: Vec<Vary>,
    #[command(flatten)]
    common: CommonArgs,
    #[command(flatten)]
    study: StudyArgs,
}

pub(super) fn run(args: &CompareArgs, console: &Console) -> Exit {
    let asked = match words(args).asked() {
        Ok(asked) => asked,
        Err(wrong) => return diagnose::show_wrong(wrong, console),
    };
    match args.study.out("compare", &scenario_name(&args.scenario).unwrap_or_default(), console) {
        Ok(out) => carry_out(&asked, args.study.jobs, &out, args.study.force, console),
        Err(exit) => exit,
    }
}

/// Runs a comparison and leaves its folder. `verify` repeats one through here too.
pub(super) fn carry_out(asked: &Asked, jobs: usize, out: &std::path::Path, force: bool, console: &Console) -> Exit {
    match attempt(asked, jobs, out, force, console) {
        Ok(exit) => exit,
        Err(Failure::Files(problems)) => diagnose::show(&problems, console),
        Err(Failure::Told(exit, message)) => {
            console.error(&message);
            exit
        }
    }
}

enum Failure {
    Files(Problems),
    Told(Exit, String),
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Files(problems)
    }
}

impl From<FailedRun> for Failure {
    fn from(error: FailedRun) -> Self {
        Self::Told(Exit::from(&error.source), error.to_string())
    }
}

impl From<CompareError> for Failure {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Files(problems) => Self::Files(problems),
            CompareError::Run(error) => error.into(),
            CompareError::NoMetric(..) => Self::Told(Exit::BadFiles, error.to_string()),
        }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::Told(Exit::from(&error), error.to_string())
    }
}

/// What is asked for.
fn words(args: &CompareArgs) -> Words {
    let mut strategies: Vec<String> = args.strategies.iter().flat_map(|words| strategy::list(words)).collect();
    strategies.extend(args.dispatch.iter().map(|policy| format!("dispatch={policy}")));
    strategies.extend(args.charging.iter().map(|policy| format!("charging={policy}")));
    Words {
        scenario: args.scenario.clone(),
        settings: args.common.settings(),
        strategies,
        baseline: args.baseline.clone(),
        seed: args.common.seed,
        replications: args.replications,
        until: args.until_ci,
        most_replications: args.max_replications,
        is_bounded: args.bound,
        metric: args.metric.clone(),
        vary: args.vary.clone(),
    }
}

fn attempt(asked: &Asked, jobs: usize, out: &std::path::Path, force: bool, console: &Console) -> Result<Exit, Failure> {
    let ready = Ready::of(asked)?;
    let folder = RunFolder::begin(out, force)?;
    let bar = console.counter(ready.title(asked), ready.runs(asked) as u64, "runs");
    let tick = |strategy: &str| {
        bar.set_message(format!("{}: {strategy}", ready.title(asked)));
        bar.inc(1);
        bar.set_length(bar.length().unwrap_or(0).max(bar.position()));
    };
    let answer = match ready.answer(asked, jobs, &interrupt::listen(), &tick) {
        Ok(answer) => answer,
        Err(error) => {
            folder.discard();
            return Err(error.into());
        }
    };
    bar.finish_and_clear();
    if answer.done.runs.replications() == 0 {
        folder.discard();
        return Err(Failure::Told(Exit::Interrupted, "interrupted before a replication was finished".to_owned()));
    }
    let Answer { done, effects, is_cut } = &answer;
    let path = results::leave(folder, asked, &ready.loaded, done, effects)
        .map_err(|error| Failure::Told(Exit::Failed, error.to_string()))?;
    let title = ready.title(asked);
    if console.is_json() {
        console.print_json(&answer.json(asked, title));
    } else {
        console.print(&screen(&asked.compare, title, done, asked.metric.as_ref(), effects));
        let doubts = results::doubtful(&asked.compare, &ready.loaded).into_iter();
        for doubt in doubts.chain(results::doubts_of_results(&asked.compare, done)) {
            console.print(&format!("\n{}", warning(&doubt)));
        }
        console.print(&format!(
            "\nResults: {0}  (open {0}/report.html; all metrics: {0}/compare.json, {0}/tables)",
            path.display()
        ));
    }
    for failed in done.runs.failed.values() {
        console.error(&format!("{failed}\nIts strategy has no numbers here; those of the others stand."));
    }
    Ok(match done.runs.failed.values().next() {
        _ if *is_cut => Exit::Interrupted,
        Some(failed) => Exit::from(&failed.source),
        None => Exit::Done,
    })
}
