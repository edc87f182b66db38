//! The catalogue of metrics: the one place that says what a run may report of itself, in which unit, and which end of it is
//! wanted. The reference page, the screens, the pages and the server's interface are made from it.
//!
//! A metric is named by [`MetricName`], so a misspelt one does not compile; unit and meaning belong to the name and cannot
//! differ from one place to the next.

pub use super::metric::{Metric, ScopeMetrics, ScopedMetric, value_of};
use crate::kernel::words::worded;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema, openapi::RefOr};

worded! {
    /// Which end of a metric is wanted.
    #[derive(Serialize, Deserialize, ToSchema)]
    #[serde(rename_all = "lowercase")]
    pub enum Better {
        /// Lower values are better.
        Lower = "lower",
        /// Higher values are better.
        Higher = "higher",
    }
}

/// The scope of the whole hub, and in a transition of all years.
pub const TOTAL: &str = "total";

/// What a metric can be of; written as `total`, `site:KEY`, `fleet:KEY` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeKind {
    /// The whole hub, and in a transition all years.
    Total,
    /// A site.
    Site,
    /// A fleet.
    Fleet,
    /// A year of a transition.
    Year,
    /// A stationary battery.
    Storage,
    /// A node between a site's connection and its chargers.
    Node,
    /// A charging lot of a terminal's plan; its key is site and name, such as `terminal/central`.
    Lot,
    /// A rule or goal of a transition.
    Rule,
    /// A sector of the inventory, such as `vessels`; in a transition also by year, as `sector:vessels/year:2030`.
    Sector,
}

impl ScopeKind {
    /// How it is written, with a placeholder for the key.
    #[must_use]
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Total => TOTAL,
            Self::Site => "site:KEY",
            Self::Fleet => "fleet:KEY",
            Self::Year => "year:YYYY",
            Self::Storage => "storage:KEY",
            Self::Node => "node:KEY",
            Self::Lot => "lot:KEY",
            Self::Rule => "rule:KEY",
            Self::Sector => "sector:KEY",
        }
    }

    /// The scope of this kind that has a key.
    #[must_use]
    pub fn of(self, key: impl fmt::Display) -> String {
        match self.pattern().split_once(':') {
            Some((kind, _)) => format!("{kind}:{key}"),
            None => self.pattern().to_owned(),
        }
    }

    /// The key in a scope of this kind, empty for the whole hub; none of another kind.
    #[must_use]
    pub fn key_in(self, scope: &str) -> Option<&str> {
        match self.pattern().split_once(':') {
            Some((kind, _)) => scope.strip_prefix(kind)?.strip_prefix(':'),
            None => scope.strip_prefix(self.pattern()).filter(|rest| rest.is_empty()),
        }
    }
}

/// An entry of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct MetricInfo {
    /// Name, with the unit.
    pub name: &'static str,
    /// Unit; empty for counts, shares and ratios.
    pub unit: &'static str,
    /// Which end is wanted; none where neither is by itself.
    pub better: Option<Better>,
    /// What it can be of.
    pub scopes: &'static [ScopeKind],
    /// What it means, in one line.
    pub info: &'static str,
}

/// One row a metric: name [unit] wanted end in [scopes] meaning.
macro_rules! catalogue {
    ($( $metric:ident = $name:literal [$unit:literal] $better:ident in [$($scope:ident),+] $info:literal; )+) => {
        /// Every metric that there is, in the order of the catalogue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum MetricName {
            $( #[doc = $info] $metric, )+
        }

        const CATALOGUE: &[MetricInfo] = &[$( MetricInfo {
            name: $name,
            unit: $unit,
            better: wanted!($better),
            scopes: &[$(ScopeKind::$scope),+],
            info: $info,
        }, )+];

        impl MetricName {
            /// All of them, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$( Self::$metric, )+];
        }
    };
}

macro_rules! wanted {
    (neutral) => {
        None
    };
    (less) => {
        Some(Better::Lower)
    };
    (more) => {
        Some(Better::Higher)
    };
}

