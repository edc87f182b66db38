//! How far a run's charging is from the best possible: its sessions with full knowledge, against what its policy did.
//!
//! A session of the bound may charge from its arrival (a policy that frees ports sooner could have let it in at once) until
//! it had to go, or until it left where nothing called it away. Ports are no constraint, and a battery's acceptance is its
//! highest: the bound may be better than any policy could be, never worse. Storage, sun and all other load are as the run
//! had them.

use super::replay_bound::gap;
use crate::bound::{BoundError, Case, Node, Objective, Series, Session, Site, bound};
use crate::record::metrics::{Metric, MetricName, ScopeMetrics, TOTAL};
use crate::record::read::{Batch, ReadError, each_batch};
use crate::scenario::Scenario;
use crate::scenario::loaded::Loaded;
use std::collections::BTreeMap;
use std::path::Path;

/// Why there is no bound.
#[derive(Debug, thiserror::Error)]
pub enum RunBoundError {
    /// A table cannot be read.
    #[error(transparent)]
    Table(#[from] ReadError),
    /// The problem.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

/// Metrics of the bound from the tables of a run: most energy among all policies; least cost and least peaks of what this
/// one served, summed over the sites that have a tariff, or that have chargers.
///
/// # Errors
/// When a table cannot be read, the problem is too large, or the solver gives up.
pub fn metrics(loaded: &Loaded, tables: &Path) -> Result<Vec<Metric>, RunBoundError> {
    let run = Run::read(loaded, tables)?;
    let mut out = Vec::new();
    if run.sessions.is_empty() {
        return Ok(out);
    }
    let mut total = ScopeMetrics::new(TOTAL, &mut out);
    let (asked, served) = (run.case(|session| session.asked_kwh), run.case(|session| session.got_kwh));
    let got_kwh: f64 = run.sessions.iter().map(|session| session.got_kwh).sum();
    let best = bound(&asked, Objective::MostEnergy)?;
    let mut status = best.status;
    total.add(MetricName::BoundEnergyKwh, best.value);
    total.add(MetricName::BoundEnergyGapPercent, gap(best.value, got_kwh));
    if run.gives_back {
        // The program knows no vehicles that give back: what they deliver twice is beyond it.
        total.add(MetricName::BoundTolerance, status.tolerance());
        return Ok(out);
    }
    let best = bound(&served, Objective::LeastPeak)?;
    status = status.max(best.status);
    let peaks_kw: f64 = run.charging.iter().map(|site| run.peak_kw(*site)).sum();
    total.add(MetricName::BoundPeakKw, best.value);
    total.add(MetricName::BoundPeakGapPercent, gap(peaks_kw, best.value));
    if !loaded.tariffs.is_empty() {
        let cost_usd = run.cost_usd();
        let best = bound(&served, Objective::LeastCost)?;
        status = status.max(best.status);
        total.add(MetricName::ChargingEnergyCostUsd, cost_usd);
        total.add(MetricName::BoundCostUsd, best.value);
        total.add(MetricName::BoundCostGapPercent, gap(cost_usd, best.value));
    }
    total.add(MetricName::BoundTolerance, status.tolerance());
    Ok(out)
}

/// One session, grid side.
struct Charged {
    node: usize,
    arrive_s: u32,
    until_s: u32,
    asked_kwh: f64,
    got_kwh: f64,
    max_kw: f64,
}

/// What the tables say. Nodes of the tree are the sites, then what stands inside them.
struct Run {
    interval_s: u32,
    intervals: usize,
    sessions: Vec<Charged>,
    parent: Vec<Option<usize>>,
    /// By site and interval.
    other_kw: Vec<Vec<f64>>,
    charging_kw: Vec<Vec<f64>>,
    price: Vec<Vec<f64>>,
    /// By node and interval; infinite without a limit.
    limit_kw: Vec<Vec<f64>>,
    /// By node inside a site: constant load of its own.
    load_kw: Vec<f64>,
    /// Sites that have chargers.
    charging: Vec<usize>,
    /// Did any vehicle give back?
    gives_back: bool,
}

impl Run {
    fn read(loaded: &Loaded, tables: &Path) -> Result<Self, ReadError> {
        let scenario = &loaded.scenario;
        let interval_s = scenario.time.interval_s;
        let end_s = loaded.calendar.elapsed_s(i64::from(scenario.time.days) * 86_400) as u32;
        let intervals = end_s.div_ceil(interval_s) as usize;
        let tree = Tree::of(scenario);
        let sites = scenario.site.len();
        let blank = |value: f64, rows: usize| vec![vec![value; intervals]; rows];
        let mut run = Self {
            interval_s,
            intervals,
            sessions: Vec::new(),
            other_kw: blank(0.0, sites),
            charging_kw: blank(0.0, sites),
            price: vec![Vec::new(); sites],
            limit_kw: blank(f64::INFINITY, tree.parent.len()),
            load_kw: scenario.node.values().map(|node| node.load_kw).collect(),
            charging: tree.charging(scenario),
            gives_back: false,
            parent: tree.parent.clone(),
        };
        for (site, key) in scenario.site.keys().enumerate() {
            let price = |at: usize| {
                let start_s = at as i64 * i64::from(interval_s);
                loaded.tariffs.get(key).map_or(0.0, |tariff| tariff.energy_price_at(&loaded.calendar, start_s))
            };
            run.price[site] = (0..intervals).map(price).collect();
        }
        run.power(&tree, tables)?;
        // Sun and batteries inside a site make room that its table of nodes does not tell: no limit is better than a wrong one.
        let solar = scenario.solar.values().filter(|it| it.is_there()).filter_map(|it| it.behind.as_ref());
        let storage = scenario.storage.values().filter(|it| it.is_there()).filter_map(|it| it.behind.as_ref());
        for key in solar.chain(storage) {
            let mut node = tree.nodes.get(key).copied().filter(|at| *at >= sites);
            while let Some(at) = node {
                run.limit_kw[at].fill(f64::INFINITY);
                node = run.parent[at].filter(|above| *above >= sites);
            }
        }
        each_batch(tables, "sessions", |batch| {
            run.gives_back |= (0..batch.rows()).any(|row| batch.number("v2g_export_kwh", row).unwrap_or(0.0) > 0.0);
            let rows = (0..batch.rows()).filter_map(|row| tree.session(scenario, batch, row, end_s));
            run.sessions.extend(rows);
        })?;
        Ok(run)
    }

    fn power(&mut self, tree: &Tree, tables: &Path) -> Result<(), ReadError> {
        let interval_s = self.interval_s;
        each_batch(tables, "power", |batch| {
            for row in 0..batch.rows() {
                let Some(site) = tree.sites.get(batch.text("site", row)).copied() else { continue };
                let at = (batch.whole("start_s", row) / interval_s) as usize;
                let kw = |name: &str| batch.number(name, row).unwrap_or(0.0);
                self.charging_kw[site][at] = kw("charging_kw");
                self.other_kw[site][at] = kw("total_kw") - kw("charging_kw");
                self.limit_kw[site][at] = batch.number("limit_kw", row).unwrap_or(f64::INFINITY);
            }
        })?;
        each_batch(tables, "nodes", |batch| {
            for row in 0..batch.rows() {
                let Some(node) = tree.nodes.get(batch.text("node", row)).copied() else { continue };
                let at = (batch.whole("start_s", row) / interval_s) as usize;
                self.limit_kw[node][at] = batch.number("limit_kw", row).unwrap_or(f64::INFINITY);
            }
        })
    }

    fn case(&self, need_kwh: impl Fn(&Charged) -> f64) -> Case {
        let sites = self.other_kw.len();
        // What is left for charging: a limit less every other load below it.
        let mut headroom = self.limit_kw.clone();
        let mut less = |from: usize, kw: &dyn Fn(usize) -> f64| {
            let mut node = Some(from);
            while let Some(at) = node {
                for (interval, left) in headroom[at].iter_mut().enumerate() {
                    *left = (*left - kw(interval)).max(0.0);
                }
                node = self.parent[at].filter(|parent| (*parent < sites) == (from < sites));
            }
        };
        for (site, other) in self.other_kw.iter().enumerate() {
            less(site, &|interval| other[interval]);
        }
        for (node, load_kw) in self.load_kw.iter().enumerate() {
            less(sites + node, &|_| *load_kw);
        }
        let nodes = headroom.into_iter().zip(&self.parent);
        Case {
            interval_s: self.interval_s,
            intervals: self.intervals,
            sessions: self.sessions.iter().map(|session| session.asking(need_kwh(session))).collect(),
            nodes: nodes.map(|(kw, parent)| Node { parent: *parent, headroom_kw: Series::ByInterval(kw) }).collect(),
            sites: self.charging.iter().map(|site| self.meter(*site)).collect(),
        }
    }

    fn meter(&self, site: usize) -> Site {
        Site {
            node: site,
            price_usd_per_kwh: Series::ByInterval(self.price[site].clone()),
            other_kw: Series::ByInterval(self.other_kw[site].clone()),
        }
    }

    fn peak_kw(&self, site: usize) -> f64 {
        let total = self.other_kw[site].iter().zip(&self.charging_kw[site]).map(|(other, charging)| other + charging);
        total.fold(0.0, f64::max)
    }

    fn cost_usd(&self) -> f64 {
        let hours = f64::from(self.interval_s) / 3600.0;
        let cost = |site: &usize| -> f64 {
            self.charging_kw[*site].iter().zip(&self.price[*site]).map(|(kw, price)| kw * hours * price).sum()
        };
        self.charging.iter().map(cost).sum()
    }
}

impl Charged {
    fn asking(&self, need_kwh: f64) -> Session {
        let Self { node, arrive_s, until_s, max_kw, .. } = *self;
        Session { node, arrive_s, depart_s: until_s, need_kwh, max_kw }
    }
}

/// Numbers of sites and nodes by key, and what stands above each.
struct Tree {
    sites: BTreeMap<String, usize>,
    nodes: BTreeMap<String, usize>,
    parent: Vec<Option<usize>>,
}

impl Tree {
    fn of(scenario: &Scenario) -> Self {
        let sites: BTreeMap<String, usize> =
            scenario.site.keys().enumerate().map(|(at, key)| (key.clone(), at)).collect();
        let nodes: BTreeMap<String, usize> =
            scenario.node.keys().enumerate().map(|(at, key)| (key.clone(), sites.len() + at)).collect();
        let above = |spec: &crate::grid::spec::SiteSpec| spec.behind.as_ref().map(|key| sites[key]);
        let mut parent: Vec<Option<usize>> = scenario.site.values().map(above).collect();
        parent.extend(
            scenario
                .node
                .values()
                .map(|spec| Some(spec.behind.as_ref().map_or_else(|| sites[&spec.site], |key| nodes[key]))),
        );
        Self { sites, nodes, parent }
    }

    fn charging(&self, scenario: &Scenario) -> Vec<usize> {
        let mut sites: Vec<usize> = scenario.charger.values().map(|group| self.sites[&group.site]).collect();
        sites.sort_unstable();
        sites.dedup();
        sites
    }

    /// A session at the group of its port; one that got none, at the site's connection with its best port.
    fn session(&self, scenario: &Scenario, batch: &Batch, row: usize, end_s: u32) -> Option<Charged> {
        let site_key = batch.text("site", row);
        let port = batch.text("port", row);
        let own = port.rsplit_once('/').map_or(port, |split| split.0);
        let group = scenario.charger.get(own);
        let here = || scenario.charger.values().filter(|group| group.site == site_key);
        let power = |group: &crate::charging::spec::ChargerSpec| group.port_kw.unwrap_or(group.cabinet_kw);
        let port_kw = group.map_or_else(|| here().map(power).fold(0.0, f64::max), power);
        let efficiency =
            group.map_or_else(|| here().map(|group| group.efficiency).fold(0.5, f64::max), |it| it.efficiency);
        let site = *self.sites.get(site_key)?;
        let node = group.and_then(|group| group.behind.as_ref()).map_or(site, |key| self.nodes[key]);
        let number = |name: &str| batch.number(name, row).unwrap_or(0.0);
        let got_kwh = number("grid_kwh");
        let until_s = number("depart_s").max(number("end_s")).min(f64::from(end_s)) as u32;
        Some(Charged {
            node,
            arrive_s: batch.whole("arrive_s", row),
            until_s,
            asked_kwh: (number("requested_kwh") / efficiency).max(got_kwh),
            got_kwh: got_kwh.max(0.0),
            max_kw: port_kw.min(number("accepts_kw") / efficiency),
        })
    }
}
