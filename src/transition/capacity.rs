//! How much hydrogen stations could give, and how much public ports, in a year to come: what a buyer without a depot of its
//! own can count on.

use super::build::{Capacity, Project};
use super::frame::Frame;
use super::spec::ProjectKind;
use crate::hydrogen::spec::HydrogenSpec;

/// Share of the day in which positions and ports can be kept busy: drivers come in their shifts (assumed, as planners of
/// public stations do with peak-hour factors near 1 / 12 of a day).
const BUSY_SHARE: f64 = 0.5;
/// A fill for the time at a position, kg.
const FILL_KG: f64 = 50.0;
const DAYS: f64 = 365.0;

/// Hydrogen that a station could give, kg a day: the least of supply, compression and positions.
#[must_use]
pub fn station_kg_per_day(spec: &HydrogenSpec) -> f64 {
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
    let mean_rate = |pair: &[[f64; 2]]| (pair[1][0] - pair[0][0]) * 2.0 / (pair[0][1] + pair[1][1]);
    let min_per_kg: f64 = dispenser.rate_kg_per_min.windows(2).map(mean_rate).sum();
    let fill_min = FILL_KG * min_per_kg + f64::from(dispenser.handling_s + dispenser.recovery_s) / 60.0;
    let dispensed = f64::from(dispenser.positions) * FILL_KG / fill_min * 60.0 * BUSY_SHARE;
    (made + brought + piped).min(spec.compressor.kg_per_h).min(dispensed) * 24.0
}

impl Frame<'_> {
    /// Hydrogen that stations open to every truck could give in the middle of a year, kg a year.
    #[must_use]
    pub fn public_hydrogen_kg(&self, projects: &[Project], year: u16) -> f64 {
        let capacity = Capacity::at(projects, f64::from(year) + 0.5);
        let stations = self.scenario().hydrogen.iter();
        let open = stations.filter(|(_, spec)| spec.users.iter().any(|user| user == "public"));
        let of = |(key, spec): (&String, &HydrogenSpec)| {
            let mut spec = spec.clone();
            spec.enlarge(capacity.of_kind(ProjectKind::Hydrogen, key) as u32);
            station_kg_per_day(&spec)
        };
        open.map(of).sum::<f64>() * DAYS
    }

    /// Energy that ports open to every truck could give in the middle of a year, kWh a year from the grid.
    #[must_use]
    pub fn public_kwh(&self, projects: &[Project], year: u16) -> f64 {
        let capacity = Capacity::at(projects, f64::from(year) + 0.5);
        let open = self.groups.iter().enumerate().filter(|it| it.1.1.users.iter().any(|user| user == "public"));
        let kw: f64 = open.map(|(at, (_, spec))| f64::from(self.cabinets(at, &capacity)) * spec.cabinet_kw).sum();
        kw * BUSY_SHARE * 24.0 * DAYS
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
        assert!((station_kg_per_day(&spec(10.0)) - 2_016.0).abs() < 1e-9);
        assert!((station_kg_per_day(&spec(50.0)) - 960.0).abs() < 1e-9);
    }
}
