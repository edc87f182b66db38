//! What differs between kinds of policies: the columns of a view and the orders. Columns are one table a kind; adding
//! one is one line there and one in the interface.

use super::host::{Host, burn};
use super::synthetic::SyntheticView;
use crate::policy::kind::PolicyKind;
use std::fmt;
use std::sync::Arc;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance};

/// One kind of policy, as the host of its plugins sees it.
pub trait PluginKind: Default + fmt::Debug + Send + Sync + Sized + 'static {
    /// Which kind.
    const KIND: PolicyKind;
    /// What the policy sees.
    type View<'a>;
    /// What it decides.
    type Orders: PartialEq;

    /// All columns by the name of their import.
    #[doc(hidden)]
    fn columns() -> &'static [(&'static str, Take<Self>)];

    /// The columns of this run.
    #[doc(hidden)]
    fn columns_mut(&mut self) -> &mut ViewColumns;

    /// Links scalars, pairs and orders.
    #[doc(hidden)]
    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()>;

    /// Keeps what else of a view a guest may ask for, and forgets old orders.
    #[doc(hidden)]
    fn keep(&mut self, view: &Self::View<'_>);

    /// Simulated time of a view (of a transition: the year), and how many rows it has.
    #[doc(hidden)]
    fn size(view: &Self::View<'_>) -> (u32, usize);

    /// How people call that time.
    #[doc(hidden)]
    fn moment(at: u32) -> String {
        format!("second {at}")
    }

    /// How many orders there are.
    #[doc(hidden)]
    fn count(orders: &Self::Orders) -> usize;

    /// Shows a made-up view.
    #[doc(hidden)]
    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&Self::View<'_>));

    /// The checked orders, how many were dropped, and why the first ones were.
    #[doc(hidden)]
    fn orders(&mut self, view: &Self::View<'_>) -> (Self::Orders, u64, Vec<String>);
}

/// How a column is copied out of a view.
#[doc(hidden)]
#[derive(Debug)]
pub enum Take<S: PluginKind> {
    /// Codes.
    U8(for<'a, 'b> fn(&'b S::View<'a>, &mut Vec<u8>)),
    /// Ids, counts and times.
    U32(for<'a, 'b> fn(&'b S::View<'a>, &mut Vec<u32>)),
    /// Quantities.
    F64(for<'a, 'b> fn(&'b S::View<'a>, &mut Vec<f64>)),
    /// Quantities that never change in a run.
    OnceF64(for<'a, 'b> fn(&'b S::View<'a>, &mut Vec<f64>)),
    /// Ids that never change in a run.
    OnceU32(for<'a, 'b> fn(&'b S::View<'a>, &mut Vec<u32>)),
}

/// The columns of the present view, in the order of the table. Those that a guest does not import stay empty.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct ViewColumns {
    columns: Vec<Column>,
    is_wanted: Vec<bool>,
    is_first: bool,
}

#[derive(Debug)]
enum Column {
    U8(Arc<Vec<u8>>),
    U32(Arc<Vec<u32>>),
    F64(Arc<Vec<f64>>),
}

impl ViewColumns {
    /// Before the first view. `wants` says which columns the guest imports.
    pub(super) fn new<S: PluginKind>(wants: impl Fn(&str) -> bool) -> Self {
        let empty = |take: &Take<S>| match take {
            Take::U8(_) => Column::U8(Arc::default()),
            Take::U32(_) | Take::OnceU32(_) => Column::U32(Arc::default()),
            Take::F64(_) | Take::OnceF64(_) => Column::F64(Arc::default()),
        };
        let table = S::columns();
        Self {
            columns: table.iter().map(|column| empty(&column.1)).collect(),
            is_wanted: table.iter().map(|column| wants(column.0)).collect(),
            is_first: true,
        }
    }

    /// Copies the columns that the guest imports.
    pub(super) fn fill<S: PluginKind>(&mut self, view: &S::View<'_>) {
        for ((column, (_, take)), is_wanted) in self.columns.iter_mut().zip(S::columns()).zip(&self.is_wanted) {
            if !is_wanted {
                continue;
            }
            match (column, take) {
                (Column::U8(kept), Take::U8(take)) => take(view, emptied(kept)),
                (Column::U32(kept), Take::U32(take)) => take(view, emptied(kept)),
                (Column::F64(kept), Take::F64(take)) => take(view, emptied(kept)),
                (Column::U32(kept), Take::OnceU32(take)) if self.is_first => take(view, emptied(kept)),
                (Column::F64(kept), Take::OnceF64(take)) if self.is_first => take(view, emptied(kept)),
                _ => {}
            }
        }
        self.is_first = false;
    }
}

/// The same allocation again: nobody else holds a column between calls.
fn emptied<T: Clone>(kept: &mut Arc<Vec<T>>) -> &mut Vec<T> {
    let column = Arc::make_mut(kept);
    column.clear();
    column
}

type Context<'a, S> = StoreContextMut<'a, Host<S>>;

/// Links the functions of one kind.
#[doc(hidden)]
pub struct Linking<'a, S: PluginKind> {
    linker: &'a mut Linker<Host<S>>,
}

