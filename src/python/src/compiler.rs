//! Plugins are compiled as the program does it: kept between processes, and by a child that the system ends when it takes too
//! long or too much memory.

use portvolt::plugin::{NO_COMPILER, compile_for_parent, compile_in_a_process, default_folder, keep_compiled_code_in};
use pyo3::prelude::*;
use pyo3::types::PyList;
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
    let entries: Vec<String> =
        sys.getattr("path")?.try_iter()?.map(|entry| Ok(entry?.str()?.to_string())).collect::<PyResult<_>>()?;
    let path = PyList::new(py, entries)?.repr()?;
    let code = format!(
        "import sys\nsys.path[:] = {path}\ntry:\n    from portvolt import _portvolt\nexcept BaseException:\n    \
         sys.exit({NO_COMPILER})\nsys.exit(_portvolt.compile_for_parent())"
    );
    // Made once in a process, and used until it ends.
    let words: &'static [&'static str; 2] = Box::leak(Box::new(["-c", code.leak()]));
    compile_in_a_process(program, words);
    Ok(())
}

/// What the child does: reads a component, writes native code. Returns its exit code.
#[pyfunction]
#[pyo3(name = "compile_for_parent")]
pub(crate) fn compile() -> i32 {
    compile_for_parent()
}
