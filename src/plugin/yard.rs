//! Yard dispatch: columns of units, open moves and charging lots; one order for the unit that asks.

use super::kind::{Linking, PluginKind, Starters, Take, starter};
use super::order::Dropped;
use super::synthetic::{SyntheticView, odd, spread};
use crate::policy::kind::YardDispatch;
use crate::policy::yard::{Asked, LotState, OpenMove, UnitNow, Why, YardNow, YardOrder, YardView};
use crate::yard::spec::YardDispatchSpec;
use serde_json::{Value, json};

/// Nothing: no crane, no end.
const NONE: u32 = u32::MAX;

/// What the host keeps for a guest of this kind.
#[derive(Debug, Default)]
pub struct YardDispatchState {
    time_s: u32,
    yard: u32,
    unit: u32,
    why: u32,
    resumes_s: u32,
    wait_s: u32,
    hours_end_s: u32,
    carriers_per_crane: u32,
    parking: u32,
    given: Option<Given>,
}

/// The last order that a guest gave.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Given {
    Take(u32),
    Charge(u32, f64, u32),
    GoTo(u32),
}

impl YardDispatchState {
    /// Orders the unit to take a move, by its number.
    pub fn take(&mut self, id: u32) {
        self.given = Some(Given::Take(id));
    }

    /// Orders the unit to charge at a lot, up to a state of charge or until a second (`u32::MAX`: no end).
    pub fn charge(&mut self, lot: u32, to_soc: f64, until_s: u32) {
        self.given = Some(Given::Charge(lot, to_soc, until_s));
    }

    /// Orders the unit to drive to a place.
    pub fn go_to(&mut self, place: u32) {
        self.given = Some(Given::GoTo(place));
    }
}

/// Every single value by the name of its import.
const VALUES: &[(&str, fn(&YardDispatchState) -> u32)] = &[
    ("time-s", |state| state.time_s),
    ("yard", |state| state.yard),
    ("asked-unit", |state| state.unit),
    ("asked-why", |state| state.why),
    ("resumes-s", |state| state.resumes_s),
    ("wait-s", |state| state.wait_s),
    ("hours-end-s", |state| state.hours_end_s),
    ("carriers-per-crane", |state| state.carriers_per_crane),
    ("parking", |state| state.parking),
];

type View<'a> = YardView<'a>;

fn units<T>(view: &View<'_>, out: &mut Vec<T>, of: impl Fn(UnitNow) -> T) {
    out.extend((0..view.yard.units()).map(|unit| of(view.yard.unit(unit))));
}

fn moves<T>(view: &View<'_>, out: &mut Vec<T>, of: impl Fn(OpenMove) -> T) {
    out.extend(view.moves().map(of));
}

fn lots<T>(view: &View<'_>, out: &mut Vec<T>, of: impl Fn(usize, LotState) -> T) {
    out.extend((0..view.yard.lots()).map(|lot| of(lot, view.yard.lot(lot))));
}

/// Where the unit that asks stands.
fn here(view: &View<'_>) -> usize {
    view.yard.unit(view.asked.unit).place
}

/// Every column by the name of its import.
const COLUMNS: &[(&str, Take<YardDispatch>)] = &[
    ("unit-handler", Take::U8(|view, out| units(view, out, |unit| u8::from(unit.is_handler)))),
    ("unit-class", Take::U32(|view, out| units(view, out, |unit| u32::from(unit.class)))),
    ("unit-group", Take::U32(|view, out| units(view, out, |unit| u32::from(unit.group)))),
    ("unit-place", Take::U32(|view, out| units(view, out, |unit| unit.place as u32))),
    ("unit-doing", Take::U8(|view, out| units(view, out, |unit| unit.doing))),
    ("unit-soc", Take::F64(|view, out| units(view, out, |unit| unit.level.unwrap_or(f64::NAN)))),
    ("unit-leave-at-soc", Take::F64(|view, out| units(view, out, |unit| unit.leave_at))),
    ("unit-return-at-soc", Take::F64(|view, out| units(view, out, |unit| unit.return_at))),
    ("unit-break-below-soc", Take::F64(|view, out| units(view, out, |unit| unit.break_below))),
    ("unit-crane", Take::U32(|view, out| units(view, out, |unit| unit.crane.map_or(NONE, u32::from)))),
    ("move-id", Take::U32(|view, out| moves(view, out, |open| u32::from(open.id)))),
    ("move-kind", Take::U8(|view, out| moves(view, out, |open| open.kind))),
    ("move-from", Take::U32(|view, out| moves(view, out, |open| open.from as u32))),
    ("move-to", Take::U32(|view, out| moves(view, out, |open| open.to as u32))),
    ("move-due-s", Take::U32(|view, out| moves(view, out, |open| open.due_s.unwrap_or(NONE)))),
    ("move-empty-m", Take::F64(|view, out| moves(view, out, |open| view.yard.way_m(here(view), open.from)))),
    ("move-loaded-m", Take::F64(|view, out| moves(view, out, |open| view.yard.way_m(open.from, open.to)))),
    ("move-carriers", Take::U32(|view, out| moves(view, out, |open| open.carriers))),
    ("move-members", Take::U32(|view, out| moves(view, out, |open| open.members))),
    ("move-group", Take::U32(|view, out| moves(view, out, |open| u32::from(open.group)))),
    ("lot-open", Take::U8(|view, out| lots(view, out, |lot, _| u8::from(view.yard.may_use(view.asked.unit, lot))))),
    ("lot-place", Take::U32(|view, out| lots(view, out, |_, lot| lot.place as u32))),
    ("lot-m", Take::F64(|view, out| lots(view, out, |_, lot| view.yard.way_m(here(view), lot.place)))),
    ("lot-plugs", Take::U32(|view, out| lots(view, out, |_, lot| lot.plugs as u32))),
    ("lot-free", Take::U32(|view, out| lots(view, out, |_, lot| lot.free.max(0) as u32))),
    ("lot-waiting", Take::U32(|view, out| lots(view, out, |_, lot| lot.waiting.max(0) as u32))),
    ("lot-visit-s", Take::F64(|view, out| lots(view, out, |_, lot| lot.visit_s))),
    ("pair-m", Take::F64(|view, out| pairs(view, out))),
];

