//! Bills, carbon, credits, finance: pure functions on records. For now: fuel to emissions.

pub mod credit;
pub mod emissions;
pub mod levelised;
