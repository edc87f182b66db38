//! `portvolt plugin`: look into a plugin, try it, compare it with the built-in policies.

pub(super) mod compiled;
mod new;

use crate::cli::args::ScenarioArgs;
use crate::cli::exit::Exit;
use crate::cli::output::console::Console;
use crate::cli::output::diagnose;
use crate::plugin::trial::{Trial, trial};
use crate::plugin::{Description, Plugin, PluginError, PluginKind, compile_for_parent, inspect, kind_of};
use crate::policy::decide::{is_asked, names};
use crate::policy::kind::{KindFacts, PolicyKind, for_kind};
use crate::policy::spec::{PluginLimits, split_params};
use crate::record::metrics::{Metric, MetricName, TOTAL, value_of};
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::scenario::plugin_file::PluginFile;
use crate::sim::RunError;
use crate::study::real_views::{self, RealViews};
use crate::study::replicate::replicate;
use clap::Subcommand;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Load a plugin and try it on made-up views (empty, huge, odd; twice and by turns) and on those of a short real run.
    #[command(after_help = "Example: portvolt plugin check my_policy/my_policy.wasm")]
    Check {
        /// The plugin's file.
        file: PathBuf,
    },
    /// Say what a file is: its kind, imports, exports, size, hash.
    #[command(after_help = "Example: portvolt plugin inspect my_policy/my_policy.wasm")]
    Inspect {
        /// The plugin's file.
        file: PathBuf,
    },
    /// Start a plugin: a folder that builds and passes its own test.
    #[command(after_help = "Example: portvolt plugin new my_policy --kind dispatch --lang rust")]
    New(new::NewArgs),
    /// Build the plugin in a folder with its language's own tool.
    #[command(after_help = "Example: portvolt plugin build my_policy")]
    Build {
        /// The folder.
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Compile what stands on standard input to standard output: how this program calls itself.
    #[command(hide = true)]
    Compile,
    /// Run a scenario with the plugin and with the built-in policies of its kind: time and results.
    #[command(after_help = "Example: portvolt plugin bench my_policy/my_policy.wasm:margin=3 scenarios/depot_night")]
    Bench {
        /// The plugin's file. Parameters follow it: `FILE.wasm:margin=3:reserve_soc=0.2`.
        file: String,
        #[command(flatten)]
        scenario: ScenarioArgs,
        /// How many days (instead of the scenario's).
        #[arg(long)]
        days: Option<u32>,
    },
}

pub(crate) fn plugin(command: &PluginCommand, console: &Console) -> Exit {
    let done = match command {
        PluginCommand::Check { file } => {
            read(file, console).and_then(|(file, kind)| for_kind!(kind, K => check::<K>(&file, console)))
        }
        PluginCommand::Inspect { file } => {
            read(file, console).and_then(|(file, kind)| for_kind!(kind, K => look::<K>(&file, console)))
        }
        PluginCommand::New(args) => return new::new(args, console),
        PluginCommand::Build { dir } => return new::build(dir, console),
        #[expect(clippy::exit, reason = "the parent reads its code, which is none of ours")]
        PluginCommand::Compile => std::process::exit(compile_for_parent()),
        PluginCommand::Bench { file, scenario, days } => bench(file, scenario, *days, console),
    };
    done.unwrap_or_else(|exit| exit)
}

/// The file and the kind of policy that it is for. One that imports nothing of any kind is taken for dispatch.
fn read(path: &Path, console: &Console) -> Result<(PluginFile, PolicyKind), Exit> {
    if path.is_dir() {
        let dir = path.display();
        let what = format!("{dir} is a folder; `portvolt plugin build {dir}` makes the file that this command takes");
        console.error(&what);
        return Err(Exit::BadFiles);
    }
    let file = PluginFile::read(path).map_err(|what| {
        console.error(&format!("{}: {what}", path.display()));
        Exit::BadFiles
    })?;
    let kind = kind_of(&file.bytes).map_err(|why| {
        console.error(&PluginError::Refused { file: file.path.clone(), why }.to_string());
        Exit::BadPolicy
    })?;
    Ok((file, kind.unwrap_or(PolicyKind::Dispatch)))
}

