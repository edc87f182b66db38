//! Work not done is not a saving: which strategies or designs did less work than others on the same random days, and which may
//! have. The one place that says so: rankings of `compare`, designs of `optimize` and choices of `sensitivity` all ask here.

use crate::record::metrics::MetricName;
use crate::study::stats;
use crate::study::stats::LEVEL;
use serde::Serialize;
use std::fmt::Write as _;

/// A loss of work that is not proven is told where it may be larger than this share: an agreed margin. A smaller one is told when
/// it is proven.
pub const MARGIN: f64 = 0.01;
/// A mean that is lower by less than this share comes from the order of sums and the tolerance of a full battery: it is no work.
const ROUNDING: f64 = 1e-4;

/// Work of which less may have been done: the difference is no more than chance could make, and no less than matters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Open {
    /// The kind of work.
    pub metric: MetricName,
    /// Lowest difference to the one that did most that the days allow, share of its work.
    pub low: f64,
    /// Highest one.
    pub high: f64,
}

/// What one strategy or design lacks beside another one that did more.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(into = "Written")]
pub struct Shortfall {
    /// Work of which it surely did less.
    pub less: Vec<MetricName>,
    /// Work of which it may have done less.
    pub open: Vec<Open>,
}

/// The same in files, with the words that pages show.
#[derive(Debug, Serialize)]
struct Written {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    less_work: Vec<MetricName>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    open_work: Vec<Open>,
    work_told: Option<String>,
}

impl From<Shortfall> for Written {
    fn from(short: Shortfall) -> Self {
        Self { work_told: short.told(), less_work: short.less, open_work: short.open }
    }
}

impl Shortfall {
    /// Holds work of a kind against that of another one, day by day; one of so many comparisons.
    pub fn hold(&mut self, metric: MetricName, mine: &[f64], theirs: &[f64], comparisons: usize) {
        let most = stats::mean(theirs);
        if mine.is_empty() || mine.len() != theirs.len() || most <= 0.0 {
            return;
        }
        if most - stats::mean(mine) > ROUNDING * most && is_less(mine, theirs, comparisons) {
            self.less.push(metric);
            return;
        }
        let Some(test) = stats::paired(mine, theirs, level(comparisons)) else { return };
        let stats::Interval { mean, half_width } = test.difference;
        let (low, high) = ((mean - half_width) / most, (mean + half_width) / most);
        if low < -MARGIN {
            self.open.push(Open { metric, low, high });
        }
    }

    /// As it is said beside a place, a design or a choice; none where nothing is to be said.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let names: Vec<&str> = self.less.iter().map(|name| name.as_str()).collect();
        let mut out = if names.is_empty() { String::new() } else { format!("did less work ({})", names.join(", ")) };
        for Open { metric, low, high } in &self.open {
            let and = if out.is_empty() { "" } else { "; " };
            let (low, high) = (percent(*low), percent(*high));
            let _ = write!(out, "{and}no proven difference in work: {low} % to {high} % ({metric})");
        }
        (!out.is_empty()).then_some(out)
    }
}

/// Is this surely less than that, day by day, one of so many comparisons? One day says nothing of chance, but less is less.
#[must_use]
pub fn is_less(mine: &[f64], theirs: &[f64], comparisons: usize) -> bool {
    !mine.is_empty()
        && stats::mean(mine) < stats::mean(theirs)
        && stats::paired(mine, theirs, level(comparisons))
            .is_none_or(|test| test.difference.mean + test.difference.half_width < 0.0)
}

/// The level of one of so many intervals that hold together (Bonferroni).
fn level(comparisons: usize) -> f64 {
    1.0 - (1.0 - LEVEL) / comparisons.max(1) as f64
}

/// A share with its sign, as per cent.
fn percent(share: f64) -> String {
    let percent = (1000.0 * share).round() / 10.0;
    format!("{}{percent:.1}", if percent > 0.0 { "+" } else { "" })
}

/// A bill beside which more fuel was used, which no electricity bill holds.
#[must_use]
pub fn fuel_told(more: &[MetricName]) -> Option<String> {
    let names: Vec<&str> = more.iter().map(|name| name.as_str()).collect();
    (!names.is_empty()).then(|| format!("used more fuel, which is in no electricity bill ({})", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(mine: &[f64], theirs: &[f64]) -> Option<String> {
        let mut short = Shortfall::default();
        short.hold(MetricName::HaulsCompleted, mine, theirs, 1);
        short.told()
    }

    /// What is proven is said as such; what chance hides is said with its ends where it may matter; what is surely little is not
    /// said, nor that more was done.
    #[test]
    fn less_is_told_from_chance() {
        let less = held(&[90.0, 92.0, 91.0, 89.0], &[100.0, 101.0, 100.0, 99.0]);
        assert_eq!(less.as_deref(), Some("did less work (hauls_completed)"));
        // Differences 1, -8, 6: mean -1/3, standard deviation 7.095, 95 % half width 4.303 x 7.095 / sqrt(3) = 17.62; of 100.
        let open = held(&[100.0, 95.0, 104.0], &[99.0, 103.0, 98.0]).unwrap();
        assert_eq!(open, "no proven difference in work: -18.0 % to +17.3 % (hauls_completed)");
        assert_eq!(held(&[1000.0, 1001.0, 1000.0], &[1000.0, 1000.0, 1001.0]), None, "within the margin");
        assert_eq!(held(&[5.0, 5.0], &[4.0, 4.0]), None, "more is not less");
        assert_eq!(held(&[4.0], &[5.0]).as_deref(), Some("did less work (hauls_completed)"), "one day");
        assert_eq!(held(&[], &[]), None);
        assert_eq!(held(&[0.0, 0.0], &[0.0, 0.0]), None, "nothing to do");
    }

    /// One of many comparisons proves less, and what it cannot prove stays open.
    #[test]
    fn more_comparisons_prove_less() {
        let (mine, theirs) = ([95.0, 97.0, 99.5], [100.0, 100.0, 100.0]);
        let of = |comparisons: usize| {
            let mut short = Shortfall::default();
            short.hold(MetricName::HaulsCompleted, &mine, &theirs, comparisons);
            (short.less.len(), short.open.len())
        };
        assert_eq!(of(1), (0, 1));
        let mut sure = Shortfall::default();
        sure.hold(MetricName::HaulsCompleted, &[95.0, 95.2, 95.1, 94.9], &[100.0; 4], 20);
        assert_eq!(sure.less, [MetricName::HaulsCompleted]);
    }
}
