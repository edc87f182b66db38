//! Rows and figures of hydrogen: fills, stations by interval, plants; what a kg costs.

use super::metrics::{Metric, MetricName, ScopeMetrics};
use super::metrics::{ScopeKind, TOTAL};
use super::table::{At, row};
use super::tally::Waits;
use super::words::{FuelLeave, VehicleKind};
use crate::account::levelised::capital_recovery_factor;
use crate::hydrogen::spec::{HydrogenSpec, StationCostSpec};
use crate::kernel::ids::{FleetId, PlantId, StationId};
use crate::kernel::sums::{Accumulate, sums};
use crate::kernel::units::S_PER_H;
use std::collections::BTreeMap;

row! {
    /// One vehicle at one position from arrival to departure, or one that left without a position.
    RefuelRow in "refuelings" {
        /// truck, equipment or visitor
        vehicle_kind: VehicleKind [""],
        /// number of the vehicle among its kind
        vehicle_id: u32 [""],
        /// the truck's fleet
        fleet: Option<FleetId> [""],
        /// the station
        station: StationId [""],
        /// the position; empty when it never got one
        position: Option<u32> [""],
        /// arrival, from the start of the run
        arrive_s: u32 ["s"],
        /// at the position from; empty when it never got one
        start_s: Option<u32> ["s"],
        /// departure
        end_s: u32 ["s"],
        /// from arrival to position (or to departure from the queue)
        wait_s: u32 ["s"],
        /// hydrogen it requested
        requested_kg: f64 ["kg"],
        /// hydrogen it got
        got_kg: f64 ["kg"],
        /// level of its tank at arrival
        start_level: f64 [""],
        /// level of its tank at departure
        end_level: f64 [""],
        /// carbon of what it got, from supply and compression
        co2e_kg: f64 ["kg"],
        /// electricity of production in what it got
        production_usd: f64 ["USD"],
        /// electricity of compression in what it got
        compression_usd: f64 ["USD"],
        /// hydrogen bought in what it got, with its delivery
        purchase_usd: f64 ["USD"],
        /// credits in what it got, negative
        credit_usd: f64 ["USD"],
        /// why it left: `done`, `time_up`, `gave_up`, `turned_away`, `not_allowed`, `outage`; `open` when it was still there at the end
        leave: FuelLeave [""],
    }
}

row! {
    /// One station in one control interval.
    HydrogenRow in "hydrogen" {
        /// start of the interval, local time
        start: At [""],
        /// start of the interval, from the start of the run
        start_s: u32 ["s"],
        /// the station
        station: StationId [""],
        /// content of the bulk storage at the end
        bulk_kg: f64 ["kg"],
        /// content of the cascade at the end
        cascade_kg: f64 ["kg"],
        /// pressure of the cascade at the end, at 15 degrees Celsius
        cascade_bar: f64 ["bar"],
        /// made on site
        produced_kg: f64 ["kg"],
        /// unloaded by trailers
        delivered_kg: f64 ["kg"],
        /// through the pipeline
        piped_kg: f64 ["kg"],
        /// boiled off and vented
        vented_kg: f64 ["kg"],
        /// lost in unloading trailers
        unload_lost_kg: f64 ["kg"],
        /// returned with trailers for lack of room
        returned_kg: f64 ["kg"],
        /// into vehicles
        dispensed_kg: f64 ["kg"],
        /// on the way in trailers at the end
        on_order_kg: f64 ["kg"],
        /// electrolyser and compressor at the meter
        power_kw: f64 ["kW"],
        /// carbon of that electricity
        grid_co2e_kg: f64 ["kg"],
        /// own solar power used
        solar_kw: f64 ["kW"],
        /// load of the electrolyser, share of rated power
        load: f64 [""],
        /// money spent on electricity
        electricity_usd: f64 ["USD"],
        /// vehicles waiting, mean
        queue: f64 [""],
        /// time in which hydrogen was short
        out_s: f64 ["s"],
        /// vehicles turned away for lack of hydrogen
        turned_away: u32 [""],
        /// trailers that unloaded
        trailers: u32 [""],
        /// carbon of what trailers and pipeline brought
        purchased_co2e_kg: f64 ["kg"],
        /// carbon of a kg in the cascade at the end
        co2e_kg_per_kg: f64 ["kg/kg"],
    }
}

