//! Arrays of Python that are filled in place, or read.

use crate::learned::{Column, Given, Part, Values};
use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Where an observation is written: codes, whole numbers, quantities. Columns come one after the other, in a vector of each the
/// environments in their order.
pub(crate) type Arrays = (PyBuffer<u8>, PyBuffer<u32>, PyBuffer<f64>);

/// What is ordered: choices and quantities, part after part, in a vector the environments in their order.
pub(crate) type Action = (PyBuffer<i64>, PyBuffer<f64>);

/// Names, kinds of numbers and lengths of the columns of an observation.
pub(crate) type Shape = Vec<(String, &'static str, usize)>;

/// Names and rows of the parts of an action: of a choice how many there are, of a quantity its bounds.
pub(crate) type Parts = Vec<(&'static str, usize, u32, Vec<(f64, f64)>)>;

/// The items of an array that `portvolt.gym` made for this call, or that only its environment knows.
///
/// # Errors
/// When it is not of one piece, or cannot be written.
#[expect(unsafe_code, reason = "the alternative is to copy every observation once more")]
pub(crate) fn items<T: Element>(array: &mut PyBuffer<T>) -> PyResult<&mut [T]> {
    let whole = array.as_slice_ptr().filter(|_| !array.readonly());
    let mut whole =
        whole.ok_or_else(|| PyValueError::new_err("an observation needs arrays of one piece that can be written"))?;
    // SAFETY: the buffer is held for as long as the slice lives, is of one piece and can be written; no other thread and no other
    // slice has it, for the environments hand an array out only when it is filled.
    Ok(unsafe { whole.as_mut() })
}

/// The shape of an observation.
pub(crate) fn shape_of(columns: &[Column]) -> Shape {
    let kind = |column: &Column| match column.values {
        Values::U8(_) => "u1",
        Values::U32(_) => "u4",
        Values::F64(_) => "f8",
    };
    columns.iter().map(|column| (column.name.clone(), kind(column), column.len())).collect()
}

/// The parts of an action.
pub(crate) fn parts_of(action: &[Part]) -> Parts {
    let part = |part: &Part| match part {
        Part::Choice { name, rows, choices } => (*name, *rows, *choices, Vec::new()),
        Part::Quantity { name, bounds } => (*name, bounds.len(), 0, bounds.clone()),
    };
    action.iter().map(part).collect()
}

/// How many choices and quantities an action has.
pub(crate) fn lengths_of(action: &[Part]) -> (usize, usize) {
    action.iter().fold((0, 0), |(choices, quantities), part| match part {
        Part::Choice { rows, .. } => (choices + rows, quantities),
        Part::Quantity { bounds, .. } => (choices, quantities + bounds.len()),
    })
}

/// Reads an action, of so many choices and quantities.
///
/// # Errors
/// When it has more or fewer.
pub(crate) fn read(py: Python<'_>, action: &Action, lengths: (usize, usize), into: &mut Given) -> PyResult<()> {
    let (choices, quantities) = action;
    let given = (choices.item_count(), quantities.item_count());
    if given != lengths {
        let message = format!(
            "an action has {} choices and {} quantities, and not {} and {}",
            lengths.0, lengths.1, given.0, given.1
        );
        return Err(PyValueError::new_err(message));
    }
    into.choices.resize(lengths.0, 0);
    into.quantities.resize(lengths.1, 0.0);
    choices.copy_to_slice(py, &mut into.choices)?;
    quantities.copy_to_slice(py, &mut into.quantities)
}
