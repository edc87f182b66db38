//! Load of sites and of their connections, folded from the table of power.

use super::held::Held;
use super::overload;
use super::steps::{Steps, rounded};
use crate::record::hub::Site;
use crate::record::overload::Overloads;
use crate::record::read::{Batch, ReadError, each_batch};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use utoipa::ToSchema;

/// Kinds of load, in the order of [`Power::hub`].
const KINDS: [&str; 5] = ["charging_kw", "equipment_kw", "shore_kw", "other_kw", "hydrogen_kw"];
/// Connections behind one another, at most: more would be a circle.
const DEEPEST: usize = 20;

/// What the table says.
pub(super) struct Power {
    /// Mean power of all sites in each step by kind of load, kW.
    pub(super) hub: [Vec<f64>; 5],
    /// By site, in the order of the hub.
    pub(super) sites: Vec<SitePower>,
}

/// One site over time.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct SitePower {
    /// Mean power of each step, kW.
    mean_kw: Vec<f64>,
    /// Highest mean power of an interval in each step, kW.
    peak_kw: Vec<f64>,
    /// The least limit of each step, kW; empty where the limit never moves.
    limits_kw: Vec<Option<f64>>,
    /// Highest load of an interval through the connection, with that of the sites behind it, kW.
    carried_peak_kw: f64,
    /// When that interval began, seconds since the start, and the limit that held in it, kW; none where none did.
    carried_peak_s: u32,
    peak_limit_kw: Option<f64>,
    #[serde(flatten)]
    pub(super) headroom: Headroom,
}

/// How near a load came to its limit, both of the same interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub(super) struct Headroom {
    /// Highest load over the limit; none without a limit.
    pub(super) worst_share: Option<f64>,
    /// That load and limit, kW, and when the interval began, seconds since the start.
    worst_kw: f64,
    worst_limit_kw: f64,
    worst_s: u32,
    /// Intervals whose load passed the limit, and when the first began, seconds since the start.
    over_intervals: u32,
    over_first_s: Option<u32>,
}

impl Headroom {
    /// When the interval began in which the load came nearest to its limit, seconds since the start.
    pub(super) fn worst_s(&self) -> u32 {
        self.worst_s
    }

    /// Holds a load against the limit of its own interval.
    pub(super) fn hold(&mut self, load_kw: f64, limit_kw: f64, start_s: u32) {
        // The summary counts the same: what is over by rounding only is not over.
        if load_kw > limit_kw * (1.0 + 1e-9) + 1e-9 {
            self.over_intervals += 1;
            self.over_first_s.get_or_insert(start_s);
        }
        let share = load_kw / limit_kw;
        if limit_kw > 0.0 && self.worst_share.is_none_or(|worst| share > worst) {
            *self = Self {
                worst_share: Some(share),
                worst_kw: load_kw,
                worst_limit_kw: limit_kw,
                worst_s: start_s,
                ..*self
            };
        }
    }
}

/// Loads and limits of one interval, by site.
#[derive(Default)]
struct Interval {
    start_s: u32,
    load_kw: Vec<f64>,
    limit_kw: Vec<Option<f64>>,
}

/// Reads the table, whose rows come in the order of time.
pub(super) fn collect(
    tables: &Path,
    known: &[Site],
    steps: Steps,
    interval_s: u32,
    overloads: &mut Overloads,
    held: &mut Held,
) -> Result<Power, ReadError> {
    let index: BTreeMap<&str, usize> = known.iter().enumerate().map(|(at, site)| (site.key.as_str(), at)).collect();
    let above: Vec<Option<usize>> =
        known.iter().map(|site| site.behind.as_deref().and_then(|key| index.get(key).copied())).collect();
    let zero = vec![0.0; steps.count];
    let site = |_: &Site| SitePower {
        mean_kw: zero.clone(),
        peak_kw: zero.clone(),
        limits_kw: vec![None; steps.count],
        ..SitePower::default()
    };
    let mut power = Power { hub: [0; 5].map(|_| zero.clone()), sites: known.iter().map(site).collect() };
    let none = || Interval { start_s: 0, load_kw: vec![0.0; known.len()], limit_kw: vec![None; known.len()] };
    let mut now = none();
    each_batch(tables, "power", |batch| {
        for row in 0..batch.rows() {
            let start_s = batch.whole("start_s", row);
            if start_s != now.start_s {
                power.settle(&now, (known, &above), steps, held);
                now = Interval { start_s, ..none() };
            }
            let step = steps.at(start_s);
            power.add(batch, row, step, f64::from(interval_s) / steps.length_s(step));
            if let Some(at) = index.get(batch.text("site", row)) {
                overloads.site(*at, overload::site_load(batch, row));
                let total_kw = batch.number("total_kw", row).unwrap_or(0.0);
                power.sites[*at].mean_kw[step] += total_kw * f64::from(interval_s) / steps.length_s(step);
                now.load_kw[*at] = total_kw;
                now.limit_kw[*at] = batch.number("limit_kw", row);
            }
        }
    })?;
    power.settle(&now, (known, &above), steps, held);
    Ok(power.finish(known))
}

