//! What the layers, folders and attributes of a drawing stand for: words that name a part of a plan, and a mapping file for all
//! others.

use super::map::toml_of;
use super::shape::{Found, Scale, UNITS};
use crate::document::problem::{Place, Problem, nearest};
use crate::yard::spec::Part;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a mapping file calls a layer that is left out.
pub(super) const NOTHING: &str = "none";
/// What columns of attributes can be named for.
const ROLES: [&str; 4] = ["kind", "id", "machine", "one_way"];
/// Attributes that are looked at for a role, where the mapping names none.
const USUAL: [(&str, &[&str]); 4] = [
    ("kind", &["kind", "type", "layer", "class"]),
    ("id", &["name", "id"]),
    ("machine", &["machine"]),
    ("one_way", &["one_way", "oneway"]),
];
/// Words that name a part of a plan.
const WORDS: [(&str, &[&str]); 9] = [
    ("fence", &["fence", "fences", "boundary", "perimeter"]),
    ("quay", &["quay", "quays", "wharf", "berth", "berths"]),
    ("block", &["block", "blocks", "stack", "stacks"]),
    ("gate", &["gate", "gates"]),
    ("rail", &["rail", "rails", "railway", "railroad"]),
    ("road", &["road", "roads", "roadway", "roadways"]),
    ("lot", &["lot", "lots", "charging", "charger", "chargers"]),
    ("parking", &["parking"]),
    ("building", &["building", "buildings", "workshop"]),
];

/// How a drawing becomes a plan. Everything may be left out that the drawing says itself.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlanMap {
    /// What coordinates are, where the file does not say: `m`, `ft`, `us-ft`, `degrees` and the like.
    pub units: Option<String>,
    /// What a layer, folder, block or value of the attribute `kind` is: a part of a plan, or `none`. A `*` at the end stands for
    /// any rest.
    pub kinds: BTreeMap<String, String>,
    /// The class of machine that works blocks of a layer or folder: a key of `[work]`.
    pub machines: BTreeMap<String, String>,
    /// That of all other blocks.
    pub machine: Option<String>,
    /// Attributes that say the kind, id, machine and `one_way` of shapes, where they have other names.
    pub columns: BTreeMap<String, String>,
    /// How far pieces of a flattened arc may lie off it, m.
    pub flatten_m: Option<f64>,
    /// Ends of lines that lie within this distance are one point, m.
    pub close_m: Option<f64>,
    /// Points of lines and outlines that lie within this distance of the line without them are left out, m. None: all stay.
    pub simplify_m: Option<f64>,
}

/// What a shape is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// A part of a plan.
    Is(&'static str),
    /// Nothing, as the mapping says.
    Nothing,
    /// Unknown; its first name.
    Open(String),
}

impl PlanMap {
    /// How far pieces of a flattened arc may lie off it, m: a hand's breadth, unless the mapping says.
    pub(super) fn flatten_m(&self) -> f64 {
        self.flatten_m.unwrap_or(0.1)
    }

    /// Within which distance ends of lines are one point, m.
    pub(super) fn close_m(&self) -> f64 {
        self.close_m.unwrap_or(0.5)
    }

    /// Reads a mapping file. None: it is wrong, and the problems say why.
    pub fn parse(path: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let map: Self = toml_of(path, text, problems)?;
        let before = problems.len();
        let mut wrong = |field: String, message: String, help: Option<String>| {
            problems.push(Problem { place: Some(Place::File(path.to_owned())), field, message, help });
        };
        for (name, kind) in map.kinds.iter().filter(|(_, kind)| !is_kind(kind)) {
            let help = nearest(kind, Part::WORDS.into_iter().chain([NOTHING]));
            wrong(format!("kinds.\"{name}\""), format!("`{kind}` is no part of a plan"), help);
        }
        for role in map.columns.keys().filter(|role| !ROLES.contains(&role.as_str())) {
            wrong(format!("columns.{role}"), "no shape has such a column".to_owned(), nearest(role, ROLES));
        }
        let lengths = [
            ("flatten_m", map.flatten_m, 0.001..=10.0),
            ("close_m", map.close_m, 0.0..=50.0),
            ("simplify_m", map.simplify_m, 0.0..=50.0),
        ];
        for (field, length, range) in lengths {
            if length.is_some_and(|length| !range.contains(&length)) {
                wrong(field.to_owned(), format!("must be {} to {} m", range.start(), range.end()), None);
            }
        }
        if let Err((message, help)) = map.scale() {
            wrong("units".to_owned(), message, help);
        }
        (problems.len() == before).then_some(map)
    }

    /// With options that come before the mapping. None: they are wrong, and the problems say why.
    #[must_use]
    pub fn with(mut self, units: Option<String>, machine: Option<String>, problems: &mut Vec<Problem>) -> Option<Self> {
        self.units = units.or(self.units);
        self.machine = machine.or(self.machine);
        match self.scale() {
            Ok(_) => Some(self),
            Err((message, help)) => {
                problems.push(Problem { place: None, field: "--units".to_owned(), message, help });
                None
            }
        }
    }

