//! One cell of a table of others.

use jiff::civil::DateTime;
use std::borrow::Cow;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Text as written, trimmed.
    Text(String),
    /// A number of a workbook.
    Number(f64),
    /// A time of a workbook.
    Time(DateTime),
}

impl Cell {
    /// As text.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Time(time) => Cow::Owned(time.to_string()),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}
