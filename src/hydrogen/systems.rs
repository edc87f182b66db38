//! Vehicles meet stations: arrivals, fills, recoveries, failures, trailers, in the order of their exact time.

use super::flow::FULL_KG;
use super::record::{fill_row, waited_row};
use super::spec::WhenEmpty;
use super::state::{
    Fill, FuelArrival, FuelArrivals, FuelDeparture, FuelDepartures, FuelLeave, FuelVisitList, Hydrogen, Lot, Position,
    Station, kind,
};
use super::supply;
use crate::kernel::agenda::Due;
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::StationId;
use crate::kernel::stage::{Register, Tick};
use crate::record::Records;
use crate::record::hydrogen::RefuelRow;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// Registers the hydrogen systems.
pub fn register(r: &mut Register<'_>) {
    r.tick(Tick::Deliver, supply::close_interval);
    r.tick(Tick::Supply, (supply::plan_supply, serve_stations).chain());
}

/// All that the stations touch.
#[derive(SystemParam)]
struct StationContext<'w> {
    calendar: Res<'w, Calendar>,
    hydrogen: ResMut<'w, Hydrogen>,
    departures: ResMut<'w, FuelDepartures>,
    rows: ResMut<'w, Records<RefuelRow>>,
}

/// Everything of this tick, in the order of its exact time.
fn serve_stations(
    clock: Res<Clock>,
    mut list: ResMut<FuelVisitList>,
    mut arrivals: ResMut<FuelArrivals>,
    mut context: StationContext<'_>,
) {
    context.departures.0.clear();
    if context.hydrogen.stations.is_empty() {
        debug_assert!(arrivals.0.is_empty(), "nobody is sent where there is nothing");
        return;
    }
    let mut coming = core::mem::take(&mut arrivals.0);
    while let Some(visit) = list.visits.get(list.next)
        && visit.at_s < clock.tick_end_s()
    {
        coming.push(visit.clone());
        list.next += 1;
    }
    coming.sort_by_key(|arrival| (arrival.at_s, arrival.vehicle));
    if clock.starts_interval() && !clock.done() {
        (0..context.hydrogen.stations.len()).for_each(|station| context.serve(station, clock.now_s()));
    }
    let mut coming = coming.into_iter().peekable();
    loop {
        let end_s = coming.peek().map_or(clock.tick_end_s(), |arrival| (arrival.at_s + 1).min(clock.tick_end_s()));
        if let Some(due) = context.hydrogen.agenda.pop_before(end_s) {
            context.handle(due);
        } else if let Some(arrival) = coming.next() {
            context.arrive(arrival);
        } else {
            break;
        }
    }
}

