//! Columns of Parquet tables, batch by batch.

use super::names::Names;
use super::table::{YES, write_csv};
use crate::disk::of_run;
use crate::disk::read::{Kind, ReadError as FileError};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMillisecondType, TimestampSecondType, UInt32Type};
use arrow_array::{Array, RecordBatch, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Type;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use std::cell::Cell;
use std::path::{Path, PathBuf};

/// Why a file of a run's folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A table is missing or cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// A file of the folder is missing or is not what its name says.
    #[error("cannot read {}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
}

/// Rows of a table of a few bytes. A larger one has more by its size: a few bytes can stand for any number of equal rows, but
/// each row of a table of ours has its own time or id.
const MOST_ROWS: u64 = 100_000;
const MOST_ROWS_A_BYTE: u64 = 64;
/// Rows of a batch, and what its texts may take: a few bytes can stand for a long text in every row, too.
const BATCH_ROWS: usize = 1 << 15;
const BATCH_BYTES: usize = 512 << 20;

/// Rows of one batch by column name.
pub(crate) struct Batch {
    rows: RecordBatch,
    /// Where the next column is looked for first: a reader asks row after row for the same columns in the same order, and
    /// comparing all names for each cell was a twentieth of a week's run.
    next: Cell<usize>,
}

impl Batch {
    fn new(rows: RecordBatch) -> Self {
        Self { rows, next: Cell::new(0) }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows.num_rows()
    }

    fn column(&self, name: &str) -> Option<&dyn Array> {
        let fields = self.rows.schema_ref().fields();
        let first = self.next.get();
        let at = (first..fields.len()).chain(0..first).find(|at| fields[*at].name() == name)?;
        self.next.set(at + 1);
        Some(self.rows.column(at).as_ref())
    }

    /// A number; `None` where the cell is empty or the column is missing.
    pub(crate) fn number(&self, name: &str, row: usize) -> Option<f64> {
        let column = self.column(name)?;
        if column.is_null(row) {
            return None;
        }
        match column.as_primitive_opt::<Float64Type>() {
            Some(numbers) => Some(numbers.value(row)),
            None => column.as_primitive_opt::<UInt32Type>().map(|numbers| f64::from(numbers.value(row))),
        }
    }

    /// A point in time, seconds since 1970-01-01 UTC.
    pub(crate) fn unix_s(&self, name: &str, row: usize) -> Option<i64> {
        let column = self.column(name)?;
        if let Some(times) = column.as_primitive_opt::<TimestampMillisecondType>() {
            return times.is_valid(row).then(|| times.value(row) / 1000);
        }
        // Folders of earlier versions.
        let times = column.as_primitive_opt::<TimestampSecondType>()?;
        times.is_valid(row).then(|| times.value(row))
    }

    /// A whole number, 0 where there is none.
    pub(crate) fn whole(&self, name: &str, row: usize) -> u32 {
        self.number(name, row).unwrap_or(0.0) as u32
    }

    /// Yes or no; no where there is none.
    pub(crate) fn is_yes(&self, name: &str, row: usize) -> bool {
        self.text(name, row) == YES
    }

    /// A word, empty where there is none.
    pub(crate) fn text(&self, name: &str, row: usize) -> &str {
        let strings: Option<&StringArray> = self.column(name).and_then(|column| column.as_string_opt::<i32>());
        strings.filter(|strings| strings.is_valid(row)).map_or("", |strings| strings.value(row))
    }
}

/// How many rows at once fit into the memory, whatever their texts are: none is longer than all of its column.
fn batch_rows(table: &ParquetMetaData) -> usize {
    let columns = table.row_groups().iter().flat_map(RowGroupMetaData::columns);
    let texts = columns.filter(|column| column.column_type() == Type::BYTE_ARRAY);
    let longest = texts.map(|column| usize::try_from(column.uncompressed_size()).unwrap_or(usize::MAX)).max();
    (BATCH_BYTES / longest.unwrap_or(0).max(1)).clamp(1, BATCH_ROWS)
}

/// Opens a table in the folder of tables of a run.
fn open_table(tables: &Path, table: &str) -> Result<of_run::Opened, FileError> {
    let name = format!("{table}.parquet");
    match tables.parent().zip(tables.file_name().and_then(|name| name.to_str())) {
        Some((run, tables)) => of_run::open(run, &format!("{tables}/{name}"), Kind::Table),
        None => of_run::open(tables, &name, Kind::Table),
    }
}

