//! What a learner sees when charging is decided: the columns of a plugin's view by their names and in their units, laid out so
//! that their lengths never change. Sessions have a row for each charging port.

use portvolt::kernel::units::Kw;
use portvolt::plugin::{ChargingState, PluginKind, Take};
use portvolt::policy::ChargingView;
use portvolt::policy::decide::{Decide, Decision};
use portvolt::policy::kind::Charging;
use portvolt::policy::spec::Choice;
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::RunError;
use std::collections::BTreeMap;

/// How the names of columns begin that have a row a session.
const PER_SESSION: &str = "session-";

/// Values of a column.
#[derive(Debug, Clone)]
pub(crate) enum Values {
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
    pub(crate) fn made(self, loaded: &Loaded) -> Result<Box<dyn Decide<Charging>>, RunError> {
        let choice = Choice { params: self.params, ..Choice::named(&self.name) };
        Ok(Charging::make(&choice, loaded.schedule.as_ref())?)
    }
}

/// What a decision is on.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Single values, then columns.
    pub(crate) columns: Vec<Column>,
    /// Is there a session at the charging port? One a port.
    pub(crate) present: Vec<u8>,
    /// Power that each port can draw and export, kW.
    pub(crate) limits_kw: Vec<(f64, f64)>,
    /// What the expert would order, by port, kW; empty without one.
    pub(crate) advice_kw: Vec<f64>,
    whole: Vec<u32>,
    real: Vec<f64>,
}

impl Seen {
    /// These charging ports are there: power that they draw and export.
    pub(crate) fn expect_ports(&mut self, limits: &[(Kw, Kw)]) {
        self.limits_kw = limits.iter().map(|(draws, exports)| (draws.0, exports.0)).collect();
        self.present = vec![0; limits.len()];
    }

    /// Takes a view in. A quantity without a value is 0 (the price of a site without a tariff); an infinite one, such as the
    /// limit of a node that has none, is the power of all charging ports, which binds nothing either.
    pub(crate) fn take(&mut self, view: &ChargingView<'_>, state: &ChargingState, advice: Option<&[Kw]>) {
        if self.columns.is_empty() {
            self.lay_out(view);
        }
        let (ports, rows) = (self.present.len(), &view.sessions.port);
        let unlimited_kw: f64 = self.limits_kw.iter().map(|(draws, _)| draws).sum();
        self.present.fill(0);
        for port in rows {
            self.present[*port as usize] = 1;
        }
        let (single, columns) = self.columns.split_at_mut(Charging::values().len());
        for (column, (_, value)) in single.iter_mut().zip(Charging::values()) {
            column.values = Values::U32(vec![value(state)]);
        }
        for (column, (name, take)) in columns.iter_mut().zip(Charging::columns()) {
            let rows = name.starts_with(PER_SESSION).then_some(rows.as_slice());
            match (&mut column.values, take) {
                (Values::U32(values), Take::U32(take) | Take::OnceU32(take)) => {
                    self.whole.clear();
                    take(view, &mut self.whole);
                    place(values, &self.whole, rows);
                }
                (Values::F64(values), Take::F64(take) | Take::OnceF64(take)) => {
                    self.real.clear();
                    take(view, &mut self.real);
                    self.real.iter_mut().for_each(|value| *value = finite(*value, unlimited_kw));
                    place(values, &self.real, rows);
                }
                _ => unreachable!("a column is laid out as it is taken"),
            }
        }
        self.advice_kw.clear();
        if let Some(advice) = advice {
            self.advice_kw.resize(ports, 0.0);
            rows.iter().zip(advice).for_each(|(port, power)| self.advice_kw[*port as usize] = power.0);
        }
    }

    /// Columns as long as they will always be.
    fn lay_out(&mut self, view: &ChargingView<'_>) {
        let python = |name: &str| name.replace('-', "_");
        let single = |name: &str| Column { name: python(name), values: Values::U32(vec![0]) };
        self.columns.extend(Charging::values().iter().map(|(name, _)| single(name)));
        for (name, take) in Charging::columns() {
            let ports = name.starts_with(PER_SESSION).then_some(self.present.len());
            let values = match take {
                Take::U32(take) | Take::OnceU32(take) => {
                    let mut taken = Vec::new();
                    take(view, &mut taken);
                    Values::U32(vec![0; ports.unwrap_or(taken.len())])
                }
                Take::F64(take) | Take::OnceF64(take) => {
                    let mut taken = Vec::new();
                    take(view, &mut taken);
                    Values::F64(vec![0.0; ports.unwrap_or(taken.len())])
                }
                Take::U8(_) => unreachable!("charging has no columns of codes"),
            };
            self.columns.push(Column { name: python(name), values });
        }
    }
}

/// Puts values at the places of `rows` and zero elsewhere, or as they come.
fn place<T: Copy + Default>(into: &mut [T], values: &[T], rows: Option<&[u32]>) {
    match rows {
        Some(rows) => {
            into.fill(T::default());
            rows.iter().zip(values).for_each(|(row, value)| into[*row as usize] = *value);
        }
        None => into.copy_from_slice(values),
    }
}

fn finite(value: f64, unlimited_kw: f64) -> f64 {
    match value {
        value if value.is_finite() => value,
        value if value.is_nan() => 0.0,
        value => unlimited_kw.copysign(value),
    }
}
