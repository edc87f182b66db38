//! Typed rows to Arrow columns, Parquet and CSV; and to a digest that does not depend on file formats.

use super::names::Names;
use crate::disk::name::steers;
use crate::disk::whole::Out;
use crate::kernel::ids::{FleetId, NodeId, PlantId, PortId, SiteId, StationId, VisitId};
use arrow_array::builder::{ArrayBuilder, Float64Builder, StringBuilder, TimestampMillisecondBuilder, UInt32Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMillisecondType, UInt32Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows are written in groups of this many, so memory does not grow with simulated time.
pub const GROUP_ROWS: usize = 1 << 16;
/// Rows wait in memory until there are so many: few enough that their buffers are used again and again.
pub const WAITING_ROWS: usize = 1 << 12;
/// Rows that are laid out in columns at a time: they stay in the processor's cache while one column after the other is
/// filled.
const FILL_ROWS: usize = 1 << 8;
/// A column whose distinct values take more bytes than this is written plainly, not through a dictionary.
const DICTIONARY_BYTES: usize = 1 << 14;
/// Bytes that are hashed at a time: they stay in the processor's cache.
const DIGEST_BYTES: usize = 1 << 15;
/// Version of the tables' columns.
pub const SCHEMA_VERSION: &str = "1";

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct ColumnInfo {
    /// Name, with the unit.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// What it says.
    pub info: &'static str,
    /// How it is stored.
    pub kind: ColumnKind,
}

/// How a column is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// Words.
    Text,
    /// Points in time.
    Time,
}

/// A kind of row.
pub trait Row: Send + Sync + Sized + 'static {
    /// Name of the table.
    const TABLE: &'static str;
    /// Its columns.
    const COLUMNS: &'static [ColumnInfo];
    /// Adds rows to columns of the kinds above, one column after the other.
    fn fill(rows: &[Self], names: &Names, columns: &mut [Column]);
    /// Adds the amounts of another row, column by column; keys, counts and words stay.
    fn add_amounts(&mut self, other: &Self);
    /// The sum of all amounts of a unit, in the order of the columns.
    fn sum_of(&self, unit: &str) -> f64;
}

/// A column that is being filled.
#[derive(Debug)]
pub enum Column {
    /// Whole numbers.
    Whole(UInt32Builder),
    /// Numbers.
    Number(Float64Builder),
    /// Words.
    Text(StringBuilder),
    /// Points in time, ms since 1970: Parquet has no type for seconds, and readers take them for whole numbers.
    Time(TimestampMillisecondBuilder),
}

impl Column {
    fn with_room(kind: ColumnKind, rows: usize) -> Self {
        match kind {
            ColumnKind::Whole => Self::Whole(UInt32Builder::with_capacity(rows)),
            ColumnKind::Number => Self::Number(Float64Builder::with_capacity(rows)),
            ColumnKind::Text => Self::Text(StringBuilder::with_capacity(rows, rows * 8)),
            ColumnKind::Time => Self::Time(TimestampMillisecondBuilder::with_capacity(rows)),
        }
    }

    fn finish(self, zone: &str) -> ArrayRef {
        match self {
            Self::Whole(mut builder) => ArrayBuilder::finish(&mut builder),
            Self::Number(mut builder) => ArrayBuilder::finish(&mut builder),
            Self::Text(mut builder) => ArrayBuilder::finish(&mut builder),
            Self::Time(mut builder) => Arc::new(builder.finish().with_timezone(zone)),
        }
    }
}

/// A value of a row.
pub trait Cell {
    /// How it is stored.
    const KIND: ColumnKind;
    /// Adds it to a column of that kind.
    fn fill(&self, names: &Names, column: &mut Column);
    /// The amount that it is: a number with a unit, which adds up; 0 for keys, counts and words.
    fn amount(&self) -> f64 {
        0.0
    }
    /// Adds the amount of another.
    fn add(&mut self, _other: &Self) {}
}

macro_rules! cell {
    ($type:ty, $kind:ident, |$value:ident, $names:ident| $stored:expr) => {
        impl Cell for $type {
            const KIND: ColumnKind = ColumnKind::$kind;
            fn fill(&self, $names: &Names, column: &mut Column) {
                let $value = self;
                match column {
                    Column::$kind(builder) => builder.append_option($stored),
                    _ => unreachable!("columns are made of the same kinds as rows"),
                }
            }
        }
    };
}

