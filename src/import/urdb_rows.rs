//! Rows of the bulk download of the Utility Rate Database (`usurdb.csv`): one tariff a row, whose structures are spread over
//! columns such as `energyratestructure/period0/tier1max`, months over `flatdemandmonth1` to `12`, and whose schedules are
//! lists as text.

use crate::account::tariff::Tariff;
use crate::document::problem::{Mistakes, Place, Problem};
use crate::document::records::Records;
use serde_json::{Map, Value};

/// Structures with a period and a tier in the name of their columns.
const STRUCTURES: [&str; 4] =
    ["energyratestructure", "demandratestructure", "flatdemandstructure", "coincidentratestructure"];
/// Keys whose twelve months are twelve columns: how these begin, and the key.
const MONTHS: [(&str, &str); 4] = [
    ("flatdemandmonth", "flatdemandmonths"),
    ("fueladjustmentsmonthly", "fueladjustmentsmonthly"),
    ("demandratchetpercentage", "demandratchetpercentage"),
    ("lookbackmonth", "lookbackmonths"),
];
/// Columns that are words even where they look like numbers.
const WORDS: [&str; 5] = ["label", "name", "utility", "source", "description"];
/// A structure has no more periods or tiers.
const MOST_PARTS: usize = 1_000;

/// Is a CSV such a download? Its header names a label and a structure.
pub(super) fn is_bulk(text: &str) -> bool {
    let header = text.trim_start_matches('\u{feff}').lines().find(|line| !line.is_empty()).unwrap_or_default();
    let mut columns = header.split(',').map(|name| name.trim().trim_matches('"').to_lowercase());
    columns.any(|name| STRUCTURES.iter().any(|structure| name.starts_with(&format!("{structure}/period"))))
}

/// Reads the rows, or only those of a label or name.
pub(super) fn read(path: &str, text: &str, label: Option<&str>, problems: &mut Vec<Problem>) -> Vec<Tariff> {
    let before = problems.len();
    let mut objects = Vec::new();
    let mut mistakes = Mistakes::of(path, problems);
    if let Some(mut records) = Records::open(text, &mut mistakes) {
        let columns: Vec<String> = records.columns().iter().map(|name| name.to_lowercase()).collect();
        let at = |name: &str| columns.iter().position(|column| column == name);
        let (labels, names) = (at("label"), at("name"));
        let mut cells = csv::StringRecord::new();
        while let Some(line) = records.next(&mut cells, &mut mistakes) {
            let says = |column: Option<usize>| column.and_then(|at| cells.get(at)) == label;
            if label.is_none() || says(labels) || says(names) {
                objects.push((line, object(&columns, &cells)));
            }
        }
    }
    mistakes.close();
    if problems.len() > before {
        return Vec::new();
    }
    if objects.is_empty() {
        let message = label.map_or("holds no tariff".to_owned(), |label| format!("holds no tariff `{label}`"));
        problems.push(Problem { place: Some(Place::File(path.to_owned())), field: String::new(), message, help: None });
        return Vec::new();
    }
    let objects = objects.iter().map(|(line, object)| (format!("line {line}: "), object)).collect();
    super::urdb::of_objects(path, objects, label, problems)
}

/// A row as the object that the database's interface gives for it.
fn object(columns: &[String], cells: &csv::StringRecord) -> Value {
    let mut out = Map::new();
    for (name, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.trim().is_empty()) {
        let cell = cell.trim();
        let value = value(name, cell);
        if let Some((structure, period, tier, key)) = tier_of(name) {
            put_tier(&mut out, structure, (period, tier), key, value);
        } else if let Some((key, month)) = month_of(name) {
            let months = out.entry(key).or_insert_with(|| Value::Array(vec![Value::from(0); 12]));
            if let Some(months) = months.as_array_mut() {
                months[month] = value;
            }
        } else {
            out.insert(name.clone(), value);
        }
    }
    Value::Object(out)
}

/// A cell as what it looks like.
fn value(name: &str, cell: &str) -> Value {
    let is_word = WORDS.contains(&name) || name.ends_with("date") || name.ends_with("unit") || name.ends_with("units");
    let read = || serde_json::from_str::<Value>(cell).ok().filter(|value| value.is_number() || value.is_array());
    if is_word { Value::from(cell) } else { read().unwrap_or_else(|| Value::from(cell)) }
}

/// `energyratestructure/period0/tier1max`: the structure, 0, 1 and `max`.
fn tier_of(name: &str) -> Option<(&str, usize, usize, &str)> {
    let mut parts = name.split('/');
    let (structure, period, tier) = (parts.next()?, parts.next()?, parts.next()?);
    let period: usize = period.strip_prefix("period")?.parse().ok()?;
    let rest = tier.strip_prefix("tier")?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let (tier, key) = (rest[..end].parse::<usize>().ok()?, &rest[end..]);
    let is_known = STRUCTURES.contains(&structure) && parts.next().is_none();
    (is_known && period < MOST_PARTS && tier < MOST_PARTS).then_some((structure, period, tier, key))
}

/// `flatdemandmonth3`: the key of the list, and 2.
fn month_of(name: &str) -> Option<(&'static str, usize)> {
    let month = |(begin, key): &(&str, &'static str)| {
        let month: usize = name.strip_prefix(begin)?.parse().ok()?;
        (1..=12).contains(&month).then(|| (*key, month - 1))
    };
    MONTHS.iter().find_map(month)
}

fn put_tier(out: &mut Map<String, Value>, structure: &str, (period, tier): (usize, usize), key: &str, value: Value) {
    let list = out.entry(structure).or_insert_with(|| Value::Array(Vec::new()));
    let Some(periods) = list.as_array_mut() else { return };
    periods.resize(periods.len().max(period + 1), Value::Array(Vec::new()));
    let Some(tiers) = periods[period].as_array_mut() else { return };
    tiers.resize(tiers.len().max(tier + 1), Value::Object(Map::new()));
    tiers[tier][key] = value;
}
