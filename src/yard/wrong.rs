//! Mistakes of a plan.

/// What is wrong with a plan: where in it (a label of a feature, or a key), what, and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) field: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Wrong {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>, help: Option<&str>) -> Self {
        Self { field: field.into(), message: message.into(), help: help.map(str::to_owned) }
    }
}
