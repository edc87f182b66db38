//! Arguments that several commands share.

use crate::disk::read;
use crate::study::compare::strategy::folder_of;
use clap::Args;
use std::path::{Path, PathBuf};

/// Which scenario.
#[derive(Debug, Clone, Args)]
pub(super) struct ScenarioArgs {
    /// A folder with `scenario.toml`, or the file.
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
        let folder = folder_of(&self.scenario);
        let overlay = |name: &PathBuf| {
            let beside = folder.join(name).with_extension("toml");
            if !name.exists() && beside.exists() { beside } else { name.clone() }
        };
        crate::scenario::load::Request {
            path: self.scenario.clone(),
            overlays: self.strategy.iter().map(overlay).collect(),
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
    /// Threads. Default: one a core. No result depends on it.
    #[arg(long, default_value_t = 0)]
    pub(super) jobs: usize,
    /// Folder for the results. Default: runs/COMMAND_NAME, by the name of the scenario or the study.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite a finished one.
    #[arg(long)]
    pub(super) force: bool,
}

impl StudyArgs {
    /// The folder for the results of a command; `name` is that of the scenario or the study.
    pub(super) fn out(&self, command: &str, name: &str) -> PathBuf {
        self.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(format!("{command}_{name}")))
    }
}

/// The name of a scenario's folder; empty where it has none.
pub(super) fn scenario_name(scenario: &Path) -> String {
    let folder = read::full_path(&folder_of(scenario)).ok();
    folder.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned())).unwrap_or_default()
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
