//! Adoption: columns of holdings and of what each could buy; how many of each, and what goes before its time.

use super::kind::{Linking, PluginKind, Starters, Take, starter};
use super::order::{Dropped, check_adoption};
use super::synthetic::{SyntheticView, odd, spread};
use crate::policy::adoption::{AdoptionView, Purchases};
use crate::policy::kind::Adoption;
use crate::policy::option_facts::OptionFacts;
use serde_json::{Value, json};
use std::ops::Range;

/// What the host keeps for a guest of this kind.
#[derive(Debug, Default)]
pub struct AdoptionState {
    year: u32,
    cost_uncertainty_permille: u32,
    cost_uncertainty: f64,
    count: Option<Vec<u32>>,
    early: Option<Vec<u32>>,
}

/// Every single value by the name of its import.
const VALUES: &[(&str, fn(&AdoptionState) -> u32)] =
    &[("year", |state| state.year), ("cost-uncertainty-permille", |state| state.cost_uncertainty_permille)];

/// Every real number by the name of its import.
const REALS: &[(&str, fn(&AdoptionState) -> f64)] = &[("cost-uncertainty", |state| state.cost_uncertainty)];

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
    ("holding-class", Take::U32(|view, out| out.extend_from_slice(&view.facts.class))),
    ("option-powertrain", Take::U8(|view, out| out.extend_from_slice(&view.facts.powertrain))),
    ("option-price-usd", Take::F64(|view, out| out.extend_from_slice(&view.facts.price_usd))),
    ("option-incentive-usd", Take::F64(|view, out| out.extend_from_slice(&view.facts.incentive_usd))),
    ("option-capital-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.capital_usd))),
    ("option-tax-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.tax_usd))),
    ("option-energy-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.energy_usd))),
    ("option-maintenance-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.maintenance_usd))),
    ("option-insurance-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.insurance_usd))),
    ("option-waiting-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.waiting_usd))),
    ("option-build-out-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.build_out_usd))),
    ("option-connection-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.connection_usd))),
    ("option-unmet-hauls-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.unmet_hauls_usd))),
    ("option-fees-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.fees_usd))),
    ("option-carbon-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.carbon_usd))),
    ("option-credits-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.credits_usd))),
    ("option-payload-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.facts.payload_usd))),
];

/// The holding of each option.
fn holdings(view: &AdoptionView, out: &mut Vec<u32>) {
    for holding in 0..view.holdings() {
        out.extend(view.options(holding).map(|_| holding as u32));
    }
}

/// Facts of synthetic options: three a holding, one of each powertrain.
fn synthetic_facts(holdings: u32, options: &Range<u32>, quantity: &impl Fn(f64, u32) -> f64) -> OptionFacts {
    let usd = |salt: u32, most: f64| -> Vec<f64> {
        options.clone().map(|at| quantity(most * spread(at + salt, 0.2), at + salt)).collect()
    };
    OptionFacts {
        class: (0..holdings).map(|at| at % 4).collect(),
        powertrain: options.clone().map(|at| (at % 3) as u8).collect(),
        price_usd: usd(4, 400_000.0),
        incentive_usd: usd(5, 120_000.0),
        capital_usd: usd(6, 20_000.0),
        tax_usd: usd(7, 20_000.0),
        energy_usd: usd(8, 20_000.0),
        maintenance_usd: usd(9, 20_000.0),
        insurance_usd: usd(10, 20_000.0),
        waiting_usd: usd(11, 20_000.0),
        build_out_usd: usd(12, 20_000.0),
        connection_usd: usd(13, 20_000.0),
        unmet_hauls_usd: usd(14, 20_000.0),
        fees_usd: usd(15, 20_000.0),
        carbon_usd: usd(16, 20_000.0),
        credits_usd: usd(17, 20_000.0),
        payload_usd: usd(18, 20_000.0),
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

    fn reals() -> &'static [(&'static str, fn(&Self::State) -> f64)] {
        REALS
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        let length = |(count,): &(Vec<u32>,)| count.len();
        linker.order("buy", length, |state, (count,)| state.count = Some(count))?;
        linker.order("replace-early", length, |state, (count,)| state.early = Some(count))
    }

    fn keep(state: &mut Self::State, view: &AdoptionView) {
        state.year = u32::from(view.year);
        state.cost_uncertainty = view.cost_uncertainty;
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
            ramp_left: options.clone().map(|at| if at % 3 == 0 { u32::MAX } else { 500 }).collect(),
            facts: synthetic_facts(holdings, &options, &quantity),
        };
        show(&view);
    }

    fn orders(state: &mut Self::State, view: &AdoptionView) -> (Purchases, Dropped) {
        let mut dropped = Dropped::default();
        let orders = check_adoption(view, state.count.as_deref(), state.early.as_deref(), &mut dropped);
        (orders, dropped)
    }
}
