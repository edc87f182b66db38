//! From the freight of a scenario to vessel calls and hauls.

use super::appointments::{AllAppointments, Appointments};
use super::demand::{Demand, draw_haul_factors, gate_hours};
use super::labor::Labor;
use super::state::{Berths, Board, Call, Haul, ShoreNodes};
use super::systems::Freight;
use super::vessels::{Stay, Vessels};
use crate::grid::build::inner_node;
use crate::kernel::calendar::DAY_S;
use crate::kernel::random::Purpose;
use crate::kernel::units::S_PER_H;
use crate::place::build::Build;
use crate::place::site::Site;
use crate::terminal::spec::TerminalSpec;

/// Vessel calls and hauls.
pub(crate) fn add(build: &mut Build<'_>) {
    let own = |(key, spec): (&String, &TerminalSpec)| spec.labor.clone().map(|labor| (build.site(key), labor));
    let labor = Labor::new(build.scenario.labor.as_ref(), build.scenario.terminal.iter().filter_map(own));
    let mut freight = Freight::default();
    let mut vessels = Vec::new();
    if let Some(spec) = &build.scenario.freight {
        freight.has_list = spec.hauls.is_some();
        freight.known_before_s = (spec.known_before_h * S_PER_H) as u32;
        freight.cancel_after_s = (spec.cancel_after_h * S_PER_H) as u32;
        let energy_cv = build.scenario.travel.as_ref().map_or(0.0, |travel| travel.energy_cv);
        if let Some(volumes) = spec.volumes.as_ref().filter(|_| labor.is_some()) {
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
    build.world.insert_resource(shore_nodes(build));
    if let Some(vessels) = self::vessels(build) {
        build.world.insert_resource(vessels);
    }
    build.world.insert_resource(appointments(build));
    build.world.insert_resource(labor);
    build.world.insert_resource(freight);
    build.world.init_resource::<Board>();
    build.world.insert_resource(Berths::new(build.sites.count()));
    build.spawn::<_, Call>(vessels.into_iter().map(|call| (Stay::of(&call), call)).collect());
}

/// Windows in which gates are open: by their own hours, else as `[freight.volumes]` has them, else at any hour.
fn appointments(build: &Build<'_>) -> AllAppointments {
    let volumes = build.scenario.freight.as_ref().and_then(|freight| freight.volumes.as_ref());
    let of = |(key, spec): (&String, &TerminalSpec)| {
        let appointments = spec.appointments.as_ref()?;
        let gate = volumes.and_then(|volumes| gate_hours(volumes, spec));
        let is_open = (0..168).map(|hour| gate.as_ref().is_none_or(|gate| gate.weight(hour) > 0.0)).collect();
        Some((build.site(key), Appointments::new(key, appointments, is_open)))
    };
    let gates = build.scenario.terminal.iter().filter_map(of).collect();
    AllAppointments::new(gates, build.sites.iter().map(|site| mean_stay_s(build, site)).collect())
}

/// Mean time of a truck at a site, s.
fn mean_stay_s(build: &Build<'_>, site: &Site) -> u32 {
    let minutes = build.scenario.terminal.get(&site.key).map_or(site.spec.mean_stay_min(), TerminalSpec::mean_stay_min);
    (minutes * 60.0).round() as u32
}

/// The nodes that vessels draw from.
fn shore_nodes(build: &Build<'_>) -> ShoreNodes {
    let node = |(key, spec): (&String, &TerminalSpec)| {
        let site = build.site(key);
        spec.shore_behind.as_deref().map(|behind| (site, inner_node(build, site, Some(behind))))
    };
    ShoreNodes::new(build.scenario.terminal.iter().filter_map(node).collect())
}

/// All calls that may matter, in the order of their time at berth.
fn calls(build: &Build<'_>, demand: &Demand) -> Vec<Call> {
    let mut all = Vec::new();
    let vessels = vessels(build);
    let (after, before) = demand.reach_days();
    let calendar = &build.loaded.calendar;
    let end_s = i64::from(build.scenario.time.days) * DAY_S;
    for (key, terminal) in &build.scenario.terminal {
        let site = build.site(key);
        let mut calls = demand.calls(key, site, terminal, calendar, -before * DAY_S, end_s + after * DAY_S);
        if let Some(vessels) = &vessels {
            for call in &mut calls {
                vessels.board(call, build.seed, calendar, terminal.shore_kw > 0.0);
            }
        }
        all.extend(calls);
    }
    all.sort_by_key(|call| (call.berth_s, call.site, call.index));
    for (id, call) in all.iter_mut().enumerate() {
        call.id = id as u32;
    }
    all
}

/// What the vessels of a scenario burn, where it says so.
fn vessels(build: &Build<'_>) -> Option<Vessels> {
    let scenario = build.scenario;
    let spec = scenario.freight.as_ref()?.vessels.as_ref()?;
    let emissions = scenario.emissions.as_ref().expect("the check asks scenarios with vessels for [emissions]");
    Some(Vessels::new(spec, &scenario.engine, &scenario.fuel, emissions.warming(), &scenario.rule.at_berth))
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
                windows_s: [None; 2],
                factors: draw_haul_factors(&mut stream, turn_cv, energy_cv),
            }
        })
        .collect()
}