catalogue! {
    // Hauls and trucks.
    HaulsRequested = "hauls_requested" [""] neutral in [Total, Year] "hauls requested";
    HaulsCompleted = "hauls_completed" [""] more in [Total, Fleet] "hauls completed";
    HaulsLate = "hauls_late" [""] less in [Total, Fleet] "hauls completed after they were due";
    HaulsLapsed = "hauls_lapsed" [""] less in [Total, Year] "hauls that no truck took before they lapsed (unserved moves)";
    HaulsOpen = "hauls_open" [""] less in [Total] "hauls under way or waiting when the run ended";
    TruckKm = "truck_km" ["km"] neutral in [Total, Fleet] "distance driven by trucks";
    TruckEmptyKm = "truck_empty_km" ["km"] less in [Total, Fleet] "distance driven by trucks without a container";
    TruckBatteryKwh = "truck_battery_kwh" ["kWh"] neutral in [Total, Fleet] "battery energy used by trucks";
    TruckHydrogenKg = "truck_hydrogen_kg" ["kg"] neutral in [Total, Fleet] "hydrogen used by trucks";
    TruckDieselGal = "truck_diesel_gal" ["US gal"] less in [Total, Fleet] "diesel burnt by trucks";
    TruckNoxKg = "truck_nox_kg" ["kg"] less in [Total, Fleet] "nitrogen oxides from the tailpipes of trucks";
    TruckPm25Kg = "truck_pm25_kg" ["kg"] less in [Total, Fleet] "exhaust particles from the tailpipes of trucks";
    TruckIdlingH = "truck_idling_h" ["h"] less in [Total, Fleet]
        "time trucks idled at gates, docks and stacks with their systems on";
    GateQueueMeanMin = "gate_queue_mean_min" ["min"] less in [Total, Fleet] "gate queue of a completed haul, all its gates together, mean; open hauls are not in it";
    TrucksStranded = "trucks_stranded" [""] less in [Total, Fleet]
        "trips that ended with an empty battery or hydrogen tank";
    DriverWaitingH = "driver_waiting_h" ["h"] less in [Year]
        "time drivers waited for a charging port or a hydrogen dispenser on duty";

    // Cargo-handling equipment and vessels.
    EquipmentHoursRequired = "equipment_hours_required" ["h"] neutral in [Total, Site, Year]
        "unit-hours of equipment required by lifts and gate moves";
    EquipmentHoursServed = "equipment_hours_served" ["h"] more in [Total, Site, Year] "unit-hours of equipment served";
    EquipmentServedShare = "equipment_served_share" [""] more in [Total, Site]
        "share of the required unit-hours of equipment that were served when the run ended; empty where none were required";
    EquipmentBatteryKwh = "equipment_battery_kwh" ["kWh"] neutral in [Total, Site] "battery energy used by equipment";
    EquipmentHydrogenKg = "equipment_hydrogen_kg" ["kg"] neutral in [Total, Site] "hydrogen used by equipment";
    EquipmentDieselGal = "equipment_diesel_gal" ["US gal"] less in [Total, Site] "diesel burnt by equipment";
    VesselCalls = "vessel_calls" [""] neutral in [Total, Site] "vessel calls that ended";
    VesselsAtBerth = "vessels_at_berth" [""] neutral in [Total, Site]
        "vessels at berth when the run ended; their calls and containers are in no other metric; empty without such a vessel";
    CraneMovesPerH = "crane_moves_per_h" ["1/h"] more in [Site] "lifts of one crane in an hour in which it works a vessel, of terminals with a plan";
    VesselBerthMeanH = "vessel_berth_mean_h" ["h"] less in [Site] "time of a vessel at berth, mean over calls that ended, of terminals with a plan";
    VesselWaitMeanH = "vessel_wait_mean_h" ["h"] less in [Site] "time of a vessel in the queue for a berth, mean over calls that berthed, of terminals with a plan";
    TruckTurnMeanMin = "truck_turn_mean_min" ["min"] less in [Site] "time of a road truck from the gate queue to the way out, mean, of terminals with a plan";
    TruckTurnP95Min = "truck_turn_p95_min" ["min"] less in [Site] "the same, 95th percentile";
    TruckGateMeanMin = "truck_gate_mean_min" ["min"] less in [Site] "of a truck turn: queue at the gate and time in the lane, mean";
    TruckWayMeanMin = "truck_way_mean_min" ["min"] less in [Site] "of a truck turn: driving between gate and block, mean";
    TruckBlockWaitMeanMin = "truck_block_wait_mean_min" ["min"] less in [Site] "of a truck turn: wait for a machine at the block, mean";
    TruckHandlingMeanMin = "truck_handling_mean_min" ["min"] less in [Site] "of a truck turn: handling of its container, mean";
    AppointmentsBooked = "appointments_booked" [""] neutral in [Site] "windows at the gate that hauls booked";
    AppointmentsKept = "appointments_kept" [""] more in [Site] "windows whose truck was let in at the gate, be it late";
    AppointmentNoShows = "appointment_no_shows" [""] less in [Site] "appointments that no truck came to";
    AppointmentsLate = "appointments_late" [""] less in [Site] "appointments whose truck came after the window and was let in later";
    AppointmentsEarly = "appointments_early" [""] less in [Site] "trucks that came before their window opened and waited for it";
    AppointmentLateMeanMin = "appointment_late_mean_min" ["min"] less in [Site] "by how much trucks that came late missed the end of their window, mean";
    AppointmentWaitMeanMin = "appointment_wait_mean_min" ["min"] less in [Site] "wait in front of the gate for a window to open, mean over trucks that were let in";
    AppointmentShiftMeanH = "appointment_shift_mean_h" ["h"] less in [Site] "delay of hauls by appointments, mean";
    TrucksInYard = "trucks_in_yard" [""] less in [Site] "road trucks still inside the terminal when the run ended";
    YardMoves = "yard_moves" [""] more in [Site] "containers carried between crane, block and rail, of terminals with a plan";
    YardKwhPerMove = "yard_kwh_per_move" ["kWh"] less in [Site] "battery and grid energy of all equipment over the containers lifted and the trucks served";
    CarrierLoadedH = "carrier_loaded_h" ["h"] neutral in [Site] "carrier hours: driving with a container";
    CarrierEmptyH = "carrier_empty_h" ["h"] less in [Site] "carrier hours: driving without one";
    CarrierCraneH = "carrier_crane_h" ["h"] neutral in [Site] "carrier hours: served by a crane";
    CarrierCraneWaitH = "carrier_crane_wait_h" ["h"] less in [Site] "carrier hours: waiting for a crane";
    CarrierBlockH = "carrier_block_h" ["h"] neutral in [Site] "carrier hours: served at a block";
    CarrierBlockWaitH = "carrier_block_wait_h" ["h"] less in [Site] "carrier hours: waiting for a machine at a block";
    CarrierLotWayH = "carrier_lot_way_h" ["h"] less in [Site] "carrier hours: driving to a charging lot";
    CarrierLotQueueH = "carrier_lot_queue_h" ["h"] less in [Site] "carrier hours: waiting for a plug at a lot, of visits that ended";
    CarrierPluggingH = "carrier_plugging_h" ["h"] less in [Site] "carrier hours: being plugged in and out or having the battery swapped, and waiting for plugging staff, of visits that ended";
    CarrierLotH = "carrier_lot_h" ["h"] neutral in [Site] "carrier hours: at charging lots in all: queue, plugging, charging";
    CarrierBreakH = "carrier_break_h" ["h"] neutral in [Site] "carrier hours: standing in breaks and between shifts";
    CarrierIdleH = "carrier_idle_h" ["h"] neutral in [Site] "carrier hours: without work in worked hours";
    CarrierTowedH = "carrier_towed_h" ["h"] less in [Site] "carrier hours: with an empty battery or tank, until they were towed to the end of their way and to a lot";
    CarriersStranded = "carriers_stranded" [""] less in [Site] "how often the battery or tank of a carrier or block machine ran empty, so that it had to be towed";
    LotSessions = "lot_sessions" [""] neutral in [Lot] "vehicles that were plugged in at a charging lot";
    LotUtilization = "lot_utilization" [""] neutral in [Lot] "share of time that the plugs of a charging lot were taken";
    LotQueueMeanMin = "lot_queue_mean_min" ["min"] less in [Lot] "wait at a charging lot for a plug, mean over vehicles that got one";
    LotQueueP95Min = "lot_queue_p95_min" ["min"] less in [Lot] "the same, 95th percentile";
    LotWayMeanMin = "lot_way_mean_min" ["min"] less in [Lot] "way to a charging lot, mean over vehicles that drove there: of a terminal from where they worked, of a depot from its gate or parking; without waits for a tow";
    LotEnergyKwh = "lot_energy_kwh" ["kWh"] neutral in [Lot] "energy that the plugs of a charging lot drew";
    MovesLate = "moves_late" [""] less in [Total, Site] "containers lifted after the planned departure of their vessel, and those that were due then and are not lifted when the run ends, of terminals with a plan";
    WorkBacklogH = "work_backlog_h" ["h"] less in [Total, Site] "unit-hours of equipment that were due and not done when the run ended";
    WorkBacklogMaxH = "work_backlog_max_h" ["h"] less in [Total, Site] "most unit-hours of equipment that were due and not done at the end of any hour";
    VesselFuelT = "vessel_fuel_t" ["t"] less in [Total, Site] "fuel that vessels burnt inside the border of the inventory";
    VesselFuelUsd = "vessel_fuel_usd" ["USD"] less in [Total, Site] "price of that fuel, where it is known";
    ShorePowerCalls = "shore_power_calls" [""] more in [Total, Site] "calls that ended and drew shore power";
    ShorePowerKwh = "shore_power_kwh" ["kWh"] neutral in [Total, Site] "energy that vessels at berth drew from the shore";
    ShorePowerAvoidedCo2eT = "shore_power_avoided_co2e_t" ["t"] more in [Total, Site]
        "CO2e that auxiliary engines would have emitted without shore power; that of its electricity is in the supply";
    ShorePowerAvoidedNoxKg = "shore_power_avoided_nox_kg" ["kg"] more in [Total, Site]
        "nitrogen oxides that auxiliary engines would have emitted without shore power";
    ShorePowerAvoidedPm25Kg = "shore_power_avoided_pm25_kg" ["kg"] more in [Total, Site]
        "exhaust particles that auxiliary engines would have emitted without shore power";
    ShorePowerAvoidedFuelUsd = "shore_power_avoided_fuel_usd" ["USD"] more in [Total, Site]
        "price of the fuel that auxiliary engines would have burnt without shore power";
    VesselLifts = "vessel_lifts" [""] more in [Total, Site] "containers lifted in calls that ended";
    Swaps = "swaps" [""] neutral in [Site] "batteries of equipment that were swapped";
    SwapWaitMeanMin = "swap_wait_mean_min" ["min"] less in [Site] "wait for a bay and a charged battery, mean over swaps that began";
    SwapWaitP95Min = "swap_wait_p95_min" ["min"] less in [Site] "wait for a bay and a charged battery, 95th percentile";
    SwapWaiting = "swap_waiting" [""] less in [Site] "units still waiting for a swap when the run ended";
    SwapLeastReady = "swap_least_ready" [""] neutral in [Site] "fewest charged batteries in stock at any time";

    // Charging.
    Sessions = "sessions" [""] neutral in [Total, Site] "charging sessions";
    SessionsUnmet = "sessions_unmet" [""] less in [Total, Site]
        "sessions that left below their target; equipment whose break ended is not counted";
    SessionsServedShare = "sessions_served_share" [""] more in [Total, Site]
        "share that departed with what they requested, of vehicles that came to charge and left for good; empty where none did";
    BreaksUnmet = "breaks_unmet" [""] less in [Total, Site]
        "breaks at whose end equipment had less than a full battery; it works on and requests again";
    EnergyRequestedKwh = "energy_requested_kwh" ["kWh"] neutral in [Total, Site]
        "energy requested, battery side (equipment in breaks requests a full battery); what a vehicle left without and requests again counts once, where it first did";
    EnergyUnmetKwh = "energy_unmet_kwh" ["kWh"] less in [Total]
        "energy requested that vehicles lacked when they left for good, or still lack at the end of the run";
    EnergyDeliveredKwh = "energy_delivered_kwh" ["kWh"] more in [Total, Site, Year]
        "energy delivered, battery side; of a year, to trucks and equipment";
    EnergyVisitorsKwh = "energy_visitors_kwh" ["kWh"] more in [Total]
        "energy delivered to vehicles of listed visits, battery side; empty without such a vehicle";
    EnergyUsedKwh = "energy_used_kwh" ["kWh"] neutral in [Year] "battery energy that trucks and equipment used";
    EnergyStoredChangeKwh = "energy_stored_change_kwh" ["kWh"] neutral in [Year]
        "change of the energy on board: delivered less used";
    QueueWaitMeanMin = "queue_wait_mean_min" ["min"] less in [Total, Site] "wait for a charging port until plug-in, departure or the end of the run, mean over all vehicles that came";
    QueueWaitP95Min = "queue_wait_p95_min" ["min"] less in [Total, Site, Year] "wait for a charging port, 95th percentile";
    QueueWaiting = "queue_waiting" [""] less in [Total, Site]
        "vehicles that still wait for a charging port when the run ends";
    ChargerUtilization = "charger_utilization" [""] neutral in [Total, Site]
        "share of time that charging ports were occupied; in a transition, of the last year";
    ChargingRevenueUsd = "charging_revenue_usd" ["USD"] neutral in [Total, Site]
        "paid by vehicles at charging ports with a price of their own";
    ChargingEnergyCostUsd = "charging_energy_cost_usd" ["USD"] less in [Total]
        "cost of charging energy at the first tiers of the tariffs";

    // Grid.
    EnergyGridKwh = "energy_grid_kwh" ["kWh"] neutral in [Total, Site, Year] "metered energy";
    EnergyChargingKwh = "energy_charging_kwh" ["kWh"] neutral in [Total, Site] "metered energy used for charging";
    PeakKw = "peak_kw" ["kW"] less in [Total, Site, Node, Year]
        "maximum demand: highest mean power of an interval; of a year, of all sites of the hub at the same time";
    NoncoincidentPeakKw = "noncoincident_peak_kw" ["kW"] less in [Year]
        "sum of the maximum demands of the hub's sites, each at its own time";
    LoadFactor = "load_factor" [""] more in [Total, Site] "mean power over maximum demand";
    OverloadH = "overload_h" ["h"] less in [Total, Site, Node] "time in which load other than charging passed a limit";
    OverloadKw = "overload_kw" ["kW"] less in [Total, Site, Node]
        "highest mean power of an interval above the limit of that interval";
    OverloadIntervals = "overload_intervals" [""] less in [Total, Site, Node]
        "intervals whose load passed the limit of the connection";
    StorageChargedKwh = "storage_charged_kwh" ["kWh"] neutral in [Storage] "energy that charged the battery, grid side";
    StorageDischargedKwh = "storage_discharged_kwh" ["kWh"] neutral in [Storage]
        "energy that the battery discharged, grid side";
    StorageHealth = "storage_health" [""] more in [Storage] "usable energy over that when new";
    TransformerHotSpotC = "transformer_hot_spot_c" ["C"] less in [Node] "highest hot-spot temperature (IEEE C57.91)";
    TransformerAgeingFactor = "transformer_ageing_factor" [""] less in [Node]
        "mean rate of ageing over that at the rated hot spot (IEEE C57.91)";
    TransformerLifeUsedPercent = "transformer_life_used_percent" ["%"] less in [Node] "insulation life used, of 180,000 h";

    // Bills and the bound.
    BillEnergyUsd = "bill_energy_usd" ["USD"] less in [Total, Site] "electricity bills: energy charges";
    BillDemandUsd = "bill_demand_usd" ["USD"] less in [Total, Site]
        "electricity bills: demand charges, billed per full month";
    BillFixedUsd = "bill_fixed_usd" ["USD"] less in [Total, Site]
        "electricity bills: fixed and minimum charges, billed per full month";
    BillTotalUsd = "bill_total_usd" ["USD"] less in [Total, Site]
        "electricity bills: total, of the sites that have a tariff";
    RefillUsd = "refill_usd" ["USD"] less in [Total]
        "what batteries hold less at the end than at the start, at the mean energy charge of the run; below 0 where they hold more";
    BoundEnergyKwh = "bound_energy_kwh" ["kWh"] neutral in [Total] "most energy that any policy could have delivered";
    BoundEnergyGapPercent = "bound_energy_gap_percent" ["%"] less in [Total]
        "share of the possible energy that this policy missed";
    BoundPeakKw = "bound_peak_kw" ["kW"] neutral in [Total]
        "lowest sum of the peaks of charging sites at which the same energy can be delivered";
    BoundPeakGapPercent = "bound_peak_gap_percent" ["%"] less in [Total] "share of the peak that was avoidable";
    BoundCostUsd = "bound_cost_usd" ["USD"] neutral in [Total] "lowest cost at which the same energy can be delivered";
    BoundCostGapPercent = "bound_cost_gap_percent" ["%"] less in [Total] "share of the energy cost that was avoidable";
    BoundTolerance = "bound_tolerance" [""] less in [Total]
        "relative tolerance of the bound: 1e-7, or 1e-4 where the solver stopped early";

    // A year's cost, where prices are given.
    YearCostUsd = "year_cost_usd" ["USD"] less in [Total]
        "levelised yearly cost: annuities of investments, upkeep, labor, bills, diesel, refill of batteries and lost work of a year made of the run's days";
    YearCapitalUsd = "year_capital_usd" ["USD"] less in [Total] "annuities of investments, each over its own life";
    YearUpkeepUsd = "year_upkeep_usd" ["USD"] less in [Total] "upkeep of a year";
    YearLaborUsd = "year_labor_usd" ["USD"] less in [Total] "labor that operates what has a price, of a year";
    YearBillUsd = "year_bill_usd" ["USD"] less in [Total, Site]
        "electricity bills of twelve months made of the run's days, weekday by weekday";
    YearFuelUsd = "year_fuel_usd" ["USD"] less in [Total] "diesel of all trucks and equipment of the scenario, also of trucks that only call at it, and fuel of its vessels, of a year";
    YearRefillUsd = "year_refill_usd" ["USD"] less in [Total]
        "what batteries hold less at the end of the run than at its start, of a year, at the mean energy charge of its bills; below zero where they hold more";
    YearLostWorkUsd = "year_lost_work_usd" ["USD"] less in [Total]
        "hauls that lapse or come late and unserved hours of equipment of a year, at their stated rates; of hauls that wait past their due at the end, as many lapse as of those before";
    CostPerHaulUsd = "cost_per_haul_usd" ["USD"] less in [Total] "levelised yearly cost over the hauls completed";
    CostPerMoveUsd = "cost_per_move_usd" ["USD"] less in [Total]
        "levelised yearly cost over the containers lifted from and onto vessels";

    // Hydrogen.
    H2DispensedKg = "h2_dispensed_kg" ["kg"] more in [Total, Site, Year] "hydrogen dispensed into vehicles";
    H2UsedKg = "h2_used_kg" ["kg"] neutral in [Year] "hydrogen that trucks and equipment used";
    H2StoredChangeKg = "h2_stored_change_kg" ["kg"] neutral in [Year]
        "change of the hydrogen on board: dispensed less used";
    H2RequestedKg = "h2_requested_kg" ["kg"] neutral in [Total, Site] "hydrogen requested, at every arrival";
    H2Fills = "h2_fills" [""] neutral in [Total, Site] "vehicles that refuelled";
    H2TurnedAway = "h2_turned_away" [""] less in [Total, Site] "vehicles turned away for lack of hydrogen";
    H2GaveUp = "h2_gave_up" [""] less in [Total, Site] "vehicles that gave up waiting for hydrogen";
    H2StockoutH = "h2_stockout_h" ["h"] less in [Total, Site]
        "time in which a vehicle could not be served for lack of hydrogen";
    H2QueueWaitMeanMin = "h2_queue_wait_mean_min" ["min"] less in [Total, Site] "wait for a hydrogen dispenser until the fill, departure or the end of the run, mean over all vehicles that came";
    H2QueueWaiting = "h2_queue_waiting" [""] less in [Total, Site]
        "vehicles that still wait for a hydrogen dispenser when the run ends";
    H2QueueWaitP95Min = "h2_queue_wait_p95_min" ["min"] less in [Total, Site]
        "wait for a hydrogen dispenser, 95th percentile";
    H2ProducedKg = "h2_produced_kg" ["kg"] neutral in [Total, Site] "hydrogen produced on site";
    H2DeliveredKg = "h2_delivered_kg" ["kg"] neutral in [Total, Site] "hydrogen unloaded by trailers";
    H2PipedKg = "h2_piped_kg" ["kg"] neutral in [Total, Site] "hydrogen delivered by pipelines";
    H2VentedKg = "h2_vented_kg" ["kg"] less in [Total, Site] "hydrogen boiled off and vented";
    H2ReturnedKg = "h2_returned_kg" ["kg"] less in [Total, Site] "hydrogen returned with trailers for lack of room";
    H2Trailers = "h2_trailers" [""] neutral in [Total, Site] "trailers that unloaded";
    H2ElectricityKwh = "h2_electricity_kwh" ["kWh"] neutral in [Total, Site]
        "metered energy of electrolysers and compressors";
    H2ElectricityUsd = "h2_electricity_usd" ["USD"] less in [Total, Site]
        "cost of the energy of electrolysers and compressors";
    H2Co2eKgPerKg = "h2_co2e_kg_per_kg" ["kg/kg"] less in [Total, Site]
        "carbon intensity of dispensed hydrogen, with supply and compression";
    H2PriceUsdPerKg = "h2_price_usd_per_kg" ["USD/kg"] less in [Year] "hydrogen at the dispenser, where its producers decide the price";
    H2LackingT = "h2_lacking_t" ["t"] less in [Year] "hydrogen that customers of the pipe ask for and do not get";
    H2CostUsdPerKg = "h2_cost_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of dispensed hydrogen: real, without tax";
    H2CostElectrolyserUsdPerKg = "h2_cost_electrolyser_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of hydrogen: investment and upkeep of electrolysers";
    H2CostCompressorUsdPerKg = "h2_cost_compressor_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of hydrogen: investment and upkeep of compressors";
    H2CostStorageUsdPerKg = "h2_cost_storage_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of hydrogen: investment and upkeep of storage";
    H2CostDispenserUsdPerKg = "h2_cost_dispenser_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of hydrogen: investment and upkeep of dispensers";
    H2CostProductionEnergyUsdPerKg = "h2_cost_production_energy_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of hydrogen: electricity of production";
    H2CostCompressionEnergyUsdPerKg = "h2_cost_compression_energy_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of hydrogen: electricity of compression";
    H2CostPurchaseUsdPerKg = "h2_cost_purchase_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of hydrogen: purchase with delivery";
    H2CostCreditUsdPerKg = "h2_cost_credit_usd_per_kg" ["USD/kg"] less in [Total, Site]
        "levelised cost of hydrogen: credits (negative)";

    // Air.
    DieselGal = "diesel_gal" ["US gal"] less in [Total, Year] "diesel burnt by trucks and equipment";
    Co2eDirectT = "co2e_direct_t" ["t"] less in [Total, Sector] "CO2e emitted directly: at tailpipes and funnels, and by plants";
    Co2eUpstreamT = "co2e_upstream_t" ["t"] less in [Total]
        "CO2e of supplying diesel, fuel of vessels, electricity and hydrogen (hydrogen by the intensities of its stations)";
    Co2eT = "co2e_t" ["t"] less in [Total, Year, Sector] "CO2e emitted directly and by the supply of fuel and electricity";
    Co2eDiscountedT = "co2e_discounted_t" ["t"] less in [Total]
        "CO2e emitted directly and of supply, later tonnes discounted as money is";
    Co2eEmbodiedT = "co2e_embodied_t" ["t"] less in [Total] "CO2e embodied in what was built; in no other total";
    NoxKg = "nox_kg" ["kg"] less in [Total, Year, Sector] "nitrogen oxides at tailpipes and funnels";
    SoxKg = "sox_kg" ["kg"] less in [Total, Sector] "sulfur oxides at the funnels of vessels";
    Pm25Kg = "pm25_kg" ["kg"] less in [Total, Year, Sector] "exhaust particles at tailpipes and funnels";
    ExhaustNoxKg = "exhaust_nox_kg" ["kg"] less in [Site] "nitrogen oxides of equipment, of trucks idling at the site and of vessels at its berths";
    ExhaustPm25Kg = "exhaust_pm25_kg" ["kg"] less in [Site] "exhaust particles of equipment, of trucks idling at the site and of vessels at its berths";

    Co2eCapturedT = "co2e_captured_t" ["t"] neutral in [Total, Year] "CO2 that plants inside the border captured and stored";
    Co2eRemovedT = "co2e_removed_t" ["t"] more in [Total, Year] "CO2 that the hub had removed from the air";
    RemovalUsd = "removal_usd" ["USD"] less in [Total, Year] "paid for what was removed from the air";
    Co2eClosedT = "co2e_closed_t" ["t"] neutral in [Total, Year]
        "CO2e a year of plants that have closed, as of their last year: no abatement";
    Co2eElsewhereT = "co2e_elsewhere_t" ["t"] less in [Total, Year]
        "CO2e that is emitted elsewhere for what closed plants made: leakage, in no other total";

    // Transition: stock, money, goals.
    ZevShare = "zev_share" [""] more in [Total] "share of vehicles that are zero-emission, in the last year";
    ZevShareTrucks = "zev_share_trucks" [""] more in [Year] "share of registered trucks that are zero-emission";
    ZevShareTrucksAtWork = "zev_share_trucks_at_work" [""] more in [Year]
        "share of the trucks at work that are zero-emission";
    ZevShareEquipment = "zev_share_equipment" [""] more in [Year] "share of equipment that is zero-emission";
    NpvUsd = "npv_usd" ["USD"] more in [Total, Site]
        "net present value at the discount rate (costs are negative): private money of the hub, or of a site that sells charging or hydrogen; outside of a transition, of what has a price, over the years of the table `money`";
    NpvPublicUsd = "npv_public_usd" ["USD"] more in [Total]
        "net present value of private and public money together: lost taxes count, fees and vouchers cancel";
    NpvResourceUsd = "npv_resource_usd" ["USD"] more in [Total]
        "net present value of the resource cost: no taxes, fees, credits or public money";
    ResourceCostUsd = "resource_cost_usd" ["USD"] less in [Year]
        "resource cost of the year, without taxes, fees, credits and public money, before residual value";
    PaidByFleetsUsd = "paid_by_fleets_usd" ["USD"] neutral in [Year] "net payments of fleets: paid less received";
    PaidByTerminalsUsd = "paid_by_terminals_usd" ["USD"] neutral in [Year] "net payments of terminals: paid less received";
    PaidByStationsUsd = "paid_by_stations_usd" ["USD"] neutral in [Year]
        "net payments of public charging sites and hydrogen stations: paid less received";
    PaidBySitesUsd = "paid_by_sites_usd" ["USD"] neutral in [Year] "net payments of other sites: paid less received";
    PaidByCargoOwnersUsd = "paid_by_cargo_owners_usd" ["USD"] neutral in [Year]
        "net payments of owners of the cargo: paid less received";
    PaidByPortsUsd = "paid_by_ports_usd" ["USD"] neutral in [Year] "net payments of the ports: paid less received";
    PaidByStateUsd = "paid_by_state_usd" ["USD"] neutral in [Year]
        "net payments of the state and its cities: paid less received";
    PaidByUnitedStatesUsd = "paid_by_united_states_usd" ["USD"] neutral in [Year]
        "net payments of the United States: paid less received";
    PaidByRatepayersUsd = "paid_by_ratepayers_usd" ["USD"] neutral in [Year]
        "net payments of customers of the utility: paid less received";
    LcfsClearingUsdPerT = "lcfs_clearing_usd_per_t" ["USD/t"] neutral in [Year]
        "credit price at which the most expensive fuel in diesel pays for itself";
    CostUsd = "cost_usd" ["USD"] less in [Total, Year]
        "cost of the hub less incentives; the total also less the residual value at the end";
    CapexUsd = "capex_usd" ["USD"] less in [Total] "investments; in a transition, less incentives, resale and residual value";
    OpexUsd = "opex_usd" ["USD"] less in [Total] "operating costs, fees and the carbon price";
    CreditIncomeUsd = "credit_income_usd" ["USD"] more in [Total] "income from fuel standard credits, less deficits";
    PublicUsd = "public_usd" ["USD"] less in [Total, Year] "public money: vouchers, tax credits, grants";
    AbatementUsdPerT = "abatement_usd_per_t" ["USD/t"] less in [Total]
        "abatement cost: additional private money, after public money, per tonne of CO2e abated, against the baseline";
    AbatementPublicUsdPerT = "abatement_public_usd_per_t" ["USD/t"] less in [Total]
        "abatement cost in private and public money, against the baseline";
    AbatementResourceUsdPerT = "abatement_resource_usd_per_t" ["USD/t"] less in [Total]
        "abatement cost in resource cost, against the baseline";
    AbatementDiscountedUsdPerT = "abatement_discounted_usd_per_t" ["USD/t"] less in [Total]
        "abatement cost in private money per discounted tonne, against the baseline";
    AbatementPublicDiscountedUsdPerT = "abatement_public_discounted_usd_per_t" ["USD/t"] less in [Total]
        "abatement cost in private and public money per discounted tonne, against the baseline";
    AbatementResourceDiscountedUsdPerT = "abatement_resource_discounted_usd_per_t" ["USD/t"] less in [Total]
        "abatement cost in resource cost per discounted tonne, against the baseline";
    EnergisationLateMonths = "energisation_late_months" ["month"] less in [Total]
        "longest delay of an energisation by the utility";
    Irr = "irr" [""] more in [Site] "internal rate of return; none where the cash flow never changes its sign";
    ReturnOnInvestment = "return_on_investment" [""] more in [Site] "earnings before investment, over investment";
    BreakEvenRevenue = "break_even_revenue" [""] less in [Site]
        "factor on revenue at which the net present value is 0";
    BreakEvenElectricity = "break_even_electricity" [""] more in [Site]
        "factor on the cost of electricity at which the net present value is 0";
    BreakEvenUpkeep = "break_even_upkeep" [""] more in [Site]
        "factor on the cost of upkeep at which the net present value is 0";
    BreakEvenInvestment = "break_even_investment" [""] more in [Site]
        "factor on investment, less public money and residual value, at which the net present value is 0";
    DscrMin = "dscr_min" [""] more in [Site] "lowest debt service coverage ratio of any year";
    DscrMinYear = "dscr_min_year" ["yr"] neutral in [Site] "year of the lowest debt service coverage ratio";
    TargetMet = "target_met" [""] more in [Rule] "1 when the goal was met, 0 when not";
    TargetReached = "target_reached" [""] neutral in [Rule] "value by which the goal is judged";

    // Policies and plugins.
    PolicyCalls = "policy_calls" [""] neutral in [Total] "decisions of the dispatch policy";
    PolicyRejected = "policy_rejected" [""] less in [Total] "orders of policies that were refused";
    PluginCalls = "plugin_calls" [""] neutral in [Total] "decisions of plugins";
    PluginRejected = "plugin_rejected" [""] less in [Total] "orders of plugins that were invalid and dropped";
}

