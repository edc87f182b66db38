//! What is bought in each year of a transition.

use crate::view::{export, policy, view};

#[cfg(target_arch = "wasm32")]
use crate::bindings::portvolt::policy::adoption_view as host;

policy! {
    /// An adoption policy. Export it with `portvolt_guest::export_adoption!(MyPolicy);`.
}

view! {
    /// What an adoption policy sees: see `plugins/wit/policy.wit` for what each column says.
    values {
        /// The year that is decided.
        year;
        /// Costs are known to this share, in thousandths.
        cost_uncertainty_permille;
    }
    each {
        /// Vehicles that each holding has to buy.
        holding_due: u32;
        /// Vehicles that it should have then.
        holding_vehicles: u32;
        /// Vehicles of one of its operators.
        holding_vehicles_each: f64;
        /// Vehicles with a tailpipe that could go before their time.
        holding_old: u32;
        /// The holding of each option, ascending.
        option_holding: u32;
        /// Number of its model.
        option_model: u32;
        /// Nothing leaves a tailpipe: 1.
        option_zero_emission: u8;
        /// It can be had and does enough: 1.
        option_open: u8;
        /// Cost of owning one, a year.
        option_usd_per_year: f64;
        /// Share of the days that it can do.
        option_coverage: f64;
        /// Emissions of one, a year.
        option_co2e_kg_per_year: f64;
        /// How many the holding has.
        option_stock: u32;
        /// How many of its powertrain can be bought this year, by all together; NONE without a limit.
        option_ramp_left: u32;
        /// The kind whose ramp that is: options of one kind share what is left.
        option_ramp_kind: u32;
    }
    once {}
}

/// Orders of one decision.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Orders {
    /// How many of each option, in the order of the view.
    pub buy: Vec<u32>,
    /// How many each holding replaces before their time; empty for none.
    pub replace_early: Vec<u32>,
}

impl Orders {
    #[doc(hidden)]
    #[cfg(target_arch = "wasm32")]
    pub fn hand_over(&self) {
        use crate::bindings::portvolt::policy::adoption_orders as orders;
        orders::buy(&self.buy);
        if !self.replace_early.is_empty() {
            orders::replace_early(&self.replace_early);
        }
    }
}

export!(export_adoption, adoption);
