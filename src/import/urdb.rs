//! Tariffs of the Utility Rate Database (`OpenEI`), versions 7 and 8, and its bulk file: JSON with one object, a list, or
//! `{"items": [...]}`. Keys count whatever their case. Objects of one utility and name with different start dates are
//! one tariff whose rates change by date.
//!
//! A lookback counts for the facility charge (`flatdemandstructure`), or for the charges by time of use where there is
//! none. `demandunits` holds where a charge names no unit of its own. Keys of our own: `startyear`, `period_names`,
//! `quality`, `warning`, `holidays` and `holidays_observed`, `powerfactor`, `leastbilleddemand`, and of a subscription
//! `subscriptionblockkw`, `subscriptionblockusd`, `subscriptionoverageusd`, `subscribedkw`.
//!
//! The object may lie in a `REopt` file (`ElectricTariff.urdb_response`), and a file may have one object a line.

use super::urdb_keys::{Keys, RawTier};
use crate::account::holiday::{Holidays, Observed};
use crate::account::tariff::{
    Amount, DemandCharge, DemandKind, DemandTier, EnergyCharge, EnergyTier, ExportRule, Lookback, Origin, Per, Rates,
    Schedule, Subscription, Tariff, TierBasis,
};
use crate::document::json;
use crate::document::problem::{Place, Problem, nearest};
use jiff::civil::Date;
use serde_json::Value;

/// A file of more values is not read: all tariffs of the database have half as many.
const MOST_VALUES: usize = 10_000_000;

/// One horsepower, kW (mechanical: 550 ft lbf/s, exactly 745.699 871 582 270 22 W).
const HP_KW: f64 = 0.745_699_871_582_270_2;

/// Reads all tariffs of a file. With a `label` (or a name), only the objects of that label or name count, if there are any.
pub fn read(path: &str, text: &str, label: Option<&str>, problems: &mut Vec<Problem>) -> Vec<Tariff> {
    let value = match json::parse(text, MOST_VALUES).or_else(|wrong| lines(text).ok_or(wrong)) {
        Ok(value) => value,
        Err((line, message)) => {
            let place = Some(Place::Line(path.to_owned(), line));
            problems.push(Problem { place, field: String::new(), message, help: None });
            return Vec::new();
        }
    };
    let objects = match objects(&value) {
        Ok(objects) => objects,
        Err((field, message, help)) => {
            let place = Some(Place::File(path.to_owned()));
            problems.push(Problem { place, field, message, help: Some(help.to_owned()) });
            return Vec::new();
        }
    };
    of_objects(path, objects, label, problems)
}

/// The tariffs of these objects, each with its key path.
pub(super) fn of_objects(
    path: &str,
    mut objects: Vec<(String, &Value)>,
    label: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Vec<Tariff> {
    let says = |object: &Value, keys: &[&str], what: &str| {
        let mut entries = object.as_object().into_iter().flatten();
        entries.any(|(key, value)| keys.contains(&key.to_lowercase().as_str()) && value.as_str() == Some(what))
    };
    // What is wrong with others of a large file is none of the reader's business.
    if let Some(label) = label
        && objects.iter().any(|object| says(object.1, &["label", "name", "ratename"], label))
    {
        objects.retain(|object| says(object.1, &["label", "name", "ratename"], label));
    }
    let mut found: Vec<Tariff> = Vec::new();
    for (prefix, object) in objects {
        let mut keys = Keys::new(path, prefix, object, problems);
        found.extend(tariff(&mut keys));
    }
    if found.is_empty() && problems.is_empty() {
        let message = "holds no tariff".to_owned();
        problems.push(Problem { place: Some(Place::File(path.to_owned())), field: String::new(), message, help: None });
    }
    match label.and_then(|label| found.iter().position(|tariff| tariff.label == label)) {
        Some(at) => vec![found.swap_remove(at)],
        None => joined(found),
    }
}

/// One object a line, as exports of databases have them.
fn lines(text: &str) -> Option<Value> {
    let mut left = MOST_VALUES;
    let rows = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let rows: Option<Vec<Value>> =
        rows.map(|line| json::parse_one(line, &mut left).ok().filter(Value::is_object)).collect();
    rows.filter(|rows| rows.len() > 1).map(Value::Array)
}

/// The objects of a file, with their key paths: one, a list, `{"items": [...]}`, or what a `REopt` file holds.
fn objects(value: &Value) -> Result<Vec<(String, &Value)>, (String, String, &'static str)> {
    if let Value::Array(rows) = value {
        return Ok(rows.iter().enumerate().map(|(at, object)| (format!("[{at}]."), object)).collect());
    }
    if let Some(rows) = value.get("items").and_then(Value::as_array) {
        return Ok(rows.iter().enumerate().map(|(at, object)| (format!("items[{at}]."), object)).collect());
    }
    let Some((path, tariff)) = electric_tariff(value, "", 0) else {
        return Ok(vec![(String::new(), value)]);
    };
    if let Some(response) = tariff.get("urdb_response").filter(|response| !response.is_null()) {
        Ok(vec![(format!("{path}.urdb_response."), response)])
    } else {
        let keys: Vec<&str> = tariff.as_object().into_iter().flatten().map(|entry| entry.0.as_str()).collect();
        let message = format!(
            "holds no `urdb_response`, but {}",
            if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") }
        );
        Err((path, message, "put the tariff of the Utility Rate Database there, or give Portvolt a file of that"))
    }
}

/// The `ElectricTariff` of a `REopt` file, at most four levels down.
fn electric_tariff<'v>(value: &'v Value, path: &str, depth: usize) -> Option<(String, &'v Value)> {
    let map = value.as_object()?;
    if let Some(found) = map.get("ElectricTariff") {
        return Some((format!("{path}ElectricTariff"), found));
    }
    let mut below = map.iter().filter(|_| depth < 4);
    below.find_map(|(key, inner)| electric_tariff(inner, &format!("{path}{key}."), depth + 1))
}

