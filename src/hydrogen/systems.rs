//! Vehicles meet stations: arrivals, fills, recoveries, failures, trailers, in the order of their exact time.

use super::flow::FULL_KG;
use super::record::{fill_row, waited_row};
use super::spec::{HydrogenSpec, WhenEmpty};
use super::state::{AskedByHour, DueKind, Fill, FuelBalance, HydrogenAgenda, Position, Station};
use super::station::{Positions, StationParts};
use super::storage::Lot;
use super::supply;
use super::visit::{FuelArrival, FuelArrivals, FuelDeparture, FuelDepartures, FuelVisitList};
use crate::kernel::agenda::Due;
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{AtSite, Roster, StationId};
use crate::kernel::stage::{Register, Tick};
use crate::record::Records;
use crate::record::hydrogen::RefuelRow;
use crate::record::words::FuelLeave;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// Registers the hydrogen systems.
pub fn register(r: &mut Register<'_>) {
    r.boundary(Tick::Deliver, (supply::close_stations, supply::close_plants).chain());
    let supply = (supply::ask_policy, supply::run_compressors, supply::run_electrolysers, supply::share_plants);
    r.interval_start(Tick::Supply, supply.chain().before(serve_stations));
    r.tick(Tick::Supply, serve_stations);
}

/// When the next vehicle of the list comes, or something at a station is due; now where vehicles are handed over.
pub(crate) fn next_due_s(world: &World) -> u32 {
    if !(world.resource::<FuelArrivals>().is_empty() && world.resource::<FuelDepartures>().is_empty()) {
        return 0;
    }
    let list = world.resource::<FuelVisitList>();
    let visit_s = list.visits.get(list.next).map(|visit| visit.at_s);
    let event_s = world.resource::<HydrogenAgenda>().0.next_at();
    visit_s.into_iter().chain(event_s).min().unwrap_or(u32::MAX)
}

/// All that the events of stations touch.
#[derive(SystemParam)]
struct StationContext<'w, 's> {
    calendar: Res<'w, Calendar>,
    at_site: Res<'w, AtSite<StationId>>,
    roster: Res<'w, Roster<Station>>,
    stations: Query<'w, 's, StationParts>,
    asked: Query<'w, 's, &'static mut AskedByHour>,
    positions: Positions<'w, 's>,
    agenda: ResMut<'w, HydrogenAgenda>,
    balance: ResMut<'w, FuelBalance>,
    departures: ResMut<'w, FuelDepartures>,
    rows: ResMut<'w, Records<RefuelRow>>,
}

/// Everything of this tick, in the order of its exact time.
fn serve_stations(
    clock: Res<Clock>,
    mut list: ResMut<FuelVisitList>,
    mut arrivals: ResMut<FuelArrivals>,
    mut context: StationContext<'_, '_>,
) {
    context.departures.clear();
    let mut coming = arrivals.take();
    while let Some(visit) = list.visits.get(list.next)
        && visit.at_s < clock.tick_end_s()
    {
        coming.push(visit.clone());
        list.next += 1;
    }
    coming.sort_by_key(|arrival| (arrival.at_s, arrival.vehicle));
    if clock.starts_interval() && !clock.done() {
        (0..context.roster.len()).for_each(|station| context.serve(StationId::at(station), clock.now_s()));
    }
    let mut coming = coming.into_iter().peekable();
    loop {
        let end_s = coming.peek().map_or(clock.tick_end_s(), |arrival| (arrival.at_s + 1).min(clock.tick_end_s()));
        if let Some(due) = context.agenda.0.pop_before(end_s) {
            context.handle(due);
        } else if let Some(arrival) = coming.next() {
            context.arrive(arrival);
        } else {
            break;
        }
    }
}

impl StationContext<'_, '_> {
    fn handle(&mut self, due: Due<DueKind>) {
        let Due { at_s, kind, id } = due;
        let (station, position) = (StationId(id), id as usize);
        match kind {
            DueKind::Unload => self.unload(station, at_s),
            DueKind::Look => self.look_again(station, at_s),
            DueKind::TimeUp => self.time_up(station, at_s),
            DueKind::Finish => self.finish(position, at_s),
            DueKind::Flow => self.look(self.station_of(position), at_s),
            DueKind::Repair => self.repair(position, at_s),
            DueKind::Ready => self.serve(self.station_of(position), at_s),
            DueKind::Fail => self.fail(position, at_s),
        }
    }

    fn push(&mut self, at_s: u32, kind: DueKind, id: u32) {
        self.agenda.0.push(Due { at_s, kind, id });
    }

    fn station_of(&self, position: usize) -> StationId {
        self.positions.position(position).station
    }

    fn spec_of(&self, station: StationId) -> &HydrogenSpec {
        &self.roster.get(&self.stations, station.index()).station.spec
    }

