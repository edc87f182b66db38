//! Levers of plants: columns of plants and of options; one order for each question.

use super::kind::{Linking, PluginKind, Starters, Take, starter};
use super::order::Dropped;
use super::synthetic::{SyntheticView, odd, spread};
use crate::policy::industry::{IndustryOrder, IndustryView};
use crate::policy::kind::IndustryDecision;
use serde_json::{Value, json};

/// What the host keeps for a guest.
#[derive(Debug, Default)]
pub struct IndustryState {
    year: u32,
    is_project: bool,
    given: Option<Given>,
}

/// The last order that a guest gave.
#[derive(Debug, Clone, Copy)]
enum Given {
    Take(u32),
    Close(u32),
    Cancel,
}

/// Every single value by the name of its import.
const VALUES: &[(&str, fn(&IndustryState) -> u32)] =
    &[("year", |state| state.year), ("asked-project", |state| u32::from(state.is_project))];

/// Every column by the name of its import.
const COLUMNS: &[(&str, Take<IndustryDecision>)] = &[
    ("plant-id", Take::U32(|view, out| out.extend_from_slice(&view.plant))),
    ("plant-sector", Take::U8(|view, out| out.extend_from_slice(&view.plant_sector))),
    ("plant-output", Take::F64(|view, out| out.extend_from_slice(&view.plant_output))),
    ("plant-direct-t", Take::F64(|view, out| out.extend_from_slice(&view.plant_direct_t))),
    ("plant-co2e-t", Take::F64(|view, out| out.extend_from_slice(&view.plant_co2e_t))),
    (
        "plant-earned-usd",
        Take::F64(|view, out| out.extend(view.plant_earned_usd.iter().map(|usd| usd.unwrap_or(f64::NAN)))),
    ),
    ("option-plant", Take::U32(|view, out| out.extend(view.option_plant.iter().map(|row| *row as u32)))),
    ("option-lever", Take::U32(|view, out| out.extend_from_slice(&view.option_lever))),
    ("option-starts", Take::U32(|view, out| out.extend(view.option_starts.iter().map(|year| u32::from(*year))))),
    ("option-capex-usd", Take::F64(|view, out| out.extend_from_slice(&view.option_capex_usd))),
    ("option-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.option_usd_per_year))),
    ("option-net-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.option_net_usd_per_year))),
    ("option-resource-usd-per-year", Take::F64(|view, out| out.extend_from_slice(&view.option_resource_usd_per_year))),
    ("option-abated-t", Take::F64(|view, out| out.extend_from_slice(&view.option_abated_t))),
    ("option-captured-t", Take::F64(|view, out| out.extend_from_slice(&view.option_captured_t))),
    ("option-electricity-mwh", Take::F64(|view, out| out.extend_from_slice(&view.option_electricity_mwh))),
    ("option-hydrogen-t", Take::F64(|view, out| out.extend_from_slice(&view.option_hydrogen_t))),
    ("option-asked", Take::U8(|view, out| out.extend(view.option_is_asked.iter().map(|is| u8::from(*is))))),
];

impl PluginKind for IndustryDecision {
    type State = IndustryState;
    const STARTERS: Starters = Starters {
        rust: starter!("cheapest_lever/src/lib.rs", "cheapest_lever"),
        helper: ("helper/src/industry.rs", include_str!("../../plugins/helper/src/industry.rs")),
        c: starter!("templates/industry.c"),
        python: starter!("templates/industry.py"),
        javascript: starter!("templates/industry.js"),
    };

    fn columns() -> &'static [(&'static str, Take<Self>)] {
        COLUMNS
    }

    fn values() -> &'static [(&'static str, fn(&Self::State) -> u32)] {
        VALUES
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        linker.order("take", |_: &(u32,)| 1, |state, (option,)| state.given = Some(Given::Take(option)))?;
        linker.order("close", |_: &(u32,)| 1, |state, (plant,)| state.given = Some(Given::Close(plant)))?;
        linker.order("cancel", |(): &()| 1, |state, ()| state.given = Some(Given::Cancel))
    }

    fn keep(state: &mut Self::State, view: &IndustryView) {
        *state = IndustryState { year: u32::from(view.year), is_project: view.is_project, given: None };
    }

    fn size(view: &IndustryView) -> (u32, usize) {
        (u32::from(view.year), view.plant.len() + view.option_plant.len())
    }

    fn count(order: &IndustryOrder) -> usize {
        usize::from(*order != IndustryOrder::Nothing)
    }

    fn told(order: &IndustryOrder) -> Vec<(&'static str, Value)> {
        match order {
            IndustryOrder::Nothing => Vec::new(),
            IndustryOrder::Decide(row) => vec![("take", json!(row))],
            IndustryOrder::Close(row) => vec![("close", json!(row))],
            IndustryOrder::Cancel => vec![("cancel", json!(true))],
        }
    }

    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&IndustryView)) {
        // Ten options a plant.
        let (plants, options) = (made.vehicles.div_ceil(10), 0..made.vehicles);
        let quantity = |value: f64, at: u32| if made.is_odd { odd(at) } else { value };
        let of_plants = |scale: f64, salt| (0..plants).map(|at| quantity(scale * spread(at, salt), at)).collect();
        let of_options =
            |scale: f64, salt: f64| options.clone().map(|at| quantity(scale * (spread(at, salt) - 0.3), at)).collect();
        let view = IndustryView {
            year: 2030,
            is_project: false,
            most_usd_per_t: f64::INFINITY,
            plant: (0..plants).collect(),
            plant_sector: (0..plants).map(|at| (at % 11) as u8).collect(),
            plant_output: of_plants(1e6, 0.1),
            plant_direct_t: of_plants(8e5, 0.2),
            plant_co2e_t: of_plants(9e5, 0.3),
            plant_earned_usd: (0..plants).map(|at| (at % 3 > 0).then(|| quantity(1e7, at))).collect(),
            option_plant: options.clone().map(|at| (at / 10) as usize).collect(),
            option_lever: options.clone().map(|at| at % 10).collect(),
            option_starts: options.clone().map(|at| 2031 + (at % 7) as u16).collect(),
            option_capex_usd: of_options(1e8, 0.9),
            option_usd_per_year: of_options(1e7, 0.4),
            option_net_usd_per_year: of_options(1.1e7, 0.4),
            option_resource_usd_per_year: of_options(2e7, 0.5),
            option_abated_t: options.clone().map(|at| quantity(1.0 + 1e5 * spread(at, 0.6), at)).collect(),
            option_captured_t: of_options(1e5, 0.7),
            option_electricity_mwh: of_options(1e5, 0.8),
            option_hydrogen_t: of_options(1e4, 0.2),
            option_is_asked: options.map(|at| at % 4 == 0).collect(),
        };
        show(&view);
    }

    fn orders(state: &mut Self::State, view: &IndustryView) -> (IndustryOrder, Dropped) {
        let mut dropped = Dropped::default();
        let order =
            state.given.map_or(Ok(IndustryOrder::Nothing), |given| checked(view, given)).unwrap_or_else(|reason| {
                dropped.note(|| reason);
                IndustryOrder::Nothing
            });
        (order, dropped)
    }
}

/// An order that plants can carry out, or why they cannot.
fn checked(view: &IndustryView, given: Given) -> Result<IndustryOrder, String> {
    match given {
        Given::Take(option) if (option as usize) < view.option_plant.len() => {
            Ok(IndustryOrder::Decide(option as usize))
        }
        Given::Take(option) => Err(format!("take: there is no option {option}")),
        Given::Close(_) if view.is_project => Err("close: this question is about an announced project".to_owned()),
        Given::Close(plant) if (plant as usize) < view.plant.len() => Ok(IndustryOrder::Close(plant as usize)),
        Given::Close(plant) => Err(format!("close: there is no plant {plant}")),
        Given::Cancel if !view.is_project => Err("cancel: this question is not about an announced project".to_owned()),
        Given::Cancel => Ok(IndustryOrder::Cancel),
    }
}
