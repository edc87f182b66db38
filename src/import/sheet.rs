//! Any table of others as rows of cells: text whose cells are parted by `,`, `;`, tab or `|`, in UTF-8, UTF-16 or the code
//! page of Windows, or a sheet of a workbook (XLSX, XLSB, XLS, ODS).

pub(crate) use super::cell::Cell;
use super::map::Map;
use crate::document::problem::Mistakes;
use calamine::{Data, Reader, Sheets};
use jiff::civil::Date;
use std::borrow::Cow;
use std::io::Cursor;

/// What a workbook may unpack to, bytes: a small file can stand for any number of equal cells.
const MOST_UNPACKED: u64 = 1 << 30;
/// Lines by which the separator of cells is told.
const LINES_LOOKED_AT: usize = 300;
/// More columns than this are no table.
const MOST_COLUMNS: usize = 2_000;

/// A row with its line in the file, or its row in the sheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SheetRow {
    pub(crate) line: u64,
    pub(crate) cells: Vec<Cell>,
}

impl SheetRow {
    /// A cell; empty where the row ends before it.
    pub(crate) fn cell(&self, at: usize) -> &Cell {
        self.cells.get(at).unwrap_or(&Cell::Empty)
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Sheet {
    pub(crate) rows: Vec<SheetRow>,
    /// What parts the cells of a text.
    pub(crate) delimiter: Option<char>,
    /// What was assumed.
    pub(crate) said: Vec<String>,
}

/// Reads a table. None: it cannot be read, and the mistakes say why.
pub(crate) fn read(bytes: &[u8], map: &Map, mistakes: &mut Mistakes<'_>) -> Option<Sheet> {
    let is_workbook = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    if is_workbook {
        return match workbook(bytes, map) {
            Ok(sheet) => Some(sheet),
            Err((message, help)) => {
                mistakes.push(None, "", message, help);
                None
            }
        };
    }
    let mut said = Vec::new();
    let text = decoded(bytes, &mut said);
    let delimiter = map.delimiter.unwrap_or_else(|| delimiter(&text));
    let rows = text_rows(&text, delimiter, mistakes);
    Some(Sheet { rows, delimiter: Some(delimiter), said })
}

/// Bytes as text: UTF-8, UTF-16 by its mark, or what Windows writes in the west.
pub(super) fn decoded<'b>(bytes: &'b [u8], said: &mut Vec<String>) -> Cow<'b, str> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    said.push("the file is not UTF-8 and is read as Windows-1252".to_owned());
    encoding_rs::WINDOWS_1252.decode(bytes).0
}

/// What parts the cells: the character that stands equally often in most lines. Of two that do, the one that no number has.
fn delimiter(text: &str) -> char {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LINES_LOOKED_AT).collect();
    let score = |delimiter: char| {
        let mut counts: Vec<usize> =
            lines.iter().map(|line| outside_quotes(line, delimiter)).filter(|n| *n > 0).collect();
        counts.sort_unstable();
        counts.chunk_by(|a, b| a == b).map(<[usize]>::len).max().unwrap_or(0)
    };
    let best = [';', '\t', '|', ','].into_iter().rev().max_by_key(|delimiter| score(*delimiter));
    best.filter(|best| score(*best) > 0).unwrap_or(',')
}

fn outside_quotes(line: &str, delimiter: char) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for c in line.chars() {
        quoted ^= c == '"';
        count += usize::from(c == delimiter && !quoted);
    }
    count
}

fn text_rows(text: &str, delimiter: char, mistakes: &mut Mistakes<'_>) -> Vec<SheetRow> {
    let mut rows = Vec::new();
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(u8::try_from(delimiter).unwrap_or(b','));
    let mut record = csv::StringRecord::new();
    for (at, line) in text.split('\n').enumerate() {
        let line_number = at as u64 + 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.contains('"') {
            rows.extend(row(line_number, line.split(delimiter)));
            continue;
        }
        // Quotes are read line by line, so that one which is not closed swallows no rows.
        let quotes = line.bytes().filter(|byte| *byte == b'"').count();
        if quotes % 2 == 1 {
            let help = Some("close each quote on its line, and write one inside a cell as two".to_owned());
            mistakes.push(Some(line_number), "", "a quote (\") is not closed on its line".to_owned(), help);
            continue;
        }
        match builder.from_reader(line.as_bytes()).read_record(&mut record) {
            Ok(true) => rows.extend(row(line_number, record.iter())),
            Ok(false) => {}
            Err(error) => mistakes.push(Some(line_number), "", error.to_string(), None),
        }
    }
    rows
}

/// A row; none where nothing is written.
fn row<'c>(line: u64, cells: impl Iterator<Item = &'c str>) -> Option<SheetRow> {
    let cell = |text: &str| {
        // Downloads hold blanks that do not break.
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.replace('\u{a0}', " ")) }
    };
    let row = SheetRow { line, cells: cells.take(MOST_COLUMNS).map(cell).collect() };
    (!row.is_blank()).then_some(row)
}

type Wrong = (String, Option<String>);