row! {
    /// One hydrogen plant in one control interval.
    PlantRow in "hydrogen_plants" {
        /// start of the interval, from the start of the run
        start_s: u32 ["s"],
        /// the plant
        plant: PlantId [""],
        /// content of its storage at the end
        stock_kg: f64 ["kg"],
        /// made
        produced_kg: f64 ["kg"],
        /// requested by neighbours
        neighbours_asked_kg: f64 ["kg"],
        /// given to neighbours
        neighbours_kg: f64 ["kg"],
        /// given to stations
        stations_kg: f64 ["kg"],
    }
}

sums! {
    /// Figures of a station, or of all.
    #[derive(Debug, Clone, Default)]
    pub struct StationTally {
        /// Waits for a position.
        pub waits: Waits,
        /// Fills that had a position.
        pub fills: u64,
        /// Asked for, kg.
        pub requested_kg: f64,
        /// Got, kg (fills).
        pub got_kg: f64,
        /// Of it by visitors that are not simulated, kg.
        pub visitors_kg: f64,
        /// Into vehicles, kg (stations).
        pub dispensed_kg: f64,
        /// Made on site, kg.
        pub produced_kg: f64,
        /// Unloaded by trailers, kg.
        pub delivered_kg: f64,
        /// Through pipelines, kg.
        pub piped_kg: f64,
        /// Boiled off, kg.
        pub vented_kg: f64,
        /// Gone back with trailers for lack of room, kg.
        pub returned_kg: f64,
        /// Time in which hydrogen was short, s.
        pub out_s: f64,
        /// Vehicles sent away for lack of hydrogen.
        pub turned_away: u64,
        /// Vehicles that gave up waiting.
        pub gave_up: u64,
        /// Vehicles that wait when the run ends.
        pub waiting: u64,
        /// Trailers that unloaded.
        pub trailers: u64,
        /// Carbon of what vehicles got, kg.
        pub co2e_kg: f64,
        /// Carbon of what trailers and pipelines brought, kg.
        pub purchased_co2e_kg: f64,
        /// Electricity through the meter, kWh.
        pub grid_kwh: f64,
        /// Carbon of it, kg.
        pub grid_co2e_kg: f64,
        /// Money spent on electricity, USD.
        pub electricity_usd: f64,
        /// Money in what vehicles got: production, compression, purchase, credit, USD.
        pub usd: [f64; 4],
        /// Annuity of the investment with upkeep over the time of the run: electrolyser, compressor, storage, dispensers, USD.
        pub fixed_usd: [f64; 4],
    }
}

impl StationTally {
    /// Everything that a kg cost, by component, the four of the investment before the four of what went into it; none when nothing was dispensed.
    #[must_use]
    pub fn usd_per_kg(&self) -> Option<[f64; 8]> {
        let mut each = [0.0; 8];
        for (each, usd) in each.iter_mut().zip(self.fixed_usd.iter().chain(&self.usd)) {
            *each = usd / self.got_kg;
        }
        (self.got_kg > 0.0).then_some(each)
    }
}

/// Metrics of the components of the cost.
const COMPONENTS: [MetricName; 8] = [
    MetricName::H2CostElectrolyserUsdPerKg,
    MetricName::H2CostCompressorUsdPerKg,
    MetricName::H2CostStorageUsdPerKg,
    MetricName::H2CostDispenserUsdPerKg,
    MetricName::H2CostProductionEnergyUsdPerKg,
    MetricName::H2CostCompressionEnergyUsdPerKg,
    MetricName::H2CostPurchaseUsdPerKg,
    MetricName::H2CostCreditUsdPerKg,
];

/// Investment and upkeep of a station over some days, USD: real annuity without tax, see `account::levelised`.
#[must_use]
pub fn fixed_usd(spec: &HydrogenSpec, cost: &StationCostSpec, days: f64) -> [f64; 4] {
    let yearly = capital_recovery_factor(cost.discount_rate, cost.life_years) + cost.upkeep_share;
    let share = yearly * days / 365.25;
    let electrolyser = spec.electrolyser.as_ref().map_or(0.0, |it| it.rated_kw * cost.electrolyser_usd_per_kw);
    let storage = spec.bulk.capacity_kg * cost.bulk_usd_per_kg + spec.cascade.capacity_kg * cost.cascade_usd_per_kg;
    let dispensers = f64::from(spec.dispenser.positions) * cost.position_usd;
    [electrolyser, spec.compressor.kg_per_h * cost.compressor_usd_per_kg_h, storage, dispensers].map(|usd| usd * share)
}

