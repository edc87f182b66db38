//! Contract: terminals with a plan. Plans are checked, and every mistake is told (`plans`); moves agree with closed forms of
//! queues (`queues`); plugging takes time and people (`charging`); containers, machines and time are conserved, and directions that are published hold (`work`).

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod charging;
mod plans;
mod queues;
mod work;
