//! What no schema can see about freight.

use super::spec::{FreightSpec, VESSEL_KINDS, VesselsSpec, VolumesSpec};
use crate::account::engine::EngineSpec;
use crate::account::engine_fleet::knows_tier;
use crate::document::problem::nearest;
use crate::kernel::curve::Curve;
use crate::kernel::profile::WeekProfile;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;

/// Checks `[freight]`, and the engines that vessels have.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, engine) in &scenario.engine {
        self::engine(key, engine, scenario, checker);
    }
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
    if let Some(vessels) = &spec.vessels {
        self::vessels(vessels, scenario, checker);
    }
}

fn engine(key: &str, engine: &EngineSpec, scenario: &Scenario, checker: &mut Checker<'_>) {
    checker.key(&["engine", key, "fuel"], &engine.fuel, &scenario.fuel, "fuel");
    for (field, factors, most) in
        [("nox_g_per_kwh", &engine.nox_g_per_kwh, 50.0), ("pm25_g_per_kwh", &engine.pm25_g_per_kwh, 10.0)]
    {
        if let Some(value) = factors.values().find(|value| !(0.0..=most).contains(value)) {
            checker.wrong(&["engine", key, field], format!("{value} is out of the plausible range 0 to {most}"), None);
        }
    }
    if engine.low_load.windows(2).any(|pair| pair[0].load >= pair[1].load) {
        checker.wrong(&["engine", key, "low_load"], "the loads must rise", None);
    }
    let needed = [
        ("ch4_gwp", engine.ch4_g_per_kwh, scenario.emissions.as_ref().and_then(|factors| factors.ch4_gwp)),
        ("n2o_gwp", engine.n2o_g_per_kwh, scenario.emissions.as_ref().and_then(|factors| factors.n2o_gwp)),
    ];
    for (field, g_per_kwh, warming) in needed {
        if g_per_kwh > 0.0 && warming.is_none() {
            let message = format!("emits a gas without a warming factor: set `{field}` of [emissions]");
            checker.wrong(&["engine", key], message, None);
        }
    }
}

fn vessels(spec: &VesselsSpec, scenario: &Scenario, checker: &mut Checker<'_>) {
    let path = ["freight", "vessels"];
    if scenario.emissions.is_none() {
        checker.wrong(&path, "needs [emissions]", None);
    }
    let engines =
        [("main_engine", &spec.main_engine), ("auxiliary_engine", &spec.auxiliary_engine), ("boiler", &spec.boiler)];
    for (field, key) in engines {
        checker.key(&["freight", "vessels", field], key, &scenario.engine, "engine");
    }
    if spec.class.values().map(|class| class.share).sum::<f64>() <= 0.0 {
        checker.wrong(&["freight", "vessels", "class"], "the shares add up to 0", None);
    }
    for (key, class) in &spec.class {
        let at = |field| ["freight", "vessels", "class", key, field];
        checker.curve(&at("capable_share"), &class.capable_share, (0.0, 1.0));
        checker.curve(&at("voluntary_share"), &class.voluntary_share, (0.0, 1.0));
        if !class.tiers.values().flat_map(Curve::values).any(|weight| weight > 0.0) {
            checker.wrong(&at("tiers"), "a weight must be above 0", None);
        }
        for (tier, weight) in &class.tiers {
            checker.curve(&["freight", "vessels", "class", key, "tiers", tier], weight, (0.0, 1e6));
            for engine in engines.iter().filter_map(|(_, key)| scenario.engine.get(*key)) {
                if !knows_tier(engine, tier) {
                    let message = format!("an engine of [freight.vessels] has no factors for `{tier}`");
                    checker.wrong(&["freight", "vessels", "class", key, "tiers", tier], message, None);
                    break;
                }
            }
        }
    }
    for (name, rule) in &scenario.rule.at_berth {
        let at = |field| ["rule", "at_berth", name.as_str(), field];
        checker.curve(&at("share"), &rule.share, (0.0, 1.0));
        checker.curve(&at("captured_share"), &rule.captured_share, (0.0, 1.0));
        for kind in &rule.kinds {
            let kinds = || spec.class.values().map(|class| class.kind.as_str()).chain(VESSEL_KINDS);
            if !kinds().any(|known| known == kind) {
                let message =
                    format!("`{kind}` is neither a `kind` of [freight.vessels.class] nor a type that rules name");
                checker.wrong(&at("kinds"), message, nearest(kind, kinds()));
            }
        }
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
            checker.wrong(&["freight", "volumes", name], "the weights add up to 0", None);
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
