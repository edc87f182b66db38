//! What no schema can see about a transition: references, years, dates, offers without a model.

use super::regulation::{FuelStandardRule, RulesSpec, Term};
use super::spec::{GridEmissionsKind, ProjectKind, TRUCK, TransitionSpec};
use crate::document::problem::nearest;
use crate::kernel::calendar::parse_date;
use crate::kernel::curve::Curve;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;
use std::collections::{BTreeMap, BTreeSet};

/// Checks all tables of a transition.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    offers(scenario, checker);
    buyers(scenario, checker);
    projects(scenario, checker);
    as_of(&scenario.rule, checker);
    for (name, rule) in &scenario.rule.at_berth {
        dates("at_berth", name, &rule.term, checker);
    }
    rules(&scenario.rule, scenario, checker);
    let classes = classes(scenario);
    for class in scenario.survival.keys() {
        class_known(&["survival", class], class, &classes, checker);
    }
    money(scenario, checker);
    if let Some(spec) = &scenario.transition {
        transition(spec, scenario, checker);
    }
}

fn classes(scenario: &Scenario) -> BTreeSet<&str> {
    core::iter::once(TRUCK).chain(scenario.equipment_model.values().map(|model| model.class.as_str())).collect()
}

fn class_known(path: &[&str], class: &str, classes: &BTreeSet<&str>, checker: &mut Checker<'_>) {
    if !classes.contains(class) {
        let help = nearest(class, classes.iter().copied());
        checker.wrong(path, format!("`{class}` is neither `truck` nor a class of equipment"), help);
    }
}

const USD: (f64, f64) = (0.0, 1e9);

fn transition(spec: &TransitionSpec, scenario: &Scenario, checker: &mut Checker<'_>) {
    let here = |checker: &mut Checker<'_>, path: &[&str], value: &Curve, range| {
        let path: Vec<&str> = core::iter::once("transition").chain(path.iter().copied()).collect();
        checker.curve(&path, value, range);
    };
    if spec.until < spec.from {
        checker.wrong(&["transition", "until"], format!("{} is before {}", spec.until, spec.from), None);
    }
    for (field, list, length) in
        [("volume_by_month", &spec.volume_by_month, 12), ("grid.by_hour", &spec.grid.by_hour, 24)]
    {
        let path: Vec<&str> = core::iter::once("transition").chain(field.split('.')).collect();
        if !list.is_empty() && list.len() != length {
            checker.wrong(&path, format!("has {} numbers, not {length}", list.len()), None);
        }
        if list.iter().any(|factor| !(0.0..=100.0).contains(factor)) {
            checker.wrong(&path, "each factor must be between 0 and 100", None);
        }
    }
    here(checker, &["volume"], &spec.volume, (0.001, 100.0));
    here(checker, &["grid", "kg_per_mwh"], &spec.grid.kg_per_mwh, (0.0, 2_000.0));
    if spec.grid.kind == GridEmissionsKind::Marginal && spec.grid.marginal_kg_per_mwh.is_none() {
        let message = "`marginal` emissions need `marginal_kg_per_mwh`";
        let help = Some("write its path, or kind = \"average\"".to_owned());
        checker.wrong(&["transition", "grid", "kind"], message, help);
    }
    if let Some(marginal) = &spec.grid.marginal_kg_per_mwh {
        here(checker, &["grid", "marginal_kg_per_mwh"], marginal, (0.0, 2_000.0));
    }
    diesel_pool(spec, checker);
    let price = &spec.price;
    here(checker, &["price", "diesel_usd_per_gal"], &price.diesel_usd_per_gal, (0.0, 100.0));
    here(checker, &["price", "electricity_usd_per_kwh"], &price.electricity_usd_per_kwh, (0.0, 10.0));
    here(checker, &["price", "public_usd_per_kwh"], &price.public_usd_per_kwh, (0.0, 10.0));
    here(checker, &["price", "hydrogen_usd_per_kg"], &price.hydrogen_usd_per_kg, (0.0, 1_000.0));
    here(checker, &["price", "tariff_factor"], &price.tariff_factor, (0.01, 100.0));
    for (key, value) in &spec.part {
        here(checker, &["part", key], value, USD);
    }
    for (class, wear) in &spec.wear {
        class_known(&["transition", "wear", class], class, &classes(scenario), checker);
        for (field, ages) in [("nox", &wear.nox), ("pm25", &wear.pm25)] {
            if ages.iter().any(|factor| !(0.1..=20.0).contains(factor)) {
                checker.wrong(&["transition", "wear", class, field], "each factor must be between 0.1 and 20", None);
            }
        }
    }
    if spec.residual.iter().any(|share| !(0.0..=1.0).contains(share)) {
        checker.wrong(&["transition", "residual"], "each value must be between 0 and 1", None);
    }
    if spec.residual.windows(2).any(|pair| pair[1] > pair[0]) {
        checker.wrong(&["transition", "residual"], "values must not rise with age", None);
    }
    let hours = &spec.grid.by_hour;
    let mean = hours.iter().sum::<f64>() / hours.len().max(1) as f64;
    if hours.len() == 24 && (mean - 1.0).abs() > 0.02 {
        let message = format!("the factors have the mean {mean:.3}, not 1: `kg_per_mwh` is the mean of the year");
        checker.wrong(&["transition", "grid", "by_hour"], message, None);
    }
    ramps(spec, checker);
    builds(spec, scenario, checker);
    sold(scenario, checker);
}

