//! Charging: what a policy sees of the sessions, and the built-in policies.

mod floor;
pub(crate) mod info;
mod orders;
mod plans;
mod shares;
pub(crate) mod view;

pub use crate::scenario::loaded::Schedule;
pub use shares::UNCONTROLLED;

use crate::kernel::units::Kw;
use crate::policy::charging::info::ChargingInfo;
use crate::policy::charging::view::ChargingView;
use crate::policy::decide::{BuiltIn, Decide, Decision, unknown};
use crate::policy::floor::{NOTHING, RANDOM};
use crate::policy::kind::{Charging, PolicyKind};
use crate::policy::parameter::{PolicyError, parameters};
use crate::policy::spec::Choice;
use crate::scenario::Scenario;
use std::collections::BTreeMap;
use std::fmt::Write;

/// All built-in charging policies.
pub fn built_in() -> impl Iterator<Item = &'static ChargingInfo> {
    shares::POLICIES.iter().chain(orders::POLICIES).chain(plans::POLICIES).chain(floor::POLICIES)
}

/// The table of built-in charging policies, as Markdown.
#[must_use]
pub fn table() -> String {
    let mut out = String::from("| policy | what it does | knows | V2G export | parameters |\n|---|---|---|---|---|\n");
    for info in built_in() {
        let knows: Vec<&str> = info.knows.iter().map(|knows| knows.word()).collect();
        let knows = if knows.is_empty() { "-".to_owned() } else { knows.join(", ") };
        let parameters: Vec<String> = info
            .parameters
            .iter()
            .map(|p| format!("`{}` = {} ({} to {})", p.name, p.default, p.bounds.0, p.bounds.1))
            .collect();
        let parameters = if parameters.is_empty() { "-".to_owned() } else { parameters.join(", ") };
        let exports = if info.discharges { "yes" } else { "no" };
        let _ = writeln!(out, "| `{}` | {} | {knows} | {exports} | {parameters} |", info.name, info.about);
    }
    out
}

/// A built-in charging policy by name. `schedule` is the file of the policy of that name.
///
/// # Errors
/// When there is none, a parameter is wrong, or the schedule is missing.
pub fn charging(
    name: &str,
    params: &BTreeMap<String, f64>,
    schedule: Option<&Schedule>,
) -> Result<Box<dyn Decide<Charging>>, PolicyError> {
    let Some(info) = built_in().find(|info| info.name == name) else {
        return Err(unknown(PolicyKind::Charging, name, built_in().map(|info| info.name)));
    };
    if name == SCHEDULE && schedule.is_none() {
        return Err(PolicyError::NoSchedule);
    }
    let values = parameters(name, info.parameters, params)?;
    Ok((info.make)(&values, schedule))
}

/// The built-in policy that follows a file.
const SCHEDULE: &str = "schedule";

impl Decision for Charging {
    type View<'a> = ChargingView<'a>;
    type Orders = Vec<Kw>;

    fn choice(scenario: &Scenario) -> Option<&Choice<Self>> {
        Some(&scenario.policy.charging)
    }

    fn is_asked(scenario: &Scenario) -> bool {
        scenario.charger.values().any(|charger| charger.cabinets > 0)
    }

    fn built_in() -> Vec<BuiltIn> {
        let told = |info: &ChargingInfo| BuiltIn {
            name: info.name,
            label: info.label,
            about: info.about,
            parameters: info.parameters,
            needs_file: info.name == SCHEDULE,
            is_floor: [NOTHING, RANDOM].contains(&info.name),
        };
        built_in().map(told).collect()
    }

    fn make(choice: &Choice<Self>, schedule: Option<&Schedule>) -> Result<Box<dyn Decide<Self>>, PolicyError> {
        charging(&choice.name, &choice.params, schedule)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{built_in, charging};
    use crate::grid::state::{LimitTree, SiteOutlook};
    use crate::kernel::ids::NodeId;
    use crate::kernel::units::{Kw, Kwh};
    use crate::policy::charging::view::{ChargingView, SessionColumns};
    use std::collections::BTreeMap;

    /// Sessions of 100 kW at node 0: need in kWh, arrival and departure in seconds, vehicle.
    pub(super) fn sessions(rows: &[(f64, u32, u32, u32)]) -> SessionColumns {
        let mut columns = SessionColumns::default();
        for (needs, arrive_s, depart_s, vehicle) in rows {
            columns.port.push(0);
            columns.site.push(0);
            columns.node.push(NodeId(0));
            columns.vehicle.push(*vehicle);
            columns.ask_kw.push(Kw(100.0_f64.min(*needs)));
            columns.max_kw.push(Kw(100.0));
            columns.give_kw.push(Kw::ZERO);
            columns.soc.push(0.5);
            columns.needs_kwh.push(Kwh(*needs));
            columns.duty_kwh.push(Kwh(*needs));
            columns.arrive_s.push(*arrive_s);
            columns.depart_s.push(*depart_s);
        }
        columns
    }

    /// The plan of a policy for hourly intervals under one limit.
    pub(super) fn plan(name: &str, limit: f64, sessions: &SessionColumns, sites: &SiteOutlook) -> Vec<f64> {
        let tree = LimitTree::new(vec![None], vec![Kw(limit)]);
        let headroom_kw = tree.limits();
        let view = ChargingView { time_s: 0, interval_s: 3600, tree: &tree, headroom_kw, sessions, sites };
        let mut policy = charging(name, &BTreeMap::new(), None).unwrap();
        policy.decide(&view).unwrap().into_iter().map(|kw| kw.0).collect()
    }

    /// Names must be unique, and the nearest name is offered.
    #[test]
    fn names() {
        let mut names: Vec<&str> = built_in().map(|info| info.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), built_in().count());
        let error = charging("eddf", &BTreeMap::new(), None).err().unwrap();
        assert!(error.help().unwrap().contains("edf"));
    }
}
