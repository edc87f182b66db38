//! A file of others for a scenario, by the readers that `import` has: how it looks to its reader, which column was taken for
//! what, and what comes of it. Nothing is written here.

use super::map::Map;
use super::sessions;
use super::sheet::{self, Sheet, SheetRow};
use super::template::{header_at, measured, roles_of, shown};
use super::{espi, hauls, load, meter_columns, observed, tariff, weather, workbook};
use crate::disk::read::{Kind, utf8};
use crate::document::problem::{Mistakes, Problem, Problems};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Rows of a table that are shown.
const ROWS_SHOWN: usize = 8;
/// Columns that are shown and can be chosen.
const COLUMNS_SHOWN: usize = 100;
/// Places that are shown and can be chosen.
const PLACES_SHOWN: usize = 100;

/// What a file holds, as `portvolt import` calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A metered load.
    Load,
    /// Charging sessions.
    Sessions,
    /// Hauls.
    Hauls,
    /// The output of a solar array by the hour of a year.
    Solar,
    /// A year's weather.
    Weather,
    /// A tariff: JSON or rows of the Utility Rate Database, or the plain CSV.
    Tariff,
}

impl FileKind {
    /// How large it may be on disk.
    #[must_use]
    pub const fn disk_kind(self) -> Kind {
        match self {
            Self::Tariff => Kind::Tariff,
            _ => Kind::Csv,
        }
    }

    /// As `portvolt import` calls it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Sessions => "sessions",
            Self::Hauls => "hauls",
            Self::Solar => "solar",
            Self::Weather => "weather",
            Self::Tariff => "tariff",
        }
    }
}

/// What the file does not say.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How a table is read.
    pub map: Map,
    /// How long after it is ready a haul is due that has no time, hours.
    pub due_after_h: Option<f64>,
    /// Which tariff of a file of several, by label or name.
    pub tariff_name: Option<String>,
}

/// What comes of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A table in our own form, with the line that says where its numbers were measured.
    Table(String),
    /// Nothing else: a scenario names the file itself.
    AsItIs,
    /// Months of a year, for `[weather]`.
    Weather(Box<weather::WeatherYear>),
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// What it holds, in a sentence.
    pub told: String,
    /// What was assumed, dropped or filled.
    pub said: Vec<String>,
    /// Names of places as the file writes them, and their keys; the first ones of very many.
    pub places: Vec<(String, String)>,
    /// What comes of it.
    pub made: Outcome,
}

/// Reads a file, as `import` does. None: something is wrong, and the problems say what.
pub fn take(
    kind: FileKind,
    name: &str,
    bytes: &[u8],
    options: Options,
    problems: &mut Vec<Problem>,
) -> Option<Imported> {
    let before = problems.len();
    let table = |text: String| Outcome::Table(measured(name, bytes) + &text);
    let plain = |told: String, said: Vec<String>, made: Outcome| Imported { told, said, places: Vec::new(), made };
    let taken = match kind {
        FileKind::Load => load::read(name, bytes, &options.map, problems).map(|metered| {
            let (told, made) = (metered.told(), table(metered.load.to_csv()));
            plain(told, metered.said, made)
        }),
        FileKind::Sessions => {
            let options = sessions::Options { map: options.map, ..sessions::Options::default() };
            let found = sessions::read(name, bytes, &options, problems);
            Some(plain(found.told(), found.notes, Outcome::AsItIs))
        }
        FileKind::Hauls => hauls::read(name, bytes, &options.map, options.due_after_h, problems).map(|found| {
            let (told, places) = (found.told(), found.places.into_iter().take(PLACES_SHOWN).collect());
            Imported { told, said: found.said, places, made: table(found.csv) }
        }),
        FileKind::Solar => {
            let hours = weather::solar(name, bytes.to_vec(), problems);
            Some(plain(weather::told_output(&hours), Vec::new(), table(weather::to_csv(&hours))))
        }
        FileKind::Weather => weather::read(name, bytes, problems)
            .map(|year| plain(year.told(), Vec::new(), Outcome::Weather(Box::new(year)))),
        FileKind::Tariff => rates(name, bytes, options.tariff_name.as_deref(), problems)
            .map(|found| plain(format!("the tariff {found}"), Vec::new(), Outcome::AsItIs)),
    };
    taken.filter(|_| problems.len() == before)
}

