//! Tables that are written on a thread of their own: a simulation goes on while its rows are hashed, compressed and put
//! on the disk. What comes out is the same as if it had waited.

use super::names::Names;
use super::table::{Row, TableError, TableWriter, WAITING_ROWS, WrittenTable, batch_of};
use arrow_array::RecordBatch;
use arrow_schema::Schema;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// Batches that may wait for the thread: a slow disk slows the simulation down and does not fill the memory.
const WAITING_BATCHES: usize = 2;

/// The tables of a run, written here, on a thread of their own, or not at all.
#[derive(Debug)]
pub enum Tables {
    /// Nowhere, not even as digests: rows only fold into sums.
    Nowhere,
    /// By the thread that adds rows.
    Inline(Vec<TableWriter>),
    /// By another thread.
    Background(Background),
}

/// Tables in the hands of another thread.
#[derive(Debug)]
pub struct Background {
    schemas: Vec<(&'static str, Arc<Schema>)>,
    /// None when no more are taken.
    batches: Option<SyncSender<(usize, RecordBatch)>>,
    thread: Option<JoinHandle<Result<Vec<WrittenTable>, TableError>>>,
}

impl Tables {
    /// Gives the tables to a thread; keeps them where the system grants none.
    #[must_use]
    pub fn background(writers: Vec<TableWriter>) -> Self {
        let schemas = writers.iter().map(|writer| (writer.table(), writer.schema())).collect();
        let (sender, receiver) = sync_channel(WAITING_BATCHES);
        let handed = Arc::new(Mutex::new(writers));
        let taken = Arc::clone(&handed);
        let work = move || write_all(take(&taken), &receiver);
        match std::thread::Builder::new().name("tables".to_owned()).spawn(work) {
            Ok(thread) => Self::Background(Background { schemas, batches: Some(sender), thread: Some(thread) }),
            Err(_) => Self::Inline(take(&handed)),
        }
    }

    /// Adds rows to the table of their kind.
    ///
    /// # Errors
    /// When a file cannot be written, perhaps that of rows before.
    ///
    /// # Panics
    /// When the run has no table for them.
    pub fn write<R: Row>(&mut self, rows: &[R], names: &Names) -> Result<(), TableError> {
        let of_rows = "a run has a table for each kind of its rows";
        match self {
            Self::Nowhere => Ok(()),
            Self::Inline(writers) => {
                let mut own = writers.iter_mut().filter(|writer| writer.table() == R::TABLE);
                own.next().expect(of_rows).write(rows, names)
            }
            Self::Background(background) => {
                let at = background.schemas.iter().position(|(table, _)| *table == R::TABLE).expect(of_rows);
                let schema = Arc::clone(&background.schemas[at].1);
                rows.chunks(WAITING_ROWS).try_for_each(|chunk| background.send(at, batch_of(chunk, &schema, names)?))
            }
        }
    }

    /// Closes all files; what was written comes in the order of the tables.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(self) -> Result<Vec<WrittenTable>, TableError> {
        match self {
            Self::Nowhere => Ok(Vec::new()),
            Self::Inline(writers) => writers.into_iter().map(TableWriter::finish).collect(),
            Self::Background(mut background) => background.finish(),
        }
    }
}

impl Background {
    fn send(&mut self, table: usize, batch: RecordBatch) -> Result<(), TableError> {
        match self.batches.as_ref().map(|batches| batches.send((table, batch))) {
            Some(Ok(())) => Ok(()),
            // It ended early, and says why.
            _ => Err(self.finish().err().unwrap_or(TableError::Ended)),
        }
    }

    fn finish(&mut self) -> Result<Vec<WrittenTable>, TableError> {
        self.batches = None;
        let Some(thread) = self.thread.take() else { return Err(TableError::Ended) };
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn take(handed: &Mutex<Vec<TableWriter>>) -> Vec<TableWriter> {
    handed.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
}

fn write_all(
    mut writers: Vec<TableWriter>,
    batches: &Receiver<(usize, RecordBatch)>,
) -> Result<Vec<WrittenTable>, TableError> {
    for (at, batch) in batches {
        writers[at].add(&batch)?;
    }
    writers.into_iter().map(TableWriter::finish).collect()
}

#[cfg(test)]
mod tests {
    //! Contract: a thread writes what would be written without it, and says what the disk refused.

    use super::*;
    use crate::kernel::calendar::Calendar;
    use crate::kernel::ids::SiteId;
    use crate::record::rows::{FuelRow, IdlingRow};
    use std::path::Path;

    fn writers(folder: &Path) -> Vec<TableWriter> {
        std::fs::create_dir_all(folder).unwrap();
        let made = [TableWriter::new::<FuelRow>, TableWriter::new::<IdlingRow>];
        made.map(|new| new(Some(folder), false, "UTC").unwrap()).into()
    }

    fn names() -> Names {
        let calendar = Calendar::new("2025-01-01", "UTC", 1).unwrap();
        Names { sites: vec!["depot".to_owned()], ..Names::none(calendar) }
    }

    /// Enough for several batches.
    fn rows() -> Vec<IdlingRow> {
        let row = |at: u32| IdlingRow {
            start_s: at,
            site: SiteId(0),
            truck_h: f64::from(at).sqrt(),
            nox_g: 0.0,
            pm25_g: 1.0 / f64::from(at + 1),
        };
        (0..5 * WAITING_ROWS as u32 + 7).map(row).collect()
    }

    #[test]
    fn the_same_files_inline_and_in_the_background() {
        let dir = tempfile::tempdir().unwrap();
        let [inline, background] = ["inline", "background"].map(|name| dir.path().join(name));
        let written = |mut tables: Tables| {
            tables.write(&rows(), &names()).unwrap();
            tables.write::<FuelRow>(&[], &names()).unwrap();
            let written = tables.finish().unwrap();
            written.into_iter().map(|table| (table.table, table.digest)).collect::<Vec<_>>()
        };
        let digests = written(Tables::Inline(writers(&inline)));
        assert_eq!(written(Tables::background(writers(&background))), digests);
        assert_eq!(digests.iter().map(|(table, _)| *table).collect::<Vec<_>>(), ["fuel", "idling"]);
        for file in ["fuel.parquet", "idling.parquet"] {
            assert_eq!(
                std::fs::read(inline.join(file)).unwrap(),
                std::fs::read(background.join(file)).unwrap(),
                "{file}"
            );
        }
    }

    #[test]
    fn a_full_disk_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let mut tables = Tables::background(writers(dir.path()));
        crate::disk::fault::fill(&dir.path().join("idling.parquet"));
        let refused = (0..4).map(|_| tables.write(&rows(), &names())).find_map(Result::err);
        let told = refused.or(tables.finish().err()).unwrap().to_string();
        assert!(told.contains("cannot write table idling") && told.contains("idling.parquet"), "{told}");
    }
}