/// Puts the rates of one utility and name together, where their dates say which follows which.
fn joined(found: Vec<Tariff>) -> Vec<Tariff> {
    let mut out: Vec<Tariff> = Vec::new();
    for mut tariff in found {
        let from = tariff.rates[0].from;
        let same = |known: &&mut Tariff| {
            let is_free = from.is_some() && known.rates.iter().all(|rates| rates.from.is_some() && rates.from != from);
            known.name == tariff.name && known.utility == tariff.utility && is_free
        };
        match out.iter_mut().find(same) {
            Some(known) => known.rates.append(&mut tariff.rates),
            None => out.push(tariff),
        }
    }
    for tariff in &mut out {
        tariff.rates.sort_by_key(|rates| rates.from);
    }
    out
}

/// One object. None when it is wrong; the problems say why.
fn tariff(keys: &mut Keys<'_>) -> Option<Tariff> {
    if !keys.is_object() {
        keys.wrong("", "must be an object with the keys of a tariff", None);
        return None;
    }
    let before = keys.problems();
    let label = keys.text("label").unwrap_or_default();
    let name = keys.text("name").unwrap_or_else(|| label.clone());
    let utility = keys.text("utility").unwrap_or_default();
    let (from, until) = dates(keys);
    unpriced(keys);
    let mut rates = Rates {
        from,
        until,
        energy: energy(keys),
        demand: demand(keys),
        lookback: lookback(keys),
        subscription: subscription(keys),
        fixed: fixed(keys),
        minimum: minimum(keys),
        demand_window_s: keys.number("demandwindow", 1.0, 60.0).map(|minutes| (minutes * 60.0).round() as u32),
        holidays: holidays(keys),
        fits_kw: (keys.number("peakkwcapacitymin", 0.0, 1e9), keys.number("peakkwcapacitymax", 0.0, 1e9)),
        origin: Origin { source: keys.text("source"), quality: keys.text("quality"), warning: keys.text("warning") },
    };
    if keys.number("demandreactivepowercharge", -1e6, 1e6).is_some_and(|usd| usd != 0.0) {
        let note = format!("{name}: the charge for reactive power is left out, a load has none");
        rates.origin.warning = Some(rates.origin.warning.map_or(note.clone(), |warning| format!("{warning}; {note}")));
    }
    let charges_demand = !rates.demand.is_empty() || rates.subscription.is_some();
    if rates.energy.is_none() && !charges_demand && rates.fixed.is_empty() && keys.problems() == before {
        keys.wrong("energyratestructure", "is missing: the tariff charges nothing", None);
    }
    (keys.problems() == before).then(|| Tariff { label, name, utility, rates: vec![rates] })
}

/// First and last day of the rates.
fn dates(keys: &mut Keys<'_>) -> (Option<Date>, Option<Date>) {
    let from = keys.date("startdate").or_else(|| keys.new_year("startyear"));
    let until = keys.date("enddate");
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let message = format!("{until} lies before the start, {from}: the rates would never hold");
        keys.wrong("enddate", &message, Some("swap the two dates, or leave `enddate` out".to_owned()));
    }
    (from, until)
}