impl StationContext<'_> {
    fn handle(&mut self, due: Due) {
        match due.kind {
            kind::UNLOAD => self.unload(due.id as usize, due.at_s),
            kind::LOOK => self.look_again(due.id as usize, due.at_s),
            kind::TIME_UP => self.time_up(due.id as usize, due.at_s),
            _ => self.handle_position(due),
        }
    }

    fn handle_position(&mut self, due: Due) {
        let firsts = &self.hydrogen.first_position;
        let station = firsts.partition_point(|first| *first <= due.id) - 1;
        let at = (due.id - firsts[station]) as usize;
        match due.kind {
            kind::FINISH => self.finish(station, at, due.at_s),
            kind::FLOW => self.look(station, due.at_s),
            kind::REPAIR => self.repair(station, at, due.at_s),
            kind::READY => self.serve(station, due.at_s),
            _ => self.fail(station, at, due.at_s),
        }
    }

    fn station(&mut self, station: usize) -> &mut Station {
        &mut self.hydrogen.stations[station]
    }

    fn push(&mut self, at_s: u32, kind: u8, id: u32) {
        self.hydrogen.agenda.push(Due { at_s, kind, id });
    }

    fn position_id(&self, station: usize, at: usize) -> u32 {
        self.hydrogen.first_position[station] + at as u32
    }

    fn arrive(&mut self, mut arrival: FuelArrival) {
        let Some(id) = self.hydrogen.at_site[arrival.site.index()] else {
            self.depart(&arrival, arrival.at_s);
            return;
        };
        // Who drives for less than a tick is heard of a tick later; what the station did until then stands.
        let at_s = arrival.at_s.max(self.station(id.index()).settled_s);
        arrival.at_s = at_s;
        let hour = self.calendar.hour_of_week(i64::from(at_s));
        let station = self.station(id.index());
        station.asked[hour] += arrival.need_kg();
        self.join(id, arrival, at_s);
    }

    /// A vehicle that came, or lost its position, joins the queue.
    fn join(&mut self, id: StationId, arrival: FuelArrival, at_s: u32) {
        let station = self.station(id.index());
        station.settle(at_s);
        station.queue_area_s -= i64::from(at_s);
        if !station.access.allows(arrival.user) {
            self.leave(id.index(), &arrival, at_s, FuelLeave::NotAllowed);
            return;
        }
        let ahead_kg: f64 = station.queue.iter().map(FuelArrival::need_kg).sum();
        if station.spec.when_empty == WhenEmpty::TurnAway && arrival.need_kg() > station.free_kg() - ahead_kg {
            self.turn_away(id.index(), &arrival, at_s);
            return;
        }
        let patience_s = station.spec.patience_min.map(|minutes| at_s + (minutes * 60.0) as u32);
        for until_s in [patience_s, arrival.depart_s].into_iter().flatten() {
            self.push(until_s.max(at_s), kind::TIME_UP, id.0);
        }
        self.station(id.index()).queue.push(arrival);
        self.serve(id.index(), at_s);
    }

    /// Gives free positions to who waits, as far as there is hydrogen for them. Then sets the flows.
    fn serve(&mut self, station: usize, at_s: u32) {
        self.station(station).settle(at_s);
        while let Some(at) = self.free_position(station, at_s) {
            let here = self.station(station);
            let Some(need_kg) = here.queue.first().map(FuelArrival::need_kg) else { break };
            if need_kg <= here.free_kg() {
                let arrival = here.queue.remove(0);
                self.begin(station, at, arrival, at_s);
            } else if here.spec.when_empty == WhenEmpty::TurnAway {
                let arrival = here.queue.remove(0);
                self.turn_away(station, &arrival, at_s);
            } else {
                here.short_of_kg = Some(need_kg);
                break;
            }
        }
        self.look(station, at_s);
    }

    fn free_position(&self, station: usize, at_s: u32) -> Option<usize> {
        let is_free = |position: &Position| position.fill.is_none() && !position.broken && position.ready_s <= at_s;
        self.hydrogen.stations[station].positions.iter().position(is_free)
    }

    fn begin(&mut self, station: usize, at: usize, arrival: FuelArrival, at_s: u32) {
        let id = self.position_id(station, at);
        let here = self.station(station);
        here.queue_area_s += i64::from(at_s);
        let flow_s = at_s + here.spec.dispenser.handling_s;
        let start_kg = arrival.tank.kg();
        let left_s = here.curve.seconds(arrival.tank.capacity_kg(), start_kg, arrival.target_kg);
        here.positions[at].fill =
            Some(Fill { arrival, start_s: at_s, flow_s, start_kg, left_s, finish_s: None, got: Lot::default() });
        self.hydrogen.begun += 1;
        if flow_s > at_s {
            self.push(flow_s, kind::FLOW, id);
        }
    }

    /// A stretch is over, unless something else has ended it already.
    fn look_again(&mut self, station: usize, at_s: u32) {
        if self.station(station).look_s == Some(at_s) {
            self.look(station, at_s);
        }
    }

    /// Settles a station and sets its flows again.
    fn look(&mut self, station: usize, at_s: u32) {
        let first = self.hydrogen.first_position[station];
        let hydrogen = &mut *self.hydrogen;
        let here = &mut hydrogen.stations[station];
        here.settle(at_s);
        let again_s = here.plan_flows(at_s);
        here.look_s = again_s;
        if let Some(again_s) = again_s {
            hydrogen.agenda.push(Due { at_s: again_s, kind: kind::LOOK, id: station as u32 });
        }
        let sure_until_s = again_s.unwrap_or(here.flows.until_s);
        for (at, position) in here.positions.iter().enumerate() {
            let finish_s = position.fill.as_ref().and_then(|fill| fill.finish_s);
            if let Some(finish_s) = finish_s.filter(|finish_s| *finish_s <= sure_until_s) {
                hydrogen.agenda.push(Due { at_s: finish_s, kind: kind::FINISH, id: first + at as u32 });
            }
        }
    }

    fn finish(&mut self, station: usize, at: usize, at_s: u32) {
        let here = self.station(station);
        let is_due = here.positions[at].fill.as_ref().is_some_and(|fill| fill.finish_s == Some(at_s));
        if !is_due {
            return;
        }
        here.settle(at_s);
        let is_full = here.positions[at].fill.as_ref().is_some_and(|fill| fill.arrival.need_kg() <= FULL_KG);
        if !is_full {
            self.look(station, at_s);
            return;
        }
        if let Some(fill) = self.end(station, at, at_s, FuelLeave::Done) {
            self.depart(&fill.arrival, at_s);
        }
        self.serve(station, at_s);
    }

    /// Ends the fill of a position; the position recovers.
    fn end(&mut self, station: usize, at: usize, at_s: u32, leave: FuelLeave) -> Option<Fill> {
        let id = self.position_id(station, at);
        let here = self.station(station);
        let fill = here.positions[at].fill.take()?;
        let recovery_s = here.spec.dispenser.recovery_s;
        here.positions[at].ready_s = at_s + recovery_s;
        self.hydrogen.ended += 1;
        self.rows.push(fill_row(StationId::at(station), &fill, at as u32, at_s, leave));
        if recovery_s > 0 {
            self.push(at_s + recovery_s, kind::READY, id);
        }
        Some(fill)
    }

    fn depart(&mut self, arrival: &FuelArrival, at_s: u32) {
        self.departures.0.push(FuelDeparture { at_s, vehicle: arrival.vehicle, tank: arrival.tank });
    }

    fn turn_away(&mut self, station: usize, arrival: &FuelArrival, at_s: u32) {
        let here = self.station(station);
        here.short_of_kg = Some(arrival.need_kg());
        here.interval.turned_away += 1;
        self.leave(station, arrival, at_s, FuelLeave::TurnedAway);
    }

    /// Somebody goes who never had a position.
    fn leave(&mut self, station: usize, arrival: &FuelArrival, at_s: u32, leave: FuelLeave) {
        self.station(station).queue_area_s += i64::from(at_s);
        self.rows.push(waited_row(StationId::at(station), arrival, at_s, leave));
        self.depart(arrival, at_s);
    }

    fn time_up(&mut self, station: usize, at_s: u32) {
        let here = self.station(station);
        here.settle(at_s);
        let patience_s = here.spec.patience_min.map(|minutes| (minutes * 60.0) as u32);
        let gives_up = |arrival: &FuelArrival| patience_s.is_some_and(|patience_s| arrival.at_s + patience_s <= at_s);
        let must_go = |arrival: &FuelArrival| arrival.depart_s.is_some_and(|depart_s| depart_s <= at_s);
        let queue = core::mem::take(&mut here.queue);
        let (gone, staying): (Vec<_>, Vec<_>) = queue.into_iter().partition(|it| gives_up(it) || must_go(it));
        here.queue = staying;
        for arrival in gone {
            let leave = if must_go(&arrival) { FuelLeave::TimeUp } else { FuelLeave::GaveUp };
            self.leave(station, &arrival, at_s, leave);
        }
        for at in 0..self.station(station).positions.len() {
            let over = self.station(station).positions[at].fill.as_ref().is_some_and(|fill| must_go(&fill.arrival));
            if over && let Some(fill) = self.end(station, at, at_s, FuelLeave::TimeUp) {
                self.depart(&fill.arrival, at_s);
            }
        }
        self.serve(station, at_s);
    }

    fn fail(&mut self, station: usize, at: usize, at_s: u32) {
        self.station(station).settle(at_s);
        let thrown_out = self.end(station, at, at_s, FuelLeave::Outage);
        self.station(station).positions[at].broken = true;
        self.next_failure(station, at, at_s, true);
        match thrown_out {
            Some(fill) => {
                let again = FuelArrival { at_s, ..fill.arrival };
                self.join(StationId::at(station), again, at_s);
            }
            None => self.look(station, at_s),
        }
    }

    fn repair(&mut self, station: usize, at: usize, at_s: u32) {
        self.station(station).positions[at].broken = false;
        self.next_failure(station, at, at_s, false);
        self.serve(station, at_s);
    }

    fn next_failure(&mut self, station: usize, at: usize, at_s: u32, is_broken: bool) {
        let id = self.position_id(station, at);
        let here = self.station(station);
        let Some(mtbf_h) = here.spec.dispenser.mtbf_h else { return };
        let (kind, mean_h) = if is_broken { (kind::REPAIR, here.spec.dispenser.mttr_h) } else { (kind::FAIL, mtbf_h) };
        let after_s = here.positions[at].stream.exponential_s(mean_h);
        self.push(at_s.saturating_add(after_s), kind, id);
    }

    fn unload(&mut self, station: usize, at_s: u32) {
        let here = self.station(station);
        here.settle(at_s);
        let loss = here.spec.delivery.as_ref().map_or(0.0, |delivery| delivery.unload_loss);
        let trailers = core::mem::take(&mut here.trailers);
        let (come, coming): (Vec<_>, Vec<_>) = trailers.into_iter().partition(|trailer| trailer.at_s <= at_s);
        here.trailers = coming;
        for trailer in come {
            here.unload(&trailer, loss, at_s);
        }
        here.look_whether_short();
        self.serve(station, at_s);
    }
}
