//! What differs between kinds of policies: the columns of a view and the orders. Columns and values are one table a kind;
//! adding one is one line there and one in the interface.

use super::INTERFACE_VERSION;
use super::columns::{Column, ViewColumns, emptied};
use super::host::{Host, burn};
use super::order::Dropped;
use super::synthetic::SyntheticView;
use crate::policy::decide::Decision;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance};

/// A kind of policy, as the host of its plugins sees it.
pub trait PluginKind: Decision {
    /// What the host keeps of a view beside its columns, and what the guest ordered.
    type State: Default + fmt::Debug + Send + Sync + 'static;
    /// What an author starts from.
    const STARTERS: Starters;

    /// All columns by the name of their import.
    #[doc(hidden)]
    fn columns() -> &'static [(&'static str, Take<Self>)];

    /// All single values by the name of their import.
    #[doc(hidden)]
    fn values() -> &'static [(&'static str, fn(&Self::State) -> u32)];

    /// All single real numbers by the name of their import.
    #[doc(hidden)]
    fn reals() -> &'static [(&'static str, fn(&Self::State) -> f64)] {
        &[]
    }

    /// Links pairs and orders.
    #[doc(hidden)]
    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()>;

    /// Keeps what else of a view a guest may ask for, and forgets old orders.
    #[doc(hidden)]
    fn keep(state: &mut Self::State, view: &Self::View<'_>);

    /// Did the guest say that its orders depend on nothing but what the view shows?
    #[doc(hidden)]
    fn is_memoryless(_: &Self::State) -> bool {
        false
    }

    /// Simulated time of a view (of a transition: the year), and how many rows it has.
    #[doc(hidden)]
    fn size(view: &Self::View<'_>) -> (u32, usize);

    /// How people call that time.
    #[doc(hidden)]
    fn moment(at: u32) -> String {
        if Self::KIND.is_yearly() { format!("year {at}") } else { format!("second {at}") }
    }

    /// How many orders there are.
    #[doc(hidden)]
    fn count(orders: &Self::Orders) -> usize;

    /// Orders as they are recorded: by the names of the interface.
    #[doc(hidden)]
    fn told(orders: &Self::Orders) -> Vec<(&'static str, Value)>;

    /// What never changes and is no column, as it is recorded.
    #[doc(hidden)]
    fn told_once(_view: &Self::View<'_>) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// Shows a synthetic view.
    #[doc(hidden)]
    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&Self::View<'_>));

    /// The checked orders, and what was dropped of them.
    #[doc(hidden)]
    fn orders(state: &mut Self::State, view: &Self::View<'_>) -> (Self::Orders, Dropped);
}

/// A policy to start from in each language, and the name that stands in it for the new one's.
#[derive(Debug, Clone, Copy)]
pub struct Starters {
    /// Rust, with the helper crate.
    pub rust: (&'static str, &'static str),
    /// The kind's file of the helper crate: its path, its text.
    pub helper: (&'static str, &'static str),
    /// C, with `portvolt.h`.
    pub c: (&'static str, &'static str),
    /// Python.
    pub python: (&'static str, &'static str),
    /// JavaScript.
    pub javascript: (&'static str, &'static str),
}

/// A text of `plugins/`.
macro_rules! starter {
    ($path:literal) => {
        starter!($path, "PLUGIN_NAME")
    };
    ($path:literal, $name:literal) => {
        (include_str!(concat!("../../plugins/", $path)), $name)
    };
}
pub(super) use starter;

/// How a column is copied out of a view.
#[doc(hidden)]
#[derive(Debug)]
pub enum Take<K: PluginKind> {
    /// Codes.
    U8(for<'a, 'b> fn(&'b K::View<'a>, &mut Vec<u8>)),
    /// Ids, counts and times.
    U32(for<'a, 'b> fn(&'b K::View<'a>, &mut Vec<u32>)),
    /// Quantities.
    F64(for<'a, 'b> fn(&'b K::View<'a>, &mut Vec<f64>)),
    /// Quantities that never change in a run.
    OnceF64(for<'a, 'b> fn(&'b K::View<'a>, &mut Vec<f64>)),
    /// Ids that never change in a run.
    OnceU32(for<'a, 'b> fn(&'b K::View<'a>, &mut Vec<u32>)),
}

/// No columns yet. `wants` says which of them the guest imports.
pub(super) fn no_columns<K: PluginKind>(wants: impl Fn(&str) -> bool) -> ViewColumns {
    let empty = |take: &Take<K>| match take {
        Take::U8(_) => Column::U8(Arc::default()),
        Take::U32(_) | Take::OnceU32(_) => Column::U32(Arc::default()),
        Take::F64(_) | Take::OnceF64(_) => Column::F64(Arc::default()),
    };
    let table = K::columns();
    ViewColumns {
        columns: table.iter().map(|column| empty(&column.1)).collect(),
        is_wanted: table.iter().map(|column| wants(column.0)).collect(),
        is_first: true,
    }
}

/// Copies the columns that the guest imports.
pub(super) fn fill<K: PluginKind>(into: &mut ViewColumns, view: &K::View<'_>) {
    for ((column, (_, take)), is_wanted) in into.columns.iter_mut().zip(K::columns()).zip(&into.is_wanted) {
        if !is_wanted {
            continue;
        }
        match (column, take) {
            (Column::U8(kept), Take::U8(take)) => take(view, emptied(kept)),
            (Column::U32(kept), Take::U32(take)) => take(view, emptied(kept)),
            (Column::F64(kept), Take::F64(take)) => take(view, emptied(kept)),
            (Column::U32(kept), Take::OnceU32(take)) if into.is_first => take(view, emptied(kept)),
            (Column::F64(kept), Take::OnceF64(take)) if into.is_first => take(view, emptied(kept)),
            _ => {}
        }
    }
    into.is_first = false;
}

type Context<'a, K> = StoreContextMut<'a, Host<<K as PluginKind>::State>>;

/// Links the functions of one kind.
#[doc(hidden)]
pub struct Linking<'a, K: PluginKind> {
    linker: &'a mut Linker<Host<K::State>>,
}

impl<K: PluginKind> fmt::Debug for Linking<'_, K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Linking({})", K::KIND)
    }
}

impl<K: PluginKind> Linking<'_, K> {
    fn interface(&mut self, part: &str) -> wasmtime::Result<LinkerInstance<'_, Host<K::State>>> {
        self.linker.instance(&format!("portvolt:policy/{}-{part}@{INTERFACE_VERSION}", K::KIND))
    }

    /// A value of the view.
    fn value<T>(&mut self, name: &'static str, value: fn(&K::State) -> T) -> wasmtime::Result<()>
    where
        T: wasmtime::component::ComponentType + wasmtime::component::Lower + Send + Sync + 'static,
    {
        self.interface("view")?.func_wrap(name, move |mut store: Context<'_, K>, (): ()| {
            deciding::<K>(&mut store, name, 1)?;
            Ok((value(&store.data().state),))
        })
    }

    /// A column that depends on a number.
    pub(super) fn column_of(
        &mut self,
        name: &'static str,
        column: fn(&K::State, u32) -> Result<Vec<u32>, String>,
    ) -> wasmtime::Result<()> {
        self.interface("view")?.func_wrap(name, move |mut store: Context<'_, K>, (at,): (u32,)| {
            deciding::<K>(&mut store, name, 1)?;
            let values = column(&store.data().state, at).map_err(wasmtime::Error::msg)?;
            burn(&mut store, values.len())?;
            Ok((values,))
        })
    }

    /// What a guest says of itself before its first decision.
    pub(super) fn setting(&mut self, name: &'static str, set: fn(&mut K::State)) -> wasmtime::Result<()> {
        self.interface("orders")?.func_wrap(name, move |mut store: Context<'_, K>, (): ()| {
            if store.data().is_deciding {
                return Err(wasmtime::Error::msg(format!("`{name}` may be called while `start` runs only")));
            }
            set(&mut store.data_mut().state);
            burn(&mut store, 0)
        })
    }

    /// A kind of order. `length` is what a call hands over.
    pub(super) fn order<P>(
        &mut self,
        name: &'static str,
        length: fn(&P) -> usize,
        take: fn(&mut K::State, P),
    ) -> wasmtime::Result<()>
    where
        P: wasmtime::component::ComponentNamedList + wasmtime::component::Lift + 'static,
    {
        self.interface("orders")?.func_wrap(name, move |mut store: Context<'_, K>, given: P| {
            deciding::<K>(&mut store, name, length(&given))?;
            take(&mut store.data_mut().state, given);
            Ok(())
        })
    }
}