/// Structures of periods, and the schedules that say when each is in force.
const SCHEDULED: [(&str, &[&str]); 4] = [
    ("energyratestructure", &["energyweekdayschedule", "energyweekendschedule"]),
    ("flatdemandstructure", &["flatdemandmonths"]),
    ("demandratestructure", &["demandweekdayschedule", "demandweekendschedule"]),
    ("coincidentratestructure", &["coincidentrateschedule"]),
];

/// A schedule without prices would be a charge that is left out in silence. Of demand many published tariffs have schedules that
/// name the first period alone: they charge nothing there.
fn unpriced(keys: &mut Keys<'_>) {
    for (structure, schedules) in SCHEDULED {
        if keys.has_periods(structure) {
            continue;
        }
        let is_energy = structure == "energyratestructure";
        if let Some(schedule) = schedules.iter().find(|key| keys.names_periods(key, !is_energy)) {
            let help = format!("give the prices in `{structure}`, or take the schedule away");
            keys.wrong(
                schedule,
                &format!("names periods, and `{structure}` has none: nothing would be charged"),
                Some(help),
            );
        }
    }
}

fn energy(keys: &mut Keys<'_>) -> Option<EnergyCharge> {
    let structure = keys.structure("energyratestructure")?;
    let schedule = keys.schedule("energyweekdayschedule", "energyweekendschedule", "energyratestructure", &structure);
    let mut periods = Vec::with_capacity(structure.len());
    for (period, tiers) in structure.iter().enumerate() {
        let mut out = Vec::with_capacity(tiers.len());
        for (at, tier) in tiers.iter().enumerate() {
            let basis = energy_basis(keys, &format!("energyratestructure[{period}][{at}].unit"), tier)?;
            let (usd_per_kwh, sell_usd_per_kwh) = (tier.usd(), tier.sell.unwrap_or(0.0));
            out.push(EnergyTier { usd_per_kwh, sell_usd_per_kwh, up_to: tier.up_to(at, tiers), basis });
        }
        periods.push(out);
    }
    Some(EnergyCharge {
        schedule: schedule?,
        periods,
        names: keys.texts("period_names"),
        adjustment_usd_per_kwh: keys.months("fueladjustmentsmonthly", -100.0, 100.0).unwrap_or([0.0; 12]),
        exports: exports(keys),
    })
}

/// What becomes of exported energy, in the database's words.
const EXPORT_RULES: [(&str, ExportRule); 4] = [
    ("Net Metering", ExportRule::Month),
    ("Net Billing Instantaneous", ExportRule::Instantaneous),
    ("Net Billing Hourly", ExportRule::Hour),
    ("Buy All Sell All", ExportRule::BuyAllSellAll),
];

fn exports(keys: &mut Keys<'_>) -> ExportRule {
    let Some(rules) = keys.text("dgrules").filter(|rules| !rules.trim().is_empty()) else {
        return ExportRule::Unsaid;
    };
    let known = EXPORT_RULES.iter().find(|known| known.0.eq_ignore_ascii_case(rules.trim()));
    if known.is_none() {
        let names = EXPORT_RULES.iter().map(|known| known.0);
        keys.wrong("dgrules", &format!("`{rules}` is unknown"), nearest(&rules, names));
    }
    known.map_or(ExportRule::Unsaid, |known| known.1)
}

fn energy_basis(keys: &mut Keys<'_>, field: &str, tier: &RawTier) -> Option<TierBasis> {
    match tier.unit.as_deref().map(str::trim) {
        None | Some("kWh" | "") => Some(TierBasis::Kwh),
        Some("kWh daily") => Some(TierBasis::KwhDaily),
        Some("kWh/kW") => Some(TierBasis::KwhPerKw),
        Some(other) => {
            let message = format!("the unit `{other}` is not supported");
            keys.wrong(field, &message, Some("supported are kWh, kWh daily and kWh/kW".to_owned()));
            None
        }
    }
}

/// Days that are billed as Sundays: dates, and names of days or sets of them.
fn holidays(keys: &mut Keys<'_>) -> Holidays {
    let observed = match keys.text("holidays_observed").as_deref() {
        None => None,
        Some("on_the_day") => Some(Observed::OnTheDay),
        Some("monday") => Some(Observed::Monday),
        Some("nearest") => Some(Observed::Nearest),
        Some(other) => {
            let help = Some("there are: on_the_day, monday (after a Sunday), nearest (Friday or Monday)".to_owned());
            keys.wrong("holidays_observed", &format!("`{other}` is unknown"), help);
            None
        }
    };
    let words = keys.words("holidays").unwrap_or_default();
    Holidays::parse(words.iter().map(String::as_str), observed).unwrap_or_else(|wrong| {
        let message = format!("`{wrong}` is neither a date such as 2025-07-04 nor a known holiday");
        keys.wrong("holidays", &message, nearest(&wrong, Holidays::names()));
        Holidays::default()
    })
}

