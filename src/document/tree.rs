//! A TOML document that remembers where each value was written, so that a mistake found late still shows its line.

use super::lines::{LONE_RETURNS, has_lone_returns};
use super::problem::{Place, Problem};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys and values that a scenario's files may have together: each takes some hundred bytes of memory, and is compared with the
/// schema, whatever little text it takes in the file.
pub(crate) const MOST_PARTS: usize = 200_000;

/// How many keys and values a text has, about: what begins one is counted where it stands outside of quotes and comments, so
/// that a file of too many is refused before it is parsed.
///
/// # Errors
/// The byte at which there are more than `most`.
pub(crate) fn parts(text: &str, most: usize) -> Result<usize, usize> {
    let bytes = text.as_bytes();
    let (mut at, mut count, mut dots) = (0, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at),
            b'"' | b'\'' => at = end_of_text(bytes, at),
            b'=' | b',' | b'[' => count += 1,
            // A dotted key makes a table a dot. A number has a dot, too, so these are counted apart.
            b'.' => dots += 1,
            _ => {}
        }
        if count > most || dots > most {
            return Err(at);
        }
        at += 1;
    }
    Ok(count)
}

/// The last byte of a text in quotes that begins at a byte. One that is not closed on its line ends there.
fn end_of_text(bytes: &[u8], begin: usize) -> usize {
    let quote = bytes[begin];
    let triple = [quote; 3];
    let is_long = bytes[begin..].starts_with(&triple);
    let mut at = begin + if is_long { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote && !is_long => return at,
            byte if byte == quote && bytes[at..].starts_with(&triple) => return at + 2,
            b'\n' if !is_long => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// What is said of a text that has too many at a byte.
pub(crate) fn too_many_parts(file: usize, at: usize) -> Problem {
    Problem {
        place: Some(Place::Span(file, at..at + 1)),
        field: String::new(),
        message: format!("more than {MOST_PARTS} keys and values, in all files of a scenario together"),
        help: Some("put rows into a CSV file that the scenario names, or split the scenario".to_owned()),
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Item {
    /// Where its key was written (the value, for elements of a list).
    pub key: Place,
    /// Where its value was written.
    pub value: Place,
    /// What it holds.
    pub node: Node,
}

/// What an item holds.
#[derive(Debug, Clone)]
pub enum Node {
    /// Named items.
    Table(BTreeMap<String, Item>),
    /// Items in order.
    List(Vec<Item>),
    /// A single value.
    Leaf(Value),
}

impl Item {
    /// Parses one file. All syntax errors and non-finite numbers are reported at once.
    ///
    /// # Errors
    /// The problems.
    pub fn parse(text: &str, file: usize) -> Result<Self, Vec<Problem>> {
        if has_lone_returns(text) {
            let help = Some("save it with other line ends".to_owned());
            let place = Some(Place::Span(file, 0..0));
            return Err(vec![Problem { place, field: String::new(), message: LONE_RETURNS.to_owned(), help }]);
        }
        parts(text, MOST_PARTS).map_err(|at| vec![too_many_parts(file, at)])?;
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut problems: Vec<Problem> = errors
            .iter()
            .map(|error| {
                // The one mistake that the reader gives no place is a name of too many parts.
                let place = error.span().unwrap_or_else(|| deepest_name(text));
                let message = if error.span().is_some() { error.message() } else { "a name has too many parts" };
                let (place, message) = (Some(Place::Span(file, place)), message.to_owned());
                Problem { place, field: String::new(), message, help: None }
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let span = table.span();
        let node = table_node(table.into_inner(), file, "", &mut problems);
        if problems.is_empty() {
            Ok(Self { key: Place::Span(file, 0..0), value: Place::Span(file, span), node })
        } else {
            Err(problems)
        }
    }

    /// The table that laying a setting on this one would make anew, and the names beside it: what a misspelt name does.
    pub(crate) fn made_by(&self, setting: &Item) -> Option<(Vec<String>, Vec<&str>)> {
        let (Node::Table(here), Node::Table(set)) = (&self.node, &setting.node) else { return None };
        let (key, inner) = set.first_key_value()?;
        match here.get(key) {
            Some(below) => below.made_by(inner).map(|(mut path, names)| {
                path.insert(0, key.clone());
                (path, names)
            }),
            None if matches!(inner.node, Node::Table(_)) => {
                Some((vec![key.clone()], here.keys().map(String::as_str).collect()))
            }
            None => None,
        }
    }

    /// Lays `over` on top: tables merge, everything else is replaced.
    pub fn overlay(&mut self, over: Item) {
        match (&mut self.node, over.node) {
            (Node::Table(mine), Node::Table(theirs)) => {
                for (key, item) in theirs {
                    match mine.get_mut(&key) {
                        Some(old) => old.overlay(item),
                        None => {
                            mine.insert(key, item);
                        }
                    }
                }
            }
            (_, node) => *self = Item { key: over.key, value: over.value, node },
        }
    }

    /// Takes the item at a path of keys out; was there one?
    pub fn take_out(&mut self, path: &[String]) -> bool {
        let Node::Table(items) = &mut self.node else { return false };
        match path {
            [] => false,
            [last] => items.remove(last).is_some(),
            [first, rest @ ..] => items.get_mut(first).is_some_and(|item| item.take_out(rest)),
        }
    }

    /// Puts a value in the place of the one at a path such as `fleet.a.shift[0].hours`; was there one? Its place in the file
    /// stays.
    pub fn put(&mut self, path: &str, value: &Value) -> bool {
        if path.is_empty() {
            self.node = node_of(value, &self.value);
            return true;
        }
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        match &mut self.node {
            Node::Table(items) => {
                let path = path.strip_prefix('.').unwrap_or(path);
                // A key may hold a dot itself.
                let mut found =
                    items.iter_mut().filter_map(|(key, item)| Some((path.strip_prefix(key.as_str())?, item)));
                found.any(|(rest, item)| below(rest) && item.put(rest, value))
            }
            Node::List(items) => {
                let Some((index, rest)) = path.strip_prefix('[').and_then(|path| path.split_once(']')) else {
                    return false;
                };
                let item = index.parse::<usize>().ok().and_then(|index| items.get_mut(index));
                item.is_some_and(|item| item.put(rest, value))
            }
            Node::Leaf(_) => false,
        }
    }

    /// The item at a path of keys and list positions, as far as it exists: the deepest one found.
    #[must_use]
    pub fn nearest(&self, path: &[String]) -> &Item {
        let mut at = self;
        for part in path {
            let next = match &at.node {
                Node::Table(items) => items.get(part),
                Node::List(items) => part.parse::<usize>().ok().and_then(|index| items.get(index)),
                Node::Leaf(_) => None,
            };
            match next {
                Some(item) => at = item,
                None => break,
            }
        }
        at
    }

    /// The same as JSON. Whole numbers written as floats become integers.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.node {
            Node::Table(items) => {
                Value::Object(items.iter().map(|(key, item)| (key.clone(), item.to_json())).collect())
            }
            Node::List(items) => Value::Array(items.iter().map(Item::to_json).collect()),
            Node::Leaf(value) => value.clone(),
        }
    }
}

/// The line with the most dots.
fn deepest_name(text: &str) -> std::ops::Range<usize> {
    let mut at = 0;
    let lines = text.split('\n').map(|line| {
        let from = at;
        at += line.len() + 1;
        from..from + line.len()
    });
    lines.max_by_key(|line| text[line.clone()].matches('.').count()).unwrap_or(0..0)
}

fn table_node(table: DeTable<'_>, file: usize, path: &str, problems: &mut Vec<Problem>) -> Node {
    let items = table.into_iter().map(|(key, value)| {
        let key_span = key.span();
        let key = key.into_inner().into_owned();
        if key.trim().is_empty() || key.chars().any(char::is_control) {
            let (place, field) = (Some(Place::Span(file, key_span.clone())), path.to_owned());
            let message = "a name holds at least one letter, and no line breaks or other control characters".to_owned();
            problems.push(Problem { place, field, message, help: None });
        }
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let item = item(value, file, key_span, &path, problems);
        (key, item)
    });
    Node::Table(items.collect())
}

fn item(
    value: Spanned<DeValue<'_>>,
    file: usize,
    key_span: Range<usize>,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Item {
    let span = value.span();
    let node = match value.into_inner() {
        DeValue::Table(table) => table_node(table, file, path, problems),
        DeValue::Array(list) => Node::List(
            list.into_iter()
                .enumerate()
                .map(|(at, value)| {
                    let span = value.span();
                    item(value, file, span, &format!("{path}[{at}]"), problems)
                })
                .collect(),
        ),
        DeValue::String(text) => Node::Leaf(Value::String(text.into_owned())),
        DeValue::Boolean(yes) => Node::Leaf(Value::Bool(yes)),
        DeValue::Datetime(time) => Node::Leaf(Value::String(time.to_string())),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok();
            leaf_number(parsed.map(Value::from), file, &span, path, problems)
        }
        DeValue::Float(number) => {
            let parsed = number.as_str().parse::<f64>().ok();
            leaf_number(parsed.and_then(number_value), file, &span, path, problems)
        }
    };
    Item { key: Place::Span(file, key_span), value: Place::Span(file, span), node }
}

/// A value as items, all at one place.
fn node_of(value: &Value, place: &Place) -> Node {
    match value {
        Value::Array(list) => {
            let item = |value: &Value| Item { key: place.clone(), value: place.clone(), node: node_of(value, place) };
            Node::List(list.iter().map(item).collect())
        }
        value => Node::Leaf(value.clone()),
    }
}

fn number_value(number: f64) -> Option<Value> {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return Some(Value::from(number as i64));
    }
    serde_json::Number::from_f64(number).map(Value::Number)
}

fn leaf_number(
    value: Option<Value>,
    file: usize,
    span: &Range<usize>,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Node {
    if value.is_none() {
        problems.push(Problem {
            place: Some(Place::Span(file, span.clone())),
            field: path.to_owned(),
            message: "must be a finite number".to_owned(),
            help: Some("`nan` and `inf` are not allowed; omit the key where there is no limit".to_owned()),
        });
    }
    Node::Leaf(value.unwrap_or(Value::Null))
}

#[cfg(test)]
mod tests {
    //! Contract: what is wrong with a file has its place, whatever is wrong.

    use super::*;

    /// 290,000 sites are refused at the key that is one too many, before anything is parsed.
    #[test]
    fn too_many_keys_are_told_before_they_are_read() {
        let sites = |count: usize| "[site.a]\nlat = 33\nlon = -118\n".repeat(count);
        // What a parse would object to first is not seen: there was none.
        let problems = Item::parse(&format!("= broken\n{}", sites(290_000)), 0).unwrap_err();
        assert!(problems.len() == 1 && problems[0].message.contains("200000 keys"), "{problems:?}");
        assert!(matches!(problems[0].place, Some(Place::Span(0, ref span)) if span.start > 1_000_000));
        for wide in ["a,".repeat(300_000), "[".repeat(300_000), format!("{}a = 1", "a.".repeat(300_000))] {
            assert!(parts(&format!("x = {wide}"), MOST_PARTS).is_err());
        }
    }

    #[test]
    fn what_stands_in_quotes_and_comments_is_no_key() {
        for (text, count) in [
            ("a = 1 # b = [1, 2]\nc = 2\n", 2),
            ("a = \"x, y = [\\\", z\"\nb = 'c,\\'\n", 2),
            ("a = \"\"\"x, \"y\", z\n,,,\"\"\"\nb = '''c,\n,'''\n", 2),
            ("a = \"open, \nb = [1, 2]\n", 4),
            ("a = \"\"\"open, \nb = [1, 2]\n", 1),
            ("[a]\nb.c = 1.5\nd = { e = 1, f = 2 }\n", 6),
        ] {
            assert_eq!(parts(text, 100), Ok(count), "{text:?}");
        }
        assert_eq!(parts("a = [1, 2, 3]", 2), Err(6));
    }

    #[test]
    fn a_name_without_a_letter_is_told_where_it_is() {
        for (text, at) in [("[site.\"\"]\nlat = 1\n", 6), ("[site.a]\n\" \" = 1\n", 9), ("\"a\\nb\" = 1\n", 0)] {
            let problems = Item::parse(text, 0).unwrap_err();
            assert!(problems.len() == 1 && problems[0].message.contains("at least one letter"), "{problems:?}");
            assert!(matches!(&problems[0].place, Some(Place::Span(0, span)) if span.start == at), "{problems:?}");
        }
    }

    #[test]
    fn a_name_of_too_many_parts_is_told_where_it_is() {
        for deep in [format!("{}a = 1", "a.".repeat(1_000)), format!("[{}a]", "a.".repeat(1_000))] {
            let problems = Item::parse(&format!("x = 1.5\n{deep}\ny = 2\n"), 0).unwrap_err();
            assert_eq!(problems[0].place, Some(Place::Span(0, 8..8 + deep.len())));
            assert!(problems[0].message.contains("too many parts"), "{}", problems[0].message);
        }
        let problems = Item::parse("x = \n", 0).unwrap_err();
        assert!(matches!(&problems[0].place, Some(Place::Span(0, span)) if span.start >= 4), "{:?}", problems[0]);
    }
}
