//! Hauls of any table: origin, destination, ready and due by the columns' names or by a mapping, as the CSV that `hauls` of
//! `[freight]` names.

use super::map::Map;
use super::observed::{self, Column, Content, Observed};
use crate::document::problem::{Mistakes, Problem};
use crate::record::table::plain_cell;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const fn name(role: &'static str, names: &'static [&'static str], is_needed: bool) -> Column {
    Column { role, content: Content::Name, names, is_needed }
}

pub(super) const COLUMNS: &[Column] = &[
    name("origin", &["origin", "from", "pickup", "pickup location", "pick up", "start location", "origin name"], true),
    name(
        "destination",
        &["destination", "to", "delivery", "delivery location", "drop off", "end location", "destination name"],
        true,
    ),
    Column {
        role: "ready",
        content: Content::Time,
        names: &[
            "ready",
            "ready time",
            "pickup time",
            "earliest",
            "available",
            "appointment",
            "appointment time",
            "start",
            "start time",
        ],
        is_needed: true,
    },
    Column {
        role: "due",
        content: Content::Time,
        names: &["due", "due time", "delivery time", "latest", "deadline", "deliver by", "end", "end time"],
        is_needed: false,
    },
    name("container", &["container", "load status", "full empty", "f e", "status", "load"], false),
    name("fleet", &["fleet", "carrier", "trucker", "scac"], false),
    name("quantity", &["quantity", "qty", "count", "containers", "number of containers", "boxes"], false),
];

const LOADED: [&str; 7] = ["loaded", "full", "f", "l", "laden", "load", "import"];
const EMPTY: [&str; 5] = ["empty", "e", "mt", "m", "bare"];

/// Hauls as a CSV, and what was said of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hauls {
    /// `origin,destination,ready,due,container[,fleet]`.
    pub csv: String,
    /// How many.
    pub count: usize,
    /// Names of places as the file writes them, and their keys.
    pub places: BTreeMap<String, String>,
    /// Hauls by origin and destination.
    pub between: BTreeMap<(String, String), usize>,
    /// What was assumed or left out.
    pub said: Vec<String>,
}

impl Hauls {
    /// What they are, in a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        format!("{} hauls between {} pairs of places", self.count, self.between.len())
    }
}

/// Reads hauls. `due_after_h` is how long after it is ready a haul is due that has no time. None: they are wrong; the problems
/// say why.
pub fn read(
    path: &str,
    bytes: &[u8],
    map: &Map,
    due_after_h: Option<f64>,
    problems: &mut Vec<Problem>,
) -> Option<Hauls> {
    let rows = observed::read(path, bytes, map, COLUMNS, problems)?;
    let mut mistakes = Mistakes::of(path, problems);
    let zone = map.zone.clone().unwrap_or_else(|| super::meter_time::DEFAULT_ZONE.to_owned());
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    let mut out = Hauls { said: rows.said.clone(), ..Hauls::default() };
    let has_fleet = !rows.words[5].is_empty();
    if rows.words[4].is_empty() {
        out.said.push("no column says whether containers are loaded: all are taken as loaded".to_owned());
    }
    out.csv = format!("origin,destination,ready,due,container{}\n", if has_fleet { ",fleet" } else { "" });
    out.said.extend(several(&rows));
    out.said.extend(unsaid(&rows));
    let (mut same, mut without_due) = (0, 0);
    let mut spelt: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in 0..rows.rows {
        let Some((from, to)) = ends(&rows, row, map, &mut mistakes) else { continue };
        for (key, column) in [(&from, 0), (&to, 1)] {
            let written = rows.words[column][row].trim();
            spelt.entry(key.clone()).or_default().insert(written);
            out.places.entry(written.to_owned()).or_insert_with(|| key.clone());
        }
        if from == to {
            same += 1;
            continue;
        }
        let told_s = rows.values[3].get(row).copied().filter(|due_s| due_s.is_finite());
        without_due += usize::from(told_s.is_none());
        let Some((ready, due)) = times(&rows, row, (told_s, due_after_h), &zone, &mut mistakes) else { continue };
        let Some(container) = container(&rows, row, &mut mistakes) else { continue };
        let _ = write!(out.csv, "{from},{to},{ready},{due},{container}");
        if has_fleet {
            let _ = write!(out.csv, ",{}", fleet(&rows, row, map, &mut mistakes));
        }
        out.csv.push('\n');
        out.count += 1;
        *out.between.entry((from, to)).or_insert(0) += 1;
    }
    for (key, names) in spelt.iter().filter(|(_, names)| names.len() > 1) {
        let names: Vec<&str> = names.iter().copied().collect();
        out.said.push(format!(
            "`{}` are one place, `{key}`; [places] of a mapping file keeps them apart",
            names.join("`, `")
        ));
    }
    if same > 0 {
        out.said.push(format!("{same} rows lead from a place to itself and are left out"));
    }
    if without_due > 0 {
        let hours = due_after_h.unwrap_or(0.0);
        out.said
            .push(format!("{without_due} hauls have no time at which they are due: {hours} h after they are ready"));
    }
    if out.count == 0 && mistakes.found() == 0 {
        mistakes.push(None, "", "holds no haul".to_owned(), None);
    }
    let is_good = mistakes.found() == 0;
    mistakes.close();
    is_good.then_some(out)
}

