//! What is built in each year of a transition.

use crate::view::{export, policy, view};

#[cfg(target_arch = "wasm32")]
use crate::bindings::portvolt::policy::build_out_view as host;

policy! {
    /// A policy of build-out. Export it with `portvolt_guest::export_build_out!(MyPolicy);`.
}

view! {
    /// What a policy of build-out sees: see `plugins/wit/policy.wit` for what each column says.
    values {
        /// The year that is decided.
        year;
    }
    each {
        /// The site of each group of chargers.
        group_site: u32;
        /// Its cabinets in service or on the way.
        group_cabinets: u32;
        /// Its cabinets in service.
        group_in_service: u32;
        /// Power of a cabinet.
        group_cabinet_kw: f64;
        /// Charging power that its vehicles count on.
        group_vehicle_kw: f64;
        /// 95th percentile of last year's waits; NaN where nobody came.
        group_wait_p95_min: f64;
        /// Connection of each site; infinite without a limit.
        site_limit_kw: f64;
        /// Last year's peak.
        site_peak_kw: f64;
        /// Load without chargers.
        site_load_kw: f64;
        /// The site whose connection carries this one too, or NONE.
        site_behind: u32;
    }
    once {}
}

/// Orders of one decision.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Orders {
    /// Cabinets that each group gets.
    pub add_cabinets: Vec<u32>,
    /// Power that each site's connection gets, kW.
    pub add_grid_kw: Vec<f64>,
    /// Do the planned projects go ahead?
    pub build_as_planned: bool,
}

impl Orders {
    #[doc(hidden)]
    #[cfg(target_arch = "wasm32")]
    pub fn hand_over(&self) {
        use crate::bindings::portvolt::policy::build_out_orders as orders;
        orders::add_cabinets(&self.add_cabinets);
        orders::add_grid(&self.add_grid_kw);
        orders::build_as_planned(u32::from(self.build_as_planned));
    }
}

export!(export_build_out, build_out);
