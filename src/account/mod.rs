//! Bills, carbon, credits, finance: pure functions on records. For now: fuel to emissions, and loads to bills.

pub mod bill;
pub mod emissions;
pub mod load;
pub mod tariff;