    fn arrive(&mut self, mut arrival: FuelArrival) {
        let id = self.at_site.get(arrival.site).expect("vehicles are sent to sites with a station");
        // A vehicle that drives for less than a tick is heard of a tick later; what the station did until then stands.
        let settled_s = self.roster.get(&self.stations, id.index()).flows.settled_s;
        let at_s = arrival.at_s.max(settled_s);
        arrival.at_s = at_s;
        let hour = self.calendar.hour_of_week(i64::from(at_s));
        self.roster.get_mut(&mut self.asked, id.index()).kg[hour] += arrival.need_kg();
        self.join(id, arrival, at_s);
    }

    /// A vehicle that came, or lost its position, joins the queue.
    fn join(&mut self, id: StationId, arrival: FuelArrival, at_s: u32) {
        let mut here = self.roster.get_mut(&mut self.stations, id.index());
        here.settle(&mut self.positions, at_s);
        here.queue.line().enter(at_s);
        let station = here.station;
        if !station.access.allows(arrival.user) {
            self.leave(id, &arrival, at_s, FuelLeave::NotAllowed);
            return;
        }
        let free_kg = here.free_kg(&self.positions) - here.queue.need_kg();
        if station.spec.when_empty == WhenEmpty::TurnAway && arrival.need_kg() > free_kg {
            self.turn_away(id, &arrival, at_s);
            return;
        }
        let patience_s = station.spec.patience_min.map(|minutes| at_s + (minutes * 60.0) as u32);
        for until_s in [patience_s, arrival.depart_s].into_iter().flatten() {
            self.agenda.0.push(Due { at_s: until_s.max(at_s), kind: DueKind::TimeUp, id: id.0 });
        }
        here.queue.line().join(arrival);
        self.serve(id, at_s);
    }

    /// Gives free positions to the vehicles that wait, as far as there is hydrogen for them. Then sets the flows.
    fn serve(&mut self, id: StationId, at_s: u32) {
        let mut here = self.roster.get_mut(&mut self.stations, id.index());
        here.settle(&mut self.positions, at_s);
        while let Some(at) = self.free_position(id, at_s) {
            let mut here = self.roster.get_mut(&mut self.stations, id.index());
            let Some(need_kg) = here.queue.waiting().first().map(FuelArrival::need_kg) else { break };
            if need_kg <= here.free_kg(&self.positions) {
                let arrival = here.queue.line().take_at(0);
                self.begin(id, at, arrival, at_s);
            } else if here.station.spec.when_empty == WhenEmpty::TurnAway {
                let arrival = here.queue.line().take_at(0);
                self.turn_away(id, &arrival, at_s);
            } else {
                here.shortage.0 = Some(need_kg);
                break;
            }
        }
        self.look(id, at_s);
    }

    fn free_position(&self, id: StationId, at_s: u32) -> Option<usize> {
        let station = self.roster.get(&self.stations, id.index()).station;
        station.positions().find(|at| self.positions.get(*at).is_free_at(at_s))
    }

    fn begin(&mut self, id: StationId, position: usize, arrival: FuelArrival, at_s: u32) {
        let mut here = self.roster.get_mut(&mut self.stations, id.index());
        here.queue.line().exit(at_s);
        let flow_s = at_s + here.station.spec.dispenser.handling_s;
        let start_kg = arrival.tank.kg();
        let left_s = here.station.curve.seconds(arrival.tank.capacity_kg(), start_kg, arrival.target_kg);
        self.positions.get_mut(position).fill =
            Some(Fill { arrival, start_s: at_s, flow_s, start_kg, left_s, finish_s: None, got: Lot::default() });
        self.balance.begun += 1;
        if flow_s > at_s {
            self.push(flow_s, DueKind::Flow, position as u32);
        }
    }

    /// A stretch is over, unless something else has ended it already.
    fn look_again(&mut self, id: StationId, at_s: u32) {
        if self.roster.get(&self.stations, id.index()).flows.look_s == Some(at_s) {
            self.look(id, at_s);
        }
    }

    /// Settles a station and sets its flows again.
    fn look(&mut self, id: StationId, at_s: u32) {
        let mut here = self.roster.get_mut(&mut self.stations, id.index());
        here.settle(&mut self.positions, at_s);
        let again_s = here.plan_flows(&mut self.positions, at_s);
        here.flows.look_s = again_s;
        if let Some(again_s) = again_s {
            self.agenda.0.push(Due { at_s: again_s, kind: DueKind::Look, id: id.0 });
        }
        let sure_until_s = again_s.unwrap_or(here.flows.until_s);
        for at in here.station.positions() {
            let finish_s = self.positions.get(at).fill().and_then(|fill| fill.finish_s);
            if let Some(finish_s) = finish_s.filter(|finish_s| *finish_s <= sure_until_s) {
                self.agenda.0.push(Due { at_s: finish_s, kind: DueKind::Finish, id: at as u32 });
            }
        }
    }

    fn finish(&mut self, position: usize, at_s: u32) {
        let is_due = self.positions.get(position).fill().is_some_and(|fill| fill.finish_s == Some(at_s));
        if !is_due {
            return;
        }
        let id = self.station_of(position);
        self.roster.get_mut(&mut self.stations, id.index()).settle(&mut self.positions, at_s);
        let is_full = self.positions.get(position).fill().is_some_and(|fill| fill.arrival.need_kg() <= FULL_KG);
        if !is_full {
            self.look(id, at_s);
            return;
        }
        if let Some(fill) = self.end(position, at_s, FuelLeave::Done) {
            self.depart(&fill.arrival, at_s);
        }
        self.serve(id, at_s);
    }

