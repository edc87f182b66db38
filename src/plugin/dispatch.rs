//! Dispatch: columns of trucks, hauls, sites and pairs of sites; orders to take hauls and to charge.

use super::kind::{Linking, PluginKind, Starters, Take, starter};
use super::order::{Dropped, HaulRows, check_dispatch};
use super::synthetic::{SyntheticView, odd, spread};
use crate::kernel::ids::SiteId;
use crate::place::site::Sites;
use crate::place::travel::Travel;
use crate::policy::energy_sites::{FuelSitesByFleet, SitesByFleet};
use crate::policy::kind::Dispatch;
use crate::policy::{Assign, ChargeAt, DispatchView, HaulColumns, Orders, SiteColumns, TruckColumns};
use serde_json::{Value, json};
use std::sync::Arc;

/// What the host keeps for a guest of this kind.
#[derive(Debug, Default)]
pub struct DispatchState {
    time_s: u32,
    hour: u32,
    travel: Option<Arc<Travel>>,
    given: Orders,
    /// More orders than this cannot all be good: each truck may have one.
    orders_limit: usize,
    /// Orders that were dropped before they were looked at.
    unread: Dropped,
    rows: HaulRows,
}

/// Every single value by the name of its import.
const VALUES: &[(&str, fn(&DispatchState) -> u32)] = &[
    ("time-s", |state| state.time_s),
    ("hour", |state| state.hour),
    ("longest-drive-s", |state| state.travel.as_ref().map_or(0, |travel| travel.longest_s())),
];

/// Every column by the name of its import.
const COLUMNS: &[(&str, Take<Dispatch>)] = &[
    ("truck-id", Take::U32(|view, out| out.extend_from_slice(&view.trucks.id))),
    ("truck-fleet", Take::U32(|view, out| out.extend_from_slice(&view.trucks.fleet))),
    ("truck-site", Take::U32(|view, out| out.extend_from_slice(&view.trucks.site))),
    ("truck-on-duty", Take::U8(|view, out| out.extend_from_slice(&view.trucks.on_duty))),
    ("truck-home", Take::U32(|view, out| out.extend_from_slice(&view.trucks.home))),
    ("truck-carrier", Take::U8(|view, out| out.extend_from_slice(&view.trucks.carrier))),
    ("truck-soc", Take::F64(|view, out| out.extend_from_slice(&view.trucks.soc))),
    ("truck-energy-kwh", Take::F64(|view, out| out.extend_from_slice(&view.trucks.energy_kwh))),
    ("truck-usable-kwh", Take::F64(|view, out| out.extend_from_slice(&view.trucks.usable_kwh))),
    ("truck-bobtail-kwh-per-km", Take::F64(|view, out| out.extend_from_slice(&view.trucks.bobtail_kwh_per_km))),
    ("truck-empty-kwh-per-km", Take::F64(|view, out| out.extend_from_slice(&view.trucks.empty_kwh_per_km))),
    ("truck-loaded-kwh-per-km", Take::F64(|view, out| out.extend_from_slice(&view.trucks.loaded_kwh_per_km))),
    ("truck-shift-end-s", Take::U32(|view, out| out.extend_from_slice(&view.trucks.shift_end_s))),
    ("truck-driving-left-s", Take::U32(|view, out| out.extend_from_slice(&view.trucks.driving_left_s))),
    ("haul-id", Take::U32(|view, out| out.extend_from_slice(&view.hauls.id))),
    ("haul-origin", Take::U32(|view, out| out.extend_from_slice(&view.hauls.origin))),
    ("haul-destination", Take::U32(|view, out| out.extend_from_slice(&view.hauls.destination))),
    ("haul-ready-s", Take::U32(|view, out| out.extend_from_slice(&view.hauls.ready_s))),
    ("haul-due-s", Take::U32(|view, out| out.extend_from_slice(&view.hauls.due_s))),
    ("haul-loaded", Take::U8(|view, out| out.extend_from_slice(&view.hauls.loaded))),
    ("haul-fleet", Take::U32(|view, out| out.extend_from_slice(&view.hauls.fleet))),
    ("site-ports", Take::U32(|view, out| out.extend_from_slice(&view.sites.ports))),
    ("site-ports-taken", Take::U32(|view, out| out.extend_from_slice(&view.sites.ports_in_use))),
    ("site-queue", Take::U32(|view, out| out.extend_from_slice(&view.sites.queue))),
    ("site-stay-s", Take::U32(|view, out| out.extend_from_slice(&view.sites.stay_s))),
    ("site-h2-positions", Take::U32(|view, out| out.extend_from_slice(&view.sites.h2_positions))),
    ("site-h2-taken", Take::U32(|view, out| out.extend_from_slice(&view.sites.h2_taken))),
    ("site-h2-queue", Take::U32(|view, out| out.extend_from_slice(&view.sites.h2_queue))),
    ("site-h2-free-kg", Take::F64(|view, out| out.extend_from_slice(&view.sites.h2_free_kg))),
    ("pair-km", Take::OnceF64(|view, out| out.extend(pairs(view.travel).map(|(a, b)| view.travel.km(a, b))))),
    (
        "pair-energy-km",
        Take::OnceF64(|view, out| out.extend(pairs(view.travel).map(|(a, b)| view.travel.energy_km(a, b)))),
    ),
    (
        "fleet-charging-fleet",
        Take::OnceU32(|view, out| out.extend(by_fleet(view.may_charge.sites()).map(|(fleet, _)| fleet))),
    ),
    (
        "fleet-charging-site",
        Take::OnceU32(|view, out| out.extend(by_fleet(view.may_charge.sites()).map(|(_, site)| site))),
    ),
    (
        "fleet-fueling-fleet",
        Take::OnceU32(|view, out| out.extend(by_fleet(view.may_fuel.sites()).map(|(fleet, _)| fleet))),
    ),
    (
        "fleet-fueling-site",
        Take::OnceU32(|view, out| out.extend(by_fleet(view.may_fuel.sites()).map(|(_, site)| site))),
    ),
];

