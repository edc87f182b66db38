//! One vehicle at one charging port, from plug-in to unplug: what it draws, what it can take, when it will be done.

use super::arrival::{Arrival, AtPort};
use super::state::{Port, SetPoint};
use crate::kernel::clock::Clock;
use crate::kernel::units::{Hours, Kw, Kwh, S_PER_H};
use crate::policy::SessionColumns;
use crate::vehicle::battery::FOREVER;
use bevy_ecs::prelude::Component;

/// A session that lacks no more than this is done: a watt-hour, as meters and the peers' simulators have it.
const DONE: Kwh = Kwh(1e-3);
/// Power is shared anew when a battery accepts this share of what it was granted: with every tenth, so that others wait for
/// little, and seldom enough to be cheap.
const TAPERED: f64 = 0.9;

/// One vehicle at one charging port.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    arrival: Arrival,
    start_s: u32,
    /// Plugging in is over.
    power_s: u32,
    /// It was done, or had to go, at the first time, and is unplugged at the second.
    unplug: Option<(u32, u32)>,
    /// It is done and stays plugged in.
    rests: bool,
    told_depart_s: u32,
    start_soc: f64,
    start_energy: Kwh,
    /// Energy is settled up to here.
    settled_s: u32,
    /// With the power granted it is done at this time, inside the interval.
    finish_s: Option<u32>,
    /// With the power granted it has this much energy at the end of the interval: time and energy.
    ahead: Option<(u32, Kwh)>,
    /// The most that the policy lets it have until it is asked again, grid side. Where power is shared at each event.
    cap: Kw,
    /// With the power granted its battery accepts clearly less from this time on. Where power is shared at each event.
    taper_s: Option<u32>,
    drawn: Kwh,
    exported: Kwh,
}

impl Session {
    /// A vehicle plugs in at `start_s`. The charging policy is told that it leaves at `told_depart_s`; `u32::MAX` when
    /// nothing calls it or its time is not known. It takes power from `power_s` on.
    pub(super) fn begin(arrival: Arrival, (start_s, power_s): (u32, u32), told_depart_s: u32) -> Self {
        Self {
            start_s,
            power_s,
            unplug: None,
            rests: false,
            told_depart_s,
            start_soc: arrival.battery.soc(),
            start_energy: arrival.battery.energy(),
            settled_s: power_s,
            finish_s: None,
            ahead: None,
            cap: Kw(f64::INFINITY),
            taper_s: None,
            drawn: Kwh::ZERO,
            exported: Kwh::ZERO,
            arrival,
        }
    }

    /// What came in, with the battery as of the time that is settled.
    pub(crate) fn arrival(&self) -> &Arrival {
        &self.arrival
    }

    /// When it was at its charging port, if it leaves now.
    pub(super) fn at_port(&self, now_s: u32) -> AtPort {
        let done_s = self.unplug.map_or(now_s, |(done_s, _)| done_s);
        AtPort { start_s: self.start_s, power_s: self.power_s.min(now_s), done_s }
    }

    /// When unplugging is over, once it has begun.
    pub(super) fn unplugged_s(&self) -> Option<u32> {
        self.unplug.map(|(_, end_s)| end_s)
    }

    /// It is done and stays until it has to go.
    pub(super) fn rest(&mut self) {
        self.rests = true;
    }

    /// Is it done, and stays?
    pub(super) fn rests(&self) -> bool {
        self.rests
    }

    /// It is done, or has to go, and is unplugged at `end_s`.
    pub(super) fn begin_to_unplug(&mut self, at_s: u32, end_s: u32) {
        self.unplug = Some((at_s, end_s));
    }

    /// The time from which it takes power.
    pub(super) fn power_s(&self) -> u32 {
        self.power_s
    }

    /// The vehicle unplugs.
    pub(super) fn end(self) -> Arrival {
        self.arrival
    }

    /// Plugged in at.
    pub(super) fn start_s(&self) -> u32 {
        self.start_s
    }

    /// State of charge at plug-in.
    pub(super) fn start_soc(&self) -> f64 {
        self.start_soc
    }

    /// Energy in the battery at plug-in.
    pub(super) fn start_energy(&self) -> Kwh {
        self.start_energy
    }

    /// Grid-side energy so far, less what it exported.
    pub(super) fn drawn(&self) -> Kwh {
        self.drawn
    }

    /// Grid-side energy that it exported.
    pub(super) fn exported(&self) -> Kwh {
        self.exported
    }

    /// Is it done at this very time, with the power granted last?
    pub(super) fn finishes_at(&self, at_s: u32) -> bool {
        self.finish_s == Some(at_s)
    }

