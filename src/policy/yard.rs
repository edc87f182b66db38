//! Yard dispatch: which unit of a terminal with a plan takes which move, and when and where it charges.
//!
//! A yard asks for one unit at a time, at the second at which that unit needs a decision, so that each decision sees what the
//! one before it changed.

use super::decide::{BuiltIn, Decide, Decision, Policy, chosen};
use super::floor::{FLOOR, Nothing, Random, floor, one_of};
use super::kind::YardDispatch;
use super::parameter::{Parameter, PolicyError};
use super::spec::Choice;
use crate::scenario::Scenario;
use crate::scenario::loaded::Schedule;
use crate::yard::spec::{Assignment, ChargingRule, LotChoice, YardDispatchSpec};
use std::fmt;

/// Why a unit asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Why {
    /// It has nothing in hand: it takes a move, charges, or goes somewhere.
    Free = 0,
    /// It is free for a moment between two containers of its blocks: it may charge.
    Between = 1,
    /// Its crew rests: it may charge meanwhile.
    Rest = 2,
    /// It would wait at the end of its way: it may charge meanwhile.
    Wait = 3,
}

/// What is asked, of which unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// The unit: its number in the yard.
    pub unit: usize,
    /// Reason for asking.
    pub why: Why,
    /// When its crew goes on, where that rests; none: not before the end of the run.
    pub resumes_s: Option<u32>,
    /// How long it would wait at the end of its way, s.
    pub wait_s: f64,
    /// When the present hours end in which units charge by the plan; none outside of such hours.
    pub hours_end_s: Option<u32>,
}

/// A unit of a yard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitNow {
    /// Does it work the blocks of a zone? Else it carries containers.
    pub is_handler: bool,
    /// Position of its class among the yard's.
    pub class: u8,
    /// Crews whose breaks come together.
    pub group: u8,
    /// Where it stands, or comes from.
    pub place: usize,
    /// What it does: the code of `yard::doing::Doing`.
    pub doing: u8,
    /// State of charge, or level of its tank; none of what is fuelled off the clock, fed by cable, or away to charge.
    pub level: Option<f64>,
    /// The level at which its model leaves work to charge.
    pub leave_at: f64,
    /// The level with which its model comes back to work.
    pub return_at: f64,
    /// In a break or a wait it charges when it has less than this level.
    pub break_below: f64,
    /// The crane to whose gang it belongs: that of its last move, as long as it has more and the unit does not charge.
    pub crane: Option<u16>,
}

/// A move that a unit may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OpenMove {
    /// Its number: that of its crane; one above all cranes for a move between rail and blocks.
    pub id: u16,
    /// 0 off a vessel, 1 onto one, 2 to the rail ramp, 3 from it.
    pub kind: u8,
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// When the vessel should leave; none for rail.
    pub due_s: Option<u32>,
    /// Carriers that have a container of its crane.
    pub carriers: u32,
    /// Carriers that belong to its crane.
    pub members: u32,
    /// Its crane's group of crews.
    pub group: u8,
}

/// A charging lot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LotState {
    /// Where it is.
    pub place: usize,
    /// Plugs in order.
    pub plugs: usize,
    /// Of them free, with no unit driving to them.
    pub free: i64,
    /// Units that wait there, or are on the way without a free plug.
    pub waiting: i64,
    /// Time for which a unit takes a plug, s, as far as is known.
    pub visit_s: f64,
}

/// A yard at the second of a decision.
pub trait YardNow {
    /// What its plan says about dispatch.
    fn plan(&self) -> &YardDispatchSpec;
    /// Position of its terminal among those with a plan.
    fn number(&self) -> u32;
    /// Carriers that may work for one crane at a time.
    fn carriers_per_crane(&self) -> u32;
    /// How many units it has.
    fn units(&self) -> usize;
    /// One of them.
    fn unit(&self, unit: usize) -> UnitNow;
    /// Share of the units of a class that work, or are on the way to charge.
    fn busy_share(&self, class: u8) -> f64;
    /// How many crane positions it has.
    fn cranes(&self) -> u16;
    /// The next move of a crane, if the unit that asks may take it. `crane` equal to their number: of the rail ramp.
    fn open_move(&self, crane: u16) -> Option<OpenMove>;
    /// How many charging lots it has.
    fn lots(&self) -> usize;
    /// One of them.
    fn lot(&self, lot: usize) -> LotState;
    /// Has a lot plugs for a unit?
    fn may_use(&self, unit: usize, lot: usize) -> bool;
    /// How many places its plan has.
    fn places(&self) -> usize;
    /// Way from place to place, m.
    fn way_m(&self, from: usize, to: usize) -> f64;
    /// Speed of a unit with or without what it has in hand, m/s.
    fn speed_mps(&self, unit: usize) -> f64;
    /// Where units wait for work.
    fn parking(&self) -> usize;
}

