//! The tree of limits down to the chargers, and what stands at its nodes.

use super::limits::{TimedLimit, TimedLimits};
use super::site_load::SiteLoads;
use super::solar::Array;
use super::spec::LimitSpec;
use super::state::{
    Arrays, Headroom, InnerNodes, LimitTree, LimitsNow, Meters, OtherLoad, SiteOutlook, Storages, Thermals,
};
use super::storage::Storage;
use super::systems::connection;
use super::transformer::Thermal;
use crate::kernel::calendar::{DAY_S, local_s, parse_window};
use crate::kernel::ids::{NodeId, SiteId};
use crate::kernel::units::{Kw, Kwh};
use crate::place::build::Build;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    at.map_or(NodeId(site.0), |at| NodeId::at(build.sites.0.len() + at))
}

pub(crate) fn inner_nodes(build: &Build<'_>) -> Inner {
    let mut inner = Inner { parent: Vec::new(), limit: Vec::new(), nodes: build.sites.ids().collect() };
    for site in &build.sites.0 {
        inner.parent.push(site.spec.behind.as_deref().map(|behind| NodeId(build.site(behind).0)));
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

/// Everything of the grid but the tree itbuild.
pub(crate) fn add(build: &mut Build<'_>, tree: &LimitTree, nodes: &[SiteId]) {
    let sites = build.sites.0.len();
    let node_specs = build.scenario.node.values();
    let time = &build.scenario.time;
    let metered =
        SiteLoads::new(&build.loaded.site_loads, &build.sites, &build.loaded.calendar, time.interval_s, time.days);
    let of_site = |id: SiteId| metered.at(id, 0).unwrap_or(Kw(build.sites.0[id.index()].spec.load_kw));
    let mut fixed: Vec<Kw> = build.sites.ids().map(of_site).collect();
    fixed.extend(node_specs.clone().map(|spec| Kw(spec.load_kw)));
    let transformers: Vec<_> = node_specs
        .enumerate()
        .filter_map(|(at, spec)| Some((NodeId::at(sites + at), spec.transformer.clone()?)))
        .collect();
    let settled = |(node, spec): &(NodeId, _)| Thermal::settled(spec, fixed[node.index()]);
    let thermals = transformers.iter().map(settled).collect();
    build.world.insert_resource(metered);
    build.world.insert_resource(Thermals(thermals));
    build.world.insert_resource(InnerNodes::new(tree, nodes.to_vec(), transformers));
    build.world.insert_resource(Headroom(tree.limit.clone()));
    build.world.insert_resource(LimitsNow(tree.limit[..nodes.len()].to_vec()));
    build.world.insert_resource(OtherLoad {
        solar: vec![Kw::ZERO; fixed.len()],
        fixed,
        equipment: vec![Kw::ZERO; sites],
        shore: vec![Kw::ZERO; sites],
        hydrogen: vec![Kw::ZERO; sites],
    });
    let zero = vec![Kwh::ZERO; sites];
    let (charging, solar, storage) = (zero.clone(), zero.clone(), zero.clone());
    build.world.insert_resource(Meters { total: zero, charging, solar, storage });
    let outlook = outlook(build);
    build.world.insert_resource(outlook);
    let limits = build.scenario.limit.values().flat_map(|spec| timed_limits(build, spec)).collect();
    build.world.insert_resource(TimedLimits(limits));
    plants(build);
}

/// The prices of sites with a tariff, by control interval, a horizon beyond the end.
fn outlook(build: &Build<'_>) -> SiteOutlook {
    let interval_s = i64::from(build.scenario.time.interval_s);
    let calendar = &build.loaded.calendar;
    let horizon_s = (build.scenario.policy.charging.keys.price_horizon_h * 3600.0) as i64;
    let end_s = calendar.elapsed_s(i64::from(build.scenario.time.days) * DAY_S) + horizon_s;
    let mut outlook = SiteOutlook { known: (horizon_s / interval_s) as usize, ..SiteOutlook::default() };
    outlook.resize(build.sites.0.len());
    let mut series: BTreeMap<(&str, Option<&str>), Arc<[f64]>> = BTreeMap::new();
    for (site, prices) in build.sites.0.iter().zip(&mut outlook.price_usd_per_kwh) {
        let Some(tariff) = build.loaded.tariffs.get(&site.key) else { continue };
        let name = (site.spec.tariff.as_deref().unwrap_or_default(), site.spec.tariff_name.as_deref());
        let new = || (0..=end_s / interval_s).map(|at| tariff.energy_price_at(calendar, at * interval_s)).collect();
        *prices = Arc::clone(series.entry(name).or_insert_with(new));
    }
    outlook
}

/// Arrays and stationary batteries.
fn plants(build: &mut Build<'_>) {
    let mut arrays = Vec::new();
    for (key, spec) in &build.scenario.solar {
        let site = build.site(&spec.site);
        let place = &build.sites.0[site.index()].spec;
        let profile = build.loaded.solar.get(key).cloned().unwrap_or_default();
        let node = inner_node(build, site, spec.behind.as_deref());
        arrays.push((node, Array::new(spec.clone(), place.lat, place.lon, profile)));
    }
    let mut storages = Vec::new();
    for (key, spec) in &build.scenario.storage {
        let node = inner_node(build, build.site(&spec.site), spec.behind.as_deref());
        storages.push((key.clone(), node, Storage::new(spec.clone())));
    }
    build.world.insert_resource(Arrays(arrays));
    build.world.insert_resource(Storages(storages));
}

fn timed_limits(build: &Build<'_>, spec: &LimitSpec) -> Vec<TimedLimit> {
    let calendar = &build.loaded.calendar;
    let time = |text: &Option<String>| text.as_deref().and_then(|text| local_s(text, calendar));
    let timed = |key: &String| TimedLimit {
        node: build.sites.find(key).map_or_else(|| inner_node(build, SiteId(0), Some(key)), |site| NodeId(site.0)),
        limit: Kw(spec.kw),
        from_s: time(&spec.from).unwrap_or(i64::MIN),
        to_s: time(&spec.to).unwrap_or(i64::MAX),
        window: spec.hours.as_deref().and_then(parse_window),
        days: spec.days,
        months: spec.months.iter().map(|month| usize::from(*month) - 1).collect(),
    };
    spec.on.iter().map(timed).collect()
}
