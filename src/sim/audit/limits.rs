//! No limit is passed by charging: not in an interval's mean at any site or node, from the tables of power and nodes; not
//! by the energy of a session at its charging port, nor by the sessions of a cabinet, from the table of sessions.
//!
//! Loads that nobody can shift may pass a limit. That is no fault of a run but a result of it, and `record::overload` tells
//! it; here only the part that charging has in it counts.

use super::ports::group_of;
use crate::kernel::units::S_PER_H;
use crate::record::audit::{Check, Findings, TOLERANCE};
use crate::record::names::Names;
use crate::record::rows::{NodeRow, PowerRow, SessionRow};
use crate::scenario::Scenario;
use std::collections::BTreeMap;

/// Spans of a cabinet that are remembered. A session longer than the last of them is compared with fewer neighbours.
const SPANS: usize = 16;

/// The limits of a scenario, and the interval that is being read.
#[derive(Debug)]
pub(super) struct Limits {
    interval_s: u32,
    /// The site whose connection carries another one's too.
    above: Vec<Option<usize>>,
    /// Limits that hold at all times, by site, then by node of `[node]`, kW.
    always: Vec<Option<f64>>,
    /// The same of a run that changes on its way, from a second on.
    later: Vec<(u32, Vec<Option<f64>>)>,
    now: Vec<Load>,
    start_s: u32,
    ports: Vec<Port>,
    cabinets: Vec<Cabinet>,
}

/// Of one site in one interval, kW.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    total: f64,
    charging: f64,
    limit: Option<f64>,
}

/// A charging port as the scenario has it.
#[derive(Debug, Clone, Copy)]
struct Port {
    cabinet: usize,
    kw: f64,
    v2g_kw: f64,
}

/// A cabinet, and when it was in use.
#[derive(Debug, Clone, Default)]
struct Cabinet {
    kw: f64,
    /// Spans without a gap, and the energy of the sessions in them, kWh; in the order of time.
    spans: Vec<(u32, u32, f64)>,
}

impl Limits {
    pub(super) fn new(scenario: &Scenario, names: &Names) -> Self {
        let place = |key: &String| names.sites.iter().position(|site| site == key);
        let above = scenario.site.values().map(|site| site.behind.as_ref().and_then(place)).collect();
        let always = limits_of(scenario);
        let mut numbers: BTreeMap<(&str, u32), usize> = BTreeMap::new();
        let (mut ports, mut cabinets) = (Vec::new(), Vec::new());
        for name in &names.ports {
            let (spec, key, number) = group_of(name, scenario);
            let cabinet = *numbers.entry((key, (number - 1) / spec.ports)).or_insert_with(|| {
                cabinets.push(Cabinet { kw: spec.cabinet_kw, spans: Vec::new() });
                cabinets.len() - 1
            });
            ports.push(Port { cabinet, kw: spec.port_kw.unwrap_or(spec.cabinet_kw), v2g_kw: spec.v2g_kw });
        }
        Self {
            interval_s: scenario.time.interval_s,
            above,
            always,
            later: Vec::new(),
            now: Vec::new(),
            start_s: 0,
            ports,
            cabinets,
        }
    }

    /// From a second on the limits of another scenario hold.
    pub(super) fn change_at(&mut self, at_s: u32, scenario: &Scenario) {
        self.later.push((at_s, limits_of(scenario)));
    }

    /// The limit of a site or node in the interval that begins at a second.
    fn limit_at(&self, node: usize, start_s: u32) -> Option<f64> {
        let later = self.later.iter().rev().find(|(at_s, _)| start_s >= *at_s);
        later.map_or(&self.always, |(_, limits)| limits)[node]
    }

    pub(super) fn power(&mut self, rows: &[PowerRow], names: &Names, findings: &mut Findings) {
        for row in rows {
            if row.start_s != self.start_s {
                self.close(names, findings);
                self.start_s = row.start_s;
            }
            self.now.resize(self.now.len().max(row.site.index() + 1), Load::default());
            let limit = least(row.limit_kw, self.limit_at(row.site.index(), row.start_s));
            self.now[row.site.index()] = Load { total: row.total_kw, charging: row.charging_kw, limit };
        }
    }

