//! `portvolt run`: simulates a scenario, prints one screen, leaves a folder.

use super::args::{ScenarioArgs, set_twice};
use super::exit::Exit;
use super::files;
use super::output::console::Console;
use super::output::diagnose;
use super::plugin::compiled;
use super::policies::PolicyArgs;
use super::simulate::{begin, carry_out};
use crate::job::{Bounded, Job};
use crate::kernel::calendar::{DAY_S, parse_date};
use crate::record::folder::Manifest;
use crate::scenario::files::scenario_name;
use crate::scenario::load::{Request, load};
use crate::scenario::shipped;
use crate::sim::Options;
use crate::study::ask::Wrong;
use crate::transition::baseline::Baseline;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// First day, such as 2025-06-02 (instead of the scenario's).
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day, such as 2025-06-08.
    #[arg(long, value_name = "DATE", conflicts_with = "days")]
    to: Option<String>,
    /// How many days (instead of the scenario's).
    #[arg(long)]
    days: Option<u32>,
    /// Seed of every random stream.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which replication of the seed.
    #[arg(long, default_value_t = 0)]
    replication: u32,
    /// Folder for the results. Default: runs/NAME of the scenario's folder, or of its file where that is no scenario.toml.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite a finished run.
    #[arg(long)]
    force: bool,
    /// Operational step, seconds.
    #[arg(long, value_name = "SECONDS")]
    tick: Option<u32>,
    /// Control interval, seconds.
    #[arg(long, value_name = "SECONDS")]
    interval: Option<u32>,
    /// Write the tables as CSV too.
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    policies: PolicyArgs,
    /// End the run at the first bad order of a plugin instead of dropping it.
    #[arg(long)]
    strict_plugins: bool,
    /// Exit with 6 when a session left below its target, a haul lapsed, work was left undone or a limit was passed; in a
    /// transition, when a goal was missed or a rule could not be kept.
    #[arg(long)]
    strict: bool,
    /// In a transition: simulate every day of every year instead of sampled weeks.
    #[arg(long)]
    full_years: bool,
    /// In a transition: the folder of a finished run to compare with; gives the abatement cost.
    #[arg(long, value_name = "DIR")]
    baseline: Option<PathBuf>,
    /// Say how far charging is from the best possible with full knowledge: energy, peaks, cost.
    #[arg(long)]
    bound: bool,
    /// The folder of a finished `portvolt sensitivity` of this scenario: the report then says which doubtful numbers decide.
    #[arg(long, value_name = "DIR")]
    sensitivity: Option<PathBuf>,
    /// Write what policies see and order at each decision into DIR, a JSON object a line, for work on a policy away from the
    /// run.
    #[arg(long, value_name = "DIR")]
    record_views: Option<PathBuf>,
    /// Print the time of each step of the simulation.
    #[arg(long)]
    profile: bool,
}

impl RunArgs {
    /// The run of a manifest, in another folder.
    pub(super) fn again(manifest: &Manifest, out: &Path) -> Self {
        let is_csv = |path: &String| Path::new(path).extension().is_some_and(|extension| extension == "csv");
        Self {
            scenario: ScenarioArgs {
                scenario: PathBuf::from(&manifest.scenario),
                strategy: manifest.overlays.iter().map(PathBuf::from).collect(),
                settings: manifest.settings.clone(),
            },
            from: None,
            to: None,
            days: None,
            seed: manifest.seed,
            replication: manifest.replication,
            out: Some(out.to_path_buf()),
            force: true,
            tick: None,
            interval: None,
            csv: manifest.outputs.keys().any(is_csv),
            strict: false,
            strict_plugins: false,
            policies: PolicyArgs::default(),
            full_years: false,
            record_views: None,
            bound: manifest.compared_with.contains_key("bound"),
            baseline: manifest.compared_with.get("baseline").map(PathBuf::from),
            sensitivity: manifest.compared_with.get("sensitivity").map(PathBuf::from),
            profile: false,
        }
    }
}