/// The hydrogen part of a summary.
#[derive(Debug, Clone, Default)]
pub struct HydrogenSummary {
    /// By station.
    pub stations: Vec<StationTally>,
    /// Their sites: a site has one station, so that its metrics are the site's.
    sites: Vec<String>,
    interval_s: f64,
}

impl HydrogenSummary {
    /// An empty summary for the stations of a scenario.
    #[must_use]
    pub fn new(stations: &BTreeMap<String, HydrogenSpec>, days: f64, interval_s: u32) -> Self {
        let tally = |spec: &HydrogenSpec| StationTally {
            fixed_usd: spec.cost.as_ref().map_or([0.0; 4], |cost| fixed_usd(spec, cost, days)),
            ..StationTally::default()
        };
        Self {
            stations: stations.values().map(tally).collect(),
            sites: stations.values().map(|spec| spec.site.clone()).collect(),
            interval_s: f64::from(interval_s),
        }
    }

    /// Each station with the key of its site.
    pub fn by_site(&self) -> impl Iterator<Item = (&StationTally, &String)> {
        self.stations.iter().zip(&self.sites)
    }

    /// Folds fills in.
    pub fn refuelings(&mut self, rows: &[RefuelRow]) {
        for row in rows {
            let tally = &mut self.stations[row.station.index()];
            tally.waits.add(row.wait_s);
            tally.fills += u64::from(row.start_s.is_some());
            tally.requested_kg += row.requested_kg;
            tally.got_kg += row.got_kg;
            if row.vehicle_kind == VehicleKind::Visitor {
                tally.visitors_kg += row.got_kg;
            }
            tally.gave_up += u64::from(row.leave == FuelLeave::GaveUp);
            tally.waiting += u64::from(row.leave == FuelLeave::Open && row.start_s.is_none());
            tally.co2e_kg += row.co2e_kg;
            let usd = [row.production_usd, row.compression_usd, row.purchase_usd, row.credit_usd];
            tally.usd.iter_mut().zip(usd).for_each(|(sum, usd)| *sum += usd);
        }
    }

    /// Takes back what fills under way had got before this summary began.
    pub fn take_back(&mut self, rows: &[RefuelRow]) {
        for row in rows {
            let tally = &mut self.stations[row.station.index()];
            tally.got_kg -= row.got_kg;
            if row.vehicle_kind == VehicleKind::Visitor {
                tally.visitors_kg -= row.got_kg;
            }
            tally.co2e_kg -= row.co2e_kg;
            let usd = [row.production_usd, row.compression_usd, row.purchase_usd, row.credit_usd];
            tally.usd.iter_mut().zip(usd).for_each(|(sum, usd)| *sum -= usd);
        }
    }

    /// Folds intervals of stations in.
    pub fn hydrogen(&mut self, rows: &[HydrogenRow]) {
        for row in rows {
            let tally = &mut self.stations[row.station.index()];
            tally.dispensed_kg += row.dispensed_kg;
            tally.produced_kg += row.produced_kg;
            tally.delivered_kg += row.delivered_kg;
            tally.piped_kg += row.piped_kg;
            tally.vented_kg += row.vented_kg;
            tally.returned_kg += row.returned_kg;
            tally.out_s += row.out_s;
            tally.turned_away += u64::from(row.turned_away);
            tally.trailers += u64::from(row.trailers);
            tally.purchased_co2e_kg += row.purchased_co2e_kg;
            tally.grid_kwh += row.power_kw * self.interval_s / S_PER_H;
            tally.grid_co2e_kg += row.grid_co2e_kg;
            tally.electricity_usd += row.electricity_usd;
        }
    }

    /// All stations together.
    #[must_use]
    pub fn all(&self) -> StationTally {
        let mut all = StationTally::default();
        self.stations.iter().for_each(|tally| all.accumulate(tally, 1.0));
        all
    }

    /// Electricity that the stations drew (kWh), and the carbon of supplying them: of that electricity by their own
    /// intensity, and of what trailers and pipelines brought (kg).
    #[must_use]
    pub fn supply(&self) -> (f64, f64) {
        let of = |tally: &StationTally| (tally.grid_kwh, tally.grid_co2e_kg + tally.purchased_co2e_kg);
        self.stations.iter().map(of).fold((0.0, 0.0), |sum, each| (sum.0 + each.0, sum.1 + each.1))
    }

