//! Charging: columns of sessions and of the tree of limits; one set-point a session.

use super::kind::{Linking, PluginKind, Starters, Take, starter};
use super::order::{Dropped, check_charging};
use super::synthetic::{SyntheticView, odd, spread};
use crate::grid::state::{LimitTree, LocalTime, SiteOutlook, TariffAhead};
use crate::kernel::ids::NodeId;
use crate::kernel::units::{Kw, Kwh};
use crate::policy::kind::Charging;
use crate::policy::{ChargingView, SessionColumns};
use serde_json::Value;

/// Nothing: no node above, nothing that calls a vehicle away.
const NONE: u32 = u32::MAX;

/// What the host keeps for a guest of this kind.
#[derive(Debug, Default)]
pub struct ChargingState {
    time_s: u32,
    interval_s: u32,
    prices_known: u32,
    local: LocalTime,
    given_kw: Option<Vec<f64>>,
    asks_at_events: bool,
}

impl ChargingState {
    /// Orders a set-point for each session of the view, kW.
    pub fn set_points(&mut self, power_kw: Vec<f64>) {
        self.given_kw = Some(power_kw);
    }
}

/// Every single value by the name of its import.
const VALUES: &[(&str, fn(&ChargingState) -> u32)] = &[
    ("time-s", |state| state.time_s),
    ("interval-s", |state| state.interval_s),
    ("prices-known", |state| state.prices_known),
    ("hour", |state| state.local.hour),
    ("weekday", |state| state.local.weekday),
    ("month", |state| state.local.month),
];

/// Every column by the name of its import.
const COLUMNS: &[(&str, Take<Charging>)] = &[
    ("session-port", Take::U32(|view, out| out.extend_from_slice(&view.sessions.port))),
    ("session-site", Take::U32(|view, out| out.extend_from_slice(&view.sessions.site))),
    ("session-node", Take::U32(|view, out| out.extend(view.sessions.node.iter().map(|node| node.0)))),
    ("session-vehicle", Take::U32(|view, out| out.extend_from_slice(&view.sessions.vehicle))),
    ("session-ask-kw", Take::F64(|view, out| out.extend(view.sessions.ask_kw.iter().map(|power| power.0)))),
    ("session-max-kw", Take::F64(|view, out| out.extend(view.sessions.max_kw.iter().map(|power| power.0)))),
    ("session-give-kw", Take::F64(|view, out| out.extend(view.sessions.give_kw.iter().map(|power| power.0)))),
    ("session-soc", Take::F64(|view, out| out.extend_from_slice(&view.sessions.soc))),
    ("session-needs-kwh", Take::F64(|view, out| out.extend(view.sessions.needs_kwh.iter().map(|energy| energy.0)))),
    ("session-duty-kwh", Take::F64(|view, out| out.extend(view.sessions.duty_kwh.iter().map(|energy| energy.0)))),
    ("session-arrive-s", Take::U32(|view, out| out.extend_from_slice(&view.sessions.arrive_s))),
    ("session-depart-s", Take::U32(|view, out| out.extend_from_slice(&view.sessions.depart_s))),
    ("site-load-kw", Take::F64(|view, out| out.extend(view.sites.load_kw().iter().map(|power| power.0)))),
    ("site-solar-kw", Take::F64(|view, out| out.extend(view.sites.solar_kw().iter().map(|power| power.0)))),
    ("site-price-usd-per-kwh", Take::F64(|view, out| prices(view, out))),
    (
        "node-parent",
        Take::OnceU32(|view, out| {
            out.extend(view.tree.parents().iter().map(|above| above.map_or(NONE, |node| node.0)));
        }),
    ),
    ("node-limit-kw", Take::OnceF64(|view, out| out.extend(view.tree.limits().iter().map(|power| power.0)))),
    ("node-headroom-kw", Take::F64(|view, out| out.extend(view.headroom_kw.iter().map(|power| power.0)))),
    ("session-power-kw", Take::F64(|view, out| out.extend(view.sessions.power_kw.iter().map(|power| power.0)))),
    ("session-taken-kwh", Take::F64(|view, out| out.extend(view.sessions.taken_kwh.iter().map(|energy| energy.0)))),
    ("site-queue", Take::U32(|view, out| out.extend_from_slice(view.sites.queue()))),
    ("site-holiday", Take::U8(|view, out| out.extend(view.sites.is_holiday().map(u8::from)))),
    ("site-demand-usd-per-kw", Take::F64(|view, out| out.extend(view.sites.demand_usd_per_kw()))),
    ("site-peak-kw", Take::F64(|view, out| out.extend(view.sites.peak_kw().iter().map(|power| power.0)))),
];

