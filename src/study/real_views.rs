//! A plugin on the views of a real run: a short one of the frozen scenario that its kind decides in, twice in fresh
//! instances.

use super::replicate::{Replication, replicate};
use super::suite;
use crate::disk::Scratch;
use crate::policy::kind::PolicyKind;
use crate::record::notes::PluginNotes;
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
    /// Orders that could be carried out.
    pub orders: u64,
    /// Orders that were no good.
    pub rejected: u64,
    /// Did both runs give the same rows?
    pub is_repeatable: bool,
}

/// Share of bad orders above which a plugin is no good: views of a real run hold nothing odd, so each of them is a mistake,
/// and a policy that loses more is not the one its author wrote.
const REJECTED_SHARE_LIMIT: f64 = 0.1;

impl RealViews {
    /// The same rows again, and few orders that could not be carried out.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.is_repeatable && self.rejected_share() <= REJECTED_SHARE_LIMIT
    }

    /// Bad orders over all orders.
    #[must_use]
    pub fn rejected_share(&self) -> f64 {
        self.rejected as f64 / (self.orders + self.rejected).max(1) as f64
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
    let (scenario, short) = kind.facts().trial;
    let file = std::path::absolute(file).map_err(|error| error.to_string())?;
    let plugin = format!("{}={}", kind.setting(), toml::Value::from(file.display().to_string()));
    let settings = short.iter().map(|setting| (*setting).to_owned()).chain([plugin]).collect();
    let loaded = load(&Request { path: folder.join(scenario), settings, ..Request::default() });
    let loaded = loaded.map_err(|problems| problems.to_string())?;
    let run = || replicate(&loaded, 1, 0, &AtomicBool::new(false)).map_err(|error| error.to_string());
    let (first, second): (Replication, Replication) = (run()?, run()?);
    let count = |of: fn(&PluginNotes) -> u64| first.notes.iter().map(of).sum();
    Ok(RealViews {
        scenario,
        calls: count(|plugin| plugin.calls),
        orders: count(|plugin| plugin.orders),
        rejected: count(|plugin| plugin.dropped),
        is_repeatable: first.digest == second.digest,
    })
}