/// The name of a tariff. None: it is none, and the problems say why.
fn rates(name: &str, bytes: &[u8], label: Option<&str>, problems: &mut Vec<Problem>) -> Option<String> {
    let text = match utf8(bytes.to_vec()) {
        Ok(text) => text,
        Err(error) => {
            let help = Some("save the file as UTF-8".to_owned());
            problems.extend(Problems::of_file(name, error.to_string(), help).list);
            return None;
        }
    };
    tariff(name, &text, label, problems).map(|found| found.name)
}

/// How a file looks to its reader.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// What it is written in.
    pub format: &'static str,
    /// Sheets of a workbook.
    pub sheets: Vec<String>,
    /// The line of the header; none where the file has none, or is no table.
    pub header_line: Option<u64>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Columns that are not among them, for the table has too many to be shown.
    pub columns_left_out: usize,
    /// The first rows, each with its line.
    pub rows: Vec<(u64, Vec<String>)>,
    /// Rows below the header.
    pub rows_in_all: usize,
    /// What a mapping can name, what it is, and the column that is taken for it.
    pub roles: Vec<(&'static str, &'static str, Option<String>)>,
}

/// Looks at a file: a table shows its columns and first rows also where it cannot be read.
#[must_use]
pub fn look(kind: FileKind, bytes: &[u8], map: &Map) -> Look {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(**byte, 0xef | 0xbb | 0xbf));
    match first {
        Some(b'{' | b'[') => return Look { format: "JSON", ..Look::default() },
        Some(b'<') if espi::is_espi(&sheet::decoded(bytes, &mut Vec::new())) => {
            return Look { format: "Green Button XML", ..Look::default() };
        }
        Some(b'<') => return Look { format: "XML", ..Look::default() },
        _ => {}
    }
    let is_fixed = matches!(kind, FileKind::Solar | FileKind::Weather | FileKind::Tariff);
    let map = if is_fixed { Map { delimiter: Some(','), ..Map::default() } } else { map.clone() };
    let mut unheard = Vec::new();
    let sheet = sheet::read(bytes, &map, &mut Mistakes::of("", &mut unheard)).unwrap_or_default();
    let is_workbook = workbook::kind(bytes).is_some();
    let sheets = if is_workbook && !sheet.rows.is_empty() { workbook::names(bytes) } else { Vec::new() };
    let format = if is_workbook { "workbook" } else { text_format(sheet.delimiter) };
    Look { format, sheets, ..of_table(kind, &sheet, &map) }
}

fn text_format(delimiter: Option<char>) -> &'static str {
    match delimiter {
        Some(';') => "text, cells parted by semicolons",
        Some('\t') => "text, cells parted by tabs",
        Some('|') => "text, cells parted by |",
        Some(',') => "text, cells parted by commas",
        _ => "text",
    }
}

fn of_table(kind: FileKind, sheet: &Sheet, map: &Map) -> Look {
    let found = recognised(kind, sheet, map);
    let (header, taken) = match found {
        Some((header, taken)) => (Some(header), taken),
        None => (guessed(sheet, map), Vec::new()),
    };
    let names: Vec<String> = if let Some(at) = header {
        sheet.rows[at].cells.iter().map(shown).collect()
    } else {
        let width = sheet.rows.iter().take(ROWS_SHOWN).map(|row| row.cells.len()).max().unwrap_or(0);
        (1..=width).map(|column| format!("column {column}")).collect()
    };
    let width = names.len().min(COLUMNS_SHOWN);
    let cells = |row: &SheetRow| -> Vec<String> { (0..width).map(|at| shown(row.cell(at))).collect() };
    let body = &sheet.rows[header.map_or(0, |at| at + 1)..];
    let column = |role: &str| taken.iter().find(|taken| taken.0 == role).and_then(|taken| names.get(taken.1).cloned());
    Look {
        header_line: header.map(|at| sheet.rows[at].line),
        rows: body.iter().take(ROWS_SHOWN).map(|row| (row.line, cells(row))).collect(),
        rows_in_all: body.len(),
        roles: roles_of(kind.word()).iter().map(|(role, what)| (*role, *what, column(role))).collect(),
        columns_left_out: names.len() - width,
        columns: names.into_iter().take(width).collect(),
        ..Look::default()
    }
}

