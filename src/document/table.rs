//! CSV files: columns go by name, in any order; every mistake has its line and column.

use super::problem::{Mistakes, Problem, nearest};
use crate::kernel::calendar::{Calendar, DAY_S};
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
    reader: csv::Reader<&'a [u8]>,
    columns: Vec<String>,
    mistakes: Mistakes<'a>,
    usable: bool,
}

impl<'a> Table<'a> {
    pub(crate) fn open(path: &'a str, text: &'a str, needed: &[&str], problems: &'a mut Vec<Problem>) -> Self {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(false).from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let names = header.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_owned());
        let columns = names.collect();
        let mut table = Self { reader, columns, mistakes: Mistakes::of(path, problems), usable: true };
        for name in needed {
            if table.columns.iter().all(|known| known != name) {
                let help = nearest(name, table.columns.iter().map(String::as_str));
                table.wrong(1, name, "the column is missing".to_owned(), help);
                table.usable = false;
            }
        }
        table
    }

    /// Has it all the columns that are needed?
    pub(crate) fn is_usable(&self) -> bool {
        self.usable
    }

    /// The column of a name.
    pub(crate) fn column(&self, name: &'static str) -> Column {
        Column { name, at: self.columns.iter().position(|known| known == name) }
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
        if !self.usable {
            return false;
        }
        loop {
            let line = self.reader.position().line();
            match self.reader.read_record(&mut row.cells) {
                Ok(false) => {
                    self.mistakes.close();
                    return false;
                }
                Ok(true) => {
                    row.line = row.cells.position().map_or(line, csv::Position::line);
                    return true;
                }
                Err(error) => {
                    let line = error.position().map_or(line, csv::Position::line);
                    let message = match error.kind() {
                        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                            format!("has {len} cells, the header has {expected_len}")
                        }
                        _ => error.to_string(),
                    };
                    self.wrong(line, "", message, None);
                }
            }
        }
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
        let help = nearest(name, table.keys().map(String::as_str));
        self.wrong(row.line, column.name, format!("no [{kind}.{name}] in the scenario"), help);
        None
    }

    pub(crate) fn local_time(&mut self, row: &Row, column: Column, calendar: &Calendar) -> Option<i64> {
        let text = row.get(column).unwrap_or_default();
        let parsed: Result<jiff::civil::DateTime, _> = text.parse();
        if let Ok(time) = parsed {
            let local_s = calendar.local_s_of(time);
            if local_s.abs() > 2_000 * DAY_S {
                self.wrong(row.line, column.name, format!("`{text}` is years away from the scenario's start"), None);
                return None;
            }
            Some(calendar.elapsed_s(local_s))
        } else {
            let help = Some("write local time as 2025-06-02T07:30".to_owned());
            self.wrong(row.line, column.name, format!("`{text}` is not a time"), help);
            None
        }
    }
}
