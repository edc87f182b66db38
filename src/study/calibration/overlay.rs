//! What was fitted as an overlay: each number with its source, quality `measured`, and its interval.

use super::result::{Calibrated, Estimate, clock};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The overlay of several fits: TOML.
///
/// # Errors
/// When two files tell the same number.
pub fn overlay(title: &str, fits: &[Calibrated]) -> Result<String, String> {
    let mut out = Table::new();
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    for (at, fit) in fits.iter().enumerate() {
        for estimate in &fit.estimates {
            if let Some(other) = known.insert(&estimate.path, &fit.file) {
                return Err(format!(
                    "{other} and {} both tell {}: calibrate with one of them",
                    fit.file, estimate.path
                ));
            }
            put(&mut out, at, fit, estimate);
        }
    }
    let body = toml::to_string(&out).map_err(|error| error.to_string())?;
    Ok(format!("# Fitted to measurements by `portvolt calibrate`.\ntitle = {}\n\n{body}", Value::from(title)))
}

fn put(out: &mut Table, at: usize, fit: &Calibrated, estimate: &Estimate) {
    // `load_by_hour[3]` is a number of a list, `shift[0].hours` one of a table of a list.
    let (path, index, inside) = match estimate.path.split_once('[') {
        Some((path, rest)) => {
            let (index, inside) = rest.split_once(']').unwrap_or((rest, ""));
            (path, index.parse::<usize>().ok(), inside.strip_prefix('.'))
        }
        None => (estimate.path.as_str(), None, None),
    };
    let mut keys: Vec<&str> = path.split('.').collect();
    let Some(name) = keys.pop() else { return };
    // One source a number, for each has an interval of its own; one for a whole list.
    let source = format!("calibrated_{}_{name}", at + 1);
    let owner = keys.iter().fold(&mut *out, |table, key| inner(table, key));
    inner(owner, "sources").insert(name.to_owned(), Value::from(source.clone()));
    let value =
        if estimate.is_clock { Value::from(clock(estimate.value)) } else { Value::from(rounded(estimate.value)) };
    let value = estimate.listed.map_or(value.clone(), |beside| Value::Array(vec![Value::from(beside), value]));
    if index.is_none() {
        owner.insert(name.to_owned(), value);
    } else if let Some(list) = owner.entry(name).or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
        match (inside, index) {
            (Some(field), Some(index)) => {
                while list.len() <= index {
                    list.push(Value::Table(Table::new()));
                }
                if let Some(table) = list[index].as_table_mut() {
                    table.insert(field.to_owned(), value);
                }
            }
            _ => list.push(value),
        }
    }
    let about = inner(inner(out, "source"), &source);
    about.insert("quality".to_owned(), Value::from("measured"));
    let check = &fit.check;
    let interval = if index.is_none() { ", 99 % interval below" } else { "" };
    let title = format!(
        "Fitted to {} rows of {} (blake3 {}){interval}; error {:.3}, of {} later rows held out {:.3}{}",
        check.rows_fitted,
        fit.file,
        fit.blake3,
        check.error_fitted,
        check.rows_held_out,
        check.error_held_out,
        kept(fit)
    );
    about.insert("title".to_owned(), Value::from(title));
    if index.is_none() {
        about.insert("low".to_owned(), Value::from(rounded(estimate.low)));
        about.insert("high".to_owned(), Value::from(rounded(estimate.high)));
    }
}

/// What of a list is not told by the data and stands in it as it was.
fn kept(fit: &Calibrated) -> String {
    let names: Vec<&str> = fit.estimates.iter().filter(|it| it.is_kept).map(|it| it.path.as_str()).collect();
    if names.is_empty() { String::new() } else { format!("; not fitted but kept: {}", names.join(", ")) }
}

fn inner<'t>(table: &'t mut Table, key: &str) -> &'t mut Table {
    let slot = table.entry(key).or_insert_with(|| Value::Table(Table::new()));
    if !slot.is_table() {
        *slot = Value::Table(Table::new());
    }
    match slot {
        Value::Table(table) => table,
        _ => unreachable!("made a table above"),
    }
}

/// Five digits: more are noise, and differ between machines.
fn rounded(number: f64) -> f64 {
    format!("{number:.4e}").parse().unwrap_or(number)
}