/// Blocks of power that are bought ahead.
fn subscription(keys: &mut Keys<'_>) -> Option<Subscription> {
    let block_kw = keys.number("subscriptionblockkw", 1e-3, 1e6);
    let usd_per_block = keys.number("subscriptionblockusd", 0.0, 1e6);
    let overage_usd_per_kw = keys.number("subscriptionoverageusd", 0.0, 1e5);
    let subscribed_kw = keys.number("subscribedkw", 0.0, 1e7);
    match (block_kw, usd_per_block, overage_usd_per_kw) {
        (Some(block_kw), Some(usd_per_block), Some(overage_usd_per_kw)) => {
            Some(Subscription { block_kw, usd_per_block, overage_usd_per_kw, subscribed_kw })
        }
        (None, None, None) if subscribed_kw.is_none() => None,
        _ => {
            let help = "a subscription needs subscriptionblockkw, subscriptionblockusd and subscriptionoverageusd";
            keys.wrong("subscriptionblockkw", "the subscription is not whole", Some(help.to_owned()));
            None
        }
    }
}

fn demand(keys: &mut Keys<'_>) -> Vec<DemandCharge> {
    let lookback = lookback(keys);
    let least_kw = keys.number("leastbilleddemand", 0.0, 1e7).unwrap_or(0.0);
    let mut out = Vec::new();
    if let Some(mut charge) = flat_demand(keys) {
        (charge.lookback, charge.least_kw) = (lookback, least_kw);
        out.push(charge);
    }
    let has_flat = !out.is_empty();
    if let Some(structure) = priced(keys, "demandratestructure") {
        let schedule =
            keys.schedule("demandweekdayschedule", "demandweekendschedule", "demandratestructure", &structure);
        let charge =
            demand_charge(keys, DemandKind::TimeOfUse, "demand period", "demandrateunit", &structure, schedule);
        let least_kw = if has_flat { 0.0 } else { least_kw };
        out.extend(charge.map(|charge| DemandCharge { lookback: lookback.filter(|_| !has_flat), least_kw, ..charge }));
    }
    if let Some(structure) = priced(keys, "coincidentratestructure") {
        let key = "coincidentrateschedule";
        let schedule = keys.schedule(key, key, "coincidentratestructure", &structure);
        let (kind, unit) = (DemandKind::Coincident, "coincidentrateunit");
        out.extend(demand_charge(keys, kind, "coincident demand", unit, &structure, schedule));
    }
    out
}

/// A structure in which something costs something.
fn priced(keys: &mut Keys<'_>, key: &str) -> Option<Vec<Vec<RawTier>>> {
    keys.structure(key).filter(|structure| structure.iter().flatten().any(|tier| tier.usd() != 0.0))
}

fn flat_demand(keys: &mut Keys<'_>) -> Option<DemandCharge> {
    let structure = priced(keys, "flatdemandstructure")?;
    let schedule = keys.month_periods("flatdemandmonths", "flatdemandstructure", &structure).map(Schedule::monthly);
    demand_charge(keys, DemandKind::Flat, "facility demand", "flatdemandunit", &structure, schedule)
}

fn demand_charge(
    keys: &mut Keys<'_>,
    kind: DemandKind,
    name: &str,
    unit_key: &str,
    structure: &[Vec<RawTier>],
    schedule: Option<Schedule>,
) -> Option<DemandCharge> {
    let (unit_kw, daily) = demand_unit(keys, unit_key)?;
    let steps = |tiers: &Vec<RawTier>| {
        let step = |(at, tier): (usize, &RawTier)| DemandTier {
            usd_per_kw: tier.usd() / unit_kw,
            up_to_kw: tier.up_to(at, tiers) * unit_kw,
        };
        let steps: Vec<DemandTier> = tiers.iter().enumerate().map(step).collect();
        // A period that costs nothing is no line of a bill.
        if steps.iter().all(|step| step.usd_per_kw == 0.0) { Vec::new() } else { steps }
    };
    let periods = structure.iter().map(steps).collect();
    let name = name.to_owned();
    Some(DemandCharge { kind, schedule: schedule?, periods, name, daily, lookback: None, least_kw: 0.0 })
}