fn ramps(spec: &TransitionSpec, checker: &mut Checker<'_>) {
    for (group, ramps) in &spec.ramp {
        if !matches!(group.as_str(), "truck" | "equipment") {
            checker.wrong(&["transition", "ramp", group], "is neither `truck` nor `equipment`", None);
        }
        for word in ramps.keys() {
            powertrain(&["transition", "ramp", group, word], word, checker);
        }
    }
}

/// What works cost, and what they are made of.
fn builds(spec: &TransitionSpec, scenario: &Scenario, checker: &mut Checker<'_>) {
    for (kind, build) in &spec.build {
        for (name, place) in &build.place {
            for site in &place.sites {
                let path = ["transition", "build", kind.word(), "place", name, "sites"];
                checker.key(&path, site, &scenario.site, "site");
            }
            if let Some(usd) = &place.usd_per_unit {
                checker.curve(&["transition", "build", kind.word(), "place", name, "usd_per_unit"], usd, USD);
            }
        }
        checker.curve(&["transition", "build", kind.word(), "usd_per_unit"], &build.usd_per_unit, USD);
        for material in build.material_t.keys().filter(|key| !scenario.rule.embodied_limit.contains_key(*key)) {
            let path = ["transition", "build", kind.word(), "material_t", material];
            let help = nearest(material, scenario.rule.embodied_limit.keys().map(String::as_str));
            checker.wrong(&path, format!("there is no [rule.embodied_limit.{material}]"), help);
        }
    }
}

fn powertrain(path: &[&str], word: &str, checker: &mut Checker<'_>) {
    const WORDS: [&str; 4] = ["diesel", "battery_electric", "fuel_cell", "grid_connected"];
    if !WORDS.contains(&word) {
        checker.wrong(path, format!("`{word}` is no powertrain"), nearest(word, WORDS));
    }
}

/// Shares of a pool that leave something for fossil diesel, and intensities that can be.
fn diesel_pool(spec: &TransitionSpec, checker: &mut Checker<'_>) {
    let Some(pool) = &spec.diesel_pool else { return };
    checker.curve(&["transition", "diesel_pool", "fossil_g_per_mj"], &pool.fossil_g_per_mj, (1.0, 300.0));
    for (name, fuel) in &pool.fuel {
        let path = |field| ["transition", "diesel_pool", "fuel", name.as_str(), field];
        checker.curve(&path("share"), &fuel.share, (0.0, 1.0));
        checker.curve(&path("g_per_mj"), &fuel.g_per_mj, (-500.0, 300.0));
        checker.curve(&path("premium_usd_per_gal"), &fuel.premium_usd_per_gal, (-10.0, 50.0));
        if let Some(share) = &fuel.share_in_price {
            checker.curve(&path("share_in_price"), share, (0.0, 1.0));
        }
    }
    let sum = |year: u16| pool.fuel.values().map(|fuel| fuel.share.at(year)).sum::<f64>();
    if let Some(year) = (spec.from..=spec.until.max(spec.from)).find(|year| sum(*year) > 1.0 + 1e-9) {
        let message = format!("the shares add up to {:.2} in {year}, more than the pool", sum(year));
        checker.wrong(&["transition", "diesel_pool", "fuel"], message, None);
    }
}

