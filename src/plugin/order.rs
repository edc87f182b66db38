//! Checks orders against the view they answer: pure functions. A bad order is dropped and counted, with the reason of
//! the first ones.

use crate::kernel::ids::SiteId;
use crate::kernel::units::Kw;
use crate::policy::adoption::{AdoptionView, Purchases};
use crate::policy::build_out::{BuildOutOrders, BuildOutView};
use crate::policy::{Assign, Carrier, ChargeAt, ChargingView, DispatchView, HydrogenOrders, HydrogenView, Orders};

/// Reasons that are kept.
const EXAMPLES: usize = 5;
/// What a scenario's schema allows for a group of chargers and a connection.
const MOST_CABINETS: u32 = 10_000;
const MOST_GRID_KW: f64 = 1e6;
/// No fleet must carry the haul.
const NOBODY: u32 = u32::MAX;

/// Orders that were dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[doc(hidden)]
pub struct Dropped {
    /// How many.
    pub count: u64,
    /// Why the first ones were.
    pub examples: Vec<String>,
}

impl Dropped {
    /// Notes one order and why it was dropped; the reason is worked out for the first ones only.
    pub(super) fn note(&mut self, reason: impl FnOnce() -> String) {
        self.note_many(1, reason);
    }

    pub(super) fn note_many(&mut self, count: u64, reason: impl FnOnce() -> String) {
        self.count += count;
        if self.examples.len() < EXAMPLES {
            self.examples.push(reason());
        }
    }
}

/// Finds rows of hauls by id without a pass to clear it: an entry counts when the row has the id.
#[derive(Debug, Default)]
pub(super) struct HaulRows(Vec<u32>);

impl HaulRows {
    fn index(&mut self, ids: &[u32]) {
        let most = ids.iter().max().map_or(0, |id| *id as usize + 1);
        if self.0.len() < most {
            self.0.resize(most, NOBODY);
        }
        for (row, id) in ids.iter().enumerate() {
            self.0[*id as usize] = row as u32;
        }
    }

    fn row(&self, id: u32, ids: &[u32]) -> Option<usize> {
        let row = *self.0.get(id as usize)? as usize;
        (ids.get(row) == Some(&id)).then_some(row)
    }

    fn forget(&mut self, id: u32) {
        self.0[id as usize] = NOBODY;
    }
}

/// The orders that the simulation can carry out: trucks and hauls of the view, one order a truck and haul, sites where
/// the truck's fleet may charge, states of charge that exist.
pub(super) fn check_dispatch(
    view: &DispatchView<'_>,
    given: &Orders,
    rows: &mut HaulRows,
    dropped: &mut Dropped,
) -> Orders {
    let mut has_order = vec![false; view.trucks.id.len()];
    let mut valid = Orders::default();
    if !given.assign.is_empty() {
        rows.index(&view.hauls.id);
    }
    for order in &given.assign {
        match check_assign(view, *order, rows, &mut has_order) {
            Ok(()) => valid.assign.push(*order),
            Err(reason) => dropped.note(|| format!("assign: {reason}")),
        }
    }
    for order in &given.charge {
        match check_charge(view, *order, &mut has_order) {
            Ok(()) => valid.charge.push(*order),
            Err(reason) => dropped.note(|| format!("charge: {reason}")),
        }
    }
    valid
}

fn truck_row(view: &DispatchView<'_>, truck: u32, has_order: &[bool]) -> Result<usize, String> {
    match view.trucks.id.binary_search(&truck) {
        Ok(row) if has_order[row] => Err(format!("truck {truck} has an order already")),
        Ok(row) => Ok(row),
        Err(_) => Err(format!("there is no truck {truck} that waits for a decision")),
    }
}

fn check_assign(
    view: &DispatchView<'_>,
    order: Assign,
    rows: &mut HaulRows,
    has_order: &mut [bool],
) -> Result<(), String> {
    let Assign { truck, haul } = order;
    let truck_at = truck_row(view, truck, has_order)?;
    let haul_at = rows.row(haul, &view.hauls.id).ok_or_else(|| format!("there is no open haul {haul}"))?;
    let (own, wanted) = (view.trucks.fleet[truck_at], view.hauls.fleet[haul_at]);
    if view.trucks.on_duty[truck_at] == 0 {
        return Err(format!("truck {truck} is off duty"));
    }
    if wanted != NOBODY && wanted != own {
        return Err(format!("haul {haul} is for fleet {wanted}, truck {truck} is of fleet {own}"));
    }
    has_order[truck_at] = true;
    rows.forget(haul);
    Ok(())
}