impl MetricName {
    /// Its entry in the catalogue.
    #[must_use]
    pub fn info(self) -> &'static MetricInfo {
        &CATALOGUE[self as usize]
    }

    /// The name, as files have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.info().name
    }

    /// Which metric has this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.as_str() == name)
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PartialEq<str> for MetricName {
    fn eq(&self, name: &str) -> bool {
        self.as_str() == name
    }
}

impl PartialEq<&str> for MetricName {
    fn eq(&self, name: &&str) -> bool {
        self.as_str() == *name
    }
}

impl Serialize for MetricName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for MetricName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| D::Error::custom(format!("there is no metric `{name}`")))
    }
}

impl PartialSchema for MetricName {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.iter().map(|metric| metric.as_str());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for MetricName {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Endings of names by unit: the unit is in the name, and is the one of the catalogue.
    const ENDINGS: [(&str, &str); 14] = [
        ("_per_h", "1/h"),
        ("_usd_per_kg", "USD/kg"),
        ("_usd_per_t", "USD/t"),
        ("_kg_per_kg", "kg/kg"),
        ("_kwh", "kWh"),
        ("_kw", "kW"),
        ("_kg", "kg"),
        ("_km", "km"),
        ("_gal", "US gal"),
        ("_usd", "USD"),
        ("_min", "min"),
        ("_percent", "%"),
        ("_t", "t"),
        ("_h", "h"),
    ];