/// Years of money need a transition, whose dollars they are converted to, and an index that knows them.
fn money(scenario: &Scenario, checker: &mut Checker<'_>) {
    if let Some(index) = scenario.transition.as_ref().and_then(|spec| spec.price_index.as_ref()) {
        checker.curve(&["transition", "price_index"], index, (1e-6, 1e6));
        return;
    }
    let fuels = scenario.fuel.iter().map(|(key, fuel)| (vec!["fuel", key.as_str(), "money_year"], fuel.money_year));
    let mut named: Vec<(Vec<&str>, Option<u16>)> = fuels.collect();
    let message = if let Some(spec) = &scenario.transition {
        named.push((vec!["transition", "part_money_year"], spec.part_money_year));
        for (key, offer) in &scenario.offer {
            named.push((vec!["offer", key, "money_year"], offer.money_year));
            named.push((vec!["offer", key, "maintenance_money_year"], offer.maintenance_money_year));
        }
        named.extend(scenario.industry.iter().map(|it| (vec!["industry", "money_year"], it.money_year)));
        "names a year of money, and there is no `price_index` to convert it with"
    } else {
        "names a year of money, and there is no [transition] whose dollars it is converted to"
    };
    let own = scenario.transition.as_ref().map(|spec| spec.money_year);
    for (path, _) in named.iter().filter(|(_, year)| year.is_some() && *year != own) {
        checker.wrong(path, message, None);
    }
}

/// Every vehicle of the first year needs an offer: what it is worth, and when it was built.
fn sold(scenario: &Scenario, checker: &mut Checker<'_>) {
    let trucks =
        scenario.fleet.iter().flat_map(|(key, fleet)| fleet.trucks.iter().map(move |it| ("fleet", key, "trucks", it)));
    let units = scenario
        .terminal
        .iter()
        .flat_map(|(key, it)| it.equipment.iter().map(move |it| ("terminal", key, "equipment", it)));
    let mut missing: BTreeMap<&str, (&str, &str, &str)> = BTreeMap::new();
    for (table, key, field, (model, count)) in trucks.chain(units) {
        if count.0 > 0 && !scenario.offer.contains_key(model) {
            missing.entry(model).or_insert((table, key, field));
        }
    }
    for (model, (table, key, field)) in missing {
        let message = format!("a transition needs an [offer.{model}]: what it costs and when it was built");
        checker.wrong(&[table, key, field, model], message, None);
    }
}

fn offers(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, offer) in &scenario.offer {
        let is_truck = scenario.truck_model.contains_key(key);
        let is_unit = scenario.equipment_model.contains_key(key);
        if !is_truck && !is_unit {
            let names = scenario.truck_model.keys().chain(scenario.equipment_model.keys()).map(String::as_str);
            checker.wrong(
                &["offer", key],
                format!("there is no [truck_model.{key}] or [equipment_model.{key}]"),
                nearest(key, names),
            );
        }
        if is_truck && is_unit {
            checker.wrong(&["offer", key], format!("`{key}` is a truck and a piece of equipment; rename one"), None);
        }
        if let [from, until] = offer.built[..]
            && until < from
        {
            checker.wrong(&["offer", key, "built"], format!("{until} is before {from}"), None);
        }
        let first = scenario.transition.as_ref().map_or(u16::MAX, |spec| spec.from);
        if offer.built.iter().any(|year| !(1950..=first).contains(year)) {
            checker.wrong(&["offer", key, "built"], "model years must be between 1950 and the first year", None);
        }
        if let Some(next) = &offer.successor {
            let class = |key: &str| match scenario.equipment_model.get(key) {
                Some(model) => Some(model.class.as_str()),
                None => scenario.truck_model.contains_key(key).then_some(TRUCK),
            };
            if class(next).is_none() || class(next) != class(key) {
                let alike = scenario.offer.keys().map(String::as_str).filter(|name| class(name) == class(key));
                let message = format!("`{next}` is no model of the same class");
                checker.wrong(&["offer", key, "successor"], message, nearest(next, alike));
            }
        }
        checker.curve(&["offer", key, "glider_usd"], &offer.glider_usd, USD);
        checker.curve(&["offer", key, "markup"], &offer.markup, (0.01, 100.0));
        checker.curve(&["offer", key, "maintenance_usd"], &offer.maintenance_usd, (0.0, 1_000.0));
        let parts = scenario.transition.as_ref().map(|spec| &spec.part);
        for part in offer.part.keys() {
            if let Some(parts) = parts {
                checker.key(&["offer", key, "part", part], part, parts, "transition.part");
            }
        }
    }
}

