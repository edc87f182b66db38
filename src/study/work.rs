//! Work not done is not a saving: which strategies did less work than others on the same random days.

use crate::record::metrics::MetricName;
use crate::study::stats;
use crate::study::stats::LEVEL;

/// Two-sided p value of "this is as much work as that", on the same days; 1 where it is not less. One day says nothing of chance,
/// but less is less.
#[must_use]
pub fn p_less(mine: &[f64], theirs: &[f64]) -> f64 {
    if mine.is_empty() || stats::mean(mine) >= stats::mean(theirs) {
        return 1.0;
    }
    stats::paired(mine, theirs, LEVEL).map_or(0.0, |test| test.p)
}

/// As it is said beside a place, a design or a choice; none where no less work was done.
#[must_use]
pub fn told(less: &[MetricName]) -> Option<String> {
    let names: Vec<&str> = less.iter().map(|name| name.as_str()).collect();
    (!names.is_empty()).then(|| format!("did less work ({})", names.join(", ")))
}

/// The same of a bill beside which more fuel was used.
#[must_use]
pub fn fuel_told(more: &[MetricName]) -> Option<String> {
    let names: Vec<&str> = more.iter().map(|name| name.as_str()).collect();
    (!names.is_empty()).then(|| format!("used more fuel, which is in no electricity bill ({})", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_told_from_chance() {
        assert!(p_less(&[90.0, 92.0, 91.0, 89.0], &[100.0, 101.0, 100.0, 99.0]) < 0.01);
        assert!(p_less(&[100.0, 95.0, 104.0], &[99.0, 103.0, 98.0]) > 0.05);
        assert!(p_less(&[5.0, 5.0], &[4.0, 4.0]) > 0.99, "more is not less");
        assert!(p_less(&[4.0], &[5.0]) < 0.01, "one day");
        assert_eq!(told(&[MetricName::HaulsCompleted]).as_deref(), Some("did less work (hauls_completed)"));
        assert!(told(&[]).is_none());
    }
}
