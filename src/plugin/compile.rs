//! Compiling under a budget. Small files of strange shape (a thousand nested loops that share a thousand variables) keep a
//! compiler busy for minutes and take gigabytes, and a compiler cannot be interrupted from inside: so a program names
//! itself with [`compile_in_a_process`], and code is compiled in a child of it that the system ends at its limits.

use super::engine::engine;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use wasmtime::component::Component;

/// What compiling may take, from the size of a file. A Python interpreter (19 MiB) takes about 30 s of two processors and
/// 1.3 GiB; measured shapes that pass the budget are no program that a compiler wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    /// Time of all processors together, seconds.
    pub(super) cpu_s: u64,
    /// Real time, for a machine on which others work too, seconds.
    pub(super) wall_s: u64,
    /// Memory, bytes.
    pub(super) memory_bytes: u64,
}

impl Budget {
    pub(super) fn of(file_bytes: usize) -> Self {
        let mib = file_bytes as u64 >> 20;
        let cpu_s = 5 + 5 * mib / 2;
        Self { cpu_s, wall_s: 10 * cpu_s, memory_bytes: (768 << 20) + 64 * file_bytes as u64 }
    }
}

static PROGRAM: OnceLock<(PathBuf, &'static [&'static str])> = OnceLock::new();

/// From now on code is compiled by this program, called with these words; it must answer with [`compile_for_parent`].
pub fn compile_in_a_process(program: PathBuf, words: &'static [&'static str]) {
    let _ = PROGRAM.set((program, words));
}

/// Why nothing was compiled.
#[derive(Debug)]
pub(super) enum NotCompiled {
    /// The code is broken, in the compiler's words.
    Broken(String),
    /// The budget was used up.
    Budget(Budget),
}

/// Compiles a component within its budget. Without a program of its own this process does it, without a limit.
pub(super) fn compile(component: &[u8]) -> Result<Component, NotCompiled> {
    if let Some((program, words)) = PROGRAM.get()
        && let Ok(child) = spawn(program.as_os_str(), words)
    {
        let code = in_child(child, component)?;
        if let Some(component) = code.and_then(|code| super::cache::deserialize(&code)) {
            return Ok(component);
        }
    }
    Component::from_binary(engine(), component).map_err(|error| NotCompiled::Broken(format!("{error:#}")))
}

fn spawn(program: &OsStr, words: &[&str]) -> std::io::Result<Child> {
    Command::new(program).args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
}

/// How often the parent looks whether its child is done.
const LOOK: Duration = Duration::from_millis(5);

/// Native code; none when the child has no compiler.
fn in_child(mut child: Child, component: &[u8]) -> Result<Option<Vec<u8>>, NotCompiled> {
    let budget = Budget::of(component.len());
    let (mut stdin, mut stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    let (code, ended) = std::thread::scope(|scope| {
        // A child that ended early closes its pipe: what it said counts, not that nobody read on.
        scope.spawn(move || stdin.write_all(component));
        let code = scope.spawn(move || {
            let mut code = Vec::new();
            stdout.read_to_end(&mut code).map(|_| code)
        });
        let ended = wait(&mut child, Duration::from_secs(budget.wall_s));
        (code.join().expect("reading does not panic"), ended)
    });
    match (ended, code) {
        (Some(status), Ok(code)) if status.success() => Ok(Some(code)),
        (Some(status), _) if status.code() == Some(NO_COMPILER) => Ok(None),
        (Some(status), Ok(said)) if status.code() == Some(BROKEN) => {
            Err(NotCompiled::Broken(String::from_utf8_lossy(&said).into_owned()))
        }
        _ => Err(NotCompiled::Budget(budget)),
    }
}

/// How a child ended, or that it was ended.
fn wait(child: &mut Child, most: Duration) -> Option<std::process::ExitStatus> {
    let begin = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if begin.elapsed() < most => std::thread::sleep(LOOK),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// Exit code of a child that finds no compiler: a program that is not the one that was meant.
pub const NO_COMPILER: i32 = 4;
/// Exit code of a child whose code is broken; what is wrong stands on its standard output.
const BROKEN: i32 = 3;

/// What the child does: reads a component, compiles it under limits that the system holds, writes native code.
/// Returns the exit code.
pub fn compile_for_parent() -> i32 {
    let mut component = Vec::new();
    if std::io::stdin().read_to_end(&mut component).is_err() {
        return 1;
    }
    limit_myself(Budget::of(component.len()));
    let (out, code) = match engine().precompile_component(&component) {
        Ok(code) => (code, 0),
        Err(error) => (format!("{error:#}").into_bytes(), BROKEN),
    };
    if std::io::stdout().write_all(&out).is_err() { 1 } else { code }
}

#[cfg(unix)]
fn limit_myself(budget: Budget) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, most) in [(Resource::Cpu, budget.cpu_s), (Resource::Data, budget.memory_bytes), (Resource::Core, 0)]
    {
        // A stricter limit of the system's own holds as well.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

#[cfg(not(unix))]
fn limit_myself(_budget: Budget) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_has_seconds_and_a_large_one_what_an_interpreter_takes() {
        let (small, python) = (Budget::of(60_000), Budget::of(20 << 20));
        assert!(small.cpu_s <= 10 && small.memory_bytes < 1 << 30, "{small:?}");
        assert!(python.cpu_s >= 50 && python.memory_bytes >= 2 << 30, "{python:?}");
    }
}