    /// Metrics of the hub and of each station; none in a scenario without stations.
    pub fn metrics(&self, out: &mut Vec<Metric>) {
        if self.stations.is_empty() {
            return;
        }
        metrics_of(TOTAL.to_owned(), &self.all(), out);
        for (tally, site) in self.stations.iter().zip(&self.sites) {
            metrics_of(ScopeKind::Site.of(site), tally, out);
        }
    }
}

fn metrics_of(scope: String, tally: &StationTally, out: &mut Vec<Metric>) {
    let mut out = ScopeMetrics::new(scope, out);
    out.add(MetricName::H2DispensedKg, tally.dispensed_kg);
    out.add(MetricName::H2RequestedKg, tally.requested_kg);
    out.add(MetricName::H2Fills, tally.fills as f64);
    out.add(MetricName::H2TurnedAway, tally.turned_away as f64);
    out.add(MetricName::H2GaveUp, tally.gave_up as f64);
    out.add(MetricName::H2StockoutH, tally.out_s / S_PER_H);
    out.add(MetricName::H2QueueWaitMeanMin, tally.waits.mean_min());
    out.add(MetricName::H2QueueWaitP95Min, tally.waits.quantile_min(0.95));
    out.count(MetricName::H2QueueWaiting, tally.waiting);
    out.add(MetricName::H2ProducedKg, tally.produced_kg);
    out.add(MetricName::H2DeliveredKg, tally.delivered_kg);
    out.add(MetricName::H2PipedKg, tally.piped_kg);
    out.add(MetricName::H2VentedKg, tally.vented_kg);
    out.add(MetricName::H2ReturnedKg, tally.returned_kg);
    out.add(MetricName::H2Trailers, tally.trailers as f64);
    out.add(MetricName::H2ElectricityKwh, tally.grid_kwh);
    out.add(MetricName::H2ElectricityUsd, tally.electricity_usd);
    let carbon = (tally.got_kg > 0.0).then(|| tally.co2e_kg / tally.got_kg);
    out.add(MetricName::H2Co2eKgPerKg, carbon);
    let cost = tally.usd_per_kg();
    out.add(MetricName::H2CostUsdPerKg, cost.map(|cost| cost.iter().sum()));
    for (at, name) in COMPONENTS.into_iter().enumerate() {
        out.add(name, cost.map(|cost| cost[at]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, 10 years at 10 % (CRF 0.1627454), upkeep 4 %, one year: 1,000 kW x 1,000 $ x 0.2027454 = 202,745 $;
    /// 100 kg/h x 5,000 $ = 0.5 M$ -> 101,373 $; (500 kg x 600 + 100 x 1,000) $ = 0.4 M$ -> 81,098 $; 2 x 200,000 $ -> 81,098 $.
    #[test]
    fn fixed_cost_by_hand() {
        let spec: HydrogenSpec = serde_json::from_value(serde_json::json!({
            "site": "x", "dispense_bar": 700,
            "bulk": {"capacity_kg": 500, "start_kg": 100, "pressure_bar": 200},
            "cascade": {"capacity_kg": 100, "pressure_bar": 950, "least_bar": 700},
            "compressor": {"kg_per_h": 100, "kwh_per_kg": 3},
            "dispenser": {"positions": 2, "rate_kg_per_min": [[0, 5], [1, 5]]},
            "electrolyser": {"kind": "pem", "rated_kw": 1000, "kwh_per_kg": [[0.1, 50], [1, 55]], "least_load": 0.1, "ramp_per_min": 1},
            "cost": {"electrolyser_usd_per_kw": 1000, "compressor_usd_per_kg_h": 5000, "bulk_usd_per_kg": 600,
                "cascade_usd_per_kg": 1000, "position_usd": 200_000, "upkeep_share": 0.04, "discount_rate": 0.1, "life_years": 10}
        }))
        .unwrap();
        let usd = fixed_usd(&spec, spec.cost.as_ref().unwrap(), 365.25);
        for (got, expected) in usd.iter().zip([202_745.4, 101_372.7, 81_098.2, 81_098.2]) {
            assert!((got - expected).abs() < 0.1, "{usd:?}");
        }
        let tally = StationTally {
            got_kg: 1000.0,
            fixed_usd: usd,
            usd: [4000.0, 500.0, 0.0, -1000.0],
            ..StationTally::default()
        };
        let each = tally.usd_per_kg().unwrap();
        assert!((each.iter().sum::<f64>() - (466.3145 + 4.0 + 0.5 - 1.0)).abs() < 1e-3, "{each:?}");
        assert!(StationTally::default().usd_per_kg().is_none());
    }
}
