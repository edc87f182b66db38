//! Portvolt for Python: runs with their tables in memory, and environments in which a learner decides.
//!
//! `run` is one run, `table` a table for the readers of others, `steered` a run that stands still at each decision, `charging`
//! what a learner sees of charging and orders, `env` one environment, `vector` many, `error` what goes wrong. The Python
//! sources in `portvolt/` are thin: names, spaces, documents.

mod array;
mod charging;
mod env;
mod episode;
mod error;
mod run;
mod scenario;
mod steered;
mod table;
mod vector;

use pyo3::prelude::*;

/// The extension module.
#[pymodule(name = "_portvolt")]
fn portvolt_python(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("ScenarioError", module.py().get_type::<error::ScenarioError>())?;
    module.add("RunError", module.py().get_type::<error::RunError>())?;
    module.add("FOLLOWED", portvolt::record::progress::FOLLOWED.map(portvolt::record::metrics::MetricName::as_str))?;
    module.add_function(wrap_pyfunction!(run::run, module)?)?;
    module.add_function(wrap_pyfunction!(run::metrics, module)?)?;
    module.add_class::<run::Run>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<env::ChargingStepper>()?;
    module.add_class::<vector::ChargingSteppers>()
}