/// What is said of rows that stand for more than one container: a haul is one.
fn several(rows: &Observed) -> Option<String> {
    let is_one = |word: &str| matches!(word.trim(), "" | "1" | "1.0");
    let several: Vec<usize> = (0..rows.words[6].len()).filter(|row| !is_one(&rows.words[6][*row])).collect();
    let first = several.iter().map(|row| rows.lines[*row]).min()?;
    let count = several.len();
    Some(format!(
        "{count} rows have a quantity other than 1, which is not read (the first in line {first}): each row is one haul of one container"
    ))
}

/// What is said of rows whose cell does not tell whether the container is loaded.
fn unsaid(rows: &Observed) -> Option<String> {
    let empty: Vec<usize> = (0..rows.words[4].len()).filter(|row| rows.words[4][*row].trim().is_empty()).collect();
    let first = empty.iter().map(|row| rows.lines[*row]).min()?;
    let count = empty.len();
    Some(format!(
        "{count} rows do not say whether the container is loaded (the first in line {first}): taken as loaded"
    ))
}

/// When a haul is ready and due, with its offset.
fn times(
    rows: &Observed,
    row: usize,
    (told_s, due_after_h): (Option<f64>, Option<f64>),
    zone: &TimeZone,
    mistakes: &mut Mistakes<'_>,
) -> Option<(String, String)> {
    let ready_s = rows.values[2][row];
    let Some(due_s) = told_s.or(due_after_h.map(|hours| ready_s + hours * 3600.0)) else {
        let help = "say how long after it is ready a haul is due: `--due-after-h 8`".to_owned();
        mistakes.push(Some(rows.lines[row]), "due", "is not told".to_owned(), Some(help));
        return None;
    };
    if due_s < ready_s {
        mistakes.push(Some(rows.lines[row]), "due", "is before `ready`".to_owned(), None);
        return None;
    }
    let local = |unix_s: f64| {
        let time = Timestamp::from_second(unix_s as i64).unwrap_or_default().to_zoned_datetime(zone.clone());
        time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    Some((local(ready_s), local(due_s)))
}

/// The fleet that alone may take a haul; empty where any may.
fn fleet(rows: &Observed, row: usize, map: &Map, mistakes: &mut Mistakes<'_>) -> String {
    let name = rows.words[5].get(row).map(|name| name.trim()).unwrap_or_default();
    if name.is_empty() {
        return String::new();
    }
    match map.place(name) {
        Ok(fleet) if plain_cell(&fleet) == fleet && !fleet.contains([',', '"']) => fleet,
        Ok(fleet) => {
            mistakes.push(Some(rows.lines[row]), "fleet", format!("`{fleet}` is no key of a fleet"), None);
            String::new()
        }
        Err(message) => {
            mistakes.push(Some(rows.lines[row]), "fleet", message, None);
            String::new()
        }
    }
}

/// Keys of origin and destination.
fn ends(rows: &Observed, row: usize, map: &Map, mistakes: &mut Mistakes<'_>) -> Option<(String, String)> {
    let mut key = |column: usize, role: &str| match map.place(&rows.words[column][row]) {
        Ok(key) if plain_cell(&key) == key && !key.contains([',', '"']) => Some(key),
        Ok(key) => {
            mistakes.push(Some(rows.lines[row]), role, format!("`{key}` is no key of a site"), None);
            None
        }
        Err(message) => {
            mistakes.push(Some(rows.lines[row]), role, message, None);
            None
        }
    };
    let (from, to) = (key(0, "origin"), key(1, "destination"));
    Some((from?, to?))
}

fn container(rows: &Observed, row: usize, mistakes: &mut Mistakes<'_>) -> Option<&'static str> {
    let word = rows.words[4].get(row).map(|word| word.trim().to_lowercase()).unwrap_or_default();
    match () {
        () if word.is_empty() || LOADED.contains(&word.as_str()) => Some("loaded"),
        () if EMPTY.contains(&word.as_str()) => Some("empty"),
        () => {
            let help = format!("write one of {} or {}", LOADED.join(", "), EMPTY.join(", "));
            mistakes.push(
                Some(rows.lines[row]),
                "container",
                format!("`{word}` is neither loaded nor empty"),
                Some(help),
            );
            None
        }
    }
}
