//! Metrics made again from the columns they stand for: a sum of a column over all rows of a table, by site or fleet and over
//! all, is what the metric of the same scope says.

use crate::grid::spec::SiteKind;
use crate::kernel::units::S_PER_H;
use crate::record::audit::{Check, Findings};
use crate::record::hydrogen::{HydrogenRow, RefuelRow};
use crate::record::metrics::{Metric, MetricName, ScopeKind, TOTAL};
use crate::record::names::Names;
use crate::record::rows::{BillRow, CallRow, EquipmentRow, FuelRow, HaulRow, PowerRow, SessionRow, VesselRow};
use crate::record::words::{FuelLeave, HaulState};
use crate::scenario::Scenario;
use std::collections::BTreeMap;

/// A metric, and what a row adds to it.
type Column<R> = (MetricName, fn(&R) -> f64);

const SESSIONS: &[Column<SessionRow>] = &[
    (MetricName::Sessions, |row| f64::from(u8::from(row.start_s.is_some()))),
    (MetricName::EnergyDeliveredKwh, |row| row.delivered_kwh),
    (MetricName::ChargingRevenueUsd, |row| row.paid_usd.unwrap_or(0.0)),
];
/// In kW: times the hours of an interval.
const POWER: &[Column<PowerRow>] =
    &[(MetricName::EnergyGridKwh, |row| row.total_kw), (MetricName::EnergyChargingKwh, |row| row.charging_kw)];
const HAULS: &[Column<HaulRow>] = &[
    (MetricName::HaulsRequested, |_| 1.0),
    (MetricName::HaulsLapsed, |row| is(row, HaulState::Lapsed)),
    (MetricName::HaulsOpen, |row| is(row, HaulState::Open)),
];
const HAULS_OF_FLEETS: &[Column<HaulRow>] = &[
    (MetricName::HaulsCompleted, |row| is(row, HaulState::Completed)),
    (MetricName::HaulsLate, |row| {
        is(row, HaulState::Completed) * f64::from(u8::from(row.done_s.is_some_and(|at_s| at_s > row.due_s)))
    }),
];
const FUEL: &[Column<FuelRow>] = &[
    (MetricName::HaulsCompleted, |row| f64::from(row.hauls)),
    (MetricName::TruckKm, |row| row.km),
    (MetricName::TruckEmptyKm, |row| row.empty_km),
    (MetricName::TruckBatteryKwh, |row| row.battery_kwh),
    (MetricName::TruckHydrogenKg, |row| row.hydrogen_kg),
    (MetricName::TruckDieselGal, |row| row.diesel_gal),
    (MetricName::TruckNoxKg, |row| row.nox_g / 1000.0),
    (MetricName::TruckPm25Kg, |row| row.pm25_g / 1000.0),
    (MetricName::TruckIdlingH, |row| row.idling_h),
    (MetricName::TrucksStranded, |row| f64::from(row.stranded)),
];
const EQUIPMENT: &[Column<EquipmentRow>] = &[
    (MetricName::EquipmentHoursRequired, |row| row.required_h),
    (MetricName::EquipmentHoursServed, |row| row.served_h),
    (MetricName::EquipmentBatteryKwh, |row| row.battery_kwh),
    (MetricName::EquipmentHydrogenKg, |row| row.hydrogen_kg),
    (MetricName::EquipmentDieselGal, |row| row.diesel_gal),
];
const CALLS: &[Column<CallRow>] =
    &[(MetricName::VesselCalls, |_| 1.0), (MetricName::VesselLifts, |row| f64::from(row.lifts))];
/// What vessels drew from the shore by their own account, and what the meters of their berths read.
const VESSELS: &[Column<VesselRow>] = &[
    (MetricName::ShorePowerKwh, |row| row.shore_kwh),
    (MetricName::VesselFuelT, |row| row.fuel_kg / 1000.0),
    (MetricName::VesselFuelUsd, |row| row.fuel_usd),
    (MetricName::ShorePowerAvoidedCo2eT, |row| row.avoided_co2e_kg / 1000.0),
    (MetricName::ShorePowerAvoidedNoxKg, |row| row.avoided_nox_g / 1000.0),
    (MetricName::ShorePowerAvoidedPm25Kg, |row| row.avoided_pm25_g / 1000.0),
    (MetricName::ShorePowerAvoidedFuelUsd, |row| row.avoided_fuel_usd),
];
const BILLS: &[Column<BillRow>] = &[
    (MetricName::BillEnergyUsd, |row| row.energy_usd),
    (MetricName::BillDemandUsd, |row| row.demand_usd),
    (MetricName::BillFixedUsd, |row| row.fixed_usd + row.minimum_usd),
    (MetricName::BillTotalUsd, |row| row.total_usd),
];
const REFUELINGS: &[Column<RefuelRow>] = &[
    (MetricName::H2Fills, |row| f64::from(u8::from(row.start_s.is_some()))),
    (MetricName::H2RequestedKg, |row| row.requested_kg),
    // What vehicles got is what stations gave.
    (MetricName::H2DispensedKg, |row| row.got_kg),
    (MetricName::H2GaveUp, |row| f64::from(u8::from(row.leave == FuelLeave::GaveUp))),
];
const HYDROGEN: &[Column<HydrogenRow>] = &[
    (MetricName::H2DispensedKg, |row| row.dispensed_kg),
    (MetricName::H2ProducedKg, |row| row.produced_kg),
    (MetricName::H2DeliveredKg, |row| row.delivered_kg),
    (MetricName::H2PipedKg, |row| row.piped_kg),
    (MetricName::H2VentedKg, |row| row.vented_kg),
    (MetricName::H2ReturnedKg, |row| row.returned_kg),
    (MetricName::H2TurnedAway, |row| f64::from(row.turned_away)),
    (MetricName::H2Trailers, |row| f64::from(row.trailers)),
    (MetricName::H2StockoutH, |row| row.out_s / S_PER_H),
    (MetricName::H2ElectricityUsd, |row| row.electricity_usd),
];

