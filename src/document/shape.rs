//! The check of a document against the schema: every mistake with the place where it was written, in words for people.

use super::problem::{Place, Problem, nearest};
use super::tree::Item;
use boon::{Compiler, ErrorKind, InstanceToken, SchemaIndex, Schemas, ValidationError};
use serde_json::Value;

/// The name under which a schema is compiled; it is never looked up anywhere.
const NAME: &str = "portvolt.json";

/// What is wrong with the shape of a document.
#[derive(Debug, Default)]
pub struct Shape {
    /// The mistakes.
    pub problems: Vec<Problem>,
    /// Paths of keys that no table has. Without them the rest can still be checked.
    pub unknown: Vec<Vec<String>>,
}

/// A schema that is compiled once, for all documents that are compared with it.
pub(crate) struct Rules {
    schema: Value,
    schemas: Schemas,
    index: SchemaIndex,
}

impl Rules {
    /// Of a schema of ours; panics when it is none.
    pub(crate) fn of(schema: Value) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource(NAME, schema.clone()).expect("our own schema has a name of its own");
        let index = compiler.compile(NAME, &mut schemas).expect("our own schema is valid");
        Self { schema, schemas, index }
    }

    /// All ways in which a document breaks the schema.
    pub(crate) fn check(&self, document: &Item) -> Shape {
        let json = document.to_json();
        let mut shape = Shape::default();
        if let Err(error) = self.schemas.validate(&json, self.index) {
            for error in leaves(&error) {
                explain(error, &self.schema, document, &mut shape);
            }
        }
        shape
    }
}

type Wrong<'a> = ValidationError<'a, 'a>;

/// What is really wrong, without the frames around it; an `anyOf` is one mistake, whatever its branches say.
fn leaves<'a>(error: &'a Wrong<'a>) -> Vec<&'a Wrong<'a>> {
    match error.kind {
        ErrorKind::Group | ErrorKind::Schema { .. } | ErrorKind::Reference { .. } | ErrorKind::AllOf => {
            error.causes.iter().flat_map(leaves).collect()
        }
        _ => vec![error],
    }
}

fn explain<'a>(error: &'a Wrong<'a>, schema: &Value, document: &Item, shape: &mut Shape) {
    let path = path_of(error);
    let item = document.nearest(&path);
    let field = dotted(&path);
    let mut unknown = Vec::new();
    let mut push = |place: &Place, field: String, message: String, help: Option<String>| {
        shape.problems.push(Problem { place: Some(place.clone()), field, message, help });
    };
    match &error.kind {
        ErrorKind::AdditionalProperties { got } => {
            let known = known_keys(schema, error);
            for key in got {
                let mut inner = path.clone();
                inner.push(key.clone().into_owned());
                let help = nearest(key, known.iter().map(String::as_str));
                push(&document.nearest(&inner).key, dotted(&inner), "unknown key".to_owned(), help);
                unknown.push(inner);
            }
        }
        ErrorKind::AnyOf | ErrorKind::OneOf(_) => {
            let branches: Vec<Vec<&Wrong<'a>>> = error.causes.iter().map(leaves).collect();
            let words = constants(&branches);
            if !words.is_empty() {
                let wrong = item.to_json().as_str().unwrap_or_default().to_owned();
                let help = nearest(&wrong, words.iter().copied()).filter(|help| help.starts_with("did"));
                push(&item.value, field, format!("must be one of {}", words.join(", ")), help);
                return;
            }
            match most_meant(&branches) {
                Some(branch) => branch.iter().for_each(|error| explain(error, schema, document, shape)),
                None => push(&item.value, field, error.kind.to_string(), None),
            }
        }
        ErrorKind::Required { want } => {
            for missing in want {
                let help = describe(schema, error, missing);
                push(&item.key, field.clone(), format!("the key `{missing}` is missing"), help);
            }
        }
        ErrorKind::Type { want, .. } => {
            let kinds: Vec<String> = want.iter().map(|kind| kind.to_string()).filter(|kind| kind != "null").collect();
            push(&item.value, field, format!("must be a {}", plain_type(&kinds.join(" or "))), None);
        }
        kind => {
            if let Some((message, help)) = limit_text(kind, item) {
                push(&item.value, field, message, help);
            }
        }
    }
    shape.unknown.append(&mut unknown);
}

