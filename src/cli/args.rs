//! Arguments that several commands share.

use crate::study::compare::strategy::folder_of;
use clap::Args;
use std::path::PathBuf;

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