    /// What is said of coordinates.
    pub(super) fn scale(&self) -> Result<Option<Scale>, (String, Option<String>)> {
        let Some(word) = &self.units else { return Ok(None) };
        let known = || nearest(word, UNITS.iter().map(|unit| unit.0));
        Scale::of(word).map(Some).ok_or_else(|| (format!("`{word}` is no unit of a drawing"), known()))
    }

    /// The attribute of a shape for a role.
    pub(super) fn attribute<'f>(&self, role: &str, found: &'f Found) -> Option<&'f str> {
        let find = |name: &str| {
            let mut those = found.attributes.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
            those.next().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
        };
        if let Some(name) = self.columns.get(role) {
            return find(name);
        }
        let usual = USUAL.iter().find(|usual| usual.0 == role)?;
        usual.1.iter().find_map(|name| find(name))
    }

    /// Names of a shape that may say what it is, in their order.
    pub(super) fn names<'f>(&self, found: &'f Found) -> Vec<&'f str> {
        self.attribute("kind", found).into_iter().chain(found.names.iter().map(String::as_str)).collect()
    }

    /// What a shape is: what the mapping says of one of its names, else what one says itself.
    pub(super) fn decide(&self, found: &Found) -> Decision {
        let names = self.names(found);
        let kind = names.iter().find_map(|name| entry(&self.kinds, name)).map(String::as_str);
        match kind.and_then(|kind| Part::WORDS.into_iter().find(|word| *word == kind)) {
            Some(word) => Decision::Is(word),
            None if kind.is_some() => Decision::Nothing,
            None => names.iter().find_map(|name| word(name)).map_or_else(
                || Decision::Open(names.first().map_or_else(String::new, |name| (*name).to_owned())),
                Decision::Is,
            ),
        }
    }

    /// The class of machine of a block.
    pub(super) fn machine(&self, found: &Found) -> Option<String> {
        let own = self.attribute("machine", found).map(str::to_owned);
        let of_name = || self.names(found).iter().find_map(|name| entry(&self.machines, name)).cloned();
        own.or_else(of_name).or_else(|| self.machine.clone())
    }
}

fn is_kind(word: &str) -> bool {
    word == NOTHING || Part::WORDS.contains(&word)
}

/// What a table says of a name, in any case: itself, else the longest beginning with a `*`.
fn entry<'m>(table: &'m BTreeMap<String, String>, name: &str) -> Option<&'m String> {
    let name = name.trim().to_lowercase();
    if let Some((_, value)) = table.iter().find(|(known, _)| known.trim().to_lowercase() == name) {
        return Some(value);
    }
    let begins = |known: &str| known.strip_suffix('*').is_some_and(|start| name.starts_with(&start.to_lowercase()));
    table.iter().filter(|(known, _)| begins(known)).max_by_key(|(known, _)| known.len()).map(|(_, value)| value)
}

/// The part that a name says; none where it says two, or none.
fn word(name: &str) -> Option<&'static str> {
    let mut spaced = String::new();
    let mut was_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && was_small {
            spaced.push(' ');
        }
        was_small = letter.is_lowercase();
        spaced.extend(if letter.is_alphabetic() { letter } else { ' ' }.to_lowercase());
    }
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut said = WORDS.iter().filter(|(_, known)| words.iter().any(|word| known.contains(word))).map(|said| said.0);
    said.next().filter(|_| said.next().is_none())
}

#[cfg(test)]
mod tests {
    //! Contract: a name that says one part is that part, one that says two is asked for, and the mapping comes first.

    use super::super::shape::Shape;
    use super::*;

    fn found(names: &[&str]) -> Found {
        Found {
            line: None,
            label: String::new(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            title: None,
            attributes: [("TYPE".to_owned(), "RTG stack".to_owned())].into(),
            shape: Shape::Point(geo::Coord::zero()),
        }
    }

    #[test]
    fn names_say_what_shapes_are() {
        for (name, said) in [
            ("C-ROAD-CNTR", Some("road")),
            ("YardBlocks", Some("block")),
            ("BLOCK_A01", Some("block")),
            ("Charging lot north", Some("lot")),
            ("gate road", None),
            ("Parking lot", None),
            ("Roadside", None),
            ("0", None),
        ] {
            assert_eq!(word(name), said, "{name}");
        }
    }

    #[test]
    fn the_mapping_comes_first() {
        let parse = |text: &str| PlanMap::parse("m", text, &mut Vec::new());
        assert_eq!(PlanMap::default().decide(&found(&["0"])), Decision::Is("block"), "by the attribute");
        let map = parse("[kinds]\n\"rtg*\" = \"lot\"\n\"RTG S*\" = \"none\"\n").unwrap();
        assert_eq!(map.decide(&found(&["0"])), Decision::Nothing);
        let map = parse("[columns]\nkind = \"what\"\n[kinds]\nroad7 = \"road\"").unwrap();
        assert_eq!(map.decide(&found(&["ROAD7"])), Decision::Is("road"));
        assert_eq!(map.decide(&found(&["x", "gate"])), Decision::Is("gate"));
        assert_eq!(map.decide(&found(&["x"])), Decision::Open("x".to_owned()));
        for wrong in [
            "[kinds]\na = \"blok\"",
            "[columns]\nkid = \"a\"",
            "units = \"feet\"",
            "flatten_m = nan",
            "close_m = -1",
            "x = 1",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
