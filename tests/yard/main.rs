//! Contract: terminals with a plan. Plans are checked, and every mistake is told (`plans`); moves agree with closed forms of
//! queues (`queues`); plugging takes time and people (`charging`), swapping a way and a place (`swaps`); depots have ways and
//! shuffle drivers (`depots`); gates let trucks in within their windows (`appointments`); containers, machines and time are
//! conserved (`work`); directions and levels that are published hold (`directions`).

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod appointments;
mod charging;
mod depots;
mod directions;
mod energy;
mod plans;
mod queues;
mod swaps;
mod work;

use portvolt::scenario::load::{Request, load};
use portvolt::scenario::loaded::Loaded;

/// A shipped scenario with overlays of its own and settings.
fn overlaid(scenario: &str, overlays: &[&str], settings: &[&str]) -> Result<Loaded, String> {
    let overlays = overlays.iter().map(|name| common::shipped(scenario).join(name)).collect();
    let settings = settings.iter().copied().map(str::to_owned).collect();
    let request = Request { path: common::shipped(scenario), overlays, settings, ..Request::default() };
    load(&request).map_err(|problems| problems.to_string())
}