/// All pairs of sites, row by row.
fn pairs(travel: &Travel) -> impl Iterator<Item = (SiteId, SiteId)> {
    let sites = travel.sites();
    (0..sites).flat_map(move |from| (0..sites).map(move |to| (SiteId::at(from), SiteId::at(to))))
}

/// Fleets and the sites where they may charge or fuel.
fn by_fleet(sites: &[Vec<SiteId>]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let fleets = sites.iter().enumerate();
    fleets.flat_map(|(fleet, sites)| sites.iter().map(move |site| (fleet as u32, site.0)))
}

impl DispatchState {
    fn drive_s(&self, hour: u32) -> Result<Vec<u32>, String> {
        let hour = Some(hour as usize).filter(|hour| *hour < 24);
        let hour = hour.ok_or_else(|| "`pair-drive-s` takes an hour of the day, 0 to 23".to_owned())?;
        let travel = self.travel.as_ref().ok_or("there is no view")?;
        Ok(pairs(travel).map(|(from, to)| travel.drive_s(from, to, hour)).collect())
    }

    /// How many of `count` further orders are looked at; the others are dropped.
    fn room(&mut self, count: usize) -> usize {
        let had = self.given.assign.len() + self.given.charge.len();
        let room = self.orders_limit.saturating_sub(had).min(count);
        if room < count {
            let limit = self.orders_limit;
            self.unread.note_many((count - room) as u64, || format!("more than {limit} orders in one decision"));
        }
        room
    }

    /// Orders trucks to take hauls, by their ids.
    pub fn assign(&mut self, trucks: &[u32], hauls: &[u32]) {
        if trucks.len() != hauls.len() {
            let longer = trucks.len().max(hauls.len()) as u64;
            self.unread.note_many(longer, || format!("assign: {} trucks and {} hauls", trucks.len(), hauls.len()));
            return;
        }
        let room = self.room(trucks.len());
        let orders = trucks.iter().zip(hauls).take(room).map(|(truck, haul)| Assign { truck: *truck, haul: *haul });
        self.given.assign.extend(orders);
    }

