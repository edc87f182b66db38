//! Metrics from tallies.

use super::metrics::{MetricName, ScopeMetrics};
use super::overload::Connection;
use super::tally::{BillTally, FleetTally, SiteTally};
use crate::account::emissions::{EmissionsSpec, Emitted, emitted};
use crate::account::engine::Burnt;
use crate::kernel::calendar::DAY_S;
use crate::kernel::units::S_PER_H;

impl ScopeMetrics<'_> {
    pub(super) fn fleet(&mut self, tally: &FleetTally) {
        self.count(MetricName::HaulsCompleted, tally.completed);
        self.count(MetricName::HaulsLate, tally.late);
        self.add(MetricName::TruckKm, tally.km);
        self.add(MetricName::TruckEmptyKm, tally.empty_km);
        self.add(MetricName::TruckBatteryKwh, tally.battery_kwh);
        self.add(MetricName::TruckHydrogenKg, tally.hydrogen_kg);
        self.add(MetricName::TruckDieselGal, tally.diesel_gal);
        self.add(MetricName::TruckNoxKg, tally.nox_g / 1000.0);
        self.add(MetricName::TruckPm25Kg, tally.pm25_g / 1000.0);
        self.add(MetricName::TruckIdlingH, tally.idling_h);
        let each = (tally.completed > 0).then(|| tally.gate_queue_h * 60.0 / tally.completed as f64);
        self.add(MetricName::GateQueueMeanMin, each);
        self.count(MetricName::TrucksStranded, tally.stranded);
    }

    /// Limits that were passed; of several connections and nodes the sum of the time and the most of the power.
    pub(super) fn overloads<'b>(&mut self, all: impl Iterator<Item = &'b Connection> + Clone) {
        let intervals = all.clone().map(|connection| connection.over_intervals).sum();
        self.count(MetricName::OverloadIntervals, intervals);
        self.add(MetricName::OverloadH, all.clone().map(|connection| connection.over_h).sum::<f64>());
        self.add(MetricName::OverloadKw, all.map(Connection::over_kw).fold(0.0, f64::max));
    }

    pub(super) fn charging(&mut self, tally: &SiteTally, days: f64) {
        let SiteTally { charging, meter, .. } = tally;
        self.count(MetricName::Sessions, charging.sessions);
        self.count(MetricName::SessionsUnmet, charging.unmet);
        let served = (charging.left > 0).then(|| 1.0 - charging.unmet as f64 / charging.left as f64);
        self.add(MetricName::SessionsServedShare, served);
        self.count(MetricName::BreaksUnmet, charging.breaks_unmet);
        self.add(MetricName::EnergyRequestedKwh, charging.requested_kwh);
        self.add(MetricName::EnergyDeliveredKwh, charging.delivered_kwh);
        self.add(MetricName::EnergyGridKwh, meter.energy_kwh);
        self.add(MetricName::EnergyChargingKwh, meter.charging_kwh);
        self.add(MetricName::PeakKw, meter.peak_kw);
        let mean_kw = (meter.metered_s > 0.0).then(|| meter.energy_kwh / (meter.metered_s / S_PER_H));
        let factor = mean_kw.filter(|_| meter.peak_kw > 0.0).map(|mean| mean / meter.peak_kw);
        self.add(MetricName::LoadFactor, factor);
        self.add(MetricName::QueueWaitMeanMin, charging.waits.mean_min());
        self.add(MetricName::QueueWaitP95Min, charging.waits.quantile_min(0.95));
        self.count(MetricName::QueueWaiting, charging.waiting);
        let port_s = f64::from(charging.ports) * days * DAY_S as f64;
        let used = (port_s > 0.0).then(|| charging.busy_s / port_s);
        let sold = (charging.priced_kwh > 0.0).then_some(charging.revenue_usd);
        self.add(MetricName::ChargingRevenueUsd, sold);
        self.add(MetricName::ChargerUtilization, used);
    }

    pub(super) fn bill(&mut self, bill: Option<BillTally>) {
        let Some(bill) = bill else { return };
        self.add(MetricName::BillEnergyUsd, bill.energy_usd);
        self.add(MetricName::BillDemandUsd, bill.demand_usd);
        self.add(MetricName::BillFixedUsd, bill.fixed_usd);
        self.add(MetricName::BillTotalUsd, bill.total_usd);
    }

    pub(super) fn terminal(&mut self, tally: &SiteTally) {
        let SiteTally { equipment, vessels, backlog, .. } = tally;
        self.add(MetricName::EquipmentHoursRequired, equipment.required_h);
        self.add(MetricName::EquipmentHoursServed, equipment.served_h);
        let share = (equipment.required_h > 0.0).then(|| equipment.served_h / equipment.required_h);
        self.add(MetricName::EquipmentServedShare, share);
        self.add(MetricName::WorkBacklogH, backlog.last_h());
        self.add(MetricName::WorkBacklogMaxH, backlog.most_h());
        self.add(MetricName::EquipmentBatteryKwh, equipment.battery_kwh);
        self.add(MetricName::EquipmentHydrogenKg, equipment.hydrogen_kg);
        self.add(MetricName::EquipmentDieselGal, equipment.diesel_gal);
        self.count(MetricName::VesselCalls, vessels.calls);
        self.count(MetricName::VesselLifts, vessels.lifts);
        self.count(MetricName::ShorePowerCalls, vessels.shore_calls);
        self.add(MetricName::ShorePowerKwh, vessels.shore_kwh);
        if vessels.is_seen() {
            let (burnt, avoided) = (&vessels.burnt, &vessels.avoided);
            self.add(MetricName::VesselFuelT, burnt.fuel_kg / 1000.0);
            self.add(MetricName::VesselFuelUsd, burnt.fuel_usd);
            self.add(MetricName::ShorePowerAvoidedCo2eT, avoided.direct_co2e_kg / 1000.0);
            self.add(MetricName::ShorePowerAvoidedNoxKg, avoided.nox_g / 1000.0);
            self.add(MetricName::ShorePowerAvoidedPm25Kg, avoided.pm25_g / 1000.0);
            self.add(MetricName::ShorePowerAvoidedFuelUsd, avoided.fuel_usd);
        }
    }

    /// Exhaust at a site, for its neighbours.
    pub(super) fn beside(&mut self, tally: &SiteTally) {
        let all = || tally.exhaust.by_hour_g.iter().chain(&tally.exhaust.vessels_by_hour_g);
        let sum = |at: usize| all().map(|hour| hour[at]).sum::<f64>() / 1000.0;
        self.add(MetricName::ExhaustNoxKg, sum(0));
        self.add(MetricName::ExhaustPm25Kg, sum(1));
    }

    pub(super) fn air(
        &mut self,
        factors: Option<&EmissionsSpec>,
        fleets: &FleetTally,
        hub: &SiteTally,
        hydrogen: (f64, f64),
    ) {
        let gallons = hub.equipment.diesel_gal + fleets.diesel_gal;
        let (nox_g, pm25_g) = (hub.equipment.nox_g + fleets.nox_g, hub.equipment.pm25_g + fleets.pm25_g);
        let burnt = &hub.vessels.burnt;
        self.add(MetricName::DieselGal, gallons);
        let (h2_kwh, h2_co2e_kg) = hydrogen;
        let out = factors.map(|factors| emitted(factors, gallons, hub.meter.energy_kwh - h2_kwh, nox_g, pm25_g));
        self.add(MetricName::Co2eDirectT, out.map(|out| (out.tailpipe_co2e_kg + burnt.direct_co2e_kg) / 1000.0));
        let upstream = out.map(|out| (out.upstream_co2e_kg + burnt.upstream_co2e_kg + h2_co2e_kg) / 1000.0);
        self.add(MetricName::Co2eUpstreamT, upstream);
        self.add(MetricName::NoxKg, (nox_g + burnt.nox_g) / 1000.0);
        self.add(MetricName::SoxKg, hub.vessels.is_seen().then_some(burnt.sox_g / 1000.0));
        self.add(MetricName::Pm25Kg, (pm25_g + burnt.pm25_g) / 1000.0);
    }

    /// What leaves the tailpipes of a sector.
    pub(super) fn exhaust(&mut self, out: &Emitted) {
        self.add(MetricName::Co2eDirectT, out.tailpipe_co2e_kg / 1000.0);
        self.add(MetricName::NoxKg, out.nox_kg);
        self.add(MetricName::Pm25Kg, out.pm25_kg);
    }

    /// What leaves the funnels of vessels.
    pub(super) fn funnels(&mut self, out: &Burnt) {
        self.add(MetricName::Co2eDirectT, out.direct_co2e_kg / 1000.0);
        self.add(MetricName::NoxKg, out.nox_g / 1000.0);
        self.add(MetricName::SoxKg, out.sox_g / 1000.0);
        self.add(MetricName::Pm25Kg, out.pm25_g / 1000.0);
    }
}
