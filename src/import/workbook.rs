//! Sheets of a workbook (XLSX), cell by cell: a file of a kilobyte can name cells a billion rows apart, stand for any number of
//! equal texts, and unpack to more than it says.

use super::cell::Cell;
use super::map::Map;
use super::rows::{MOST_CELL_BYTES, MOST_COLUMNS, Room, SheetRow, Wrong, cell_of};
use calamine::{Data, DataRef, Reader, Xlsx};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::AssertUnwindSafe;

/// What a workbook may unpack to, bytes.
const MOST_UNPACKED: u64 = 1 << 29;
/// What it may say of the texts that it will list.
const MOST_TEXTS: u64 = 20_000_000;
/// The attribute that says it.
const TEXTS: &[u8] = b"uniqueCount";
/// Bytes between that name and the end of its value.
const TEXTS_REACH: usize = 64;

/// So much of a tag names its cell.
const TAG_BYTES: usize = 64;

/// What kind of workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A ZIP archive: XLSX, and what only looks like one.
    Archive,
    /// The form of before 2007.
    Old,
}

/// What kind of workbook bytes are; none where they are text.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    let begins = |mark: &[u8]| bytes.starts_with(mark);
    let is_old = begins(&[0xd0, 0xcf, 0x11, 0xe0]);
    is_old.then_some(Kind::Old).or_else(|| begins(b"PK\x03\x04").then_some(Kind::Archive))
}

/// Reads the rows of the sheet that is asked for, or of the longest; and what was assumed.
///
/// # Errors
/// What is wrong, and what to do.
pub(super) fn read(bytes: &[u8], kind: Kind, map: &Map) -> Result<(Vec<SheetRow>, Option<String>), Wrong> {
    if kind == Kind::Old {
        let message = "is a workbook of the form of before 2007, which is not read";
        return Err((message.to_owned(), Some("save it as XLSX, or the sheet as CSV".to_owned())));
    }
    unpacks(bytes)?;
    // The reader of workbooks may meet what it does not expect; this is a file of others all the same, and no fault of ours.
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| longest(bytes, map)));
    read.unwrap_or_else(|_| Err(unreadable()))
}

fn unreadable() -> Wrong {
    ("is no workbook that can be read".to_owned(), Some("save it as XLSX, or the sheet as CSV".to_owned()))
}

/// Names of the sheets of a workbook that was read.
pub(super) fn names(bytes: &[u8]) -> Vec<String> {
    let names = || Xlsx::new(Cursor::new(bytes)).map(|book: Xlsx<_>| book.sheet_names());
    std::panic::catch_unwind(AssertUnwindSafe(names)).ok().and_then(Result::ok).unwrap_or_default()
}

/// Unpacks all of an archive once, for what it says of its size may be wrong.
fn unpacks(bytes: &[u8]) -> Result<(), Wrong> {
    let broken = |error: &dyn std::fmt::Display| (format!("is no workbook: {error}"), None);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut left = MOST_UNPACKED;
    let mut piece = vec![0; 1 << 16];
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| broken(&error))?;
        let lists_texts =
            entry.name().map_err(|error| broken(&error))?.to_ascii_lowercase().ends_with("sharedstrings.xml");
        let mut runs = entry.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with(".xml")).then(Runs::default);
        let mut kept = 0;
        loop {
            let read = entry.read(&mut piece[kept..]).map_err(|error| broken(&error))?;
            left = left.checked_sub(read as u64).ok_or_else(|| {
                let message = format!("unpacks to more than {} MB", MOST_UNPACKED >> 20);
                (message, Some("save the sheet as CSV, or split it".to_owned()))
            })?;
            let end = kept + read;
            if let Some(runs) = &mut runs {
                runs.add(&piece[kept..end])?;
            }
            if lists_texts && says_too_many(&piece[..end], read == 0) {
                return Err((format!("says that it lists more than {MOST_TEXTS} texts"), None));
            }
            if read == 0 {
                break;
            }
            // What is looked for may lie over the border of two pieces.
            let from = end.saturating_sub(TEXTS.len() + TEXTS_REACH);
            piece.copy_within(from..end, 0);
            kept = end - from;
        }
    }
    Ok(())
}

/// Texts of a part of a workbook, which the reader of workbooks takes whole: none may be longer than eight times a cell (its
/// letters may be written as `&#65;`).
#[derive(Default)]
struct Runs {
    /// Bytes since the last tag began.
    length: usize,
    /// How that tag begins.
    tag: Vec<u8>,
    /// The last cell that began.
    cell: String,
}

impl Runs {
    fn add(&mut self, bytes: &[u8]) -> Result<(), Wrong> {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            if *first == b'<' {
                self.length = 0;
                self.tag.clear();
            }
            // Only the tag of a cell is looked at, as far as its name may stand in it.
            let is_watched = self.tag.len() < TAG_BYTES && b"<c ".starts_with(&self.tag[..self.tag.len().min(3)]);
            let length = if is_watched {
                self.tag.push(*first);
                if *first == b'"' {
                    self.name_cell();
                }
                1
            } else {
                rest.iter().position(|byte| *byte == b'<').unwrap_or(rest.len())
            };
            self.length += length;
            rest = &rest[length..];
            if self.length > 8 * MOST_CELL_BYTES {
                let at = if self.cell.is_empty() { "a text".to_owned() } else { format!("cell {}", self.cell) };
                return Err(long_text(&at));
            }
        }
        Ok(())
    }

    fn name_cell(&mut self) {
        let tag = String::from_utf8_lossy(&self.tag);
        let name = tag.split_once("r=\"").and_then(|(_, rest)| rest.split_once('"'));
        if let Some((name, _)) = name.filter(|(name, _)| name.len() < 16) {
            self.cell = name.to_owned();
        }
    }
}

