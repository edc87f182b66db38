//! Meters and stationary batteries, against the tables.

use super::record::{all, meters};
use super::state::{AtNode, InnerNode};
use super::storage::Storage;
use crate::record::audit::{Check, Findings, Told};
use bevy_ecs::prelude::World;

/// Meters and tables tell the same story, and no stationary battery makes or loses energy.
pub(crate) fn audit(world: &World, told: &Told<'_>, findings: &mut Findings) {
    for ((meter, tally), key) in meters(world).iter().zip(&told.summary.sites).zip(&told.names.sites) {
        let mut equal = |check, what: &str, left: f64, right: f64| {
            findings.equal(check, || format!("energy: {key}: {what}, kWh"), left, right);
        };
        let (charging, total) = (meter.charging().0, meter.total().0);
        equal(Check::ChargingMeterSessions, "sessions and charging meter", tally.charging.grid_kwh, charging);
        equal(Check::ChargingMeterPower, "power table and charging meter", tally.meter.charging_kwh, charging);
        equal(Check::SiteMeterPower, "power table and meter", tally.meter.energy_kwh, total);
    }
    storages(world, told, findings);
}

fn storages(world: &World, told: &Told<'_>, findings: &mut Findings) {
    let nodes: Vec<&InnerNode> = all::<InnerNode, InnerNode>(world).collect();
    let mut net_kwh = vec![0.0; told.names.sites.len()];
    for (AtNode(node), storage) in all::<Storage, AtNode>(world).zip(all::<Storage, Storage>(world)) {
        net_kwh[nodes[node.index()].site.index()] += storage.charged().0 - storage.discharged().0;
        let key = storage.key();
        let (in_kwh, out_kwh) = storage.through_cells();
        let what = || format!("storage: `{key}`: stored at the end, and at the start with what came and went, kWh");
        let due_kwh = storage.opening().0 + in_kwh.0 - out_kwh.0 - storage.faded().0;
        findings.equal(Check::StorageEnergy, what, storage.energy().0, due_kwh);
        let what = || format!("storage: `{key}`: state of charge");
        findings.between(Check::StorageSoc, what, storage.soc(), (0.0, 1.0));
    }
    for ((net_kwh, told_kwh), key) in net_kwh.iter().zip(&told.storage_kwh).zip(&told.names.sites) {
        let what = || format!("storage: at `{key}`, charged less discharged, and in the table of power, kWh");
        findings.equal(Check::StoragePower, what, *net_kwh, *told_kwh);
    }
}

/// Breaks stationary batteries on purpose, for tests of the audit.
#[cfg(test)]
pub(crate) mod tamper {
    use super::{Storage, World};
    use crate::kernel::units::Kwh;

    /// Puts so much energy into each, out of nowhere, kWh.
    pub(crate) fn fill(world: &mut World, kwh: f64) {
        for mut storage in world.query::<&mut Storage>().iter_mut(world) {
            storage.tamper(Kwh(kwh), Kwh::ZERO);
        }
    }

    /// Counts so much energy as charged that never was, kWh.
    pub(crate) fn count(world: &mut World, kwh: f64) {
        for mut storage in world.query::<&mut Storage>().iter_mut(world) {
            storage.tamper(Kwh::ZERO, Kwh(kwh));
        }
    }
}
