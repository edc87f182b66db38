//! The rows of all tables. The documents of the fields are the documents of the columns.

use super::table::{At, row};
use super::words::{BerthPower, Container, HaulState, Leave, VehicleKind, VesselMode};
use crate::account::bill::{Component, MonthBill};
use crate::kernel::ids::{FleetId, NodeId, PortId, SiteId, VisitId};
use std::sync::Arc;

row! {
    /// One vehicle at one port from plug-in to unplug, or one that left the queue without a port.
    SessionRow in "sessions" {
        /// truck, equipment or visitor
        vehicle_kind: VehicleKind [""],
        /// number of the vehicle among its kind
        vehicle_id: u32 [""],
        /// name of the session, of visitors from a file
        session_id: Option<VisitId> [""],
        /// the truck's fleet
        fleet: Option<FleetId> [""],
        /// the site
        site: SiteId [""],
        /// the charging port: key of the charger group and number; empty when it never got one
        port: Option<PortId> [""],
        /// arrival at the site, from the start of the run
        arrive_s: u32 ["s"],
        /// plug-in; empty when it never got a charging port
        start_s: Option<u32> ["s"],
        /// unplug, or departure from the queue
        end_s: u32 ["s"],
        /// when it had to go, whatever it had; empty when nothing called it away
        depart_s: Option<u32> ["s"],
        /// from arrival to plug-in (or to departure from the queue)
        wait_s: u32 ["s"],
        /// energy it requested, battery side
        requested_kwh: f64 ["kWh"],
        /// energy delivered, battery side, less V2G export
        delivered_kwh: f64 ["kWh"],
        /// energy drawn from the grid for it, less V2G export
        grid_kwh: f64 ["kWh"],
        /// V2G export: energy it sent to the site
        v2g_export_kwh: f64 ["kWh"],
        /// what it paid for that; empty where the charging port has no price of its own
        paid_usd: Option<f64> ["USD"],
        /// the most power that its battery accepts at any state of charge, battery side
        accepts_kw: f64 ["kW"],
        /// state of charge at plug-in
        start_soc: f64 [""],
        /// state of charge at unplug
        end_soc: f64 [""],
        /// why it left: `done`, `time_up`, `never_served`, `break_over`, `not_allowed`, `outage`; `open` when it was still there at the end
        leave: Leave [""],
    }
}

row! {
    /// Mean power of one site in one control interval.
    PowerRow in "power" {
        /// start of the interval, local time
        start: At [""],
        /// start of the interval, from the start of the run
        start_s: u32 ["s"],
        /// the site
        site: SiteId [""],
        /// chargers, grid side
        charging_kw: f64 ["kW"],
        /// grid-connected equipment
        equipment_kw: f64 ["kW"],
        /// vessels at berth
        shore_kw: f64 ["kW"],
        /// constant load
        other_kw: f64 ["kW"],
        /// hydrogen production and compression
        hydrogen_kw: f64 ["kW"],
        /// solar power, which the meter does not see
        solar_kw: f64 ["kW"],
        /// stationary batteries: above zero when they charge
        storage_kw: f64 ["kW"],
        /// the meter: total of the loads, less solar
        total_kw: f64 ["kW"],
        /// the connection's limit; empty when there is none
        limit_kw: Option<f64> ["kW"],
    }
}

row! {
    /// Mean power through one node between a site's connection and its chargers, in one control interval.
    NodeRow in "nodes" {
        /// start of the interval, local time
        start: At [""],
        /// start of the interval, from the start of the run
        start_s: u32 ["s"],
        /// the node
        node: NodeId [""],
        /// all that is behind it, less solar
        load_kw: f64 ["kW"],
        /// charging behind it, grid side
        charging_kw: f64 ["kW"],
        /// its limit in the interval; empty when there is none
        limit_kw: Option<f64> ["kW"],
    }
}

