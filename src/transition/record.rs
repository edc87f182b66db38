//! The tables of a transition: one row a year and scope. Amounts are US dollars of the scenario's money year.

use super::build::ProjectState;
use super::operated::OperatingYear;
use super::scope::Scope;
use super::spec::ProjectKind;
use crate::account::sector::Sector;
use crate::industry::record::{HydrogenMarketRow, IndustryRow, PlantProjectRow};
use crate::record::table::row;
use crate::record::words::{word_cell, words};
use crate::vehicle::spec::Powertrain;

words! {
    /// A party of the ledger.
    pub enum Party {
        /// Fleets, with their depots.
        Fleet = "fleet",
        /// Terminals.
        Terminal = "terminal",
        /// Public charging sites and hydrogen stations.
        Station = "station",
        /// All other sites.
        Site = "site",
        /// Owners of the cargo.
        CargoOwner = "cargo_owner",
        /// The ports.
        Port = "port",
        /// The state, its counties and cities.
        State = "state",
        /// The United States.
        Federal = "federal",
        /// Customers of the utility.
        Ratepayer = "ratepayer",
        /// Sellers and buyers of fuel outside of the hub, who pay for credits.
        FuelMarket = "fuel_market",
        /// Makers and doers of things: vehicles, build-out, fuels, electricity, labour.
        Supplier = "supplier",
    }
}

words! {
    /// What an amount of the ledger is for.
    pub enum LedgerItem {
        /// Vehicles, new and used.
        Vehicles = "vehicles",
        /// Taxes on their purchase.
        VehicleTax = "vehicle_tax",
        /// Vehicles sold.
        Resale = "resale",
        /// Public money for vehicles.
        Vouchers = "vouchers",
        /// Chargers, connections, stations, and public money for them.
        BuildOut = "build_out",
        /// Their upkeep.
        Upkeep = "upkeep",
        /// Bills.
        Electricity = "electricity",
        /// Fuel of vessels and engines, energy of plants.
        OtherEnergy = "other_energy",
        /// Public charging.
        Charging = "charging",
        /// Hydrogen.
        Hydrogen = "hydrogen",
        /// Diesel without taxes and what rules add.
        Diesel = "diesel",
        /// Taxes on diesel.
        FuelTax = "fuel_tax",
        /// What renewable fuels in diesel cost more than fossil diesel.
        RenewableFuel = "renewable_fuel",
        /// Maintenance.
        Maintenance = "maintenance",
        /// Insurance.
        Insurance = "insurance",
        /// Drivers who wait.
        Waiting = "waiting",
        /// Lapsed and late hauls.
        Hauls = "hauls",
        /// Fees for containers.
        Fees = "fees",
        /// Price of carbon.
        Carbon = "carbon",
        /// Fuel standard.
        Credits = "credits",
        /// What is left at the end.
        Residual = "residual",
    }
}

words! {
    /// A kind of rule.
    pub enum RuleKind {
        /// A share of purchases.
        PurchaseShare = "purchase_share",
        /// A share of the stock.
        StockShare = "stock_share",
        /// What makers offer: a production ramp.
        Offer = "offer",
        /// A fee for containers.
        TruckFee = "truck_fee",
        /// A voucher for vehicles.
        Voucher = "voucher",
        /// A credit for infrastructure.
        InfrastructureCredit = "infrastructure_credit",
        /// A goal.
        Target = "target",
        /// Emissions of a unit of a sector, kg.
        SectorPath = "sector_path",
    }
}

word_cell!(ProjectKind);

/// Rows of all tables, year after year.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// Vehicles.
    pub fleet: Vec<FleetYearRow>,
    /// Money.
    pub finance: Vec<FinanceRow>,
    /// Emissions.
    pub emissions: Vec<EmissionsRow>,
    /// Projects.
    pub projects: Vec<ProjectRow>,
    /// Options of buyers.
    pub offers: Vec<OfferRow>,
    /// Payments between parties.
    pub ledger: Vec<LedgerRow>,
    /// Rules.
    pub rules: Vec<RuleRow>,
    /// What neighbours of each site breathe and hear.
    pub community: Vec<CommunityRow>,
    /// Emissions by sector, of scenarios with vessels or plants.
    pub inventory: Vec<InventoryRow>,
    /// Plants.
    pub industry: Vec<IndustryRow>,
    /// Projects at plants.
    pub plant_projects: Vec<PlantProjectRow>,
    /// Hydrogen whose producers decide the price.
    pub hydrogen_market: Vec<HydrogenMarketRow>,
    /// Connections to the grid that plants draw through.
    pub connections: Vec<ConnectionRow>,
    /// Carbon removed from the air.
    pub removals: Vec<RemovalRow>,
    /// By site: is it a neighbour, which is in no sum of the hub?
    pub neighbours: Vec<bool>,
    /// What operations of each year showed.
    pub shown: Vec<(u16, OperatingYear)>,
}

