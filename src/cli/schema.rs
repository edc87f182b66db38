//! `portvolt schema`.

use super::Exit;
use super::console::Console;
use crate::scenario::schema;

pub(super) fn print(console: &Console) -> Exit {
    console.print_json(&schema::schema());
    Exit::Done
}
