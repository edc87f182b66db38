//! The scripts that hand a sweep to Slurm: an array of parts, and a merge that waits for them.

use std::path::Path;

/// Most tasks of one array: Slurm's `MaxArraySize` is 1001 unless somebody changed it.
pub const MOST_PARTS: u32 = 1_000;

/// How to run on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Tasks of the array.
    pub parts: u32,
    /// Tasks that run at the same time; none: as many as the cluster gives.
    pub at_once: Option<u32>,
    /// Cores of a task.
    pub cores: u32,
    /// Time limit of a task, as `sbatch --time` takes it.
    pub time: String,
    /// Lines for `#SBATCH`, such as `--partition=short`.
    pub options: Vec<String>,
}

/// A word for a POSIX shell, whatever it holds.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// A name for `--job-name` and log files.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}

fn lines(options: &[String]) -> String {
    options.iter().flat_map(|option| ["#SBATCH ", option, "\n"]).collect()
}

/// The script of the array. It names its part itself, so that `sbatch --array=7 ...` does part 7 again.
#[must_use]
pub fn array_script(program: &Path, plan: &Path, name: &str, cluster: &Cluster) -> String {
    let Cluster { parts, at_once, cores, time, options } = cluster;
    let throttle = at_once.map(|at_once| format!("%{at_once}")).unwrap_or_default();
    let name = plain(name);
    let more = lines(options);
    format!(
        "#!/bin/sh\n#SBATCH --job-name=portvolt-{name}\n#SBATCH --array=1-{parts}{throttle}\n\
         #SBATCH --cpus-per-task={cores}\n#SBATCH --time={time}\n#SBATCH --output={name}.%a.log\n\
         #SBATCH --requeue\n{more}\
         # A part that is killed or requeued goes on where it was: finished shards are not done again.\n\
         exec {} sweep run {} --part \"$SLURM_ARRAY_TASK_ID/{parts}\" --jobs {cores} --quiet\n",
        quoted(program),
        quoted(plan),
    )
}

/// The script of the merge. Submit it with `--dependency=afterok:ARRAY`.
#[must_use]
pub fn merge_script(program: &Path, plan: &Path, name: &str, cluster: &Cluster) -> String {
    let name = plain(name);
    let Cluster { cores, options, .. } = cluster;
    let more = lines(options);
    format!(
        "#!/bin/sh\n#SBATCH --job-name=portvolt-{name}-merge\n#SBATCH --cpus-per-task={cores}\n\
         #SBATCH --output={name}.merge.log\n#SBATCH --kill-on-invalid-dep=yes\n{more}\
         exec {} sweep merge {} --jobs {cores}\n",
        quoted(program),
        quoted(plan),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_hold_any_path() {
        let cluster = Cluster {
            parts: 20,
            at_once: Some(4),
            cores: 2,
            time: "01:00:00".to_owned(),
            options: vec!["-p x".to_owned()],
        };
        let script = array_script(Path::new("/opt/it's/portvolt"), Path::new("/a b/s.plan.json"), "s $(x)", &cluster);
        assert!(script.contains("#SBATCH --array=1-20%4\n") && script.contains("#SBATCH -p x\n"), "{script}");
        assert!(script.contains(r"exec '/opt/it'\''s/portvolt' sweep run '/a b/s.plan.json'"), "{script}");
        assert!(script.contains("--job-name=portvolt-s___x_\n"), "{script}");
        assert!(merge_script(Path::new("p"), Path::new("q"), "s", &cluster).contains("exec 'p' sweep merge 'q'"));
    }

    #[test]
    fn the_documented_script_is_the_one_that_is_written() {
        let time = "01:00:00".to_owned();
        let cluster = Cluster { parts: 20, at_once: None, cores: 1, time, options: Vec::new() };
        let plan = Path::new("/shared/sweeps/study.plan.json");
        let script = array_script(Path::new("/opt/portvolt"), plan, "study", &cluster);
        assert!(include_str!("../README.md").contains(&script), "{script}");
    }
}
