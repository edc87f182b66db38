//! What no schema can see about terminals and equipment.

use crate::grid::spec::SiteKind;
use crate::kernel::calendar::parse_window;
use crate::kernel::profile::WeekProfile;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;
use crate::terminal::spec::{LaborSpec, TerminalSpec};
use crate::vehicle::check::battery;

/// Checks `[equipment_model]`, `[terminal]` and `[labor]`.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    models(scenario, checker);
    terminals(scenario, checker);
}

fn models(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, model) in &scenario.equipment_model {
        battery(checker, "equipment_model", key, model.powertrain, model.battery.as_ref());
        checker.key(&["equipment_model", key, "class"], &model.class, &scenario.work, "work");
        if model.return_at_soc <= model.leave_at_soc {
            checker.wrong(&["equipment_model", key, "return_at_soc"], "must be above leave_at_soc", None);
        }
        if model.per_lift > 0.0 && scenario.work.get(&model.class).is_some_and(|work| work.lifts_per_h <= 0.0) {
            let message = format!("needs lifts_per_h in [work.{}]", model.class);
            checker.wrong(&["equipment_model", key, "per_lift"], message, None);
        }
    }
}

fn terminals(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, terminal) in &scenario.terminal {
        let is_site = checker.key(&["terminal", key], key, &scenario.site, "site");
        if is_site && scenario.site[key].kind != SiteKind::Terminal {
            checker.wrong(&["site", key, "kind"], format!("[terminal.{key}] needs kind = \"terminal\""), None);
        }
        for model in terminal.equipment.keys() {
            let path = ["terminal", key, "equipment", model];
            checker.key(&path, model, &scenario.equipment_model, "equipment_model");
        }
        classes_without_machine(scenario, key, terminal, checker);
    }
    if scenario.terminal.is_empty() {
        return;
    }
    match &scenario.labor {
        None => checker.wrong(&[], "terminals need a [labor] table", None),
        Some(labor) => worked_hours(&["labor"], labor, checker),
    }
    for (key, terminal) in &scenario.terminal {
        if let Some(labor) = &terminal.labor {
            worked_hours(&["terminal", key, "labor"], labor, checker);
        }
        let Some(hours) = &terminal.gate_hours else { continue };
        let path = ["terminal", key, "gate_hours"];
        if [&hours.weekday, &hours.saturday, &hours.sunday].into_iter().flatten().any(|weight| *weight < 0.0) {
            checker.wrong(&path, "a weight must not be negative", None);
        }
        if WeekProfile::from_days(&hours.weekday, &hours.saturday, &hours.sunday).is_none() {
            checker.wrong(&path, "the gate never opens", None);
        }
    }
}

fn worked_hours(path: &[&str], labor: &LaborSpec, checker: &mut Checker<'_>) {
    let of = |day: &'static str| path.iter().copied().chain([day]).collect::<Vec<&str>>();
    for (day, spans) in [("weekday", &labor.weekday), ("saturday", &labor.saturday), ("sunday", &labor.sunday)] {
        for span in spans {
            if parse_window(span).is_none_or(|(from, to)| from % 1_800 != 0 || to % 1_800 != 0) {
                let help = Some("write local half hours as \"08:00-12:30\"".to_owned());
                checker.wrong(&of(day), format!("`{span}` is no span of half hours"), help);
            }
        }
    }
    if labor.weekday.is_empty() {
        checker.wrong(&of("weekday"), "weekdays need worked hours", None);
    }
}

/// Work that nobody does would be done in no time: each class that lifts or gate moves ask of has a machine.
fn classes_without_machine(scenario: &Scenario, key: &str, terminal: &TerminalSpec, checker: &mut Checker<'_>) {
    if terminal.teu_per_year <= 0.0 || scenario.freight.as_ref().is_none_or(|freight| freight.volumes.is_none()) {
        return;
    }
    for (class, work) in &scenario.work {
        let is_asked = work.h_per_vessel_lift + work.h_per_gate_move + work.h_per_rail_lift > 0.0;
        let is_class = |model: &String| scenario.equipment_model.get(model).is_some_and(|it| it.class == *class);
        let has_unit = terminal.equipment.iter().any(|(model, count)| count.0 > 0 && is_class(model));
        if is_asked && !has_unit {
            let message = format!("`{key}` has no `{class}`, of which [work.{class}] asks hours for every container");
            let help =
                Some(format!("give [terminal.{key}.equipment] a unit of that class, or take [work.{class}] out"));
            checker.wrong(&["terminal", key, "equipment"], message, help);
        }
    }
}
