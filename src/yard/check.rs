//! What no schema can see about plans.

use super::depot;
use super::hours::STEP_S;
use super::lots;
use super::plan::{Plan, plan_of};
use super::spec::{ChargingRule, DepotSpec, Drawing, PlanKind, PlanSpec};
use super::wrong::Wrong;
use crate::document::problem::{Place, Problem, nearest};
use crate::kernel::calendar::parse_window;
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
    depots(scenario, checker);
    for (key, charger) in &scenario.charger {
        let is_terminal = scenario.terminal.get(&charger.site).is_some_and(|terminal| terminal.plan.is_some());
        let is_depot = scenario.site.get(&charger.site).is_some_and(|site| site.plan.is_some());
        if charger.lot.is_some() && !is_terminal && !is_depot {
            let message = format!("names a lot, but `{}` has no plan", charger.site);
            let table = if scenario.terminal.contains_key(&charger.site) { "terminal" } else { "site" };
            let help = format!("give [{table}.{}.plan] the lot, or take `lot` out", charger.site);
            checker.wrong(&["charger", key, "lot"], message, Some(help));
        }
    }
}

/// Checks the plans of depots, as far as they need no file.
fn depots(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, spec) in scenario.site.iter().filter_map(|(key, site)| Some((key, site.plan.as_ref()?))) {
        if scenario.terminal.contains_key(key) {
            let help = Some(format!("the plan of a terminal is [terminal.{key}.plan]"));
            checker.wrong(&["site", key, "plan"], "is of depots, and this is a terminal", help);
        }
        if spec.file.is_some() {
            let given = [
                ("width_m", spec.width_m.is_some()),
                ("depth_m", spec.depth_m.is_some()),
                ("gate_at_m", spec.gate_at_m.is_some()),
                ("parking_at_m", spec.parking_at_m.is_some()),
            ];
            unused(&["site", key, "plan"], &given, checker);
            continue;
        }
        let told = depot::draw(spec).map_or_else(|wrong| wrong, |drawing| depot_wrong(scenario, key, spec, &drawing));
        for Wrong { field, message, help } in told {
            let mut path = vec!["site", key.as_str(), "plan"];
            path.extend(field.split('.').filter(|part| !part.is_empty()));
            checker.wrong(&path, message, help);
        }
    }
}

/// Everything that is wrong with the plan of a depot.
fn depot_wrong(scenario: &Scenario, key: &str, spec: &DepotSpec, drawing: &Drawing) -> Vec<Wrong> {
    match depot::lot_ways(spec, drawing) {
        Ok(lots) => plugs_off_the_lots(scenario, key, &lots.keys().map(String::as_str).collect::<Vec<_>>()),
        Err(wrong) => wrong,
    }
}

/// Checks a plan that was read from a file, and puts the lots where the scenario has them. Errors are told at the file, those
/// of lots that the scenario places by its keys.
pub(crate) fn check_drawn(
    scenario: &Scenario,
    key: &str,
    path: &str,
    drawing: Drawing,
    problems: &mut Vec<Problem>,
) -> Drawing {
    let of_terminal = scenario.terminal.get(key).and_then(|terminal| Some((terminal, terminal.plan.as_ref()?)));
    let of_depot = scenario.site[key].plan.as_ref();
    let (table, lots) = match (of_terminal, of_depot) {
        (Some((_, spec)), _) => ("terminal", &spec.lots),
        (None, Some(spec)) => ("site", &spec.lots),
        (None, None) => return drawing,
    };
    let mut told = lots::odd(lots);
    let drawing = if told.is_empty() { lots::placed(drawing, lots) } else { drawing };
    if told.is_empty() {
        told = match (of_terminal, of_depot) {
            (Some((terminal, spec)), _) => match plan_of(terminal, spec, Some(&drawing)) {
                Ok(plan) => unmatched(scenario, key, &plan),
                Err(wrong) => wrong,
            },
            (None, Some(spec)) => depot_wrong(scenario, key, spec, &drawing),
            (None, None) => Vec::new(),
        };
    }
    let is_placed =
        |field: &str| field.split('.').nth(1).is_some_and(|lot| field.starts_with("lots.") && lots.contains_key(lot));
    problems.extend(told.into_iter().map(|Wrong { field, message, help }| {
        if is_placed(&field) {
            return Problem { place: None, field: format!("{table}.{key}.plan.{field}"), message, help };
        }
        Problem { place: Some(Place::File(path.to_owned())), field, message, help }
    }));
    drawing
}

