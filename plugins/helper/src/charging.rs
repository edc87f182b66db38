//! The set-point of every charging session.

use crate::view::{export, policy, view};

#[cfg(target_arch = "wasm32")]
use crate::bindings::portvolt::policy::charging_view as host;

policy! {
    /// A charging policy. Export it with `portvolt_guest::export_charging!(MyPolicy);`.
}

view! {
    /// What a charging policy sees: see `plugins/wit/policy.wit` for what each column says.
    values {
        /// Start of the interval, seconds since the start of the run.
        time_s;
        /// Length of the interval.
        interval_s;
        /// How many intervals prices are known ahead.
        prices_known;
        /// Local hour of the day in which the interval began, 0 to 23.
        hour;
        /// 0 (Monday) to 6.
        weekday;
        /// 1 (January) to 12.
        month;
    }
    each {
        /// The port that the session is at.
        session_port: u32;
        /// Its site.
        session_site: u32;
        /// Its lowest node in the tree of limits.
        session_node: u32;
        /// Place of its vehicle in the order of vehicles.
        session_vehicle: u32;
        /// Mean power over the interval that it can take.
        session_ask_kw: f64;
        /// Most power of port and vehicle.
        session_max_kw: f64;
        /// Mean power over the interval that it may give back.
        session_give_kw: f64;
        /// State of charge.
        session_soc: f64;
        /// Energy it still needs, grid side.
        session_needs_kwh: f64;
        /// Of it what its next duty takes.
        session_duty_kwh: f64;
        /// When it came to the site.
        session_arrive_s: u32;
        /// When it has to go, or NONE.
        session_depart_s: u32;
        /// Power of everything but charging at each site, without solar.
        site_load_kw: f64;
        /// Solar power of each site.
        site_solar_kw: f64;
        /// Energy prices ahead, $/kWh, `prices_known` a site; NaN where a site has no tariff.
        site_price_usd_per_kwh: f64;
        /// Power left for charging at each node.
        node_headroom_kw: f64;
        /// Power in force until now at each session; 0 for one that has just plugged in.
        session_power_kw: f64;
        /// Energy that it has taken since it plugged in, less what it gave back.
        session_taken_kwh: f64;
        /// Vehicles that wait for a port of each site.
        site_queue: u32;
        /// Its tariff bills this day as a holiday: 1.
        site_holiday: u8;
        /// What a kW more of its peak costs that counts in this interval.
        site_demand_usd_per_kw: f64;
        /// Its highest mean power of an interval in this month so far.
        site_peak_kw: f64;
    }
    once {
        /// The node above each, or NONE.
        node_parent: u32;
        /// Most mean power of each node.
        node_limit_kw: f64;
    }
}

/// Orders of one decision.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Orders {
    /// One mean power a session, in the order of the view.
    pub power_kw: Vec<f64>,
}

impl Orders {
    #[doc(hidden)]
    #[cfg(target_arch = "wasm32")]
    pub fn hand_over(&self) {
        crate::bindings::portvolt::policy::charging_orders::set_points(&self.power_kw);
    }
}

/// Called in `start` by a policy whose orders depend on nothing but the sessions and limits of the view: where power is shared at
/// each event it is then asked at each of them.
pub fn ask_at_events() {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::portvolt::policy::charging_orders::ask_at_events();
}

export!(export_charging, charging);