fn buyers(scenario: &Scenario, checker: &mut Checker<'_>) {
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, buyer) in &scenario.buyer {
        for owner in &buyer.fleets {
            if !scenario.fleet.contains_key(owner) && !scenario.terminal.contains_key(owner) {
                let names = scenario.fleet.keys().chain(scenario.terminal.keys()).map(String::as_str);
                let message = format!("`{owner}` is no fleet and no terminal");
                checker.wrong(&["buyer", key, "fleets"], message, nearest(owner, names));
            }
            if let Some(other) = taken.insert(owner, key) {
                checker.wrong(&["buyer", key, "fleets"], format!("`{owner}` buys as `{other}` already"), None);
            }
        }
    }
}

fn projects(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, project) in &scenario.project {
        let path = ["project", key, "at"];
        match project.kind {
            ProjectKind::Chargers => checker.key(&path, &project.at, &scenario.charger, "charger"),
            ProjectKind::Solar => checker.key(&path, &project.at, &scenario.solar, "solar"),
            ProjectKind::Hydrogen => checker.key(&path, &project.at, &scenario.hydrogen, "hydrogen"),
            ProjectKind::Grid | ProjectKind::Storage => checker.key(&path, &project.at, &scenario.site, "site"),
        };
        let is_whole = matches!(project.kind, ProjectKind::Chargers | ProjectKind::Hydrogen);
        if is_whole && project.amount.fract() != 0.0 {
            checker.wrong(&["project", key, "amount"], format!("{} is not a whole number", project.amount), None);
        }
        if let Some(spec) = &scenario.transition
            && !(spec.from..spec.until.max(spec.from + 1)).contains(&project.decided)
        {
            let (decided, last) = (project.decided, spec.until.saturating_sub(1));
            let message = format!("{decided} is outside of the years that decide, {} to {last}", spec.from);
            checker.wrong(&["project", key, "decided"], message, None);
        }
        if let Some(spec) = &scenario.transition
            && !spec.build.contains_key(&project.kind)
        {
            let kind = project.kind.word();
            checker.wrong(&["project", key, "kind"], format!("there is no [transition.build.{kind}]"), None);
        }
    }
}

fn vouchers(rules: &RulesSpec, checker: &mut Checker<'_>) {
    for (name, rule) in &rules.voucher {
        checker.curve(&["rule", "voucher", name, "usd"], &rule.usd, USD);
        let bands = &rule.by_size;
        if bands.windows(2).any(|pair| pair[0][0] >= pair[1][0])
            || bands.iter().any(|band| !(0.0..=10.0).contains(&band[1]))
        {
            let message = "the sizes must rise, and each factor must be between 0 and 10";
            checker.wrong(&["rule", "voucher", name, "by_size"], message, None);
        }
        if let Some(budget) = &rule.budget_usd {
            checker.curve(&["rule", "voucher", name, "budget_usd"], budget, (0.0, 1e12));
        }
        for word in &rule.powertrains {
            powertrain(&["rule", "voucher", name, "powertrains"], word, checker);
        }
        if let Some(fund) = &rule.fund {
            checker.key(&["rule", "voucher", name, "fund"], fund, &rules.truck_fee, "rule.truck_fee");
        }
    }
}

fn earns_credits(name: &str, kinds: &[ProjectKind], checker: &mut Checker<'_>) {
    if let Some(kind) = kinds.iter().find(|it| !matches!(it, ProjectKind::Chargers | ProjectKind::Hydrogen)) {
        let message = format!("capacity of `{}` earns no credits: `chargers` and `hydrogen` do", kind.word());
        checker.wrong(&["rule", "capacity_credit", name, "kinds"], message, None);
    }
}

