//! When electrolysers run and when hydrogen is ordered, hour by hour.

use crate::view::{export, policy, view};

#[cfg(target_arch = "wasm32")]
use crate::bindings::portvolt::policy::hydrogen_supply_view as host;

policy! {
    /// A policy of hydrogen supply. Export it with `portvolt_guest::export_hydrogen_supply!(MyPolicy);`.
}

/// Load steps of the columns by load: 1/10 to 10/10 of rated power.
pub const LOAD_STEPS: usize = 10;

view! {
    /// What a policy of hydrogen supply sees: see `plugins/wit/policy.wit` for what each column says.
    values {
        /// Now.
        time_s;
        /// Local hour of the week, from Monday.
        hour_of_week;
        /// Values a station in the columns by hour.
        hours_known;
    }
    each {
        /// What can be taken out of each storage.
        station_stock_kg: f64;
        /// The same when it is full.
        station_capacity_kg: f64;
        /// On the way in trailers.
        station_on_order_kg: f64;
        /// Trailers on the way.
        station_trailers_on_order: u32;
        /// Most trailers on the way at once.
        station_most_trailers: u32;
        /// Load of one trailer.
        station_payload_kg: f64;
        /// Stock with orders at which the scenario wants a trailer ordered.
        station_reorder_kg: f64;
        /// Most that a pipeline brings in an hour.
        station_piped_kg_per_h: f64;
        /// Present load of the electrolyser.
        station_load: f64;
        /// Its least load.
        station_least_load: f64;
        /// Most change of its load in an hour.
        station_ramp_per_h: f64;
        /// Power that the limits above it leave now.
        station_most_kw: f64;
        /// Price of own solar power.
        station_solar_usd_per_kwh: f64;
        /// What it makes, ten load steps a station.
        station_kg_per_h: f64;
        /// What it draws, ten load steps a station.
        station_power_kw: f64;
        /// Price of electricity by hour.
        station_price_usd_per_kwh: f64;
        /// Expected demand by hour.
        station_demand_kg: f64;
        /// Own solar power by hour.
        station_solar_kw: f64;
    }
    once {}
}

/// Orders of one decision: one entry a station.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Orders {
    /// Load of each electrolyser, 0 to 1.
    pub run_at: Vec<f64>,
    /// Trailers ordered now; empty for none.
    pub order_trailers: Vec<u32>,
}

impl Orders {
    #[doc(hidden)]
    #[cfg(target_arch = "wasm32")]
    pub fn hand_over(&self) {
        use crate::bindings::portvolt::policy::hydrogen_supply_orders as orders;
        orders::run_at(&self.run_at);
        if !self.order_trailers.is_empty() {
            orders::order_trailers(&self.order_trailers);
        }
    }
}

export!(export_hydrogen_supply, hydrogen_supply);
