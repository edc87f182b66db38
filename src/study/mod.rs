//! What is learnt from runs: how far each is from the best possible.

pub mod bound;
pub mod replay_bound;
