//! Rows of plants and of their projects, one a year.

use crate::account::sector::Sector;
use crate::record::table::row;
use crate::record::words::{word_cell, words};

word_cell!(Sector);

words! {
    /// Where a project at a plant stands.
    pub enum PlantProjectState {
        /// Its owners said that they might.
        Announced = "announced",
        /// They do, and wait for permits or build.
        Building = "building",
        /// It works.
        Operating = "operating",
        /// It will not be.
        Cancelled = "cancelled",
        /// Its plant has closed.
        Closed = "closed",
    }
}

row! {
    /// A plant in a year.
    IndustryRow in "industry" {
        /// the year
        year: u32 [""],
        /// the plant
        plant: String [""],
        /// its sector
        sector: Sector [""],
        /// inside the border of the hub: yes or no
        inside: bool [""],
        /// closed: yes or no
        closed: bool [""],
        /// levers that it has, with `+` between them
        levers: String [""],
        /// units made
        output: f64 ["unit"],
        /// where it draws electricity from the simulated grid; empty: nowhere, its electricity is a number of the year alone
        site: String [""],
        /// electricity
        electricity_mwh: f64 ["MWh"],
        /// highest load of an hour of the week
        peak_kw: f64 ["kW"],
        /// all other energy
        fuel_gj: f64 ["GJ"],
        /// `CO2e` that leaves it
        direct_t: f64 ["t"],
        /// `CO2` captured and stored
        captured_t: f64 ["t"],
        /// `CO2e` of its electricity
        electricity_t: f64 ["t"],
        /// `CO2e` of supplying its other energy
        upstream_t: f64 ["t"],
        /// of a plant that has closed: what it emitted in its last year; this is no abatement
        closed_t: f64 ["t"],
        /// of a plant that has closed: what is emitted elsewhere for what it made
        elsewhere_t: f64 ["t"],
        /// nitrogen oxides
        nox_kg: f64 ["kg"],
        /// energy
        energy_usd: f64 ["USD"],
        /// allowances, less free ones
        carbon_usd: f64 ["USD"],
        /// running cost of its levers
        lever_usd: f64 ["USD"],
        /// investment in levers that were decided this year
        capex_usd: f64 ["USD"],
        /// public money in the investment
        public_usd: f64 ["USD"],
        /// tax credits for what was stored, what levers made and what was used
        credit_usd: f64 ["USD"],
        /// credits of fuel standards for what was used
        standard_usd: f64 ["USD"],
    }
}

row! {
    /// Hydrogen in a year in which its producers decide the price.
    HydrogenMarketRow in "hydrogen_market" {
        /// the year
        year: u32 [""],
        /// the dearest producer that is needed; empty: nobody makes hydrogen
        dearest: String [""],
        /// levelised cost of that producer: what all are paid
        usd_per_kg: f64 ["USD/kg"],
        /// what plants and stations pay at the end of the pipe
        piped_usd_per_kg: f64 ["USD/kg"],
        /// what vehicles pay at the dispenser
        dispensed_usd_per_kg: f64 ["USD/kg"],
        /// what producers make
        made_t: f64 ["t"],
        /// what of it the pipe takes
        supply_t: f64 ["t"],
        /// what neighbours ask for
        neighbours_t: f64 ["t"],
        /// what plants ask for
        plants_t: f64 ["t"],
        /// what vehicles took the year before, and ask for
        fleets_t: f64 ["t"],
        /// what neighbours do not get
        neighbours_lacking_t: f64 ["t"],
        /// what plants do not get
        plants_lacking_t: f64 ["t"],
        /// what stations do not get
        fleets_lacking_t: f64 ["t"],
    }
}

row! {
    /// A project at a plant at the end of a year: a lever, with its cost and what it abates.
    PlantProjectRow in "plant_projects" {
        /// the year
        year: u32 [""],
        /// its key; of those that nobody announced, plant and lever
        project: String [""],
        /// the plant
        plant: String [""],
        /// the lever
        lever: String [""],
        /// announced, building, operating, cancelled or closed
        state: PlantProjectState [""],
        /// year of the decision
        decided: Option<u32> [""],
        /// first year of operation
        starts: Option<u32> [""],
        /// investment
        capex_usd: f64 ["USD"],
        /// premium of the first of a kind in the investment
        premium_usd: f64 ["USD"],
        /// public money that holds
        public_usd: f64 ["USD"],
        /// public money that was withdrawn
        withdrawn_usd: f64 ["USD"],
        /// `CO2e` less a year, with supply, at the factors of the decision: mean over the life of the lever, discounted
        abated_t: f64 ["t/yr"],
        /// `CO2` captured a year at the largest output of its life
        captured_t: f64 ["t/yr"],
        /// what a tonne takes, whoever pays
        usd_per_t: Option<f64> ["USD/t"],
        /// what its owner lacks for a tonne, with all credits and public money; below 0 it pays
        missing_usd_per_t: Option<f64> ["USD/t"],
    }
}