/// Prices ahead, one site after the other, each as long as prices are known ahead; NaN where there is no tariff.
fn prices(view: &ChargingView<'_>, out: &mut Vec<f64>) {
    for site in 0..view.sites.sites() {
        let known = view.sites.prices(site);
        out.extend_from_slice(known);
        out.extend(std::iter::repeat_n(f64::NAN, view.sites.known() - known.len()));
    }
}

impl PluginKind for Charging {
    type State = ChargingState;
    const STARTERS: Starters = Starters {
        rust: starter!("equal_share/src/lib.rs", "equal_share_guest"),
        helper: ("helper/src/charging.rs", include_str!("../../plugins/helper/src/charging.rs")),
        c: starter!("edf_charging/edf_charging.c", "edf_in_c"),
        python: starter!("templates/charging.py"),
        javascript: starter!("least_flexible_first/app.js", "least_flexible_in_javascript"),
    };

    fn columns() -> &'static [(&'static str, Take<Self>)] {
        COLUMNS
    }

    fn values() -> &'static [(&'static str, fn(&Self::State) -> u32)] {
        VALUES
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        linker.order(
            "set-points",
            |(power_kw,): &(Vec<f64>,)| power_kw.len(),
            |state, (power_kw,)| state.set_points(power_kw),
        )?;
        linker.setting("ask-at-events", |state| state.asks_at_events = true)
    }

    fn is_memoryless(state: &Self::State) -> bool {
        state.asks_at_events
    }

    fn keep(state: &mut Self::State, view: &ChargingView<'_>) {
        (state.time_s, state.interval_s) = (view.time_s, view.interval_s);
        state.prices_known = view.sites.known() as u32;
        state.local = view.sites.local();
        state.given_kw = None;
    }

    fn size(view: &ChargingView<'_>) -> (u32, usize) {
        (view.time_s, view.sessions.len() + view.headroom_kw.len())
    }

    fn count(orders: &Vec<Kw>) -> usize {
        orders.len()
    }

    fn told(orders: &Vec<Kw>) -> Vec<(&'static str, Value)> {
        vec![("set-points", orders.iter().map(|power| power.0).collect())]
    }

    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&ChargingView<'_>)) {
        // A site of 4 MW with cabinets of 300 kW, four sessions each.
        let cabinets = made.vehicles.div_ceil(4).max(1);
        let parent = std::iter::once(None).chain((0..cabinets).map(|_| Some(NodeId(0)))).collect();
        let limit = std::iter::once(Kw(4_000.0)).chain((0..cabinets).map(|_| Kw(300.0))).collect();
        let tree = LimitTree::new(parent, limit);
        let mut sessions = SessionColumns::default();
        for at in 0..made.vehicles {
            let quantity = |value: f64, salt: u32| if made.is_odd { odd(at + salt) } else { value };
            let soc = spread(at, 0.2);
            sessions.port.push(at + 10);
            sessions.site.push(0);
            sessions.node.push(NodeId(1 + at / 4));
            sessions.vehicle.push(at * 7 % made.vehicles.max(1));
            sessions.ask_kw.push(Kw(quantity(150.0 - 100.0 * soc, 0)));
            sessions.max_kw.push(Kw(quantity(150.0, 1)));
            sessions.give_kw.push(Kw(if at % 5 == 0 { quantity(20.0, 4) } else { 0.0 }));
            sessions.soc.push(quantity(soc, 2));
            sessions.needs_kwh.push(Kwh(quantity(400.0 * (1.0 - soc), 3)));
            sessions.duty_kwh.push(Kwh(quantity(200.0 * (1.0 - soc), 5)));
            sessions.power_kw.push(Kw(quantity(60.0 * soc, 6)));
            sessions.taken_kwh.push(Kwh(quantity(80.0 * soc, 7)));
            sessions.arrive_s.push(36_000 - (7_200.0 * spread(at, 0.5)) as u32);
            sessions.depart_s.push(if at % 4 == 0 { NONE } else { 36_000 + (14_400.0 * spread(at, 0.7)) as u32 });
        }
        let mut sites = SiteOutlook::new(vec![TariffAhead::of_energy([0.2, 0.1, 0.4, 0.3])], 4);
        sites.add(0, Kw(120.0), Kw(40.0));
        let view = ChargingView {
            time_s: 36_000,
            interval_s: 300,
            tree: &tree,
            headroom_kw: tree.limits(),
            sessions: &sessions,
            sites: &sites,
        };
        show(&view);
    }

    fn orders(state: &mut Self::State, view: &ChargingView<'_>) -> (Vec<Kw>, Dropped) {
        let mut dropped = Dropped::default();
        let orders = check_charging(view, state.given_kw.as_deref(), &mut dropped);
        (orders, dropped)
    }
}