    /// Ends the fill of a position; the position recovers.
    fn end(&mut self, position: usize, at_s: u32, leave: FuelLeave) -> Option<Fill> {
        let Position { station, number } = self.positions.position(position);
        let recovery_s = self.spec_of(station).dispenser.recovery_s;
        let mut dispenser = self.positions.get_mut(position);
        let fill = dispenser.fill.take()?;
        dispenser.ready_s = at_s + recovery_s;
        self.balance.ended += 1;
        self.rows.push(fill_row(station, &fill, number, at_s, leave));
        if recovery_s > 0 {
            self.push(at_s + recovery_s, DueKind::Ready, position as u32);
        }
        Some(fill)
    }

    fn depart(&mut self, arrival: &FuelArrival, at_s: u32) {
        self.departures.push(FuelDeparture { at_s, vehicle: arrival.vehicle, tank: arrival.tank });
    }

    fn turn_away(&mut self, id: StationId, arrival: &FuelArrival, at_s: u32) {
        let mut here = self.roster.get_mut(&mut self.stations, id.index());
        here.shortage.0 = Some(arrival.need_kg());
        here.books.interval.turned_away += 1;
        self.leave(id, arrival, at_s, FuelLeave::TurnedAway);
    }

    /// A vehicle goes that never had a position.
    fn leave(&mut self, id: StationId, arrival: &FuelArrival, at_s: u32, leave: FuelLeave) {
        self.roster.get_mut(&mut self.stations, id.index()).queue.line().exit(at_s);
        self.rows.push(waited_row(id, arrival, at_s, leave));
        self.depart(arrival, at_s);
    }

    fn time_up(&mut self, id: StationId, at_s: u32) {
        let mut here = self.roster.get_mut(&mut self.stations, id.index());
        here.settle(&mut self.positions, at_s);
        let patience_s = here.station.spec.patience_min.map(|minutes| (minutes * 60.0) as u32);
        let gives_up = |arrival: &FuelArrival| patience_s.is_some_and(|patience_s| arrival.at_s + patience_s <= at_s);
        let must_go = |arrival: &FuelArrival| arrival.depart_s.is_some_and(|depart_s| depart_s <= at_s);
        let gone = here.queue.line().take_all(|it| gives_up(it) || must_go(it));
        let positions = here.station.positions();
        for arrival in gone {
            let leave = if must_go(&arrival) { FuelLeave::TimeUp } else { FuelLeave::GaveUp };
            self.leave(id, &arrival, at_s, leave);
        }
        for position in positions {
            let is_over = self.positions.get(position).fill().is_some_and(|fill| must_go(&fill.arrival));
            if is_over && let Some(fill) = self.end(position, at_s, FuelLeave::TimeUp) {
                self.depart(&fill.arrival, at_s);
            }
        }
        self.serve(id, at_s);
    }

    fn fail(&mut self, position: usize, at_s: u32) {
        let id = self.station_of(position);
        self.roster.get_mut(&mut self.stations, id.index()).settle(&mut self.positions, at_s);
        let thrown_out = self.end(position, at_s, FuelLeave::Outage);
        self.positions.get_mut(position).is_broken = true;
        self.next_failure(position, at_s, true);
        match thrown_out {
            Some(fill) => {
                let again = FuelArrival { at_s, ..fill.arrival };
                self.join(id, again, at_s);
            }
            None => self.look(id, at_s),
        }
    }

    fn repair(&mut self, position: usize, at_s: u32) {
        self.positions.get_mut(position).is_broken = false;
        self.next_failure(position, at_s, false);
        self.serve(self.station_of(position), at_s);
    }

    fn next_failure(&mut self, position: usize, at_s: u32, is_broken: bool) {
        let spec = &self.spec_of(self.station_of(position)).dispenser;
        let Some(mtbf_h) = spec.mtbf_h else { return };
        let (kind, mean_h) = if is_broken { (DueKind::Repair, spec.mttr_h) } else { (DueKind::Fail, mtbf_h) };
        let after_s = self.positions.draw_outage_s(position, mean_h);
        self.push(at_s.saturating_add(after_s), kind, position as u32);
    }

    fn unload(&mut self, id: StationId, at_s: u32) {
        let mut here = self.roster.get_mut(&mut self.stations, id.index());
        here.settle(&mut self.positions, at_s);
        let loss = here.station.spec.delivery.as_ref().map_or(0.0, |delivery| delivery.unload_loss);
        let come = here.trailers.coming.extract_if(.., |trailer| trailer.at_s <= at_s).collect::<Vec<_>>();
        for trailer in come {
            here.unload(&trailer, loss, at_s);
        }
        here.look_whether_short(&self.positions);
        self.serve(id, at_s);
    }
}
