//! What no schema can see about plants.

use super::rules::WEEK_H;
use super::spec::{CreditSpec, FuelCreditSpec, HydrogenPrice, IndustrySpec, LeverSpec, PlantSpec};
use crate::account::engine_fleet::{EngineFleetSpec, knows_tier};
use crate::grid::spec::SiteKind;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;
use std::collections::BTreeMap;

/// Prices that are plausible, USD per unit.
const USD: (f64, f64) = (0.0, 100_000.0);

/// Checks `[industry]` and `[engine_fleet]`.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, fleet) in &scenario.engine_fleet {
        engine_fleet(key, fleet, scenario, checker);
    }
    let Some(spec) = &scenario.industry else { return };
    if scenario.transition.is_none() {
        checker.wrong(&["industry"], "plants go from year to year: it needs a [transition]", None);
    }
    if let Some(most) = &spec.most_usd_per_t {
        checker.curve(&["industry", "most_usd_per_t"], most, USD);
    }
    checker.curve(&["industry", "stored_exempt_share"], &spec.stored_exempt_share, (0.0, 1.0));
    for (key, carrier) in &spec.carrier {
        checker.curve(&["industry", "carrier", key, "usd_per_gj"], &carrier.usd_per_gj, (-100.0, 10_000.0));
        by_hour(&["industry", "carrier", key, "load_by_hour"], &carrier.load_by_hour, checker);
        if !carrier.is_electricity && !carrier.load_by_hour.is_empty() {
            let message = "is for electricity, and this carrier is not electricity";
            checker.wrong(&["industry", "carrier", key, "load_by_hour"], message, None);
        }
        let upstream = &carrier.upstream_kg_per_gj;
        checker.curve(&["industry", "carrier", key, "upstream_kg_per_gj"], upstream, (-300.0, 500.0));
    }
    for (key, plant) in &spec.plant {
        self::plant(key, plant, spec, checker);
        sited(key, plant, scenario, checker);
    }
    for (key, lever) in &spec.lever {
        self::lever(key, lever, spec, checker);
    }
    hydrogen(spec, scenario, checker);
    for (key, network) in &spec.network {
        checker.curve(&["industry", "network", key, "capacity_t"], &network.capacity_t, (0.0, 1e9));
        checker.curve(&["industry", "network", key, "usd_per_t"], &network.usd_per_t, USD);
    }
    for (key, credit) in &spec.credit {
        self::credit(key, credit, spec, checker);
    }
    for (key, credit) in &spec.fuel_credit {
        fuel_credit(key, credit, spec, checker);
    }
    for (key, path) in &spec.path {
        checker.curve(&["industry", "path", key, "reduction"], &path.reduction, (0.0, 1.0));
    }
    for (key, removal) in &spec.removal {
        checker.curve(&["industry", "removal", key, "most_t"], &removal.most_t, (0.0, 1e10));
        checker.curve(&["industry", "removal", key, "usd_per_t"], &removal.usd_per_t, USD);
    }
    for (key, project) in &spec.project {
        checker.key(&["industry", "project", key, "plant"], &project.plant, &spec.plant, "industry.plant");
        checker.key(&["industry", "project", key, "lever"], &project.lever, &spec.lever, "industry.lever");
        if project.decides < project.announced {
            checker.wrong(&["industry", "project", key, "decides"], "is before `announced`", None);
        }
    }
}

fn engine_fleet(key: &str, fleet: &EngineFleetSpec, scenario: &Scenario, checker: &mut Checker<'_>) {
    if scenario.transition.is_none() || scenario.emissions.is_none() {
        checker.wrong(&["engine_fleet", key], "needs a [transition] and [emissions]", None);
    }
    checker.curve(&["engine_fleet", key, "units"], &fleet.units, (0.0, 1e6));
    checker.curve(&["engine_fleet", key, "electric_share"], &fleet.electric_share, (0.0, 1.0));
    for (tier, weight) in &fleet.tiers {
        checker.curve(&["engine_fleet", key, "tiers", tier], weight, (0.0, 1e6));
    }
    if checker.key(&["engine_fleet", key, "engine"], &fleet.engine, &scenario.engine, "engine") {
        let engine = &scenario.engine[&fleet.engine];
        for tier in fleet.tiers.keys().filter(|tier| !knows_tier(engine, tier)) {
            let message = format!("[engine.{}] has no factors for `{tier}`", fleet.engine);
            checker.wrong(&["engine_fleet", key, "tiers", tier], message, None);
        }
    }
}

