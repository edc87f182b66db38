//! Trucks that stand at a site with their systems on: for how long, and what leaves their tailpipes, hour by hour. Neighbours
//! breathe this, and not what is emitted on the road.

use super::spec::TruckModelSpec;
use crate::kernel::clock::Clock;
use crate::kernel::ids::SiteId;
use crate::record::Records;
use crate::record::rows::IdlingRow;
use bevy_ecs::prelude::*;
use std::collections::BTreeMap;

const HOUR_S: u32 = crate::kernel::calendar::HOUR_S as u32;

/// Sums of the hours that are not written yet, by hour of the run and site. Only this room writes them.
#[derive(Resource, Debug, Default)]
pub struct Idling(BTreeMap<(u32, SiteId), Stand>);

#[derive(Debug, Clone, Copy, Default)]
struct Stand {
    truck_s: u32,
    nox_g: f64,
    pm25_g: f64,
}

impl Idling {
    /// A truck stands at a site for a while: each hour gets its part. Returns what leaves the tailpipe in all, g: nitrogen
    /// oxides and particles.
    pub(super) fn add(&mut self, site: SiteId, from_s: u32, seconds: u32, model: &TruckModelSpec) -> [f64; 2] {
        let (mut at_s, until_s) = (from_s, from_s + seconds);
        while at_s < until_s {
            let hour = at_s / HOUR_S;
            let part_s = until_s.min((hour + 1) * HOUR_S) - at_s;
            let [nox_g, pm25_g] = exhaust_g(model, part_s);
            let sum = self.0.entry((hour, site)).or_default();
            sum.truck_s += part_s;
            sum.nox_g += nox_g;
            sum.pm25_g += pm25_g;
            at_s += part_s;
        }
        exhaust_g(model, seconds)
    }
}

fn exhaust_g(model: &TruckModelSpec, seconds: u32) -> [f64; 2] {
    [model.nox_g_per_idle_h, model.pm25_g_per_idle_h].map(|g_per_h| g_per_h * f64::from(seconds) / f64::from(HOUR_S))
}

/// On the hour, and at the end of the run: the hours that are over become rows. How long a truck stands is known when it
/// comes, so at the end there may be hours that lie after it.
pub(super) fn close_hours(clock: Res<Clock>, mut idling: ResMut<Idling>, mut rows: ResMut<Records<IdlingRow>>) {
    let over = if clock.done() { u32::MAX } else { clock.now_s() / HOUR_S };
    if !clock.done() && !clock.now_s().is_multiple_of(HOUR_S) {
        return;
    }
    while let Some(entry) = idling.0.first_entry().filter(|entry| entry.key().0 < over) {
        let ((hour, site), Stand { truck_s, nox_g, pm25_g }) = entry.remove_entry();
        let truck_h = f64::from(truck_s) / f64::from(HOUR_S);
        rows.push(IdlingRow { start_s: hour * HOUR_S, site, truck_h, nox_g, pm25_g });
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers are chosen to be exact")]
mod tests {
    use super::*;

    /// A truck of 30 g/h that stands from 0:45 to 2:15 emits 7.5, 30 and 7.5 g in the three hours.
    #[test]
    fn each_hour_gets_its_part() {
        let model = serde_json::from_value(serde_json::json!({
            "powertrain": "diesel", "bobtail_per_km": 0.1, "empty_per_km": 0.1, "loaded_per_km": 0.1, "nox_g_per_idle_h": 30.0,
        }));
        let mut idling = Idling::default();
        let all = idling.add(SiteId(3), 2700, 5400, &model.unwrap());
        let parts: Vec<_> = idling.0.iter().map(|((hour, site), it)| (*hour, site.0, it.truck_s, it.nox_g)).collect();
        assert_eq!(parts, [(0, 3, 900, 7.5), (1, 3, 3600, 30.0), (2, 3, 900, 7.5)]);
        assert_eq!(all, [45.0, 0.0]);
    }
}