    #[test]
    fn names_are_single_and_carry_their_unit() {
        let names: BTreeSet<&str> = MetricName::ALL.iter().map(|metric| metric.as_str()).collect();
        assert_eq!(names.len(), MetricName::ALL.len());
        for metric in MetricName::ALL {
            let info = metric.info();
            assert_eq!(MetricName::parse(info.name), Some(*metric));
            // The least ratio of a debt is no time.
            let ending = ENDINGS.iter().find(|(ending, _)| info.name.ends_with(ending) && info.name != "dscr_min");
            if let Some((_, unit)) = ending {
                assert_eq!(info.unit, *unit, "{metric}");
            }
            assert!(!info.info.is_empty() && !info.info.ends_with('.'), "{metric}");
        }
    }

    /// A scope is read as it is written, and is of no other kind.
    #[test]
    fn scopes_are_read_as_they_are_written() {
        assert_eq!(ScopeKind::Year.of(2030), "year:2030");
        assert_eq!(ScopeKind::Year.key_in("year:2030"), Some("2030"));
        assert_eq!(ScopeKind::Site.key_in("sites:a"), None);
        assert_eq!(ScopeKind::Total.key_in(TOTAL), Some(""));
        assert_eq!(ScopeKind::Total.key_in("totals"), None);
    }

    /// What a comparison shows first can be judged: each of the headlines has a wanted end, and is of the whole hub.
    #[test]
    fn headlines_are_of_the_hub_and_have_a_direction() {
        for metric in MetricName::HEADLINES {
            assert!(metric.info().better.is_some(), "{metric}");
            assert!(metric.info().scopes.contains(&ScopeKind::Total), "{metric}");
        }
    }

    #[test]
    #[should_panic(expected = "the catalogue has no peak_kw of fleet:a")]
    fn a_scope_that_the_catalogue_does_not_name_is_an_error() {
        let _ = Metric::new(MetricName::PeakKw, "fleet:a", 1.0);
    }
}
