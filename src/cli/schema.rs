//! `portvolt schema`.

use super::console::Console;
use super::exit::Exit;
use crate::scenario::schema;

pub(super) fn print(console: &Console) -> Exit {
    console.print_json(&schema::schema());
    Exit::Done
}
