//! `portvolt init`: copies a template out, to edit.

use super::exit::Exit;
use super::output::console::Console;
use crate::disk::WriteError;
use crate::document::problem::nearest;
use crate::scenario::shipped;
use crate::scenario::template::{copy_out, find};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {
    /// The folder to make.
    dir: PathBuf,
    /// Which template: `depot_night`, `port_terminal`, `layout_study`, `hydrogen_corridor`, `san_pedro_bay` or
    /// `hub_2045`.
    #[arg(long, default_value = "depot_night")]
    template: String,
}

pub(super) fn init(args: &InitArgs, console: &Console) -> Exit {
    let Some(files) = find(&args.template) else {
        let help = nearest(&args.template, shipped::names()).unwrap_or_default();
        console.error(&format!("there is no template `{}`: {help}", args.template));
        return Exit::BadFiles;
    };
    if let Err(error) = copy_out(&files, &args.dir) {
        return refused(&error, console);
    }
    if console.is_json() {
        let names: Vec<_> = files.iter().map(|file| file.0).collect();
        console.print_json(&serde_json::json!({ "schema": 1, "dir": args.dir, "files": names }));
    } else {
        console.print(&format!(
            "{dir}: a copy of `{}`.\nEdit {dir}/scenario.toml, then: portvolt validate {dir} && portvolt run {dir}",
            args.template,
            dir = args.dir.display()
        ));
    }
    Exit::Done
}

/// Says why a new folder could not be made.
pub(crate) fn refused(error: &WriteError, console: &Console) -> Exit {
    if error.is_taken() {
        console.error(&format!("{} is not empty; choose another folder", error.path.display()));
        return Exit::BadFiles;
    }
    console.error(&error.to_string());
    if error.is_of_place() { Exit::BadFiles } else { Exit::Failed }
}