impl<S: PluginKind> fmt::Debug for Linking<'_, S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Linking({})", S::KIND)
    }
}

impl<S: PluginKind> Linking<'_, S> {
    fn interface(&mut self, part: &str) -> wasmtime::Result<LinkerInstance<'_, Host<S>>> {
        self.linker.instance(&format!("portvolt:policy/{}-{part}@0.1.0", S::KIND))
    }

    /// A value of the view.
    pub(super) fn value(&mut self, name: &'static str, value: fn(&S) -> u32) -> wasmtime::Result<()> {
        self.interface("view")?.func_wrap(name, move |mut store: Context<'_, S>, (): ()| {
            deciding(&mut store, name, 1)?;
            Ok((value(&store.data().side),))
        })
    }

    /// A column that depends on a number.
    pub(super) fn column_of(
        &mut self,
        name: &'static str,
        column: fn(&S, u32) -> Result<Vec<u32>, String>,
    ) -> wasmtime::Result<()> {
        self.interface("view")?.func_wrap(name, move |mut store: Context<'_, S>, (at,): (u32,)| {
            deciding(&mut store, name, 1)?;
            let values = column(&store.data().side, at).map_err(wasmtime::Error::msg)?;
            burn(&mut store, values.len())?;
            Ok((values,))
        })
    }

    /// A kind of order. `length` is what a call hands over.
    pub(super) fn order<P>(
        &mut self,
        name: &'static str,
        length: fn(&P) -> usize,
        take: fn(&mut S, P),
    ) -> wasmtime::Result<()>
    where
        P: wasmtime::component::ComponentNamedList + wasmtime::component::Lift + 'static,
    {
        self.interface("orders")?.func_wrap(name, move |mut store: Context<'_, S>, given: P| {
            deciding(&mut store, name, length(&given))?;
            take(&mut store.data_mut().side, given);
            Ok(())
        })
    }
}

/// Refuses a call outside `decide`, and takes its fuel.
fn deciding<S: PluginKind>(store: &mut Context<'_, S>, name: &str, length: usize) -> wasmtime::Result<()> {
    if !store.data().is_deciding {
        return Err(wasmtime::Error::msg(format!("`{name}` may be called while `decide` runs only")));
    }
    burn(store, length)
}

/// Links all columns and orders of a kind.
pub(super) fn link<S: PluginKind>(linker: &mut Linker<Host<S>>) -> wasmtime::Result<()> {
    let mut linking = Linking { linker };
    for (at, (name, take)) in S::columns().iter().enumerate() {
        let mut view = linking.interface("view")?;
        match take {
            Take::U8(_) => view.func_wrap(name, move |mut store: Context<'_, S>, (): ()| {
                let Column::U8(column) = &store.data_mut().side.columns_mut().columns[at] else { unreachable!() };
                let column = Arc::clone(column);
                deciding(&mut store, name, column.len()).map(|()| (column,))
            })?,
            Take::U32(_) | Take::OnceU32(_) => view.func_wrap(name, move |mut store: Context<'_, S>, (): ()| {
                let Column::U32(column) = &store.data_mut().side.columns_mut().columns[at] else { unreachable!() };
                let column = Arc::clone(column);
                deciding(&mut store, name, column.len()).map(|()| (column,))
            })?,
            Take::F64(_) | Take::OnceF64(_) => view.func_wrap(name, move |mut store: Context<'_, S>, (): ()| {
                let Column::F64(column) = &store.data_mut().side.columns_mut().columns[at] else { unreachable!() };
                let column = Arc::clone(column);
                deciding(&mut store, name, column.len()).map(|()| (column,))
            })?,
        }
    }
    S::link_rest(&mut linking)
}
