//! What no schema can see about swap yards.

use super::spec::SwapSpec;
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
            let help = Some("one yard with the spares and bays of both".to_owned());
            checker.wrong(&path("model"), format!("another yard at `{}` swaps this model already", swap.site), help);
        }
        let charges = scenario
            .charger
            .values()
            .any(|charger| charger.site == swap.site && charger.cabinets > 0 && charger.users.contains(&swap.model));
        if is_model && !charges {
            let help = Some(format!("give a [charger] at `{}` the user `{}`", swap.site, swap.model));
            checker.wrong(&path("model"), "no port at the terminal may charge its batteries", help);
        }
    }
}