    /// Charges the battery up to a time with a set-point. Returns the energy drawn, grid side; below zero where the
    /// vehicle exports.
    pub(super) fn settle(&mut self, port: &Port, set_point: SetPoint, to_s: u32) -> Kwh {
        let power = set_point.power();
        let time = Hours::from_s(to_s.saturating_sub(self.settled_s));
        let ahead = self.ahead.take();
        self.settled_s = self.settled_s.max(to_s);
        let battery = &mut self.arrival.battery;
        let drawn = if power < Kw::ZERO {
            let exported = power * time * -1.0;
            let missing = battery.draw(exported / port.efficiency) * port.efficiency;
            debug_assert!(missing.0 < 1e-6, "a vehicle exports what it has");
            self.exported += exported - missing;
            (exported - missing) * -1.0
        } else {
            let taken = match ahead {
                Some((until_s, reached)) if until_s == to_s => battery.rise_to(reached),
                _ => battery.charge(self.arrival.target, power.min(port.limit) * port.efficiency, time).0,
            };
            taken / port.efficiency
        };
        self.drawn += drawn;
        drawn
    }

    /// The set-point has been changed within the interval: where the old one led to counts no more.
    pub(super) fn forget_forecast(&mut self) {
        self.ahead = None;
    }

    /// Where a set-point leads until the end of the interval. Returns when it is done, if it will be.
    pub(super) fn look_ahead(&mut self, clock: &Clock, port: &Port, set_point: SetPoint) -> Option<u32> {
        (self.ahead, self.finish_s) = (None, None);
        let power = set_point.power();
        if power < Kw::ZERO {
            return None;
        }
        let end_s = clock.interval_end_s();
        let time = Hours::from_s(end_s.saturating_sub(self.settled_s));
        let arrival = &self.arrival;
        let (reached, used) = arrival.battery.foresee(arrival.target, power.min(port.limit) * port.efficiency, time);
        self.ahead = Some((end_s, reached));
        self.finish_s = self.is_done_with(reached).then(|| self.in_seconds(used));
        self.finish_s
    }

    /// Is it done with this much energy, and not being unplugged yet?
    fn is_done_with(&self, reached: Kwh) -> bool {
        self.unplug.is_none() && !self.rests && self.arrival.target - reached <= DONE
    }

    /// The most that the policy lets it have until it is asked again, grid side.
    pub(super) fn cap(&mut self, most: Kw) {
        self.cap = most;
    }

    /// The most power that it can take from now on, grid side, as far as the policy lets it.
    pub(super) fn wants(&self, port: &Port) -> Kw {
        self.can_take(port).min(self.cap)
    }

    /// The most power that it can take from now on through its charging port, grid side.
    pub(super) fn can_take(&self, port: &Port) -> Kw {
        let arrival = &self.arrival;
        if arrival.target - arrival.battery.energy() <= DONE {
            return Kw::ZERO;
        }
        let accepted = || arrival.battery.accepts_towards(arrival.target) / port.efficiency;
        arrival.offer.unwrap_or_else(accepted).min(port.limit)
    }

    /// When it will be done with a set-point that nothing changes, if it will be.
    pub(super) fn foresee_finish(&mut self, port: &Port, set_point: SetPoint) -> Option<u32> {
        self.ahead = None;
        let arrival = &self.arrival;
        let cap = set_point.power().max(Kw::ZERO).min(port.limit) * port.efficiency;
        let (reached, used) = arrival.battery.foresee(arrival.target, cap, FOREVER);
        self.finish_s = self.is_done_with(reached).then(|| self.in_seconds(used));
        self.finish_s
    }

    /// When its battery accepts a tenth less than its set-point, which others could have; none when it is done before.
    pub(super) fn foresee_taper(&mut self, port: &Port, set_point: SetPoint) -> Option<u32> {
        let arrival = &self.arrival;
        let cap = set_point.power().min(port.limit) * port.efficiency;
        let is_taken = arrival.offer.is_none() && cap > Kw::ZERO;
        let time = is_taken.then(|| arrival.battery.time_to_taper(arrival.target, cap, cap * TAPERED)).flatten();
        self.taper_s =
            time.map(|time| self.in_seconds(time)).filter(|at_s| self.finish_s.is_none_or(|end_s| *at_s < end_s));
        self.taper_s
    }

    /// Does its battery accept clearly less from this very time on?
    pub(super) fn tapers_at(&self, at_s: u32) -> bool {
        self.taper_s == Some(at_s)
    }

    /// The whole second in which a time from now is over.
    fn in_seconds(&self, time: Hours) -> u32 {
        self.settled_s.saturating_add((time.0 * S_PER_H - 1e-6).ceil().max(0.0) as u32)
    }

