//! A technology that runs year by year beside fleets and sites, as the books see it.

use super::frame::Frame;
use super::record::{EmissionsRow, FinanceRow, InventoryRow, Tables};
use super::regulation::Payer;
use super::year::PipedHydrogen;
use crate::policy::decide::Decide;
use crate::policy::kind::IndustryDecision;
use std::collections::BTreeMap;
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

/// Loads by key of `[site]`: kW by local hour of the week from Monday.
pub(super) type SiteLoads = BTreeMap<String, Vec<f64>>;

/// Adds a load at a site.
pub(super) fn add_load(loads: &mut SiteLoads, site: &str, kw: &[f64]) {
    let sum = loads.entry(site.to_owned()).or_insert_with(|| vec![0.0; kw.len()]);
    sum.iter_mut().zip(kw).for_each(|(sum, kw)| *sum += kw);
}

/// What rooms change of a year that begins.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// What they draw from the simulated grid.
    pub(super) loads: SiteLoads,
    /// What hydrogen costs at the dispenser, USD/kg; none: what `transition.price` says.
    pub(super) dispensed_usd_per_kg: Option<f64>,
    /// Hydrogen of a pipeline.
    pub(super) piped: Option<PipedHydrogen>,
}

/// A technology that runs year by year.
pub(super) trait Room: Debug + Send + Sync {
    /// A year begins, after those in the tables: says what it changes of it.
    fn begin(&mut self, _frame: &Frame<'_>, _year: u16, _tables: &Tables, _opening: &mut Opening) {}

    /// Adds what it will draw in a year to come, when all that is decided works: what builders of connections look at.
    fn coming(&self, _year: u16, _loads: &mut SiteLoads) {}

    /// The year ends: asks what is decided, adds the rows of its own tables, and says what it paid and emitted.
    fn year(
        &mut self,
        frame: &Frame<'_>,
        year: u16,
        tables: &mut Tables,
        plants: &mut dyn Decide<IndustryDecision>,
    ) -> Result<RoomYear, String>;
}
