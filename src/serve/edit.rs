//! Changes that a planner makes to a scenario: as settings for a run, and as an edit of its TOML that keeps comments and
//! order. Both say the same, so a run of the changes and a run of the saved file give the same numbers.

use super::error::{ApiError, ApiResult};
use crate::scenario::schema::schema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::str::FromStr;
use std::sync::LazyLock;
use toml_edit::{Array, DocumentMut, Item, Table, TableLike};
use utoipa::ToSchema;

/// Most changes of one request.
const MOST_CHANGES: usize = 2_000;
const DEEPEST: usize = 6;
/// The source of numbers that were changed here.
const PLANNER: &str = "planner";
const TITLE: &str = "Set on the planner's page";
static SCHEMA: LazyLock<Value> = LazyLock::new(schema);

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Change {
    /// Dotted path, such as `charger.north.cabinets`, or a whole table, such as `charger.north`.
    pub(super) path: String,
    /// The new value; `null` takes the key out.
    #[serde(default)]
    pub(super) value: Value,
}

/// A change to carry out: keys, and the new value if it is not taken out.
type Step = (Vec<String>, Option<Value>);

/// The changes, and the source of the numbers among them: in the `sources` of the innermost table that has some.
fn steps(changes: &[Change]) -> ApiResult<Vec<Step>> {
    if changes.len() > MOST_CHANGES {
        return Err(ApiError::bad(format!("{} changes are more than {MOST_CHANGES}", changes.len())));
    }
    let mut steps = Vec::new();
    let mut is_sourced = false;
    for change in changes {
        let keys = keys(&change.path)?;
        let Some(value) = Some(&change.value).filter(|value| !value.is_null()).cloned() else {
            steps.push((keys, None));
            continue;
        };
        let tables = sourced_tables(&keys);
        match value {
            Value::Object(mut row) if tables.last() == Some(&keys.len()) => {
                row.retain(|_, value| !value.is_null());
                let numbers = row.iter().filter(|(key, value)| is_sourced_value(key, value));
                let sources: Map<String, Value> = numbers.map(|(key, _)| (key.clone(), PLANNER.into())).collect();
                // A row that is there already keeps the sources of what is not changed.
                row.entry("sources").or_insert(Value::Object(sources));
                is_sourced = true;
                steps.push((keys, Some(Value::Object(row))));
            }
            value => {
                let key = keys.last().map(String::as_str).unwrap_or_default();
                let table = tables.last().filter(|_| is_sourced_value(key, &value));
                let source = table.map(|depth| {
                    let named = ["sources", &keys[*depth]].map(str::to_owned);
                    keys[..*depth].iter().cloned().chain(named).collect::<Vec<String>>()
                });
                is_sourced |= source.is_some();
                steps.push((keys, Some(value)));
                steps.extend(source.map(|source| (source, Some(PLANNER.into()))));
            }
        }
    }
    if is_sourced {
        let source = serde_json::json!({ "quality": "chosen", "title": TITLE });
        steps.push((vec!["source".to_owned(), PLANNER.to_owned()], Some(source)));
    }
    Ok(steps)
}

/// The tables on a path whose rows say in `sources` where their numbers come from, as how many keys lead to them, the
/// outermost first; the whole scenario is none of them. From the schema, so that a new table needs no list here.
fn sourced_tables(keys: &[String]) -> Vec<usize> {
    let schema = &*SCHEMA;
    let mut at = vec![schema];
    let mut found = Vec::new();
    for (depth, key) in keys.iter().enumerate() {
        let inner = |table: &&'static Value| {
            let own = table["properties"].get(key);
            own.or_else(|| table.get("additionalProperties").filter(|any| any.is_object()))
        };
        at = at.iter().filter_map(inner).flat_map(|meant| alternatives(schema, meant)).collect();
        if at.iter().any(|table| table["properties"].get("sources").is_some()) {
            found.push(depth + 1);
        }
    }
    found
}

/// What a part of the schema may be: through references, and each of several shapes.
fn alternatives<'a>(schema: &'a Value, part: &'a Value) -> Vec<&'a Value> {
    if let Some(name) = part["$ref"].as_str() {
        return schema.pointer(name.trim_start_matches('#')).map(|it| alternatives(schema, it)).unwrap_or_default();
    }
    match part["anyOf"].as_array() {
        Some(several) => several.iter().flat_map(|one| alternatives(schema, one)).collect(),
        None => vec![part],
    }
}

/// Numbers have sources, and files that hold some.
fn is_sourced_value(key: &str, value: &Value) -> bool {
    matches!(key, "tariff" | "csv") || holds_number(value)
}

fn holds_number(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().any(holds_number),
        Value::Object(row) => row.values().any(holds_number),
        value => value.is_number(),
    }
}

