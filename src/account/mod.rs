//! Bills, carbon, credits, finance: pure functions on records. For now: fuel to emissions, loads to bills, money over time.

pub mod bill;
mod convention;
pub mod cost;
pub mod credit;
mod demand;
pub mod emissions;
mod energy;
pub mod engine;
pub mod engine_fleet;
pub mod fuel_standard;
pub mod holiday;
pub mod levelised;
mod lines;
pub mod load;
pub mod price;
pub mod sector;
pub mod tariff;
