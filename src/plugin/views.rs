//! Views of a real run as files, for work on a policy away from the simulation: one JSON object a decision and line, with
//! the values and columns that a guest would read and the orders that were given, by the names of the interface; and what the
//! numbers of sites, fleets and the like are called.

use super::kind::{PluginKind, Take};
use crate::disk::whole::{self, Growing};
use crate::policy::VIEWS_LOST;
use crate::policy::decide::{Decide, Policy};
use crate::record::notes::PluginNotes;
use crate::scenario::Scenario;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// The file of names.
const NAMES: &str = "names.json";

/// Writes the views of one kind.
struct Recorder<K: PluginKind> {
    path: PathBuf,
    /// Made with the first decision: a kind that is never asked leaves no file.
    out: Option<Growing>,
    state: K::State,
    is_first: bool,
    kind: PhantomData<fn(K)>,
}

impl<K: PluginKind> Recorder<K> {
    fn new(folder: &Path) -> Self {
        let path = folder.join(format!("{}.jsonl", K::KIND));
        Self { path, out: None, state: K::State::default(), is_first: true, kind: PhantomData }
    }

    /// Columns that never change are in the first line only. JSON has no infinity: `null` stands for it and for NaN.
    fn line(&mut self, view: &K::View<'_>, orders: Option<&K::Orders>) -> Map<String, Value> {
        let mut line = Map::new();
        line.insert("at".to_owned(), K::size(view).0.into());
        K::keep(&mut self.state, view);
        for (name, value) in K::values() {
            line.insert((*name).to_owned(), value(&self.state).into());
        }
        for (name, value) in K::reals() {
            line.insert((*name).to_owned(), value(&self.state).into());
        }
        for (name, take) in K::columns() {
            let column: Option<Value> = match take {
                Take::U8(take) => Some(taken(view, *take)),
                Take::U32(take) => Some(taken(view, *take)),
                Take::F64(take) => Some(taken(view, *take)),
                Take::OnceU32(take) => self.is_first.then(|| taken(view, *take)),
                Take::OnceF64(take) => self.is_first.then(|| taken(view, *take)),
            };
            if let Some(column) = column {
                line.insert((*name).to_owned(), column);
            }
        }
        if self.is_first {
            line.extend(K::told_once(view).into_iter().map(|(name, value)| (name.to_owned(), value)));
        }
        self.is_first = false;
        let orders = orders.map(|orders| K::told(orders).into_iter().map(|(name, it)| (name.to_owned(), it)).collect());
        line.insert("orders".to_owned(), orders.map_or(Value::Null, Value::Object));
        line
    }

    /// A view, and the orders that were given; none when the policy failed at it.
    fn write(&mut self, view: &K::View<'_>, orders: Option<&K::Orders>) -> Result<(), String> {
        let line = self.line(view, orders);
        if self.out.is_none() {
            self.out = Some(Growing::begin(&self.path).map_err(|error| format!("{VIEWS_LOST}: {error}"))?);
        }
        let Some(out) = &mut self.out else { return Ok(()) };
        let written = serde_json::to_writer(&mut *out, &line).map_err(std::io::Error::from);
        let written = written.and_then(|()| out.write_all(b"\n"));
        written.map_err(|error| format!("{VIEWS_LOST}: {error}"))
    }

    fn finish(&mut self) -> Result<(), String> {
        let finished = self.out.as_mut().map_or(Ok(()), Growing::finish);
        finished.map_err(|error| format!("{VIEWS_LOST}: {error}"))
    }
}

fn taken<V: ?Sized, T: Into<Value>>(view: &V, take: fn(&V, &mut Vec<T>)) -> Value {
    let mut column = Vec::new();
    take(view, &mut column);
    Value::from(column)
}

/// A policy whose views and orders are recorded.
struct Recorded<K: PluginKind> {
    policy: Box<dyn Decide<K>>,
    recorder: Recorder<K>,
}

/// Records what a policy sees and orders in a file named after its kind (`dispatch.jsonl`) of a folder, beside `names.json`.
///
/// # Errors
/// When the names cannot be written.
pub fn recorded<K: PluginKind>(
    policy: Box<dyn Decide<K>>,
    folder: &Path,
    scenario: &Scenario,
) -> Result<Box<dyn Decide<K>>, String> {
    let names = format!("{:#}\n", names(scenario));
    whole::write(&folder.join(NAMES), names).map_err(|error| error.to_string())?;
    Ok(Box::new(Recorded { policy, recorder: Recorder::<K>::new(folder) }))
}

/// Keys of a scenario in the order in which views count them.
fn names(scenario: &Scenario) -> Value {
    let planned = scenario.terminal.iter().filter(|(_, terminal)| terminal.plan.is_some());
    json!({
        "site": scenario.site.keys().collect::<Vec<_>>(),
        "fleet": scenario.fleet.keys().collect::<Vec<_>>(),
        "station": scenario.hydrogen.keys().collect::<Vec<_>>(),
        "yard": planned.map(|(key, _)| key).collect::<Vec<_>>(),
        "model": scenario.truck_model.keys().chain(scenario.equipment_model.keys()).collect::<Vec<_>>(),
    })
}

impl<K: PluginKind> Policy for Recorded<K> {
    fn is_memoryless(&self) -> bool {
        self.policy.is_memoryless()
    }

    fn name(&self) -> &str {
        self.policy.name()
    }

    fn finish(&mut self) -> Result<(), String> {
        self.recorder.finish()?;
        self.policy.finish()
    }

    fn notes(&self) -> Option<PluginNotes> {
        self.policy.notes()
    }
}

impl<K: PluginKind> Decide<K> for Recorded<K> {
    fn decide(&mut self, view: &K::View<'_>) -> Result<K::Orders, String> {
        let orders = self.policy.decide(view);
        let written = self.recorder.write(view, orders.as_ref().ok());
        orders.and_then(|orders| written.map(|()| orders))
    }
}