/// A unit of demand in kW, and whether it counts by the day. A charge's own unit comes before that of all.
fn demand_unit(keys: &mut Keys<'_>, own_key: &str) -> Option<(f64, bool)> {
    let own = keys.text(own_key).filter(|unit| !unit.trim().is_empty());
    let (key, unit) = match own {
        Some(unit) => (own_key, unit),
        None => ("demandunits", keys.text("demandunits").unwrap_or_default()),
    };
    let unit = unit.trim();
    let daily = unit.ends_with(" daily");
    match unit.trim_end_matches(" daily") {
        "" | "kW" => Some((1.0, daily)),
        "hp" => Some((HP_KW, daily)),
        "kVA" => {
            if let Some(power_factor) = keys.number("powerfactor", 0.05, 1.0) {
                Some((power_factor, daily))
            } else {
                let help = "a load is in kW: set `powerfactor` (kW per kVA) of the load beside it";
                keys.wrong(key, &format!("`{unit}` is not supported without a power factor"), Some(help.to_owned()));
                None
            }
        }
        _ => {
            let help = "supported are kW, hp and kVA, each alone or `daily`";
            keys.wrong(key, &format!("the unit `{unit}` is not supported"), Some(help.to_owned()));
            None
        }
    }
}

/// Version 8 has `lookbackPercent`, `lookbackMonths` (twelve yes or no, or numbers of months) and `lookbackRange`
/// (months back); version 7 `demandratchetpercentage` by month.
fn lookback(keys: &mut Keys<'_>) -> Option<Lookback> {
    let percent = keys.number("lookbackpercent", 0.0, 100.0);
    // A range counts all its months; the flags are then meant to be 0.
    let months = keys.month_flags("lookbackmonths").filter(|months| months.contains(&true));
    let range = keys.number("lookbackrange", 0.0, 36.0).map(|range| range as usize).filter(|range| *range > 0);
    if let Some(percent) = percent.filter(|percent| *percent > 0.0) {
        if is_unclear(percent) {
            let message = format!("is {percent}: neither a share such as 0.75 nor a percentage such as 75");
            keys.wrong("lookbackpercent", &message, Some("write it as a percentage".to_owned()));
        }
        let months = months.filter(|_| range.is_none()).unwrap_or([true; 12]);
        return Some(Lookback { share: [share(percent); 12], months, range: range.unwrap_or(11) });
    }
    let by_month = keys.months("demandratchetpercentage", 0.0, 100.0)?.map(share);
    let counts = by_month.iter().any(|share| *share > 0.0);
    counts.then_some(Lookback { share: by_month, months: [true; 12], range: range.unwrap_or(11) })
}

/// A little above 1: no share, and no percentage that a tariff has.
fn is_unclear(percent: f64) -> bool {
    percent > 1.0 && percent < 5.0
}

/// Files write 0.75 or 75.
fn share(percent: f64) -> f64 {
    if percent > 1.0 { percent / 100.0 } else { percent }
}

fn fixed(keys: &mut Keys<'_>) -> Vec<Amount> {
    let first = keys.number("fixedchargefirstmeter", -1e9, 1e9);
    let older = keys.number("fixedmonthlycharge", -1e9, 1e9);
    let per = keys.per("fixedchargeunits");
    // Two names of one charge: files repeat the amount, or leave one of them at 0.
    if let (Some(usd), Some(old_usd)) = (first, older)
        && old_usd != 0.0
        && (old_usd, Per::Month) != (usd, per)
    {
        let message = format!("is {old_usd}, and `fixedchargefirstmeter` is {usd}: both are the charge of a customer");
        keys.wrong("fixedmonthlycharge", &message, Some("leave the one out that does not hold".to_owned()));
    }
    let amount = match (first, older) {
        (Some(usd), _) => Some(Amount::all_year(usd, per)),
        (None, Some(usd)) => Some(Amount::all_year(usd, Per::Month)),
        (None, None) => None,
    };
    amount.into_iter().collect()
}

fn minimum(keys: &mut Keys<'_>) -> Vec<Amount> {
    let per = keys.per("minchargeunits");
    let each = [("mincharge", per), ("minmonthlycharge", Per::Month), ("annualmincharge", Per::Year)];
    let mut found: Vec<Amount> = Vec::new();
    for (key, per) in each {
        let Some(usd) = keys.number(key, 0.0, 1e9) else { continue };
        // Two names of one minimum: files repeat the amount, or leave one of them at 0.
        match found.iter_mut().find(|known| known.per == per) {
            None => found.push(Amount::all_year(usd, per)),
            Some(known) if known.usd == 0.0 => known.usd = usd,
            Some(known) if usd == 0.0 || usd.total_cmp(&known.usd).is_eq() => {}
            Some(known) => {
                let message = format!("is {usd}, and `mincharge` is {} for the same time", known.usd);
                keys.wrong(key, &message, Some("leave the one out that does not hold".to_owned()));
            }
        }
    }
    found
}
