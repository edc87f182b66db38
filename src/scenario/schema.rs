//! The JSON Schema of a scenario, made from the types.

use super::Scenario;
use crate::document::shape::{Rules, Shape};
use crate::document::tree::Item;
use serde_json::Value;
use std::sync::LazyLock;

/// The schema, as editors and `portvolt schema` use it.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Scenario).to_value();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), "Portvolt scenario".into());
        if let Some(properties) = root.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert(
                "extends".to_owned(),
                serde_json::json!({
                    "description": "Files that this one changes, each laid on the one before: paths relative to this file, or names of what comes with Portvolt, such as `san_pedro_bay` or `policies/california.toml`.",
                    "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
                }),
            );
            properties.insert(
                "without".to_owned(),
                serde_json::json!({
                    "description": "Tables and keys of those files that are left out, such as `charger.north`.",
                    "type": "array",
                    "items": { "type": "string" }
                }),
            );
        }
    }
    bound(&mut schema);
    schema
}

/// States a limit for every number, list, table and text whose field states none of its own, so that no scenario can ask
/// for more than a machine can hold.
fn bound(schema: &mut Value) {
    match schema {
        Value::Object(node) => {
            let is_word = node.contains_key("const") || node.contains_key("enum");
            for (kind, keyword, limit) in LIMITS {
                let is_kind = match node.get("type") {
                    Some(Value::String(word)) => word == kind,
                    Some(Value::Array(words)) => words.iter().any(|word| word == kind),
                    _ => false,
                };
                // A table with fixed keys is as long as they are.
                if is_kind
                    && !is_word
                    && (kind != "object" || node.get("additionalProperties").is_some_and(Value::is_object))
                {
                    node.entry(keyword).or_insert_with(|| limit.into());
                }
            }
            node.values_mut().for_each(bound);
        }
        Value::Array(list) => list.iter_mut().for_each(bound),
        _ => {}
    }
}

/// Limits by type, where a field has none of its own: the keyword of JSON Schema and its value.
const LIMITS: [(&str, &str, i64); 7] = [
    ("number", "minimum", -1_000_000_000),
    ("number", "maximum", 1_000_000_000),
    ("integer", "minimum", 0),
    ("integer", "maximum", 10_000_000),
    ("array", "maxItems", 10_000),
    ("object", "maxProperties", 10_000),
    ("string", "maxLength", 4_096),
];

/// All ways in which a document has the wrong shape or a number out of its plausible range.
///
/// # Panics
/// When the schema made from our own types is not one: a programmer's error that a test would show.
#[must_use]
pub fn check_shape(document: &Item) -> Shape {
    // To compile it takes longer than all else that loading a small scenario does, and a study loads thousands.
    static SCENARIO: LazyLock<Rules> = LazyLock::new(|| Rules::of(schema()));
    SCENARIO.check(document)
}
