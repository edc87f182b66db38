//! What no schema can see about chargers and visits.

use super::spec::ChargerSpec;
use crate::kernel::calendar::parse_window;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;
use crate::vehicle::spec::{BatterySpec, Connector, fits, is_for_fleet};

/// Checks `[charger]` and `[visits]`.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, charger) in &scenario.charger {
        checker.key(&["charger", key, "site"], &charger.site, &scenario.site, "site");
        if charger.port_kw.is_some_and(|port| port > charger.cabinet_kw) {
            checker.wrong(&["charger", key, "port_kw"], "port power exceeds cabinet power", None);
        }
        if u64::from(charger.cabinets) * u64::from(charger.ports) > 100_000 {
            checker.wrong(&["charger", key, "cabinets"], "more than 100,000 ports in one group", None);
        }
        checker.users(&["charger", key, "users"], &charger.users, scenario);
        if let Some(hours) = &charger.reserved_hours
            && parse_window(hours).is_none()
        {
            let help = Some("write local hours as \"18:00-06:00\"".to_owned());
            checker.wrong(&["charger", key, "reserved_hours"], format!("`{hours}` is no span of the day"), help);
        }
    }
    connectors(scenario, checker);
    for (key, visits) in &scenario.visits {
        checker.key(&["visits", key, "site"], &visits.site, &scenario.site, "site");
    }
}

/// Batteries of trucks and equipment find a port with a connector that fits, among those that they may use.
fn connectors(scenario: &Scenario, checker: &mut Checker<'_>) {
    let chargers = || scenario.charger.values().filter(|charger| charger.cabinets > 0);
    let mut lacks =
        |path: [&str; 3], model: &str, battery: Option<&BatterySpec>, may_use: &dyn Fn(&ChargerSpec) -> bool| {
            let Some(battery) = battery.filter(|battery| !battery.connectors.is_empty()) else { return };
            let open: Vec<&ChargerSpec> = chargers().filter(|charger| may_use(charger)).collect();
            if open.is_empty() || open.iter().any(|charger| fits(&battery.connectors, charger.connector)) {
                return;
            }
            let words = |list: &mut dyn Iterator<Item = Connector>| {
                let mut words: Vec<&str> = list.map(Connector::word).collect();
                words.sort_unstable();
                words.dedup();
                words.join(", ")
            };
            let has = words(&mut battery.connectors.iter().copied());
            let there = words(&mut open.iter().filter_map(|charger| charger.connector));
            let message = format!("`{model}` fits no charger that it may use: it has {has}, they have {there}");
            checker.wrong(&path, message, Some("give the model or a charger another connector".to_owned()));
        };
    for (key, fleet) in &scenario.fleet {
        for (model, _) in fleet.trucks.iter().filter(|(_, count)| count.0 > 0) {
            let battery = scenario.truck_model.get(model).and_then(|it| it.battery.as_ref());
            let may_use = |charger: &ChargerSpec| is_for_fleet(&charger.users, key);
            lacks(["fleet", key, "trucks"], model, battery, &may_use);
        }
    }
    for (key, terminal) in &scenario.terminal {
        for (model, _) in terminal.equipment.iter().filter(|(_, count)| count.0 > 0) {
            let battery = scenario.equipment_model.get(model).and_then(|it| it.battery.as_ref());
            let may_use = |charger: &ChargerSpec| charger.site == *key && charger.users.contains(model);
            lacks(["terminal", key, "equipment"], model, battery, &may_use);
        }
    }
}