fn long_text(at: &str) -> Wrong {
    let message = format!("{at} holds more than {} KB of text, which no cell of a table has", MOST_CELL_BYTES >> 10);
    (message, Some("take the text out, or save the sheet as CSV".to_owned()))
}

/// The name of a cell as spreadsheets show it, such as `B12`.
fn cell_name(line: u32, column: u32) -> String {
    let (mut letters, mut left) = (Vec::new(), u64::from(column) + 1);
    while left > 0 {
        letters.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    let letters: String = letters.iter().rev().map(|letter| char::from(*letter)).collect();
    format!("{letters}{}", u64::from(line) + 1)
}

/// Does a list of texts say that it is longer than any, or in a way that hides it? The reader of workbooks makes room for as many.
fn says_too_many(bytes: &[u8], is_last: bool) -> bool {
    let is_name = |at: &usize| bytes[*at..].starts_with(TEXTS);
    (0..bytes.len().saturating_sub(TEXTS.len())).filter(is_name).any(|at| {
        let after = &bytes[at + TEXTS.len()..];
        let reach = &after[..after.len().min(TEXTS_REACH)];
        if reach.len() < TEXTS_REACH && !is_last {
            return false;
        }
        let value = reach.iter().skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
        let digits = value.clone().count();
        let number =
            value.fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        digits == 0 || number > MOST_TEXTS
    })
}

fn longest(bytes: &[u8], map: &Map) -> Result<(Vec<SheetRow>, Option<String>), Wrong> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let names = book.sheet_names();
    if let Some(wanted) = &map.sheet
        && !names.contains(wanted)
    {
        let help = format!("there are: {}", names.join(", "));
        return Err((format!("has no sheet `{wanted}`"), Some(help)));
    }
    let (mut found, mut filled, mut room) = (None, 0, Room::default());
    for name in names.iter().filter(|name| map.sheet.as_ref().is_none_or(|wanted| wanted == *name)) {
        let rows =
            rows(&mut book, name, &mut room).map_err(|(message, help)| (format!("sheet `{name}`: {message}"), help))?;
        if rows.len() > 1 {
            filled += 1;
            // Of equally long ones the last.
            if found.as_ref().is_none_or(|(_, longest): &(&String, Vec<SheetRow>)| rows.len() >= longest.len()) {
                found = Some((name, rows));
            }
        }
    }
    let (name, rows) = found.ok_or_else(|| ("holds no rows".to_owned(), None))?;
    let said = (filled > 1).then(|| {
        format!("of {filled} sheets the longest, `{name}`, is read; `sheet` in a mapping file chooses another")
    });
    Ok((rows, said))
}

/// The rows of a sheet in which something is written.
fn rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, room: &mut Room) -> Result<Vec<SheetRow>, Wrong> {
    let broken = |error: calamine::XlsxError| (error.to_string(), None);
    let mut cells = book.worksheet_cells_reader(name).map_err(broken)?;
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    while let Some(found) = cells.next_cell().map_err(broken)? {
        let (line, column) = found.get_position();
        // Before it is copied: a text that is written once may be that of any number of cells.
        let length = match found.get_value() {
            DataRef::String(text) => text.len(),
            DataRef::SharedString(text) => text.len(),
            _ => 0,
        };
        if length > MOST_CELL_BYTES {
            return Err(long_text(&format!("cell {}", cell_name(line, column))));
        }
        let cell = cell(&Data::from(found.get_value().clone()));
        if cell.is_empty() {
            continue;
        }
        let at = column as usize;
        if at >= MOST_COLUMNS {
            return Err((format!("has a cell in column {}; there are at most {MOST_COLUMNS}", at + 1), None));
        }
        room.add(&cell)?;
        let row = rows.entry(line).or_default();
        if row.len() <= at {
            room.add_empty(at - row.len())?;
            row.resize(at + 1, Cell::Empty);
        }
        row[at] = cell;
    }
    Ok(rows.into_iter().map(|(line, cells)| SheetRow { line: u64::from(line) + 1, cells }).collect())
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty | Data::Error(_) => Cell::Empty,
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::Bool(flag) => Cell::Text(flag.to_string()),
        Data::String(words) | Data::DateTimeIso(words) | Data::DurationIso(words) => cell_of(words),
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            let date = i16::try_from(year).ok().and_then(|year| Date::new(year, month as i8, day as i8).ok());
            let at = date.map(|date| date.at(hour as i8, minute as i8, second as i8, 0));
            // A day is a fraction of the number: 0.9999999 of a second is the next.
            let at = at.map(|at| if milli >= 500 { at.saturating_add(jiff::ToSpan::second(1)) } else { at });
            at.map_or(Cell::Number(time.as_f64()), Cell::Time)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_names_that_spreadsheets_show() {
        for (line, column, name) in [(0, 0, "A1"), (11, 25, "Z12"), (0, 26, "AA1"), (1_048_575, 16_383, "XFD1048576")] {
            assert_eq!(cell_name(line, column), name);
        }
    }

    #[test]
    fn a_text_of_a_part_is_not_longer_than_cells_are() {
        let mut runs = Runs::default();
        assert!(runs.add(b"<sheetData><row r=\"7\"><c s=\"1\" r=\"B7\" t=\"inlineStr\"><is><t>").is_ok());
        let long = vec![b'x'; 9 * MOST_CELL_BYTES];
        assert!(runs.add(&long).unwrap_err().0.starts_with("cell B7 holds more than 128 KB"));
        let mut runs = Runs::default();
        assert!((0..100).all(|_| runs.add(b"<t>").is_ok() && runs.add(&long[..MOST_CELL_BYTES]).is_ok()));
    }
}