/// A point in time, seconds from the start of the run; stored as an instant with the scenario's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At(pub u32);

cell!(u32, Whole, |value, _names| Some(*value));
cell!(Option<u32>, Whole, |value, _names| *value);
impl Cell for f64 {
    const KIND: ColumnKind = ColumnKind::Number;
    fn fill(&self, _: &Names, column: &mut Column) {
        match column {
            Column::Number(builder) => builder.append_value(*self),
            _ => unreachable!("columns are made of the same kinds as rows"),
        }
    }
    fn amount(&self) -> f64 {
        *self
    }
    fn add(&mut self, other: &Self) {
        *self += other;
    }
}
cell!(Option<f64>, Number, |value, _names| *value);
/// What stands for true in a table; false is `no`.
pub(super) const YES: &str = "yes";
cell!(bool, Text, |value, _names| Some(if *value { YES } else { "no" }));
cell!(SiteId, Text, |value, names| Some(&names.sites[value.index()]));
cell!(StationId, Text, |value, names| Some(&names.stations[value.index()]));
cell!(PlantId, Text, |value, names| Some(&names.plants[value.index()]));
cell!(FleetId, Text, |value, names| Some(&names.fleets[value.index()]));
cell!(Option<FleetId>, Text, |value, names| value.map(|id| &names.fleets[id.index()]));
cell!(NodeId, Text, |value, names| Some(names.node(*value)));
cell!(Option<VisitId>, Text, |value, names| value.map(|id| &names.visits[id.index()]));
cell!(Option<PortId>, Text, |value, names| value.map(|id| &names.ports[id.index()]));
cell!(At, Time, |value, names| Some(names.calendar.unix_s(i64::from(value.0)) * 1000));
cell!(String, Text, |value, _names| Some(value));
cell!(Arc<str>, Text, |value, _names| Some(value.as_ref()));

/// Declares a row: a struct, its table and its columns.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $name:ident in $table:literal {
            $( #[doc = $info:literal] $field:ident : $type:ty [$unit:literal] ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( #[doc = $info] pub $field: $type, )*
        }

        impl crate::record::table::Row for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [crate::record::table::ColumnInfo] = &[
                $( crate::record::table::ColumnInfo {
                    name: stringify!($field),
                    unit: $unit,
                    info: $info,
                    kind: <$type as crate::record::table::Cell>::KIND,
                }, )*
            ];
            fn fill(rows: &[Self], names: &crate::record::names::Names, columns: &mut [crate::record::table::Column]) {
                let mut columns = columns.iter_mut();
                $(
                    let column = columns.next().expect("one column a field");
                    for row in rows {
                        crate::record::table::Cell::fill(&row.$field, names, column);
                    }
                )*
            }
            fn add_amounts(&mut self, other: &Self) {
                $( crate::record::table::Cell::add(&mut self.$field, &other.$field); )*
            }
            fn sum_of(&self, unit: &str) -> f64 {
                let amounts = [$( ($unit, crate::record::table::Cell::amount(&self.$field)), )*];
                amounts.iter().filter(|amount| amount.0 == unit).map(|amount| amount.1).sum()
            }
        }
    };
}
pub(crate) use row;

/// Why tables could not be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Writing ended before, and said why.
    #[error("the tables could not be written")]
    Ended,
    /// Arrow refused.
    #[error("cannot build table {table}: {source}")]
    Arrow {
        /// The table.
        table: &'static str,
        /// What it said.
        source: ArrowError,
    },
    /// Parquet refused.
    #[error("cannot write table {table}: {source}")]
    Parquet {
        /// The table.
        table: &'static str,
        /// What it said.
        source: ParquetError,
    },
}

/// One table of a run: its rows' digest, and its files when there is a folder.
#[derive(Debug)]
pub struct TableWriter {
    table: &'static str,
    schema: Arc<Schema>,
    digest: blake3::Hasher,
    parquet: Option<ArrowWriter<Out>>,
    csv: Option<csv::Writer<Out>>,
    kept: Option<Vec<RecordBatch>>,
}

