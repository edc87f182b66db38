//! Studies: many runs told apart honestly.

pub mod stats;
