//! Arguments that several commands share.

use super::exit::Exit;
use super::files;
use super::output::console::Console;
use crate::scenario::files::{overlay_path, scenario_path};
use clap::Args;
use std::path::{Path, PathBuf};

/// Which scenario.
#[derive(Debug, Clone, Args)]
pub(super) struct ScenarioArgs {
    /// A folder with `scenario.toml`, or the file, or the name of a scenario that comes with Portvolt.
    #[arg(value_parser = scenario)]
    pub(super) scenario: PathBuf,
    /// A TOML file that changes some of the scenario; may be given more than once. A bare name is looked for in the
    /// scenario's folder.
    #[arg(long, value_name = "FILE")]
    pub(super) strategy: Vec<PathBuf>,
    /// Change one value, such as `site.depot.limit_kw=800`; may be given more than once.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) settings: Vec<String>,
}

impl ScenarioArgs {
    pub(super) fn request(&self) -> crate::scenario::load::Request {
        crate::scenario::load::Request {
            path: self.scenario.clone(),
            overlays: self.strategy.iter().map(|name| overlay_path(&self.scenario, name)).collect(),
            settings: self.settings.clone(),
            ..crate::scenario::load::Request::default()
        }
    }
}

/// What all runs of a study have in common.
#[derive(Debug, Clone, Args)]
pub(super) struct CommonArgs {
    /// Change one value in all runs, such as `site.depot.limit_kw=800`; may be given more than once.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    settings: Vec<String>,
    /// How many days (instead of the scenario's).
    #[arg(long)]
    days: Option<u32>,
    /// Seed of every random stream.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
}

impl CommonArgs {
    /// Settings of all runs, the days among them.
    pub(super) fn settings(&self) -> Vec<String> {
        self.settings.iter().cloned().chain(self.days.map(|days| format!("time.days={days}"))).collect()
    }
}

/// How a study is carried out, and where its results go.
#[derive(Debug, Clone, Args)]
pub(super) struct StudyArgs {
    /// Threads, at most four a core. Default: one a core. No result depends on it.
    #[arg(long, default_value_t = 0)]
    pub(super) jobs: usize,
    /// Folder for the results. Default: `runs/COMMAND_NAME`, by the name of the scenario or the study.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite a finished one.
    #[arg(long)]
    pub(super) force: bool,
}

impl StudyArgs {
    /// The folder for the results of a command; `name` is that of the scenario or the study. Refused where it is none.
    pub(super) fn out(&self, command: &str, name: &str, console: &Console) -> Result<PathBuf, Exit> {
        files::out(self.out.as_ref(), &format!("{command}_{name}"), console)
    }
}

/// What is wrong where one value is set twice: only the last would count.
pub(super) fn set_twice(settings: &[String]) -> Option<String> {
    let paths: Vec<&str> = settings.iter().map(|it| it.split('=').next().unwrap_or_default().trim()).collect();
    let again = paths.iter().enumerate().find(|(at, path)| paths[..*at].contains(path));
    again.map(|(_, path)| format!("`{path}` is set twice: keep the one that is meant"))
}

/// A scenario as it is given on the command line.
///
/// # Errors
/// When the path is empty.
pub(super) fn scenario(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("is empty".to_owned()) } else { Ok(scenario_path(Path::new(""), Path::new(text))) }
}

/// Power of a charging port, kW.
///
/// # Errors
/// When it is none.
pub(super) fn port_power(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(kw) if (0.001..=100_000.0).contains(&kw) => Ok(kw),
        _ => Err("write a power of 0.001 to 100000 kW".to_owned()),
    }
}

/// A quantity above 0 and up to a limit, for a unit in the name of its option.
fn quantity(text: &str, most: f64) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= most => Ok(number),
        _ => Err(format!("write a number above 0, up to {most}")),
    }
}

/// Energy of a battery, kWh.
///
/// # Errors
/// When it is none.
pub(super) fn battery_energy(text: &str) -> Result<f64, String> {
    quantity(text, 100_000.0)
}

/// Energy of a kilometre, kWh.
///
/// # Errors
/// When it is none.
pub(super) fn energy_per_km(text: &str) -> Result<f64, String> {
    quantity(text, 100.0)
}

/// A distance between places of one region, km.
///
/// # Errors
/// When it is none.
pub(super) fn radius(text: &str) -> Result<f64, String> {
    quantity(text, 100.0)
}
