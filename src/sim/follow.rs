//! A run that somebody steers from outside: another policy than the scenario chose, and the metrics of the run so far.

use crate::grid::state::SiteOutlook;
use crate::kernel::clock::Clock;
use crate::kernel::stage::{Tick, When};
use crate::kernel::units::Hours;
use crate::policy::kind::PolicyKind;
use crate::record::Records;
use crate::record::progress::Progress;
use crate::record::rows::{HaulRow, PowerRow, SessionRow};
use bevy_ecs::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// Metrics of a run so far, shared with whoever steers it.
pub type Shared = Arc<Mutex<Progress>>;

/// What has been folded of each kind of rows. Written by [`follow`].
#[derive(Resource, Debug)]
pub(super) struct Followed {
    told: Shared,
    /// Sites that are in no sum of the hub.
    neighbours: Vec<bool>,
    power: u64,
    sessions: u64,
    hauls: u64,
}

impl Followed {
    pub(super) fn new(told: Shared, neighbours: Vec<bool>) -> Self {
        Self { told, neighbours, power: 0, sessions: 0, hauls: 0 }
    }
}

/// Hangs [`follow`] in before the steps that may ask the policy: for charging there are two.
pub(super) fn register(schedule: &mut Schedule, kind: PolicyKind) {
    match kind {
        PolicyKind::Dispatch => {
            schedule.add_systems(follow.after(Tick::Duty).before(Tick::Dispatch).in_set(When::Decision));
        }
        PolicyKind::YardDispatch => {
            schedule.add_systems(follow.after(Tick::Dispatch).before(Tick::Yard));
        }
        _ => {}
    }
    schedule.add_systems(follow.after(Tick::Supply).before(Tick::Queue).in_set(When::Boundary));
    schedule.add_systems(follow.after(Tick::Queue).before(Tick::Ask));
}

/// Folds the rows that have come since, in every tick: at its end they may leave the world.
fn follow(
    clock: Res<Clock>,
    outlook: Res<SiteOutlook>,
    power: Res<Records<PowerRow>>,
    sessions: Res<Records<SessionRow>>,
    hauls: Res<Records<HaulRow>>,
    mut followed: ResMut<Followed>,
) {
    let Followed { told, neighbours, power: seen_power, sessions: seen_sessions, hauls: seen_hauls } = &mut *followed;
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    let interval_s = clock.interval_s();
    let price = |row: &PowerRow| outlook.price_usd_per_kwh(row.site.index(), (row.start_s / interval_s) as usize);
    let is_counted = |row: &PowerRow| neighbours.get(row.site.index()).is_none_or(|is_neighbour| !is_neighbour);
    told.power(power.after(*seen_power), Hours::from_s(interval_s).0, price, is_counted);
    told.sessions(sessions.after(*seen_sessions));
    told.hauls(hauls.after(*seen_hauls));
    (*seen_power, *seen_sessions, *seen_hauls) = (power.ever(), sessions.ever(), hauls.ever());
}
