//! `portvolt man`: the manual pages, made from the same descriptions as `--help`.

use super::exit::Exit;
use super::output::console::Console;
use crate::disk::whole;
use std::path::{Path, PathBuf};

/// Where the pages go.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Write a page for each command into this folder. Without it the main page is printed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn man(args: &ManArgs, command: clap::Command, console: &Console) -> Exit {
    let result = match &args.out {
        Some(folder) => write(command, folder).map(|()| format!("Manual pages: {}", folder.display())),
        None => page(command),
    };
    match result {
        Ok(text) => {
            console.print(&text);
            Exit::Done
        }
        Err(error) => {
            console.error(&format!("the manual pages could not be written: {error}"));
            Exit::Failed
        }
    }
}

fn page(command: clap::Command) -> std::io::Result<String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Pages of others may lie in the folder; each of ours is replaced whole.
fn write(command: clap::Command, folder: &Path) -> std::io::Result<()> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    write_pages(&command, folder)
}

fn write_pages(command: &clap::Command, folder: &Path) -> std::io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        write_pages(below, folder)?;
    }
    let man = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    man.render(&mut text)?;
    whole::write(&folder.join(man.get_filename()), text).map_err(std::io::Error::other)
}
