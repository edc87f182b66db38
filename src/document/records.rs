//! The one reader of CSV: records of one line each, as many cells as the header has, and every row that is there. A quote
//! that stands alone cannot swallow rows, an id cannot vanish as a comment, and one line cannot fill the memory.

use super::lines::{LONE_RETURNS, has_lone_returns};
use super::problem::Mistakes;
use std::io::Cursor;

/// A longer line is no row.
pub(crate) const LINE_BYTES: usize = 1 << 20;
/// More columns than this are no table.
const MOST_COLUMNS: usize = 1_000;

/// The rows of a CSV file that is in memory.
pub(crate) struct Records<'a> {
    text: &'a str,
    reader: csv::Reader<Cursor<&'a [u8]>>,
    /// Names of the columns, trimmed.
    columns: Vec<String>,
    /// Lines before the header that begin with `#`: they are about the file.
    skipped: u64,
    /// The line of the header, from 1.
    header_line: u64,
}

impl<'a> Records<'a> {
    /// Reads the header. None: there is none that can be used, and the mistakes say why.
    pub(crate) fn open(text: &'a str, mistakes: &mut Mistakes<'_>) -> Option<Self> {
        let mut text = text.trim_start_matches('\u{feff}');
        if has_lone_returns(text) {
            let help = "save it with other line ends (in Excel: CSV UTF-8)".to_owned();
            mistakes.push(None, "", LONE_RETURNS.to_owned(), Some(help));
            return None;
        }
        let mut skipped = 0;
        while text.starts_with('#') {
            text = text.split_once('\n').map_or("", |(_, rest)| rest);
            skipped += 1;
        }
        if let Some(at) = long_line(text.as_bytes()) {
            let line = skipped + 1 + text[..at].matches('\n').count() as u64;
            let message = format!("is longer than {} KiB, so it is no row of a table", LINE_BYTES >> 10);
            mistakes.push(Some(line), "", message, None);
            return None;
        }
        let reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(Cursor::new(text.as_bytes()));
        let mut records = Self { text, reader, columns: Vec::new(), skipped, header_line: skipped + 1 };
        let mut cells = csv::StringRecord::new();
        let line = records.read(&mut cells, mistakes);
        records.header_line = line.unwrap_or(skipped + 1);
        records.columns = cells.iter().map(|name| name.trim().to_owned()).collect();
        records.has_header(mistakes).then_some(records)
    }

    fn has_header(&self, mistakes: &mut Mistakes<'_>) -> bool {
        let line = Some(self.header_line);
        if self.columns.len() > MOST_COLUMNS {
            mistakes.push(line, "", format!("has {} columns; the limit is {MOST_COLUMNS}", self.columns.len()), None);
            return false;
        }
        let mut is_right = true;
        for (at, name) in self.columns.iter().enumerate() {
            if !name.is_empty() && self.columns[..at].contains(name) {
                let help = Some("keep the one that is meant".to_owned());
                mistakes.push(line, name, "the column is there twice".to_owned(), help);
                is_right = false;
            }
        }
        is_right
    }

    /// Names of the columns.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The line of the header, from 1.
    pub(crate) fn header_line(&self) -> u64 {
        self.header_line
    }

    /// Reads the next row that has a cell for each column; its line. None: there are no more.
    pub(crate) fn next(&mut self, cells: &mut csv::StringRecord, mistakes: &mut Mistakes<'_>) -> Option<u64> {
        loop {
            let line = self.read(cells, mistakes)?;
            if cells.len() == self.columns.len() {
                return Some(line);
            }
            let message = format!("has {} cells, the header has {}", cells.len(), self.columns.len());
            mistakes.push(Some(line), "", message, None);
        }
    }

    /// Reads the next record that ends on the line where it begins; its line.
    fn read(&mut self, cells: &mut csv::StringRecord, mistakes: &mut Mistakes<'_>) -> Option<u64> {
        let bytes = self.text.as_bytes();
        loop {
            let mut at = self.reader.position().byte() as usize;
            let mut line = self.reader.position().line();
            // What is left of the line before, and empty lines.
            while let Some(byte @ (b'\n' | b'\r')) = bytes.get(at) {
                line += u64::from(*byte == b'\n');
                at += 1;
            }
            let told = line + self.skipped;
            match self.reader.read_record(cells) {
                Ok(false) => return None,
                Ok(true) => {}
                Err(error) => {
                    // The text is UTF-8 and in memory, so nothing is known to lead here.
                    mistakes.push(Some(told), "", error.to_string(), None);
                    return None;
                }
            }
            let end = self.reader.position().byte() as usize;
            let raw = &bytes[at.min(end)..end];
            if !raw.contains(&b'"') || !is_broken(raw, cells) {
                return Some(told);
            }
            let help = Some("close each quote on its line, and write one inside a cell as two".to_owned());
            mistakes.push(Some(told), "", "a quote (\") is not closed on its line".to_owned(), help);
            // The rows that it would swallow are read as what they are.
            let next = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length + 1);
            let mut position = csv::Position::new();
            position.set_byte(next as u64).set_line(line + 1);
            if self.reader.seek(position).is_err() {
                return None;
            }
        }
    }
}

