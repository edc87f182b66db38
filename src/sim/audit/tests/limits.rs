//! Worlds that forget their limits: the scenario does not.

use super::{Check, Group, at_end, one, world};
use crate::grid::state::LimitTree;
use crate::record::rows::{NodeRow, PowerRow};

/// Number of the site `depot` of `depot_night`.
const DEPOT: usize = 4;
/// Number of the node `panel` behind it, where a group adds one.
const PANEL: usize = 6;

pub(super) const GROUPS: &[&Group] = &[&SITES, &NODES];

const SITES: Group = Group {
    scenario: ("scenarios/depot_night", None),
    settings: &["time.days=1", "site.depot.limit_kw=300"],
    cases: &[
        world(Check::LimitNode, "limit: charging put", |world| {
            world.resource_mut::<LimitTree>().lift(DEPOT..=DEPOT);
        }),
        world(Check::LimitNode, "limit: charging put", |world| {
            at_end(world, |rows: &mut Vec<PowerRow>| {
                let row = rows.iter_mut().find(|row| row.charging_kw > 10.0).unwrap();
                row.limit_kw = Some(row.total_kw - 5.0);
            });
        }),
    ],
};

#[test]
fn limits_of_sites() {
    SITES.objects();
}

const NODES: Group = Group {
    scenario: ("scenarios/depot_night", None),
    settings: &[
        "time.days=1",
        "node.panel.site=depot",
        "node.panel.limit_kw=200",
        "charger.night.behind=panel",
        "charger.night.cabinet_kw=50",
        "charger.night.ports=2",
        "charger.night.port_kw=50",
    ],
    cases: &[
        world(Check::LimitNode, "above its limit of 200 kW", |world| {
            world.resource_mut::<LimitTree>().lift(PANEL..=PANEL);
        }),
        world(Check::LimitNode, "of the load of `panel`", |world| {
            one(world, |row: &NodeRow| row.charging_kw > 10.0, |row| row.limit_kw = Some(row.load_kw - 1.0));
        }),
        world(Check::LimitCabinet, "limit: the cabinet of night/", |world| {
            world.resource_mut::<LimitTree>().lift(PANEL + 1..);
        }),
    ],
};

#[test]
fn limits_of_nodes_and_cabinets() {
    NODES.objects();
}
