//! The tree of limits down to the chargers, and what stands at its nodes.

use super::limits::{TimedLimit, TimedLimits};
use super::outlook::ReeferFeeders;
use super::record::all;
use super::site_load::SiteLoads;
use super::solar::SolarArray;
use super::spec::{LimitSpec, NodeSpec, SiteSpec, SolarSpec, StorageSpec};
use super::state::{
    AtNode, BaseLoad, BottomUp, ChargingLoad, EquipmentLoad, Headroom, HydrogenLoad, InnerNode, IntervalLoad, LimitNow,
    LimitTree, Meter, NodeLoad, ShoreLoad, SiteOutlook, SolarPower, TariffAhead, node_of,
};
use super::storage::Storage;
use super::transformer::Transformer;
use crate::kernel::calendar::{DAY_S, local_s, parse_window};
use crate::kernel::ids::{NodeId, Roster, SiteId};
use crate::kernel::units::Kw;
use crate::place::build::Build;
use bevy_ecs::prelude::World;
use std::collections::BTreeMap;

/// The tree above the cabinets: sites, then the nodes of `[node]`.
pub(crate) struct Inner {
    pub(crate) parent: Vec<Option<NodeId>>,
    pub(crate) limit: Vec<Kw>,
    /// Site of each.
    pub(crate) nodes: Vec<SiteId>,
}

/// The node of a key of `[node]`, or the site's connection.
pub(crate) fn inner_node(build: &Build<'_>, site: SiteId, behind: Option<&str>) -> NodeId {
    let at = behind.and_then(|key| build.scenario.node.keys().position(|known| known == key));
    at.map_or(node_of(site), |at| NodeId::at(build.sites.count() + at))
}

pub(crate) fn inner_nodes(build: &Build<'_>) -> Inner {
    let mut inner = Inner { parent: Vec::new(), limit: Vec::new(), nodes: build.sites.ids().collect() };
    for site in build.sites.iter() {
        inner.parent.push(site.spec.behind.as_deref().map(|behind| node_of(build.site(behind))));
        inner.limit.push(connection(&site.spec));
    }
    for spec in build.scenario.node.values() {
        let site = build.site(&spec.site);
        inner.parent.push(Some(inner_node(build, site, spec.behind.as_deref())));
        inner.limit.push(Kw(spec.limit_kw.unwrap_or(f64::INFINITY)));
        inner.nodes.push(site);
    }
    inner
}

/// Everything of the grid but the tree itself.
pub(crate) fn add(build: &mut Build<'_>, tree: &LimitTree, nodes: &[SiteId]) {
    let (time, calendar) = (&build.scenario.time, &build.loaded.calendar);
    let metered = SiteLoads::new(&build.loaded.site_loads, &build.sites, calendar, time.interval_s, time.days);
    let base = base_loads(build, &metered);
    build.world.insert_resource(reefer_feeders(build));
    build.world.insert_resource(metered);
    build.world.insert_resource(BottomUp::new(tree, nodes.len()));
    build.world.insert_resource(Headroom::of(tree.limits()));
    let outlook = outlook(build);
    build.world.insert_resource(outlook);
    let limits = build.scenario.limit.values().flat_map(|spec| timed_limits(build, spec)).collect();
    build.world.insert_resource(TimedLimits::of(limits));
    transformers(build, &base);
    arrays(build);
    storages(build);
    spawn_nodes(build, tree, nodes, &base);
    let meters: Vec<_> = build.sites.ids().map(|site| (AtNode(node_of(site)), Meter::default())).collect();
    build.spawn::<_, Meter>(meters);
}

/// Load that is not simulated, by inner node.
fn base_loads(build: &Build<'_>, metered: &SiteLoads) -> Vec<Kw> {
    let of_site = |id: SiteId| metered.at(id, 0).unwrap_or(Kw(build.sites.get(id).spec.load_kw));
    let sites = build.sites.ids().map(of_site);
    sites.chain(build.scenario.node.values().map(|spec| Kw(spec.load_kw))).collect()
}

/// Nodes with refrigerated containers.
fn reefer_feeders(build: &Build<'_>) -> ReeferFeeders {
    let first = build.sites.count();
    let feeder = |(at, spec): (usize, &NodeSpec)| {
        spec.reefers.clone().map(|reefers| (NodeId::at(first + at), Kw(spec.load_kw), reefers))
    };
    ReeferFeeders(build.scenario.node.values().enumerate().filter_map(feeder).collect())
}

fn spawn_nodes(build: &mut Build<'_>, tree: &LimitTree, nodes: &[SiteId], base: &[Kw]) {
    let node = |(at, site): (usize, &SiteId)| {
        let mut load = BaseLoad::default();
        load.set(base[at]);
        (
            InnerNode { id: NodeId::at(at), site: *site },
            LimitNow::of(tree.limits()[at]),
            load,
            (SolarPower::default(), EquipmentLoad::default(), ShoreLoad::default(), HydrogenLoad::default()),
            ChargingLoad::default(),
            IntervalLoad::default(),
        )
    };
    let bundles: Vec<_> = nodes.iter().enumerate().map(node).collect();
    build.spawn::<_, InnerNode>(bundles);
}