fn keys(path: &str) -> ApiResult<Vec<String>> {
    let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
    let is_key = |key: &String| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let is_file_level = matches!(keys[0].as_str(), "extends" | "without");
    if keys.len() > DEEPEST || !keys.iter().all(is_key) || is_file_level {
        return Err(ApiError::bad(format!("`{path}` is no path of keys such as `site.depot.limit_kw`")));
    }
    Ok(keys)
}

/// The changes as settings of a run.
///
/// # Errors
/// When a path or a value is none.
pub(super) fn settings(changes: &[Change]) -> ApiResult<Vec<String>> {
    let setting = |(keys, value): Step| {
        let path = keys.join(".");
        Ok(match value {
            None => format!("{path}="),
            Some(value) => format!("{path}={}", inline(&value, &path)?),
        })
    };
    steps(changes)?.into_iter().map(setting).collect()
}

/// A JSON value as TOML on one line.
fn inline(value: &Value, path: &str) -> ApiResult<String> {
    let toml = toml::Value::try_from(value).map_err(|error| ApiError::bad(format!("{path}: {error}")))?;
    Ok(toml.to_string())
}

/// The text of a scenario's file with the changes in it. `below` is what the files that it extends say.
///
/// # Errors
/// When the text is no TOML, a change names nothing, or a value cannot be written.
pub(super) fn apply(text: &str, changes: &[Change], below: &Value) -> ApiResult<String> {
    let mut document = DocumentMut::from_str(text).map_err(|error| ApiError::bad(error.to_string()))?;
    for (keys, value) in steps(changes)? {
        if let Some(value) = value {
            set(document.as_table_mut(), &keys, &value)?;
            continue;
        }
        let was_here = take_out(document.as_table_mut(), &keys);
        let path = keys.join(".");
        if below.pointer(&format!("/{}", keys.join("/"))).is_some() {
            leave_out(&mut document, &path)?;
        } else if !was_here {
            return Err(ApiError::bad(format!("there is no `{path}` to take out")));
        }
    }
    Ok(document.to_string())
}

/// The text of a new file that builds on others.
pub(super) fn extending(files: &[String]) -> String {
    let list = toml::Value::Array(files.iter().map(|file| toml::Value::from(file.as_str())).collect());
    format!("extends = {list}\n")
}

fn set(mut table: &mut dyn TableLike, keys: &[String], value: &Value) -> ApiResult<()> {
    let Some((last, above)) = keys.split_last() else { return Ok(()) };
    for (depth, key) in above.iter().enumerate() {
        let is_first = depth == 0;
        let entry = table.entry(key).or_insert_with(|| Item::Table(implicit(is_first)));
        if !entry.is_table_like() {
            // A policy that was a bare name becomes a table with that name.
            let name = entry.clone();
            let mut inner = Table::new();
            inner.insert("name", name);
            *entry = Item::Table(inner);
        }
        table = entry.as_table_like_mut().ok_or_else(|| ApiError::bad(format!("`{key}` is no table")))?;
    }
    put(table, last, keys, value)
}

