//! What yards did, when a run is over; and what must hold then.

use super::doing::Doing;
use super::moves::Step;
use super::state::{Machine, Phase, Server, Yard, YardWork};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::record::metrics::{Metric, MetricName, ScopeMetrics};
use crate::record::names::Names;
use bevy_ecs::prelude::World;

/// Metrics of all yards, by site.
pub(crate) fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    let roster = world.resource::<Roster<Yard>>();
    let end_s = world.resource::<Clock>().now_s();
    let mut late = 0;
    for (yard, work) in roster.components::<Yard>(world).zip(roster.components::<YardWork>(world)) {
        let mut site = ScopeMetrics::new(format!("site:{}", names.sites[yard.site.index()]), &mut out);
        of_vessels(&mut site, work);
        of_trucks(&mut site, work);
        of_carriers(&mut site, yard, work, end_s);
        late += work.tally.late_lifts;
    }
    if !roster.is_empty() {
        ScopeMetrics::new("total", &mut out).count(MetricName::MovesLate, late);
    }
    out
}

/// A sum over a number, if there is one.
fn mean(sum: u64, number: u64, per: f64) -> Option<f64> {
    (number > 0).then(|| sum as f64 / number as f64 / per)
}

fn of_vessels(site: &mut ScopeMetrics<'_>, work: &YardWork) {
    let tally = &work.tally;
    let berthed = tally.vessels + work.berths.iter().flatten().count() as u64;
    site.add(MetricName::CraneMovesPerH, tally.crane_moves_per_h());
    site.add(MetricName::VesselBerthMeanH, mean(tally.berth_s, tally.vessels, 3600.0));
    site.add(MetricName::VesselWaitMeanH, mean(tally.berth_wait_s, berthed, 3600.0));
    site.count(MetricName::MovesLate, tally.late_lifts);
    site.count(MetricName::YardMoves, tally.ended);
    let served = tally.lifts + tally.trucks_handled;
    site.add(MetricName::YardKwhPerMove, (served > 0).then(|| tally.used_kwh / served as f64));
}

fn of_trucks(site: &mut ScopeMetrics<'_>, work: &YardWork) {
    let tally = &work.tally;
    let trucks = tally.turns.number();
    site.add(MetricName::TruckTurnMeanMin, tally.turns.mean_min());
    site.add(MetricName::TruckTurnP95Min, tally.turns.quantile_min(0.95));
    site.add(MetricName::TruckGateMeanMin, mean(tally.gate_s, trucks, 60.0));
    site.add(MetricName::TruckWayMeanMin, mean(tally.way_s, trucks, 60.0));
    site.add(MetricName::TruckBlockWaitMeanMin, mean(tally.block_wait_s, trucks, 60.0));
    site.add(MetricName::TruckHandlingMeanMin, mean(tally.handling_s, trucks, 60.0));
    site.count(MetricName::TrucksInYard, tally.trucks_inside());
}

fn of_carriers(site: &mut ScopeMetrics<'_>, yard: &Yard, work: &YardWork, end_s: u32) {
    let Some(class) = carriers(work).map(|machine| usize::from(machine.class)).next() else { return };
    let mut hours = work.tally.state_s[class].map(|seconds| seconds as f64 / 3600.0);
    for machine in carriers(work) {
        hours[machine.doing as usize] += f64::from(end_s - machine.since_s) / 3600.0;
    }
    let of = |doing: Doing| hours[doing as usize];
    let lot = work.tally.lot_s[class];
    debug_assert!(yard.plan.places() > 0);
    site.add(MetricName::CarrierLoadedH, of(Doing::LoadedWay));
    site.add(MetricName::CarrierEmptyH, of(Doing::EmptyWay));
    site.add(MetricName::CarrierCraneH, of(Doing::AtCrane));
    site.add(MetricName::CarrierCraneWaitH, of(Doing::CraneWait));
    site.add(MetricName::CarrierBlockH, of(Doing::AtBlock));
    site.add(MetricName::CarrierBlockWaitH, of(Doing::BlockWait));
    site.add(MetricName::CarrierLotWayH, of(Doing::LotWay));
    site.add(MetricName::CarrierLotQueueH, lot.queue_s as f64 / 3600.0);
    site.add(MetricName::CarrierPluggingH, lot.plugging_s as f64 / 3600.0);
    site.add(MetricName::CarrierLotH, of(Doing::AtLot));
    site.add(MetricName::CarrierBreakH, of(Doing::Break));
    site.add(MetricName::CarrierIdleH, of(Doing::Idle));
    site.count(MetricName::CarriersStranded, work.tally.stranded);
}