fn check_charge(view: &DispatchView<'_>, order: ChargeAt, has_order: &mut [bool]) -> Result<(), String> {
    let ChargeAt { truck, site, to_soc } = order;
    let truck_at = truck_row(view, truck, has_order)?;
    if view.trucks.usable_kwh[truck_at] <= 0.0 {
        return Err(format!("truck {truck} has no battery and no hydrogen tank"));
    }
    if !(0.0..=1.0).contains(&to_soc) {
        return Err(format!("a state of charge of {to_soc} is not between 0 and 1"));
    }
    let fleet = view.trucks.fleet[truck_at];
    let is_hydrogen = view.trucks.carrier[truck_at] == Carrier::Hydrogen as u8;
    let sites = if is_hydrogen { view.may_fuel.sites() } else { view.may_charge.sites() };
    let usable = sites.get(fleet as usize);
    if usable.is_none_or(|sites| sites.binary_search(&SiteId(site)).is_err()) {
        return Err(format!("fleet {fleet} may not charge at site {site}"));
    }
    has_order[truck_at] = true;
    Ok(())
}

/// One set-point a session: what is no number, or below what the session may give back, gives nothing, and so does a
/// list of the wrong length.
pub(super) fn check_charging(view: &ChargingView<'_>, given: Option<&[f64]>, dropped: &mut Dropped) -> Vec<Kw> {
    let sessions = view.sessions.len();
    // Without a list nobody gets anything, as trucks without an order stay: that is no mistake.
    let Some(given) = given else {
        return vec![Kw::ZERO; sessions];
    };
    if given.len() != sessions {
        dropped.note_many(sessions as u64, || format!("set-points: a list of {} for {sessions} sessions", given.len()));
        return vec![Kw::ZERO; sessions];
    }
    let check = |(row, power_kw): (usize, &f64)| {
        if power_kw.is_finite() && *power_kw >= -view.sessions.give_kw[row].0 {
            return Kw(*power_kw);
        }
        dropped.note(|| format!("set-points: {power_kw} kW for the session at port {}", view.sessions.port[row]));
        Kw::ZERO
    };
    given.iter().enumerate().map(check).collect()
}

/// One count an option, and one a holding: a list of the wrong length is none.
pub(super) fn check_adoption(
    view: &AdoptionView,
    count: Option<&[u32]>,
    early: Option<&[u32]>,
    dropped: &mut Dropped,
) -> Purchases {
    Purchases {
        count: list("buy", count, view.model.len(), dropped),
        early: list("replace-early", early, view.holdings(), dropped),
    }
}

/// A list of the right length, or nothing for every row.
fn list<T: Copy + Default>(what: &str, given: Option<&[T]>, wanted: usize, dropped: &mut Dropped) -> Vec<T> {
    match given {
        Some(given) if given.len() == wanted => given.to_vec(),
        Some(given) => {
            let length = given.len();
            dropped.note_many(wanted.max(1) as u64, || format!("{what}: a list of {length}, not of {wanted}"));
            vec![T::default(); wanted]
        }
        None => vec![T::default(); wanted],
    }
}

/// Loads between 0 and 1, no more trailers at once than a station takes: what is none of these is nothing.
pub(super) fn check_supply(
    view: &HydrogenView,
    load: Option<&[f64]>,
    trailers: Option<&[u32]>,
    dropped: &mut Dropped,
) -> HydrogenOrders {
    let stations = view.station.len();
    let mut load = list("run-at", load, stations, dropped);
    for (row, load) in load.iter_mut().enumerate().filter(|(_, load)| !(0.0..=1.0).contains(*load)) {
        dropped.note(|| format!("run-at: a load of {load} for station {row} is not between 0 and 1"));
        *load = 0.0;
    }
    let mut trailers = list("order-trailers", trailers, stations, dropped);
    for (row, count) in trailers.iter_mut().enumerate() {
        let room = view.most_trailers[row].saturating_sub(view.trailers_on_order[row]);
        if *count > room {
            dropped.note(|| format!("order-trailers: {count} for station {row}, which takes {room} more"));
            *count = room;
        }
    }
    HydrogenOrders { load, trailers }
}

/// Cabinets and kW that the schema allows: what is none of these is nothing.
pub(super) fn check_works(
    view: &BuildOutView,
    cabinets: Option<&[u32]>,
    grid_kw: Option<&[f64]>,
    does_planned: bool,
    dropped: &mut Dropped,
) -> BuildOutOrders {
    let mut cabinets = list("add-cabinets", cabinets, view.site.len(), dropped);
    for (row, count) in cabinets.iter_mut().enumerate().filter(|(_, count)| **count > MOST_CABINETS) {
        dropped.note(|| format!("add-cabinets: {count} for group {row}; at most {MOST_CABINETS} a year"));
        *count = 0;
    }
    let mut grid_kw = list("add-grid", grid_kw, view.site_limit_kw.len(), dropped);
    for (row, kw) in grid_kw.iter_mut().enumerate().filter(|(_, kw)| !(0.0..=MOST_GRID_KW).contains(*kw)) {
        dropped.note(|| format!("add-grid: {kw} kW for site {row} is not between 0 and {MOST_GRID_KW}"));
        *kw = 0.0;
    }
    BuildOutOrders { cabinets, grid_kw, does_planned }
}
