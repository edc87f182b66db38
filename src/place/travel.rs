//! Distances and times between sites, and the weather that trucks drive in.

use super::site::Sites;
use super::spec::TravelSpec;
use crate::kernel::ids::SiteId;
use crate::kernel::math;
use crate::kernel::units::S_PER_H;
use crate::scenario::loaded::KmRow;
use bevy_ecs::prelude::Resource;

/// Kinds of road, by the length of the trip.
const CLASSES: usize = 3;

fn class_of(spec: &TravelSpec, km: f64) -> usize {
    match km {
        km if km <= spec.local_up_to_km => 0,
        km if km <= spec.arterial_up_to_km => 1,
        _ => 2,
    }
}

/// Energy of a kilometre of a trip of this length over that of a freeway kilometre.
#[must_use]
pub fn energy_factor(spec: &TravelSpec, km: f64) -> f64 {
    [spec.local_energy_factor, spec.arterial_energy_factor, 1.0][class_of(spec, km)]
}

/// Distances and times between all pairs of sites.
#[derive(Resource, Debug, Clone, Default)]
pub struct Travel {
    sites: usize,
    km: Vec<f64>,
    energy_km: Vec<f64>,
    /// Time without traffic, hours: from a file, or by the speed of the class.
    free_h: Vec<f64>,
    traffic: Vec<f64>,
    longest_s: u32,
}

impl Travel {
    /// From coordinates, and from distances of a file where it has them.
    #[must_use]
    pub fn new(spec: &TravelSpec, sites: &Sites, listed: &[KmRow]) -> Self {
        let n = sites.count();
        let place = |site: usize| (sites.get(SiteId::at(site)).spec.lat, sites.get(SiteId::at(site)).spec.lon);
        let mut km = vec![0.0; n * n];
        for from in 0..n {
            for to in 0..n {
                km[from * n + to] = math::great_circle_km(place(from), place(to)) * spec.circuity;
            }
        }
        let mut listed_h = vec![0.0; n * n];
        let mut said = vec![false; n * n];
        let pairs: Vec<_> = listed
            .iter()
            .filter_map(|row| Some((sites.find(&row.origin)?.index(), sites.find(&row.destination)?.index(), row)))
            .collect();
        for (from, to, row) in &pairs {
            said[from * n + to] = true;
            km[from * n + to] = row.km;
            listed_h[from * n + to] = row.minutes.unwrap_or(0.0) / 60.0;
        }
        for (from, to, row) in pairs {
            if !said[to * n + from] {
                km[to * n + from] = row.km;
                listed_h[to * n + from] = row.minutes.unwrap_or(0.0) / 60.0;
            }
        }
        let energy_km = km.iter().map(|km| km * energy_factor(spec, *km)).collect();
        let speed_kmh: [f64; CLASSES] = [spec.local_kmh, spec.arterial_kmh, spec.freeway_kmh];
        let by_speed_h = km.iter().map(|km| km / speed_kmh[class_of(spec, *km)]);
        let free_h =
            listed_h.iter().zip(by_speed_h).map(|(listed, by_speed)| if *listed > 0.0 { *listed } else { by_speed });
        let free_h = free_h.collect();
        let traffic = spec.traffic.clone();
        let mut travel = Self { sites: n, km, energy_km, free_h, traffic, longest_s: 0 };
        let slowest = (0..24).min_by(|a, b| travel.traffic[*a].total_cmp(&travel.traffic[*b])).unwrap_or(0);
        let all = (0..n).flat_map(|from| (0..n).map(move |to| (SiteId::at(from), SiteId::at(to))));
        travel.longest_s = all.map(|(from, to)| travel.drive_s(from, to, slowest)).max().unwrap_or(0);
        travel
    }

    fn at(&self, from: SiteId, to: SiteId) -> usize {
        from.index() * self.sites + to.index()
    }

    /// How many sites there are.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// Road distance, km.
    #[must_use]
    pub fn km(&self, from: SiteId, to: SiteId) -> f64 {
        self.km[self.at(from, to)]
    }

    /// Distance in freeway km that cost the same energy.
    #[must_use]
    pub fn energy_km(&self, from: SiteId, to: SiteId) -> f64 {
        self.energy_km[self.at(from, to)]
    }

    /// Time of a trip that starts in this local hour of the day, whole seconds.
    #[must_use]
    pub fn drive_s(&self, from: SiteId, to: SiteId, hour: usize) -> u32 {
        // The nearest whole second, without a call of the mathematics library: this is asked for every look at a haul.
        (self.free_h[self.at(from, to)] / self.traffic[hour] * S_PER_H + 0.5) as u32
    }

    /// The longest trip at the slowest hour, seconds.
    #[must_use]
    pub fn longest_s(&self) -> u32 {
        self.longest_s
    }
}
