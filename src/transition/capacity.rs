//! How much hydrogen stations could give, and how much public ports, in a year to come: what a buyer without a depot of its
//! own can count on.

use super::build::{Capacity, Project};
use super::frame::Frame;
use super::spec::ProjectKind;
use crate::hydrogen::spec::{DispenserSpec, HydrogenSpec};
use crate::kernel::units::Kw;
use crate::vehicle::battery::{FOREVER, curve};
use crate::vehicle::spec::is_public;

const DAYS: f64 = 365.0;

/// Minutes at a position for a fill of a tank, from driving up until the next may come.
#[must_use]
pub fn fill_min(spec: &DispenserSpec, kg: f64) -> f64 {
    let of_level = |pair: &[[f64; 2]]| (pair[1][0] - pair[0][0]) * 2.0 / (pair[0][1] + pair[1][1]);
    let min_per_kg: f64 = spec.rate_kg_per_min.windows(2).map(of_level).sum();
    kg * min_per_kg + f64::from(spec.handling_s + spec.recovery_s) / 60.0
}

/// Hydrogen that a station could give in fills of `fill_kg`, kg a day: the least of supply, compression and positions, which
/// are busy for a share of the day.
#[must_use]
pub fn station_kg_per_day(spec: &HydrogenSpec, fill_kg: f64, busy_share: f64) -> f64 {
    let made = spec.electrolyser.as_ref().map_or(0.0, |it| {
        let kwh_per_kg = it.kwh_per_kg.last().map_or(f64::INFINITY, |point| point[1]) + it.compress_kwh_per_kg;
        it.rated_kw / kwh_per_kg
    });
    let brought = spec.delivery.as_ref().map_or(0.0, |it| {
        f64::from(it.most_on_order) * it.payload_kg * (1.0 - it.unload_loss)
            / (it.lead_h + it.unload_min / 60.0).max(1.0)
    });
    let piped = spec.pipeline.as_ref().map_or(0.0, |it| it.kg_per_h);
    let dispenser = &spec.dispenser;
    let per_h = fill_kg / fill_min(dispenser, fill_kg) * 60.0;
    let dispensed = f64::from(dispenser.positions) * per_h * busy_share;
    (made + brought + piped).min(spec.compressor.kg_per_h).min(dispensed) * 24.0
}

