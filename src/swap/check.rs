//! What no schema can see about swap yards.

use super::spec::SwapSpec;
use crate::charging::spec::ChargerSpec;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;

/// What no schema can see about swap yards.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, swap) in &scenario.swap {
        let path = |field| ["swap", key.as_str(), field];
        checker.key(&path("site"), &swap.site, &scenario.terminal, "terminal");
        let is_model = checker.key(&path("model"), &swap.model, &scenario.equipment_model, "equipment_model");
        if is_model && scenario.equipment_model[&swap.model].battery.is_none() {
            checker.wrong(&path("model"), format!("`{}` has no battery", swap.model), None);
        }
        let is_twin = |other: &SwapSpec| other.site == swap.site && other.model == swap.model;
        if scenario.swap.range::<String, _>(..key.clone()).any(|(_, other)| is_twin(other)) {
            let help = Some("merge them into one yard with the spares and bays of both".to_owned());
            checker.wrong(&path("model"), format!("another yard at `{}` swaps this model already", swap.site), help);
        }
        let ports = || scenario.charger.iter().filter(|(_, it)| it.site == swap.site && it.cabinets > 0);
        let is_here = |charger: &ChargerSpec| swap.lot.is_none() || charger.lot == swap.lot;
        if is_model && !ports().any(|(_, it)| is_here(it) && it.users.contains(&swap.model)) {
            let at = swap.lot.as_ref().map_or_else(String::new, |lot| format!(" and its lot `{lot}`"));
            let help = Some(format!("give a [charger] at `{}`{at} the user `{}`", swap.site, swap.model));
            checker.wrong(&path("model"), "no port at the terminal may charge its batteries", help);
        }
        let has_plan = scenario.terminal.get(&swap.site).is_some_and(|terminal| terminal.plan.is_some());
        match (&swap.lot, has_plan) {
            (Some(_), false) => {
                let help = Some(format!("give [terminal.{}.plan] the lot, or take `lot` out", swap.site));
                checker.wrong(&path("lot"), format!("names a lot, but `{}` has no plan", swap.site), help);
            }
            (None, true) => {
                let help = Some("units drive there: name one of the plan's lots".to_owned());
                checker.wrong(
                    &path("lot"),
                    "is missing: a terminal with a plan has no swap yard without a place",
                    help,
                );
            }
            _ => {}
        }
        // Whoever else came to its lot would find the ports taken by batteries, and nobody to swap its own.
        let is_strange = |it: &ChargerSpec| it.lot == swap.lot && it.users.iter().any(|user| *user != swap.model);
        for (charger, _) in ports().filter(|(_, it)| swap.lot.is_some() && is_strange(it)) {
            let help = Some("give the others a lot of their own".to_owned());
            let message = format!("at the lot of [swap.{key}] ports charge batteries of `{}` alone", swap.model);
            checker.wrong(&["charger", charger, "users"], message, help);
        }
    }
}
