//! CSV files: columns go by name, in any order; every mistake has its line and column.

use super::problem::{Mistakes, Problem, nearest};
use super::records::Records;
use crate::kernel::calendar::{Calendar, DAY_S, comes_twice, local_s};
use std::collections::BTreeMap;

/// A column of a table, looked up once for all rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// None where the table has no such column.
    at: Option<usize>,
}

/// One row with its line.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) line: u64,
    cells: csv::StringRecord,
}

impl Row {
    pub(crate) fn get(&self, column: Column) -> Option<&str> {
        self.cells.get(column.at?).map(str::trim)
    }
}

/// A CSV file that is being read.
pub(crate) struct Table<'a> {
    /// None where the header is wrong.
    records: Option<Records<'a>>,
    mistakes: Mistakes<'a>,
}

impl<'a> Table<'a> {
    /// Opens a table of these columns, of which the `needed` ones must be there. Columns that begin with `note` are for
    /// people; any other is a mistake, for a misspelt name would leave its column out unseen.
    pub(crate) fn open(
        path: &'a str,
        text: &'a str,
        needed: &[&str],
        more: &[&str],
        problems: &'a mut Vec<Problem>,
    ) -> Self {
        let mut mistakes = Mistakes::of(path, problems);
        let records = Records::open(text, &mut mistakes);
        let mut table = Self { records, mistakes };
        let header = table.records.as_ref().map(|records| (records.header_line(), records.columns().to_vec()));
        let Some((line, columns)) = header else { return table };
        if let [name] = &columns[..]
            && let Some(separator) = [';', '\t'].into_iter().find(|separator| name.contains(*separator))
        {
            let message = format!("cells are separated by {separator:?} here, and by commas in this table");
            table.wrong(line, "", message, Some("save it as CSV with commas".to_owned()));
            table.records = None;
            return table;
        }
        for name in &columns {
            let is_known = needed.iter().chain(more).any(|known| known == name);
            if !is_known && !name.starts_with("note") {
                let (message, help) = unknown(name, needed.iter().chain(more).copied());
                table.wrong(line, name, message, help);
            }
        }
        for name in needed {
            if columns.iter().all(|known| known != name) {
                let help = nearest(name, columns.iter().map(String::as_str));
                table.wrong(line, name, "the column is missing".to_owned(), help);
                table.records = None;
            }
        }
        table
    }

    /// The column of a name.
    pub(crate) fn column(&self, name: &'static str) -> Column {
        let columns = self.records.as_ref().map(Records::columns).unwrap_or_default();
        Column { name, at: columns.iter().position(|known| known == name) }
    }

    /// The columns of these names.
    pub(crate) fn columns<const N: usize>(&self, names: [&'static str; N]) -> [Column; N] {
        names.map(|name| self.column(name))
    }

    pub(crate) fn next_row(&mut self) -> Option<Row> {
        let mut row = Row::default();
        self.read_row(&mut row).then_some(row)
    }

    /// Reads the next row into one that is used again, for files of many. False: there are no more.
    pub(crate) fn read_row(&mut self, row: &mut Row) -> bool {
        let line = self.records.as_mut().and_then(|records| records.next(&mut row.cells, &mut self.mistakes));
        match line {
            Some(line) => row.line = line,
            None => self.mistakes.close(),
        }
        line.is_some()
    }

    /// Whole seconds from the start of the run.
    pub(crate) fn seconds(&mut self, row: &Row, column: Column) -> Option<u32> {
        // Nearly all are written plainly.
        if let Some(seconds) = row.get(column).and_then(|text| text.parse().ok()).filter(|s| *s <= 4_000_000_000) {
            return Some(seconds);
        }
        let seconds = self.number(row, column, 0.0, 4e9)?;
        if seconds.fract() != 0.0 {
            let help = Some("round it, or let another unit's name say what it is".to_owned());
            self.wrong(row.line, column.name, format!("{seconds} is no whole second"), help);
            return None;
        }
        Some(seconds as u32)
    }

    pub(crate) fn wrong(&mut self, line: u64, column: &str, message: String, help: Option<String>) {
        self.mistakes.push(Some(line), column, message, help);
    }

    /// A cell that may be left out: none inside where it is; none where `read` finds it wrong.
    #[expect(clippy::option_option, reason = "wrong, left out and written are three answers")]
    pub(crate) fn optional<T>(
        &mut self,
        row: &Row,
        column: Column,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match row.get(column) {
            None | Some("") => Some(None),
            Some(_) => read(self).map(Some),
        }
    }

    pub(crate) fn number(&mut self, row: &Row, column: Column, least: f64, most: f64) -> Option<f64> {
        let text = row.get(column).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= least && number <= most => Some(number),
            Ok(number) if number.is_finite() => {
                let message = format!("{number} is out of the plausible range {least} to {most}");
                self.wrong(row.line, column.name, message, None);
                None
            }
            _ => {
                let message = format!("`{text}` is not a finite number");
                self.wrong(row.line, column.name, message, None);
                None
            }
        }
    }

    pub(crate) fn key_of<T>(
        &mut self,
        row: &Row,
        column: Column,
        table: &BTreeMap<String, T>,
        kind: &str,
    ) -> Option<String> {
        let name = row.get(column).unwrap_or_default();
        if table.contains_key(name) {
            return Some(name.to_owned());
        }
        // Looking for the nearest name takes a while: not for what is only counted.
        let near = || nearest(name, table.keys().map(String::as_str));
        let help = if self.mistakes.is_told() { near() } else { None };
        self.wrong(row.line, column.name, format!("no [{kind}.{name}] in the scenario"), help);
        None
    }

    pub(crate) fn local_time(&mut self, row: &Row, column: Column, calendar: &Calendar) -> Option<i64> {
        let text = row.get(column).unwrap_or_default();
        let Some(elapsed_s) = local_s(text, calendar) else {
            let help =
                Some("write local time as 2025-06-02T07:30, or with its offset, 2025-06-02T07:30-07:00".to_owned());
            self.wrong(row.line, column.name, format!("`{text}` is not a time"), help);
            return None;
        };
        if comes_twice(text, calendar) {
            let help = format!("write it with its offset: {} or the one an hour later", calendar.iso(elapsed_s));
            let message = format!("`{text}` comes twice in {}, for the clocks are put back then", calendar.zone());
            self.wrong(row.line, column.name, message, Some(help));
            return None;
        }
        if elapsed_s.abs() > 2_000 * DAY_S {
            self.wrong(row.line, column.name, format!("`{text}` is years away from the scenario's start"), None);
            return None;
        }
        Some(elapsed_s)
    }
}

/// What to say of a column that is not known.
fn unknown<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> (String, Option<String>) {
    if name.is_empty() {
        let help = "take it out, or call it `note` if it is for people".to_owned();
        return ("a column has no name".to_owned(), Some(help));
    }
    let near = nearest(name, known);
    let help = near.map(|near| format!("{near}; a column for people begins with `note`"));
    ("the column is unknown".to_owned(), help)
}
