//! Sessions, queues, hauls, meters, stationary batteries and swap yards.

use super::{Check, Group, after, at_end, one, summary, world};
use crate::charging::record::tamper;
use crate::grid::audit::tamper as storages;
use crate::kernel::ids::PortId;
use crate::kernel::units::Kwh;
use crate::record::rows::{EquipmentRow, HaulRow, PowerRow, SessionRow};
use crate::record::words::HaulState;
use crate::swap::audit::tamper as swaps;
use crate::truck::state::TruckEnergy;
use crate::vehicle::on_board::OnBoard;

/// Number of the site `depot` of `depot_night`.
const DEPOT: usize = 4;

pub(super) const GROUPS: &[&Group] = &[&SESSIONS, &ENERGY, &EQUIPMENT, &HAULS, &STORAGES, &SWAPS];

fn is_session(row: &SessionRow) -> bool {
    row.start_s.is_some() && row.grid_kwh > 1.0
}

fn is_done(row: &HaulRow) -> bool {
    row.state == HaulState::Completed
}

const SESSIONS: Group = Group {
    scenario: ("scenarios/depot_night", None),
    settings: &["time.days=2", "charger.night.cabinets=10"],
    cases: &[
        world(Check::PortOnce, "port: truck", |world| {
            at_end(world, |rows: &mut Vec<SessionRow>| {
                rows.iter_mut().filter(|row| row.port.is_some()).for_each(|row| row.port = Some(PortId(0)));
            });
        }),
        world(Check::VehicleOnce, "was at another port or queue until", |world| {
            at_end(world, |rows: &mut Vec<SessionRow>| {
                for row in rows {
                    row.vehicle_id = 0;
                }
            });
        }),
        world(Check::SessionTimes, "session: truck", |world| {
            one(world, is_session, |row| row.start_s = Some(row.end_s + 60));
        }),
        world(Check::SessionSoc, "state of charge: truck", |world| one(world, is_session, |row| row.end_soc = 1.01)),
        world(Check::SessionSoc, "state of charge: truck", |world| {
            one(world, is_session, |row| row.start_soc = f64::NAN);
        }),
        world(Check::SessionEfficiency, "drawn less losses", |world| {
            one(world, is_session, |row| row.delivered_kwh *= 1.001);
        }),
        world(Check::SessionEfficiency, "drawn less losses", |world| {
            one(world, is_session, |row| (row.grid_kwh, row.v2g_export_kwh) = (row.grid_kwh - 1.0, 1.0));
        }),
        world(Check::QueueRows, "of `depot` over time, and waits of the rows", |world| {
            one(world, is_session, |row| row.wait_s += 60);
        }),
        summary(Check::QueueMetrics, "of `depot` over time, and waits of the metrics", |summary| {
            summary.sites[DEPOT].charging.waits.add(600);
        }),
        world(Check::QueueCounted, "of `depot` over time, counted and from its rows", |world| {
            one(world, is_session, |row| (row.arrive_s, row.wait_s) = (row.arrive_s - 60, row.wait_s + 60));
        }),
        world(Check::QueueCounted, "counted and from its rows", |world| tamper::lengthen_queue(world, DEPOT)),
        world(Check::SessionsEnded, "session: begun, and ended or open", tamper::count_a_session),
        world(Check::SessionsCounted, "session: begun, and in the metrics", |world| {
            at_end(world, |rows: &mut Vec<SessionRow>| rows.retain(|row| row.start_s.is_none()));
        }),
        summary(Check::SessionRows, "session: rows, and waits in the metrics", |summary| {
            summary.sites[DEPOT].charging.waits.add(0);
        }),
        after(Check::PortsOccupied, "session: ports with a session, and their list", |world| {
            tamper::occupy_a_port(world, DEPOT);
        }),
        world(Check::LimitPort, "limit: night/", |world| one(world, is_session, |row| row.grid_kwh *= 10.0)),
        world(Check::LimitExport, "took 500 kWh back", |world| {
            one(world, is_session, |row| row.v2g_export_kwh = 500.0);
        }),
    ],
};

#[test]
fn sessions_and_queues() {
    SESSIONS.objects();
}

