//! The tick, in order. A value moves down this list within a tick and never back up.

use super::clock::Clock;
use super::words::listed;
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::ScheduleLabel;
use bevy_ecs::system::ScheduleSystem;

/// Label of the operational schedule.
#[derive(ScheduleLabel, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operations;

listed! {
    /// Steps of the operational tick.
    #[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Tick {
        /// At a boundary: the power of the interval that ended becomes energy in batteries.
        Deliver,
        /// At a boundary: meters are read.
        Meter,
        /// Vessels come and go, hauls become known or lapse.
        Freight,
        /// Batteries of equipment are swapped.
        Swap,
        /// Equipment does its work, leaves to charge, comes back.
        Terminal,
        /// Trucks drive, wait, load, come home.
        Duty,
        /// The dispatch policy is asked; its orders are carried out.
        Dispatch,
        /// Yards of terminals with a plan move containers.
        Yard,
        /// At a boundary: the limits of the interval that begins, and what other loads leave of them.
        Limits,
        /// Hydrogen is made and moved with the power that limits leave; vehicles meet its stations.
        Supply,
        /// Vehicles meet ports; where power is shared at each event, it is shared here.
        Queue,
        /// What each session can take.
        Ask,
        /// What the charging policy wants.
        Plan,
        /// What the limits allow.
        Grant,
    }
}

/// Systems that have something to do only in ticks that the clock knows. In the others they are not even handed what they
/// ask for, which in a small scenario is most of what a tick costs: this and [`Register::when`] take a month of
/// `depot_night` from 2.98 to 2.13 billion instructions (release build, reading and writing of files included).
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum When {
    /// A control interval begins, or the run ends.
    Boundary,
    /// A control interval of the run begins.
    IntervalBegins,
    /// Dispatch is asked.
    Decision,
}

/// Where a room registers its systems.
pub struct Register<'a> {
    schedule: &'a mut Schedule,
}

impl std::fmt::Debug for Register<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Register({} systems)", self.schedule.systems_len())
    }
}

impl<'a> Register<'a> {
    /// A register over a schedule; chains the steps.
    #[must_use]
    pub fn new(schedule: &'a mut Schedule) -> Self {
        for (step, next) in Tick::ALL.into_iter().zip(&Tick::ALL[1..]) {
            schedule.configure_sets(step.before(*next));
        }
        schedule.configure_sets(When::Boundary.run_if(|clock: Res<Clock>| clock.starts_interval()));
        let begins = |clock: Res<Clock>| clock.starts_interval() && !clock.done();
        schedule.configure_sets(When::IntervalBegins.run_if(begins));
        schedule.configure_sets(When::Decision.run_if(|clock: Res<Clock>| clock.starts_decision() && !clock.done()));
        Self { schedule }
    }

    /// Adds systems to one step of the tick.
    pub fn tick<M>(&mut self, step: Tick, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) {
        self.schedule.add_systems(systems.in_set(step));
    }

    /// Adds systems to one step of the ticks in which a control interval begins or the run ends: those that settle the
    /// interval that ended.
    pub fn boundary<M>(&mut self, step: Tick, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) {
        self.tick(step, systems.in_set(When::Boundary));
    }

    /// Adds systems to one step of the ticks in which a control interval of the run begins: those that prepare it.
    pub fn interval_start<M>(&mut self, step: Tick, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) {
        self.tick(step, systems.in_set(When::IntervalBegins));
    }

    /// Adds systems to one step of the ticks in which dispatch is asked.
    pub fn decision<M>(&mut self, step: Tick, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) {
        self.tick(step, systems.in_set(When::Decision));
    }

    /// Adds systems to one step of the ticks in which something is due for them. `is_due` is asked right before the first
    /// of them; it reads what is there in this tick (an agenda, a queue that passes vehicles on), never what was.
    pub fn when<C, M>(
        &mut self,
        step: Tick,
        is_due: impl SystemCondition<C>,
        systems: impl IntoScheduleConfigs<ScheduleSystem, M>,
    ) {
        self.tick(step, systems.run_if(is_due));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When each of four systems ran.
    #[derive(Resource, Default)]
    struct Ran([Vec<u32>; 4]);

    fn note<const AT: usize>(clock: Res<Clock>, mut ran: ResMut<Ran>) {
        ran.0[AT].push(clock.now_s());
    }

    /// Ticks of a minute, intervals of two, a decision every three; the run ends within an interval.
    #[test]
    fn systems_run_in_their_ticks_and_in_no_others() {
        let mut schedule = Schedule::new(Operations);
        let mut r = Register::new(&mut schedule);
        r.tick(Tick::Deliver, note::<0>);
        r.boundary(Tick::Meter, note::<1>);
        r.interval_start(Tick::Ask, note::<2>);
        r.decision(Tick::Dispatch, note::<3>);
        let mut world = World::new();
        world.insert_resource(Clock::new(60, 120, 180, 300));
        world.init_resource::<Ran>();
        loop {
            schedule.run(&mut world);
            if world.resource::<Clock>().done() {
                break;
            }
            world.resource_mut::<Clock>().advance_to(0);
        }
        let [all, boundaries, intervals, decisions] = &world.resource::<Ran>().0;
        assert_eq!(*all, [0, 60, 120, 180, 240, 300]);
        assert_eq!(*boundaries, [0, 120, 240, 300]);
        assert_eq!(*intervals, [0, 120, 240]);
        assert_eq!(*decisions, [0, 180]);
    }
}
