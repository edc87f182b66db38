//! Columns of Parquet tables, batch by batch.

use super::names::Names;
use super::table::write_csv;
use crate::disk::read::{self as file, Kind};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMillisecondType, TimestampSecondType, UInt32Type};
use arrow_array::{Array, RecordBatch, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
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

/// A table that says it has more rows is not read: a few bytes can stand for any number of equal rows.
const MOST_ROWS: i64 = 4_000_000_000;

/// Rows of one batch by column name.
pub(crate) struct Batch(RecordBatch);

impl Batch {
    pub(crate) fn rows(&self) -> usize {
        self.0.num_rows()
    }

    fn column(&self, name: &str) -> Option<&dyn Array> {
        self.0.column_by_name(name).map(AsRef::as_ref)
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

    /// A word, empty where there is none.
    pub(crate) fn text(&self, name: &str, row: usize) -> &str {
        let strings: Option<&StringArray> = self.column(name).and_then(|column| column.as_string_opt::<i32>());
        strings.filter(|strings| strings.is_valid(row)).map_or("", |strings| strings.value(row))
    }
}

/// Visits all batches of a table.
pub(crate) fn each_batch(folder: &Path, table: &str, mut visit: impl FnMut(&Batch)) -> Result<(), ReadError> {
    let path = folder.join(format!("{table}.parquet"));
    let fail = |reason: String| ReadError::Table { path: path.clone(), reason };
    let file = file::open(&path, Kind::Table).map_err(|error| fail(error.to_string()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| fail(error.to_string()))?;
    let rows = builder.metadata().file_metadata().num_rows();
    if rows > MOST_ROWS {
        return Err(fail(format!("it says that it has {rows} rows; the limit is {MOST_ROWS}")));
    }
    let reader = builder.with_batch_size(1 << 15).build().map_err(|error| fail(error.to_string()))?;
    for batch in reader {
        visit(&Batch(batch.map_err(|error| fail(error.to_string()))?));
    }
    Ok(())
}

/// A table as CSV, the same as `--csv` writes.
pub(crate) fn csv(folder: &Path, table: &str, names: &Names) -> Result<Vec<u8>, ReadError> {
    let fail = |reason: String| ReadError::Table { path: folder.join(format!("{table}.parquet")), reason };
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut written = Ok(());
    let mut has_header = false;
    each_batch(folder, table, |Batch(batch)| {
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

/// Reads a JSON file.
pub(crate) fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, ReadError> {
    let fail = |reason: String| ReadError::File { path: path.to_path_buf(), reason };
    let text = file::text(path, Kind::Json).map_err(|error| fail(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| fail(error.to_string()))
}
