//! Decisions that a learner can take: a plugin's view of them by the same columns, laid out so that lengths never change, and
//! orders as arrays. A kind that can be learned says how in a file of its own.

use portvolt::kernel::units::Kw;
use portvolt::plugin::{PluginKind, Take};
use portvolt::policy::decide::Decide;
use portvolt::policy::spec::Choice;
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::{RunError, Simulation};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// The column that says which orders may be given: no part of the observation.
const MASK: &str = "action_mask";

/// A kind of decision that a learner can take.
pub(crate) trait Learned: PluginKind {
    /// What never changes in a run, such as how many charging ports there are.
    type Frame: Debug;

    /// The frame of a run, at its first decision.
    fn frame(run: &RunFacts, view: &Self::View<'_>) -> Self::Frame;

    /// Rows that come and go: how names of their columns begin, and how many places there are for them.
    fn groups(frame: &Self::Frame) -> Vec<(&'static str, usize)>;

    /// The place of each row of a group; beyond the last one: it is not shown.
    fn places(group: usize, view: &Self::View<'_>, out: &mut Vec<u32>);

    /// What an infinite quantity reads as.
    fn endless(_frame: &Self::Frame) -> f64 {
        0.0
    }

    /// What an action is made of.
    fn action(frame: &Self::Frame) -> Vec<Part>;

    /// Which orders may be given, one byte a choice; as long in every view. Nothing where any may.
    fn mask(_frame: &Self::Frame, _view: &Self::View<'_>, _out: &mut Vec<u8>) {}

    /// Gives orders.
    fn order(frame: &Self::Frame, state: &mut Self::State, view: &Self::View<'_>, given: &Given);

    /// Orders as an action would give them.
    fn as_action(frame: &Self::Frame, view: &Self::View<'_>, orders: &Self::Orders) -> Given;
}

/// What is known of a run before its first decision.
#[derive(Debug, Default)]
pub(crate) struct RunFacts {
    /// Most power that each charging port draws from the grid, and most that it exports.
    pub(crate) port_limits: Vec<(Kw, Kw)>,
    /// How many trucks there are.
    pub(crate) trucks: usize,
    /// How many sites there are.
    pub(crate) sites: usize,
    /// Rows requested of what has no largest number, such as open hauls.
    pub(crate) most_rows: usize,
}

impl RunFacts {
    /// Those of a run.
    pub(crate) fn of(simulation: &Simulation, loaded: &Loaded, most_rows: usize) -> Self {
        let (port_limits, trucks) = (simulation.port_limits(), simulation.trucks());
        Self { port_limits, trucks, sites: loaded.scenario.site.len(), most_rows }
    }
}

/// A part of an action, with a value a row.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// One of so many choices, from 0.
    Choice {
        /// Its name.
        name: &'static str,
        /// How many rows.
        rows: usize,
        /// Of how many choices.
        choices: u32,
    },
    /// A quantity.
    Quantity {
        /// Its name.
        name: &'static str,
        /// Lowest and highest value of each row.
        bounds: Vec<(f64, f64)>,
    },
}

/// An action: its choices and its quantities, part after part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    pub(crate) choices: Vec<i64>,
    pub(crate) quantities: Vec<f64>,
}

/// Values of a column.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    U8(Vec<u8>),
    U32(Vec<u32>),
    F64(Vec<f64>),
}

/// A column: its name in Python, and its values in the present view.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) values: Values,
}

impl Column {
    pub(crate) fn len(&self) -> usize {
        match &self.values {
            Values::U8(values) => values.len(),
            Values::U32(values) => values.len(),
            Values::F64(values) => values.len(),
        }
    }
}

/// A built-in policy whose orders are told beside each view, for imitation.
#[derive(Debug, Clone)]
pub(crate) struct Expert {
    pub(crate) name: String,
    pub(crate) params: BTreeMap<String, f64>,
}

impl Expert {
    /// The policy itself.
    ///
    /// # Errors
    /// When there is none of this name, or a parameter is wrong.
    pub(crate) fn made<K: Learned>(self, loaded: &Loaded) -> Result<Box<dyn Decide<K>>, RunError> {
        let choice = Choice { params: self.params, ..Choice::named(&self.name) };
        Ok(K::make(&choice, loaded.schedule.as_ref())?)
    }
}

/// What a decision is on.
#[derive(Debug)]
pub(crate) struct Seen<K: Learned> {
    /// What is known of the run.
    pub(crate) run: RunFacts,
    /// What never changes; none before the first decision.
    pub(crate) frame: Option<K::Frame>,
    /// Single values, then columns, then which places of each group are taken, then the mask.
    pub(crate) columns: Vec<Column>,
    /// What the expert would order; empty without one.
    pub(crate) advice: Given,
    /// Rows that had no place.
    pub(crate) hidden: usize,
    places: Vec<Vec<u32>>,
    /// Of each column: the group of its rows.
    group_of: Vec<Option<usize>>,
    taken: Taken,
}

/// Room for the rows of one column.
#[derive(Debug, Default)]
struct Taken {
    codes: Vec<u8>,
    whole: Vec<u32>,
    real: Vec<f64>,
}

impl<K: Learned> Default for Seen<K> {
    fn default() -> Self {
        Self {
            run: RunFacts::default(),
            frame: None,
            columns: Vec::new(),
            advice: Given::default(),
            hidden: 0,
            places: Vec::new(),
            group_of: Vec::new(),
            taken: Taken::default(),
        }
    }
}

impl<K: Learned> Seen<K> {
    /// Takes a view in. A quantity without a value is 0 (the price of a site without a tariff); an infinite one is what its kind
    /// says.
    pub(crate) fn take(&mut self, view: &K::View<'_>, state: &K::State, advice: Option<&K::Orders>) {
        let frame = self.frame.get_or_insert_with(|| K::frame(&self.run, view));
        let groups = K::groups(frame);
        let is_first = self.columns.is_empty();
        self.places.resize_with(groups.len(), Vec::new);
        for (group, places) in self.places.iter_mut().enumerate() {
            places.clear();
            K::places(group, view, places);
        }
        let shown =
            |(places, group): (&Vec<u32>, &(_, usize))| places.iter().filter(|at| (**at as usize) < group.1).count();
        self.hidden = self.places.iter().zip(&groups).map(|it| it.0.len() - shown(it)).sum();
        if is_first {
            (self.columns, self.group_of) = lay_out::<K>(frame, view, &groups);
        }
        let endless = K::endless(frame);
        let singles = K::values();
        let (single, rest) = self.columns.split_at_mut(singles.len());
        for (column, (_, value)) in single.iter_mut().zip(singles) {
            if let Values::U32(now) = &mut column.values {
                now[0] = value(state);
            }
        }
        let (columns, rest) = rest.split_at_mut(K::columns().len());
        for ((column, (_, take)), group) in columns.iter_mut().zip(K::columns()).zip(&self.group_of) {
            if is_first || !matches!(take, Take::OnceU32(_) | Take::OnceF64(_)) {
                self.taken.column::<K>(
                    &mut column.values,
                    take,
                    view,
                    group.map(|group| &*self.places[group]),
                    endless,
                );
            }
        }
        for (column, places) in rest.iter_mut().zip(&self.places) {
            if let Values::U8(present) = &mut column.values {
                present.fill(0);
                for at in places {
                    if let Some(place) = present.get_mut(*at as usize) {
                        *place = 1;
                    }
                }
            }
        }
        if let Some(Column { values: Values::U8(mask), .. }) = rest.get_mut(groups.len()) {
            mask.clear();
            K::mask(frame, view, mask);
        }
        self.advice = advice.map(|orders| K::as_action(frame, view, orders)).unwrap_or_default();
    }
}

impl Taken {
    /// Copies a column out of a view: each row to its place and zero elsewhere, or all as they come.
    fn column<K: Learned>(
        &mut self,
        into: &mut Values,
        take: &Take<K>,
        view: &K::View<'_>,
        places: Option<&[u32]>,
        endless: f64,
    ) {
        match (into, take) {
            (Values::U8(values), Take::U8(take)) => {
                self.codes.clear();
                take(view, &mut self.codes);
                place(values, &self.codes, places);
            }
            (Values::U32(values), Take::U32(take) | Take::OnceU32(take)) => {
                self.whole.clear();
                take(view, &mut self.whole);
                place(values, &self.whole, places);
            }
            (Values::F64(values), Take::F64(take) | Take::OnceF64(take)) => {
                self.real.clear();
                take(view, &mut self.real);
                self.real.iter_mut().for_each(|value| *value = finite(*value, endless));
                place(values, &self.real, places);
            }
            _ => unreachable!("a column is laid out as it is taken"),
        }
    }
}

/// Columns as long as they will always be, and the group of each that has one.
fn lay_out<K: Learned>(
    frame: &K::Frame,
    view: &K::View<'_>,
    groups: &[(&'static str, usize)],
) -> (Vec<Column>, Vec<Option<usize>>) {
    let python = |name: &str| name.replace('-', "_");
    let single = |name: &str| Column { name: python(name), values: Values::U32(vec![0]) };
    let mut columns: Vec<Column> = K::values().iter().map(|(name, _)| single(name)).collect();
    let group_of: Vec<Option<usize>> =
        K::columns().iter().map(|(name, _)| groups.iter().position(|group| name.starts_with(group.0))).collect();
    for ((name, take), group) in K::columns().iter().zip(&group_of) {
        let rows = |taken: usize| group.map_or(taken, |group| groups[group].1);
        let values = match take {
            Take::U8(take) => Values::U8(vec![0; rows(counted(|out| take(view, out)))]),
            Take::U32(take) | Take::OnceU32(take) => Values::U32(vec![0; rows(counted(|out| take(view, out)))]),
            Take::F64(take) | Take::OnceF64(take) => Values::F64(vec![0.0; rows(counted(|out| take(view, out)))]),
        };
        columns.push(Column { name: python(name), values });
    }
    let present = groups.iter().map(|(prefix, places)| (format!("{}_present", prefix.trim_end_matches('-')), *places));
    columns.extend(present.map(|(name, places)| Column { name, values: Values::U8(vec![0; places]) }));
    let choices = counted(|out| K::mask(frame, view, out));
    columns.extend((choices > 0).then(|| Column { name: MASK.to_owned(), values: Values::U8(vec![0; choices]) }));
    (columns, group_of)
}

/// How many rows are taken.
fn counted<T>(take: impl FnOnce(&mut Vec<T>)) -> usize {
    let mut taken = Vec::new();
    take(&mut taken);
    taken.len()
}

/// Puts values at their places, as far as there are such, and zero elsewhere; or as they come.
fn place<T: Copy + Default>(into: &mut [T], values: &[T], places: Option<&[u32]>) {
    let Some(places) = places else { return into.copy_from_slice(values) };
    into.fill(T::default());
    for (at, value) in places.iter().zip(values) {
        if let Some(place) = into.get_mut(*at as usize) {
            *place = *value;
        }
    }
}

fn finite(value: f64, endless: f64) -> f64 {
    match value {
        value if value.is_finite() => value,
        value if value.is_nan() => 0.0,
        value => endless.copysign(value),
    }
}