fn fuel_standard(name: &str, rule: &FuelStandardRule, checker: &mut Checker<'_>) {
    let path = |field| ["rule", "fuel_standard", name, field];
    checker.curve(&path("reduction"), &rule.reduction, (0.0, 1.0));
    checker.curve(&path("electricity_g_per_mj"), &rule.electricity_g_per_mj, (-500.0, 500.0));
    checker.curve(&path("hydrogen_g_per_mj"), &rule.hydrogen_g_per_mj, (-500.0, 500.0));
    checker.curve(&path("usd_per_t"), &rule.usd_per_t, (0.0, 1_000.0));
}

/// The day up to which rules are known.
fn as_of(rules: &RulesSpec, checker: &mut Checker<'_>) {
    if let Some(text) = rules.as_of.as_ref().filter(|text| parse_date(text).is_err()) {
        let help = Some("write \"2026-11-01\"".to_owned());
        checker.wrong(&["rule", "as_of"], format!("`{text}` is no date"), help);
    }
}

/// When a rule is in force.
fn dates(kind: &str, name: &str, term: &Term, checker: &mut Checker<'_>) {
    if let Some((field, text)) = term.wrong_date() {
        let message = format!("`{text}` is no date");
        checker.wrong(&["rule", kind, name, "term", field], message, Some("write \"2025-07-01\"".to_owned()));
    }
    if term.is_never() {
        checker.wrong(&["rule", kind, name, "term", "until"], "is before `from`: the rule is never in force", None);
    }
}

fn rules(rules: &RulesSpec, scenario: &Scenario, checker: &mut Checker<'_>) {
    let classes = classes(scenario);
    let term = |kind: &str, name: &str, term: &Term, means: &[String], checker: &mut Checker<'_>| {
        dates(kind, name, term, checker);
        for class in means {
            class_known(&["rule", kind, name, "classes"], class, &classes, checker);
        }
    };
    for (kind, shares) in [("purchase_share", &rules.purchase_share), ("stock_share", &rules.stock_share)] {
        for (name, rule) in shares {
            term(kind, name, &rule.term, &rule.classes, checker);
            checker.curve(&["rule", kind, name, "share"], &rule.share, (0.0, 1.0));
        }
    }
    for (name, rule) in &rules.useful_life {
        term("useful_life", name, &rule.term, &rule.classes, checker);
    }
    for (name, rule) in &rules.fuel_standard {
        term("fuel_standard", name, &rule.term, &[], checker);
        fuel_standard(name, rule, checker);
    }
    for (name, rule) in &rules.carbon_price {
        term("carbon_price", name, &rule.term, &[], checker);
        checker.curve(&["rule", "carbon_price", name, "usd_per_t"], &rule.usd_per_t, (0.0, 5_000.0));
    }
    for (name, rule) in &rules.truck_fee {
        term("truck_fee", name, &rule.term, &[], checker);
        checker.curve(&["rule", "truck_fee", name, "usd_per_teu"], &rule.usd_per_teu, (0.0, 10_000.0));
    }
    for (name, rule) in &rules.voucher {
        term("voucher", name, &rule.term, &rule.classes, checker);
    }
    vouchers(rules, checker);
    for (name, rule) in &rules.vehicle_tax {
        term("vehicle_tax", name, &rule.term, &rule.classes, checker);
        checker.curve(&["rule", "vehicle_tax", name, "share"], &rule.share, (0.0, 1.0));
    }
    for (name, rule) in &rules.infrastructure_credit {
        for site in &rule.sites {
            checker.key(&["rule", "infrastructure_credit", name, "sites"], site, &scenario.site, "site");
        }
        term("infrastructure_credit", name, &rule.term, &[], checker);
    }
    for (name, rule) in &rules.capacity_credit {
        for site in &rule.sites {
            checker.key(&["rule", "capacity_credit", name, "sites"], site, &scenario.site, "site");
        }
        earns_credits(name, &rule.kinds, checker);
        term("capacity_credit", name, &rule.term, &[], checker);
    }
    for (name, rule) in &rules.embodied_limit {
        for site in &rule.public_sites {
            checker.key(&["rule", "embodied_limit", name, "public_sites"], site, &scenario.site, "site");
        }
        if let Some(limit) = &rule.limit_t_per_t {
            checker.curve(&["rule", "embodied_limit", name, "limit_t_per_t"], limit, (0.0, 20.0));
        }
        term("embodied_limit", name, &rule.term, &[], checker);
    }
    for (name, rule) in &rules.target {
        for class in &rule.classes {
            class_known(&["rule", "target", name, "classes"], class, &classes, checker);
        }
    }
}