/// A table that was written.
#[derive(Debug)]
pub struct WrittenTable {
    /// Its name.
    pub table: &'static str,
    /// Digest of its rows.
    pub digest: String,
    /// Its columns.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub schema: Arc<Schema>,
    /// Its rows, where they were kept.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub rows: Vec<RecordBatch>,
}

impl TableWriter {
    /// A table in a folder (none: only the digest is kept).
    ///
    /// # Errors
    /// When a file cannot be made.
    pub fn new<R: Row>(folder: Option<&Path>, with_csv: bool, zone: &str) -> Result<Self, TableError> {
        let schema = Arc::new(schema_of::<R>(zone));
        let mut writer = Self {
            table: R::TABLE,
            schema: Arc::clone(&schema),
            digest: blake3::Hasher::new(),
            parquet: None,
            csv: None,
            kept: None,
        };
        let Some(folder) = folder else {
            return Ok(writer);
        };
        let create =
            |path: &Path| Out::create(path).map_err(|source| TableError::Io { path: path.to_path_buf(), source });
        let path = folder.join(format!("{}.parquet", R::TABLE));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("portvolt".to_owned())
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_dictionary_page_size_limit(DICTIONARY_BYTES)
            // Least and most of a row group, not of every page: readers skip groups, and pages are small.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .build();
        let parquet = ArrowWriter::try_new(create(&path)?, schema, Some(properties));
        writer.parquet = Some(parquet.map_err(|source| TableError::Parquet { table: R::TABLE, source })?);
        if with_csv {
            let path = folder.join(format!("{}.csv", R::TABLE));
            let mut csv = csv::Writer::from_writer(create(&path)?);
            let header = csv.write_record(R::COLUMNS.iter().map(|column| column.name));
            header.map_err(|error| TableError::Io { path: path.clone(), source: error.into() })?;
            writer.csv = Some(csv);
        }
        Ok(writer)
    }

    /// Keeps its rows in memory, too.
    #[must_use]
    pub fn keeping_rows(self) -> Self {
        Self { kept: Some(Vec::new()), ..self }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write<R: Row>(&mut self, rows: &[R], names: &Names) -> Result<(), TableError> {
        for chunk in rows.chunks(WAITING_ROWS) {
            let batch = batch_of(chunk, &self.schema, names)?;
            if let Some(csv) = &mut self.csv {
                write_csv(&batch, csv, names)
                    .map_err(|error| TableError::Io { path: PathBuf::from(self.table), source: error.into() })?;
            }
            self.add(&batch)?;
        }
        Ok(())
    }

    /// Its name.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// Its columns.
    #[must_use]
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    /// Adds rows that are laid out in its columns; not to CSV.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        digest_rows(batch, &mut self.digest);
        if let Some(parquet) = &mut self.parquet {
            parquet.write(batch).map_err(|source| TableError::Parquet { table: self.table, source })?;
        }
        if let Some(kept) = &mut self.kept {
            kept.push(batch.clone());
        }
        Ok(())
    }

    /// Closes the files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(self) -> Result<WrittenTable, TableError> {
        if let Some(parquet) = self.parquet {
            parquet.close().map_err(|source| TableError::Parquet { table: self.table, source })?;
        }
        if let Some(mut csv) = self.csv {
            csv.flush().map_err(|source| TableError::Io { path: PathBuf::from(self.table), source })?;
        }
        let digest = self.digest.finalize().to_hex().to_string();
        Ok(WrittenTable { table: self.table, digest, schema: self.schema, rows: self.kept.unwrap_or_default() })
    }
}

/// Rows laid out in columns.
pub(super) fn batch_of<R: Row>(rows: &[R], schema: &Arc<Schema>, names: &Names) -> Result<RecordBatch, TableError> {
    let column = |column: &ColumnInfo| Column::with_room(column.kind, rows.len());
    let mut columns: Vec<Column> = R::COLUMNS.iter().map(column).collect();
    for block in rows.chunks(FILL_ROWS) {
        R::fill(block, names, &mut columns);
    }
    let arrays = columns.into_iter().map(|column| column.finish(names.calendar.zone())).collect();
    RecordBatch::try_new(Arc::clone(schema), arrays).map_err(|source| TableError::Arrow { table: R::TABLE, source })
}

