//! A technology that runs year by year beside fleets and sites, as the books see it.

use super::frame::Frame;
use super::record::{EmissionsRow, FinanceRow, InventoryRow, Tables};
use super::regulation::Payer;
use std::fmt::Debug;

/// What a room did in a year.
#[derive(Debug, Default)]
pub(super) struct RoomYear {
    /// Money and emissions of what lies inside the border, one pair a scope.
    pub(super) books: Vec<(FinanceRow, EmissionsRow)>,
    /// Emissions by sector, inside and outside; their sum is made by the inventory.
    pub(super) inventory: Vec<InventoryRow>,
    /// Public money in it, by who pays, USD.
    pub(super) granted: Vec<(Payer, f64)>,
}

/// A technology that runs year by year.
pub(super) trait Room: Debug + Send + Sync {
    /// Runs a year, adds the rows of its own tables, and says what it paid and emitted.
    fn year(&mut self, frame: &Frame<'_>, year: u16, tables: &mut Tables) -> RoomYear;
}
