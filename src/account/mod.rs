//! Bills, carbon, credits, finance: pure functions on records. For now: fuel to emissions, and loads to bills.

pub mod bill;
pub mod credit;
pub mod emissions;
pub mod levelised;
pub mod load;
pub mod tariff;