fn about(description: &Description, kind: PolicyKind) -> String {
    let Description { name, version, help, parameters } = description;
    let mut out = format!("{name} {version}, {kind}: {help}\n");
    for parameter in parameters {
        let (least, most) = parameter.bounds;
        let what = if parameter.is_whole { ", whole" } else { "" };
        let (name, unit, help) = (&parameter.name, &parameter.unit, &parameter.help);
        let _ = writeln!(out, "  {name} = {} {unit}({least} to {most}{what}): {help}", parameter.default);
    }
    out
}

fn check<K: PluginKind>(file: &PluginFile, console: &Console) -> Result<Exit, Exit> {
    let plugin = compiled::load::<K>(file, console)?;
    let tried = plugin
        .parameters(&std::collections::BTreeMap::new())
        .map_err(|error| error.to_string())
        .and_then(|values| trial(&plugin, &values, PluginLimits::default()).map_err(|error| error.to_string()));
    let trial = tried.map_err(|message| {
        console.error(&message);
        Exit::BadPolicy
    })?;
    let real = (!trial.has_failed()).then(|| real_views::try_on(K::KIND, Path::new(&file.path)));
    let is_good = trial.is_good() && matches!(&real, Some(Ok(real)) if real.is_good());
    if console.is_json() {
        let mut json = trial_json(&plugin, &trial);
        json["good"] = is_good.into();
        json["real_run"] = match &real {
            Some(Ok(real)) => serde_json::json!({
                "scenario": real.scenario, "calls": real.calls, "orders": real.orders, "rejected": real.rejected,
                 "repeatable": real.is_repeatable,
            }),
            Some(Err(error)) => serde_json::json!({ "error": error }),
            None => serde_json::Value::Null,
        };
        console.print_json(&json);
    } else {
        console.print(&trial_text(&plugin, &trial));
        console.print(&real.as_ref().map_or_else(|| "not tried further".to_owned(), real_text));
        console.print(match &real {
            Some(Ok(real)) if is_good && real.rejected > 0 => {
                "good, but bad orders on true views are errors: `portvolt run` names the first of them"
            }
            _ if is_good => "good",
            Some(Ok(real)) if real.is_repeatable && !real.is_good() => {
                "NOT good: its orders on true views cannot be carried out (`portvolt run` names the first of them)"
            }
            _ => "NOT good",
        });
    }
    Ok(if is_good { Exit::Done } else { Exit::BadPolicy })
}

fn real_text(real: &Result<RealViews, String>) -> String {
    match real {
        Ok(RealViews { scenario, calls, orders, rejected, is_repeatable }) => {
            let again = if *is_repeatable { "the same rows again" } else { "OTHER rows the second time" };
            format!(
                "a short run of the suite's {scenario}: {calls} decisions, {orders} orders, {rejected} bad ones, {again}"
            )
        }
        Err(error) => format!("a short run of the suite FAILED: {error}"),
    }
}

fn trial_text<K: PluginKind>(plugin: &Arc<Plugin<K>>, trial: &Trial) -> String {
    let mut out = about(&plugin.description, K::KIND);
    let _ = writeln!(out, "\nview             rows    orders  bad ones          fuel");
    for case in &trial.cases {
        let (name, rows) = (case.name, case.rows);
        match &case.outcome {
            Ok((orders, dropped, fuel)) => {
                let _ = writeln!(out, "{name:<12} {rows:>8} {orders:>9} {dropped:>9} {fuel:>13}");
            }
            Err(error) => {
                let _ = writeln!(out, "{name:<12} {rows:>8}  FAILED: {error}");
            }
        }
        if !case.is_repeatable {
            let _ = writeln!(out, "             a second instance gave other orders: the policy is not pure");
        }
    }
    if trial.cases.iter().any(|case| case.outcome.as_ref().is_ok_and(|(_, dropped, _)| *dropped > 0)) {
        out.push_str("invalid orders are dropped and counted; answers to odd numbers may contain some\n");
    }
    if let Some(fuel) = trial.fuel_per_row() {
        let limit = PluginLimits::default().fuel_per_row;
        let _ = writeln!(out, "\nfuel: {fuel:.0} for each further row (allowed: {limit})");
    }
    match trial.is_independent {
        Some(true) => out.push_str("two instances by turns answer as one alone"),
        Some(false) => out.push_str("two interleaved instances AFFECT each other"),
        None => out.push_str("later views and interleaved instances were not tried"),
    }
    out
}

