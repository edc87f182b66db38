//! A start without a command line: a double click on the program opens the planner's page on a folder of its own.

use crate::disk::whole;
use std::ffi::OsString;
use std::path::PathBuf;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// Programs that start what is clicked, by the name of their process. The macOS Finder is none: it asks a terminal.
const FILE_MANAGERS: [&str; 12] = [
    "explorer.exe",
    "nautilus",
    "nemo",
    "caja",
    "dolphin",
    "thunar",
    "pcmanfm",
    "pcmanfm-qt",
    "konqueror",
    "gnome-shell",
    "plasmashell",
    "xfdesktop",
];

/// The words of the command line: those that were given, or those of `serve` where a file manager gave none.
pub(super) fn words(given: Vec<OsString>) -> Vec<OsString> {
    if given.len() != 1 || !is_started_by_file_manager() {
        return given;
    }
    let Some(folder) = folder() else { return given };
    let serve = ["serve".into(), "--open".into(), folder.into_os_string()];
    given.into_iter().chain(serve).collect()
}

fn is_started_by_file_manager() -> bool {
    parent_name().is_some_and(|name| FILE_MANAGERS.contains(&name.to_lowercase().as_str()))
}

/// The name of the process that started this one; none where the system does not tell.
fn parent_name() -> Option<String> {
    let mut system = System::new().ok()?;
    let mut process = |pid: Pid| {
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, ProcessRefreshKind::nothing());
        system.process(pid).map(|it| (it.parent(), it.name().to_string_lossy().into_owned()))
    };
    let (parent, _) = process(sysinfo::get_current_pid().ok()?)?;
    Some(process(parent?)?.1)
}

/// The folder `Portvolt` among the user's documents, made where it is not there; none where no folder can be made.
fn folder() -> Option<PathBuf> {
    let home = std::env::home_dir()?;
    let documents = Some(home.join("Documents")).filter(|documents| documents.is_dir());
    let folder = documents.unwrap_or(home).join("Portvolt");
    (folder.is_dir() || whole::folder(&folder, &[(NOTE.0.to_owned(), NOTE.1.into())]).is_ok()).then_some(folder)
}

/// What lies in a new folder.
const NOTE: (&str, &str) = (
    "README.txt",
    "Scenarios and results of Portvolt lie here. A double click on the program opens this folder in the browser.\n",
);