row! {
    /// One haul.
    HaulRow in "hauls" {
        /// number of the haul, in the order of readiness
        haul: u32 [""],
        /// origin
        origin: SiteId [""],
        /// destination
        destination: SiteId [""],
        /// loaded or empty container
        container: Container [""],
        /// from when it could be taken, from the start of the run
        ready_s: u32 ["s"],
        /// when it should have arrived
        due_s: u32 ["s"],
        /// completed, lapsed or open (at the end of the run)
        state: HaulState [""],
        /// number of the truck that did it, or is doing it when the run ends
        truck: Option<u32> [""],
        /// the truck's fleet
        fleet: Option<FleetId> [""],
        /// the truck was ordered
        assigned_s: Option<u32> ["s"],
        /// the truck reached the origin
        at_origin_s: Option<u32> ["s"],
        /// the truck left the origin with the container
        left_origin_s: Option<u32> ["s"],
        /// the truck reached the destination
        at_destination_s: Option<u32> ["s"],
        /// the container was handed over
        done_s: Option<u32> ["s"],
        /// waiting for gates
        gate_queue_s: Option<u32> ["s"],
        /// driven to the origin without a container
        empty_km: Option<f64> ["km"],
        /// driven with the container
        laden_km: Option<f64> ["km"],
    }
}

row! {
    /// The equipment of one class at one terminal in one hour.
    EquipmentRow in "equipment" {
        /// start of the hour, from the start of the run
        start_s: u32 ["s"],
        /// the terminal
        site: SiteId [""],
        /// the class
        class: String [""],
        /// unit-hours newly required
        required_h: f64 ["h"],
        /// unit-hours served
        served_h: f64 ["h"],
        /// unit-hours required and not served yet
        backlog_h: f64 ["h"],
        /// unit-hours of units at work or ready
        present_h: f64 ["h"],
        /// unit-hours of units that waited for a charging port or charged
        away_h: f64 ["h"],
        /// fuel used
        diesel_gal: f64 ["US gal"],
        /// battery energy used
        battery_kwh: f64 ["kWh"],
        /// hydrogen used
        hydrogen_kg: f64 ["kg"],
        /// energy used straight from the grid
        grid_kwh: f64 ["kWh"],
        /// nitrogen oxides
        nox_g: f64 ["g"],
        /// exhaust particles up to 2.5 micrometres
        pm25_g: f64 ["g"],
    }
}

row! {
    /// What the trucks of one fleet did on one local day.
    FuelRow in "fuel" {
        /// start of the day, from the start of the run
        start_s: u32 ["s"],
        /// the fleet
        fleet: FleetId [""],
        /// driven
        km: f64 ["km"],
        /// driven without a container
        empty_km: f64 ["km"],
        /// fuel used
        diesel_gal: f64 ["US gal"],
        /// battery energy used
        battery_kwh: f64 ["kWh"],
        /// hydrogen used
        hydrogen_kg: f64 ["kg"],
        /// nitrogen oxides
        nox_g: f64 ["g"],
        /// exhaust particles up to 2.5 micrometres
        pm25_g: f64 ["g"],
        /// hauls completed
        hauls: u32 [""],
        /// time in gate queues
        gate_queue_h: f64 ["h"],
        /// time idling at queues, gates, docks
        idling_h: f64 ["h"],
        /// trips that ended with an empty battery
        stranded: u32 [""],
    }
}

row! {
    /// Trucks that idle at a site (their systems are on), in an hour of the run.
    IdlingRow in "idling" {
        /// start of the hour, from the start of the run
        start_s: u32 ["s"],
        /// the site
        site: SiteId [""],
        /// time that trucks idle there
        truck_h: f64 ["h"],
        /// nitrogen oxides from their tailpipes
        nox_g: f64 ["g"],
        /// exhaust particles up to 2.5 micrometres
        pm25_g: f64 ["g"],
    }
}

