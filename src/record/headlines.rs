//! Which metrics come first, service before cost, and what pages call them.

use super::metrics::MetricName;

impl MetricName {
    /// What planners ask first, in this order: shown unless a metric is asked for.
    pub const HEADLINES: &'static [Self] = &[
        Self::HaulsCompleted,
        Self::HaulsLate,
        Self::HaulsLapsed,
        Self::EquipmentHoursServed,
        Self::SessionsUnmet,
        Self::EnergyDeliveredKwh,
        Self::QueueWaitP95Min,
        Self::H2DispensedKg,
        Self::H2TurnedAway,
        Self::H2GaveUp,
        Self::H2StockoutH,
        Self::H2QueueWaitP95Min,
        Self::ZevShare,
        Self::PeakKw,
        Self::YearCostUsd,
        Self::CapexUsd,
        Self::NpvUsd,
        Self::CostUsd,
        Self::CostPerHaulUsd,
        Self::CostPerMoveUsd,
        Self::YearBillUsd,
        Self::BillTotalUsd,
        Self::AbatementUsdPerT,
        Self::PublicUsd,
        Self::H2CostUsdPerKg,
        Self::Co2eT,
        Self::TruckEmptyKm,
        Self::Co2eDirectT,
        Self::Co2eUpstreamT,
        Self::NoxKg,
        Self::Pm25Kg,
        Self::PolicyRejected,
        Self::PluginRejected,
        Self::BoundEnergyGapPercent,
        Self::BoundPeakGapPercent,
        Self::BoundCostGapPercent,
    ];

    /// What pages call a metric of the whole hub, without its unit, in the order in which they list them. A metric that is not
    /// here goes by its name.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "a test makes the lists of the pages from it"))]
    pub const LABELS: &'static [(Self, &'static str)] = &[
        (Self::HaulsRequested, "hauls requested"),
        (Self::HaulsCompleted, "hauls completed"),
        (Self::HaulsLate, "hauls late"),
        (Self::HaulsLapsed, "hauls lapsed"),
        (Self::HaulsOpen, "hauls under way or waiting at the end"),
        (Self::EquipmentHoursRequired, "equipment hours required"),
        (Self::EquipmentHoursServed, "equipment hours served"),
        (Self::VesselCalls, "vessel calls that ended"),
        (Self::VesselLifts, "containers lifted in calls that ended"),
        (Self::VesselsAtBerth, "vessels at berth at the end"),
        (Self::QueueWaitMeanMin, "mean wait for a charging port"),
        (Self::QueueWaitP95Min, "95th-percentile wait for a charging port"),
        (Self::Sessions, "charging sessions"),
        (Self::SessionsUnmet, "sessions left below their target"),
        (Self::SessionsServedShare, "share of vehicles that departed with what they requested"),
        (Self::EquipmentServedShare, "share of equipment hours served"),
        (Self::EnergyVisitorsKwh, "energy delivered to visitors"),
        (Self::ChargerUtilization, "charging port utilization"),
        (Self::ZevShare, "zero-emission share of vehicles"),
        (Self::PeakKw, "peak of all sites together"),
        (Self::OverloadIntervals, "intervals over a limit"),
        (Self::BillEnergyUsd, "energy charges"),
        (Self::BillDemandUsd, "demand charges"),
        (Self::BillTotalUsd, "electricity bills"),
        (Self::YearCostUsd, "yearly cost"),
        (Self::YearCapitalUsd, "investments, as yearly payments"),
        (Self::YearUpkeepUsd, "upkeep of a year"),
        (Self::YearLaborUsd, "operating labor of a year"),
        (Self::YearBillUsd, "electricity bills of a year"),
        (Self::YearFuelUsd, "diesel and fuel of vessels of a year"),
        (Self::YearRefillUsd, "refill of what batteries hold less at the end"),
        (Self::YearLostWorkUsd, "lost work of a year"),
        (Self::CapexUsd, "investment"),
        (Self::CostPerHaulUsd, "cost of a haul"),
        (Self::CostPerMoveUsd, "cost of a container lifted"),
        (Self::CostUsd, "cost"),
        (Self::NpvUsd, "net present value"),
        (Self::PublicUsd, "public money"),
        (Self::AbatementUsdPerT, "abatement cost"),
        (Self::H2QueueWaitP95Min, "95th-percentile wait at hydrogen stations"),
        (Self::H2TurnedAway, "turned away for lack of hydrogen"),
        (Self::H2GaveUp, "gave up waiting for hydrogen"),
        (Self::H2StockoutH, "hours without hydrogen"),
        (Self::H2DispensedKg, "hydrogen dispensed"),
        (Self::H2CostUsdPerKg, "cost of hydrogen"),
        (Self::EnergyDeliveredKwh, "energy delivered to batteries"),
        (Self::EnergyGridKwh, "metered energy"),
        (Self::LoadFactor, "load factor"),
        (Self::DieselGal, "diesel"),
        (Self::TruckEmptyKm, "empty distance of trucks"),
        (Self::Co2eT, "CO2e"),
        (Self::Co2eDirectT, "CO2e at tailpipes and funnels"),
        (Self::Co2eUpstreamT, "CO2e of fuel and electricity supply"),
        (Self::NoxKg, "NOx at tailpipes and funnels"),
        (Self::Pm25Kg, "PM2.5 at tailpipes and funnels"),
        (Self::PluginRejected, "refused orders of plugins"),
        (Self::PolicyRejected, "refused orders of policies"),
        (Self::BoundEnergyGapPercent, "possible energy that charging missed"),
        (Self::BoundPeakGapPercent, "avoidable share of the peak"),
        (Self::BoundCostGapPercent, "avoidable share of the energy cost"),
    ];

    /// Work that is there to be done, of which more is better: a strategy that does less of it is not the cheaper one.
    pub const WORK: &'static [Self] = &[
        Self::HaulsCompleted,
        Self::EquipmentHoursServed,
        Self::VesselLifts,
        Self::H2DispensedKg,
        Self::EnergyVisitorsKwh,
    ];

    /// What is shown beside a cost that is asked for alone: how much work is done for it, and how vehicles are served.
    pub const SERVICE: &'static [Self] = &[
        Self::HaulsCompleted,
        Self::HaulsLate,
        Self::HaulsLapsed,
        Self::EquipmentHoursServed,
        Self::VesselLifts,
        Self::SessionsServedShare,
        Self::QueueWaitP95Min,
        Self::H2DispensedKg,
        Self::EnergyVisitorsKwh,
    ];

    /// The parts that add up to `year_cost_usd`.
    pub const YEAR_PARTS: &'static [Self] = &[
        Self::YearCapitalUsd,
        Self::YearUpkeepUsd,
        Self::YearLaborUsd,
        Self::YearBillUsd,
        Self::YearFuelUsd,
        Self::YearRefillUsd,
        Self::YearLostWorkUsd,
    ];

    /// What vehicles use beside electricity, which no electricity bill holds.
    pub const FUELS: &'static [Self] = &[Self::DieselGal];

    /// Is it money that one strategy spends and another saves?
    #[must_use]
    pub fn is_cost(self) -> bool {
        self.info().unit.starts_with("USD") && self.info().better.is_some()
    }
}
