//! `portvolt man`: the manual pages, made from the same descriptions as `--help`.

use super::exit::Exit;
use super::files;
use super::output::console::Console;
use std::path::{Path, PathBuf};

/// Where the pages go.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Write a page for each command into this folder. Without it the main page is printed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn man(args: &ManArgs, command: clap::Command, console: &Console) -> Exit {
    let done = match &args.out {
        Some(folder) => pages(command, folder).map(|pages| {
            // Pages of others may lie in the folder; ours are replaced.
            files::write_all(folder, &pages, true, console)
                .map(|()| console.print(&format!("Manual pages: {}", folder.display())))
        }),
        None => page(&command).map(|text| {
            console.print(&text);
            Ok(())
        }),
    };
    match done {
        Ok(Ok(())) => Exit::Done,
        Ok(Err(exit)) => exit,
        Err(error) => {
            console.error(&format!("the manual pages could not be made: {error}"));
            Exit::Failed
        }
    }
}

fn page(command: &clap::Command) -> std::io::Result<String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The page of each command, with its path.
fn pages(command: clap::Command, folder: &Path) -> std::io::Result<Vec<(PathBuf, String)>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut out = Vec::new();
    add_pages(&command, folder, &mut out)?;
    Ok(out)
}

fn add_pages(command: &clap::Command, folder: &Path, out: &mut Vec<(PathBuf, String)>) -> std::io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        add_pages(below, folder, out)?;
    }
    let name = clap_mangen::Man::new(command.clone()).get_filename();
    out.push((folder.join(name), page(command)?));
    Ok(())
}