/// From here on, as a share of the cost before it is taken off, what is left at the end decides the result.
pub const DECISIVE: f64 = 0.25;

/// Does the value that is left at the end decide the cost of all years, from which it is taken off?
#[must_use]
pub fn is_decisive(left_usd: f64, cost_usd: f64) -> bool {
    left_usd > DECISIVE * (cost_usd + left_usd)
}

impl Tables {
    /// What vehicles and chargers are still worth at the end, of all years, USD.
    #[must_use]
    pub fn left_usd(&self) -> f64 {
        -self.finance.iter().filter(|row| row.scope == Scope::Total).map(|row| row.residual_usd).sum::<f64>()
    }
}

row! {
    /// Vehicles of a model that an owner has at the end of a year, and how they came and went.
    FleetYearRow in "fleet" {
        /// the year
        year: u32 [""],
        /// the fleet, or the terminal
        owner: String [""],
        /// truck, or the class of equipment
        class: String [""],
        /// the model
        model: String [""],
        /// what moves it
        powertrain: Powertrain [""],
        /// vehicles
        vehicles: u32 [""],
        /// of them in reserve: registered, and at work in no usual week
        reserve: u32 [""],
        /// of them bought new this year
        bought_new: u32 [""],
        /// of them bought used this year
        bought_used: u32 [""],
        /// retired at the start of the year: of age, use or a rule
        retired: u32 [""],
        /// sold at the start of the year
        sold: u32 [""],
        /// replaced before their time
        early: u32 [""],
        /// mean age
        mean_age: f64 ["yr"],
        /// mean km of a truck, hours of equipment, since new
        mean_use: f64 ["km or h"],
    }
}

row! {
    /// What a fleet, site or plant paid in a year; income is negative.
    #[derive(Default)]
    FinanceRow in "finance" {
        /// the year
        year: u32 [""],
        /// `total`, `fleet:KEY`, `site:KEY`, `plant:KEY`, `engines:KEY`, `vessels` or `removals`
        scope: Scope [""],
        /// new vehicles, and used ones
        vehicles_usd: f64 ["USD"],
        /// taxes on the purchase of vehicles
        vehicle_tax_usd: f64 ["USD"],
        /// vehicles sold
        resale_usd: f64 ["USD"],
        /// vouchers and tax credits for vehicles
        vehicle_incentives_usd: f64 ["USD"],
        /// chargers, connections, storage, stations; of a plant its levers
        build_out_usd: f64 ["USD"],
        /// public money for them
        build_out_incentives_usd: f64 ["USD"],
        /// upkeep of them, and batteries on rent; what is paid for removals
        upkeep_usd: f64 ["USD"],
        /// diesel
        diesel_usd: f64 ["USD"],
        /// electricity: the bills of sites, and what engines charge
        electricity_usd: f64 ["USD"],
        /// fuel of vessels and engines; of a plant all its energy
        other_energy_usd: f64 ["USD"],
        /// charging at public sites: what fleets pay is income of sites
        charging_usd: f64 ["USD"],
        /// hydrogen
        hydrogen_usd: f64 ["USD"],
        /// maintenance of vehicles
        maintenance_usd: f64 ["USD"],
        /// insurance of vehicles
        insurance_usd: f64 ["USD"],
        /// drivers who wait for ports or positions, or charge or fuel on duty
        waiting_usd: f64 ["USD"],
        /// lapsed and late hauls
        hauls_usd: f64 ["USD"],
        /// fees for containers, as far as the truck pays them
        fees_usd: f64 ["USD"],
        /// carbon price on fuel
        carbon_usd: f64 ["USD"],
        /// fuel standard: deficits, credits negative
        credits_usd: f64 ["USD"],
        /// value of vehicles and build-out at the end of the last year
        residual_usd: f64 ["USD"],
        /// total
        total_usd: f64 ["USD"],
        /// public part of the total
        public_usd: f64 ["USD"],
        /// metered energy
        energy_kwh: f64 ["kWh"],
    }
}