/// What is said of a value that has the right type and is not allowed all the same.
fn limit_text(kind: &ErrorKind<'_, '_>, item: &Item) -> Option<(String, Option<String>)> {
    let plain = |message: String| Some((message, None));
    let unit = |message: String| Some((message, Some(UNIT_HELP.to_owned())));
    match kind {
        ErrorKind::Enum { want } => {
            let words: Vec<&str> = want.iter().filter_map(Value::as_str).collect();
            let wrong = item.to_json().as_str().unwrap_or_default().to_owned();
            let help = nearest(&wrong, words.iter().copied()).filter(|help| help.starts_with("did"));
            Some((format!("must be one of {}", words.join(", ")), help))
        }
        ErrorKind::Const { want } => plain(format!("must be {want}")),
        ErrorKind::Minimum { want, .. } => unit(range_text(item, "least", want)),
        ErrorKind::Maximum { want, .. } => unit(range_text(item, "most", want)),
        ErrorKind::MinItems { want, got } => plain(format!("needs at least {want} entries, has {got}")),
        ErrorKind::MaxItems { want, got } => plain(format!("takes at most {want} entries, has {got}")),
        ErrorKind::MaxProperties { want, got } => plain(format!("takes at most {want} tables, has {got}")),
        ErrorKind::MaxLength { want, got } => plain(format!("takes at most {want} characters, has {got}")),
        other => plain(other.to_string()),
    }
}

const UNIT_HELP: &str = "check the unit in the key's name";

fn range_text(item: &Item, which: &str, limit: &serde_json::Number) -> String {
    format!("{} is out of the plausible range: it must be at {which} {limit}", item.to_json())
}

/// The words of a list of words, which the schema writes as one constant a branch.
fn constants<'a>(branches: &[Vec<&Wrong<'a>>]) -> Vec<&'a str> {
    let word = |error: &&Wrong<'a>| match error.kind {
        ErrorKind::Const { want } => want.as_str(),
        _ => None,
    };
    let words = branches.iter().map(|branch| branch.iter().find_map(word));
    words.collect::<Option<Vec<&str>>>().unwrap_or_default()
}

/// Of the branches of an `anyOf`, the one that the user most probably meant: not the `null` of an optional table, and
/// the one whose errors lie deepest.
fn most_meant<'b, 'a>(branches: &'b [Vec<&'a Wrong<'a>>]) -> Option<&'b Vec<&'a Wrong<'a>>> {
    let depth =
        |branch: &[&Wrong<'_>]| branch.iter().map(|error| error.instance_location.tokens.len()).max().unwrap_or(0);
    let is_null = |branch: &[&Wrong<'_>]| {
        let wants_null = |error: &&Wrong<'_>| matches!(&error.kind, ErrorKind::Type { want, .. } if want.iter().all(|kind| kind == boon::Type::Null));
        branch.iter().all(wants_null)
    };
    branches.iter().filter(|branch| !is_null(branch)).max_by_key(|branch| depth(branch))
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

fn path_of(error: &Wrong<'_>) -> Vec<String> {
    let part = |token: &InstanceToken<'_>| match token {
        InstanceToken::Prop(key) => key.clone().into_owned(),
        InstanceToken::Item(index) => index.to_string(),
    };
    error.instance_location.tokens.iter().map(part).collect()
}

/// A path as users write it.
#[must_use]
pub fn dotted(path: &[String]) -> String {
    path.join(".")
}

/// The part of the schema that a value broke.
fn part<'s>(schema: &'s Value, error: &Wrong<'_>) -> Option<&'s Value> {
    schema.pointer(error.schema_url.split_once('#').map_or("", |split| split.1))
}

/// The keys of the table whose `additionalProperties` was broken.
fn known_keys(schema: &Value, error: &Wrong<'_>) -> Vec<String> {
    let properties = part(schema, error).and_then(|part| part.get("properties")).and_then(Value::as_object);
    properties.map(|keys| keys.keys().cloned().collect()).unwrap_or_default()
}

/// What the missing key would say.
fn describe(schema: &Value, error: &Wrong<'_>, missing: &str) -> Option<String> {
    let text = part(schema, error)?.get("properties")?.get(missing)?.get("description")?.as_str()?;
    Some(format!("{missing}: {}", text.replace('\n', " ")))
}
