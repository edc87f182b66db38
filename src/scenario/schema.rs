//! The JSON Schema of a scenario, made from the types, and the check of a document against it.

use super::Scenario;
use super::problem::{Place, Problem, nearest};
use super::tree::{Item, Node};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

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
                    "description": "Files that this one changes, each laid on the one before; paths relative to this file.",
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

/// What is wrong with the shape of a document.
#[derive(Debug, Default)]
pub struct Shape {
    /// The mistakes.
    pub problems: Vec<Problem>,
    /// Paths of keys that no table has. Without them the rest can still be checked.
    pub unknown: Vec<Vec<String>>,
}

/// All ways in which a document has the wrong shape or a number out of its plausible range.
///
/// # Panics
/// When the schema made from our own types is not one: a programmer's error that a test would show.
#[must_use]
pub fn check_shape(document: &Item) -> Shape {
    check_against(&schema(), document)
}

/// The same against the schema of one table.
///
/// # Panics
/// As [`check_shape`].
#[must_use]
pub fn check_against(schema: &Value, document: &Item) -> Shape {
    let validator = Validator::new(schema).expect("our own schema is valid");
    let json = document.to_json();
    let mut shape = Shape::default();
    for error in validator.iter_errors(&json) {
        explain(&error, schema, document, &mut shape);
    }
    shape
}

fn explain(error: &ValidationError<'_>, schema: &Value, document: &Item, shape: &mut Shape) {
    let path = pointer_parts(error.instance_path().as_str());
    let item = document.nearest(&path);
    let field = dotted(&path);
    let mut unknown = Vec::new();
    let mut push = |place: &Place, field: String, message: String, help: Option<String>| {
        shape.problems.push(Problem { place: Some(place.clone()), field, message, help });
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = known_keys(schema, error.schema_path().as_str());
            for key in unexpected {
                let mut inner = path.clone();
                inner.push(key.clone());
                let help = nearest(key, known.iter().map(String::as_str));
                push(&document.nearest(&inner).key, dotted(&inner), "unknown key".to_owned(), help);
                unknown.push(inner);
            }
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let words = constants(context);
            if !words.is_empty() {
                let wrong = item.to_json().as_str().unwrap_or_default().to_owned();
                let help = nearest(&wrong, words.iter().map(String::as_str)).filter(|help| help.starts_with("did"));
                push(&item.value, field, format!("must be one of {}", words.join(", ")), help);
                return;
            }
            match most_meant(context) {
                Some(branch) => branch.iter().for_each(|error| explain(error, schema, document, shape)),
                None => push(&item.value, field, format!("{error}"), None),
            }
        }
        ValidationErrorKind::Required { property } => {
            let missing = property.as_str().unwrap_or_default();
            push(&item.key, field, format!("the key `{missing}` is missing"), describe(schema, error, missing));
        }
        ValidationErrorKind::Type { kind } => {
            let wanted = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => {
                    kinds.iter().map(|k| k.to_string()).filter(|k| k != "null").collect::<Vec<_>>().join(" or ")
                }
            };
            push(&item.value, field, format!("must be a {}", plain_type(&wanted)), None);
        }
        ValidationErrorKind::Enum { options } => {
            let words: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            push(&item.value, field, format!("must be one of {}", words.join(", ")), None);
        }
        ValidationErrorKind::Constant { expected_value } => {
            push(&item.value, field, format!("must be {expected_value}"), None);
        }
        ValidationErrorKind::Minimum { limit } => {
            push(&item.value, field, range_text(item, "least", limit), Some(UNIT_HELP.to_owned()));
        }
        ValidationErrorKind::Maximum { limit } => {
            push(&item.value, field, range_text(item, "most", limit), Some(UNIT_HELP.to_owned()));
        }
        ValidationErrorKind::MinItems { limit } => {
            push(&item.value, field, format!("needs at least {limit} entries, has {}", length(item)), None);
        }
        ValidationErrorKind::MaxItems { limit } => {
            push(&item.value, field, format!("takes at most {limit} entries, has {}", length(item)), None);
        }
        ValidationErrorKind::MaxProperties { limit } => {
            push(&item.value, field, format!("takes at most {limit} tables, has {}", length(item)), None);
        }
        ValidationErrorKind::MaxLength { limit } => {
            push(&item.value, field, format!("takes at most {limit} characters"), None);
        }
        _ => push(&item.value, field, format!("{error}"), None),
    }
    shape.unknown.append(&mut unknown);
}

fn length(item: &Item) -> usize {
    match &item.node {
        Node::List(items) => items.len(),
        Node::Table(items) => items.len(),
        Node::Leaf(_) => 1,
    }
}

const UNIT_HELP: &str = "check the unit in the key's name";

fn range_text(item: &Item, which: &str, limit: &Value) -> String {
    format!("{} is out of the plausible range: it must be at {which} {limit}", item.to_json())
}

/// The words of a list of words, which the schema writes as one constant a branch.
fn constants(context: &[Vec<ValidationError<'static>>]) -> Vec<String> {
    let word = |error: &ValidationError<'static>| match error.kind() {
        ValidationErrorKind::Constant { expected_value } => expected_value.as_str().map(str::to_owned),
        _ => None,
    };
    let words = context.iter().map(|branch| branch.iter().find_map(word));
    words.collect::<Option<Vec<String>>>().unwrap_or_default()
}

/// Of the branches of an `anyOf`, the one that the user most probably meant: not the `null` of an optional table, and
/// the one whose errors lie deepest.
fn most_meant<'a>(context: &'a [Vec<ValidationError<'static>>]) -> Option<&'a Vec<ValidationError<'static>>> {
    let depth = |branch: &Vec<ValidationError<'static>>| {
        branch.iter().map(|error| error.instance_path().as_str().matches('/').count()).max().unwrap_or(0)
    };
    let is_null = |branch: &Vec<ValidationError<'static>>| {
        branch.iter().all(|error| {
            matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(kind) } if kind.to_string() == "null")
        })
    };
    context.iter().filter(|branch| !is_null(branch)).max_by_key(|branch| depth(branch))
}

fn plain_type(word: &str) -> &str {
    match word {
        "integer" => "whole number",
        "string" => "text in quotes",
        "object" => "table",
        "array" => "list",
        other => other,
    }
}

fn pointer_parts(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

/// A path as users write it.
#[must_use]
pub fn dotted(path: &[String]) -> String {
    path.join(".")
}

/// The keys of the table whose `additionalProperties` was broken.
fn known_keys(schema: &Value, schema_path: &str) -> Vec<String> {
    let parent = schema_path.rsplit_once('/').map_or("", |split| split.0);
    let properties = schema.pointer(&format!("{parent}/properties")).and_then(Value::as_object);
    properties.map(|keys| keys.keys().cloned().collect()).unwrap_or_default()
}

/// What the missing key would say.
fn describe(schema: &Value, error: &ValidationError<'_>, missing: &str) -> Option<String> {
    let path = error.schema_path();
    let parent = path.as_str().rsplit_once('/').map_or("", |split| split.0);
    let text = schema.pointer(&format!("{parent}/properties/{missing}/description"))?.as_str()?;
    Some(format!("{missing}: {}", text.replace('\n', " ")))
}