fn pairs(view: &View<'_>, out: &mut Vec<f64>) {
    let places = view.yard.places();
    out.extend((0..places).flat_map(|from| (0..places).map(move |to| view.yard.way_m(from, to))));
}

impl PluginKind for YardDispatch {
    type State = YardDispatchState;
    const STARTERS: Starters = Starters {
        rust: starter!("gang_and_threshold/src/lib.rs", "gang_and_threshold"),
        helper: ("helper/src/yard_dispatch.rs", include_str!("../../plugins/helper/src/yard_dispatch.rs")),
        c: starter!("templates/yard_dispatch.c"),
        python: starter!("templates/yard_dispatch.py"),
        javascript: starter!("templates/yard_dispatch.js"),
    };

    fn columns() -> &'static [(&'static str, Take<Self>)] {
        COLUMNS
    }

    fn values() -> &'static [(&'static str, fn(&Self::State) -> u32)] {
        VALUES
    }

    fn link_rest(linker: &mut Linking<'_, Self>) -> wasmtime::Result<()> {
        linker.order("take", |_: &(u32,)| 1, |state, (id,)| state.take(id))?;
        linker.order(
            "charge",
            |_: &(u32, f64, u32)| 1,
            |state, (lot, to_soc, until_s)| state.charge(lot, to_soc, until_s),
        )?;
        linker.order("go-to", |_: &(u32,)| 1, |state, (place,)| state.go_to(place))
    }

    fn keep(state: &mut Self::State, view: &YardView<'_>) {
        let Asked { unit, why, resumes_s, wait_s, hours_end_s } = view.asked;
        *state = YardDispatchState {
            time_s: view.time_s,
            yard: view.yard.number(),
            unit: unit as u32,
            why: why as u32,
            resumes_s: resumes_s.unwrap_or(NONE),
            wait_s: wait_s as u32,
            hours_end_s: hours_end_s.unwrap_or(NONE),
            carriers_per_crane: view.yard.carriers_per_crane(),
            parking: view.yard.parking() as u32,
            given: None,
        };
    }

    fn size(view: &YardView<'_>) -> (u32, usize) {
        (view.time_s, view.yard.units() + usize::from(view.yard.cranes()) + view.yard.lots())
    }

    fn count(order: &YardOrder) -> usize {
        usize::from(*order != YardOrder::Nothing)
    }

    fn told(order: &YardOrder) -> Vec<(&'static str, Value)> {
        match order {
            YardOrder::Nothing => Vec::new(),
            YardOrder::Take(id) => vec![("take", json!(id))],
            YardOrder::Charge { lot, to_soc, until_s } => {
                vec![("charge", json!({ "lot": lot, "to-soc": to_soc, "until-s": until_s.unwrap_or(NONE) }))]
            }
            YardOrder::GoTo(place) => vec![("go-to", json!(place))],
        }
    }

    fn with_synthetic(made: SyntheticView, show: impl FnOnce(&YardView<'_>)) {
        let made = Made::new(made);
        show(&view_of(&made, Why::Free, made.units / 2));
    }

    fn orders(state: &mut Self::State, view: &YardView<'_>) -> (YardOrder, Dropped) {
        let mut dropped = Dropped::default();
        let order = match state.given.map(|given| checked(view, given)) {
            None => YardOrder::Nothing,
            Some(Ok(order)) => order,
            Some(Err(reason)) => {
                dropped.note(|| reason);
                YardOrder::Nothing
            }
        };
        (order, dropped)
    }
}

