//! Studies: many runs told apart honestly.
//!
//! A comparison runs several strategies on the same random days and says which differences hold ([`compare`], with
//! [`stats`] underneath). [`sensitivity`] changes one number at a time.

pub mod compare;
pub mod design;
pub mod measure;
pub mod merge;
pub mod plan;
pub mod replicate;
pub mod results;
pub mod screen;
pub mod sensitivity;
pub mod shard;
pub mod slurm;
pub mod stats;
pub mod strategy;
pub mod suite;
pub mod sweep;
pub mod tables;
pub mod verify;