/// Energy by carrier that a plant or a lever may name: none can be used less than not at all. What a lever adds may be less.
const USED: (f64, f64) = (0.0, 1e5);
const ADDED: (f64, f64) = (-1e4, 1e5);

fn carriers(
    path: &[&str],
    named: &BTreeMap<String, f64>,
    (least, most): (f64, f64),
    spec: &IndustrySpec,
    checker: &mut Checker<'_>,
) {
    for (key, gj) in named {
        let path: Vec<&str> = path.iter().copied().chain([key.as_str()]).collect();
        checker.key(&path, key, &spec.carrier, "industry.carrier");
        if !(least..=most).contains(gj) {
            checker.wrong(&path, format!("{gj} is out of the plausible range {least} to {most}"), None);
        }
    }
}

fn plant(key: &str, plant: &PlantSpec, spec: &IndustrySpec, checker: &mut Checker<'_>) {
    carriers(&["industry", "plant", key, "gj_per_unit"], &plant.gj_per_unit, USED, spec, checker);
    checker.curve(&["industry", "plant", key, "output"], &plant.output, (0.0, 1e12));
    checker.curve(&["industry", "plant", key, "benchmark_kg_per_unit"], &plant.benchmark_kg_per_unit, (0.0, 1e6));
    let standing = &plant.standing_usd_per_unit;
    checker.curve(&["industry", "plant", key, "standing_usd_per_unit"], standing, (0.0, 100_000.0));
    if let Some(margin) = &plant.margin_usd_per_unit {
        checker.curve(&["industry", "plant", key, "margin_usd_per_unit"], margin, (-1e6, 1e6));
    }
}

/// A credit for levers pays something.
fn credit(key: &str, credit: &CreditSpec, spec: &IndustrySpec, checker: &mut Checker<'_>) {
    for lever in &credit.levers {
        checker.key(&["industry", "credit", key, "levers"], lever, &spec.lever, "industry.lever");
    }
    if credit.usd_per_t <= 0.0 && credit.usd_per_unit <= 0.0 {
        let message = "pays nothing: give `usd_per_t` or `usd_per_unit`, or `on = false`";
        checker.wrong(&["industry", "credit", key], message, None);
    }
    if credit.usd_per_unit > 0.0 && credit.levers.is_empty() {
        let message = "units are made with and without any lever: name those that it is paid for in `levers`";
        checker.wrong(&["industry", "credit", key, "usd_per_unit"], message, None);
    }
}

/// A credit for a carrier is one of fuel standards or one of a tax, and who pays it is known.
fn fuel_credit(key: &str, credit: &FuelCreditSpec, spec: &IndustrySpec, checker: &mut Checker<'_>) {
    let path = ["industry", "fuel_credit", key];
    checker.key(&[&path[..], &["carrier"]].concat(), &credit.carrier, &spec.carrier, "industry.carrier");
    if let Some(usd) = &credit.usd_per_gj {
        checker.curve(&[&path[..], &["usd_per_gj"]].concat(), usd, (0.0, 1_000.0));
    }
    match (credit.baseline_g_per_mj.is_some(), credit.usd_per_gj.is_some(), credit.payer.is_some()) {
        (true, false, false) | (false, true, true) => {}
        (false, true, false) => checker.wrong(&path, "has no `payer`: who pays `usd_per_gj`?", None),
        (true, false, true) => {
            let message = "sellers of other fuels pay for credits of fuel standards: leave `payer` out";
            checker.wrong(&[&path[..], &["payer"]].concat(), message, None);
        }
        (true, true, _) | (false, false, _) => {
            let message = "needs either `baseline_g_per_mj` (a fuel standard) or `usd_per_gj` (a tax credit)";
            checker.wrong(&path, message, None);
        }
    }
}

