//! Contract: the audit objects to whatever is broken on purpose, and names it. Real runs go on while their world, their rows
//! or their sums are tampered with; without that the same runs pass.

use super::tamper::Tamper;
use crate::charging::record::tamper;
use crate::grid::state::LimitTree;
use crate::hydrogen::storage::Bulk;
use crate::kernel::clock::Clock;
use crate::kernel::ids::PortId;
use crate::kernel::units::Kwh;
use crate::record::Records;
use crate::record::hydrogen::{HydrogenRow, PlantRow, RefuelRow};
use crate::record::rows::{EquipmentRow, HaulRow, NodeRow, PowerRow, SessionRow};
use crate::record::summary::Summary;
use crate::record::table::Row;
use crate::record::words::HaulState;
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::sim::{Options, RunError, Simulation};
use crate::truck::state::TruckEnergy;
use crate::vehicle::on_board::OnBoard;
use bevy_ecs::prelude::World;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Number of the site `depot` of `depot_night`.
const DEPOT: usize = 4;
/// Number of the node `panel` behind it, where a test adds one.
const PANEL: usize = 6;

/// Something broken, and how the audit names it.
type Case = (&'static str, fn(&mut World));

fn shipped(name: &str, settings: &[&str]) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
    load(&Request { path, settings, ..Request::default() }).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What the audit says of a run.
fn told(loaded: &Loaded, tamper: Tamper) -> Vec<String> {
    let mut simulation = Simulation::new(loaded, &Options::default()).unwrap();
    simulation.tamper = tamper;
    match simulation.drive(loaded, (None, false), &AtomicBool::new(false), |_, _| {}) {
        Ok(_) => Vec::new(),
        Err(RunError::Audit(told)) => told,
        Err(other) => panic!("{other}"),
    }
}

/// The audit has nothing to say of the run as it is, and names what each case breaks.
fn objects(loaded: &Loaded, cases: &[Case]) {
    assert_eq!(told(loaded, Tamper::default()), [""; 0]);
    for (name, world) in cases {
        let told = told(loaded, Tamper { world: *world, ..Tamper::default() });
        assert!(told.iter().any(|told| told.contains(name)), "{name}: {told:#?}");
    }
}

/// Changes the rows that wait at the end of the run.
fn at_end<R: Row>(world: &mut World, change: impl FnOnce(&mut Vec<R>)) {
    if world.resource::<Clock>().done() {
        let mut rows = world.resource_mut::<Records<R>>().take();
        assert!(!rows.is_empty(), "no rows of {} are left to be changed", R::TABLE);
        change(&mut rows);
        let mut records = world.resource_mut::<Records<R>>();
        for row in rows {
            records.push(row);
        }
    }
}

/// Changes the first row that has what is wanted.
fn one<R: Row>(world: &mut World, is_meant: fn(&R) -> bool, change: fn(&mut R)) {
    at_end(world, |rows: &mut Vec<R>| {
        change(rows.iter_mut().find(|row| is_meant(row)).unwrap_or_else(|| panic!("no such row of {}", R::TABLE)));
    });
}

fn is_session(row: &SessionRow) -> bool {
    row.start_s.is_some() && row.grid_kwh > 1.0
}

fn is_done(row: &HaulRow) -> bool {
    row.state == HaulState::Completed
}

#[test]
fn sessions_and_queues() {
    objects(
        &shipped("depot_night", &["time.days=2", "charger.night.cabinets=10"]),
        &[
            ("port: truck", |world| {
                at_end(world, |rows: &mut Vec<SessionRow>| {
                    rows.iter_mut().filter(|row| row.port.is_some()).for_each(|row| row.port = Some(PortId(0)));
                });
            }),
            ("was at another port or queue until", |world| {
                at_end(world, |rows: &mut Vec<SessionRow>| {
                    for row in rows {
                        row.vehicle_id = 0;
                    }
                });
            }),
            ("session: truck", |world| one(world, is_session, |row| row.start_s = Some(row.end_s + 60))),
            ("state of charge: truck", |world| one(world, is_session, |row| row.end_soc = 1.01)),
            ("state of charge: truck", |world| one(world, is_session, |row| row.start_soc = f64::NAN)),
            ("and waits of the rows", |world| one(world, is_session, |row| row.wait_s += 60)),
            ("counted and from its rows", |world| {
                one(world, is_session, |row| {
                    (row.arrive_s, row.wait_s) = (row.arrive_s - 60, row.wait_s + 60);
                });
            }),
            ("counted and from its rows", |world| tamper::lengthen_queue(world, DEPOT)),
            ("session: begun, and ended or open", tamper::count_a_session),
            ("session: begun, and in the metrics", |world| {
                at_end(world, |rows: &mut Vec<SessionRow>| {
                    rows.retain(|row| row.start_s.is_none());
                });
            }),
            ("limit: night/", |world| one(world, is_session, |row| row.grid_kwh *= 10.0)),
            ("took 500 kWh back", |world| one(world, is_session, |row| row.v2g_export_kwh = 500.0)),
        ],
    );
}

#[test]
fn energy_between_tables() {
    objects(
        &shipped("depot_night", &["time.days=1"]),
        &[
            ("energy: the meter of `", |world| one(world, |_| true, |row: &mut PowerRow| row.total_kw += 1.0)),
            ("energy: sessions of `dc_carson` and the table of power", |world| {
                one(
                    world,
                    |_| true,
                    |row: &mut PowerRow| {
                        (row.total_kw, row.charging_kw) = (row.total_kw + 1.0, row.charging_kw + 1.0);
                    },
                );
            }),
            ("energy: of vehicles, taken in, and driven and stored", |world| {
                for mut truck in world.query::<&mut TruckEnergy>().iter_mut(world) {
                    if let OnBoard::Battery(battery) = truck.tampered() {
                        let _ = battery.draw(Kwh(0.01));
                    }
                }
            }),
        ],
    );
    objects(
        &shipped("port_terminal", &["time.days=1"]),
        &[("energy: grid-connected equipment of", |world| {
            one(world, |row: &EquipmentRow| row.grid_kwh > 1.0, |row| row.grid_kwh -= 1.0);
        })],
    );
}

/// A world that forgets its limits: the scenario does not.
#[test]
fn limits_of_sites() {
    objects(
        &shipped("depot_night", &["time.days=1", "site.depot.limit_kw=300"]),
        &[
            ("limit: charging put", |world| world.resource_mut::<LimitTree>().lift(DEPOT..=DEPOT)),
            ("limit: charging put", |world| {
                at_end(world, |rows: &mut Vec<PowerRow>| {
                    let row = rows.iter_mut().find(|row| row.charging_kw > 10.0).unwrap();
                    row.limit_kw = Some(row.total_kw - 5.0);
                });
            }),
        ],
    );
}

#[test]
fn limits_of_nodes_and_cabinets() {
    let settings = [
        "time.days=1",
        "node.panel.site=depot",
        "node.panel.limit_kw=200",
        "charger.night.behind=panel",
        "charger.night.cabinet_kw=50",
        "charger.night.ports=2",
        "charger.night.port_kw=50",
    ];
    objects(
        &shipped("depot_night", &settings),
        &[
            ("above its limit of 200 kW", |world| world.resource_mut::<LimitTree>().lift(PANEL..=PANEL)),
            ("of the load of `panel`", |world| {
                one(
                    world,
                    |row: &NodeRow| row.charging_kw > 10.0,
                    |row| {
                        row.limit_kw = Some(row.load_kw - 1.0);
                    },
                );
            }),
            ("limit: the cabinet of night/", |world| world.resource_mut::<LimitTree>().lift(PANEL + 1..)),
        ],
    );
}

#[test]
fn hauls_once_each() {
    objects(
        &shipped("depot_night", &["time.days=1"]),
        &[
            ("has two rows", |world| at_end(world, |rows: &mut Vec<HaulRow>| rows.push(rows[0].clone()))),
            ("haul: put up, and rows", |world| at_end(world, |rows: &mut Vec<HaulRow>| rows.truncate(rows.len() - 1))),
            ("are not in order", |world| one(world, is_done, |row| row.at_origin_s = Some(0))),
            ("does not say when and by whom", |world| one(world, is_done, |row| row.truck = None)),
            ("haul: completed by trucks, and rows", |world| one(world, is_done, |row| row.fleet = None)),
        ],
    );
}

#[test]
fn hydrogen_mass() {
    objects(
        &shipped("hydrogen_corridor", &["time.days=1"]),
        &[
            ("kg held, and held before", |world| one(world, |_| true, |row: &mut HydrogenRow| row.bulk_kg += 0.01)),
            ("kg held, and held before", |world| {
                let mut bulk = world.query::<&mut Bulk>().iter_mut(world).next().expect("it has a station");
                bulk.tampered().kg += 0.01;
            }),
            ("total: h2_dispensed_kg of site:", |world| {
                one(world, |row: &RefuelRow| row.got_kg > 1.0, |row| row.got_kg -= 0.1);
            }),
            ("hydrogen: vehicles: kg on board", |world| {
                for mut truck in world.query::<&mut TruckEnergy>().iter_mut(world) {
                    if let OnBoard::Hydrogen(tank) = truck.tampered() {
                        let _ = tank.draw(0.01);
                    }
                }
            }),
        ],
    );
}

#[test]
fn plants_of_hydrogen() {
    objects(
        &shipped("hydrogen_corridor", &["time.days=1"]),
        &[
            ("kg held, and held before", |world| one(world, |_| true, |row: &mut PlantRow| row.stock_kg += 0.01)),
            ("kg into pipelines and out of them", |world| {
                one(
                    world,
                    |_| true,
                    |row: &mut PlantRow| {
                        (row.stations_kg, row.neighbours_kg) = (row.stations_kg + 0.01, row.neighbours_kg - 0.01);
                    },
                );
            }),
        ],
    );
}

/// Every sum that a metric is made of, wrong by a little.
#[test]
fn totals_and_their_columns() {
    let cases: [(&str, fn(&mut Summary)); 15] = [
        ("energy_requested_kwh, and delivered and lacking", |summary| summary.hub.charging.requested_kwh += 1.0),
        ("energy_delivered_kwh of site:depot", |summary| summary.sites[DEPOT].charging.delivered_kwh *= 1.0001),
        ("energy_grid_kwh of total", |summary| summary.hub.meter.energy_kwh *= 1.0001),
        ("energy_charging_kwh of site:depot", |summary| summary.sites[DEPOT].meter.charging_kwh += 1.0),
        ("peak_kw of site:depot", |summary| summary.sites[DEPOT].meter.peak_kw += 1.0),
        ("peak_kw of total", |summary| summary.hub.meter.peak_kw *= 2.0),
        ("hauls_requested of total", |summary| summary.requested += 1),
        ("hauls_open of total", |summary| summary.open += 1),
        ("hauls_late of fleet:carrier", |summary| summary.fleets[0].late += 1),
        ("truck_km of fleet:carrier", |summary| summary.fleets[0].km += 1.0),
        ("truck_nox_kg of total", |summary| summary.fleets[0].nox_g += 100.0),
        ("sessions of total", |summary| summary.hub.charging.sessions += 1),
        ("waits of the metrics", |summary| summary.sites[DEPOT].charging.waits.add(600)),
        ("rows, and waits in the metrics", |summary| summary.sites[DEPOT].charging.waits.add(0)),
        ("bill: energy_usd of `depot`", |summary| {
            if let Some(Some(meter)) = summary.meters.get_mut(DEPOT) {
                meter.read(0, 900, 100.0);
            }
        }),
    ];
    let loaded = shipped("depot_night", &["time.days=1"]);
    for (name, summary) in cases {
        let told = told(&loaded, Tamper { summary, ..Tamper::default() });
        assert!(told.iter().any(|told| told.contains(name)), "{name}: {told:#?}");
    }
}