/// Does a record with a quote go over its line, or is its last quote open?
fn is_broken(raw: &[u8], cells: &csv::StringRecord) -> bool {
    let quotes = raw.split(|byte| *byte == b'"').count() - 1;
    quotes % 2 == 1 || cells.as_slice().contains(['\n', '\r'])
}

/// Where a line begins that is too long. Only one place in so many bytes is looked at.
fn long_line(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while bytes.len() - at > LINE_BYTES {
        match bytes[at..at + LINE_BYTES].iter().rposition(|byte| *byte == b'\n') {
            Some(end) => at += end + 1,
            None => return Some(at),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    //! Contract: every row of a file is read or told to be wrong, with the line that an editor shows.

    use super::*;
    use crate::document::problem::Problems;

    /// Lines of rows that are read, with their first cell, and of mistakes.
    fn read(text: &str) -> (Vec<(u64, String)>, Vec<(u64, String)>) {
        let (mut list, mut rows) = (Vec::new(), Vec::new());
        let mut mistakes = Mistakes::of("a.csv", &mut list);
        if let Some(mut records) = Records::open(text, &mut mistakes) {
            let mut cells = csv::StringRecord::new();
            while let Some(line) = records.next(&mut cells, &mut mistakes) {
                rows.push((line, cells[0].to_owned()));
            }
        }
        let problems = Problems { files: Vec::new(), list };
        let told = problems.list.iter().map(|it| (problems.locate(it).1, it.message.clone())).collect();
        (rows, told)
    }

    fn lines(rows: &[(u64, String)]) -> Vec<u64> {
        rows.iter().map(|row| row.0).collect()
    }

    #[test]
    fn a_stray_quote_swallows_no_row() {
        for text in [
            "a,note\n1,x\n2,\"x\n3,x\n4,x\n5,\"x\n6,x\n",
            "a,note\r\n1,x\r\n2,\"x\r\n3,x\r\n4,x\r\n5,\"x\r\n6,x\r\n",
            "a,note\n1,x\n2,\"x\n3,x\n4,x\n5,\"x\n6,x",
        ] {
            let (rows, told) = read(text);
            assert_eq!(lines(&rows), [2, 4, 5, 7], "{text:?}");
            assert_eq!(lines(&told), [3, 6], "{text:?}");
        }
        let (rows, told) = read("a,b\n1,2\n3,\"4");
        assert_eq!((lines(&rows), lines(&told)), (vec![2], vec![3]), "open at the end of the file");
        let (rows, told) = read("a,b\n\"1, or so\",\"2 \"\" 3\"\n5,6\n");
        assert_eq!((rows.len(), told.len()), (2, 0), "quotes that are closed are cells");
    }

    #[test]
    fn rows_that_look_like_comments_are_rows() {
        let (rows, told) = read("# where it is from\n# and when\nid,b\n#1,2\n\n3,4\n");
        assert_eq!(rows, [(4, "#1".to_owned()), (6, "3".to_owned())]);
        assert!(told.is_empty());
        assert_eq!(read("\u{feff}id\n1\n").0, [(2, "1".to_owned())]);
        assert_eq!(lines(&read("\n\nid\n\n1\n").0), [5]);
    }

    #[test]
    fn lines_of_old_macs_are_told() {
        for text in ["a,b\r1,2\r3,4", "# a\ra,b\r1,2\r", "a,b\n1,2\r3,4\n"] {
            let (rows, told) = read(text);
            assert!(rows.is_empty() && told[0].1.contains("carriage return"), "{text:?}: {told:?}");
        }
        assert_eq!(lines(&read("a,b\r\n1,2\r\n").0), [2]);
    }

    #[test]
    fn cells_and_columns_are_counted() {
        let (rows, told) = read("a,b\n1\n1,2,3\n1,2\n");
        assert_eq!((lines(&rows), lines(&told)), (vec![4], vec![2, 3]));
        let (rows, told) = read("a,b,a\n1,2,3\n");
        assert!(rows.is_empty() && told[0].1.contains("twice"), "{told:?}");
        assert!(read(&"a,".repeat(2_000)).1[0].1.contains("columns"));
        assert_eq!(read("").0, []);
    }

    #[test]
    fn a_line_that_fills_the_memory_is_no_row() {
        let text = format!("a,b\n1,2\n{}\n", "x,".repeat(LINE_BYTES));
        let (rows, told) = read(&text);
        assert!(rows.is_empty());
        assert_eq!(told[0].0, 3);
        let many = format!("a,b\n{}", "1,2\n".repeat(LINE_BYTES));
        assert_eq!(read(&many).0.len(), LINE_BYTES);
    }
}
