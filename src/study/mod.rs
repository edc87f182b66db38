//! Studies: many runs told apart honestly.
//!
//! A comparison runs several strategies on the same random days and says which differences hold ([`compare`], with
//! [`stats`] underneath). [`sensitivity`] changes one number at a time.

pub mod compare;
pub mod measure;
pub mod replicate;
pub mod results;
pub mod screen;
pub mod sensitivity;
pub mod stats;
pub mod strategy;
pub mod tables;
