//! The scripts that hand a sweep or a search to Slurm: an array of parts, and what waits for them.

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

/// What is shared out, as words of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What the files are called by.
    pub name: String,
    /// What each task does, which takes `--part` and `--jobs`.
    each: String,
    /// What follows when all are done, which takes `--jobs`, and a word for it.
    then: String,
    after: &'static str,
}

impl Work {
    /// Shards of a sweep, and their merge.
    #[must_use]
    pub fn sweep(plan: &Path, name: &str) -> Self {
        let plan = quoted(plan);
        let [each, then] = ["run", "merge"].map(|word| format!("sweep {word} {plan}"));
        Self { name: name.to_owned(), each, then, after: "merge" }
    }

    /// The first look at all designs of a search, and the search, which goes on from there.
    #[must_use]
    pub fn search(study: &Path, out: &Path, name: &str) -> Self {
        let each = format!("optimize {}", quoted(study));
        let then = format!("{each} --out {} --force", quoted(out));
        Self { name: name.to_owned(), each, then, after: "search" }
    }

    /// The scripts that are submitted, in this order, each with its word.
    #[must_use]
    pub fn scripts(&self, program: &Path, cluster: &Cluster) -> [(&'static str, String); 2] {
        [("array", self.array(program, cluster)), (self.after, self.last(program, cluster))]
    }

    /// It names its part itself, so that `sbatch --array=7 ...` does part 7 again.
    fn array(&self, program: &Path, cluster: &Cluster) -> String {
        let Cluster { parts, at_once, cores, time, options } = cluster;
        let throttle = at_once.map(|at_once| format!("%{at_once}")).unwrap_or_default();
        let (name, each, program, more) = (plain(&self.name), &self.each, quoted(program), lines(options));
        format!(
            "#!/bin/sh\n#SBATCH --job-name=portvolt-{name}\n#SBATCH --array=1-{parts}{throttle}\n\
             #SBATCH --cpus-per-task={cores}\n#SBATCH --time={time}\n#SBATCH --output={name}.%a.log\n\
             #SBATCH --requeue\n{more}\
             # A part that is killed or requeued goes on where it was: finished shards are not done again.\n\
             exec {program} {each} --part \"$SLURM_ARRAY_TASK_ID/{parts}\" --jobs {cores} --quiet\n",
        )
    }

    /// It is submitted with `--dependency=afterok:ARRAY`.
    fn last(&self, program: &Path, cluster: &Cluster) -> String {
        let Cluster { cores, options, .. } = cluster;
        let Self { then, after, .. } = self;
        let (name, program, more) = (plain(&self.name), quoted(program), lines(options));
        format!(
            "#!/bin/sh\n#SBATCH --job-name=portvolt-{name}-{after}\n#SBATCH --cpus-per-task={cores}\n\
             #SBATCH --output={name}.{after}.log\n#SBATCH --kill-on-invalid-dep=yes\n{more}\
             exec {program} {then} --jobs {cores}\n",
        )
    }
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
        let work = Work::sweep(Path::new("/a b/s.plan.json"), "s $(x)");
        let [(_, script), (_, merge)] = work.scripts(Path::new("/opt/it's/portvolt"), &cluster);
        assert!(script.contains("#SBATCH --array=1-20%4\n") && script.contains("#SBATCH -p x\n"), "{script}");
        assert!(script.contains(r"exec '/opt/it'\''s/portvolt' sweep run '/a b/s.plan.json'"), "{script}");
        assert!(script.contains("--job-name=portvolt-s___x_\n"), "{script}");
        assert!(merge.contains(r"exec '/opt/it'\''s/portvolt' sweep merge '/a b/s.plan.json' --jobs 2"), "{merge}");
        let search = Work::search(Path::new("/s/layout.toml"), Path::new("/s/out"), "layout");
        let [(_, script), (word, last)] = search.scripts(Path::new("p"), &cluster);
        assert!(
            script.contains("exec 'p' optimize '/s/layout.toml' --part \"$SLURM_ARRAY_TASK_ID/20\" --jobs 2"),
            "{script}"
        );
        assert!(
            word == "search" && last.contains("exec 'p' optimize '/s/layout.toml' --out '/s/out' --force --jobs 2")
        );
    }

    #[test]
    fn the_documented_script_is_the_one_that_is_written() {
        let time = "01:00:00".to_owned();
        let cluster = Cluster { parts: 20, at_once: None, cores: 1, time, options: Vec::new() };
        let plan = Path::new("/shared/sweeps/study.plan.json");
        let [(_, script), _] = Work::sweep(plan, "study").scripts(Path::new("/opt/portvolt"), &cluster);
        assert!(include_str!("../README.md").contains(&script), "{script}");
    }
}
