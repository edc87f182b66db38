//! Which levers plants take in each year of a transition, one question at a time.

use crate::view::{export, policy, view};

#[cfg(target_arch = "wasm32")]
use crate::bindings::portvolt::policy::industry_view as host;

policy! {
    /// A policy of plants. Export it with `portvolt_guest::export_industry!(MyPolicy);`.
}

view! {
    /// What a policy of plants sees: see `plugins/wit/policy.wit` for what each column says.
    values {
        /// The year that is decided.
        year;
        /// 1: about one announced project, which is the only option, or cannot be; 0: about all levers.
        asked_project;
    }
    each {
        /// Place of each plant that works among all plants of the scenario.
        plant_id: u32;
        /// Its sector: see the table of codes.
        plant_sector: u8;
        /// Units it makes a year.
        plant_output: f64;
        /// CO2e that leaves it with all that it has or builds, t a year.
        plant_direct_t: f64;
        /// The same with electricity and supply, t a year.
        plant_co2e_t: f64;
        /// What it earns, USD a year; NaN where nobody says it.
        plant_earned_usd: f64;
        /// Row of the plant of each option.
        option_plant: u32;
        /// Place of its lever among all levers of the scenario.
        option_lever: u32;
        /// First year of operation.
        option_starts: u32;
        /// Investment, USD.
        option_capex_usd: f64;
        /// What it changes for its owner, USD a year; below 0 it pays.
        option_usd_per_year: f64;
        /// The same with the margin by which it must be cheaper.
        option_net_usd_per_year: f64;
        /// What it takes, whoever pays, USD a year.
        option_resource_usd_per_year: f64;
        /// CO2e less, t a year.
        option_abated_t: f64;
        /// Captured more, t a year.
        option_captured_t: f64;
        /// Electricity more, MWh a year.
        option_electricity_mwh: f64;
        /// Hydrogen more, t a year.
        option_hydrogen_t: f64;
        /// 1: its sector would miss a path by the time it works.
        option_asked: u8;
    }
    once {}
}

/// What is decided.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub enum Order {
    /// Nothing more this year; an announced project stays announced.
    #[default]
    Nothing,
    /// The option of this row.
    Take(u32),
    /// The plant of this row closes at the end of the year.
    Close(u32),
    /// The announced project is cancelled.
    Cancel,
}

/// The order of one question.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Orders {
    /// The answer.
    pub order: Order,
}

impl Orders {
    #[doc(hidden)]
    #[cfg(target_arch = "wasm32")]
    pub fn hand_over(&self) {
        use crate::bindings::portvolt::policy::industry_orders as orders;
        match self.order {
            Order::Nothing => {}
            Order::Take(option) => orders::take(option),
            Order::Close(plant) => orders::close(plant),
            Order::Cancel => orders::cancel(),
        }
    }
}

export!(export_industry, industry);
