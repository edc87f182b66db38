//! Rows of cells of others, and how many there may be: what a file of a few bytes can mean must not fill the memory.

use super::cell::Cell;

/// More columns than this are no table.
pub(super) const MOST_COLUMNS: usize = 2_000;
/// Nor are more cells: each takes some fifty bytes of memory, whatever it takes in the file.
const MOST_CELLS: usize = 20_000_000;
/// Nor is more text in them: a workbook writes a text once for any number of cells.
const MOST_TEXT_BYTES: usize = 1 << 30;

/// Nor is more text in one: spreadsheets stop at 32,767 characters, of up to three bytes.
pub(super) const MOST_CELL_BYTES: usize = 1 << 17;

/// What is wrong with a table, and what to do.
pub(super) type Wrong = (String, Option<String>);

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

    /// What is wrong with a row that has cells beyond its header: all that follow a separator too many are another column's.
    pub(super) fn beyond(&self, header: &Self) -> Option<Wrong> {
        let width = header.cells.len();
        let is_wider = self.cells.iter().skip(width).any(|cell| !cell.is_empty());
        let help = "write a cell that holds the separator in quotes, and name each column".to_owned();
        is_wider.then(|| (format!("has {} cells, the header has {width}", self.cells.len()), Some(help)))
    }
}

/// The rows of a table as they are read, as long as there is room for them.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) list: Vec<SheetRow>,
    room: Room,
}

/// How much a table holds.
#[derive(Default)]
pub(super) struct Room {
    cells: usize,
    text_bytes: usize,
}

impl Room {
    /// Makes room for cells that are not written.
    pub(super) fn add_empty(&mut self, cells: usize) -> Result<(), Wrong> {
        self.cells += cells;
        let help = || Some("split the file, or take out the columns that are not needed".to_owned());
        if self.cells > MOST_CELLS {
            return Err((format!("holds more than {} million cells", MOST_CELLS / 1_000_000), help()));
        }
        if self.text_bytes > MOST_TEXT_BYTES {
            return Err((format!("holds more than {} MB of text", MOST_TEXT_BYTES >> 20), help()));
        }
        Ok(())
    }

    /// Makes room for one that is.
    pub(super) fn add(&mut self, cell: &Cell) -> Result<(), Wrong> {
        if let Cell::Text(text) = cell {
            self.text_bytes += text.len();
        }
        self.add_empty(1)
    }
}

impl Rows {
    /// Adds a row that is there.
    pub(super) fn push(&mut self, row: Option<SheetRow>) -> Result<(), Wrong> {
        let Some(row) = row else { return Ok(()) };
        row.cells.iter().try_for_each(|cell| self.room.add(cell))?;
        self.list.push(row);
        Ok(())
    }
}

/// A text as a cell.
pub(super) fn cell_of(text: &str) -> Cell {
    // Downloads hold blanks that do not break.
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.replace('\u{a0}', " ")) }
}