/// Every metric that is held to a column.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = MetricName> {
    fn of<R>(columns: &[Column<R>]) -> Vec<MetricName> {
        columns.iter().map(|column| column.0).collect()
    }
    let of_vehicles = [of(SESSIONS), of(HAULS), of(HAULS_OF_FLEETS), of(FUEL), of(EQUIPMENT), of(CALLS)];
    let of_supply = [of(POWER), of(BILLS), of(REFUELINGS), of(HYDROGEN)];
    of_vehicles.into_iter().chain(of_supply).flatten()
}

fn is(row: &HaulRow, state: HaulState) -> f64 {
    f64::from(u8::from(row.state == state))
}

/// Sums of columns by scope and over all.
#[derive(Debug)]
struct Sums<R: 'static> {
    columns: &'static [Column<R>],
    scope: fn(&R) -> Option<usize>,
    /// Names of the scopes as metrics have them; the last is `total`.
    scopes: Vec<String>,
    /// By scope, then column.
    sums: Vec<f64>,
    rows: u64,
}

impl<R> Sums<R> {
    fn new(columns: &'static [Column<R>], scope: fn(&R) -> Option<usize>, kind: &str, keys: &[String]) -> Self {
        let scopes: Vec<String> = keys.iter().map(|key| format!("{kind}:{key}")).chain([TOTAL.to_owned()]).collect();
        Self { columns, scope, sums: vec![0.0; scopes.len() * columns.len()], scopes, rows: 0 }
    }

    fn take(&mut self, rows: &[R]) {
        self.rows += rows.len() as u64;
        let width = self.columns.len();
        let total = self.sums.len() - width;
        for row in rows {
            let own = (self.scope)(row).map(|scope| scope * width);
            for (at, (_, value)) in self.columns.iter().enumerate() {
                let value = value(row);
                self.sums[total + at] += value;
                if let Some(own) = own {
                    self.sums[own + at] += value;
                }
            }
        }
    }

    /// Metrics that are missing were not to be told: where there is nothing to tell, the sum is 0.
    fn hold(&self, told: &Told<'_>, scale: f64, findings: &mut Findings) {
        for (scope, sums) in self.scopes.iter().zip(self.sums.chunks(self.columns.len())) {
            for ((metric, _), sum) in self.columns.iter().zip(sums) {
                let value = told.get(&(scope.as_str(), *metric)).copied().flatten().unwrap_or(0.0);
                let what = || format!("total: {metric} of {scope} and its column");
                findings.equal(Check::TotalColumn, what, value, sum * scale);
            }
        }
    }
}

/// Metrics by scope and name.
type Told<'a> = BTreeMap<(&'a str, MetricName), Option<f64>>;

/// The sums of all tables.
#[derive(Debug)]
pub(super) struct Totals {
    hours: f64,
    sessions: Sums<SessionRow>,
    power: Sums<PowerRow>,
    hauls: Sums<HaulRow>,
    hauls_of_fleets: Sums<HaulRow>,
    fuel: Sums<FuelRow>,
    equipment: Sums<EquipmentRow>,
    calls: Sums<CallRow>,
    /// None where the scenario does not say what vessels burn.
    vessels: Option<Sums<VesselRow>>,
    bills: Sums<BillRow>,
    refuelings: Sums<RefuelRow>,
    hydrogen: Sums<HydrogenRow>,
    peaks: Peaks,
}

