//! From the freight of a scenario to vessel calls and hauls.

use super::demand::{Demand, draw_haul_factors};
use super::labor::{self, Labor, Shifts};
use super::state::{Berths, Board, Call, Haul};
use super::systems::Freight;
use crate::kernel::calendar::DAY_S;
use crate::kernel::random::Purpose;
use crate::place::build::Build;

/// Vessel calls and hauls.
pub(crate) fn add(build: &mut Build<'_>) {
    let labor = Labor(build.scenario.labor.as_ref().and_then(labor::labor));
    let mut freight = Freight::default();
    let mut vessels = Vec::new();
    if let Some(spec) = &build.scenario.freight {
        freight.known_before_s = (spec.known_before_h * 3600.0) as u32;
        freight.cancel_after_s = (spec.cancel_after_h * 3600.0) as u32;
        let energy_cv = build.scenario.travel.as_ref().map_or(0.0, |travel| travel.energy_cv);
        if let (Some(volumes), Some(labor)) = (&spec.volumes, &labor.0) {
            let terminals = &build.scenario.terminal;
            freight.demand =
                Demand::new(build.seed, volumes, labor.clone(), &build.sites, terminals, spec.due_after_h, energy_cv);
            vessels = freight.demand.as_ref().map_or_else(Vec::new, |demand| calls(build, demand));
        }
        for haul in listed_hauls(build, energy_cv) {
            let day = build.loaded.calendar.day(i64::from(haul.ready_s));
            freight.by_day.entry(day).or_default().push(haul);
        }
    }
    let break_groups = build.scenario.labor.as_ref().map_or(1, |spec| spec.break_groups);
    build.world.insert_resource(Shifts::new(&labor, break_groups));
    build.world.insert_resource(labor);
    build.world.insert_resource(freight);
    build.world.init_resource::<Board>();
    build.world.insert_resource(Berths::new(build.sites.0.len()));
    build.spawn::<_, Call>(vessels);
}

/// All calls that may matter, in the order of their time at berth.
fn calls(build: &Build<'_>, demand: &Demand) -> Vec<Call> {
    let mut all = Vec::new();
    let (after, before) = demand.reach_days();
    let calendar = &build.loaded.calendar;
    let end_s = i64::from(build.scenario.time.days) * DAY_S;
    for (key, terminal) in &build.scenario.terminal {
        let site = build.site(key);
        all.extend(demand.calls(key, site, terminal, calendar, -before * DAY_S, end_s + after * DAY_S));
    }
    all.sort_by_key(|call| (call.berth_s, call.site, call.index));
    for (id, call) in all.iter_mut().enumerate() {
        call.id = id as u32;
    }
    all
}

fn listed_hauls(build: &Build<'_>, energy_cv: f64) -> Vec<Haul> {
    let end_s = i64::from(build.scenario.time.days) * DAY_S;
    let listed = build.loaded.hauls.iter().flatten().enumerate();
    let inside = listed.filter(|(_, row)| row.ready_s >= 0 && row.ready_s < end_s);
    inside
        .map(|(at, row)| {
            let (origin, destination) = (build.site(&row.origin), build.site(&row.destination));
            let turn_cv = [&row.origin, &row.destination]
                .iter()
                .find_map(|key| build.scenario.terminal.get(key.as_str()))
                .map_or(0.0, |terminal| terminal.turn_cv);
            let mut stream = build.seed.stream(Purpose::ListedHauls, 0, at as u32);
            Haul {
                id: 0,
                origin,
                destination,
                ready_s: row.ready_s as u32,
                due_s: row.due_s as u32,
                loaded: row.loaded,
                fleet: row.fleet.as_deref().and_then(|fleet| build.fleet(fleet)),
                factors: draw_haul_factors(&mut stream, turn_cv, energy_cv),
            }
        })
        .collect()
}
