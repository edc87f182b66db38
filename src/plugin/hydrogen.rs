//! Hydrogen supply: columns of stations, hour by hour; loads of electrolysers and trailers ordered.

use super::kind::{Linking, PluginKind, Starters, Take, starter};
use super::order::{Dropped, check_supply};
use super::synthetic::{SyntheticView, odd, spread};
use crate::policy::kind::HydrogenSupply;
use crate::policy::{HydrogenOrders, HydrogenView, LOAD_STEPS};
use serde_json::{Value, json};

/// What the host keeps for a guest of this kind.
#[derive(Debug, Default)]
pub struct HydrogenSupplyState {
    time_s: u32,
    hour_of_week: u32,
    hours: u32,
    load: Option<Vec<f64>>,
    trailers: Option<Vec<u32>>,
}

/// Every single value by the name of its import.
const VALUES: &[(&str, fn(&HydrogenSupplyState) -> u32)] = &[
    ("time-s", |state| state.time_s),
    ("hour-of-week", |state| state.hour_of_week),
    ("hours-known", |state| state.hours),
];

/// Every column by the name of its import.
const COLUMNS: &[(&str, Take<HydrogenSupply>)] = &[
    ("station-stock-kg", Take::F64(|view, out| out.extend_from_slice(&view.stock_kg))),
    ("station-capacity-kg", Take::F64(|view, out| out.extend_from_slice(&view.capacity_kg))),
    ("station-on-order-kg", Take::F64(|view, out| out.extend_from_slice(&view.on_order_kg))),
    ("station-trailers-on-order", Take::U32(|view, out| out.extend_from_slice(&view.trailers_on_order))),
    ("station-most-trailers", Take::U32(|view, out| out.extend_from_slice(&view.most_trailers))),
    ("station-payload-kg", Take::F64(|view, out| out.extend_from_slice(&view.payload_kg))),
    ("station-reorder-kg", Take::F64(|view, out| out.extend_from_slice(&view.reorder_kg))),
    ("station-piped-kg-per-h", Take::F64(|view, out| out.extend_from_slice(&view.piped_kg_per_h))),
    ("station-load", Take::F64(|view, out| out.extend_from_slice(&view.load))),
    ("station-least-load", Take::F64(|view, out| out.extend_from_slice(&view.least_load))),
    ("station-ramp-per-h", Take::F64(|view, out| out.extend_from_slice(&view.ramp_per_h))),
    ("station-most-kw", Take::F64(|view, out| out.extend_from_slice(&view.most_kw))),
    ("station-solar-usd-per-kwh", Take::F64(|view, out| out.extend_from_slice(&view.solar_usd_per_kwh))),
    ("station-kg-per-h", Take::F64(|view, out| out.extend_from_slice(&view.kg_per_h))),
    ("station-power-kw", Take::F64(|view, out| out.extend_from_slice(&view.power_kw))),
    ("station-price-usd-per-kwh", Take::F64(|view, out| out.extend_from_slice(&view.usd_per_kwh))),
    ("station-demand-kg", Take::F64(|view, out| out.extend_from_slice(&view.demand_kg))),
    ("station-solar-kw", Take::F64(|view, out| out.extend_from_slice(&view.solar_kw))),
];

impl PluginKind for HydrogenSupply {
    type State = HydrogenSupplyState;
    const STARTERS: Starters = Starters {
        rust: starter!("sun_and_reserve/src/lib.rs", "sun_and_reserve"),
        helper: ("helper/src/hydrogen_supply.rs", include_str!("../../plugins/helper/src/hydrogen_supply.rs")),
        c: starter!("templates/hydrogen_supply.c"),
        python: starter!("templates/hydrogen_supply.py"),
        javascript: starter!("templates/hydrogen_supply.js"),
    };

    fn columns() -> &'static [(&'static str, Take<Self>)] {
        COLUMNS
    }

    fn values() -> &'static [(&'static str, fn(&Self::State) -> u32)] {
        VALUES
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        linker.order("run-at", |(load,): &(Vec<f64>,)| load.len(), |state, (load,)| state.load = Some(load))?;
        let length = |(count,): &(Vec<u32>,)| count.len();
        linker.order("order-trailers", length, |state, (count,)| state.trailers = Some(count))
    }

    fn keep(state: &mut Self::State, view: &HydrogenView) {
        state.time_s = view.time_s;
        state.hour_of_week = view.hour_of_week as u32;
        state.hours = view.hours as u32;
        (state.load, state.trailers) = (None, None);
    }

    fn size(view: &HydrogenView) -> (u32, usize) {
        (view.time_s, view.station.len() * (1 + view.hours))
    }

    fn count(orders: &HydrogenOrders) -> usize {
        let loads = orders.load.iter().filter(|load| **load > 0.0).count();
        loads + orders.trailers.iter().filter(|count| **count > 0).count()
    }

    fn told(orders: &HydrogenOrders) -> Vec<(&'static str, Value)> {
        vec![("run-at", json!(orders.load)), ("order-trailers", json!(orders.trailers))]
    }

    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&HydrogenView)) {
        let (stations, hours) = (made.vehicles.div_ceil(100), 24);
        let quantity = |value: f64, at: u32| if made.is_odd { odd(at) } else { value };
        let each = |value: fn(u32) -> f64| (0..stations).map(|at| quantity(value(at), at)).collect::<Vec<f64>>();
        let by_hour =
            |value: fn(u32) -> f64| (0..stations * hours).map(|at| quantity(value(at), at)).collect::<Vec<f64>>();
        let by_step = |most: f64| {
            let step = |at: u32| most * f64::from(at % LOAD_STEPS as u32 + 1) / LOAD_STEPS as f64;
            (0..stations * LOAD_STEPS as u32).map(|at| quantity(step(at), at)).collect::<Vec<f64>>()
        };
        let view = HydrogenView {
            time_s: 3_600,
            hour_of_week: 1,
            hours: hours as usize,
            station: (0..stations).collect(),
            stock_kg: each(|at| 2_000.0 * spread(at, 0.2)),
            capacity_kg: each(|_| 2_000.0),
            on_order_kg: each(|at| f64::from(at % 2) * 350.0),
            trailers_on_order: (0..stations).map(|at| at % 2).collect(),
            most_trailers: (0..stations).map(|at| at % 4).collect(),
            payload_kg: each(|_| 350.0),
            reorder_kg: each(|_| 700.0),
            piped_kg_per_h: each(|at| f64::from(at % 3) * 10.0),
            piped_usd_per_kg: each(|at| f64::from(at % 3) * 2.0),
            load: each(|at| spread(at, 0.4)),
            least_load: each(|_| 0.1),
            ramp_per_h: each(|_| 12.0),
            most_kw: each(|at| if at % 2 == 0 { f64::INFINITY } else { 1_500.0 }),
            solar_usd_per_kwh: each(|_| 0.03),
            kg_per_h: by_step(40.0),
            power_kw: by_step(2_200.0),
            usd_per_kwh: by_hour(|at| 0.05 + 0.2 * spread(at, 0.7)),
            demand_kg: by_hour(|at| 30.0 * spread(at, 0.1)),
            solar_kw: by_hour(|at| 500.0 * spread(at, 0.5)),
        };
        show(&view);
    }

    fn orders(state: &mut Self::State, view: &HydrogenView) -> (HydrogenOrders, Dropped) {
        let mut dropped = Dropped::default();
        let orders = check_supply(view, state.load.as_deref(), state.trailers.as_deref(), &mut dropped);
        (orders, dropped)
    }
}
