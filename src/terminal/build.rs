//! From the terminals of a scenario to gates and equipment.

use super::state::{EquipmentModel, EquipmentModels, Gates, Pool, PoolHour, Pools, ServiceRoutes, Unit, UnitState};
use crate::kernel::ids::{PoolId, UnitId};
use crate::place::build::Build;
use crate::vehicle::battery::{Battery, curve};
use crate::vehicle::build::first_fuel;

/// Gates, equipment and its work.
pub(crate) fn add(build: &mut Build<'_>) {
    let models: Vec<EquipmentModel> = build
        .scenario
        .equipment_model
        .iter()
        .map(|(key, spec)| EquipmentModel { key: key.clone(), spec: spec.clone(), curve: curve(spec.battery.as_ref()) })
        .collect();
    let gates = build.sites.0.iter().map(|site| build.scenario.terminal.get(&site.key).cloned()).collect();
    let mut pools: Vec<Pool> = Vec::new();
    let mut bundles = Vec::new();
    for (key, terminal) in &build.scenario.terminal {
        let site = build.site(key);
        for (class, work) in &build.scenario.work {
            let mut units = Vec::new();
            let pool = PoolId::at(pools.len());
            for (model_at, model) in models.iter().enumerate().filter(|(_, model)| model.spec.class == *class) {
                for number in 0..terminal.equipment.get(&model.key).map_or(0, |count| count.0) {
                    let id = UnitId::at(bundles.len());
                    units.push(id);
                    let name = format!("{key}/{}", model.key);
                    let state = match (&model.curve, &model.spec.tank) {
                        (Some(curve), _) => {
                            let soc = build.first_soc(&name, &name, number);
                            UnitState::Ready(Battery::at_soc(curve.clone(), soc))
                        }
                        (None, Some(tank)) => {
                            UnitState::Hydrogen(first_fuel(build, tank.usable_kg, (&name, &name), number))
                        }
                        (None, None) => UnitState::Fueled,
                    };
                    bundles.push((Unit { id, pool, model: model_at as u32 }, state));
                }
            }
            if !units.is_empty() {
                pools.push(Pool {
                    site,
                    class: class.clone(),
                    work: work.clone(),
                    units,
                    backlog_h: 0.0,
                    gate_moves_seen: 0,
                    crane_kwh: 0.0,
                    hour: PoolHour::default(),
                });
            }
        }
    }
    build.world.insert_resource(Gates::new(gates));
    build.world.insert_resource(EquipmentModels(models));
    build.world.insert_resource(Pools(pools));
    build.world.init_resource::<ServiceRoutes>();
    build.spawn::<_, Unit>(bundles);
}
