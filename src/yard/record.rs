//! What yards did, when a run is over.

use super::doing::Doing;
use super::state::{Machine, Yard, YardWork};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::record::metrics::{Metric, MetricName, ScopeKind, ScopeMetrics, TOTAL};
use crate::record::names::Names;
use bevy_ecs::prelude::World;

/// Metrics of all yards, by site.
pub(crate) fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    let roster = world.resource::<Roster<Yard>>();
    let end_s = world.resource::<Clock>().now_s();
    let mut late = 0;
    for (yard, work) in roster.components::<Yard>(world).zip(roster.components::<YardWork>(world)) {
        let mut site = ScopeMetrics::new(ScopeKind::Site.of(&names.sites[yard.site.index()]), &mut out);
        let overdue = work.overdue_lifts(end_s);
        of_vessels(&mut site, work, overdue);
        of_trucks(&mut site, work);
        of_carriers(&mut site, yard, work, end_s);
        of_lots(&names.sites[yard.site.index()], yard, work, &mut out);
        late += work.tally.late_lifts + overdue;
    }
    if !roster.is_empty() {
        ScopeMetrics::new(TOTAL, &mut out).count(MetricName::MovesLate, late);
    }
    out
}

/// How far it is to the charging lots of a yard.
fn of_lots(site: &str, yard: &Yard, work: &YardWork, out: &mut Vec<Metric>) {
    for (lot, ways) in yard.plan.lots().iter().zip(&work.tally.lot_ways) {
        let mut scope = ScopeMetrics::new(format!("lot:{site}/{}", lot.key), out);
        scope.add(MetricName::LotWayMeanMin, mean(ways.way_s, ways.number, 60.0));
    }
}

/// A sum over a number, if there is one.
fn mean(sum: u64, number: u64, per: f64) -> Option<f64> {
    (number > 0).then(|| sum as f64 / number as f64 / per)
}

fn of_vessels(site: &mut ScopeMetrics<'_>, work: &YardWork, overdue: u64) {
    let tally = &work.tally;
    let berthed = tally.vessels + work.berths.iter().flatten().count() as u64;
    site.add(MetricName::CraneMovesPerH, tally.crane_moves_per_h());
    site.add(MetricName::VesselBerthMeanH, mean(tally.berth_s, tally.vessels, 3600.0));
    site.add(MetricName::VesselWaitMeanH, mean(tally.berth_wait_s, berthed, 3600.0));
    site.count(MetricName::MovesLate, tally.late_lifts + overdue);
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
    site.add(MetricName::CarrierTowedH, of(Doing::Towed));
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

impl YardWork {
    /// Lifts of vessels that should have left by now and that nobody has made.
    fn overdue_lifts(&self, now_s: u32) -> u64 {
        let at_berth = self.berths.iter().flatten().map(|vessel| (vessel.due_s, vessel.lifts - vessel.done));
        let waiting = self.waiting_vessels.waiting().iter().map(|at| &self.coming[*at as usize]);
        let all = at_berth.chain(waiting.map(|vessel| (vessel.due_s, vessel.lifts)));
        all.filter(|(due_s, _)| *due_s < now_s).map(|(_, lifts)| u64::from(lifts)).sum()
    }
}

/// Things on the agendas of yards that came due.
pub(crate) fn events(world: &World) -> u64 {
    let yards = world.resource::<Roster<Yard>>();
    yards.components::<YardWork>(world).map(|work| work.agenda.handled()).sum()
}
