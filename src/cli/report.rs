//! `portvolt report`: makes the page of a finished run or comparison again.

use super::exit::Exit;
use super::files::{warn_changed, write};
use super::output::console::Console;
use crate::record::folder::{Manifest, REPORT};
use crate::report::build;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// The folder of a finished run, transition or comparison.
    dir: PathBuf,
    /// Of a transition: the folder of a finished one to draw beside it.
    #[arg(long, value_name = "DIR")]
    baseline: Option<PathBuf>,
    /// The folder of a finished `portvolt sensitivity`: the page then says which doubtful numbers decide.
    #[arg(long, value_name = "DIR")]
    sensitivity: Option<PathBuf>,
    /// Where the page goes. Default: report.html in the folder.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite that file.
    #[arg(long, requires = "out")]
    force: bool,
}

/// Writes the page to a file of the user's choice, which is none of a finished run: those are what its manifest says.
fn elsewhere(file: &Path, html: &str, force: bool, console: &Console) -> Result<(), Exit> {
    let folders = file.parent().into_iter().flat_map(|folder| folder.ancestors().take(2));
    if let Some(run) = folders.into_iter().find(|folder| Manifest::read(folder).is_ok()) {
        let (file, run) = (file.display(), run.display());
        console.error(&format!("{file} would lie in the folder of a finished run, {run}; choose another place"));
        return Err(Exit::BadFiles);
    }
    write(file, html, force, console)
}

pub(super) fn report(args: &ReportArgs, console: &Console) -> Exit {
    let made = Manifest::read(&args.dir).map_err(|error| error.to_string()).and_then(|mut manifest| {
        let sensitivity = args.sensitivity.as_ref().map(|dir| ("sensitivity".to_owned(), dir.display().to_string()));
        manifest.compared_with.extend(sensitivity);
        warn_changed(&args.dir, &manifest, "the report shows the present files", console);
        let html = build(&args.dir, &manifest, args.baseline.as_deref()).map_err(|error| error.to_string())?;
        Ok((manifest, html))
    });
    let (manifest, html) = match made {
        Ok(made) => made,
        Err(message) => {
            console.error(&message);
            return Exit::BadFiles;
        }
    };
    let written = match &args.out {
        Some(file) => elsewhere(file, &html, args.force, console),
        None => manifest.replace(&args.dir, REPORT, &html).map_err(|error| {
            console.error(&error.to_string());
            Exit::Failed
        }),
    };
    if let Err(exit) = written {
        return exit;
    }
    let path = args.out.clone().unwrap_or_else(|| args.dir.join(REPORT));
    if console.is_json() {
        console.print_json(&serde_json::json!({ "schema": 1, "report": path, "bytes": html.len() }));
    } else {
        console.print(&format!("{}  ({:.1} MB)", path.display(), html.len() as f64 / 1e6));
    }
    Exit::Done
}
