//! Arrays of Python that are filled in place.

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Where an observation is written: whole numbers, quantities, whether there is a session at each port. Columns come one after
/// the other, in a vector of each the environments in their order.
pub(crate) type Arrays = (PyBuffer<u32>, PyBuffer<f64>, PyBuffer<u8>);

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
