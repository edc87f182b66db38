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
    reals {
        /// Costs are known to this share.
        cost_uncertainty;
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
        /// What each holding holds: 0 trucks, from 1 the classes of equipment.
        holding_class: u32;
        /// What moves each option: 0 diesel, 1 battery, 2 fuel cell, 3 a cable from the site.
        option_powertrain: u8;
        /// Price of a new one.
        option_price_usd: f64;
        /// Vouchers and tax credits for one.
        option_incentive_usd: f64;
        /// Its price less incentives and what it is worth at the end, by year.
        option_capital_usd_per_year: f64;
        /// Taxes on the purchase, by year.
        option_tax_usd_per_year: f64;
        /// Energy.
        option_energy_usd_per_year: f64;
        /// Maintenance.
        option_maintenance_usd_per_year: f64;
        /// Insurance.
        option_insurance_usd_per_year: f64;
        /// Waiting and charging at the driver's wage.
        option_waiting_usd_per_year: f64;
        /// Its share of chargers.
        option_build_out_usd_per_year: f64;
        /// Its share of their connection.
        option_connection_usd_per_year: f64;
        /// Hauls that it cannot do.
        option_unmet_hauls_usd_per_year: f64;
        /// Fees for containers.
        option_fees_usd_per_year: f64;
        /// Carbon price of its fuel.
        option_carbon_usd_per_year: f64;
        /// Credits of fuel standards, below 0 where they are income.
        option_credits_usd_per_year: f64;
        /// Work that others do for its weight.
        option_payload_usd_per_year: f64;
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
