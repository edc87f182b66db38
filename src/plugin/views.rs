//! Views of a real run as files, for work on a policy away from the simulation: one JSON object a decision and line, with
//! the columns that a guest would read, by the names of the interface.

use super::kind::{PluginKind, Take};
use super::{Adoption, BuildOut, Charging, Dispatch, HydrogenSupply};
use crate::disk::whole::Growing;
use crate::kernel::units::Kw;
use crate::policy::adoption::{AdoptionView, Purchases};
use crate::policy::infrastructure::{BuildOutOrders, InfrastructureView};
use crate::policy::{
    AdoptionPolicy, ChargingPolicy, ChargingView, DispatchPolicy, DispatchView, HydrogenOrders, HydrogenPolicy,
    HydrogenView, InfrastructurePolicy, Orders, VIEWS_LOST,
};
use crate::record::notes::PluginNotes;
use serde_json::{Map, Value};
use std::io::Write;
use std::marker::PhantomData;
use std::path::Path;

/// Writes the views of one kind.
struct Recorder<S: PluginKind> {
    out: Growing,
    is_first: bool,
    kind: PhantomData<fn(S)>,
}

impl<S: PluginKind> Recorder<S> {
    fn new(folder: &Path) -> Result<Self, String> {
        let out = Growing::begin(&folder.join(format!("{}.jsonl", S::KIND))).map_err(|error| error.to_string())?;
        Ok(Self { out, is_first: true, kind: PhantomData })
    }

    /// Columns that never change are in the first line only. JSON has no infinity: `null` stands for it and for NaN.
    fn write(&mut self, view: &S::View<'_>) -> Result<(), String> {
        let mut line = Map::new();
        line.insert("at".to_owned(), S::size(view).0.into());
        for (name, take) in S::columns() {
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
struct Recorded<P: ?Sized, S: PluginKind> {
    policy: Box<P>,
    recorder: Recorder<S>,
}

/// Records what a dispatch policy sees in `dispatch.jsonl` of a folder.
///
/// # Errors
/// When the file cannot be made.
pub fn dispatch(policy: Box<dyn DispatchPolicy>, folder: &Path) -> Result<Box<dyn DispatchPolicy>, String> {
    Ok(Box::new(Recorded { policy, recorder: Recorder::<Dispatch>::new(folder)? }))
}

/// Records what a charging policy sees in `charging.jsonl` of a folder.
///
/// # Errors
/// When the file cannot be made.
pub fn charging(policy: Box<dyn ChargingPolicy>, folder: &Path) -> Result<Box<dyn ChargingPolicy>, String> {
    Ok(Box::new(Recorded { policy, recorder: Recorder::<Charging>::new(folder)? }))
}

/// Records what an adoption policy sees in `adoption.jsonl` of a folder.
///
/// # Errors
/// When the file cannot be made.
pub fn adoption(policy: Box<dyn AdoptionPolicy>, folder: &Path) -> Result<Box<dyn AdoptionPolicy>, String> {
    Ok(Box::new(Recorded { policy, recorder: Recorder::<Adoption>::new(folder)? }))
}

/// Records what a supply policy sees in `hydrogen-supply.jsonl` of a folder.
///
/// # Errors
/// When the file cannot be made.
pub fn hydrogen(policy: Box<dyn HydrogenPolicy>, folder: &Path) -> Result<Box<dyn HydrogenPolicy>, String> {
    Ok(Box::new(Recorded { policy, recorder: Recorder::<HydrogenSupply>::new(folder)? }))
}

/// Records what an infrastructure policy sees in `build-out.jsonl` of a folder.
///
/// # Errors
/// When the file cannot be made.
pub fn build_out(
    policy: Box<dyn InfrastructurePolicy>,
    folder: &Path,
) -> Result<Box<dyn InfrastructurePolicy>, String> {
    Ok(Box::new(Recorded { policy, recorder: Recorder::<BuildOut>::new(folder)? }))
}

macro_rules! recorded {
    ($policy:ident, $side:ty, $view:ty, $orders:ty $(, $more:ident)?) => {
        impl $policy for Recorded<dyn $policy, $side> {
            fn name(&self) -> &str {
                self.policy.name()
            }

            fn decide(&mut self, view: &$view) -> Result<$orders, String> {
                self.recorder.write(view)?;
                self.policy.decide(view)
            }

            fn finish(&mut self) -> Result<(), String> {
                self.recorder.finish()?;
                self.policy.finish()
            }

            fn plugin(&self) -> Option<PluginNotes> {
                self.policy.plugin()
            }

            $(fn $more(&self) -> bool {
                self.policy.$more()
            })?
        }
    };
}

recorded!(DispatchPolicy, Dispatch, DispatchView<'_>, Orders);
recorded!(ChargingPolicy, Charging, ChargingView<'_>, Vec<Kw>);
recorded!(AdoptionPolicy, Adoption, AdoptionView, Purchases, replaces_in_kind);
recorded!(HydrogenPolicy, HydrogenSupply, HydrogenView, HydrogenOrders);
recorded!(InfrastructurePolicy, BuildOut, InfrastructureView, BuildOutOrders, follows_vehicles);
