//! Portvolt for Python: runs with their tables in memory, and environments in which a learner decides.
//!
//! `run` is one run, `table` a table for the readers of others, `studies` many runs, `recorded` what is made of records, `wait`
//! has Ctrl-C end any of them. `learned` says what a learner sees of a kind of decisions and orders; `charging`, `dispatch` and
//! `yard` are such kinds. `steered` is a run that stands still at each decision, `episode` many of them, `env` one environment,
//! `vector` many, `array` what they exchange with Python, `chance` its seeds, `compiler` who compiles plugins, `error` what goes
//! wrong. The Python sources in `portvolt/` are thin: names, spaces, documents.

mod array;
mod chance;
mod charging;
mod compiler;
mod dispatch;
mod env;
mod episode;
mod error;
mod learned;
mod recorded;
mod run;
mod scenario;
mod steered;
mod studies;
mod table;
mod vector;
mod wait;
mod yard;

use pyo3::prelude::*;

/// The extension module.
#[pymodule(name = "_portvolt")]
fn portvolt_python(module: &Bound<'_, PyModule>) -> PyResult<()> {
    compiler::begin(module.py())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("ScenarioError", module.py().get_type::<error::ScenarioError>())?;
    module.add("RunError", module.py().get_type::<error::RunError>())?;
    module.add("FOLLOWED", portvolt::record::progress::FOLLOWED.map(portvolt::record::metrics::MetricName::as_str))?;
    module.add_function(wrap_pyfunction!(run::run, module)?)?;
    module.add_function(wrap_pyfunction!(run::metrics, module)?)?;
    module.add_function(wrap_pyfunction!(studies::compare, module)?)?;
    module.add_function(wrap_pyfunction!(studies::sensitivity, module)?)?;
    module.add_function(wrap_pyfunction!(studies::optimize, module)?)?;
    module.add_function(wrap_pyfunction!(recorded::replay, module)?)?;
    module.add_function(wrap_pyfunction!(recorded::bill, module)?)?;
    module.add_function(wrap_pyfunction!(recorded::fork, module)?)?;
    module.add_function(wrap_pyfunction!(compiler::compile, module)?)?;
    module.add_class::<run::Run>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<env::Stepper>()?;
    module.add_class::<vector::Steppers>()
}