row! {
    /// What a fleet, site or plant emitted in a year.
    #[derive(Default)]
    EmissionsRow in "emissions" {
        /// the year
        year: u32 [""],
        /// `total`, `fleet:KEY`, `site:KEY`, `plant:KEY` or `engines:KEY`
        scope: Scope [""],
        /// diesel burnt
        diesel_gal: f64 ["US gal"],
        /// metered energy; of a fleet, energy drawn for its charging (its site has it too)
        energy_kwh: f64 ["kWh"],
        /// hydrogen got
        hydrogen_kg: f64 ["kg"],
        /// `CO2e` emitted directly: at tailpipes, at the funnels of vessels, by plants
        co2e_direct_t: f64 ["t"],
        /// `CO2e` of supplying diesel, the fuel of vessels and engines, and what plants use but electricity
        co2e_fuel_supply_t: f64 ["t"],
        /// `CO2e` of electricity from the grid
        co2e_grid_t: f64 ["t"],
        /// `CO2e` of hydrogen that was bought
        co2e_hydrogen_t: f64 ["t"],
        /// direct, and of supply
        co2e_t: f64 ["t"],
        /// `CO2e` embodied in what was built this year; not in the sum
        co2e_embodied_t: f64 ["t"],
        /// nitrogen oxides at tailpipes and funnels
        nox_kg: f64 ["kg"],
        /// exhaust particles at tailpipes and funnels
        pm25_kg: f64 ["kg"],
    }
}

row! {
    /// A project at the end of a year.
    ProjectRow in "projects" {
        /// the year
        year: u32 [""],
        /// its number
        project: u32 [""],
        /// what is built
        kind: ProjectKind [""],
        /// key of what it enlarges
        at: String [""],
        /// cabinets, kW, kWh or positions
        amount: f64 [""],
        /// where it is: decided, permitted, built or energised
        state: ProjectState [""],
        /// decision
        decided: f64 ["yr"],
        /// permit
        permitted: f64 ["yr"],
        /// built
        built: f64 ["yr"],
        /// in service
        energised: f64 ["yr"],
        /// delay by the utility until then
        late_months: f64 ["month"],
        /// cost
        cost_usd: f64 ["USD"],
        /// premium of early projects in the cost
        premium_usd: f64 ["USD"],
        /// public money in the cost
        public_usd: f64 ["USD"],
        /// battery on rent while it is late
        stop_gap_kwh: f64 ["kWh"],
    }
}

row! {
    /// An option of a buyer in a year: what one costs to own, term by term, and how many were bought.
    OfferRow in "offers" {
        /// the year
        year: u32 [""],
        /// the fleet, or the terminal
        owner: String [""],
        /// truck, or the class of equipment
        class: String [""],
        /// the model
        model: String [""],
        /// price new
        price_usd: f64 ["USD"],
        /// vouchers and tax credits
        incentive_usd: f64 ["USD"],
        /// km or work hours
        use_per_year: f64 ["km or h"],
        /// price less incentives and residual, by year
        capital_usd: f64 ["USD/yr"],
        /// taxes on the purchase, by year
        tax_usd: f64 ["USD/yr"],
        /// energy
        energy_usd: f64 ["USD/yr"],
        /// maintenance
        maintenance_usd: f64 ["USD/yr"],
        /// insurance
        insurance_usd: f64 ["USD/yr"],
        /// waiting and charging on duty
        waiting_usd: f64 ["USD/yr"],
        /// chargers
        build_out_usd: f64 ["USD/yr"],
        /// their connection
        connection_usd: f64 ["USD/yr"],
        /// hauls that it cannot do
        unmet_hauls_usd: f64 ["USD/yr"],
        /// fees
        fees_usd: f64 ["USD/yr"],
        /// carbon price
        carbon_usd: f64 ["USD/yr"],
        /// fuel standard
        credits_usd: f64 ["USD/yr"],
        /// work that others do for its weight
        payload_usd: f64 ["USD/yr"],
        /// total cost of ownership
        tco_usd: f64 ["USD/yr"],
        /// share of shifts that it can do
        coverage: f64 [""],
        /// `CO2e` with supply
        co2e_kg: f64 ["kg/yr"],
        /// could be bought: yes or no
        is_open: bool [""],
        /// bought new
        bought: u32 [""],
    }
}

