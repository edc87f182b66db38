//! What no schema can see about plans.

use super::plan::{Plan, plan_of};
use super::spec::{ChargingRule, Drawing, PlanSpec};
use super::wrong::Wrong;
use crate::document::problem::{Place, Problem, nearest};
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;

/// Checks the plans of terminals, as far as they need no file, and the lots that chargers name.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, terminal) in &scenario.terminal {
        let Some(spec) = &terminal.plan else { continue };
        classes(scenario, key, spec, checker);
        dispatch(key, spec, checker);
        if spec.file.is_some() {
            unused_dimensions(key, spec, checker);
            continue;
        }
        let told = match plan_of(terminal, spec, None) {
            Ok(plan) => unmatched(scenario, key, &plan),
            Err(wrong) => wrong,
        };
        for Wrong { field, message, help } in told {
            let mut path = vec!["terminal", key.as_str(), "plan"];
            path.extend(field.split('.').filter(|part| !part.is_empty()));
            checker.wrong(&path, message, help);
        }
    }
    for (key, charger) in &scenario.charger {
        let has_plan = scenario.terminal.get(&charger.site).is_some_and(|terminal| terminal.plan.is_some());
        if charger.lot.is_some() && !has_plan {
            let message = format!("names a lot, but `{}` has no plan", charger.site);
            let help = format!("give [terminal.{}.plan] the lot, or take `lot` out", charger.site);
            checker.wrong(&["charger", key, "lot"], message, Some(help));
        }
    }
}

/// Checks a plan that was read from a file; its mistakes are told at the file.
pub(crate) fn check_drawn(scenario: &Scenario, key: &str, path: &str, drawing: &Drawing, problems: &mut Vec<Problem>) {
    let terminal = &scenario.terminal[key];
    let Some(spec) = &terminal.plan else { return };
    let told = match plan_of(terminal, spec, Some(drawing)) {
        Ok(plan) => unmatched(scenario, key, &plan),
        Err(wrong) => wrong,
    };
    problems.extend(told.into_iter().map(|Wrong { field, message, help }| Problem {
        place: Some(Place::File(path.to_owned())),
        field,
        message,
        help,
    }));
}

/// What plan and scenario do not have in common: lots without plugs, plugs at lots that are not there, machines of blocks.
fn unmatched(scenario: &Scenario, key: &str, plan: &Plan) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let here = || scenario.charger.iter().filter(|(_, charger)| charger.site == key);
    for lot in plan.lots() {
        let has_plugs = here().any(|(_, charger)| charger.lot.as_ref() == Some(&lot.key) && charger.cabinets > 0);
        if !has_plugs {
            let help = format!("give a [charger] at `{key}` the key `lot = \"{}\"`, or take the lot out", lot.key);
            let message = format!("the lot `{}` has no plugs", lot.key);
            wrong.push(Wrong { field: format!("lots.{}", lot.key), message, help: Some(help) });
        }
    }
    for (charger, spec) in here().filter(|(_, spec)| spec.cabinets > 0) {
        let names = || plan.lots().iter().map(|lot| lot.key.as_str());
        match &spec.lot {
            Some(lot) if !names().any(|name| name == lot) => {
                let message = format!("[charger.{charger}] stands at the lot `{lot}`, which the plan does not have");
                wrong.push(Wrong { field: "lots".to_owned(), message, help: nearest(lot, names()) });
            }
            None => {
                let help =
                    Some("give it the key `lot`: a terminal with a plan has no plugs without a place".to_owned());
                let message = format!("[charger.{charger}] stands at no lot of the plan");
                wrong.push(Wrong { field: "lots".to_owned(), message, help });
            }
            Some(_) => {}
        }
    }
    let mut classes: Vec<&str> = plan.blocks().iter().map(|block| block.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    wrong.extend(no_plug(scenario, key));
    for class in classes {
        wrong.extend(no_machine(scenario, key, class, "blocks").err());
    }
    wrong
}

