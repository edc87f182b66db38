//! Build-out: columns of groups of chargers and of sites, as the year before showed them; what is begun this year.

use super::kind::{Linking, PluginKind, Starters, Take, starter};
use super::order::{Dropped, check_works};
use super::synthetic::{SyntheticView, odd, spread};
use crate::policy::build_out::{BuildOutOrders, BuildOutView};
use crate::policy::kind::BuildOut;
use serde_json::{Value, json};

/// No site above.
const NONE: u32 = u32::MAX;

/// What the host keeps for a guest.
#[derive(Debug, Default)]
pub struct BuildOutState {
    year: u32,
    cabinets: Option<Vec<u32>>,
    grid_kw: Option<Vec<f64>>,
    goes_ahead: bool,
}

/// Every single value by the name of its import.
const VALUES: &[(&str, fn(&BuildOutState) -> u32)] = &[("year", |state| state.year)];

/// Every column by the name of its import.
const COLUMNS: &[(&str, Take<BuildOut>)] = &[
    ("group-site", Take::U32(|view, out| out.extend(view.site.iter().map(|site| *site as u32)))),
    ("group-cabinets", Take::U32(|view, out| out.extend_from_slice(&view.cabinets))),
    ("group-in-service", Take::U32(|view, out| out.extend_from_slice(&view.in_service))),
    ("group-cabinet-kw", Take::F64(|view, out| out.extend_from_slice(&view.cabinet_kw))),
    ("group-vehicle-kw", Take::F64(|view, out| out.extend_from_slice(&view.vehicle_kw))),
    (
        "group-wait-p95-min",
        Take::F64(|view, out| out.extend(view.wait_p95_min.iter().map(|it| it.unwrap_or(f64::NAN)))),
    ),
    (
        "site-limit-kw",
        Take::F64(|view, out| out.extend(view.site_limit_kw.iter().map(|it| it.unwrap_or(f64::INFINITY)))),
    ),
    ("site-peak-kw", Take::F64(|view, out| out.extend_from_slice(&view.site_peak_kw))),
    ("site-load-kw", Take::F64(|view, out| out.extend_from_slice(&view.site_load_kw))),
    (
        "site-behind",
        Take::U32(|view, out| out.extend(view.site_behind.iter().map(|it| it.map_or(NONE, |at| at as u32)))),
    ),
];

impl PluginKind for BuildOut {
    type State = BuildOutState;
    const STARTERS: Starters = Starters {
        rust: starter!("room_to_grow/src/lib.rs", "room_to_grow"),
        helper: ("helper/src/build_out.rs", include_str!("../../plugins/helper/src/build_out.rs")),
        c: starter!("templates/build_out.c"),
        python: starter!("templates/build_out.py"),
        javascript: starter!("templates/build_out.js"),
    };

    fn columns() -> &'static [(&'static str, Take<Self>)] {
        COLUMNS
    }

    fn values() -> &'static [(&'static str, fn(&Self::State) -> u32)] {
        VALUES
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        let length = |(count,): &(Vec<u32>,)| count.len();
        linker.order("add-cabinets", length, |state, (count,)| state.cabinets = Some(count))?;
        linker.order("add-grid", |(kw,): &(Vec<f64>,)| kw.len(), |state, (kw,)| state.grid_kw = Some(kw))?;
        linker.order("build-as-planned", |_: &(u32,)| 1, |state, (yes,)| state.goes_ahead = yes != 0)
    }

    fn keep(state: &mut Self::State, view: &BuildOutView) {
        state.year = u32::from(view.year);
        (state.cabinets, state.grid_kw, state.goes_ahead) = (None, None, false);
    }

    fn size(view: &BuildOutView) -> (u32, usize) {
        (u32::from(view.year), view.site.len() + view.site_limit_kw.len())
    }

    fn count(orders: &BuildOutOrders) -> usize {
        let cabinets = orders.cabinets.iter().filter(|count| **count > 0).count();
        cabinets + orders.grid_kw.iter().filter(|kw| **kw > 0.0).count()
    }

    fn told(orders: &BuildOutOrders) -> Vec<(&'static str, Value)> {
        let BuildOutOrders { cabinets, grid_kw, does_planned } = orders;
        vec![("add-cabinets", json!(cabinets)), ("add-grid", json!(grid_kw)), ("build-as-planned", json!(does_planned))]
    }

    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&BuildOutView)) {
        // A site for ten groups; every tenth carries the nine after it.
        let (groups, sites) = (made.vehicles.div_ceil(10), made.vehicles.div_ceil(100));
        let quantity = |value: f64, at: u32| if made.is_odd { odd(at) } else { value };
        let view = BuildOutView {
            year: 2030,
            site: (0..groups).map(|at| (at / 10) as usize).collect(),
            cabinets: (0..groups).map(|at| 1 + at % 20).collect(),
            in_service: (0..groups).map(|at| 1 + at % 20 - at % 2).collect(),
            cabinet_kw: (0..groups).map(|at| quantity(180.0, at)).collect(),
            vehicle_kw: (0..groups).map(|at| quantity(4_000.0 * spread(at, 0.3), at + 1)).collect(),
            cabinet_ports: vec![2; groups as usize],
            users: (0..groups).map(|at| 10 + at % 30).collect(),
            present: (0..groups).map(|at| at % 20).collect(),
            service_min: vec![Some(45.0); groups as usize],
            wait_p95_min: (0..groups)
                .map(|at| (at % 5 > 0).then(|| quantity(60.0 * spread(at, 0.6), at + 2)))
                .collect(),
            site_limit_kw: (0..sites).map(|at| (at % 4 > 0).then_some(5_000.0)).collect(),
            site_peak_kw: (0..sites).map(|at| quantity(5_000.0 * spread(at, 0.9), at)).collect(),
            site_load_kw: (0..sites).map(|at| quantity(300.0, at + 3)).collect(),
            site_behind: (0..sites).map(|at| (at % 10 > 0).then_some((at - at % 10) as usize)).collect(),
        };
        show(&view);
    }

    fn orders(state: &mut Self::State, view: &BuildOutView) -> (BuildOutOrders, Dropped) {
        let mut dropped = Dropped::default();
        let (cabinets, grid_kw) = (state.cabinets.as_deref(), state.grid_kw.as_deref());
        let works = check_works(view, cabinets, grid_kw, state.goes_ahead, &mut dropped);
        (works, dropped)
    }
}
