//! From the lists of visits of a scenario to vehicles that come to charge.

use super::systems::{Coming, VisitList};
use crate::kernel::ids::SiteId;
use crate::place::build::Build;
use crate::scenario::loaded::{Stay, Visit, first_letters};
use std::sync::Arc;

/// Visits in the order of their arrival. Returns the names of their sessions.
pub(crate) fn visits(build: &mut Build<'_>) -> Vec<Arc<str>> {
    // Vehicles of different files are different vehicles.
    let (mut order, mut first) = (Vec::new(), 0);
    for (key, spec) in &build.scenario.visits {
        let (site, visits) = (build.site(&spec.site), &build.loaded.visits[key]);
        let stays = spec.stay_plugged;
        order.extend(visits.list.iter().map(|visit| Listed { site, stays, first, visit }));
        first += visits.vehicles.len() as u32;
    }
    let visits = in_order_of_arrival(&mut order);
    build.world.insert_resource(VisitList::new(visits, build.loaded.pin_visits));
    order.into_iter().map(|coming| Arc::clone(&coming.visit.session)).collect()
}

/// A visit of a list, its site, and the number of its list's first vehicle.
#[derive(Clone, Copy)]
struct Listed<'a> {
    site: SiteId,
    stays: bool,
    first: u32,
    visit: &'a Visit,
}

/// Sorts visits by arrival, site and name, and lists them.
fn in_order_of_arrival(order: &mut Vec<Listed<'_>>) -> Vec<Coming> {
    // Many come at the same second: the first letters of their names are at hand, the names themselves are not.
    let entry = |(at, Listed { site, visit, .. }): (u32, &Listed<'_>)| {
        let when = u64::from(visit.stay.arrive_s) << 32 | u64::from(site.0);
        (u128::from(when) << 64 | u128::from(first_letters(&visit.session)), at)
    };
    let mut keys: Vec<(u128, u32)> = (0..).zip(&*order).map(entry).collect();
    keys.sort_unstable();
    for alike in keys.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        alike.sort_by_key(|(_, at)| &order[*at as usize].visit.session);
    }
    *order = keys.into_iter().map(|(_, at)| order[at as usize]).collect();
    let placed = |listed: &Listed<'_>| {
        let Listed { site, stays, first, visit } = *listed;
        Coming { site, stays, stay: Stay { vehicle: visit.stay.vehicle + first, ..visit.stay } }
    };
    order.iter().map(placed).collect()
}
