//! Plugins are compiled as the program does it: kept between processes, and by a child that the system ends when it takes too
//! long or too much memory.

use portvolt::plugin::{compile_for_parent, compile_in_a_process, default_folder, keep_compiled_code_in};
use pyo3::prelude::*;
use std::path::PathBuf;

/// Says who compiles: this interpreter, in a process of its own. Where Python is built into another program there is no
/// interpreter to call, and code is compiled here, without a limit.
pub(crate) fn begin(py: Python<'_>) -> PyResult<()> {
    if let Some(folder) = default_folder() {
        keep_compiled_code_in(folder);
    }
    let sys = py.import("sys")?;
    let program: Option<PathBuf> = sys.getattr("executable")?.extract()?;
    let is_python = |program: &PathBuf| {
        let name = program.file_name().map(|name| name.to_string_lossy().to_lowercase());
        name.is_some_and(|name| name.starts_with("python") || name.starts_with("pypy"))
    };
    let Some(program) = program.filter(is_python) else { return Ok(()) };
    // The child finds this package where this process has found it.
    let path = sys.getattr("path")?.repr()?;
    let code = format!(
        "import sys; sys.path[:] = {path}; from portvolt import _portvolt; sys.exit(_portvolt.compile_for_parent())"
    );
    // Made once in a process, and used until it ends.
    compile_in_a_process(program, Box::leak(Box::new([&*"-c".to_owned().leak(), &*code.leak()])));
    Ok(())
}

/// What the child does: reads a component, writes native code. Returns its exit code.
#[pyfunction(name = "compile_for_parent")]
pub(crate) fn compile() -> i32 {
    compile_for_parent()
}
