//! Yard dispatch: units, moves and lots of the one terminal with a plan have a row each; an action is an order for the unit that
//! asks.
//!
//! An order is 0 (nothing: a free unit parks, any other goes on), 1 and on (take the move of this row, from 1), after these charge
//! at a lot, up to `to_soc` or until `until_s` (0: no end), after these drive to a place.

#![allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "rows of a view are few, and times are above 0")]

use crate::learned::{Given, Learned, Part, RunFacts};
use portvolt::plugin::YardDispatchState;
use portvolt::policy::kind::YardDispatch;
use portvolt::policy::yard::{Why, YardOrder, YardView};

/// No end.
const NONE: u32 = u32::MAX;

/// How many there are of what orders name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    /// One a crane, and one of the rail ramp.
    moves: usize,
    lots: usize,
    places: usize,
}

impl Counts {
    fn choices(self) -> usize {
        1 + self.moves + self.lots + self.places
    }
}

impl Learned for YardDispatch {
    type Frame = Counts;

    fn frame(_run: &RunFacts, view: &YardView<'_>) -> Counts {
        let yard = view.yard;
        Counts { moves: usize::from(yard.cranes()) + 1, lots: yard.lots(), places: yard.places() }
    }

    fn groups(counts: &Counts) -> Vec<(&'static str, usize)> {
        vec![("move-", counts.moves)]
    }

    fn places(_group: usize, view: &YardView<'_>, out: &mut Vec<u32>) {
        out.extend(view.moves().map(|open| u32::from(open.id)));
    }

    fn action(counts: &Counts) -> Vec<Part> {
        vec![
            Part::Choice { name: "order", rows: 1, choices: counts.choices() as u32 },
            Part::Quantity { name: "to_soc", bounds: vec![(0.0, 1.0)] },
            Part::Quantity { name: "until_s", bounds: vec![(0.0, f64::from(NONE))] },
        ]
    }

    fn mask(counts: &Counts, view: &YardView<'_>, out: &mut Vec<u8>) {
        out.resize(counts.choices(), 0);
        out[0] = 1;
        let (moves, rest) = out[1..].split_at_mut(counts.moves);
        let (lots, places) = rest.split_at_mut(counts.lots);
        for (lot, may) in lots.iter_mut().enumerate() {
            *may = u8::from(view.yard.may_use(view.asked.unit, lot));
        }
        if view.asked.why == Why::Free {
            view.moves().for_each(|open| moves[usize::from(open.id)] = 1);
            places.fill(1);
        }
    }

    fn order(counts: &Counts, state: &mut YardDispatchState, _view: &YardView<'_>, given: &Given) {
        let number = |at: i64| u32::try_from(at).unwrap_or(NONE);
        let (moves, lots) = (counts.moves as i64, counts.lots as i64);
        let quantity = |at: usize| given.quantities.get(at).copied().unwrap_or(f64::NAN);
        match given.choices.first().copied().unwrap_or(0) {
            0 => {}
            order if order <= moves => state.take(number(order - 1)),
            order if order <= moves + lots => {
                let until_s = Some(quantity(1)).filter(|until_s| *until_s > 0.0).map_or(NONE, |until_s| until_s as u32);
                state.charge(number(order - 1 - moves), quantity(0), until_s);
            }
            order => state.go_to(number(order - 1 - moves - lots)),
        }
    }

    fn as_action(counts: &Counts, _view: &YardView<'_>, order: &YardOrder) -> Given {
        let (mut to_soc, mut end_s) = (0.0, 0.0);
        let order = match *order {
            YardOrder::Nothing => 0,
            YardOrder::Take(id) => 1 + usize::from(id),
            YardOrder::Charge { lot, to_soc: soc, until_s } => {
                (to_soc, end_s) = (soc, until_s.map_or(0.0, f64::from));
                1 + counts.moves + lot
            }
            YardOrder::GoTo(place) => 1 + counts.moves + counts.lots + place,
        };
        Given { choices: vec![order as i64], quantities: vec![to_soc, end_s] }
    }
}
