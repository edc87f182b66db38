#![doc = include_str!("README.md")]

pub mod calibration;
pub mod compare;
pub mod fork;
pub mod influence;
pub mod kept;
pub mod real_views;
pub mod replay_bound;
pub mod replicate;
pub mod run_bound;
pub mod search;
pub mod stats;
pub mod suite;
pub mod sweep;
pub mod tables;
pub mod verify;
pub mod work;