/// The prices of sites with a tariff, by control interval, a horizon beyond the end.
fn outlook(build: &Build<'_>) -> SiteOutlook {
    let interval_s = i64::from(build.scenario.time.interval_s);
    let calendar = &build.loaded.calendar;
    let horizon_s = (build.scenario.policy.charging.keys.price_horizon_h * 3600.0) as i64;
    let end_s = calendar.elapsed_s(i64::from(build.scenario.time.days) * DAY_S) + horizon_s;
    let mut series: BTreeMap<(&str, Option<&str>), TariffAhead> = BTreeMap::new();
    let mut all = Vec::new();
    for site in build.sites.iter() {
        let Some(tariff) = build.loaded.tariffs.get(&site.key) else {
            all.push(TariffAhead::of_energy([0.0_f64; 0]));
            continue;
        };
        let name = (site.spec.tariff.as_deref().unwrap_or_default(), site.spec.tariff_name.as_deref());
        let starts_s = || (0..=end_s / interval_s).map(|at| at * interval_s);
        let new = || TariffAhead {
            energy_usd_per_kwh: starts_s().map(|at_s| tariff.energy_price_at(calendar, at_s)).collect(),
            demand_usd_per_kw: starts_s().map(|at_s| tariff.demand_price_at(calendar, at_s)).collect(),
            is_holiday: starts_s().map(|at_s| tariff.is_holiday_at(calendar, at_s)).collect(),
        };
        all.push(series.entry(name).or_insert_with(new).clone());
    }
    SiteOutlook::new(all, (horizon_s / interval_s) as usize)
}

/// The nodes of `[node]` that are transformers, in balance with their constant load.
fn transformers(build: &mut Build<'_>, base: &[Kw]) {
    let sites = build.sites.count();
    let transformer = |(at, spec): (usize, &NodeSpec)| {
        let node = NodeId::at(sites + at);
        Some((AtNode(node), Transformer::settled(spec.transformer.clone()?, base[node.index()])))
    };
    let bundles: Vec<_> = build.scenario.node.values().enumerate().filter_map(transformer).collect();
    build.spawn::<_, Transformer>(bundles);
}

fn arrays(build: &mut Build<'_>) {
    let array = |(key, spec): (&String, &SolarSpec)| {
        let site = build.site(&spec.site);
        let place = &build.sites.get(site).spec;
        let profile = build.loaded.solar.get(key).cloned().unwrap_or_default();
        let node = inner_node(build, site, spec.behind.as_deref());
        (AtNode(node), SolarArray::new(spec.clone(), place.lat, place.lon, profile))
    };
    let bundles: Vec<_> = build.scenario.solar.iter().map(array).collect();
    build.spawn::<_, SolarArray>(bundles);
}

fn storages(build: &mut Build<'_>) {
    let storage = |(key, spec): (&String, &StorageSpec)| {
        let node = inner_node(build, build.site(&spec.site), spec.behind.as_deref());
        (AtNode(node), Storage::new(key.clone(), spec.clone()))
    };
    let there = build.scenario.storage.iter().filter(|(_, spec)| spec.is_there());
    let bundles: Vec<_> = there.map(storage).collect();
    build.spawn::<_, Storage>(bundles);
}

fn timed_limits(build: &Build<'_>, spec: &LimitSpec) -> Vec<TimedLimit> {
    let calendar = &build.loaded.calendar;
    let time = |text: &Option<String>| text.as_deref().and_then(|text| local_s(text, calendar));
    let timed = |key: &String| TimedLimit {
        node: build.sites.find(key).map_or_else(|| inner_node(build, SiteId(0), Some(key)), node_of),
        limit: Kw(spec.kw),
        from_s: time(&spec.from).unwrap_or(i64::MIN),
        to_s: time(&spec.to).unwrap_or(i64::MAX),
        window: spec.hours.as_deref().and_then(parse_window),
        days: spec.days,
        months: spec.months.iter().map(|month| usize::from(*month) - 1).collect(),
    };
    spec.on.iter().map(timed).collect()
}

/// The limit of a site's connection as the scenario says it; infinite where there is none.
fn connection(spec: &SiteSpec) -> Kw {
    Kw(spec.limit_kw.unwrap_or(f64::INFINITY))
}

/// Has stationary batteries do from now on what those of another world do, which has the same ones.
pub(crate) fn take_rules(world: &mut World, other: &World) {
    let rules: Vec<Storage> = all::<Storage, Storage>(other).cloned().collect();
    let entities = world.resource::<Roster<Storage>>().all().to_vec();
    for (entity, rule) in entities.into_iter().zip(&rules) {
        if let Some(mut storage) = world.get_mut::<Storage>(entity) {
            storage.follow(rule);
        }
    }
}