/// Machines of the plan with a battery find plugs at a lot, or have their batteries swapped.
fn no_plug(scenario: &Scenario, terminal: &str) -> Vec<Wrong> {
    let spec = &scenario.terminal[terminal];
    let Some(plan) = &spec.plan else { return Vec::new() };
    let counted = spec.equipment.iter().filter(|(_, count)| count.0 > 0);
    let models = counted.filter_map(|(key, _)| Some((key, scenario.equipment_model.get(key)?)));
    let moved = models.filter(|(_, model)| model.battery.is_some() && plan.works(&model.class, None));
    let is_charged = |key: &String| {
        let mut chargers = scenario.charger.values();
        let mut yards = scenario.swap.values();
        chargers.any(|it| it.site == terminal && it.cabinets > 0 && it.users.contains(key))
            || yards.any(|it| it.site == terminal && it.model == *key)
    };
    let without = moved.filter(|(key, _)| !is_charged(key));
    let told = |(key, _): (&String, &_)| {
        let help = Some(format!("name `{key}` among the `users` of a [charger] at `{terminal}`"));
        Wrong { field: "lots".to_owned(), message: format!("no lot has a plug for `{key}`"), help }
    };
    without.map(told).collect()
}

/// A class that has work in a plan has machines.
fn no_machine(scenario: &Scenario, terminal: &str, class: &str, field: &str) -> Result<(), Wrong> {
    let field = field.to_owned();
    if !scenario.work.contains_key(class) {
        let help = nearest(class, scenario.work.keys().map(String::as_str));
        return Err(Wrong { field, message: format!("there is no [work.{class}]"), help });
    }
    let of_class = |model: &String| scenario.equipment_model.get(model).is_some_and(|model| model.class == class);
    let equipment = &scenario.terminal[terminal].equipment;
    if equipment.iter().any(|(model, count)| count.0 > 0 && of_class(model)) {
        return Ok(());
    }
    let help = Some(format!("give [terminal.{terminal}.equipment] a unit of that class"));
    Err(Wrong { field, message: format!("`{terminal}` has no `{class}`, which its plan needs"), help })
}

fn classes(scenario: &Scenario, key: &str, spec: &PlanSpec, checker: &mut Checker<'_>) {
    for (field, class) in [("crane", &spec.crane), ("carrier", &spec.carrier)] {
        if let Err(Wrong { message, help, .. }) = no_machine(scenario, key, class, field) {
            checker.wrong(&["terminal", key, "plan", field], message, help);
        }
    }
    for class in spec.blocks.keys() {
        let lifts = scenario.work.get(class).map_or(1.0, |work| work.lifts_per_h);
        if lifts <= 0.0 {
            let message = format!("works blocks and needs lifts_per_h in [work.{class}]");
            checker.wrong(&["terminal", key, "plan", "blocks", class], message, None);
        }
    }
}

fn dispatch(key: &str, spec: &PlanSpec, checker: &mut Checker<'_>) {
    let dispatch = &spec.dispatch;
    let mut needs = |field: &str, is_missing: bool, what: &str| {
        if is_missing {
            checker.wrong(&["terminal", key, "plan", "dispatch", field], format!("`{what}` needs `{field}`"), None);
        }
    };
    match dispatch.charging {
        ChargingRule::Opportunity => needs("within_m", dispatch.within_m <= 0.0, "opportunity"),
        ChargingRule::Progressive => needs("swing_soc", dispatch.swing_soc <= 0.0, "progressive"),
        ChargingRule::BreaksStaggered => needs("groups", dispatch.groups < 2, "breaks_staggered"),
        ChargingRule::Schedule => needs("hours", dispatch.hours.is_empty(), "schedule"),
        ChargingRule::Threshold | ChargingRule::BreaksTogether => {}
    }
}

/// Dimensions of standard plans beside a file would have no effect.
fn unused_dimensions(key: &str, spec: &PlanSpec, checker: &mut Checker<'_>) {
    let given = [
        ("quay_m", spec.quay_m.is_some()),
        ("depth_m", spec.depth_m.is_some()),
        ("apron_m", spec.apron_m.is_some()),
        ("block_length_m", spec.block_length_m.is_some()),
        ("block_width_m", spec.block_width_m.is_some()),
        ("aisle_m", spec.aisle_m.is_some()),
        ("blocks", !spec.blocks.is_empty()),
        ("lots", !spec.lots.is_empty()),
        ("rail_at_m", spec.rail_at_m.is_some()),
    ];
    for (field, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
        let help = Some("draw it in the file, or leave the file out".to_owned());
        checker.wrong(&["terminal", key, "plan", field], "is of standard plans, and the plan is a file", help);
    }
}