impl Frame<'_> {
    /// Hydrogen that stations open to every truck, all or those at a site, could give in the middle of a year, kg a year.
    #[must_use]
    pub fn public_hydrogen_kg(&self, projects: &[Project], year: u16, site: Option<&str>) -> f64 {
        let capacity = Capacity::at(projects, f64::from(year) + 0.5);
        let fill_kg = self.fill_kg();
        let sites = self.scenario().site.keys().filter(|key| site.is_none_or(|site| site == *key));
        let of_site = |site: &String| {
            let open = |spec: &&HydrogenSpec| is_public(&spec.users);
            let mut stations = self.stations_at(site, &capacity);
            // A connection that is short of power slows all of them down.
            let wanted_kw: f64 = stations.iter().map(HydrogenSpec::full_kw).sum();
            let limit_kw = self.scenario().site[site].limit_kw.map(|kw| kw + capacity.of_kind(ProjectKind::Grid, site));
            let left_kw = limit_kw.map_or(f64::INFINITY, |kw| (kw - self.other_kw(site, year)).max(0.0));
            let share = if wanted_kw > left_kw { left_kw / wanted_kw } else { 1.0 };
            for spec in &mut stations {
                spec.slow_down(share);
            }
            let busy_share = self.spec.planning.public_busy_share;
            stations.iter().filter(open).map(|spec| station_kg_per_day(spec, fill_kg, busy_share)).sum::<f64>()
        };
        sites.map(of_site).sum::<f64>() * DAYS
    }

    /// The hydrogen stations at a site, with what projects add.
    #[must_use]
    pub fn stations_at(&self, site: &str, capacity: &Capacity) -> Vec<HydrogenSpec> {
        let stations = self.scenario().hydrogen.iter().filter(|(_, spec)| spec.site == site);
        let enlarged = stations.map(|(key, spec)| {
            let mut spec = spec.clone();
            spec.enlarge(capacity.of_kind(ProjectKind::Hydrogen, key) as u32);
            spec
        });
        enlarged.collect()
    }

    /// Power of cabinets at a site that are open to every truck, in the middle of a year, kW.
    #[must_use]
    pub fn public_kw(&self, projects: &[Project], year: u16, site: &str) -> f64 {
        let capacity = Capacity::at(projects, f64::from(year) + 0.5);
        let open = self.groups.iter().enumerate().filter(|it| is_public(&it.1.1.users));
        let here = open.filter(|it| it.1.1.site == site);
        here.map(|(at, (_, spec))| f64::from(self.cabinets(at, &capacity)) * spec.cabinet_kw).sum()
    }

    /// Energy that ports open to every truck could give in the middle of a year, kWh a year from the grid.
    #[must_use]
    pub fn public_kwh(&self, projects: &[Project], year: u16) -> f64 {
        let kw: f64 = self.scenario().site.keys().map(|site| self.public_kw(projects, year, site)).sum();
        kw * self.spec.planning.public_busy_share * 24.0 * DAYS
    }

    /// Hours by the kWh at the meter of the first group of chargers that a model of a holding may use, when nobody waits: of a
    /// charge from 10 to 80 %, by which charging times are told, with what the battery accepts and the port gives.
    #[must_use]
    pub fn full_power_h_per_kwh(&self, holding: usize, model: usize) -> f64 {
        let Some(spec) = self.groups_of(holding, model).next().map(|at| self.groups[at].1) else { return 0.0 };
        let Some(model) = self.scenario().truck_model.get(&self.models[model].key) else { return 0.0 };
        let Some(curve) = curve(model.battery.as_ref()) else { return 0.0 };
        let port_kw = spec.port_kw.unwrap_or(spec.cabinet_kw).min(spec.cabinet_kw);
        let (from, target) = (curve.usable() * 0.1, curve.usable() * 0.8);
        let (reached, time) = curve.charge(from, target, Kw(port_kw * spec.efficiency), FOREVER);
        time.0 / ((reached - from).0 / spec.efficiency)
    }

    /// What a truck takes at a station, kg: the share of its tank on which its owner counts, mean of the models on offer.
    fn fill_kg(&self) -> f64 {
        let models = self.scenario().truck_model.iter();
        let fills: Vec<f64> = models
            .filter_map(|(key, model)| {
                Some(model.tank.as_ref()?.usable_kg * self.scenario().offer.get(key)?.planned_share)
            })
            .collect();
        if fills.is_empty() { 1.0 } else { fills.iter().sum::<f64>() / fills.len() as f64 }
    }

    /// Hours by the kg at the first station that fills a model of a holding, when nobody waits; none where no station does.
    #[must_use]
    pub fn full_flow_h_per_kg(&self, holding: usize, model: usize) -> f64 {
        let fill_kg = self.fill_kg();
        let station = self.stations_of(holding, model).next();
        station.map_or(0.0, |station| fill_min(&station.dispenser, fill_kg) / 60.0 / fill_kg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: two positions fill 50 kg in 50 / 5 + 5 = 15 minutes: 400 kg/h, half of the day 200 kg/h; the compressor gives
    /// 84, trailers 2 x 1,000 kg in 10 h = 200. The compressor decides: 2,016 kg a day; with a slow trailer, that.
    #[test]
    fn the_least_of_three_decides() {
        let spec = |lead_h: f64| -> HydrogenSpec {
            serde_json::from_value(serde_json::json!({
                "site": "x", "dispense_bar": 700,
                "bulk": {"capacity_kg": 500, "start_kg": 100, "pressure_bar": 200},
                "cascade": {"capacity_kg": 100, "pressure_bar": 950, "least_bar": 700},
                "compressor": {"kg_per_h": 84, "kwh_per_kg": 3},
                "dispenser": {"positions": 2, "rate_kg_per_min": [[0, 5], [1, 5]], "handling_s": 120, "recovery_s": 180},
                "delivery": {"kind": "tube_trailer", "payload_kg": 1000, "lead_h": lead_h, "reorder_kg": 100}
            }))
            .unwrap()
        };
        assert!((station_kg_per_day(&spec(10.0), 50.0, 0.5) - 2_016.0).abs() < 1e-9);
        assert!((station_kg_per_day(&spec(50.0), 50.0, 0.5) - 960.0).abs() < 1e-9);
    }
}
