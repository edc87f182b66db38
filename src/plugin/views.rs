//! Views of a real run as files, for work on a policy away from the simulation: one JSON object a decision and line, with
//! the values and columns that a guest would read, by the names of the interface.

use super::kind::{PluginKind, Take};
use crate::disk::whole::Growing;
use crate::policy::VIEWS_LOST;
use crate::policy::decide::{Decide, Policy};
use crate::record::notes::PluginNotes;
use serde_json::{Map, Value};
use std::io::Write;
use std::marker::PhantomData;
use std::path::Path;

/// Writes the views of one kind.
struct Recorder<K: PluginKind> {
    out: Growing,
    state: K::State,
    is_first: bool,
    kind: PhantomData<fn(K)>,
}

impl<K: PluginKind> Recorder<K> {
    fn new(folder: &Path) -> Result<Self, String> {
        let out = Growing::begin(&folder.join(format!("{}.jsonl", K::KIND))).map_err(|error| error.to_string())?;
        Ok(Self { out, state: K::State::default(), is_first: true, kind: PhantomData })
    }

    /// Columns that never change are in the first line only. JSON has no infinity: `null` stands for it and for NaN.
    fn write(&mut self, view: &K::View<'_>) -> Result<(), String> {
        let mut line = Map::new();
        line.insert("at".to_owned(), K::size(view).0.into());
        K::keep(&mut self.state, view);
        for (name, value) in K::values() {
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
        self.is_first = false;
        let written = serde_json::to_writer(&mut self.out, &line).map_err(std::io::Error::from);
        let written = written.and_then(|()| self.out.write_all(b"\n"));
        written.map_err(|error| format!("{VIEWS_LOST}: {error}"))
    }

    fn finish(&mut self) -> Result<(), String> {
        self.out.finish().map_err(|error| format!("{VIEWS_LOST}: {error}"))
    }
}

fn taken<V: ?Sized, T: Into<Value>>(view: &V, take: fn(&V, &mut Vec<T>)) -> Value {
    let mut column = Vec::new();
    take(view, &mut column);
    Value::from(column)
}

/// A policy whose views are recorded before it decides.
struct Recorded<K: PluginKind> {
    policy: Box<dyn Decide<K>>,
    recorder: Recorder<K>,
}

/// Records what a policy sees in a file named after its kind (`dispatch.jsonl`) of a folder.
///
/// # Errors
/// When the file cannot be made.
pub fn recorded<K: PluginKind>(policy: Box<dyn Decide<K>>, folder: &Path) -> Result<Box<dyn Decide<K>>, String> {
    Ok(Box::new(Recorded { policy, recorder: Recorder::<K>::new(folder)? }))
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
        self.recorder.write(view)?;
        self.policy.decide(view)
    }
}