row! {
    /// What a site with a tariff pays for one month. A month that the run covers in part pays for the energy and the
    /// peak it holds; demand, fixed and minimum charges are those of the whole month.
    BillRow in "bills" {
        /// the site
        site: SiteId [""],
        /// year and month, such as 2025-06
        month: String [""],
        /// energy bought
        energy_kwh: f64 ["kWh"],
        /// energy exported
        exported_kwh: f64 ["kWh"],
        /// highest mean power of a demand window
        peak_kw: f64 ["kW"],
        /// demand that is billed, after ratchets
        billed_kw: f64 ["kW"],
        /// energy charges, less credits for exports
        energy_usd: f64 ["USD"],
        /// demand charges
        demand_usd: f64 ["USD"],
        /// charges for being a customer
        fixed_usd: f64 ["USD"],
        /// what is missing to the least that the month costs
        minimum_usd: f64 ["USD"],
        /// total of the bill
        total_usd: f64 ["USD"],
    }
}

impl BillRow {
    /// One month of a site's bill.
    #[must_use]
    pub fn new(site: SiteId, month: &MonthBill) -> Self {
        Self {
            site,
            month: month.month(),
            energy_kwh: month.energy_kwh,
            exported_kwh: month.exported_kwh,
            peak_kw: month.peak_kw,
            billed_kw: month.billed_kw,
            energy_usd: month.usd(Component::Energy),
            demand_usd: month.usd(Component::Demand),
            fixed_usd: month.usd(Component::Fixed),
            minimum_usd: month.usd(Component::Minimum),
            total_usd: month.total_usd(),
        }
    }
}

row! {
    /// One vessel's stay that ended in the run.
    CallRow in "calls" {
        /// number of the call
        call: u32 [""],
        /// the terminal
        site: SiteId [""],
        /// arrival, from the start of the run; 0 when it came before
        arrive_s: u32 ["s"],
        /// at berth from; 0 when it was there before
        berth_s: u32 ["s"],
        /// departure
        leave_s: u32 ["s"],
        /// waited for a berth
        wait_h: f64 ["h"],
        /// time at berth
        berth_h: f64 ["h"],
        /// containers lifted
        lifts: u32 [""],
        /// yes or no
        shore_power: bool [""],
    }
}

row! {
    /// What a vessel did and burnt for some time, as far as that lies in the run: there are several for each call, and its load is
    /// the same all the time of one.
    VesselRow in "vessels" {
        /// number of the call
        call: u32 [""],
        /// the terminal
        site: SiteId [""],
        /// class of the vessel
        class: Arc<str> [""],
        /// tier of its engines
        tier: Arc<str> [""],
        /// transit, manoeuvring, anchor or berth
        mode: VesselMode [""],
        /// what ran it: `engines`, `captured` (engines whose exhaust is captured) or `shore_power`
        power: BerthPower [""],
        /// can it take shore power: yes or no
        shore_capable: bool [""],
        /// from, from the start of the run
        start_s: u32 ["s"],
        /// until
        end_s: u32 ["s"],
        /// work of the main engine
        main_kwh: f64 ["kWh"],
        /// work of the auxiliary engines
        auxiliary_kwh: f64 ["kWh"],
        /// heat of the boilers
        boiler_kwh: f64 ["kWh"],
        /// drawn from the shore
        shore_kwh: f64 ["kWh"],
        /// fuel of engines and boilers
        fuel_kg: f64 ["kg"],
        /// `CO2e` at the funnel
        co2e_kg: f64 ["kg"],
        /// `CO2e` of supplying the fuel
        upstream_co2e_kg: f64 ["kg"],
        /// nitrogen oxides
        nox_g: f64 ["g"],
        /// sulfur oxides
        sox_g: f64 ["g"],
        /// exhaust particles up to 2.5 micrometres
        pm25_g: f64 ["g"],
        /// price of the fuel; 0 where it is not known
        fuel_usd: f64 ["USD"],
        /// fuel that its engines would have burnt without shore power
        avoided_fuel_kg: f64 ["kg"],
        /// `CO2e` that would have left its funnel
        avoided_co2e_kg: f64 ["kg"],
        /// nitrogen oxides that would have
        avoided_nox_g: f64 ["g"],
        /// particles that would have
        avoided_pm25_g: f64 ["g"],
        /// price of that fuel
        avoided_fuel_usd: f64 ["USD"],
    }
}
