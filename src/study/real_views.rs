//! A plugin on the views of a real run: a short one of the frozen scenario that its kind decides in, twice in fresh
//! instances.

use super::replicate::{Replication, replicate};
use super::suite;
use crate::disk::Scratch;
use crate::policy::kind::PolicyKind;
use crate::record::metrics::{MetricName, value_of};
use crate::scenario::load::{Request, load};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// How it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RealViews {
    /// The frozen scenario.
    pub scenario: &'static str,
    /// Decisions asked of it.
    pub calls: u64,
    /// Orders that were no good.
    pub rejected: u64,
    /// Did both runs give the same rows?
    pub is_repeatable: bool,
}

/// The scenario of a kind, and what makes it short.
const fn short(kind: PolicyKind) -> (&'static str, &'static str) {
    match kind {
        PolicyKind::Dispatch | PolicyKind::Charging => ("depot", "time.days=1"),
        PolicyKind::HydrogenSupply => ("hydrogen", "time.days=1"),
        PolicyKind::Adoption | PolicyKind::BuildOut => ("transition", "transition.until=2027"),
    }
}

/// Runs a plugin's file.
///
/// # Errors
/// Why the run could not be made or did not finish.
pub fn try_on(kind: PolicyKind, file: &Path) -> Result<RealViews, String> {
    let folder = Scratch::new().map_err(|error| error.to_string())?;
    run_in(folder.path(), kind, file)
}

fn run_in(folder: &Path, kind: PolicyKind, file: &Path) -> Result<RealViews, String> {
    suite::write_out(folder).map_err(|error| error.to_string())?;
    let (scenario, setting) = short(kind);
    let file = std::path::absolute(file).map_err(|error| error.to_string())?;
    let plugin = format!("{}={}", kind.setting(), toml::Value::from(file.display().to_string()));
    let settings = vec![setting.to_owned(), plugin];
    let loaded = load(&Request { path: folder.join(scenario), settings, ..Request::default() });
    let loaded = loaded.map_err(|problems| problems.to_string())?;
    let run = || replicate(&loaded, 1, 0, &AtomicBool::new(false)).map_err(|error| error.to_string());
    let (first, second): (Replication, Replication) = (run()?, run()?);
    let count = |name: MetricName| value_of(&first.metrics, "total", name).unwrap_or(0.0) as u64;
    let (calls, rejected) = (count(MetricName::PluginCalls), count(MetricName::PluginRejected));
    Ok(RealViews { scenario, calls, rejected, is_repeatable: first.digest == second.digest })
}
