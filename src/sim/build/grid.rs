//! The tree of limits down to the chargers, and what stands at its nodes.

use super::Build;
use crate::grid::limits::{TimedLimit, TimedLimits};
use crate::grid::solar::Array;
use crate::grid::spec::LimitSpec;
use crate::grid::state::{Arrays, Headroom, InnerNodes, LimitTree, LimitsNow, Meters, OtherLoad, Storages, Thermals};
use crate::grid::storage::Storage;
use crate::grid::systems::connection;
use crate::grid::transformer::Thermal;
use crate::kernel::calendar::DAY_S;
use crate::kernel::ids::{NodeId, SiteId};
use crate::kernel::units::{Kw, Kwh};
use crate::policy::SiteOutlook;
use crate::scenario::check::{local_s, parse_window};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tree above the cabinets: sites, then the nodes of `[node]`.
pub(super) struct Inner {
    pub(super) parent: Vec<Option<NodeId>>,
    pub(super) limit: Vec<Kw>,
    /// Site of each.
    pub(super) nodes: Vec<SiteId>,
}

impl Build<'_> {
    /// The node of a key of `[node]`, or the site's connection.
    pub(super) fn inner_node(&self, site: SiteId, behind: Option<&str>) -> NodeId {
        let at = behind.and_then(|key| self.scenario.node.keys().position(|known| known == key));
        at.map_or(NodeId(site.0), |at| NodeId::at(self.sites.0.len() + at))
    }

    pub(super) fn inner_nodes(&self) -> Inner {
        let mut inner = Inner { parent: Vec::new(), limit: Vec::new(), nodes: self.sites.ids().collect() };
        for site in &self.sites.0 {
            inner.parent.push(site.spec.behind.as_deref().map(|behind| NodeId(self.site(behind).0)));
            inner.limit.push(connection(&site.spec));
        }
        for spec in self.scenario.node.values() {
            let site = self.site(&spec.site);
            inner.parent.push(Some(self.inner_node(site, spec.behind.as_deref())));
            inner.limit.push(Kw(spec.limit_kw.unwrap_or(f64::INFINITY)));
            inner.nodes.push(site);
        }
        inner
    }

    /// Everything of the grid but the tree itself.
    pub(super) fn grid(&mut self, tree: &LimitTree, nodes: &[SiteId]) {
        let sites = self.sites.0.len();
        let node_specs = self.scenario.node.values();
        let mut fixed: Vec<Kw> = self.sites.0.iter().map(|site| Kw(site.spec.load_kw)).collect();
        fixed.extend(node_specs.clone().map(|spec| Kw(spec.load_kw)));
        let transformers: Vec<_> = node_specs
            .enumerate()
            .filter_map(|(at, spec)| Some((NodeId::at(sites + at), spec.transformer.clone()?)))
            .collect();
        let settled = |(node, spec): &(NodeId, _)| Thermal::settled(spec, fixed[node.index()]);
        let thermals = transformers.iter().map(settled).collect();
        self.world.insert_resource(Thermals(thermals));
        self.world.insert_resource(InnerNodes::new(tree, nodes.to_vec(), transformers));
        self.world.insert_resource(Headroom(tree.limit.clone()));
        self.world.insert_resource(LimitsNow(tree.limit[..nodes.len()].to_vec()));
        self.world.insert_resource(OtherLoad {
            solar: vec![Kw::ZERO; fixed.len()],
            fixed,
            equipment: vec![Kw::ZERO; sites],
            shore: vec![Kw::ZERO; sites],
            hydrogen: vec![Kw::ZERO; sites],
        });
        let zero = vec![Kwh::ZERO; sites];
        let (charging, solar, storage) = (zero.clone(), zero.clone(), zero.clone());
        self.world.insert_resource(Meters { total: zero, charging, solar, storage });
        let outlook = self.outlook();
        self.world.insert_resource(outlook);
        let limits = self.scenario.limit.values().flat_map(|spec| self.timed_limits(spec)).collect();
        self.world.insert_resource(TimedLimits(limits));
        self.plants();
    }

    /// The prices of sites with a tariff, by control interval, a horizon beyond the end.
    fn outlook(&self) -> SiteOutlook {
        let interval_s = i64::from(self.scenario.time.interval_s);
        let calendar = &self.loaded.calendar;
        let horizon_s = (self.scenario.policy.charging.price_horizon_h * 3600.0) as i64;
        let end_s = calendar.elapsed_s(i64::from(self.scenario.time.days) * DAY_S) + horizon_s;
        let mut outlook = SiteOutlook { known: (horizon_s / interval_s) as usize, ..SiteOutlook::default() };
        outlook.resize(self.sites.0.len());
        let mut series: BTreeMap<(&str, Option<&str>), Arc<[f64]>> = BTreeMap::new();
        for (site, prices) in self.sites.0.iter().zip(&mut outlook.price_usd_per_kwh) {
            let Some(tariff) = self.loaded.tariffs.get(&site.key) else { continue };
            let name = (site.spec.tariff.as_deref().unwrap_or_default(), site.spec.tariff_name.as_deref());
            let new = || (0..=end_s / interval_s).map(|at| tariff.energy_price_at(calendar, at * interval_s)).collect();
            *prices = Arc::clone(series.entry(name).or_insert_with(new));
        }
        outlook
    }

    /// Arrays and stationary batteries.
    fn plants(&mut self) {
        let mut arrays = Vec::new();
        for (key, spec) in &self.scenario.solar {
            let site = self.site(&spec.site);
            let place = &self.sites.0[site.index()].spec;
            let profile = self.loaded.solar.get(key).cloned().unwrap_or_default();
            let node = self.inner_node(site, spec.behind.as_deref());
            arrays.push((node, Array::new(spec.clone(), place.lat, place.lon, profile)));
        }
        let mut storages = Vec::new();
        for (key, spec) in &self.scenario.storage {
            let node = self.inner_node(self.site(&spec.site), spec.behind.as_deref());
            storages.push((key.clone(), node, Storage::new(spec.clone())));
        }
        self.world.insert_resource(Arrays(arrays));
        self.world.insert_resource(Storages(storages));
    }

    fn timed_limits(&self, spec: &LimitSpec) -> Vec<TimedLimit> {
        let calendar = &self.loaded.calendar;
        let time = |text: &Option<String>| text.as_deref().and_then(|text| local_s(text, calendar));
        let timed = |key: &String| TimedLimit {
            node: self.sites.find(key).map_or_else(|| self.inner_node(SiteId(0), Some(key)), |site| NodeId(site.0)),
            limit: Kw(spec.kw),
            from_s: time(&spec.from).unwrap_or(i64::MIN),
            to_s: time(&spec.to).unwrap_or(i64::MAX),
            window: spec.hours.as_deref().and_then(parse_window),
            days: spec.days,
            months: spec.months.iter().map(|month| usize::from(*month) - 1).collect(),
        };
        spec.on.iter().map(timed).collect()
    }
}