/// Chargers of a site that stand at no lot of its plan. A lot without plugs is a lot that is closed, which is a doubt.
fn plugs_off_the_lots(scenario: &Scenario, key: &str, lots: &[&str]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let here = scenario.charger.iter().filter(|(_, charger)| charger.site == key && charger.cabinets > 0);
    for (charger, spec) in here {
        match &spec.lot {
            Some(lot) if !lots.contains(&lot.as_str()) => {
                let message = format!("[charger.{charger}] stands at the lot `{lot}`, which the plan does not have");
                wrong.push(Wrong { field: "lots".to_owned(), message, help: nearest(lot, lots.iter().copied()) });
            }
            None => {
                let help = Some("give it the key `lot`: with a plan, every charger needs a place".to_owned());
                let message = format!("[charger.{charger}] stands at no lot of the plan");
                wrong.push(Wrong { field: "lots".to_owned(), message, help });
            }
            Some(_) => {}
        }
    }
    wrong
}

/// What plan and scenario do not have in common: plugs at lots that are not there, machines of blocks.
fn unmatched(scenario: &Scenario, key: &str, plan: &Plan) -> Vec<Wrong> {
    let lots: Vec<&str> = plan.lots().iter().map(|lot| lot.key.as_str()).collect();
    let mut wrong = plugs_off_the_lots(scenario, key, &lots);
    for (swap, spec) in scenario.swap.iter().filter(|(_, swap)| swap.site == key) {
        if let Some(lot) = spec.lot.as_deref().filter(|lot| !lots.contains(lot)) {
            let message = format!("[swap.{swap}] stands at the lot `{lot}`, which the plan does not have");
            wrong.push(Wrong { field: "lots".to_owned(), message, help: nearest(lot, lots.iter().copied()) });
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
    straddle(scenario, key, spec, checker);
    for class in spec.blocks.keys() {
        let lifts = scenario.work.get(class).map_or(1.0, |work| work.lifts_per_h);
        if lifts <= 0.0 {
            let message = format!("works blocks and needs lifts_per_h in [work.{class}]");
            checker.wrong(&["terminal", key, "plan", "blocks", class], message, None);
        }
    }
}

/// Straddle carriers lift by themselves, and some of them serve road trucks.
fn straddle(scenario: &Scenario, key: &str, spec: &PlanSpec, checker: &mut Checker<'_>) {
    let carrier = spec.carrier.as_str();
    let path = |field| ["terminal", key, "plan", field];
    let works_blocks = spec.blocks.get(carrier).is_some_and(|count| count.0 > 0);
    if spec.kind != PlanKind::Straddle {
        if works_blocks {
            let message = format!("`{carrier}` carries, and lifts by itself in plans of the kind `straddle` only");
            checker.wrong(&["terminal", key, "plan", "blocks", carrier], message, None);
        }
        if spec.landside_carriers.is_some() {
            checker.wrong(&path("landside_carriers"), "is of plans of the kind `straddle`", None);
        }
        return;
    }
    if scenario.work.get(carrier).is_some_and(|work| work.lifts_per_h <= 0.0) {
        let message = format!("straddle carriers lift by themselves and need lifts_per_h in [work.{carrier}]");
        checker.wrong(&path("carrier"), message, None);
    }
    let of_class = |model: &String| scenario.equipment_model.get(model).is_some_and(|model| model.class == carrier);
    let equipment = scenario.terminal[key].equipment.iter().filter(|(model, _)| of_class(model));
    let carriers: u32 = equipment.map(|(_, count)| count.0).sum();
    match spec.landside_carriers {
        None if works_blocks || spec.file.is_some() => {
            let help = format!("such as landside_carriers = {}", (carriers / 3).max(1));
            let message =
                "is missing: of the straddle carriers so many serve road trucks, and without one no truck is served";
            checker.wrong(&path("kind"), format!("`landside_carriers` {message}"), Some(help));
        }
        Some(landside) if landside >= carriers => {
            let message = format!("of {carriers} carriers none is left for cranes and rail");
            checker.wrong(&path("landside_carriers"), message, None);
        }
        _ => {}
    }
}

fn dispatch(key: &str, spec: &PlanSpec, checker: &mut Checker<'_>) {
    let dispatch = &spec.dispatch;
    for (at, hours) in dispatch.hours.iter().enumerate() {
        let is_half_hour = |second: u32| second.is_multiple_of(STEP_S);
        if !parse_window(hours).is_some_and(|(from_s, to_s)| is_half_hour(from_s) && is_half_hour(to_s)) {
            let message = format!("`{hours}` is not a span of whole half hours");
            let help = Some("write it such as \"11:00-13:00\"".to_owned());
            checker.wrong(&["terminal", key, "plan", "dispatch", "hours", &at.to_string()], message, help);
        }
    }
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
        ("rail_at_m", spec.rail_at_m.is_some()),
    ];
    unused(&["terminal", key, "plan"], &given, checker);
}

/// Keys beside a file that are given and would have no effect.
fn unused(table: &[&str], given: &[(&str, bool)], checker: &mut Checker<'_>) {
    for (field, _) in given.iter().filter(|(_, is_given)| *is_given) {
        let help = Some("draw it in the file, or leave the file out".to_owned());
        checker.wrong(&[table, &[field]].concat(), "is of standard plans, and the plan is a file", help);
    }
}
