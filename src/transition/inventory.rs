//! One inventory of the hub: by year and sector what is emitted directly, for electricity and for the supply of fuels, inside
//! and outside of the border; and what is removed.

use super::frame::Frame;
use super::operated::{OperatingYear, SiteYear};
use super::record::{EmissionsRow, FinanceRow, InventoryRow, RemovalRow};
use super::regulation::TargetMetric;
use super::room::RoomYear;
use super::scope::Scope;
use crate::account::sector::Sector;
use crate::industry::rules::removals;
use crate::record::table::Row as _;
use std::collections::BTreeMap;

impl InventoryRow {
    pub(super) fn nothing(year: u16, sector: Sector, inside: bool) -> Self {
        Self {
            year: u32::from(year),
            sector,
            inside,
            direct_t: 0.0,
            electricity_t: 0.0,
            upstream_t: 0.0,
            co2e_t: 0.0,
            nox_kg: 0.0,
            pm25_kg: 0.0,
        }
    }
}

/// Sums of sectors while they are gathered.
struct Sectors {
    year: u16,
    sums: BTreeMap<(bool, Sector), InventoryRow>,
}

impl Sectors {
    fn add(&mut self, sector: Sector, inside: bool, change: impl FnOnce(&mut InventoryRow)) {
        let year = self.year;
        change(self.sums.entry((!inside, sector)).or_insert_with(|| InventoryRow::nothing(year, sector, inside)));
    }
}

/// Parts of the energy through a site's meter that is not for hydrogen: vessels, charging, and the rest. They add up to 1.
fn shares(site: &SiteYear) -> [f64; 3] {
    let own_kwh = (site.meter_kwh - site.hydrogen_kwh).max(0.0);
    let (shore_kwh, charging_kwh) = (site.vessels.shore_kwh, site.charging_kwh.max(0.0));
    let rest_kwh = (own_kwh - shore_kwh - charging_kwh).max(0.0);
    let all_kwh = shore_kwh + charging_kwh + rest_kwh;
    if all_kwh > 0.0 { [shore_kwh, charging_kwh, rest_kwh].map(|kwh| kwh / all_kwh) } else { [0.0, 0.0, 1.0] }
}

/// The inventory of a year from what fleets, sites and rooms emitted.
pub(super) fn of_year(
    frame: &Frame<'_>,
    year: u16,
    shown: &OperatingYear,
    emissions: &[EmissionsRow],
    rooms: &[RoomYear],
) -> Vec<InventoryRow> {
    let mut sectors = Sectors { year, sums: BTreeMap::new() };
    for row in emissions {
        match &row.scope {
            Scope::Fleet(_) => sectors.add(Sector::Trucks, true, |sum| add_engines(sum, row, &SiteYear::default())),
            Scope::Site(key) => add_site(frame, key, shown, row, &mut sectors),
            Scope::Total | Scope::Plant(_) | Scope::Engines(_) | Scope::Vessels | Scope::Removals => {}
        }
    }
    for row in rooms.iter().flat_map(|room| &room.inventory) {
        sectors.add(row.sector, row.inside, |sum| sum.add_amounts(row));
    }
    let rows = sectors.sums.into_values();
    rows.map(|row| InventoryRow { co2e_t: row.direct_t + row.electricity_t + row.upstream_t, ..row }).collect()
}

/// What a site emits: its engines and chargers, its vessels, and the rest behind its meter.
fn add_site(frame: &Frame<'_>, key: &str, shown: &OperatingYear, row: &EmissionsRow, sectors: &mut Sectors) {
    let at = frame.sites.iter().position(|(known, _)| *known == key).expect("a row of a site of the scenario");
    let (site, inside) = (&shown.sites[at], !frame.is_neighbour(&row.scope));
    let is_terminal = frame.scenario().terminal.contains_key(key);
    let [shore, charging, rest] = shares(site).map(|share| share * row.co2e_grid_t);
    let engines = if is_terminal { Sector::Equipment } else { Sector::Trucks };
    sectors.add(engines, inside, |sum| {
        add_engines(sum, row, site);
        sum.electricity_t += charging;
    });
    sectors.add(Sector::Sites, inside, |sum| sum.electricity_t += rest);
    if is_terminal {
        sectors.add(Sector::Vessels, inside, |sum| {
            let burnt = &site.vessels.burnt;
            sum.direct_t += burnt.direct_co2e_kg / 1000.0;
            sum.upstream_t += burnt.upstream_co2e_kg / 1000.0;
            sum.nox_kg += burnt.nox_g / 1000.0;
            sum.pm25_kg += burnt.pm25_g / 1000.0;
            sum.electricity_t += shore;
        });
    }
}

/// What engines of a scope emit, without what vessels at a site do.
fn add_engines(sum: &mut InventoryRow, row: &EmissionsRow, site: &SiteYear) {
    let burnt = &site.vessels.burnt;
    sum.direct_t += row.co2e_direct_t - burnt.direct_co2e_kg / 1000.0;
    sum.upstream_t += row.co2e_fuel_supply_t - burnt.upstream_co2e_kg / 1000.0 + row.co2e_hydrogen_t;
    sum.nox_kg += row.nox_kg - burnt.nox_g / 1000.0;
    sum.pm25_kg += row.pm25_kg - burnt.pm25_g / 1000.0;
}

impl Frame<'_> {
    /// Do vessels of a scenario burn anything?
    pub(super) fn has_vessels(&self) -> bool {
        self.scenario().freight.as_ref().is_some_and(|freight| freight.vessels.is_some())
    }

    /// Must the hub be at net zero in a year?
    fn must_balance(&self, year: u16) -> bool {
        let targets = self.scenario().rule.target.values();
        targets.into_iter().any(|it| it.on && it.year == year && it.metric == TargetMetric::NetZero)
    }
}

/// What vessels paid for their fuel: shore power saves it, and its electricity is in the bills of terminals.
pub(super) fn vessel_costs(year: u16, shown: &OperatingYear) -> Option<FinanceRow> {
    let fuel_usd: f64 = shown.sites.iter().map(|site| site.vessels.burnt.fuel_usd).sum();
    (fuel_usd > 0.0).then(|| FinanceRow { other_energy_usd: fuel_usd, ..FinanceRow::nothing(year, Scope::Vessels) })
}

/// What is removed from the air in the year of a goal of net zero so that nothing of so many tonnes is left, where the scenario
/// does that.
pub(super) fn remove(frame: &Frame<'_>, year: u16, co2e_t: f64) -> Vec<RemovalRow> {
    let Some(spec) = frame.scenario().industry.as_ref().filter(|spec| spec.removes && frame.must_balance(year)) else {
        return Vec::new();
    };
    let bought = removals(spec, year, co2e_t).into_iter();
    bought
        .map(|(way, tonnes, usd)| RemovalRow { year: u32::from(year), way: way.to_owned(), removed_t: tonnes, usd })
        .collect()
}

/// The money for it.
pub(super) fn removal_costs(year: u16, rows: &[RemovalRow]) -> FinanceRow {
    let mut finance = FinanceRow::nothing(year, Scope::Removals);
    finance.upkeep_usd = rows.iter().map(|row| row.usd).sum();
    finance
}

/// Adds up the rows of a sector inside the border.
#[must_use]
pub fn of_sector(rows: &[InventoryRow], sector: Sector, year: Option<u16>) -> Option<InventoryRow> {
    let alike = rows
        .iter()
        .filter(|row| row.inside && row.sector == sector && year.is_none_or(|year| row.year == u32::from(year)));
    alike.cloned().reduce(|mut sum, row| {
        sum.add_amounts(&row);
        sum
    })
}