impl Power {
    fn add(&mut self, batch: &Batch, row: usize, step: usize, share: f64) {
        for (sum, column) in self.hub.iter_mut().zip(KINDS) {
            sum[step] += batch.number(column, row).unwrap_or(0.0) * share;
        }
    }

    /// Peaks and limits of an interval: only loads of the same interval may be added up, or compared with its limit.
    fn settle(&mut self, now: &Interval, (known, above): (&[Site], &[Option<usize>]), steps: Steps, held: &mut Held) {
        let step = steps.at(now.start_s);
        let mut carried_kw = now.load_kw.clone();
        for (at, load_kw) in now.load_kw.iter().enumerate() {
            let mut next = above[at];
            for _ in 0..DEEPEST {
                let Some(over) = next else { break };
                carried_kw[over] += load_kw;
                next = above[over];
            }
        }
        for (at, site) in self.sites.iter_mut().enumerate() {
            site.peak_kw[step] = site.peak_kw[step].max(now.load_kw[at]);
            if carried_kw[at] > site.carried_peak_kw {
                site.carried_peak_kw = carried_kw[at];
                (site.carried_peak_s, site.peak_limit_kw) = (now.start_s, now.limit_kw[at]);
            }
            let Some(limit_kw) = now.limit_kw[at] else { continue };
            site.limits_kw[step] = Some(site.limits_kw[step].map_or(limit_kw, |least_kw| least_kw.min(limit_kw)));
            site.headroom.hold(carried_kw[at], limit_kw, now.start_s);
            held.hold(&known[at].key, carried_kw[at], limit_kw, now.start_s);
        }
    }

    fn finish(mut self, known: &[Site]) -> Self {
        self.hub = self.hub.map(|values| rounded(values, 1));
        for (site, known) in self.sites.iter_mut().zip(known) {
            site.mean_kw = rounded(std::mem::take(&mut site.mean_kw), 1);
            site.peak_kw = rounded(std::mem::take(&mut site.peak_kw), 1);
            let is_as_told = |limit_kw: &Option<f64>| limit_kw.is_none() || *limit_kw == known.limit_kw;
            if site.limits_kw.iter().all(is_as_told) {
                site.limits_kw.clear();
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Headroom, Held, Interval, Power, Site, SitePower};
    use crate::report::steps::Steps;

    fn known(count: usize) -> Vec<Site> {
        let text =
            r#"{"key":"a","name":"A","kind":"depot","lat":0,"lon":0,"limit_kw":null,"behind":null,"chargers":[]}"#;
        vec![serde_json::from_str(text).expect("a site"); count]
    }

    fn sites(count: usize) -> Power {
        let site =
            || SitePower { mean_kw: vec![0.0], peak_kw: vec![0.0], limits_kw: vec![None], ..SitePower::default() };
        Power { hub: [0; 5].map(|_| vec![0.0]), sites: (0..count).map(|_| site()).collect() }
    }

    #[test]
    fn a_load_is_compared_with_the_limit_of_its_own_interval() {
        let mut near = Headroom::default();
        near.hold(90.0, 100.0, 0);
        near.hold(30.0, 50.0, 900);
        assert_eq!((near.worst_share, near.worst_s, near.over_intervals), (Some(0.9), 0, 0));
        near.hold(60.0, 50.0, 1_800);
        near.hold(1.0, 0.0, 2_700);
        let over = (near.worst_share, near.worst_kw, near.worst_s, near.over_intervals, near.over_first_s);
        assert_eq!(over, (Some(1.2), 60.0, 1_800, 2, Some(1_800)), "an outage has no share, but a load in it is over");
        let mut power = sites(1);
        let steps = Steps::over(86_400, 86_400);
        for (start_s, load_kw, limit_kw) in [(0, 90.0, 100.0), (900, 30.0, 50.0)] {
            let now = Interval { start_s, load_kw: vec![load_kw], limit_kw: vec![Some(limit_kw)] };
            power.settle(&now, (&known(1), &[None]), steps, &mut Held::default());
        }
        let site = &power.sites[0];
        assert_eq!((site.headroom.worst_share, site.limits_kw[0]), (Some(0.9), Some(50.0)), "not 90 kW of 50 kW");
        assert_eq!(
            (site.carried_peak_s, site.peak_limit_kw),
            (0, Some(100.0)),
            "the limit of the interval of the peak"
        );
    }

    #[test]
    fn loads_behind_a_connection_add_up_interval_by_interval() {
        let mut power = sites(2);
        let steps = Steps::over(86_400, 86_400);
        for (start_s, load_kw) in [(0, [100.0, 0.0]), (900, [0.0, 80.0]), (1_800, [60.0, 60.0])] {
            let now = Interval { start_s, load_kw: load_kw.to_vec(), limit_kw: vec![Some(100.0), None] };
            power.settle(&now, (&known(2), &[None, Some(0)]), steps, &mut Held::default());
        }
        let site = &power.sites[0];
        assert_eq!((site.carried_peak_kw, site.headroom.worst_share), (120.0, Some(1.2)), "neither 100 nor 180 kW");
        assert_eq!(power.sites[1].peak_kw, [80.0]);
    }
}
