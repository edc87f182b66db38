//! Which designs leave work undone: each is held against the tried design that did most. It is picked by its first random day
//! and judged on the others, so that the best of many is not picked for its luck on the days it is judged on.

use super::judge::Outcome;
use super::race::Racer;
use crate::record::metrics::MetricName;
use crate::study::work::Shortfall;

/// Random days on which work is judged, at most.
pub const MOST_DAYS: u32 = 8;

/// The design that did most work of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Most {
    /// Place of the kind in [`MetricName::WORK`].
    pub kind: usize,
    /// The design, by its place among the racers.
    pub racer: usize,
    /// What it did, by random day.
    pub days: Vec<f64>,
}

/// By kind of work the racer that did most on the first random day, where there is such work.
#[must_use]
pub fn most(racers: &[Racer]) -> Vec<(usize, usize)> {
    let of = |racer: usize, kind: usize| done(racers[racer].runs.first()?, kind);
    let most = |kind: usize| {
        let all = (0..racers.len()).filter_map(|racer| Some((racer, of(racer, kind)?)));
        // The first of equals.
        let (racer, _) = all.reduce(|most, next| if next.1 > most.1 { next } else { most })?;
        Some((kind, racer))
    };
    (0..MetricName::WORK.len()).filter_map(most).collect()
}

/// Work of a kind on a day.
#[must_use]
pub fn done(day: &Outcome, kind: usize) -> Option<f64> {
    day.work.get(kind).copied().flatten()
}

/// The work of which a racer did less, or may have done less, than the one that did most.
#[must_use]
pub fn short(racers: &[Racer], most: &[Most], racer: usize) -> Shortfall {
    let mut out = Shortfall::default();
    for most in most.iter().filter(|most| most.racer != racer) {
        let own: Option<Vec<f64>> = racers[racer].runs.iter().map(|day| done(day, most.kind)).collect();
        let own = own.unwrap_or_default();
        let count = own.len().min(most.days.len());
        // The first day picked the design that did most.
        let from = usize::from(count > 2);
        if let Some(name) = MetricName::WORK.get(most.kind) {
            out.hold(*name, &own[from..count], &most.days[from..count], kinds(racers));
        }
    }
    out
}

/// Kinds of work that there are: each is another chance to err.
fn kinds(racers: &[Racer]) -> usize {
    let first = racers.iter().find_map(|racer| racer.runs.first());
    first.map_or(1, |day| day.work.iter().flatten().count()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn racer(hauls: &[f64]) -> Racer {
        let day = |hauls: &f64| Outcome { work: vec![Some(*hauls), None, None, None], ..Outcome::default() };
        Racer { design: Vec::new(), runs: hauls.iter().map(day).collect(), fresh: Vec::new(), out: None }
    }

    /// The cheapest design starves: it is said so. One that only had a day less is not, nor the one that did most.
    #[test]
    fn a_design_that_starves_is_told() {
        let racers =
            [racer(&[40.0, 42.0, 39.0, 41.0]), racer(&[99.0, 101.0, 98.0, 100.0]), racer(&[100.0, 100.0, 99.0, 99.0])];
        assert_eq!(most(&racers), [(0, 2)]);
        let most = [Most { kind: 0, racer: 2, days: vec![100.0, 100.0, 99.0, 99.0] }];
        assert_eq!(short(&racers, &most, 0).less, [MetricName::HaulsCompleted]);
        let open = short(&racers, &most, 1);
        assert!(open.less.is_empty() && open.open.len() == 1, "three days cannot prove it: {open:?}");
        assert_eq!(short(&racers, &most, 2).told(), None, "it did most");
    }
}