    /// Orders trucks to charge or fuel at sites up to a state of charge or level, by their ids.
    pub fn charge(&mut self, trucks: &[u32], sites: &[u32], to_soc: &[f64]) {
        if trucks.len() != sites.len() || trucks.len() != to_soc.len() {
            let longest = trucks.len().max(sites.len()).max(to_soc.len()) as u64;
            let (trucks, sites, socs) = (trucks.len(), sites.len(), to_soc.len());
            self.unread
                .note_many(longest, || format!("charge: {trucks} trucks, {sites} sites and {socs} states of charge"));
            return;
        }
        let room = self.room(trucks.len());
        let rows = trucks.iter().zip(sites).zip(to_soc).take(room);
        let orders = rows.map(|((truck, site), to_soc)| ChargeAt { truck: *truck, site: *site, to_soc: *to_soc });
        self.given.charge.extend(orders);
    }
}

impl PluginKind for Dispatch {
    type State = DispatchState;
    const STARTERS: Starters = Starters {
        rust: starter!("soc_aware_dispatch/src/lib.rs", "soc_aware_dispatch"),
        helper: ("helper/src/dispatch.rs", include_str!("../../plugins/helper/src/dispatch.rs")),
        c: starter!("templates/dispatch.c"),
        python: starter!("first_come_dispatch/app.py", "first_come_in_python"),
        javascript: starter!("templates/dispatch.js"),
    };

    fn columns() -> &'static [(&'static str, Take<Self>)] {
        COLUMNS
    }

    fn values() -> &'static [(&'static str, fn(&Self::State) -> u32)] {
        VALUES
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        linker.column_of("pair-drive-s", DispatchState::drive_s)?;
        linker.order(
            "assign",
            |(trucks, hauls): &(Vec<u32>, Vec<u32>)| trucks.len() + hauls.len(),
            |state, (trucks, hauls)| state.assign(&trucks, &hauls),
        )?;
        linker.order(
            "charge",
            |(trucks, sites, to_soc): &(Vec<u32>, Vec<u32>, Vec<f64>)| trucks.len() + sites.len() + to_soc.len(),
            |state, (trucks, sites, to_soc)| state.charge(&trucks, &sites, &to_soc),
        )
    }

    fn keep(state: &mut Self::State, view: &DispatchView<'_>) {
        (state.time_s, state.hour) = (view.time_s, view.hour as u32);
        state.travel.get_or_insert_with(|| Arc::new(view.travel.clone()));
        state.given.assign.clear();
        state.given.charge.clear();
        // Room for a bad order beside every good one, so that the reasons of the first bad ones can be told.
        state.orders_limit = 2 * view.trucks.id.len() + 100;
    }

    fn size(view: &DispatchView<'_>) -> (u32, usize) {
        let (trucks, hauls, sites) = (view.trucks.id.len(), view.hauls.id.len(), view.travel.sites());
        (view.time_s, trucks + hauls + sites)
    }

    fn count(orders: &Orders) -> usize {
        orders.assign.len() + orders.charge.len()
    }

    fn told(orders: &Orders) -> Vec<(&'static str, Value)> {
        let assign = orders.assign.iter().map(|Assign { truck, haul }| json!([truck, haul]));
        let charge = orders.charge.iter().map(|ChargeAt { truck, site, to_soc }| json!([truck, site, to_soc]));
        vec![("assign", assign.collect()), ("charge", charge.collect())]
    }

    /// Times of trips, by the hour in which they begin.
    fn told_once(view: &DispatchView<'_>) -> Vec<(&'static str, Value)> {
        let at = |hour| pairs(view.travel).map(|(from, to)| view.travel.drive_s(from, to, hour)).collect::<Value>();
        vec![("pair-drive-s", (0..24).map(at).collect())]
    }

    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&DispatchView<'_>)) {
        let (trucks, hauls) = (made_trucks(made), made_hauls(made));
        let of = |value: u32| vec![value; MADE_SITES as usize];
        let sites = SiteColumns {
            ports: of(4),
            ports_in_use: of(1),
            queue: of(0),
            stay_s: of(1_200),
            h2_positions: of(2),
            h2_taken: of(0),
            h2_queue: of(0),
            h2_free_kg: vec![500.0; MADE_SITES as usize],
        };
        let may_fuel = FuelSitesByFleet::new(vec![vec![SiteId(1)], vec![], vec![SiteId(2)]]);
        let may_charge = SitesByFleet::new(vec![vec![SiteId(0), SiteId(3)], vec![SiteId(5)], vec![]], Vec::new());
        let travel = made_travel();
        let (time_s, hour) = (36_000, 10);
        show(&DispatchView {
            time_s,
            hour,
            trucks,
            hauls: &hauls,
            sites,
            travel: &travel,
            may_charge: &may_charge,
            may_fuel: &may_fuel,
        });
    }

    fn orders(state: &mut Self::State, view: &DispatchView<'_>) -> (Orders, Dropped) {
        let mut dropped = core::mem::take(&mut state.unread);
        let orders = check_dispatch(view, &state.given, &mut state.rows, &mut dropped);
        (orders, dropped)
    }
}