/// What a policy of yard dispatch sees.
#[derive(Clone, Copy)]
pub struct YardView<'a> {
    /// Now.
    pub time_s: u32,
    /// The question.
    pub asked: Asked,
    /// The yard.
    pub yard: &'a dyn YardNow,
}

impl fmt::Debug for YardView<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("YardView").field("time_s", &self.time_s).field("asked", &self.asked).finish_non_exhaustive()
    }
}

impl YardView<'_> {
    /// The moves that the unit may take, by their numbers.
    pub fn moves(&self) -> impl Iterator<Item = OpenMove> {
        (0..=self.yard.cranes()).filter_map(|crane| self.yard.open_move(crane))
    }

    /// The lots that the unit may use.
    pub fn open_lots(&self) -> impl Iterator<Item = usize> {
        (0..self.yard.lots()).filter(|lot| self.yard.may_use(self.asked.unit, *lot))
    }

    fn is_by_crane(&self, open: &OpenMove) -> bool {
        open.id < self.yard.cranes()
    }
}

/// What a unit is told.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum YardOrder {
    /// Nothing: a free unit parks, any other goes on.
    #[default]
    Nothing,
    /// It takes the move of this number.
    Take(u16),
    /// It charges.
    Charge {
        /// At this lot.
        lot: usize,
        /// Up to this state of charge.
        to_soc: f64,
        /// Or until this second, whatever it has then.
        until_s: Option<u32>,
    },
    /// It drives to this place and waits there.
    GoTo(usize),
}

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn::new("as_planned", "As each plan says", "what `dispatch` of each plan says", &[]),
    BuiltIn::new(
        "threshold",
        "Threshold",
        "units charge at their model's `leave_at_soc`, and not before; the rest as planned",
        &[],
    ),
    BuiltIn::new(
        "breaks",
        "Threshold and breaks",
        "and while their crews rest, all at once or group after group as planned",
        &[],
    ),
    BuiltIn::new(
        "opportunity",
        "Threshold, breaks and waits",
        "and in waits under a crane or at a block, at a free plug close by",
        OPPORTUNITY,
    ),
    BuiltIn::new(
        "progressive",
        "Moving threshold",
        "at a threshold that rises with free plugs and falls with busy units",
        PROGRESSIVE,
    ),
];
const OPPORTUNITY: &[Parameter] =
    &[Parameter::new("wait_min", 4.0, (0.0, 240.0)), Parameter::new("within_m", 600.0, (0.0, 10_000.0))];
const PROGRESSIVE: &[Parameter] = &[Parameter::new("swing_soc", 0.4, (0.0, 1.0))];

impl Decision for YardDispatch {
    type View<'a> = YardView<'a>;
    type Orders = YardOrder;

    fn choice(scenario: &Scenario) -> Option<&Choice<Self>> {
        Some(&scenario.policy.yard)
    }

    fn is_asked(scenario: &Scenario) -> bool {
        scenario.terminal.values().any(|terminal| terminal.plan.is_some())
    }

    fn built_in() -> Vec<BuiltIn> {
        [BUILT_IN, &FLOOR].concat()
    }

    fn make(choice: &Choice<Self>, _schedule: Option<&Schedule>) -> Result<Box<dyn Decide<Self>>, PolicyError> {
        if let Some(policy) = floor(&choice.name) {
            return chosen(&FLOOR, choice).map(|_| policy);
        }
        let values = chosen(BUILT_IN, choice)?;
        Ok(Box::new(match choice.name.as_str() {
            "threshold" => Yard("threshold", |rules, _| rules.charging = ChargingRule::Threshold, values),
            "breaks" => Yard("breaks", |rules, _| rules.charging = ChargingRule::BreaksTogether, values),
            "opportunity" => Yard(
                "opportunity",
                |rules, values| {
                    rules.charging = ChargingRule::Opportunity;
                    (rules.wait_min, rules.within_m) = (values[0], values[1]);
                },
                values,
            ),
            "progressive" => Yard(
                "progressive",
                |rules, values| (rules.charging, rules.swing_soc) = (ChargingRule::Progressive, values[0]),
                values,
            ),
            _ => Yard("as_planned", |_, _| {}, values),
        }))
    }
}

/// The rules of a plan, or those of a policy in their place.
#[derive(Debug, Clone, Copy)]
struct Rules {
    assignment: Assignment,
    charging: ChargingRule,
    lot: LotChoice,
    wait_min: f64,
    within_m: f64,
    swing_soc: f64,
}

