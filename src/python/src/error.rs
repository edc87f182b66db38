//! What goes wrong, as Python's exceptions.

use portvolt::document::problem::Problems;
use portvolt::sim;
use portvolt::study::ask::Wrong;
use pyo3::create_exception;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::fmt::Display;

create_exception!(portvolt, ScenarioError, PyValueError, "Errors in a scenario: all of them, in `problems`.");
create_exception!(portvolt, RunError, PyRuntimeError, "A run did not finish.");

/// All errors of a scenario: the message names them with file and line, `problems` has them as dicts.
pub(crate) fn of_scenario(py: Python<'_>, problems: &Problems) -> PyErr {
    let error = ScenarioError::new_err(problems.to_string());
    match told(py, problems).and_then(|told| error.value(py).setattr("problems", told)) {
        Ok(()) => error,
        Err(failed) => failed,
    }
}

fn told<'py>(py: Python<'py>, problems: &Problems) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for problem in &problems.told() {
        let (file, line, column) = problems.locate(problem);
        let dict = PyDict::new(py);
        dict.set_item("file", file)?;
        dict.set_item("line", line)?;
        dict.set_item("column", column)?;
        dict.set_item("field", &problem.field)?;
        dict.set_item("message", &problem.message)?;
        dict.set_item("help", &problem.help)?;
        list.append(dict)?;
    }
    Ok(list)
}

/// What is wrong with a request: words and files, as for a scenario.
pub(crate) fn of_wrong(py: Python<'_>, wrong: Wrong) -> PyErr {
    of_scenario(py, &wrong.all())
}

/// Why a study has no answer.
pub(crate) fn of_study(error: &impl Display) -> PyErr {
    RunError::new_err(error.to_string())
}

/// Why a run did not finish.
pub(crate) fn of_run(error: &sim::RunError) -> PyErr {
    RunError::new_err(error.to_string())
}
