//! The columns of the present view, as the host hands them to a guest.

use std::sync::Arc;

/// The columns of the present view, in the order of the kind's table. Those that a guest does not import stay empty.
#[derive(Debug, Default)]
pub(super) struct ViewColumns {
    pub(super) columns: Vec<Column>,
    pub(super) is_wanted: Vec<bool>,
    pub(super) is_first: bool,
}

/// One column.
#[derive(Debug)]
pub(super) enum Column {
    U8(Arc<Vec<u8>>),
    U32(Arc<Vec<u32>>),
    F64(Arc<Vec<f64>>),
}

/// The same allocation again: nobody else holds a column between calls.
pub(super) fn emptied<T: Clone>(kept: &mut Arc<Vec<T>>) -> &mut Vec<T> {
    let column = Arc::make_mut(kept);
    column.clear();
    column
}