/// Puts a value into its table, of which `keys` is the whole path. A table goes key by key into one that is there, as a
/// setting does: what it does not name stays.
fn put(table: &mut dyn TableLike, last: &str, keys: &[String], value: &Value) -> ApiResult<()> {
    if let (Value::Object(row), Some(inner)) = (value, table.get_mut(last).and_then(Item::as_table_like_mut)) {
        return row.iter().try_for_each(|(key, value)| {
            let path: Vec<String> = keys.iter().chain([key]).cloned().collect();
            put(inner, key, &path, value)
        });
    }
    let new = item(value, keys)?;
    if last == "name" && keys[0] == "policy" && table.get("name").map(Item::to_string) != Some(new.to_string()) {
        // Parameters go with the policy that they were for.
        table.remove("params");
    }
    match (table.get_mut(last).and_then(Item::as_value_mut), new) {
        (Some(old), Item::Value(mut new)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        (_, new) => {
            table.insert(last, new);
        }
    }
    Ok(())
}

fn implicit(is_first: bool) -> Table {
    let mut table = Table::new();
    table.set_implicit(is_first);
    table
}

/// A value of TOML; a row of a table at the top, such as `charger.north`, gets a heading of its own.
fn item(value: &Value, keys: &[String]) -> ApiResult<Item> {
    let path = keys.join(".");
    if let (Value::Object(row), true) = (value, keys.len() == 2) {
        let mut table = Table::new();
        for (key, value) in row {
            let inner: Vec<String> = keys.iter().chain([key]).cloned().collect();
            table.insert(key, item(value, &inner)?);
        }
        return Ok(Item::Table(table));
    }
    let text = inline(value, &path)?;
    let value = toml_edit::Value::from_str(&text).map_err(|error| ApiError::bad(format!("{path}: {error}")))?;
    Ok(Item::Value(value))
}

fn take_out(mut table: &mut dyn TableLike, keys: &[String]) -> bool {
    let Some((last, above)) = keys.split_last() else { return false };
    for key in above {
        match table.get_mut(key).and_then(Item::as_table_like_mut) {
            Some(inner) => table = inner,
            None => return false,
        }
    }
    table.remove(last).is_some()
}

/// What stands in a file below cannot be taken out of this one: it says so.
fn leave_out(document: &mut DocumentMut, path: &str) -> ApiResult<()> {
    let without = document.entry("without").or_insert_with(|| Item::Value(Array::new().into()));
    let list = without.as_array_mut().ok_or_else(|| ApiError::bad("`without` is no list"))?;
    list.push(path);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, value: Value) -> Change {
        Change { path: path.to_owned(), value }
    }

    #[test]
    fn comments_and_order_stay() {
        let text = "# why\ntitle = \"A\"\n\n[site.depot]\nlimit_kw = 1100 # signed in May\nlat = 1.0\n\n[charger.old]\nkw = 1\n";
        let changes = [
            change("site.depot.limit_kw", 550.into()),
            change("charger.old", Value::Null),
            change("charger.new", serde_json::json!({ "site": "depot", "cabinets": 3 })),
        ];
        let edited = apply(text, &changes, &Value::Null).unwrap();
        assert!(
            edited.starts_with("# why\ntitle = \"A\"\n\n[site.depot]\nlimit_kw = 550 # signed in May\nlat = 1.0\n")
        );
        assert!(
            !edited.contains("charger.old") && edited.contains("[charger.new]\ncabinets = 3\nsite = \"depot\"\n"),
            "{edited}"
        );
        assert!(edited.contains("[source.planner]") && edited.contains("limit_kw = \"planner\""), "{edited}");
    }

    #[test]
    fn what_a_file_below_has_is_named_as_left_out() {
        let gone = [change("charger.old", Value::Null)];
        let below = serde_json::json!({ "charger": { "old": { "cabinets": 2 } } });
        let new = extending(&["scenario.toml".to_owned()]);
        let left_out = "extends = [\"scenario.toml\"]\nwithout = [\"charger.old\"]\n";
        assert_eq!(apply(&new, &gone, &below).unwrap(), left_out);
        // A table of which each file has a part goes from both.
        let both = apply(&format!("{new}\n[charger.old]\ncabinets = 3\n"), &gone, &below).unwrap();
        assert!(both.starts_with(left_out) && !both.contains("cabinets"), "{both}");
        assert!(apply("title = \"A\"\n", &gone, &Value::Null).is_err());
    }

    /// Each number gets its source in the innermost table that can name one: a row, a table in a row, a table without rows,
    /// the choice of a policy; one of many by name shares the source of all of them.
    #[test]
    fn sources_follow_from_the_schema() {
        let source = |path: &str, value: Value| {
            let steps = settings(&[change(path, value)]).unwrap();
            steps.into_iter().find(|step| step.contains("sources")).unwrap_or_default()
        };
        let told = [
            ("site.depot.limit_kw", "site.depot.sources.limit_kw"),
            ("equipment_model.yt.battery.usable_kwh", "equipment_model.yt.battery.sources.usable_kwh"),
            ("terminal.pier.equipment.yt", "terminal.pier.sources.equipment"),
            ("fleet.carrier.trucks.semi", "fleet.carrier.sources.trucks"),
            ("terminal.pier.labor.break_groups", "terminal.pier.labor.sources.break_groups"),
            ("money.discount_rate", "money.sources.discount_rate"),
            ("price.chargers.capex_usd_per_kw", "price.chargers.sources.capex_usd_per_kw"),
            ("policy.charging.params.cap_kw", "policy.charging.sources.params"),
        ];
        for (path, wanted) in told {
            assert_eq!(source(path, 1.into()), format!("{wanted}=\"planner\""));
        }
        let row = source("price.new", serde_json::json!({ "of": ["site.depot"], "capex_usd_per_kw": 540 }));
        assert!(row.contains("sources = { capex_usd_per_kw = \"planner\" }"), "{row}");
        let shifts = serde_json::json!([{ "start": "06:00", "hours": 10 }]);
        assert_eq!(source("fleet.carrier.shift", shifts), "fleet.carrier.sources.shift=\"planner\"");
        assert_eq!(source("policy.charging.name", "edf".into()), "", "a name is no number");
    }

    #[test]
    fn paths_are_keys_only() {
        for path in ["", "a..b", "extends", "a.b c", "a.\"b\"", "a.b.c.d.e.f.g", "without"] {
            assert!(settings(&[change(path, 1.into())]).is_err(), "{path}");
        }
        let list = settings(&[change("policy.charging.name", "edf".into()), change("site.a.limit_kw", Value::Null)]);
        assert_eq!(list.unwrap(), ["policy.charging.name=\"edf\"", "site.a.limit_kw="]);
    }
}