/// The market of hydrogen.
fn hydrogen(spec: &IndustrySpec, scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(market) = &spec.hydrogen else { return };
    checker.curve(&["industry", "hydrogen", "pipe_t"], &market.pipe_t, (0.0, 1e9));
    checker.curve(&["industry", "hydrogen", "pipe_usd_per_kg"], &market.pipe_usd_per_kg, (0.0, 100.0));
    checker.curve(&["industry", "hydrogen", "station_usd_per_kg"], &market.station_usd_per_kg, (0.0, 100.0));
    if let Some(plant) = &market.plant {
        checker.key(&["industry", "hydrogen", "plant"], plant, &scenario.hydrogen_plant, "hydrogen_plant");
    }
    let is_made = spec.plant.values().any(|plant| plant.makes_hydrogen);
    if market.price == HydrogenPrice::Producers && !is_made {
        let message = "producers decide the price, and no plant has `makes_hydrogen`";
        checker.wrong(&["industry", "hydrogen", "price"], message, None);
    }
}

/// A load by hour has a day or a week, and is somewhere above nothing.
fn by_hour(path: &[&str], factors: &[f64], checker: &mut Checker<'_>) {
    if !matches!(factors.len(), 0 | 24 | WEEK_H) {
        checker.wrong(path, format!("has {} factors, neither 24 nor {WEEK_H}", factors.len()), None);
    }
    let is_plausible = factors.iter().all(|factor| (0.0..=100.0).contains(factor));
    if !is_plausible || !factors.is_empty() && factors.iter().all(|factor| *factor == 0.0) {
        checker.wrong(path, "each factor must be between 0 and 100, and one of them above 0", None);
    }
}

/// Where a plant draws its electricity: a neighbour, whose books are not the hub's, without a load that would be the same.
fn sited(key: &str, plant: &PlantSpec, scenario: &Scenario, checker: &mut Checker<'_>) {
    by_hour(&["industry", "plant", key, "load_by_hour"], &plant.load_by_hour, checker);
    let path = ["industry", "plant", key, "site"];
    let Some(site) = &plant.site else { return };
    if !checker.key(&path, site, &scenario.site, "site") {
        return;
    }
    let spec = &scenario.site[site];
    if spec.kind != SiteKind::Plant {
        let message = format!(
            "`{site}` is in the books of the hub, and so is the electricity of the plant: it would be paid twice"
        );
        checker.wrong(&path, message, Some("name a site with kind = \"plant\"".to_owned()));
    }
    if spec.load_kw > 0.0 || spec.load_by_year.is_some() || !spec.load_by_hour.is_empty() {
        let message = format!("`{site}` has a load of its own, and the plant draws there: it would be counted twice");
        let help = format!(
            "take it out with `without = [\"site.{site}.load_kw\"]` (and `load_by_year`, `load_by_hour`), or give what is no \
             part of the plant a site of its own behind the same connection"
        );
        checker.wrong(&path, message, Some(help));
    }
}

fn lever(key: &str, lever: &LeverSpec, spec: &IndustrySpec, checker: &mut Checker<'_>) {
    carriers(&["industry", "lever", key, "gj_factor"], &lever.gj_factor, USED, spec, checker);
    carriers(&["industry", "lever", key, "gj_added"], &lever.gj_added, ADDED, spec, checker);
    for (carrier, replaced) in &lever.gj_replaced {
        let path = ["industry", "lever", key, "gj_replaced", carrier];
        checker.key(&path, carrier, &spec.carrier, "industry.carrier");
        checker.key(&[&path[..], &["by"]].concat(), &replaced.by, &spec.carrier, "industry.carrier");
    }
    carriers(&["industry", "lever", key, "gj_per_captured_t"], &lever.gj_per_captured_t, USED, spec, checker);
    for plant in &lever.plants {
        checker.key(&["industry", "lever", key, "plants"], plant, &spec.plant, "industry.plant");
    }
    for (field, others) in [("excludes", &lever.excludes), ("after", &lever.after)] {
        for other in others {
            checker.key(&["industry", "lever", key, field], other, &spec.lever, "industry.lever");
        }
    }
    if let Some(network) = &lever.network {
        checker.key(&["industry", "lever", key, "network"], network, &spec.network, "industry.network");
    }
    if lever.capture_share > 0.0 && lever.network.is_none() {
        let message = "captured carbon has no destination: name a `network`";
        checker.wrong(&["industry", "lever", key], message, None);
    }
}