fn carriers(work: &YardWork) -> impl Iterator<Item = &Machine> {
    work.machines.iter().filter(|machine| machine.role == super::state::Role::Carrier)
}

/// What does not hold of a yard; empty when all is well: each container in one place, each machine at one thing, each lift of a
/// call made once, and every second of every machine told.
pub(crate) fn audit(world: &World) -> Vec<String> {
    let roster = world.resource::<Roster<Yard>>();
    let end_s = world.resource::<Clock>().now_s();
    roster.components::<YardWork>(world).flat_map(|work| audit_of(work, end_s)).collect()
}

/// As [`audit`], of one yard.
pub(crate) fn audit_of(work: &YardWork, end_s: u32) -> Vec<String> {
    let tally = &work.tally;
    let mut told = Vec::new();
    let mut equal = |what: &str, left: u64, right: u64| {
        if left != right {
            told.push(format!("yard: {what}: {left} is not {right}"));
        }
    };
    let in_hand = work.machines.iter().filter(|machine| machine.task.is_some()).count() as u64;
    equal("moves begun, and ended or in hand", tally.begun, tally.ended + in_hand);
    let at_berth: u64 = work.berths.iter().flatten().map(|vessel| u64::from(vessel.done)).sum();
    equal("lifts of cranes, and of calls", tally.lifts, tally.vessel_lifts + at_berth);
    for vessel in work.berths.iter().flatten() {
        let first = vessel.berth * (work.cranes.len() / work.berths.len().max(1));
        let here = &work.cranes[first..first + work.cranes.len() / work.berths.len().max(1)];
        let pending: usize = here.iter().map(|crane| crane.pending).sum();
        let all = vessel.to_discharge + vessel.to_load + vessel.done + pending as u32;
        equal("lifts of a call, and to do, in hand or done", u64::from(vessel.lifts), u64::from(all));
    }
    let inside = work.visits.iter().flatten().filter(|visit| visit.phase != Phase::Coming).count() as u64;
    equal("trucks that came in, and left or inside", tally.trucks_in, tally.turns.number() + inside);
    for (class, machines) in tally.machines.iter().enumerate() {
        let here = work.machines.iter().filter(|machine| usize::from(machine.class) == class);
        let open_s: u64 = here.map(|machine| u64::from(end_s - machine.since_s)).sum();
        let told_s = tally.state_s[class].iter().sum::<u64>() + open_s;
        equal("seconds of machines, and of what they did", u64::from(*machines) * u64::from(end_s), told_s);
    }
    let waits = |doing: Doing| work.machines.iter().filter(|machine| machine.doing == doing).count() as u64;
    let at_cranes: usize = work.cranes.iter().map(|crane| crane.queue.len()).sum();
    let at_blocks: usize = work.zones.iter().map(|zone| zone.carriers.len()).sum();
    equal("carriers that wait for a crane, and in queues", waits(Doing::CraneWait), at_cranes as u64);
    equal("carriers that wait at a block, and in queues", waits(Doing::BlockWait), at_blocks as u64);
    let served = work.cranes.iter().filter(|crane| crane.serves.is_some()).count() as u64;
    equal("carriers at cranes, and cranes that serve", waits(Doing::AtCrane), served);
    for (at, machine) in work.machines.iter().enumerate().filter(|(_, it)| it.doing == Doing::CraneWait) {
        let crane = match Step::end_of(machine).map(|end| end.server) {
            Some(Server::Crane(crane)) => usize::from(crane),
            _ => usize::MAX,
        };
        let times = work.cranes.get(crane).map_or(0, |it| it.queue.iter().filter(|id| usize::from(**id) == at).count());
        equal("places of a carrier in the queue of its crane", 1, times as u64);
    }
    told
}

/// Things on the agendas of yards that came due.
pub(crate) fn events(world: &World) -> u64 {
    let yards = world.resource::<Roster<Yard>>();
    yards.components::<YardWork>(world).map(|work| work.agenda.handled()).sum()
}
