//! What no schema can see about chargers and visits.

use crate::kernel::calendar::parse_window;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;

/// Checks `[charger]` and `[visits]`.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, charger) in &scenario.charger {
        checker.key(&["charger", key, "site"], &charger.site, &scenario.site, "site");
        if charger.port_kw.is_some_and(|port| port > charger.cabinet_kw) {
            checker.wrong(&["charger", key, "port_kw"], "a port is stronger than its cabinet", None);
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
    for (key, visits) in &scenario.visits {
        checker.key(&["visits", key, "site"], &visits.site, &scenario.site, "site");
    }
}