/// Refuses a call outside `decide`, and takes its fuel.
fn deciding<K: PluginKind>(store: &mut Context<'_, K>, name: &str, length: usize) -> wasmtime::Result<()> {
    if !store.data().is_deciding {
        return Err(wasmtime::Error::msg(format!("`{name}` may be called while `decide` runs only")));
    }
    burn(store, length)
}

/// Links all columns and orders of a kind.
pub(super) fn link<K: PluginKind>(linker: &mut Linker<Host<K::State>>) -> wasmtime::Result<()> {
    let mut linking = Linking { linker };
    for (at, (name, take)) in K::columns().iter().enumerate() {
        let mut view = linking.interface("view")?;
        match take {
            Take::U8(_) => view.func_wrap(name, move |mut store: Context<'_, K>, (): ()| {
                let Column::U8(column) = &store.data().columns.columns[at] else { unreachable!() };
                let column = Arc::clone(column);
                deciding::<K>(&mut store, name, column.len()).map(|()| (column,))
            })?,
            Take::U32(_) | Take::OnceU32(_) => view.func_wrap(name, move |mut store: Context<'_, K>, (): ()| {
                let Column::U32(column) = &store.data().columns.columns[at] else { unreachable!() };
                let column = Arc::clone(column);
                deciding::<K>(&mut store, name, column.len()).map(|()| (column,))
            })?,
            Take::F64(_) | Take::OnceF64(_) => view.func_wrap(name, move |mut store: Context<'_, K>, (): ()| {
                let Column::F64(column) = &store.data().columns.columns[at] else { unreachable!() };
                let column = Arc::clone(column);
                deciding::<K>(&mut store, name, column.len()).map(|()| (column,))
            })?,
        }
    }
    for (name, value) in K::values() {
        linking.value(name, *value)?;
    }
    for (name, value) in K::reals() {
        linking.value(name, *value)?;
    }
    K::link_rest(&mut linking)
}
