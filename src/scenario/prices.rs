//! What a scenario has that carries a price, and whether its prices are of anything.

use super::Scenario;
use super::checker::Checker;
use crate::account::price::{Investment, PriceSpec, Quantity};
use crate::document::problem::nearest;
use crate::kernel::calendar::parse_date;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What everything costs that has a price, in the order of the prices and the dollars of `[money]`.
#[must_use]
pub fn investments(scenario: &Scenario) -> Vec<Investment> {
    let dollars = |price: &PriceSpec| scenario.money.as_ref().map_or(1.0, |money| money.from_dollars_of(price.usd_of));
    let of = |price: &PriceSpec, path: &String| Some(price.investment(quantity(scenario, path)?).times(dollars(price)));
    scenario.price.values().flat_map(|price| price.of.iter().filter_map(move |path| of(price, path))).collect()
}

/// Something that has to be ordered some time before it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What, as its price names it.
    pub of: String,
    /// From the order until it is there, months.
    pub months: u32,
    /// Ordered on this day it is there when the run begins.
    pub by: Date,
}

/// When what has a price and a lead time is ordered to be there on the first day of the run, in the order of the prices. With a
/// scenario that stands for what is there already, only that of which there is more than in that.
#[must_use]
pub fn orders(scenario: &Scenario, already: Option<&Scenario>) -> Vec<Order> {
    let Ok(first) = parse_date(&scenario.time.start) else { return Vec::new() };
    let is_needed = |path: &str| {
        let there = already.map(|already| quantity(already, path).unwrap_or_default());
        let wanted = quantity(scenario, path).filter(|wanted| wanted.units > 0.0);
        wanted.is_some_and(|wanted| there.is_none_or(|there| wanted.is_more_than(there)))
    };
    let mut out = Vec::new();
    for price in scenario.price.values() {
        let Some(months) = price.lead_time_months else { continue };
        let by = first.saturating_sub(i64::from(months).months());
        let needed = price.of.iter().filter(|path| is_needed(path));
        out.extend(needed.map(|path| Order { of: path.clone(), months, by }));
    }
    out
}

/// How much there is of something; none where there is no such thing.
fn quantity(scenario: &Scenario, path: &str) -> Option<Quantity> {
    let (kind, key) = path.split_once('.')?;
    let one = |kw: Option<f64>, kwh: Option<f64>| Quantity { units: 1.0, kw, kwh };
    Some(match kind {
        "charger" => {
            let charger = scenario.charger.get(key)?;
            Quantity { units: f64::from(charger.cabinets), kw: Some(charger.cabinet_kw), kwh: None }
        }
        "site" => one(scenario.site.get(key)?.limit_kw, None),
        "node" => one(scenario.node.get(key)?.limit_kw, None),
        "storage" => {
            let storage = scenario.storage.get(key)?;
            let all = one(Some(storage.power_kw), Some(storage.energy_kwh));
            if storage.is_there() { all } else { Quantity { units: 0.0, ..all } }
        }
        "solar" => {
            let solar = scenario.solar.get(key)?;
            let all = one(Some(solar.dc_kw), None);
            if solar.is_there() { all } else { Quantity { units: 0.0, ..all } }
        }
        "truck_model" => {
            let model = scenario.truck_model.get(key)?;
            let trucks =
                scenario.fleet.values().filter_map(|fleet| fleet.trucks.get(key)).map(|count| f64::from(count.0));
            let kwh = model.battery.as_ref().map(|battery| battery.usable_kwh);
            Quantity { units: trucks.sum(), kw: None, kwh }
        }
        "equipment_model" => {
            let model = scenario.equipment_model.get(key)?;
            let units = scenario.terminal.values().filter_map(|terminal| terminal.equipment.get(key));
            let kwh = model.battery.as_ref().map(|battery| battery.usable_kwh);
            Quantity { units: units.map(|count| f64::from(count.0)).sum(), kw: None, kwh }
        }
        _ => return None,
    })
}

/// Says which prices are of nothing, of something twice, or by a size that nothing says.
pub(super) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    if scenario.money.is_some() && scenario.transition.is_some() {
        let help = Some("its prices are in [offer], [project] and [transition]".to_owned());
        checker.wrong(&["money"], "a transition has money of its own", help);
    }
    if scenario.money.is_none() && !scenario.price.is_empty() {
        let help = Some("add [money] with `discount_rate`, `years` and `usd_of`".to_owned());
        checker.wrong(&["price"], "prices need [money], which makes them a yearly cost", help);
    }
    dollars(scenario, checker);
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, price) in &scenario.price {
        for path in &price.of {
            let at = ["price", id, "of"];
            let Some(of) = quantity(scenario, path) else {
                checker.wrong(&at, format!("there is no `{path}` that can carry a price"), near(scenario, path));
                continue;
            };
            if let Some(other) = seen.insert(path, id) {
                let help = Some(format!("it is in [price.{other}] too: keep one"));
                checker.wrong(&at, format!("`{path}` has two prices"), help);
            }
            let by_kw = price.capex_usd_per_kw > 0.0 && of.kw.is_none();
            let by_kwh = price.capex_usd_per_kwh > 0.0 && of.kwh.is_none();
            if by_kw || by_kwh {
                let unit = if by_kw { "kW" } else { "kWh" };
                let help = Some("give it that size (a site or node its `limit_kw`), or a price a piece".to_owned());
                checker.wrong(&at, format!("`{path}` is priced per {unit}, but has no size in that unit"), help);
            }
        }
    }
}

/// Years of dollars need an index that knows them.
fn dollars(scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(money) = &scenario.money else { return };
    if let Some(index) = &money.price_index {
        checker.curve(&["money", "price_index"], index, (1e-6, 1e6));
        return;
    }
    for (id, _) in scenario.price.iter().filter(|it| it.1.usd_of.is_some_and(|year| year != money.usd_of)) {
        let message = "names a year of dollars, and [money] has no `price_index` to convert it with";
        checker.wrong(&["price", id, "usd_of"], message, None);
    }
}

fn near(scenario: &Scenario, path: &str) -> Option<String> {
    let keys: [(&str, Vec<&String>); 7] = [
        ("charger", scenario.charger.keys().collect()),
        ("site", scenario.site.keys().collect()),
        ("node", scenario.node.keys().collect()),
        ("storage", scenario.storage.keys().collect()),
        ("solar", scenario.solar.keys().collect()),
        ("truck_model", scenario.truck_model.keys().collect()),
        ("equipment_model", scenario.equipment_model.keys().collect()),
    ];
    let known: Vec<String> =
        keys.iter().flat_map(|(kind, keys)| keys.iter().map(move |key| format!("{kind}.{key}"))).collect();
    nearest(path, known.iter().map(String::as_str))
}
