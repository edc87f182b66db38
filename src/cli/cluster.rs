//! Submitting work to a cluster: writes the scripts, and submits them with --yes.

use super::exit::Exit;
use super::output::console::Console;
use crate::disk::whole;
use crate::study::sweep::slurm::{self, Cluster, Work};
use clap::Args;
use std::path::{Path, PathBuf};

/// How a command ended, or why it did not.
pub(super) type Told = Result<Exit, (Exit, String)>;

pub(super) fn failed(error: impl std::fmt::Display) -> (Exit, String) {
    (Exit::Failed, error.to_string())
}

/// The tasks of a cluster.
#[derive(Debug, Clone, Args)]
pub(super) struct ClusterArgs {
    /// Tasks of the array; let each take 2 to 20 minutes.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(slurm::MOST_PARTS)))]
    parts: u32,
    /// Tasks that run at the same time.
    #[arg(long, value_name = "M")]
    at_once: Option<u32>,
    /// Cores of a task.
    #[arg(long, default_value_t = 1)]
    cores: u32,
    /// Time limit of a task.
    #[arg(long, default_value = "01:00:00")]
    time: String,
    /// An option for both scripts, such as `--sbatch=--partition=short`; may be given more than once.
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    sbatch: Vec<String>,
    /// Submit them now.
    #[arg(long)]
    yes: bool,
}

impl ClusterArgs {
    /// The same, with no more tasks than there are parts of the work.
    fn cluster(&self, most: usize) -> Cluster {
        let parts = self.parts.min(most.max(1) as u32);
        let Self { at_once, cores, time, sbatch, .. } = self.clone();
        Cluster { parts, at_once, cores, time, options: sbatch }
    }
}

/// Writes the scripts of a work that has so many parts into a folder, and submits them where this is asked for.
pub(super) fn hand_over(work: &Work, folder: &Path, most: usize, args: &ClusterArgs, console: &Console) -> Told {
    let program = std::env::current_exe().map_err(failed)?;
    let cluster = args.cluster(most);
    let scripts = work.scripts(&program, &cluster);
    let mut files = Vec::new();
    for (word, text) in &scripts {
        let file = folder.join(format!("{}.{word}.sbatch", work.name));
        whole::write(&file, text).map_err(failed)?;
        files.push(file);
    }
    let jobs = if args.yes { Some(sbatch(folder, &files)?) } else { None };
    let after = scripts[1].0;
    if console.is_json() {
        console.print_json(&serde_json::json!({ "schema": 1, "scripts": files, "parts": cluster.parts, "jobs": jobs }));
    } else if let Some([array, last]) = jobs {
        console.print(&format!("Submitted: array {array} of {} parts, {after} {last} after it.", cluster.parts));
    } else {
        let [array, last] = [&files[0], &files[1]].map(|file| file.display().to_string());
        console.print(&format!(
            "{}\nWritten, not submitted. Look at them, then add --yes, or:\n  J=$(sbatch --parsable {array}) && sbatch \
             --dependency=afterok:$J {last}",
            scripts[0].1
        ));
    }
    Ok(Exit::Done)
}

/// Submits the array and the merge after it; their job numbers.
fn sbatch(folder: &Path, files: &[PathBuf]) -> Result<[String; 2], (Exit, String)> {
    let one = |options: &[String], file: &Path| {
        let ran =
            std::process::Command::new("sbatch").arg("--parsable").args(options).arg(file).current_dir(folder).output();
        let ran =
            ran.map_err(|error| failed(format!("cannot start sbatch: {error}; submit {} yourself", file.display())))?;
        let said = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
        if ran.status.success() {
            // On a federation the name of the cluster follows.
            Ok(said.split(';').next().unwrap_or_default().to_owned())
        } else {
            Err(failed(format!("sbatch refused {}: {}", file.display(), String::from_utf8_lossy(&ran.stderr).trim())))
        }
    };
    let array = one(&[], &files[0])?;
    let merge = one(&[format!("--dependency=afterok:{array}")], &files[1])?;
    Ok([array, merge])
}