impl From<&YardDispatchSpec> for Rules {
    fn from(spec: &YardDispatchSpec) -> Self {
        let YardDispatchSpec { assignment, charging, lot, wait_min, within_m, swing_soc, .. } = *spec;
        Self { assignment, charging, lot, wait_min, within_m, swing_soc }
    }
}

/// A built-in policy: its name, what it changes about the rules of the plan, and the values of its parameters. It has no state.
struct Yard(&'static str, fn(&mut Rules, &[f64]), Vec<f64>);

impl Policy for Yard {
    fn name(&self) -> &str {
        self.0
    }
}

impl Decide<YardDispatch> for Yard {
    fn decide(&mut self, view: &YardView<'_>) -> Result<YardOrder, String> {
        let mut rules = Rules::from(view.yard.plan());
        self.1(&mut rules, &self.2);
        let unit = view.yard.unit(view.asked.unit);
        Ok(match view.asked.why {
            Why::Free => {
                let charge = rules.charge(view, &unit);
                charge.unwrap_or_else(|| rules.next_move(view, &unit).map_or(YardOrder::Nothing, YardOrder::Take))
            }
            Why::Between => rules.charge(view, &unit).unwrap_or_default(),
            Why::Rest => rules.charge_in_rest(view, &unit).unwrap_or_default(),
            Why::Wait => rules.charge_in_wait(view, &unit).unwrap_or_default(),
        })
    }
}

impl Rules {
    /// A unit that is low, or whose hours to charge have come, charges.
    fn charge(&self, view: &YardView<'_>, unit: &UnitNow) -> Option<YardOrder> {
        let level = unit.level?;
        let leave_at = match self.charging {
            ChargingRule::Progressive => {
                let lots = view.open_lots().map(|lot| view.yard.lot(lot));
                let (free, plugs) = lots.fold((0, 0), |(free, plugs), lot| (free + lot.free, plugs + lot.plugs));
                let free_share = free as f64 / plugs.max(1) as f64;
                let busy_share = view.yard.busy_share(unit.class);
                moving_threshold((unit.leave_at, unit.return_at), self.swing_soc, free_share, busy_share)
            }
            _ => unit.leave_at,
        };
        if level <= leave_at {
            return self.charge_to(view, unit, unit.return_at.max(leave_at), None);
        }
        let until_s =
            view.asked.hours_end_s.filter(|_| self.charging == ChargingRule::Schedule && level < unit.break_below);
        until_s.and_then(|until_s| self.charge_to(view, unit, 1.0, Some(until_s)))
    }

    /// A unit whose crew rests charges until the work goes on.
    fn charge_in_rest(&self, view: &YardView<'_>, unit: &UnitNow) -> Option<YardOrder> {
        let rests = matches!(self.charging, ChargingRule::BreaksTogether | ChargingRule::BreaksStaggered);
        unit.level.filter(|level| rests && *level < unit.break_below)?;
        self.charge_to(view, unit, 1.0, view.asked.resumes_s)
    }

    /// A unit that would wait long charges meanwhile, if a plug close by is free.
    fn charge_in_wait(&self, view: &YardView<'_>, unit: &UnitNow) -> Option<YardOrder> {
        let wait_s = view.asked.wait_s;
        if self.charging != ChargingRule::Opportunity || wait_s <= self.wait_min * 60.0 {
            return None;
        }
        unit.level.filter(|level| *level < unit.break_below)?;
        let is_near = |lot: usize| {
            let lot = view.yard.lot(lot);
            lot.free > 0 && view.yard.way_m(unit.place, lot.place) <= self.within_m
        };
        view.open_lots().any(is_near).then_some(())?;
        self.charge_to(view, unit, 1.0, Some(view.time_s + wait_s as u32))
    }

    fn charge_to(&self, view: &YardView<'_>, unit: &UnitNow, to_soc: f64, until_s: Option<u32>) -> Option<YardOrder> {
        let worth = |lot: usize| {
            let lot = view.yard.lot(lot);
            let way_m = view.yard.way_m(unit.place, lot.place);
            match self.lot {
                LotChoice::Nearest => way_m,
                LotChoice::Soonest => time_to_plug_s(&lot, way_m / view.yard.speed_mps(view.asked.unit)),
            }
        };
        let lot = view.open_lots().min_by(|a, b| worth(*a).total_cmp(&worth(*b)))?;
        Some(YardOrder::Charge { lot, to_soc, until_s })
    }

    /// The move that a carrier takes next; those of the rail ramp when no crane has one for it.
    fn next_move(&self, view: &YardView<'_>, unit: &UnitNow) -> Option<u16> {
        let found = match self.assignment {
            Assignment::Gang => move_of_gang(view, unit),
            Assignment::Nearest => best(view, |open| -view.yard.way_m(unit.place, open.from)),
            Assignment::SocAware => {
                let middle = f64::midpoint(unit.leave_at, unit.return_at);
                let sign = if unit.level.is_some_and(|level| level < middle) { -1.0 } else { 1.0 };
                best(view, |open| sign * (view.yard.way_m(unit.place, open.from) + view.yard.way_m(open.from, open.to)))
            }
        };
        found.or_else(|| view.yard.open_move(view.yard.cranes()).map(|open| open.id))
    }
}

/// The move of the crane to which a carrier belongs; else of one that lacks carriers: of its own group first, then the one with
/// fewest.
fn move_of_gang(view: &YardView<'_>, unit: &UnitNow) -> Option<u16> {
    if let Some(home) = unit.crane
        && view.yard.open_move(home).is_some()
    {
        return Some(home);
    }
    let most = view.yard.carriers_per_crane();
    let lacking = view.moves().filter(|open| view.is_by_crane(open) && open.members < most);
    lacking.min_by_key(|open| (open.group != unit.group, open.members, open.id)).map(|open| open.id)
}

/// The move that is worth most among those of cranes that have fewer carriers than they may; the lowest number of equals.
fn best(view: &YardView<'_>, worth: impl Fn(&OpenMove) -> f64) -> Option<u16> {
    let most = view.yard.carriers_per_crane();
    let mut best: Option<(f64, u16)> = None;
    for open in view.moves().filter(|open| view.is_by_crane(open) && open.carriers < most) {
        let worth = worth(&open);
        if best.is_none_or(|(other, _)| worth > other) {
            best = Some((worth, open.id));
        }
    }
    best.map(|(_, id)| id)
}

/// The state of charge at which a unit leaves its work under the rule `progressive`: it rises with free plugs and falls with
/// units that work, between half of the model's own and halfway to what it comes back with.
fn moving_threshold((leave_at, return_at): (f64, f64), swing: f64, free_share: f64, busy_share: f64) -> f64 {
    (leave_at + swing * (free_share - busy_share)).clamp(leave_at / 2.0, f64::midpoint(leave_at, return_at))
}

/// Way and expected wait at a lot, s: those ahead of it leave plugs one after the other.
fn time_to_plug_s(lot: &LotState, way_s: f64) -> f64 {
    let turns = (lot.waiting + 1 - lot.free).max(0) as f64;
    way_s + turns / lot.plugs.max(1) as f64 * lot.visit_s
}

impl Decide<YardDispatch> for Nothing {
    fn decide(&mut self, _view: &YardView<'_>) -> Result<YardOrder, String> {
        Ok(YardOrder::Nothing)
    }
}

impl Decide<YardDispatch> for Random {
    /// Any move; in one decision of twenty any lot.
    fn decide(&mut self, view: &YardView<'_>) -> Result<YardOrder, String> {
        let mut draws = Self::draws(view.time_s.wrapping_mul(4_096).wrapping_add(view.asked.unit as u32));
        let lots: Vec<usize> = view.open_lots().collect();
        let unit = view.yard.unit(view.asked.unit);
        let is_low = unit.level.is_some_and(|level| level < unit.break_below);
        if is_low && !lots.is_empty() && one_of(20, &mut draws) == 0 {
            return Ok(YardOrder::Charge { lot: lots[one_of(lots.len(), &mut draws)], to_soc: 1.0, until_s: None });
        }
        let moves: Vec<u16> = view.moves().map(|open| open.id).collect();
        if view.asked.why != Why::Free || moves.is_empty() {
            return Ok(YardOrder::Nothing);
        }
        Ok(YardOrder::Take(moves[one_of(moves.len(), &mut draws)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_moves_with_free_plugs_and_busy_units_within_bounds() {
        let at = |free, busy| moving_threshold((0.2, 0.8), 0.4, free, busy);
        for (spread, truth) in [(at(0.5, 0.5), 0.2), (at(1.0, 0.0), 0.5), (at(0.0, 1.0), 0.1), (at(0.75, 0.5), 0.3)] {
            assert!((spread - truth).abs() < 1e-9, "{spread} {truth}");
        }
    }

    #[test]
    fn a_queue_costs_turns_of_a_plug() {
        let lot = |free, waiting| LotState { place: 0, plugs: 4, free, waiting, visit_s: 2_400.0 };
        let time_s = |free, waiting| time_to_plug_s(&lot(free, waiting), 60.0);
        assert!((time_s(1, 0) - 60.0).abs() < 1e-9 && (time_s(0, 0) - 660.0).abs() < 1e-9);
        assert!((time_s(0, 3) - 2_460.0).abs() < 1e-9);
    }
}
