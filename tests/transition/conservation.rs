//! Contract: nothing drives on hydrogen or charge that nobody gave. In every year what vehicles used is what stations and
//! ports gave, less the change on board; a starved station is felt in the first year, and samples say of it what a full year
//! does. Measured when this was written, hydrogen used in the first year over that of the full year: 2.3 with weeks that begin
//! as full as nothing is known, and with two days of warm-up 2.2; with weeks that are repeated until they settle 1.0.

use crate::common::{loaded, written};
use crate::{PORT, years};
use portvolt::transition::year::EnergyBalance;

const HYDROGEN: &str = include_str!("hydrogen.toml");

/// A depot of 40 fuel-cell trucks at a station that gives a part of what they need.
fn starved(settings: &[&str]) -> Vec<(u16, EnergyBalance)> {
    let text = format!("{PORT}\n{HYDROGEN}").replace("trucks = { diesel = 40 }", "trucks = { fuel_cell = 40 }");
    let (dir, _) = written(&text, &[]);
    let base = [
        "hydrogen.h2.compressor.kg_per_h=4",
        "hydrogen.h2.delivery.lead_h=60",
        "transition.until=2027",
        "transition.weeks=2",
    ];
    let all: Vec<&str> = base.iter().chain(settings).copied().collect();
    let tables = years(&loaded(dir.path(), &all));
    tables.shown.into_iter().map(|(year, shown)| (year, shown.energy)).collect()
}

#[test]
fn used_is_given_less_the_change_on_board() {
    for (year, energy) in starved(&[]) {
        assert!(energy.broken().is_empty(), "{year}: {:?}", energy.broken());
        assert!(energy.used_kg > 1_000.0 && energy.used_kwh >= 0.0, "{year}: {energy:?}");
    }
    let broken = EnergyBalance { used_kg: 100.0, dispensed_kg: 40.0, stored_kg: -50.0, ..EnergyBalance::default() };
    assert_eq!(broken.broken().len(), 1, "the books can fail");
    assert!((broken.free_share() - 0.5).abs() < 1e-12, "of 100 kg used 50 came out of tanks");
    assert_eq!(EnergyBalance { stored_kg: 50.0, ..broken }.free_share(), 0.0, "what is put by is not free");
}

/// The hydrogen that trucks burnt beyond what the station gave, over what they burnt: without a warm-up each sampled week
/// starts with what nobody gave. The full year says what is right.
#[test]
fn samples_of_a_starved_station_are_near_the_full_year() {
    let free = |balances: &[(u16, EnergyBalance)]| {
        balances.iter().map(|(_, it)| -it.stored_kg / it.used_kg).collect::<Vec<f64>>()
    };
    let used = |balances: &[(u16, EnergyBalance)]| balances.iter().map(|it| it.1.used_kg).collect::<Vec<f64>>();
    let warm = starved(&[]);
    let cold = starved(&["transition.warm_up_days=0"]);
    let full = starved(&["transition.until=2025", "transition.full_years=true"]);
    println!("used: warm {:?}, cold {:?}, full {:?}", used(&warm), used(&cold), used(&full));
    println!("free: warm {:?}, cold {:?}, full {:?}", free(&warm), free(&cold), free(&full));
    assert!(free(&full)[0].abs() < 0.05, "a year has no free hydrogen to speak of");
    assert!(free(&cold)[0] > 0.3, "without a warm-up a week begins with what nobody gave");
    assert!(free(&warm).iter().all(|share| share.abs() < 0.08), "each sample begins about as full as it ends");
    assert!((used(&warm)[0] / used(&full)[0] - 1.0).abs() < 0.15);
}
