//! `portvolt report`: makes the page of a finished run or comparison again.

use super::exit::Exit;
use super::output::console::Console;
use crate::disk::whole;
use crate::record::folder::{Manifest, REPORT};
use crate::report::build;
use crate::study::verify::{differing, fates, file_hash};
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
}

/// Files of a run that are not what its manifest says; its page may have been made again, by this command.
fn changed(dir: &Path, manifest: &Manifest) -> Vec<String> {
    let mut outputs = manifest.outputs.clone();
    outputs.remove(REPORT);
    differing(&fates(&outputs, |name| file_hash(&dir.join(name))))
}

pub(super) fn report(args: &ReportArgs, console: &Console) -> Exit {
    let made = Manifest::read(&args.dir).map_err(|error| error.to_string()).and_then(|mut manifest| {
        let sensitivity = args.sensitivity.as_ref().map(|dir| ("sensitivity".to_owned(), dir.display().to_string()));
        manifest.compared_with.extend(sensitivity);
        let odd = changed(&args.dir, &manifest);
        if let [first, ..] = odd.as_slice() {
            let more = if odd.len() > 1 { format!(" and {} more", odd.len() - 1) } else { String::new() };
            console.warn(&format!("not as the run left it: {first}{more}; the page shows what is there now"));
        }
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
        Some(file) => whole::write(file, &html).map_err(|error| error.to_string()),
        None => manifest.replace(&args.dir, REPORT, &html).map_err(|error| error.to_string()),
    };
    if let Err(message) = written {
        console.error(&message);
        return Exit::Failed;
    }
    let path = args.out.clone().unwrap_or_else(|| args.dir.join(REPORT));
    if console.is_json() {
        console.print_json(&serde_json::json!({ "schema": 1, "report": path, "bytes": html.len() }));
    } else {
        console.print(&format!("{}  ({:.1} MB)", path.display(), html.len() as f64 / 1e6));
    }
    Exit::Done
}