fn trial_json<K: PluginKind>(plugin: &Arc<Plugin<K>>, trial: &Trial) -> serde_json::Value {
    let cases: Vec<_> = trial
        .cases
        .iter()
        .map(|case| {
            let numbers = case.outcome.as_ref().ok();
            serde_json::json!({
                "view": case.name, "rows": case.rows, "orders": numbers.map(|it| it.0), "rejected": numbers.map(|it| it.1),
                "fuel": numbers.map(|it| it.2), "error": case.outcome.as_ref().err().map(ToString::to_string),
                "repeatable": case.is_repeatable,
            })
        })
        .collect();
    let description = &plugin.description;
    serde_json::json!({
        "schema": 1, "name": description.name, "version": description.version, "kind": K::KIND.word(),
        "good": trial.is_good(), "independent": trial.is_independent, "fuel_per_row": trial.fuel_per_row(), "views": cases,
    })
}

fn look<K: PluginKind>(file: &PluginFile, console: &Console) -> Result<Exit, Exit> {
    let plugin = compiled::load::<K>(file, console)?;
    let (imports, exports) = inspect(&file.bytes, K::KIND).map_err(|why| {
        console.error(&why.to_string());
        Exit::BadPolicy
    })?;
    if console.is_json() {
        let description = &plugin.description;
        console.print_json(&serde_json::json!({
            "schema": 1, "file": file.path, "bytes": file.bytes.len(), "blake3": file.hash, "world": K::KIND.word(),
            "name": description.name, "version": description.version, "imports": imports, "exports": exports,
        }));
    } else {
        let list = |names: &[String]| format!("  {}\n", names.join("\n  "));
        let (path, bytes, hash, kind) = (&file.path, file.bytes.len(), &file.hash, K::KIND);
        console.print(&format!(
            "{}\n{path}: {bytes} bytes, blake3 {hash}\nworld portvolt:policy/{kind}\nimports\n{}exports\n{}",
            about(&plugin.description, kind),
            list(&imports),
            list(&exports)
        ));
    }
    Ok(Exit::Done)
}

/// One run of a comparison.
struct Lap {
    name: String,
    seconds: f64,
    digest: String,
    metrics: Vec<Metric>,
}

/// A run that takes longer is noted when it is over, so that a long comparison shows that it goes on.
const QUIET_S: f64 = 5.0;

/// What is compared; a run has some of them.
const COMPARED: [MetricName; 17] = [
    MetricName::HaulsCompleted,
    MetricName::HaulsLate,
    MetricName::HaulsLapsed,
    MetricName::HaulsOpen,
    MetricName::SessionsUnmet,
    MetricName::PluginRejected,
    MetricName::TruckEmptyKm,
    MetricName::EnergyDeliveredKwh,
    MetricName::PeakKw,
    MetricName::QueueWaitMeanMin,
    MetricName::H2DispensedKg,
    MetricName::H2TurnedAway,
    MetricName::H2CostUsdPerKg,
    MetricName::NpvUsd,
    MetricName::PublicUsd,
    MetricName::Co2eT,
    MetricName::ZevShare,
];

