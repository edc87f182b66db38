//! The one list of what runs year by year beside fleets and sites.
//!
//! A new technology of the years is its folder (`spec`, `rules`, `record`), a file here that speaks of it in the books, a line in
//! [`ROOMS`], a scenario and a test. Beside these it takes 6 edits: `mod` in the library and here, its key in the scenario, a line in
//! `sim::rooms` that checks it, its tables in `record::Tables` and in `write`. Books, inventory, ledger, totals and the audit follow.

use super::frame::Frame;
use super::room::Room;
use super::{engines, plants};
use crate::kernel::random::Seed;

/// Makes a room before the first year; none where a scenario has nothing for it.
type Make = for<'a> fn(&Frame<'a>, Seed) -> Option<Box<dyn Room + 'a>>;

/// All rooms, in the order of their rows.
pub(super) const ROOMS: [Make; 2] = [engines::room, plants::room];