/// Visits all batches of a table. Neither it nor the folder of tables may be a link.
pub(crate) fn each_batch(folder: &Path, table: &str, mut visit: impl FnMut(&Batch)) -> Result<(), ReadError> {
    let path = folder.join(format!("{table}.parquet"));
    let fail = |reason: String| ReadError::Table { path: path.clone(), reason };
    let file = open_table(folder, table).map_err(|error| fail(error.to_string()))?;
    let bytes = file.metadata().map_err(|error| fail(error.to_string()))?.len();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| fail(error.to_string()))?;
    let (rows, most) = (builder.metadata().file_metadata().num_rows(), MOST_ROWS + MOST_ROWS_A_BYTE * bytes);
    if !u64::try_from(rows).is_ok_and(|rows| rows <= most) {
        return Err(fail(format!("it says that it has {rows} rows; a table of its size has at most {most}")));
    }
    let batch_rows = batch_rows(builder.metadata());
    let reader = builder.with_batch_size(batch_rows).build().map_err(|error| fail(error.to_string()))?;
    for batch in reader {
        visit(&Batch::new(batch.map_err(|error| fail(error.to_string()))?));
    }
    Ok(())
}

/// A table as CSV, the same as `--csv` writes.
pub(crate) fn csv(folder: &Path, table: &str, names: &Names) -> Result<Vec<u8>, ReadError> {
    let fail = |reason: String| ReadError::Table { path: folder.join(format!("{table}.parquet")), reason };
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut written = Ok(());
    let mut has_header = false;
    each_batch(folder, table, |Batch { rows: batch, .. }| {
        if written.is_ok() && !has_header {
            written = out.write_record(batch.schema().fields().iter().map(|field| field.name()));
            has_header = true;
        }
        if written.is_ok() {
            written = write_csv(batch, &mut out, names);
        }
    })?;
    written.map_err(|error| fail(error.to_string()))?;
    out.into_inner().map_err(|error| fail(error.to_string()))
}

/// Reads a JSON file of a run's folder.
pub(crate) fn json<T: serde::de::DeserializeOwned>(folder: &Path, name: &str) -> Result<T, ReadError> {
    let fail = |reason: String| ReadError::File { path: folder.join(name), reason };
    let text = of_run::text(folder, name, Kind::Json).map_err(|error| fail(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| fail(error.to_string()))
}

#[cfg(test)]
mod tests {
    //! Contract: a table of a stranger that asks for more time or memory than its size can mean is refused or read in pieces.

    use super::*;
    use arrow_array::{ArrayRef, Float64Array};
    use parquet::arrow::ArrowWriter;
    use std::sync::Arc;

    fn written(folder: &Path, column: &str, values: &ArrayRef, batches: usize) {
        let batch = RecordBatch::try_from_iter([(column, Arc::clone(values))]).unwrap();
        let file = std::fs::File::create(folder.join("power.parquet")).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        for _ in 0..batches {
            writer.write(&batch).unwrap();
        }
        writer.close().unwrap();
    }

    #[test]
    fn rows_that_are_all_alike_are_no_table() {
        let dir = tempfile::tempdir().unwrap();
        let values: ArrayRef = Arc::new(Float64Array::from(vec![1.0; 1 << 16]));
        written(dir.path(), "total_kw", &values, 1);
        let mut rows = 0;
        each_batch(dir.path(), "power", |batch| rows += batch.rows()).unwrap();
        assert_eq!(rows, 1 << 16, "few rows may be alike");
        written(dir.path(), "total_kw", &values, 200);
        let told = each_batch(dir.path(), "power", |_| panic!("it is not read")).unwrap_err().to_string();
        assert!(told.contains("13107200 rows"), "{told}");
    }

    #[test]
    fn long_texts_come_a_few_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let rows_of_text = |text: &str| {
            let values: ArrayRef = Arc::new(StringArray::from(vec![text; 3]));
            written(dir.path(), "site", &values, 1);
            let file = std::fs::File::open(dir.path().join("power.parquet")).unwrap();
            batch_rows(ParquetRecordBatchReaderBuilder::try_new(file).unwrap().metadata())
        };
        assert_eq!(rows_of_text("pier_t"), BATCH_ROWS);
        assert!(rows_of_text(&"x".repeat(8 << 20)) <= 64);
        let mut rows = 0;
        each_batch(dir.path(), "power", |batch| rows += batch.rows()).unwrap();
        assert_eq!(rows, 3);
    }
}