fn bench(word: &str, scenario: &ScenarioArgs, days: Option<u32>, console: &Console) -> Result<Exit, Exit> {
    let (file, params) = split_params(word);
    let (plugin, kind) = read(Path::new(file), console)?;
    let built_in = names(kind);
    let own = for_kind!(kind, K => own_name::<K>(&plugin, console))?;
    let path = std::path::absolute(&plugin.path).unwrap_or_else(|_| PathBuf::from(file)).display().to_string();
    let mut request = scenario.request();
    request.settings.extend(days.map(|days| format!("time.days={days}")));
    has_work_for(kind, &request, console)?;
    let with = |choice: &str| {
        let mut request = request.clone();
        request.settings.push(format!("{}={}", kind.setting(), toml::Value::from(choice)));
        let own_params = params.iter().filter(|_| choice == path);
        request.settings.extend(own_params.map(|(name, value)| format!("{}.params.{name}={value}", kind.setting())));
        let loaded = load(&request).map_err(|problems| diagnose::show(&problems, console))?;
        compiled::prepare(&loaded, console).map(|()| loaded)
    };
    // Wrong parameters are told before anything runs.
    drop(with(&path)?);
    let mut laps = Vec::new();
    for choice in built_in.iter().copied().chain([path.as_str()]) {
        let loaded = with(choice)?;
        let name = if choice == path { &own } else { choice };
        let lap = lap(name, &loaded).map_err(|error| {
            console.error(&error.to_string());
            Exit::BadPolicy
        })?;
        if lap.seconds > QUIET_S {
            console.note(&format!("{name}: {:.0} s ({} of {} runs)", lap.seconds, laps.len() + 1, built_in.len() + 1));
        }
        laps.push(lap);
    }
    if console.is_json() {
        let laps: Vec<_> = laps.iter().map(lap_json).collect();
        console.print_json(&serde_json::json!({ "schema": 1, "kind": kind.word(), "runs": laps }));
    } else {
        console.print(&laps_text(&laps));
    }
    Ok(Exit::Done)
}

/// Refuses a scenario in which nobody would ask a policy of this kind: its rows would all be the same.
fn has_work_for(kind: PolicyKind, request: &Request, console: &Console) -> Result<(), Exit> {
    let loaded = load(request).map_err(|problems| diagnose::show(&problems, console))?;
    if is_asked(kind, &loaded.scenario) {
        return Ok(());
    }
    let KindFacts { needs, template, with, .. } = kind.facts();
    let message =
        format!("a policy of {kind} is never asked in this scenario: it has no {needs}, as `{template}{with}` has");
    console.error(&message);
    Err(Exit::BadFiles)
}

fn own_name<K: PluginKind>(file: &PluginFile, console: &Console) -> Result<String, Exit> {
    Ok(compiled::load::<K>(file, console)?.description.name.clone())
}

fn lap(name: &str, loaded: &Loaded) -> Result<Lap, RunError> {
    let begin = Instant::now();
    let done = replicate(loaded, 1, 0, &AtomicBool::new(false))?;
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Lap { name: name.to_owned(), seconds, digest: done.digest, metrics: done.metrics })
}

fn value(lap: &Lap, name: MetricName) -> Option<f64> {
    value_of(&lap.metrics, TOTAL, name)
}

fn lap_json(lap: &Lap) -> serde_json::Value {
    let metrics: serde_json::Map<String, serde_json::Value> =
        COMPARED.iter().map(|name| (name.to_string(), value(lap, *name).into())).collect();
    serde_json::json!({ "policy": lap.name, "seconds": lap.seconds, "digest": lap.digest, "metrics": metrics })
}

fn laps_text(laps: &[Lap]) -> String {
    let mut out = format!("{:<28} {:>8}  {:<8}", "policy", "time s", "rows");
    let has = |name: &MetricName| laps.iter().any(|lap| value(lap, *name).is_some());
    let compared: Vec<MetricName> = COMPARED.into_iter().filter(has).collect();
    for name in &compared {
        let _ = write!(out, " {name:>20}");
    }
    for lap in laps {
        let _ = write!(out, "\n{:<28} {:>8.2}  {:<8}", lap.name, lap.seconds, &lap.digest[..8]);
        for name in &compared {
            // Shares and costs of a kg differ behind the point.
            let digits = if matches!(name.info().unit, "" | "USD/kg") { 3 } else { 1 };
            let value = value(lap, *name).map_or("-".to_owned(), |value| format!("{value:.digits$}"));
            let _ = write!(out, " {value:>20}");
        }
    }
    out
}