row! {
    /// Payments of a year between parties, by what they are for: each amount has two ends.
    LedgerRow in "ledger" {
        /// the year
        year: u32 [""],
        /// what for
        item: LedgerItem [""],
        /// fleet, terminal, station, site, `cargo_owner`, port, state, federal, ratepayer, `fuel_market` or supplier
        payer: Party [""],
        /// the party that receives it, of the same list
        payee: Party [""],
        /// amount
        usd: f64 ["USD"],
    }
}

row! {
    /// A rule or goal in a year.
    RuleRow in "rules" {
        /// the year
        year: u32 [""],
        /// its name
        rule: String [""],
        /// its kind
        kind: RuleKind [""],
        /// what it asks for (share, USD of a budget, or of a sector kg a unit)
        asked: f64 [""],
        /// what was reached
        reached: f64 [""],
        /// vehicles that are missing
        missing: u32 [""],
        /// kept: yes or no
        kept: bool [""],
        /// public money paid or taken (negative) by it
        public_usd: f64 ["USD"],
    }
}

row! {
    /// What people beside a site have of it in one hour of the day, over a whole year.
    CommunityRow in "community" {
        /// the year
        year: u32 [""],
        /// the site
        site: String [""],
        /// local hour of the day, 0 to 23
        hour: u32 ["h"],
        /// trucks that came for a haul
        trucks: f64 [""],
        /// nitrogen oxides of its equipment, of trucks that stand there and of vessels at its berths
        nox_kg: f64 ["kg"],
        /// exhaust particles of its equipment, of trucks that stand there and of vessels at its berths
        pm25_kg: f64 ["kg"],
    }
}

row! {
    /// Emissions of a sector in a year: the inventory of the hub.
    InventoryRow in "inventory" {
        /// the year
        year: u32 [""],
        /// trucks, equipment, vessels, sites, `harbor_craft`, locomotives, aviation, cement, refineries, hydrogen or heat
        sector: Sector [""],
        /// inside the border of the hub: yes or no
        inside: bool [""],
        /// `CO2e` that leaves engines, funnels and plants
        direct_t: f64 ["t"],
        /// `CO2e` of electricity from the grid
        electricity_t: f64 ["t"],
        /// `CO2e` of supplying fuels and hydrogen
        upstream_t: f64 ["t"],
        /// all three
        co2e_t: f64 ["t"],
        /// nitrogen oxides
        nox_kg: f64 ["kg"],
        /// exhaust particles up to 2.5 micrometres of engines
        pm25_kg: f64 ["kg"],
    }
}

row! {
    /// A connection to the simulated grid in a year, of those that plants draw through.
    ConnectionRow in "connections" {
        /// the year
        year: u32 [""],
        /// its site
        site: String [""],
        /// plants at the site or behind it, with `+` between them
        plants: String [""],
        /// nothing else was ever at the site: yes or no
        alone: bool [""],
        /// electricity of the plants at the site itself
        plants_mwh: f64 ["MWh"],
        /// metered energy of the site itself
        meter_mwh: f64 ["MWh"],
        /// highest mean power of an interval, with all that is behind the connection
        peak_kw: f64 ["kW"],
        /// the least limit of the year; none without a limit
        limit_kw: Option<f64> ["kW"],
        /// time in which the limit was passed
        over_h: f64 ["h"],
        /// by how much it was passed at most
        over_kw: f64 ["kW"],
        /// bill of the site itself, where it has a tariff: plants pay the price of their carriers, this is what a tariff would ask
        bill_usd: Option<f64> ["USD"],
    }
}

row! {
    /// Carbon that the hub had removed from the air in a year.
    RemovalRow in "removals" {
        /// the year
        year: u32 [""],
        /// how: key of `[industry.removal]`
        way: String [""],
        /// removed
        removed_t: f64 ["t"],
        /// paid for it
        usd: f64 ["USD"],
    }
}
