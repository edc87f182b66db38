//! Which metrics come first: service before cost.

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
        Self::Co2eTailpipeT,
        Self::Co2eUpstreamT,
        Self::NoxKg,
        Self::Pm25Kg,
        Self::PolicyRejected,
        Self::PluginRejected,
        Self::BoundEnergyGapPercent,
        Self::BoundPeakGapPercent,
        Self::BoundCostGapPercent,
    ];

    /// Work that is there to be done, of which more is better: a strategy that does less of it is not the cheaper one.
    pub const WORK: &'static [Self] =
        &[Self::HaulsCompleted, Self::EquipmentHoursServed, Self::VesselLifts, Self::H2DispensedKg];

    /// Is it money that one strategy spends and another saves?
    #[must_use]
    pub fn is_cost(self) -> bool {
        self.info().unit.starts_with("USD") && self.info().better.is_some()
    }
}
