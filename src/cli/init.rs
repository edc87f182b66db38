//! `portvolt init`: copies a template out, to edit.

use super::exit::Exit;
use super::output::console::Console;
use crate::document::problem::nearest;
use crate::scenario::template::{TEMPLATES, copy_out, find};
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
        let help = nearest(&args.template, TEMPLATES.iter().map(|template| template.0)).unwrap_or_default();
        console.error(&format!("there is no template `{}`: {help}", args.template));
        return Exit::BadFiles;
    };
    if args.dir.exists() && std::fs::read_dir(&args.dir).is_ok_and(|mut entries| entries.next().is_some()) {
        console.error(&format!("{} is not empty; choose another folder", args.dir.display()));
        return Exit::BadFiles;
    }
    let written = copy_out(files, &args.dir);
    if let Err(error) = written {
        console.error(&format!("cannot write {}: {error}", args.dir.display()));
        return Exit::Failed;
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
