//! `portvolt schema`.

use super::exit::Exit;
use super::output::console::Console;
use crate::scenario::schema;

pub(super) fn print(console: &Console) -> Exit {
    console.print_json(&schema::schema());
    Exit::Done
}