const ENERGY: Group = Group {
    scenario: ("scenarios/depot_night", None),
    settings: &["time.days=1"],
    cases: &[
        world(Check::MeterParts, "energy: the meter of `", |world| {
            one(world, |_| true, |row: &mut PowerRow| row.total_kw += 1.0);
        }),
        world(Check::MeterSessions, "energy: sessions of `dc_carson` and the table of power", |world| {
            let both = |row: &mut PowerRow| {
                (row.total_kw, row.charging_kw) = (row.total_kw + 1.0, row.charging_kw + 1.0);
            };
            one(world, |_| true, both);
        }),
        summary(Check::ChargingMeterSessions, "energy: depot: sessions and charging meter", |summary| {
            summary.sites[DEPOT].charging.grid_kwh += 1.0;
        }),
        summary(Check::ChargingMeterPower, "energy: depot: power table and charging meter", |summary| {
            summary.sites[DEPOT].meter.charging_kwh += 1.0;
        }),
        summary(Check::SiteMeterPower, "energy: depot: power table and meter", |summary| {
            summary.sites[DEPOT].meter.energy_kwh += 1.0;
        }),
        world(Check::VehicleEnergy, "energy: of vehicles, taken in, and driven and stored", |world| {
            for mut truck in world.query::<&mut TruckEnergy>().iter_mut(world) {
                if let OnBoard::Battery(battery) = truck.tampered() {
                    let _ = battery.draw(Kwh(0.01));
                }
            }
        }),
    ],
};

#[test]
fn energy_between_tables_meters_and_batteries() {
    ENERGY.objects();
}

const EQUIPMENT: Group = Group {
    scenario: ("scenarios/port_terminal", None),
    settings: &["time.days=1"],
    cases: &[world(Check::MeterEquipment, "energy: grid-connected equipment of", |world| {
        one(world, |row: &EquipmentRow| row.grid_kwh > 1.0, |row| row.grid_kwh -= 1.0);
    })],
};

#[test]
fn grid_connected_equipment() {
    EQUIPMENT.objects();
}

const HAULS: Group = Group {
    scenario: ("scenarios/depot_night", None),
    settings: &["time.days=1"],
    cases: &[
        world(Check::HaulOnce, "has two rows", |world| {
            at_end(world, |rows: &mut Vec<HaulRow>| rows.push(rows[0].clone()));
        }),
        world(Check::HaulRows, "haul: put up or put off beyond the end, and rows", |world| {
            at_end(world, |rows: &mut Vec<HaulRow>| rows.truncate(rows.len() - 1));
        }),
        summary(Check::HaulStates, "haul: requested, and completed, lapsed or open", |summary| summary.lapsed += 1),
        world(Check::HaulTimes, "are not in order", |world| one(world, is_done, |row| row.at_origin_s = Some(0))),
        world(Check::HaulDone, "does not say when and by which truck", |world| {
            one(world, is_done, |row| row.truck = None);
        }),
        world(Check::HaulsCompleted, "haul: completed by trucks, and rows", |world| {
            one(world, is_done, |row| row.fleet = None);
        }),
    ],
};

#[test]
fn hauls_once_each() {
    HAULS.objects();
}

/// A battery that shaves the peak of the depot and fades: 2 % of what it holds in a day, so that the loss counts.
const STORAGES: Group = Group {
    scenario: ("scenarios/depot_night", None),
    settings: &[
        "time.days=1",
        "storage.pack.site=depot",
        "storage.pack.energy_kwh=400",
        "storage.pack.power_kw=100",
        "storage.pack.round_trip=0.81",
        "storage.pack.first_soc=1.0",
        "storage.pack.rule=peak_shave",
        "storage.pack.cap_kw=100",
        "storage.pack.loss_per_year=0.2",
    ],
    cases: &[
        after(Check::StorageEnergy, "storage: `pack`: stored at the end", |world| storages::fill(world, 1.0)),
        after(Check::StorageEnergy, "storage: `pack`: stored at the end", |world| storages::fill(world, f64::NAN)),
        after(Check::StorageSoc, "storage: `pack`: state of charge", |world| storages::fill(world, 400.0)),
        after(Check::StorageSoc, "storage: `pack`: state of charge", |world| storages::fill(world, -400.1)),
        after(Check::StoragePower, "storage: at `depot`, charged less discharged", |world| storages::count(world, 1.0)),
        world(Check::StoragePower, "storage: at `depot`, charged less discharged", |world| {
            let moved = |row: &mut PowerRow| {
                (row.storage_kw, row.other_kw) = (row.storage_kw - 1.0, row.other_kw + 1.0);
            };
            one(world, |row: &PowerRow| row.site.index() == DEPOT, moved);
        }),
    ],
};

#[test]
fn stationary_batteries() {
    STORAGES.objects();
}

const SWAPS: Group = Group {
    scenario: ("scenarios/port_terminal", Some("scenarios/port_terminal/battery_swap.toml")),
    settings: &["time.days=1"],
    cases: &[
        after(Check::SwapQueue, "swap: units in the queue", |world| swaps::breaks(world, Check::SwapQueue)),
        after(Check::SwapsEnded, "swap: begun at", |world| swaps::breaks(world, Check::SwapsEnded)),
    ],
};

#[test]
fn swap_yards() {
    SWAPS.objects();
}
