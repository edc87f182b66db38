//! `portvolt compare`: strategies on the same random days, and which differences hold.

use super::args::{CommonArgs, StudyArgs};
use super::exit::Exit;
use super::output::console::Console;
use super::output::screen::warning;
use super::output::{diagnose, interrupt};
use crate::document::problem::{Problems, nearest};
use crate::record::folder::{FolderError, RunFolder};
use crate::record::metrics::MetricName;
use crate::scenario::files::scenario_name;
use crate::scenario::load::load;
use crate::study::compare::measure::FailedRun;
use crate::study::compare::results::Asked;
use crate::study::compare::screen::screen;
use crate::study::compare::sensitivity::Vary;
use crate::study::compare::strategy::{self, Strategy};
use crate::study::compare::{CompareError, CompareSpec, Target, compare, load_all, results, sensitivity};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct CompareArgs {
    /// A folder with `scenario.toml`, or the file, or the name of a scenario that comes with Portvolt.
    #[arg(value_parser = super::args::scenario)]
    scenario: PathBuf,
    /// Strategies, separated by commas: `bau` (the unchanged scenario), an overlay file (a bare name is looked for in
    /// the scenario's folder), a built-in policy of charging, dispatch or adoption, `path=value`, or `charging=`, `dispatch=`,
    /// `hydrogen=`, `adoption=` or `build_out=` with a built-in policy or a plugin's file; parts joined by `+`.
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
    /// Show this metric of the whole hub; the one for `--until-ci` and `--vary`.
    #[arg(long, value_name = "NAME", value_parser = metric)]
    metric: Option<MetricName>,
    /// Change one number, such as `site.depot.limit_kw=-20%,+20%`; may be given more than once.
    #[arg(long, value_name = "PATH=CHANGES", requires = "metric", value_parser = Vary::parse)]
    vary: Vec<Vary>,
    #[command(flatten)]
    common: CommonArgs,
    #[command(flatten)]
    study: StudyArgs,
}

fn share(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').map_or_else(|| text.parse(), |percent| percent.parse().map(|x: f64| x / 100.0));
    number.ok().filter(|share: &f64| *share > 0.0 && *share < 1.0).ok_or_else(|| "write it as `2%`".to_owned())
}

pub(super) fn run(args: &CompareArgs, console: &Console) -> Exit {
    let asked = match asked(args) {
        Ok(asked) => asked,
        Err((told, problems)) => return diagnose::show_with(&told, problems, console),
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

/// Words as strategies, and what is wrong with those that are none: all of it.
pub(super) fn strategies(words: &[String], scenario: &Path) -> (Vec<Strategy>, Vec<String>) {
    let (mut strategies, mut wrong): (Vec<Strategy>, Vec<String>) = (Vec::new(), Vec::new());
    for word in words {
        match Strategy::parse(word, scenario) {
            Ok(strategy) if strategies.iter().any(|known| known.name == strategy.name) => {
                wrong.push(format!("`{word}` is named twice"));
            }
            Ok(strategy) => strategies.push(strategy),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    (strategies, wrong)
}

/// What is wrong with a scenario and with strategies on it.
pub(super) fn problems_of(scenario: &Path, settings: &[String], strategies: &[Strategy]) -> Problems {
    let wrong = |strategy: &Strategy| load(&strategy.request(scenario, settings, &[])).err();
    let mut problems = wrong(&Strategy::unchanged()).unwrap_or_default();
    // Those of the scenario itself would be told of each strategy.
    if problems.list.is_empty() {
        strategies.iter().filter_map(wrong).for_each(|wrong| problems.append(wrong));
    }
    problems
}

fn asked(args: &CompareArgs) -> Result<Asked, (Vec<String>, Problems)> {
    let mut words: Vec<String> = args.strategies.iter().flat_map(|words| strategy::list(words)).collect();
    words.extend(args.dispatch.iter().map(|policy| format!("dispatch={policy}")));
    words.extend(args.charging.iter().map(|policy| format!("charging={policy}")));
    let baseline = args.baseline.clone().or_else(|| words.first().cloned()).unwrap_or_else(|| "bau".to_owned());
    if !words.contains(&baseline) {
        words.insert(0, baseline.clone());
    }
    let (strategies, wrong) = strategies(&words, &args.scenario);
    if !wrong.is_empty() {
        return Err((wrong, problems_of(&args.scenario, &args.common.settings(), &strategies)));
    }
    let baseline = strategies.iter().position(|strategy| strategy.name == baseline.trim()).unwrap_or(0);
    let target = args.until_ci.zip(args.metric).map(|(share, metric)| Target {
        metric,
        share,
        most: args.max_replications.max(args.replications),
    });
    let compare = CompareSpec {
        scenario: args.scenario.clone(),
        settings: args.common.settings(),
        strategies,
        baseline,
        seed: args.common.seed,
        replications: args.replications,
        target,
        is_bounded: args.bound,
    };
    Ok(Asked { compare, vary: args.vary.clone(), metric: args.metric })
}

/// A metric by its name, or the nearest one that there is.
pub(super) fn metric(name: &str) -> Result<MetricName, String> {
    let known = MetricName::ALL.iter().map(|metric| metric.as_str());
    MetricName::parse(name).ok_or_else(|| nearest(name, known).unwrap_or_else(|| "there is no such metric".to_owned()))
}

fn attempt(asked: &Asked, jobs: usize, out: &std::path::Path, force: bool, console: &Console) -> Result<Exit, Failure> {
    let spec = &asked.compare;
    let loaded = load_all(spec)?;
    let variations = sensitivity::load_variations(spec, &loaded, &asked.vary)?;
    let folder = RunFolder::begin(out, force)?;
    let result = (|| {
        let stop = interrupt::listen();
        let whole = spec.replications as usize * (loaded.len() + variations.len());
        let bar = console.counter(whole as u64, "runs");
        let tick = || {
            bar.inc(1);
            bar.set_length(bar.length().unwrap_or(0).max(bar.position()));
        };
        let done = compare(spec, &loaded, jobs, &stop, &tick)?;
        if done.runs.replications() == 0 {
            return Err(Failure::Told(Exit::Interrupted, "interrupted before a replication was finished".to_owned()));
        }
        let Some(metric) = asked.metric else {
            bar.finish_and_clear();
            return Ok((done, Vec::new(), false));
        };
        if done.total(metric).is_none() {
            return Err(CompareError::NoMetric(metric).into());
        }
        let (effects, is_cut) = sensitivity::effects(spec, &done.runs, &variations, metric, jobs, &stop, &tick)?;
        bar.finish_and_clear();
        Ok((done, effects, is_cut))
    })();
    let (done, effects, is_cut) = match result {
        Ok(done) => done,
        Err(failure) => {
            folder.discard();
            return Err(failure);
        }
    };
    let path = results::leave(folder, asked, &loaded, &done, &effects)
        .map_err(|error| Failure::Told(Exit::Failed, error.to_string()))?;
    let title = &loaded[spec.baseline].1.scenario.title;
    if console.is_json() {
        console.print_json(&results::json(asked, title, &done, &effects));
    } else {
        console.print(&screen(spec, title, &done, asked.metric, &effects));
        for doubt in results::doubtful(spec, &loaded) {
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
        _ if done.runs.is_interrupted || is_cut => Exit::Interrupted,
        Some(failed) => Exit::from(&failed.source),
        None => Exit::Done,
    })
}