    /// Mean power over the interval that it can take through its charging port, grid side.
    pub(super) fn ask(&self, clock: &Clock, port: &Port) -> Kw {
        let arrival = &self.arrival;
        let missing = arrival.target - arrival.battery.energy();
        let time = self.left_of_interval(clock);
        if missing <= DONE {
            Kw::ZERO
        } else if let Some(offer) = arrival.offer {
            over_interval(clock, (offer.min(port.limit) * time).min(missing / port.efficiency))
        } else {
            let (reached, _) = arrival.battery.foresee(arrival.target, port.limit * port.efficiency, time);
            over_interval(clock, (reached - arrival.battery.energy()) / port.efficiency)
        }
    }

    /// Mean power over the interval that it may export, grid side: the least of charging port, vehicle and energy above
    /// its reserve. A vehicle that leaves within the interval exports nothing, for no plan could rely on it.
    pub(super) fn may_export(&self, clock: &Clock, port: &Port) -> Kw {
        let arrival = &self.arrival;
        let most = port.v2g_limit.min(arrival.v2g.limit * port.efficiency);
        if most <= Kw::ZERO || arrival.depart_s.is_some_and(|depart_s| depart_s < clock.interval_end_s()) {
            return Kw::ZERO;
        }
        let spare = (arrival.battery.energy() - arrival.v2g.reserve).max(Kwh::ZERO);
        most.min(over_interval(clock, spare * port.efficiency))
    }

    /// The set-point that gives it a mean power over the interval, of the `ask` that it had: the offer itself when all is
    /// granted.
    pub(super) fn set_point(&self, clock: &Clock, port: &Port, ask: Kw, mean: Kw) -> SetPoint {
        let is_all = mean.0 >= ask.0 * (1.0 - 1e-12);
        // A vehicle that asks for nothing has what it came for, whatever the limit.
        SetPoint::of(if ask <= Kw::ZERO && mean >= Kw::ZERO {
            Kw::ZERO
        } else if is_all {
            self.arrival.offer.unwrap_or(port.limit).min(port.limit)
        } else {
            mean * Hours::from_s(clock.interval_s()) / self.left_of_interval(clock)
        })
    }

    /// Its row of what the charging policy may see.
    /// `power` is in force until now, `ask` what it can take, `may_export` what it may give back.
    pub(super) fn push_row(
        &self,
        columns: &mut SessionColumns,
        port: &Port,
        power: SetPoint,
        (ask, may_export): (Kw, Kw),
    ) {
        let arrival = &self.arrival;
        columns.port.push(port.id.0);
        columns.site.push(port.site.0);
        columns.node.push(port.node);
        columns.vehicle.push(arrival.rank);
        columns.ask_kw.push(ask);
        columns.max_kw.push(arrival.offer.map_or(port.limit, |offer| offer.min(port.limit)));
        columns.give_kw.push(may_export);
        columns.soc.push(arrival.battery.soc());
        columns.needs_kwh.push((arrival.target - arrival.battery.energy()) / port.efficiency);
        columns.duty_kwh.push((arrival.duty.min(arrival.target) - arrival.battery.energy()) / port.efficiency);
        columns.power_kw.push(power.power());
        columns.taken_kwh.push(self.drawn);
        columns.arrive_s.push(arrival.at_s);
        columns.depart_s.push(self.told_depart_s);
    }

    fn left_of_interval(&self, clock: &Clock) -> Hours {
        Hours::from_s(clock.interval_end_s().saturating_sub(self.settled_s))
    }
}

/// The session of a charging port, if any. Written by the queue, deliver and grant steps.
#[derive(Component, Debug, Default)]
pub(crate) struct Plug {
    session: Option<Session>,
    free_from_s: u32,
}

impl Plug {
    /// The session, if a vehicle is plugged in.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The session, to go on with it.
    pub(super) fn session_mut(&mut self) -> Option<&mut Session> {
        self.session.as_mut()
    }

    /// A vehicle that came at `at_s` plugs in as soon as the charging port is free, and takes power from `power_from` that on.
    /// Returns when that is.
    pub(super) fn plug_in(
        &mut self,
        arrival: Arrival,
        at_s: u32,
        power_from: impl FnOnce(u32) -> u32,
        told_depart_s: u32,
    ) -> u32 {
        assert!(self.session.is_none(), "one vehicle at one charging port");
        let start_s = at_s.max(self.free_from_s);
        self.session = Some(Session::begin(arrival, (start_s, power_from(start_s)), told_depart_s));
        start_s
    }

    /// The vehicle unplugs, if there is one.
    pub(super) fn unplug(&mut self, at_s: u32) -> Option<Session> {
        let session = self.session.take()?;
        self.free_from_s = at_s;
        Some(session)
    }

    /// No vehicle can have plugged in before this time.
    pub(super) fn free_from(&mut self, at_s: u32) {
        self.free_from_s = at_s;
    }
}

/// Power of an energy over the whole control interval.
pub(super) fn over_interval(clock: &Clock, energy: Kwh) -> Kw {
    energy / Hours::from_s(clock.interval_s())
}
