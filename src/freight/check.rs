//! What no schema can see about freight.

use super::spec::{FreightSpec, VolumesSpec};
use crate::kernel::profile::WeekProfile;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;

/// Checks `[freight]`.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    if let Some(spec) = &scenario.freight {
        freight(scenario, spec, checker);
    }
}

fn freight(scenario: &Scenario, spec: &FreightSpec, checker: &mut Checker<'_>) {
    match (&spec.hauls, &spec.volumes) {
        (None, None) => checker.wrong(&["freight"], "needs `hauls` (a CSV) or a `volumes` table", None),
        (_, Some(volumes)) => self::volumes(scenario, volumes, checker),
        (Some(_), None) => {}
    }
}

fn volumes(scenario: &Scenario, spec: &VolumesSpec, checker: &mut Checker<'_>) {
    let path = ["freight", "volumes"];
    checker.sums_to_one(
        &path,
        "import, export and empty shares",
        spec.import_share + spec.export_share + spec.empty_share,
    );
    let tables = [("import_to", &spec.import_to), ("export_from", &spec.export_from), ("empty_from", &spec.empty_from)];
    for (name, table) in tables {
        for (site, weight) in table {
            let path = ["freight", "volumes", name, site];
            if checker.key(&path, site, &scenario.site, "site") && scenario.terminal.contains_key(site) {
                checker.wrong(&path, "a terminal cannot be the other end of a haul", None);
            }
            if *weight < 0.0 {
                checker.wrong(&path, "a weight must not be negative", None);
            }
        }
        if table.values().sum::<f64>() <= 0.0 {
            checker.wrong(&["freight", "volumes", name], "the weights add up to nothing", None);
        }
    }
    let days = [
        ("gate_weekday", &spec.gate_weekday),
        ("gate_saturday", &spec.gate_saturday),
        ("gate_sunday", &spec.gate_sunday),
    ];
    for (name, weights) in days {
        if weights.iter().any(|weight| *weight < 0.0) {
            checker.wrong(&["freight", "volumes", name], "a weight must not be negative", None);
        }
    }
    if WeekProfile::from_days(&spec.gate_weekday, &spec.gate_saturday, &spec.gate_sunday).is_none() {
        checker.wrong(&["freight", "volumes", "gate_weekday"], "the gates never open", None);
    }
}