    /// Holds the sites of an interval to their limits, with what is behind them.
    pub(super) fn close(&mut self, names: &Names, findings: &mut Findings) {
        // From the last to the first: a site may stand before or behind the one that carries it, so each adds up its own way up.
        let mut carried = self.now.clone();
        for (site, load) in self.now.iter().enumerate() {
            let mut at = self.above[site];
            for _ in 0..self.above.len() {
                let Some(above) = at else { break };
                carried[above].total += load.total;
                carried[above].charging += load.charging;
                at = self.above[above];
            }
        }
        for (site, load) in carried.iter().enumerate() {
            hold(&names.sites[site], self.start_s, *load, names, findings);
        }
        self.now.clear();
    }

    pub(super) fn nodes(&self, rows: &[NodeRow], names: &Names, findings: &mut Findings) {
        for row in rows {
            let limit = least(row.limit_kw, self.limit_at(row.node.index(), row.start_s));
            let load = Load { total: row.load_kw, charging: row.charging_kw, limit };
            hold(names.node(row.node), row.start_s, load, names, findings);
        }
    }

    pub(super) fn sessions(&mut self, rows: &[SessionRow], names: &Names, findings: &mut Findings) {
        for row in rows {
            let Some((id, start_s)) = row.port.zip(row.start_s) else { continue };
            let port = self.ports[id.index()];
            let hours = f64::from(row.end_s.saturating_sub(start_s)) / S_PER_H;
            let drawn_kwh = row.grid_kwh + row.v2g_export_kwh;
            let name = &names.ports[id.index()];
            findings.hold(Check::LimitPort, is_within(drawn_kwh, port.kw * hours), || {
                format!("limit: {name} gave {drawn_kwh} kWh in {hours} h, and has {} kW", port.kw)
            });
            findings.hold(Check::LimitExport, is_within(row.v2g_export_kwh, port.v2g_kw * hours), || {
                format!("limit: {name} took {} kWh back in {hours} h, and may {} kW", row.v2g_export_kwh, port.v2g_kw)
            });
            let cabinet = &mut self.cabinets[port.cabinet];
            // Limits are of an interval's mean: a vehicle that comes late in it may draw what was not drawn before.
            let from_s = start_s / self.interval_s * self.interval_s;
            let to_s = row.end_s.next_multiple_of(self.interval_s);
            let (from_s, to_s, kwh) = cabinet.add(from_s, to_s, row.grid_kwh);
            let (kw, span_h) = (cabinet.kw, f64::from(to_s - from_s) / S_PER_H);
            findings.hold(Check::LimitCabinet, is_within(kwh, kw * span_h), || {
                format!("limit: the cabinet of {name} gave {kwh} kWh in {span_h} h, and has {kw} kW")
            });
        }
    }
}

/// Limits that hold at all times, by site, then by node.
fn limits_of(scenario: &Scenario) -> Vec<Option<f64>> {
    let sites = scenario.site.values().map(|site| site.limit_kw);
    sites.chain(scenario.node.values().map(|node| node.limit_kw)).collect()
}

/// The lower of the limit that a row tells and the scenario's own.
fn least(told: Option<f64>, always: Option<f64>) -> Option<f64> {
    told.into_iter().chain(always).reduce(f64::min)
}

/// Is an energy no more than the most there can be, but for rounding? Vehicles are done to the second.
fn is_within(kwh: f64, most_kwh: f64) -> bool {
    kwh <= most_kwh * (1.0 + TOLERANCE) + TOLERANCE
}

/// Charging has no part in a load above its limit.
fn hold(key: &str, start_s: u32, load: Load, names: &Names, findings: &mut Findings) {
    let Some(limit) = load.limit else { return };
    let part = load.charging.min(load.total - limit);
    findings.hold(Check::LimitNode, part <= TOLERANCE * limit.max(1.0), || {
        let at = names.calendar.iso(i64::from(start_s));
        format!("limit: charging put {part} kW of the load of `{key}` above its limit of {limit} kW at {at}")
    });
}

impl Cabinet {
    /// Adds a session, in whole intervals; returns the span without a gap in which it lies, and the energy that flowed in it. All of the energy
    /// of a span's sessions flowed within it: more than the cabinet's power over the span cannot be true.
    fn add(&mut self, start_s: u32, end_s: u32, kwh: f64) -> (u32, u32, f64) {
        let mut span = (start_s, end_s, kwh);
        self.spans.retain(|other| {
            let is_apart = other.1 <= span.0 || span.1 <= other.0;
            if !is_apart {
                span = (span.0.min(other.0), span.1.max(other.1), span.2 + other.2);
            }
            is_apart
        });
        self.spans.push(span);
        if self.spans.len() > SPANS {
            self.spans.remove(0);
        }
        span
    }
}
