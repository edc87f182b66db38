//! Bills, carbon, credits, finance: pure functions that turn fuel into emissions, loads into bills and payments over time into present values.

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
