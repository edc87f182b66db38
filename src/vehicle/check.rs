//! What no schema can see about the energy on board of a model.

use super::spec::{BatterySpec, Powertrain};
use crate::scenario::checker::Checker;

/// Checks that a model has a battery when, and only when, it drives on one, and its curve.
pub(crate) fn battery(
    checker: &mut Checker<'_>,
    table: &str,
    key: &str,
    powertrain: Powertrain,
    battery: Option<&BatterySpec>,
) {
    match (powertrain, battery) {
        (Powertrain::BatteryElectric, None) => {
            checker.wrong(&[table, key, "powertrain"], "a battery electric model needs a `battery` table", None);
        }
        (Powertrain::BatteryElectric, Some(battery)) => {
            let curve = &battery.accepts_kw;
            let path = [table, key, "battery", "accepts_kw"];
            let ends =
                curve.first().map(|point| point[0]) == Some(0.0) && curve.last().map(|point| point[0]) == Some(1.0);
            if !ends || curve.windows(2).any(|pair| pair[0][0] >= pair[1][0]) {
                checker.wrong(&path, "the states of charge must rise from 0 to 1", None);
            }
            if curve.iter().any(|point| point[1] < 0.1 || point[1] > 20_000.0) {
                checker.wrong(&path, "each power must be between 0.1 and 20000 kW", None);
            }
        }
        (_, Some(_)) => {
            let message = format!("a {} model has no battery", powertrain.word());
            checker.wrong(&[table, key, "battery"], message, None);
        }
        (_, None) => {}
    }
}