fn workbook(bytes: &[u8], map: &Map) -> Result<Sheet, Wrong> {
    if bytes.starts_with(b"PK") {
        let broken = |error: zip::result::ZipError| (format!("is no workbook: {error}"), None);
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        let mut unpacked = 0_u64;
        for at in 0..archive.len() {
            unpacked = unpacked.saturating_add(archive.by_index_raw(at).map_err(broken)?.size());
        }
        if unpacked > MOST_UNPACKED {
            let message = format!("unpacks to {} MB; the limit is {} MB", unpacked >> 20, MOST_UNPACKED >> 20);
            return Err((message, Some("save the sheet as CSV, or split it".to_owned())));
        }
    }
    let mut book: Sheets<_> = calamine::open_workbook_auto_from_rs(Cursor::new(bytes))
        .map_err(|_| ("is no workbook that can be read".to_owned(), Some("save the sheet as CSV".to_owned())))?;
    let names = book.sheet_names();
    if let Some(wanted) = &map.sheet
        && !names.contains(wanted)
    {
        let help = format!("there are: {}", names.join(", "));
        return Err((format!("has no sheet `{wanted}`"), Some(help)));
    }
    let mut filled = Vec::new();
    for name in names.iter().filter(|name| map.sheet.as_ref().is_none_or(|wanted| wanted == *name)) {
        let range = book.worksheet_range(name).map_err(|error| (format!("sheet `{name}`: {error}"), None))?;
        let first = range.start().map_or(0, |start| start.0);
        let rows = range.rows().enumerate().map(|(at, cells)| SheetRow {
            line: u64::from(first) + at as u64 + 1,
            cells: cells.iter().take(MOST_COLUMNS).map(cell).collect(),
        });
        let rows: Vec<SheetRow> = rows.filter(|row| !row.is_blank()).collect();
        if rows.len() > 1 {
            filled.push((name, rows));
        }
    }
    let (name, rows) =
        filled.iter().max_by_key(|(_, rows)| rows.len()).ok_or_else(|| ("holds no rows".to_owned(), None))?;
    let mut said = Vec::new();
    if filled.len() > 1 {
        said.push(format!(
            "of {} sheets the longest, `{name}`, is read; `sheet` in a mapping file chooses another",
            filled.len()
        ));
    }
    Ok(Sheet { rows: rows.clone(), delimiter: None, said })
}

fn cell(data: &Data) -> Cell {
    let text =
        |text: &str| row(1, std::iter::once(text)).and_then(|row| row.cells.into_iter().next()).unwrap_or(Cell::Empty);
    match data {
        Data::Empty | Data::Error(_) => Cell::Empty,
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::Bool(flag) => Cell::Text(flag.to_string()),
        Data::String(words) | Data::DateTimeIso(words) | Data::DurationIso(words) => text(words),
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            let date = Date::new(year as i16, month as i8, day as i8);
            let at = date.map(|date| date.at(hour as i8, minute as i8, second as i8, 0));
            // A day is a fraction of the number: 0.9999999 of a second is the next.
            let at = at.map(|at| if milli >= 500 { at.saturating_add(jiff::ToSpan::second(1)) } else { at });
            at.map_or(Cell::Number(time.as_f64()), Cell::Time)
        }
    }
}

#[cfg(test)]
mod tests {
    //! Contract: rows of any separator and encoding are read as they are, and none is swallowed.

    use super::*;

    fn rows(bytes: &[u8]) -> (Option<char>, Vec<Vec<String>>, Vec<String>) {
        let mut problems = Vec::new();
        let mut mistakes = Mistakes::of("a.csv", &mut problems);
        let sheet = read(bytes, &Map::default(), &mut mistakes).unwrap();
        let rows =
            sheet.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text().into_owned()).collect()).collect();
        (sheet.delimiter, rows, problems.into_iter().map(|it| it.message).collect())
    }

    #[test]
    fn separators_are_told_by_all_lines() {
        for (text, delimiter) in [
            ("start;kw\n1;10,5\n2;10,5\n", ';'),
            ("start,kw\n1,10.5\n2,10.5\n", ','),
            ("start\tkw\n1\t1,234.5\n", '\t'),
            ("a, b and c\nd;e;f\n1;2,5;3,5\n1;2,5;3,5\n", ';'),
            ("10\n20\n", ','),
            ("\"1,2\",3\n\"1,2\",3\n", ','),
        ] {
            assert_eq!(rows(text.as_bytes()).0, Some(delimiter), "{text:?}");
        }
    }

    #[test]
    fn encodings_quotes_and_blanks() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(rows(&utf16).1, [["a", "b"], ["1", "2"]]);
        assert_eq!(rows(b"\xef\xbb\xbfa , b\r\n\r\n1\xc2\xa0to\xc2\xa02, 3\r\n").1, [["a", "b"], ["1 to 2", "3"]]);
        assert_eq!(rows(b"Z\xe4hler;kW\n1;2\n").1[0], ["Zähler", "kW"]);
        let (_, read, wrong) = rows(b"a,b\n1,\"x\n2,y\n\"1,000\",z\n");
        assert_eq!(read, [["a", "b"], ["2", "y"], ["1,000", "z"]]);
        assert_eq!(wrong.len(), 1);
    }
}