/// An order that the yard can carry out, or why it cannot.
fn checked(view: &YardView<'_>, given: Given) -> Result<YardOrder, String> {
    let (asked, yard) = (view.asked, view.yard);
    match given {
        Given::Take(_) | Given::GoTo(_) if asked.why != Why::Free => {
            Err(format!("unit {} is not free: it may charge, or go on", asked.unit))
        }
        Given::Take(id) => match u16::try_from(id).ok().filter(|id| *id <= yard.cranes()) {
            Some(id) if yard.open_move(id).is_some() => Ok(YardOrder::Take(id)),
            _ => Err(format!("take: there is no open move {id}")),
        },
        Given::GoTo(place) if place as usize >= yard.places() => Err(format!("go-to: there is no place {place}")),
        Given::GoTo(place) => Ok(YardOrder::GoTo(place as usize)),
        Given::Charge(lot, to_soc, until_s) => {
            let at = lot as usize;
            if at >= yard.lots() || !yard.may_use(asked.unit, at) {
                return Err(format!("charge: unit {} may not charge at lot {lot}", asked.unit));
            }
            if !(0.0..=1.0).contains(&to_soc) {
                return Err(format!("charge: a state of charge of {to_soc} is not between 0 and 1"));
            }
            let until_s = Some(until_s).filter(|until_s| *until_s != NONE);
            if until_s.is_some_and(|until_s| until_s <= view.time_s) {
                return Err("charge: it would end before it begins".to_owned());
            }
            Ok(YardOrder::Charge { lot: at, to_soc, until_s })
        }
    }
}

fn view_of(yard: &Made, why: Why, unit: usize) -> YardView<'_> {
    let asked = Asked { unit, why, resumes_s: None, wait_s: 0.0, hours_end_s: None };
    YardView { time_s: 36_000, asked, yard }
}

/// A made-up yard: a crane for seven units, a lot for thirty.
struct Made {
    plan: YardDispatchSpec,
    units: usize,
    is_odd: bool,
}

impl Made {
    fn new(made: SyntheticView) -> Self {
        // A yard always has the unit that asks.
        Self { plan: YardDispatchSpec::default(), units: made.vehicles.max(1) as usize, is_odd: made.is_odd }
    }

    fn quantity(&self, value: f64, salt: usize) -> f64 {
        if self.is_odd { odd(salt as u32) } else { value }
    }
}

impl YardNow for Made {
    fn plan(&self) -> &YardDispatchSpec {
        &self.plan
    }

    fn number(&self) -> u32 {
        0
    }

    fn carriers_per_crane(&self) -> u32 {
        7
    }

    fn units(&self) -> usize {
        self.units
    }

    fn unit(&self, unit: usize) -> UnitNow {
        let soc = spread(unit as u32, 0.2);
        UnitNow {
            is_handler: unit % 10 == 9,
            class: (unit % 2) as u8,
            group: 0,
            place: unit % self.places(),
            doing: (unit % 10) as u8,
            level: (unit % 6 != 5).then(|| self.quantity(soc, unit)),
            leave_at: 0.2,
            return_at: 0.8,
            break_below: 0.95,
            crane: (unit % 3 != 2).then_some((unit % 7) as u16),
        }
    }

    fn busy_share(&self, _class: u8) -> f64 {
        0.6
    }

    fn cranes(&self) -> u16 {
        self.units.div_ceil(7) as u16
    }

    fn open_move(&self, crane: u16) -> Option<OpenMove> {
        (crane % 4 != 3).then(|| OpenMove {
            id: crane,
            kind: (crane % 4) as u8,
            from: usize::from(crane) % self.places(),
            to: usize::from(crane) * 3 % self.places(),
            due_s: (crane < self.cranes()).then_some(40_000),
            carriers: u32::from(crane % 8),
            members: u32::from(crane % 9),
            group: 0,
        })
    }

    fn lots(&self) -> usize {
        self.units.div_ceil(30)
    }

    fn lot(&self, lot: usize) -> LotState {
        LotState {
            place: lot % self.places(),
            plugs: 8,
            free: lot as i64 % 3,
            waiting: lot as i64 % 5,
            visit_s: 2_400.0,
        }
    }

    fn may_use(&self, unit: usize, lot: usize) -> bool {
        (unit + lot) % 4 != 3
    }

    fn places(&self) -> usize {
        self.units.min(40)
    }

    fn way_m(&self, from: usize, to: usize) -> f64 {
        if from == to { 0.0 } else { self.quantity(100.0 + 10.0 * from.abs_diff(to) as f64, from + to) }
    }

    fn speed_mps(&self, _unit: usize) -> f64 {
        5.0
    }

    fn parking(&self) -> usize {
        0
    }
}
