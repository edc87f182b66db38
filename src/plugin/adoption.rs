//! Adoption: columns of holdings and of what each could buy; how many of each, and what goes before its time.

use super::kind::{Linking, PluginKind, Starters, Take, starter};
use super::order::{Dropped, check_adoption};
use super::synthetic::{SyntheticView, odd, spread};
use crate::policy::adoption::{AdoptionView, Purchases};
use crate::policy::kind::Adoption;
use serde_json::{Value, json};

/// What the host keeps for a guest of this kind.
#[derive(Debug, Default)]
pub struct AdoptionState {
    year: u32,
    cost_uncertainty_permille: u32,
    count: Option<Vec<u32>>,
    early: Option<Vec<u32>>,
}

/// Every single value by the name of its import.
const VALUES: &[(&str, fn(&AdoptionState) -> u32)] =
    &[("year", |state| state.year), ("cost-uncertainty-permille", |state| state.cost_uncertainty_permille)];

/// Every column by the name of its import.
const COLUMNS: &[(&str, Take<Adoption>)] = &[
    ("holding-due", Take::U32(|view, out| out.extend_from_slice(&view.due))),
    ("holding-vehicles", Take::U32(|view, out| out.extend_from_slice(&view.vehicles))),
    ("holding-vehicles-each", Take::F64(|view, out| out.extend_from_slice(&view.vehicles_each))),
    ("holding-old", Take::U32(|view, out| out.extend_from_slice(&view.old))),
    ("option-holding", Take::U32(|view, out| holdings(view, out))),
    ("option-model", Take::U32(|view, out| out.extend_from_slice(&view.model))),
    ("option-zero-emission", Take::U8(|view, out| out.extend(view.is_zero_emission.iter().map(|is| u8::from(*is))))),
    ("option-open", Take::U8(|view, out| out.extend(view.is_open.iter().map(|is| u8::from(*is))))),
    ("option-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.usd_per_year))),
    ("option-coverage", Take::F64(|view, out| out.extend_from_slice(&view.coverage))),
    ("option-co2e-kg-per-year", Take::F64(|view, out| out.extend_from_slice(&view.co2e_kg_per_year))),
    ("option-stock", Take::U32(|view, out| out.extend_from_slice(&view.stock))),
    ("option-ramp-left", Take::U32(|view, out| out.extend_from_slice(&view.ramp_left))),
    ("option-ramp-kind", Take::U32(|view, out| out.extend_from_slice(&view.ramp_kind))),
];

/// The holding of each option.
fn holdings(view: &AdoptionView, out: &mut Vec<u32>) {
    for holding in 0..view.holdings() {
        out.extend(view.options(holding).map(|_| holding as u32));
    }
}

impl PluginKind for Adoption {
    type State = AdoptionState;
    const STARTERS: Starters = Starters {
        rust: starter!("clean_when_cheap/src/lib.rs", "clean_when_cheap"),
        helper: ("helper/src/adoption.rs", include_str!("../../plugins/helper/src/adoption.rs")),
        c: starter!("templates/adoption.c"),
        python: starter!("templates/adoption.py"),
        javascript: starter!("templates/adoption.js"),
    };

    fn columns() -> &'static [(&'static str, Take<Self>)] {
        COLUMNS
    }

    fn values() -> &'static [(&'static str, fn(&Self::State) -> u32)] {
        VALUES
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        let length = |(count,): &(Vec<u32>,)| count.len();
        linker.order("buy", length, |state, (count,)| state.count = Some(count))?;
        linker.order("replace-early", length, |state, (count,)| state.early = Some(count))
    }

    fn keep(state: &mut Self::State, view: &AdoptionView) {
        state.year = u32::from(view.year);
        state.cost_uncertainty_permille = (view.cost_uncertainty * 1000.0).round() as u32;
        (state.count, state.early) = (None, None);
    }

    fn size(view: &AdoptionView) -> (u32, usize) {
        (u32::from(view.year), view.holdings() + view.model.len())
    }

    fn count(orders: &Purchases) -> usize {
        orders.count.iter().filter(|count| **count > 0).count()
    }

    fn told(orders: &Purchases) -> Vec<(&'static str, Value)> {
        vec![("buy", json!(orders.count)), ("replace-early", json!(orders.early))]
    }

    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&AdoptionView)) {
        // Holdings of a hundred vehicles with three options each.
        let holdings = made.vehicles.div_ceil(100);
        let options = 0..3 * holdings;
        let quantity = |value: f64, at: u32| if made.is_odd { odd(at) } else { value };
        let view = AdoptionView {
            year: 2030,
            cost_uncertainty: 0.05,
            due: (0..holdings).map(|at| 1 + at % 12).collect(),
            vehicles: vec![100; holdings as usize],
            vehicles_each: (0..holdings).map(|at| quantity(1.0 + f64::from(at % 50), at)).collect(),
            old: vec![80; holdings as usize],
            first_option: (0..=holdings).map(|at| 3 * at as usize).collect(),
            model: options.clone().map(|at| at % 3).collect(),
            is_zero_emission: options.clone().map(|at| at % 3 > 0).collect(),
            is_open: options.clone().map(|at| at % 7 > 0).collect(),
            usd_per_year: options.clone().map(|at| quantity(60_000.0 + 40_000.0 * spread(at, 0.1), at + 1)).collect(),
            coverage: options.clone().map(|at| quantity(spread(at, 0.6), at + 2)).collect(),
            co2e_kg_per_year: options.clone().map(|at| quantity(90_000.0 * spread(at, 0.3), at + 3)).collect(),
            stock: options.clone().map(|at| at % 40).collect(),
            succeeds: options.clone().map(|at| at % 4).collect(),
            ramp_kind: options.clone().map(|at| at % 3).collect(),
            ramp_left: options.map(|at| if at % 3 == 0 { u32::MAX } else { 500 }).collect(),
        };
        show(&view);
    }

    fn orders(state: &mut Self::State, view: &AdoptionView) -> (Purchases, Dropped) {
        let mut dropped = Dropped::default();
        let orders = check_adoption(view, state.count.as_deref(), state.early.as_deref(), &mut dropped);
        (orders, dropped)
    }
}