fn schema_of<R: Row>(zone: &str) -> Schema {
    let field = |column: &ColumnInfo| {
        let kind = match column.kind {
            ColumnKind::Whole => DataType::UInt32,
            ColumnKind::Number => DataType::Float64,
            ColumnKind::Text => DataType::Utf8,
            ColumnKind::Time => DataType::Timestamp(TimeUnit::Millisecond, Some(zone.into())),
        };
        Field::new(column.name, kind, true).with_metadata([("unit", column.unit), ("info", column.info.trim())])
    };
    let fields: Vec<Field> = R::COLUMNS.iter().map(field).collect();
    Schema::new(fields).with_metadata([("portvolt_schema", SCHEMA_VERSION)])
}

/// Hashes values row by row, so that the digest does not depend on how rows were grouped.
fn digest_rows(batch: &RecordBatch, digest: &mut blake3::Hasher) {
    let mut bytes = Vec::with_capacity(2 * DIGEST_BYTES);
    let columns: Vec<_> = batch.columns().iter().map(|column| (column.nulls(), Values::of(column.as_ref()))).collect();
    for row in 0..batch.num_rows() {
        for (nulls, values) in &columns {
            let is_null = nulls.is_some_and(|nulls| nulls.is_null(row));
            bytes.push(u8::from(is_null));
            if is_null {
                continue;
            }
            match values {
                Values::Whole(values) => bytes.extend(values[row].to_le_bytes()),
                Values::Number(values) => bytes.extend(values[row].to_le_bytes()),
                // Seconds, as all times of a run are.
                Values::Time(values) => bytes.extend((values[row] / 1000).to_le_bytes()),
                Values::Text(values) => {
                    let text = values.value(row);
                    bytes.extend((text.len() as u32).to_le_bytes());
                    bytes.extend(text.as_bytes());
                }
            }
        }
        if bytes.len() >= DIGEST_BYTES {
            digest.update(&bytes);
            bytes.clear();
        }
    }
    digest.update(&bytes);
}

/// The values of a column, looked up once and not for every row.
enum Values<'a> {
    Whole(&'a [u32]),
    Number(&'a [f64]),
    Text(&'a StringArray),
    Time(&'a [i64]),
}

impl<'a> Values<'a> {
    fn of(column: &'a dyn Array) -> Self {
        match column.data_type() {
            DataType::UInt32 => Self::Whole(column.as_primitive::<UInt32Type>().values()),
            DataType::Float64 => Self::Number(column.as_primitive::<Float64Type>().values()),
            DataType::Utf8 => Self::Text(column.as_string::<i32>()),
            _ => Self::Time(column.as_primitive::<TimestampMillisecondType>().values()),
        }
    }
}

/// Text that a spreadsheet takes as text: what could begin a formula, also after blanks and tabs that it skips or as a wide
/// letter that it folds, gets an apostrophe before it.
#[must_use]
pub fn plain_cell(text: &str) -> String {
    let first = text.trim_start_matches(|c: char| c.is_whitespace() || steers(c)).chars().next();
    let begins = matches!(first, Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'));
    if begins || text.starts_with(['\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

/// Rows of a batch as CSV; times as local ones of the calendar.
pub(super) fn write_csv<W: Write>(
    batch: &RecordBatch,
    csv: &mut csv::Writer<W>,
    names: &Names,
) -> Result<(), csv::Error> {
    for row in 0..batch.num_rows() {
        for column in batch.columns() {
            let text = if column.is_null(row) {
                String::new()
            } else {
                match column.data_type() {
                    DataType::UInt32 => column.as_primitive::<UInt32Type>().value(row).to_string(),
                    DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
                    DataType::Utf8 => plain_cell(column.as_string::<i32>().value(row)),
                    _ => {
                        let unix_s = column.as_primitive::<TimestampMillisecondType>().value(row) / 1000;
                        names.calendar.iso(unix_s - names.calendar.unix_s(0))
                    }
                }
            };
            csv.write_field(text)?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    Ok(())
}
