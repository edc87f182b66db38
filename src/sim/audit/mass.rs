//! Energy and hydrogen between the tables: what the parts of a row add up to, what two tables say of the same flow, and
//! that no kilogram appears or vanishes from one interval to the next.

use super::ports::group_of;
use crate::kernel::units::S_PER_H;
use crate::record::audit::{Check, Findings};
use crate::record::hydrogen::{HydrogenRow, PlantRow};
use crate::record::names::Names;
use crate::record::rows::{EquipmentRow, PowerRow, SessionRow};
use crate::scenario::Scenario;

/// Hydrogen is counted to this, kg.
const GRAM: f64 = 1e-3;

/// Flows so far.
#[derive(Debug)]
pub(super) struct Mass {
    hours: f64,
    /// By charging port: energy in the battery over energy drawn.
    efficiencies: Vec<f64>,
    /// By site, taken by stationary batteries less given, kWh.
    storage_kwh: Vec<f64>,
    /// By site, at chargers: drawn by sessions, and in the table of power, kWh.
    charged_kwh: Vec<[f64; 2]>,
    /// By site, of grid-connected equipment: used, and in the table of power, kWh.
    cranes_kwh: Vec<[f64; 2]>,
    /// By station and by plant: what it held at the end of the interval before, kg.
    stations_kg: Vec<Option<f64>>,
    plants_kg: Vec<Option<f64>>,
    /// Sent into pipelines by plants, and out of them at stations, kg.
    piped_kg: [f64; 2],
}

impl Mass {
    pub(super) fn new(scenario: &Scenario, names: &Names) -> Self {
        Self {
            hours: f64::from(scenario.time.interval_s) / S_PER_H,
            efficiencies: names.ports.iter().map(|port| group_of(port, scenario).0.efficiency).collect(),
            storage_kwh: vec![0.0; names.sites.len()],
            charged_kwh: vec![[0.0; 2]; names.sites.len()],
            cranes_kwh: vec![[0.0; 2]; names.sites.len()],
            stations_kg: vec![None; names.stations.len()],
            plants_kg: vec![None; names.plants.len()],
            piped_kg: [0.0; 2],
        }
    }

    pub(super) fn sessions(&mut self, rows: &[SessionRow], names: &Names, findings: &mut Findings) {
        for row in rows {
            self.charged_kwh[row.site.index()][0] += row.grid_kwh;
            let efficiency = row.port.map_or(1.0, |port| self.efficiencies[port.index()]);
            // What is exported leaves the battery with the losses on top, and comes to the meter without them.
            let in_kwh = (row.grid_kwh + row.v2g_export_kwh) * efficiency - row.v2g_export_kwh / efficiency;
            let what = || {
                let (kind, id, at) = (row.vehicle_kind.word(), row.vehicle_id, row.end_s);
                let port = row.port.map_or("no port", |port| &names.ports[port.index()]);
                format!("energy: {kind} {id} at {port} until {at} s, delivered, and drawn less losses, kWh")
            };
            findings.equal(Check::SessionEfficiency, what, row.delivered_kwh, in_kwh);
        }
    }

    pub(super) fn equipment(&mut self, rows: &[EquipmentRow]) {
        for row in rows {
            self.cranes_kwh[row.site.index()][0] += row.grid_kwh;
        }
    }

    pub(super) fn power(&mut self, rows: &[PowerRow], names: &Names, findings: &mut Findings) {
        for row in rows {
            let drawn_kw = row.charging_kw + row.equipment_kw + row.shore_kw + row.other_kw + row.hydrogen_kw;
            let what = || {
                format!(
                    "energy: the meter of `{}` at {} s and its parts, kW",
                    names.sites[row.site.index()],
                    row.start_s
                )
            };
            findings.equal(Check::MeterParts, what, row.total_kw, drawn_kw + row.storage_kw - row.solar_kw);
            self.storage_kwh[row.site.index()] += row.storage_kw * self.hours;
            self.charged_kwh[row.site.index()][1] += row.charging_kw * self.hours;
            self.cranes_kwh[row.site.index()][1] += row.equipment_kw * self.hours;
        }
    }

    pub(super) fn hydrogen(&mut self, rows: &[HydrogenRow], names: &Names, findings: &mut Findings) {
        for row in rows {
            let name = &names.stations[row.station.index()];
            let held_kg = row.bulk_kg + row.cascade_kg;
            let came_kg = row.produced_kg + row.delivered_kg + row.piped_kg;
            let went_kg = row.vented_kg + row.dispensed_kg;
            findings.hold(Check::StationHolds, row.bulk_kg >= -GRAM && row.cascade_kg >= -GRAM, || {
                format!("hydrogen: {name} holds {} and {} kg at {} s", row.bulk_kg, row.cascade_kg, row.start_s)
            });
            if let Some(before_kg) = self.stations_kg[row.station.index()].replace(held_kg) {
                let what = || {
                    format!("hydrogen: {name} at {} s, kg held, and held before with what came and went", row.start_s)
                };
                findings.near(Check::StationInterval, what, held_kg, before_kg + came_kg - went_kg, GRAM);
            }
            self.piped_kg[1] += row.piped_kg;
        }
    }

    pub(super) fn plants(&mut self, rows: &[PlantRow], names: &Names, findings: &mut Findings) {
        for row in rows {
            let name = &names.plants[row.plant.index()];
            let went_kg = row.neighbours_kg + row.stations_kg;
            if let Some(before_kg) = self.plants_kg[row.plant.index()].replace(row.stock_kg) {
                let what = || {
                    format!("hydrogen: {name} at {} s, kg held, and held before with what came and went", row.start_s)
                };
                findings.near(Check::PlantInterval, what, row.stock_kg, before_kg + row.produced_kg - went_kg, GRAM);
            }
            self.piped_kg[0] += row.stations_kg;
        }
    }

    pub(super) fn close(&self, names: &Names, findings: &mut Findings) {
        for (site, key) in names.sites.iter().enumerate() {
            let [sessions, power] = self.charged_kwh[site];
            let what = || format!("energy: sessions of `{key}` and the table of power, kWh");
            findings.equal(Check::MeterSessions, what, sessions, power);
            let [hours, power] = self.cranes_kwh[site];
            let what = || format!("energy: grid-connected equipment of `{key}` and the table of power, kWh");
            findings.equal(Check::MeterEquipment, what, hours, power);
        }
        let [sent_kg, piped_kg] = self.piped_kg;
        let what = || "hydrogen: kg into pipelines and out of them".to_owned();
        findings.near(Check::PipelineRows, what, sent_kg, piped_kg, GRAM.max(1e-6 * sent_kg));
    }

    /// Taken by the stationary batteries of each site less given, kWh.
    pub(super) fn storage_kwh(&self) -> Vec<f64> {
        self.storage_kwh.clone()
    }
}