/// Sites of made-up views.
const MADE_SITES: u32 = 8;

/// A third each: batteries on duty, no batteries on duty, batteries off duty.
fn made_trucks(made: SyntheticView) -> TruckColumns {
    let mut trucks = TruckColumns::default();
    for at in 0..made.vehicles {
        let (has_battery, soc) = (at % 3 != 1, spread(at, 0.3));
        let quantity = |value: f64, salt: u32| if made.is_odd { odd(at + salt) } else { value };
        let if_battery = |value: f64, none: f64| if has_battery { value } else { none };
        trucks.id.push(3 * at + 1);
        trucks.fleet.push(at % 3);
        trucks.site.push(at % MADE_SITES);
        trucks.on_duty.push(u8::from(at % 3 != 2));
        trucks.home.push(if at % 5 == 0 { u32::MAX } else { at % MADE_SITES });
        trucks.carrier.push(u8::from(has_battery));
        trucks.soc.push(quantity(if_battery(soc, 1.0), 0));
        trucks.energy_kwh.push(quantity(if_battery(400.0 * soc, f64::INFINITY), 1));
        trucks.usable_kwh.push(quantity(if_battery(400.0, 0.0), 2));
        trucks.bobtail_kwh_per_km.push(quantity(if_battery(0.9, 0.0), 3));
        trucks.empty_kwh_per_km.push(quantity(if_battery(1.1, 0.0), 4));
        trucks.loaded_kwh_per_km.push(quantity(if_battery(1.5, 0.0), 5));
        trucks.shift_end_s.push(if made.is_odd { u32::MAX } else { 36_000 + (28_800.0 * spread(at, 0.1)) as u32 });
        trucks.driving_left_s.push(if made.is_odd { 0 } else { 20_000 });
    }
    trucks
}

/// Twice as many hauls as trucks, in the order of readiness.
fn made_hauls(made: SyntheticView) -> HaulColumns {
    let mut hauls = HaulColumns::default();
    let count = 2 * made.vehicles;
    for at in 0..count {
        let ready_s = 34_000 + (7_200 * u64::from(at) / u64::from(count)) as u32;
        hauls.id.push(at + 1_000);
        hauls.origin.push(at % MADE_SITES);
        hauls.destination.push((at / MADE_SITES + at + 1) % MADE_SITES);
        hauls.ready_s.push(ready_s);
        hauls.due_s.push(if made.is_odd { 0 } else { ready_s + 14_400 });
        hauls.loaded.push((at % 2) as u8);
        hauls.fleet.push(if at % 10 == 0 { 1 } else { u32::MAX });
    }
    hauls
}

/// Sites on a line, 7 km apart and more.
///
/// # Panics
/// Never: the tables are our own.
fn made_travel() -> Travel {
    let spec = serde_json::json!({
        "circuity": 1.3, "local_up_to_km": 8.0, "arterial_up_to_km": 25.0, "local_kmh": 35.0, "arterial_kmh": 55.0,
        "freeway_kmh": 90.0, "traffic": vec![1.0; 24], "local_energy_factor": 1.2, "arterial_energy_factor": 1.1,
    });
    let site = |at: u32| {
        let spec = serde_json::json!({ "kind": "depot", "lat": 33.7 + 0.05 * f64::from(at), "lon": -118.2 });
        (format!("site_{at:06}"), serde_json::from_value(spec).expect("our own table"))
    };
    let sites = Sites::of(&(0..MADE_SITES).map(site).collect());
    Travel::new(&serde_json::from_value(spec).expect("our own table"), &sites, &[])
}
