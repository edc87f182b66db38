//! A mapping file to fill in: what the file looks like, and what can be said of it.

use super::map::Map;
use super::sheet::{self, Cell, Sheet, SheetRow};
use crate::disk::name::steers;
use crate::document::problem::Mistakes;
use std::fmt::Write;
use std::path::Path;

/// How the first line of a file begins that `import` wrote: where its numbers were measured.
pub const MEASURED: &str = "# measured: ";

/// Letters of a cell that are shown.
const MOST_SHOWN: usize = 80;

/// Keys of `[columns]` by kind, and what each is.
const ROLES: [(&str, &[(&str, &str)]); 4] = [
    (
        "load",
        &[
            ("start", "time at which an interval begins (with its date)"),
            ("end", "or the time at which it ends"),
            ("date", "or the date alone, with `time` (of the day) or `hour` beside it"),
            ("time", "time of the day beside `date`"),
            ("hour", "number of the hour beside `date`"),
            ("period", "or begin and end in one cell (`A to B`)"),
            ("value", "the power or energy"),
            ("export", "what is fed back, if it has a column of its own"),
            ("unit", "the unit, if it has a column of its own"),
        ],
    ),
    (
        "sessions",
        &[
            ("arrive", "time of plug-in"),
            ("depart", "time of departure"),
            ("duration", "or how long it stayed (hh:mm:ss, or in the unit of the column's name)"),
            ("charging_time", "how long of it it charged, in the same way"),
            ("energy_kwh", "energy"),
            ("unit", "its unit, if it has a column of its own"),
            ("charger_id", "the charger"),
            ("port_id", "its port"),
            ("vehicle_id", "the vehicle"),
            ("session_id", "the session"),
            ("max_kw", "highest power"),
        ],
    ),
    (
        "gates",
        &[
            ("gate_in", "time of entry"),
            ("gate_out", "time of exit"),
            ("moves", "containers of the visit"),
            ("time", "or, of a row a passage, its time"),
            ("direction", "and its direction: in or out"),
            ("vehicle", "the truck"),
            ("visit", "the visit, where rows are containers"),
            ("terminal", "the terminal"),
            ("move_kind", "what is done"),
        ],
    ),
    (
        "hauls",
        &[
            ("origin", "where from"),
            ("destination", "where to"),
            ("ready", "earliest time"),
            ("due", "latest time"),
            ("container", "loaded or empty"),
            ("fleet", "the only fleet that may take it"),
            ("quantity", "containers of the row, which is one haul whatever it says"),
        ],
    ),
];

/// A file's name and hash.
#[must_use]
pub fn origin(name: &str, bytes: &[u8]) -> String {
    let file = Path::new(name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file: String = file.chars().filter(|c| !c.is_control()).collect();
    format!("{file}, blake3 {}", blake3::hash(bytes).to_hex())
}

/// The line that tells readers of a file where its numbers come from.
#[must_use]
pub fn measured(name: &str, bytes: &[u8]) -> String {
    format!("{MEASURED}{}\n", origin(name, bytes))
}

/// Keys of `[columns]` of a kind of table, and what each is.
pub(super) fn roles_of(kind: &str) -> &'static [(&'static str, &'static str)] {
    ROLES.iter().find(|roles| roles.0 == kind).map_or(&[], |roles| roles.1)
}

/// The row that looks most like a header: the widest of the first rows, and of these the first.
pub(super) fn header_at(sheet: &Sheet) -> usize {
    let width = |row: &SheetRow| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let widest = sheet.rows.iter().take(100).map(width).max().unwrap_or(0);
    sheet.rows.iter().position(|row| width(row) == widest).unwrap_or(0)
}

/// A cell in a comment: on one line, whatever it holds, and not for ever.
pub(super) fn shown(cell: &Cell) -> String {
    cell.text().chars().take(MOST_SHOWN).map(|c| if steers(c) { ' ' } else { c }).collect()
}

/// A mapping file for a table, with its columns as comments.
///
/// # Errors
/// When the file holds no table.
pub fn of(kind: &str, bytes: &[u8]) -> Result<String, String> {
    let mut problems = Vec::new();
    let sheet = sheet::read(bytes, &Map::default(), &mut Mistakes::of("", &mut problems));
    let sheet = sheet.filter(|sheet| !sheet.rows.is_empty()).ok_or("holds no table")?;
    let at = header_at(&sheet);
    let (header, first) = (&sheet.rows[at], sheet.rows.get(at + 1));
    let mut out = format!("# How `portvolt import {kind}` reads this table. The columns, each with its first value:\n");
    for (column, cell) in header.cells.iter().enumerate() {
        let value = first.map_or(String::new(), |row| shown(row.cell(column)));
        let _ = writeln!(out, "#   {} = {value}", shown(cell));
    }
    let _ = writeln!(out, "\nheader_line = {}", header.line);
    out.push_str(
        "# zone = \"America/Los_Angeles\"\n# dates = \"month-first\"   # or \"day-first\", of dates such as 3/4/2025\n",
    );
    out.push_str("# decimal = \",\"   # where 10,5 is ten and a half\n");
    if kind == "load" {
        out.push_str("# unit = \"kWh\"   # energy of each interval; \"kW\": its mean power\n# stamps = \"end\"   # what the times mark; or \"start\"\n# cumulative = true   # where the values are what a register shows\n");
    }
    out.push_str("\n[columns]\n");
    for (role, what) in roles_of(kind) {
        let _ = writeln!(out, "# {role} = \"\"   # {what}");
    }
    if matches!(kind, "gates" | "hauls") {
        out.push_str(
            "\n# What places are called in the file, and their keys of [site].\n[places]\n# \"Pier J\" = \"pier\"\n",
        );
    }
    Ok(out)
}