impl Totals {
    pub(super) fn new(scenario: &Scenario, names: &Names) -> Self {
        let (sites, fleets) = (&names.sites, &names.fleets);
        // The metrics of a station are those of its site.
        let stations: Vec<String> = scenario.hydrogen.values().map(|spec| spec.site.clone()).collect();
        Self {
            hours: f64::from(scenario.time.interval_s) / S_PER_H,
            sessions: Sums::new(SESSIONS, |row| Some(row.site.index()), "site", sites),
            power: Sums::new(POWER, |row| Some(row.site.index()), "site", sites),
            hauls: Sums::new(HAULS, |_| None, "", &[]),
            hauls_of_fleets: Sums::new(
                HAULS_OF_FLEETS,
                |row| row.fleet.map(crate::kernel::ids::FleetId::index),
                "fleet",
                fleets,
            ),
            fuel: Sums::new(FUEL, |row| Some(row.fleet.index()), "fleet", fleets),
            equipment: Sums::new(EQUIPMENT, |row| Some(row.site.index()), "site", sites),
            calls: Sums::new(CALLS, |row| Some(row.site.index()), "site", sites),
            vessels: scenario
                .freight
                .as_ref()
                .and_then(|freight| freight.vessels.as_ref())
                .map(|_| Sums::new(VESSELS, |row: &VesselRow| Some(row.site.index()), "site", sites)),
            bills: Sums::new(BILLS, |row| Some(row.site.index()), "site", sites),
            refuelings: Sums::new(REFUELINGS, |row| Some(row.station.index()), "site", &stations),
            hydrogen: Sums::new(HYDROGEN, |row| Some(row.station.index()), "site", &stations),
            peaks: Peaks::new(scenario),
        }
    }

    pub(super) fn sessions(&mut self, rows: &[SessionRow]) {
        self.sessions.take(rows);
    }

    pub(super) fn power(&mut self, rows: &[PowerRow]) {
        self.power.take(rows);
        self.peaks.take(rows);
    }

    pub(super) fn hauls(&mut self, rows: &[HaulRow]) {
        self.hauls.take(rows);
        self.hauls_of_fleets.take(rows);
    }

    pub(super) fn fuel(&mut self, rows: &[FuelRow]) {
        self.fuel.take(rows);
    }

    pub(super) fn equipment(&mut self, rows: &[EquipmentRow]) {
        self.equipment.take(rows);
    }

    pub(super) fn calls(&mut self, rows: &[CallRow]) {
        self.calls.take(rows);
    }

    pub(super) fn vessels(&mut self, rows: &[VesselRow]) {
        if let Some(vessels) = &mut self.vessels {
            vessels.take(rows);
        }
    }

    pub(super) fn bills(&mut self, rows: &[BillRow]) {
        self.bills.take(rows);
    }

    pub(super) fn refuelings(&mut self, rows: &[RefuelRow]) {
        self.refuelings.take(rows);
    }

    pub(super) fn hydrogen(&mut self, rows: &[HydrogenRow]) {
        self.hydrogen.take(rows);
    }

    /// Holds every metric of the lists to its column.
    pub(super) fn close(&mut self, metrics: &[Metric], names: &Names, findings: &mut Findings) {
        let told: Told<'_> =
            metrics.iter().map(|metric| ((metric.scope.as_str(), metric.name), metric.value)).collect();
        self.sessions.hold(&told, 1.0, findings);
        self.power.hold(&told, self.hours, findings);
        self.hauls.hold(&told, 1.0, findings);
        self.hauls_of_fleets.hold(&told, 1.0, findings);
        self.fuel.hold(&told, 1.0, findings);
        self.equipment.hold(&told, 1.0, findings);
        self.calls.hold(&told, 1.0, findings);
        self.vessels.iter().for_each(|vessels| vessels.hold(&told, 1.0, findings));
        self.bills.hold(&told, 1.0, findings);
        self.refuelings.hold(&told, 1.0, findings);
        self.hydrogen.hold(&told, 1.0, findings);
        self.peaks.hold(&told, names, findings);
    }

    /// Rows of the table of sessions.
    pub(super) fn session_rows(&self) -> u64 {
        self.sessions.rows
    }
}

/// Highest power of an interval, by site and of the hub's own together: a plant beside them is no part of it.
#[derive(Debug, Default)]
struct Peaks {
    is_own: Vec<bool>,
    of_sites: Vec<f64>,
    of_all: f64,
    /// The interval that is being read, and its power so far.
    now: (u32, f64),
}

impl Peaks {
    fn new(scenario: &Scenario) -> Self {
        let is_own: Vec<bool> = scenario.site.values().map(|site| site.kind != SiteKind::Plant).collect();
        Self { of_sites: vec![0.0; is_own.len()], is_own, ..Self::default() }
    }

    fn take(&mut self, rows: &[PowerRow]) {
        for row in rows {
            let peak = &mut self.of_sites[row.site.index()];
            *peak = peak.max(row.total_kw);
            if row.start_s != self.now.0 {
                self.of_all = self.of_all.max(self.now.1);
                self.now = (row.start_s, 0.0);
            }
            if self.is_own[row.site.index()] {
                self.now.1 += row.total_kw;
            }
        }
    }

    fn hold(&mut self, told: &Told<'_>, names: &Names, findings: &mut Findings) {
        self.of_all = self.of_all.max(self.now.1);
        let sites = names.sites.iter().map(|key| ScopeKind::Site.of(key)).zip(&self.of_sites);
        for (scope, peak) in sites.chain([(TOTAL.to_owned(), &self.of_all)]) {
            let value = told.get(&(scope.as_str(), MetricName::PeakKw)).copied().flatten().unwrap_or(0.0);
            let what = || format!("total: peak_kw of {scope} and its column");
            findings.equal(Check::TotalPeak, what, value, *peak);
        }
    }
}
