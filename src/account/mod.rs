//! Bills, carbon, credits, finance: pure functions on records. For now: fuel to emissions, loads to bills, money over time.

pub mod bill;
pub mod cost;
pub mod credit;
pub mod emissions;
pub mod fuel_standard;
pub mod levelised;
pub mod load;
pub mod price;
pub mod tariff;
