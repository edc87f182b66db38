//! Tables for the readers of others, without a copy: the Arrow C interface (`__arrow_c_stream__`).

use arrow_array::RecordBatch;
use arrow_array::RecordBatchIterator;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{Schema, SchemaRef};
use portvolt::record::table::WrittenTable;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

/// A table of a run. `polars.DataFrame(table)`, `pyarrow.table(table)` and `duckdb` read it without a copy.
#[pyclass(module = "portvolt", frozen)]
#[derive(Debug)]
pub struct Table {
    name: &'static str,
    schema: SchemaRef,
    rows: Vec<RecordBatch>,
}

impl From<WrittenTable> for Table {
    fn from(table: WrittenTable) -> Self {
        Self { name: table.table, schema: table.schema, rows: table.rows }
    }
}

/// Tables as Python has them.
pub(crate) fn in_python(py: Python<'_>, tables: Vec<WrittenTable>) -> PyResult<Vec<Py<Table>>> {
    tables.into_iter().map(|table| Py::new(py, Table::from(table))).collect()
}

#[pymethods]
impl Table {
    /// Its name, such as `sessions`.
    #[getter]
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Its columns: name to unit ("" where there is none).
    #[getter]
    fn units<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.by_column(py, "unit")
    }

    /// What its columns say: name to a sentence.
    #[getter]
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.by_column(py, "info")
    }

    fn __len__(&self) -> usize {
        self.rows.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("Table({}: {} rows, {} columns)", self.name, self.__len__(), self.schema.fields().len())
    }

    /// The schema, by the Arrow C interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema: &Schema = &self.schema;
        let schema = FFI_ArrowSchema::try_from(schema).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// The rows, by the Arrow C interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A producer that cannot cast hands out what it has, as the interface allows.
        drop(requested_schema);
        let rows: Vec<_> = self.rows.iter().cloned().map(Ok).collect();
        let reader = RecordBatchIterator::new(rows, SchemaRef::clone(&self.schema));
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }
}

impl Table {
    fn by_column<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for field in self.schema.fields() {
            dict.set_item(field.name(), field.metadata().get(key).map_or("", String::as_str))?;
        }
        Ok(dict)
    }
}
