//! From the terminals of a scenario to gates and equipment.

use super::state::{
    EquipmentModel, EquipmentModels, Gate, GateArrivals, GateDepartures, Pool, PoolWork, ServiceRoutes, Terminal, Unit,
    UnitEnergy,
};
use crate::grid::build::inner_node;
use crate::kernel::ids::{AtSite, PoolId, TerminalId, UnitId};
use crate::place::build::{Build, FirstOf, kind};
use crate::vehicle::battery::curve;
use crate::vehicle::build::first_on_board;

/// Terminals with their gates, equipment and its work.
pub(crate) fn add(build: &mut Build<'_>) {
    let models = build.scenario.equipment_model.iter().map(|(key, spec)| EquipmentModel {
        key: key.clone(),
        spec: spec.clone(),
        curve: curve(spec.battery.as_ref()),
    });
    let models: Vec<EquipmentModel> = models.collect();
    let specs = build.scenario.terminal.iter().enumerate();
    let terminals: Vec<Terminal> = specs
        .map(|(at, (key, spec))| Terminal { id: TerminalId::at(at), site: build.site(key), spec: spec.clone() })
        .collect();
    let at_site = AtSite::new(build.sites.count(), terminals.iter().map(|terminal| (terminal.site, terminal.id)));
    build.world.insert_resource(at_site);
    equipment(build, &terminals, &models);
    let terminals = terminals.into_iter().map(|terminal| {
        let gate = Gate::new(terminal.spec.gate_lanes);
        (terminal, gate)
    });
    build.spawn::<_, Terminal>(terminals.collect());
    build.world.insert_resource(EquipmentModels::new(models));
    build.world.init_resource::<ServiceRoutes>();
    build.world.init_resource::<GateArrivals>();
    build.world.init_resource::<GateDepartures>();
}

/// Pools by terminal and class, and their units one after the other.
fn equipment(build: &mut Build<'_>, terminals: &[Terminal], models: &[EquipmentModel]) {
    let (mut pools, mut units) = (Vec::new(), Vec::new());
    for (terminal, key) in terminals.iter().zip(build.scenario.terminal.keys()) {
        for (class, work) in &build.scenario.work {
            let (pool, first) = (PoolId::at(pools.len()), units.len());
            for (at, model) in models.iter().enumerate().filter(|(_, model)| model.spec.class == *class) {
                let of = terminal.spec.equipment.get(&model.key).map_or(0, |count| count.0);
                let kind = kind(key, &model.key);
                for number in 0..of {
                    let first = FirstOf { key: &kind, number, kind: &kind, at_of: (number, of) };
                    let on_board = first_on_board(build, model.curve.as_ref(), model.spec.tank.as_ref(), &first);
                    units.push((Unit { id: UnitId::at(units.len()), pool, model: at as u32 }, UnitEnergy(on_board)));
                }
            }
            if units.len() > first {
                let (class, work) = (class.clone(), work.clone());
                let (units, by_moves) = (first..units.len(), works_by_plan(build, key, terminal, &class));
                let behind = terminal.spec.equipment_behind.get(&class).map(String::as_str);
                let node = inner_node(build, terminal.site, behind);
                let (terminal, site) = (terminal.id, terminal.site);
                let pool = Pool { id: pool, terminal, site, class, work, units, node, by_moves };
                pools.push((pool, PoolWork::default()));
            }
        }
    }
    build.spawn::<_, Pool>(pools);
    build.spawn::<_, Unit>(units);
}

/// Does a class work move by move at a terminal?
fn works_by_plan(build: &Build<'_>, key: &str, terminal: &Terminal, class: &str) -> bool {
    terminal.spec.plan.as_ref().is_some_and(|plan| plan.works(class, build.loaded.plans.get(key)))
}