pub(super) fn run(args: &RunArgs, console: &Console) -> Exit {
    let (request, told) = request(args);
    if !told.is_empty() {
        let problems = load(&request).err().unwrap_or_default();
        return diagnose::show_wrong(Wrong { told, problems }, console);
    }
    let mut loaded = match load(&request) {
        Ok(loaded) => loaded,
        Err(problems) => return diagnose::show(&problems, console),
    };
    if let Some(name) = shipped::name_of(&request.path) {
        console.note(&format!(
            "{name} is a scenario that comes with Portvolt: `portvolt init DIR --template {name}` makes a copy to change"
        ));
    }
    loaded.record_views.clone_from(&args.record_views);
    if let Err(exit) = compiled::prepare(&loaded, console) {
        return exit;
    }
    let baseline = match args.baseline.as_deref().map(Baseline::read).transpose() {
        Ok(baseline) => baseline,
        Err(message) => {
            console.error(&message);
            return Exit::BadFiles;
        }
    };
    let name = scenario_name(&args.scenario.scenario).unwrap_or_else(|| "run".to_owned());
    let out = files::out(args.out.as_ref(), &name, console);
    let folder = match out.and_then(|out| begin(&out, args.force, console)) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let (profile, strict_plugins) = (args.profile, args.strict_plugins);
    let options =
        Options { seed: args.seed, replication: args.replication, profile, strict_plugins, ..Options::default() };
    let job = Job {
        loaded: &loaded,
        options,
        command: "run",
        scenario: request.path.display().to_string(),
        overlays: request.overlays.iter().map(|path| path.display().to_string()).collect(),
        settings: request.settings.clone(),
        with_csv: args.csv,
        with_report: true,
        bound: if args.bound { Bounded::Run } else { Bounded::No },
        sensitivity: args.sensitivity.clone(),
        fork: None,
        baseline: args.baseline.clone().zip(baseline),
    };
    carry_out(&job, args.strict, folder, console)
}

/// Options of the command line become settings, which the scenario's own checks then judge; and what is wrong with those that
/// cannot become any.
fn request(args: &RunArgs) -> (Request, Vec<String>) {
    let (mut request, mut told) = (args.scenario.request(), Vec::new());
    // Before what `--set` says, which may be about the policy chosen here.
    match args.policies.settings() {
        Ok(settings) => _ = request.settings.splice(0..0, settings),
        Err(wrong) => told.push(wrong),
    }
    let mut set = |path: &str, value: String| request.settings.push(format!("{path}={value}"));
    if let Some(from) = &args.from {
        set("time.start", format!("\"{from}\""));
    }
    if let Some(tick) = args.tick {
        set("time.tick_s", tick.to_string());
    }
    if let Some(interval) = args.interval {
        set("time.interval_s", interval.to_string());
    }
    if let Some(days) = args.days {
        set("time.days", days.to_string());
    }
    if args.full_years {
        set("transition.full_years", "true".to_owned());
    }
    match args.to.as_ref().map(|to| days_to(to, args, &request)) {
        Some(Ok(days)) => request.settings.push(format!("time.days={days}")),
        Some(Err(wrong)) => told.extend(wrong),
        None => {}
    }
    told.extend(set_twice(&request.settings));
    (request, told)
}

/// How many days there are up to a last one.
///
/// # Errors
/// What is wrong with the dates; nothing where it is the scenario, which says so itself.
fn days_to(to: &str, args: &RunArgs, request: &Request) -> Result<i64, Option<String>> {
    let date = |option: &str, text: &str| parse_date(text).map_err(|error| Some(format!("{option} {text}: {error}")));
    let last = date("--to", to)?;
    let from = match &args.from {
        Some(from) => from.clone(),
        None => load(request).map_err(|_| None)?.scenario.time.start,
    };
    let days = last.duration_since(date("--from", &from)?).as_secs() / DAY_S + 1;
    if days < 1 {
        return Err(Some(format!("--to {to} is before the first day, {from}")));
    }
    Ok(days)
}
