//! Any table of others as rows of cells: text whose cells are parted by `,`, `;`, tab or `|`, in UTF-8, UTF-16 or the code
//! page of Windows, or a sheet of a workbook (XLSX, in `workbook`).

pub(crate) use super::cell::Cell;
use super::map::Map;
pub(crate) use super::rows::SheetRow;
use super::rows::{MOST_COLUMNS, Rows, Wrong, cell_of};
use super::workbook;
use crate::document::problem::Mistakes;
use crate::document::records::LINE_BYTES;
use std::borrow::Cow;

/// Lines by which the separator of cells is told.
const LINES_LOOKED_AT: usize = 300;

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
    if let Some(kind) = workbook::kind(bytes) {
        return match workbook::read(bytes, kind, map) {
            Ok((rows, said)) => Some(Sheet { rows, delimiter: None, said: said.into_iter().collect() }),
            Err((message, help)) => {
                mistakes.push(None, "", message, help);
                None
            }
        };
    }
    let mut said = Vec::new();
    let mut text = decoded(bytes, &mut said);
    if let Some((message, help)) = no_table(&text) {
        mistakes.push(None, "", message.to_owned(), Some(help.to_owned()));
        return None;
    }
    if text.contains('\r') && !text.contains('\n') {
        // So lines ended on old machines.
        text = Cow::Owned(text.replace('\r', "\n"));
    }
    let delimiter = map.delimiter.unwrap_or_else(|| delimiter(&text));
    let rows = text_rows(&text, delimiter, mistakes);
    Some(Sheet { rows, delimiter: Some(delimiter), said })
}

/// Characters by which it is told that a text is none.
const LOOKED_AT: usize = 1_000;

/// What a file is that is no table, and what to do: whoever is asked for its columns looks for what is not there.
fn no_table(text: &str) -> Option<(&'static str, &'static str)> {
    const AS_TABLE: &str = "download or save the data as CSV or XLSX";
    let head = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_list = || head.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"', ']']));
    match () {
        () if head.is_empty() => Some(("is empty", "was it saved?")),
        () if head.starts_with("%PDF") => Some(("is a PDF and no table", AS_TABLE)),
        () if text.chars().take(LOOKED_AT).any(|c| c == '\0') => Some(("is neither text nor a workbook", AS_TABLE)),
        () if head.starts_with('<') => Some(("is a web page or XML and no table", AS_TABLE)),
        () if head.starts_with('{') || is_list() => Some(("is JSON and no table", AS_TABLE)),
        () => None,
    }
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
    let is_row = |line: &&str| line.len() <= LINE_BYTES && !line.trim().is_empty();
    let lines: Vec<&str> = text.lines().filter(is_row).take(LINES_LOOKED_AT).collect();
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
    let mut rows = Rows::default();
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(u8::try_from(delimiter).unwrap_or(b','));
    let mut record = csv::StringRecord::new();
    for (at, line) in text.split('\n').enumerate() {
        let line_number = at as u64 + 1;
        match text_row(line_number, line, delimiter, &builder, &mut record) {
            Ok(row) => {
                if let Err((message, help)) = rows.push(row) {
                    mistakes.push(Some(line_number), "", message, help);
                    break;
                }
            }
            Err((message, help)) => mistakes.push(Some(line_number), "", message, help),
        }
    }
    rows.list
}

/// The row of a line. Quotes are read line by line, so that one which is not closed swallows no rows.
fn text_row(
    line_number: u64,
    line: &str,
    delimiter: char,
    builder: &csv::ReaderBuilder,
    record: &mut csv::StringRecord,
) -> Result<Option<SheetRow>, Wrong> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.len() > LINE_BYTES {
        return Err((format!("is longer than {} KiB, so it is no row of a table", LINE_BYTES >> 10), None));
    }
    if !line.contains('"') {
        return row(line_number, line.split(delimiter));
    }
    let quotes = line.bytes().filter(|byte| *byte == b'"').count();
    if quotes % 2 == 1 {
        let help = Some("close each quote on its line, and write one inside a cell as two".to_owned());
        return Err(("a quote (\") is not closed on its line".to_owned(), help));
    }
    match builder.from_reader(line.as_bytes()).read_record(record) {
        Ok(true) => row(line_number, record.iter()),
        Ok(false) => Ok(None),
        Err(error) => Err((error.to_string(), None)),
    }
}

/// A row; none where nothing is written.
fn row<'c>(line: u64, cells: impl Iterator<Item = &'c str>) -> Result<Option<SheetRow>, Wrong> {
    let row = SheetRow { line, cells: cells.take(MOST_COLUMNS + 1).map(cell_of).collect() };
    if row.cells.len() > MOST_COLUMNS {
        return Err((format!("has more than {MOST_COLUMNS} cells"), None));
    }
    Ok((!row.is_blank()).then_some(row))
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
    fn what_is_no_table_is_told_as_what_it_is() {
        for (bytes, what) in [
            (b" \r\n".as_slice(), "empty"),
            (b"%PDF-1.7\n".as_slice(), "PDF"),
            (b"\xef\xbb\xbf<html><body>".as_slice(), "web page"),
            (b"{\"a\": 1}".as_slice(), "JSON"),
            (b"[ {\"a\": 1}]".as_slice(), "JSON"),
            (b"\x01\x00\x02".as_slice(), "neither text nor a workbook"),
        ] {
            let mut problems = Vec::new();
            assert_eq!(read(bytes, &Map::default(), &mut Mistakes::of("a.csv", &mut problems)), None);
            assert!(problems[0].message.contains(what), "{what}: {}", problems[0].message);
        }
        assert_eq!(rows(b"[Data]\n1,2\n").1.len(), 2, "a heading in brackets");
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
