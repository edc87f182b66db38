//! Seeds and replications as Python gives them: a whole number that is none of them is an error that says which are.

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use std::fmt::Display;

/// A seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

/// A replication of a seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replication(pub(crate) u32);

impl<'py> FromPyObject<'_, 'py> for Seed {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        given.extract().map(Self).map_err(|error| in_words("seed", &given, error, u64::MAX))
    }
}

impl<'py> FromPyObject<'_, 'py> for Replication {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        given.extract().map(Self).map_err(|error| in_words("replication", &given, error, u32::MAX))
    }
}

/// A number that is too small or too large, in words; any other error as it is.
fn in_words(what: &str, given: &Bound<'_, PyAny>, error: PyErr, most: impl Display) -> PyErr {
    if !error.is_instance_of::<PyOverflowError>(given.py()) {
        return error;
    }
    PyValueError::new_err(format!("{what} is {given}: write a whole number from 0 to {most}"))
}
