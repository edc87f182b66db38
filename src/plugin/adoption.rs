//! Adoption: columns of holdings and of what each could buy; how many of each, and what goes before its time.

use super::kind::{Linking, PluginKind, Take, ViewColumns};
use super::order::{Dropped, check_adoption};
use super::running::Running;
use super::synthetic::{SyntheticView, odd, spread};
use crate::policy::AdoptionPolicy;
use crate::policy::adoption::{AdoptionView, Purchases};
use crate::policy::kind::PolicyKind;
use crate::record::notes::PluginNotes;

/// The adoption side of the interface.
#[derive(Debug, Default)]
pub struct Adoption {
    columns: ViewColumns,
    year: u32,
    cost_uncertainty_permille: u32,
    count: Option<Vec<u32>>,
    early: Option<Vec<u32>>,
}

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
    const KIND: PolicyKind = PolicyKind::Adoption;
    type View<'a> = AdoptionView;
    type Orders = Purchases;

    fn columns() -> &'static [(&'static str, Take<Self>)] {
        COLUMNS
    }

    fn columns_mut(&mut self) -> &mut ViewColumns {
        &mut self.columns
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        linker.value("year", |side| side.year)?;
        linker.value("cost-uncertainty-permille", |side| side.cost_uncertainty_permille)?;
        let length = |(count,): &(Vec<u32>,)| count.len();
        linker.order("buy", length, |side, (count,)| side.count = Some(count))?;
        linker.order("replace-early", length, |side, (count,)| side.early = Some(count))
    }

    fn keep(&mut self, view: &AdoptionView) {
        self.year = u32::from(view.year);
        self.cost_uncertainty_permille = (view.cost_uncertainty * 1000.0).round() as u32;
        (self.count, self.early) = (None, None);
    }

    fn size(view: &AdoptionView) -> (u32, usize) {
        (u32::from(view.year), view.holdings() + view.model.len())
    }

    fn moment(at: u32) -> String {
        format!("year {at}")
    }

    fn count(orders: &Purchases) -> usize {
        orders.count.iter().filter(|count| **count > 0).count()
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

    fn orders(&mut self, view: &AdoptionView) -> (Purchases, u64, Vec<String>) {
        let mut dropped = Dropped::default();
        let orders = check_adoption(view, self.count.as_deref(), self.early.as_deref(), &mut dropped);
        (orders, dropped.count, dropped.examples)
    }
}

impl AdoptionPolicy for Running<Adoption> {
    fn name(&self) -> &str {
        self.plugin_name()
    }

    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        self.decide_on(view).map_err(|error| error.to_string())
    }

    fn finish(&mut self) -> Result<(), String> {
        self.end().map_err(|error| error.to_string())
    }

    fn plugin(&self) -> Option<PluginNotes> {
        Some(self.notes())
    }
}
