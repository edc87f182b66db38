//! Which unit of a terminal takes which move, and when and where it charges.

use crate::view::{export, policy, view};

#[cfg(target_arch = "wasm32")]
use crate::bindings::portvolt::policy::yard_dispatch_view as host;

policy! {
    /// A policy of yard dispatch. Export it with `portvolt_guest::export_yard_dispatch!(MyPolicy);`.
}

/// A unit asks because it is free.
pub const FREE: u32 = 0;
/// A machine at blocks asks between two containers.
pub const BETWEEN: u32 = 1;
/// A unit asks because its crew rests.
pub const REST: u32 = 2;
/// A unit asks because it would wait at the end of its way.
pub const WAIT: u32 = 3;

view! {
    /// What a policy of yard dispatch sees: see `plugins/wit/policy.wit` for what each column says.
    values {
        /// Now.
        time_s;
        /// Which terminal of those with a plan.
        yard;
        /// The unit that asks.
        asked_unit;
        /// Why it asks.
        asked_why;
        /// When its crew goes on, or NONE.
        resumes_s;
        /// How long it would wait at the end of its way.
        wait_s;
        /// When the plan's present hours of charging end, or NONE.
        hours_end_s;
        /// Carriers that may work for one crane.
        carriers_per_crane;
        /// The place where units wait for work.
        parking;
    }
    each {
        /// Works the blocks of a zone, yes or no.
        unit_handler: u8;
        /// Its class.
        unit_class: u32;
        /// Crews of a group rest together.
        unit_group: u32;
        /// Where it stands, or comes from.
        unit_place: u32;
        /// What it does.
        unit_doing: u8;
        /// State of charge; NaN without one.
        unit_soc: f64;
        /// At which its model leaves work to charge.
        unit_leave_at_soc: f64;
        /// With which it comes back.
        unit_return_at_soc: f64;
        unit_break_below_soc: f64;
        /// The crane to whose gang it belongs, or NONE.
        unit_crane: u32;
        /// Identity of an open move.
        move_id: u32;
        /// 0 off a vessel, 1 onto one, 2 to the rail ramp, 3 from it.
        move_kind: u8;
        /// Where it begins.
        move_from: u32;
        /// Where it ends.
        move_to: u32;
        /// Planned departure of the vessel, or NONE.
        move_due_s: u32;
        /// Way of the unit that asks to its begin.
        move_empty_m: f64;
        /// Way from begin to end.
        move_loaded_m: f64;
        /// Carriers under way for its crane.
        move_carriers: u32;
        /// Carriers of its crane's gang.
        move_members: u32;
        /// Group of its crane's crew.
        move_group: u32;
        /// The unit that asks may use the lot, yes or no.
        lot_open: u8;
        /// Its place.
        lot_place: u32;
        /// Way of the unit that asks.
        lot_m: f64;
        /// Plugs in order.
        lot_plugs: u32;
        /// Of them free.
        lot_free: u32;
        /// Units that wait for one.
        lot_waiting: u32;
        /// Time for which a unit takes a plug.
        lot_visit_s: f64;
        /// Ways between all places, row by row.
        pair_m: f64;
    }
    once {}
}

/// What the unit that asks is told.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub enum Order {
    /// Nothing: a free unit parks, any other goes on.
    #[default]
    Nothing,
    /// It takes the open move of this id.
    Take(u32),
    /// It charges at a lot, to a state of charge or until a second (NONE: without end).
    Charge {
        /// The lot.
        lot: u32,
        /// 0 to 1.
        to_soc: f64,
        /// The second, or NONE.
        until_s: u32,
    },
    /// It drives to a place and waits there.
    GoTo(u32),
}

/// The order of one decision.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Orders {
    /// For the unit that asks.
    pub order: Order,
}

impl Orders {
    #[doc(hidden)]
    #[cfg(target_arch = "wasm32")]
    pub fn hand_over(&self) {
        use crate::bindings::portvolt::policy::yard_dispatch_orders as orders;
        match self.order {
            Order::Nothing => {}
            Order::Take(id) => orders::take(id),
            Order::Charge { lot, to_soc, until_s } => orders::charge(lot, to_soc, until_s),
            Order::GoTo(place) => orders::go_to(place),
        }
    }
}

export!(export_yard_dispatch, yard_dispatch);
