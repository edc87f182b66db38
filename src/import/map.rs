//! A mapping file: how a table of others is read, where its header does not say it. TOML, small enough to keep beside the data.

use super::number::Decimal;
use super::stamp::DateOrder;
use crate::document::problem::{Place, Problem, nearest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// What the time of a reading marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Stamps {
    /// The begin of its interval.
    Start,
    /// The end of its interval.
    End,
}

/// What is done where intervals are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Gaps {
    /// They are taken as no load.
    Zero,
    /// They are taken as the reading before.
    Hold,
}

/// What columns can be named for, in all tables: one mapping file may be of several.
const ROLES: [&str; 47] = [
    "arrive",
    "charger_id",
    "charging_time",
    "container",
    "date",
    "depart",
    "destination",
    "direction",
    "distance",
    "due",
    "duration",
    "end",
    "energy_kwh",
    "export",
    "fleet",
    "gate_in",
    "gate_out",
    "hour",
    "idle_h",
    "kw",
    "latitude",
    "longitude",
    "max_kw",
    "move_kind",
    "moves",
    "origin",
    "payload",
    "period",
    "plug_in",
    "plug_out",
    "port_id",
    "pull",
    "quantity",
    "ready",
    "session",
    "session_id",
    "soc",
    "start",
    "stop",
    "temperature",
    "terminal",
    "time",
    "unit",
    "value",
    "vehicle",
    "vehicle_id",
    "visit",
];

/// How a table is read. Everything may be left out that the table says itself.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Map {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What parts the cells of a text.
    pub delimiter: Option<char>,
    /// The line of the header, from 1.
    pub header_line: Option<u64>,
    /// `","` where `10,5` is ten and a half, otherwise `"."`.
    pub decimal: Option<DecimalMark>,
    /// Which number of `3/4/2025` is the month.
    pub dates: Option<DateOrder>,
    /// Time zone of times without an offset, such as `America/Los_Angeles`.
    pub zone: Option<String>,
    /// What the times of a meter mark.
    pub stamps: Option<Stamps>,
    /// Unit of the value: `kW`, `kWh`, `W`, `Wh`, `MW`, `MWh`.
    pub unit: Option<String>,
    /// First day of a list without times.
    pub start: Option<String>,
    /// What is done where intervals of a meter are missing.
    pub gaps: Option<Gaps>,
    /// Is the value of a meter what its register shows, which counts on? Then its differences are the energy.
    pub cumulative: Option<bool>,
    /// What a column is, and its name in the file.
    pub columns: BTreeMap<String, String>,
    /// What places (and fleets) are called in the file, and their keys of `[site]` (and `[fleet]`).
    pub places: BTreeMap<String, String>,
}

/// A mark before decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum DecimalMark {
    /// `10.5`
    #[serde(rename = ".")]
    Point,
    /// `10,5`
    #[serde(rename = ",")]
    Comma,
}

impl Map {
    /// Reads a mapping file. None: it is wrong, and the problems say why.
    pub fn parse(path: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let map: Self = toml_of(path, text, problems)?;
        let before = problems.len();
        map.check_roles(path, text, problems);
        (problems.len() == before).then_some(map)
    }

    /// A column that is named for a role which no table has would be passed over unseen.
    fn check_roles(&self, path: &str, text: &str, problems: &mut Vec<Problem>) {
        for role in self.columns.keys().filter(|role| !ROLES.contains(&role.as_str())) {
            let line =
                text.lines().position(|line| line.trim_start().trim_start_matches('"').starts_with(role.as_str()));
            let place =
                line.map_or_else(|| Place::File(path.to_owned()), |at| Place::Line(path.to_owned(), at as u64 + 1));
            let (field, message) = (format!("columns.{role}"), "no table has such a column".to_owned());
            problems.push(Problem { place: Some(place), field, message, help: nearest(role, ROLES) });
        }
    }

    /// The column that is named for a role, in a header as it is written.
    ///
    /// # Errors
    /// When the header has none of that name.
    pub(super) fn column(&self, role: &str, written: &[String]) -> Result<Option<usize>, String> {
        let Some(name) = self.columns.get(role) else { return Ok(None) };
        let found = written.iter().position(|known| known.trim().eq_ignore_ascii_case(name.trim()));
        found.map(Some).ok_or_else(|| format!("has no column `{name}`, which the mapping names for `{role}`"))
    }

    /// The key of a place: what the mapping says of its name, else the name in small letters with `_` between words.
    ///
    /// # Errors
    /// When nothing is left of it.
    pub(super) fn place(&self, name: &str) -> Result<String, String> {
        let is_it = |known: &&String| known.trim().eq_ignore_ascii_case(name.trim());
        if let Some(known) = self.places.keys().find(is_it) {
            return Ok(self.places[known].clone());
        }
        let key = key_of(name);
        if key.is_empty() {
            return Err(format!("`{name}` makes no key of a site; name it under [places] of a mapping file"));
        }
        Ok(key)
    }

    /// What stands before decimals, if the file says it.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        self.decimal.map(|mark| if mark == DecimalMark::Comma { Decimal::Comma } else { Decimal::Point })
    }
}

/// A name as a key: small letters and digits, with `_` between words; empty where it has none.
pub(crate) fn key_of(name: &str) -> String {
    let words = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
    words.collect::<String>().split_whitespace().collect::<Vec<_>>().join("_")
}

/// A small file of TOML. None: it is wrong, and the problems say where and why.
pub(super) fn toml_of<T: DeserializeOwned>(path: &str, text: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let wrong = |error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() as u64 + 1);
        let (place, message) = (Some(Place::Line(path.to_owned(), line)), error.message().to_owned());
        problems.push(Problem { place, field: String::new(), message, help: None });
    };
    toml::from_str(text).map_err(wrong).ok()
}

/// Does the name of a column that is read stand once in a header?
///
/// # Errors
/// When another column has it too, and nothing says which is meant.
pub(super) fn once(written: &[String], at: usize) -> Result<(), String> {
    let is_it = |name: &&String| name.trim().eq_ignore_ascii_case(written[at].trim());
    if written.iter().filter(is_it).count() > 1 {
        return Err(format!("has the column `{}` twice", written[at].trim()));
    }
    Ok(())
}
