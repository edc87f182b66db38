//! Text that remembers its lines, and words for what is wrong with it.
//!
//! `tree` is a TOML document in which every value knows where it was written, `table` a CSV file of ours and `records` any,
//! `json` a document of others, `shape` the check of a
//! document against a JSON Schema, `problem` a mistake with its place and its remedy.

pub(crate) mod json;
mod lines;
pub mod problem;
pub(crate) mod records;
pub mod shape;
pub mod table;
pub mod tree;