/// The header that a reader recognises, and the column of each role. None: it recognises none.
fn recognised(kind: FileKind, sheet: &Sheet, map: &Map) -> Option<(usize, Vec<(&'static str, usize)>)> {
    let mut unheard = Vec::new();
    let mut mistakes = Mistakes::of("", &mut unheard);
    match kind {
        FileKind::Load => meter_columns::find(sheet, map).ok().map(|(at, columns)| (at, columns.roles())),
        FileKind::Sessions => sessions::header(sheet, map, &mut mistakes).map(|(at, columns)| (at, columns.roles())),
        FileKind::Hauls => observed::recognised(sheet, map, hauls::COLUMNS, &mut mistakes),
        FileKind::Solar | FileKind::Weather | FileKind::Tariff => None,
    }
}

/// The row that is taken for the header where none is recognised: as the mapping says, else the widest, if it has a word.
fn guessed(sheet: &Sheet, map: &Map) -> Option<usize> {
    let given = map.header_line.and_then(|line| sheet.rows.iter().position(|row| row.line == line));
    let at = given.or_else(|| (!sheet.rows.is_empty()).then(|| header_at(sheet)))?;
    let has_word = |row: &SheetRow| row.cells.iter().any(|cell| cell.text().chars().any(char::is_alphabetic));
    (given.is_some() || has_word(&sheet.rows[at])).then_some(at)
}

#[cfg(test)]
mod tests {
    //! Contract: a file shows its columns as its reader takes them, and what cannot be read shows its columns all the same.

    use super::*;

    fn roles(look: &Look) -> Vec<(&'static str, &str)> {
        look.roles.iter().filter_map(|role| Some((role.0, role.2.as_deref()?))).collect()
    }

    #[test]
    fn columns_are_shown_as_the_reader_takes_them() {
        let text = b"Account,12\n\nDate;Hour ending;Usage (kWh)\n2.6.2025;1;10,5\n2.6.2025;2;11,5\n";
        let look = look(FileKind::Load, text, &Map::default());
        assert_eq!((look.format, look.header_line), ("text, cells parted by semicolons", Some(3)));
        assert_eq!(roles(&look), [("date", "Date"), ("hour", "Hour ending"), ("value", "Usage (kWh)")]);
        assert_eq!(look.rows[0], (4, vec!["2.6.2025".to_owned(), "1".to_owned(), "10,5".to_owned()]));
        assert_eq!((look.rows.len(), look.rows_in_all), (2, 2));
    }

    #[test]
    fn what_is_not_recognised_shows_its_columns() {
        let text = b"Wann,Wert\n2025-06-02T00:00,1\n2025-06-02T01:00,2\n";
        let seen = look(FileKind::Sessions, text, &Map::default());
        assert_eq!((seen.columns.as_slice(), seen.header_line), (&["Wann".to_owned(), "Wert".to_owned()][..], Some(1)));
        assert!(roles(&seen).is_empty() && seen.roles.iter().any(|role| role.0 == "arrive"));
        let list = look(FileKind::Load, b"10\n20\n30\n", &Map::default());
        assert_eq!(
            (list.header_line, list.columns.as_slice(), list.rows.len()),
            (None, &["column 1".to_owned()][..], 3)
        );
        assert_eq!(look(FileKind::Sessions, b"\xef\xbb\xbf[1]", &Map::default()).format, "JSON");
        assert!(look(FileKind::Load, b"PK\x03\x04 rubbish", &Map::default()).rows.is_empty());
    }

    #[test]
    fn what_is_taken_says_where_its_numbers_are_from() {
        let text = b"start,kw\n2025-06-02T00:00:00,10\n2025-06-02T01:00:00,12\n";
        let mut problems = Vec::new();
        let taken = take(FileKind::Load, "a.csv", text, Options::default(), &mut problems).unwrap();
        let Outcome::Table(csv) = taken.made else { panic!("no table") };
        assert!(csv.starts_with("# measured: a.csv, blake3 ") && csv.contains("start,kw"), "{csv}");
        assert!(taken.told.starts_with("2 intervals of 60 min"), "{}", taken.told);
        assert!(take(FileKind::Load, "a.csv", b"\0\x01\x02", Options::default(), &mut problems).is_none());
        assert!(!problems.is_empty());
    }
}
