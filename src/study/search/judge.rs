//! What makes one design better than another, and when a constraint holds: pure statistics on runs of the same random days.

use crate::kernel::math;
use crate::record::metrics::Better;
use crate::study::stats::{self, ROUNDING};
use serde::Serialize;

/// A design is dropped when what it needs has less than this probability.
const HOPELESS: f64 = 0.01;
/// It is beaten when the difference is this sure, one-sided.
const BEATEN: f64 = 0.002;
/// Weight of a broken constraint against the whole range of an objective.
const PENALTY: f64 = 3.0;

/// What a run of a design gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Each objective.
    pub objectives: Vec<f64>,
    /// The metric of each constraint.
    pub constraints: Vec<f64>,
    /// The work that was done, in the order of [`MetricName::WORK`](crate::record::metrics::MetricName::WORK); none of a kind that
    /// the scenario does not have.
    pub work: Vec<Option<f64>>,
}

/// Fresh days over the least that could show a constraint to hold.
const ROOM: u32 = 4;
/// Days on which a constraint is judged, at most.
const MOST_DAYS: usize = 2_000;
/// Fewer days than this say little about a chance.
const FEW_DAYS: usize = 8;

/// A constraint on a metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Constraint {
    /// It is at most this.
    pub most: Option<f64>,
    /// It is at least this.
    pub least: Option<f64>,
    /// In at least this share of the random days; none: on average.
    pub chance: Option<f64>,
}

/// What counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Which end of each objective is wanted; two make a front.
    pub objectives: Vec<Better>,
    /// The constraints.
    pub constraints: Vec<Constraint>,
    /// A design is reported as one that holds its constraints with at least this probability of being one.
    pub confidence: f64,
}

impl Constraint {
    /// Is it kept?
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        self.most.is_none_or(|most| value <= most) && self.least.is_none_or(|least| value >= least)
    }

    /// By how much a value misses, below zero where it holds with room.
    pub(super) fn excess(&self, value: f64) -> f64 {
        let above = self.most.map(|most| value - most);
        let below = self.least.map(|least| least - value);
        above.into_iter().chain(below).fold(f64::NEG_INFINITY, f64::max)
    }

    fn size(&self) -> f64 {
        self.most.into_iter().chain(self.least).fold(0.0_f64, |size, end| size.max(end.abs())).max(1e-9)
    }

    /// Probability of seeing at least as many good days as these if it were only just kept: small where it surely holds.
    /// A chance by the binomial tail (Clopper and Pearson 1934), a mean by the t distribution, one-sided.
    #[must_use]
    pub fn p_just_kept(&self, values: &[f64]) -> f64 {
        let n = values.len();
        match self.chance {
            Some(chance) => {
                let kept = values.iter().filter(|value| self.holds(**value)).count();
                binomial_tail(n, kept, chance)
            }
            None => mean_p(&values.iter().map(|value| self.excess(*value)).collect::<Vec<_>>()),
        }
    }

    /// Probability of seeing at most as many good days as these if it were only just kept: small where it surely fails.
    fn p_kept(&self, values: &[f64]) -> f64 {
        let n = values.len();
        match self.chance {
            Some(chance) => {
                let kept = values.iter().filter(|value| self.holds(**value)).count();
                1.0 - if kept == n { 0.0 } else { binomial_tail(n, kept + 1, chance) }
            }
            None => mean_p(&values.iter().map(|value| -self.excess(*value)).collect::<Vec<_>>()),
        }
    }
}

/// One-sided p value of "the mean is at or above zero"; 1 for a single value above it, 0 below.
fn mean_p(values: &[f64]) -> f64 {
    let mean = stats::mean(values);
    let n = values.len() as f64;
    let spread = if values.len() < 2 { f64::NAN } else { (stats::variance(values) / n).sqrt() };
    if spread.is_nan() || spread <= 0.0 {
        // Without any spread there is no doubt; with a single value there is no telling.
        let certain = if mean <= 0.0 { 0.0 } else { 1.0 };
        return if values.len() < 2 { 0.5 } else { certain };
    }
    let outside = stats::t_two_sided(n - 1.0, mean / spread) / 2.0;
    if mean < 0.0 { outside } else { 1.0 - outside }
}

/// P(at least `kept` of `n`), each with probability `p`.
#[must_use]
pub fn binomial_tail(n: usize, kept: usize, p: f64) -> f64 {
    if p >= 1.0 {
        return 1.0;
    }
    let log_choose = |k: usize| {
        math::ln_gamma(n as f64 + 1.0) - math::ln_gamma(k as f64 + 1.0) - math::ln_gamma((n - k) as f64 + 1.0)
    };
    let term = |k: usize| math::exp(log_choose(k) + k as f64 * math::ln(p) + (n - k) as f64 * math::ln(1.0 - p));
    (kept..=n).map(term).sum::<f64>().min(1.0)
}

impl Rules {
    /// Fresh days on which constraints are judged: four times as many as can show that they hold, so that a design that holds
    /// them with some room is not turned down by a few bad days.
    #[must_use]
    pub fn fresh_days(&self, trials: usize) -> u32 {
        ROOM * self.fair_days(trials)
    }

    /// Days that show that constraints hold with one bad day among them: fewer give a design that holds them little chance.
    #[must_use]
    pub fn fair_days(&self, trials: usize) -> u32 {
        self.days(trials, 1, [10, 6])
    }

    /// Days that show it if none of them is bad: with fewer nothing can be shown.
    #[must_use]
    pub fn least_days(&self, trials: usize) -> u32 {
        self.days(trials, 0, [2, 2])
    }

    /// Days that show each constraint with so many bad ones; of one that must always hold, and of one on average, as given.
    fn days(&self, trials: usize, bad: usize, [always, on_average]: [u32; 2]) -> u32 {
        let alpha = (1.0 - self.confidence) / trials as f64;
        let one = |constraint: &Constraint| match constraint.chance {
            Some(chance) if chance < 1.0 => {
                (2_usize..MOST_DAYS).find(|n| binomial_tail(*n, n - bad, chance) <= alpha).unwrap_or(MOST_DAYS) as u32
            }
            Some(_) => always,
            None => on_average,
        };
        self.constraints.iter().map(one).max().unwrap_or(0)
    }
}

/// Do all constraints hold on these days, one of so many designs that are tried? (The error is shared out: Bonferroni.)
#[must_use]
pub fn passes(rules: &Rules, days: &[Outcome], trials: usize) -> bool {
    let alpha = (1.0 - rules.confidence) / trials as f64;
    days.len() >= 2
        && rules.constraints.iter().enumerate().all(|(at, constraint)| {
            let values: Vec<f64> = days.iter().map(|day| day.constraints[at]).collect();
            // That something always holds can be seen and not be proved: every day must show it.
            if constraint.chance.is_some_and(|chance| chance >= 1.0) {
                return values.iter().all(|value| constraint.holds(*value));
            }
            constraint.p_just_kept(&values) <= alpha
        })
}

/// Can a design no longer hold a constraint?
#[must_use]
pub fn is_hopeless(rules: &Rules, days: &[Outcome]) -> bool {
    rules.constraints.iter().enumerate().any(|(at, constraint)| {
        let values: Vec<f64> = days.iter().map(|day| day.constraints[at]).collect();
        values.len() >= 2 && constraint.p_kept(&values) < HOPELESS
    })
}

/// Does a design rather break a constraint than hold it, as far as these days tell?
#[must_use]
pub fn is_doubtful(rules: &Rules, days: &[Outcome]) -> bool {
    rules.constraints.iter().enumerate().any(|(at, constraint)| {
        let values: Vec<f64> = days.iter().map(|day| day.constraints[at]).collect();
        constraint.p_just_kept(&values) >= 0.5 && !values.iter().all(|value| constraint.holds(*value))
    })
}

/// Did a design keep all constraints with room on these days: half-way from the chance that is asked to always, or surely on
/// average?
#[must_use]
pub fn is_sure(rules: &Rules, days: &[Outcome]) -> bool {
    rules.constraints.iter().enumerate().all(|(at, constraint)| {
        let values: Vec<f64> = days.iter().map(|day| day.constraints[at]).collect();
        let kept = values.iter().filter(|value| constraint.holds(**value)).count() as f64 / values.len().max(1) as f64;
        match constraint.chance {
            Some(chance) => kept >= f64::midpoint(chance, 1.0),
            None => kept >= 1.0 || constraint.p_just_kept(&values) < 1.0 - rules.confidence,
        }
    })
}

/// Is a design worse than another in every objective, on the days that both have, and does the other keep the constraints as
/// far as can be told?
#[must_use]
pub fn is_beaten(rules: &Rules, mine: &[Outcome], theirs: &[Outcome]) -> bool {
    let n = mine.len().min(theirs.len());
    if n < 3 {
        return false;
    }
    let is_sound = rules.constraints.iter().enumerate().all(|(at, constraint)| {
        let values: Vec<f64> = theirs.iter().map(|day| day.constraints[at]).collect();
        constraint.p_just_kept(&values) < 0.5 || values.iter().all(|value| constraint.holds(*value))
    });
    is_sound
        && rules.objectives.iter().enumerate().all(|(at, better)| {
            let less: Vec<f64> = (0..n).map(|day| gain(*better, &theirs[day], &mine[day], at)).collect();
            stats::mean(&less) > 0.0 && mean_p(&less.iter().map(|value| -value).collect::<Vec<_>>()) < BEATEN
        })
}

/// What one design has over another in the first objective, on the days that both have.
#[must_use]
pub fn gains(rules: &Rules, mine: &[Outcome], theirs: &[Outcome]) -> Vec<f64> {
    let Some(better) = rules.objectives.first() else { return Vec::new() };
    mine.iter().zip(theirs).map(|(mine, theirs)| gain(*better, mine, theirs, 0)).collect()
}

/// What one outcome has over another in an objective.
fn gain(better: Better, one: &Outcome, other: &Outcome, at: usize) -> f64 {
    let (one, other) = (one.objectives[at], other.objectives[at]);
    // A difference from the order of summation is no difference of designs.
    let difference = if (one - other).abs() <= ROUNDING * one.abs().max(other.abs()) { 0.0 } else { one - other };
    if better == Better::Lower { 0.0 - difference } else { difference }
}

/// Places of designs, best first: by their objectives, each as a share of its range over all, and by how far they break
/// constraints. With two objectives a design that no other dominates comes before those it does.
#[must_use]
pub fn order(rules: &Rules, runs: &[&[Outcome]]) -> Vec<usize> {
    let means: Vec<Vec<f64>> = (0..rules.objectives.len())
        .map(|at| {
            let sign = if rules.objectives[at] == Better::Lower { 1.0 } else { -1.0 };
            let mean = |days: &&[Outcome]| {
                sign * days.iter().map(|day| day.objectives[at]).sum::<f64>() / days.len().max(1) as f64
            };
            runs.iter().map(mean).collect()
        })
        .collect();
    let shares: Vec<Vec<f64>> = means.iter().map(|means| shares(means)).collect();
    let score = |racer: usize| {
        let objective = shares.iter().map(|shares| shares[racer]).sum::<f64>() / shares.len().max(1) as f64;
        objective + PENALTY * violation(rules, runs[racer])
    };
    let scores: Vec<f64> = (0..runs.len()).map(score).collect();
    let rank = |racer: usize| {
        let over = |other: usize| {
            shares.iter().all(|shares| shares[other] <= shares[racer])
                && shares.iter().any(|shares| shares[other] < shares[racer])
                && violation(rules, runs[other]) <= violation(rules, runs[racer])
        };
        if shares.len() > 1 { (0..runs.len()).filter(|other| over(*other)).count() } else { 0 }
    };
    let ranks: Vec<usize> = (0..runs.len()).map(rank).collect();
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by(|a, b| ranks[*a].cmp(&ranks[*b]).then(scores[*a].total_cmp(&scores[*b])).then(a.cmp(b)));
    order
}

fn shares(means: &[f64]) -> Vec<f64> {
    let low = means.iter().copied().fold(f64::INFINITY, f64::min);
    let high = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    means.iter().map(|mean| if high > low { (mean - low) / (high - low) } else { 0.0 }).collect()
}

/// How far constraints are broken: shares of days that are missing, or shares of the limit that means are off. As long as there
/// are few days, a day that only just broke a constraint counts for little: the days may have been bad ones for all.
fn violation(rules: &Rules, days: &[Outcome]) -> f64 {
    let n = days.len() as f64;
    let one = |(at, constraint): (usize, &Constraint)| {
        let values = || days.iter().map(move |day| day.constraints[at]);
        if let Some(chance) = constraint.chance {
            let broken = || values().filter(|value| !constraint.holds(*value));
            let count = broken().count() as f64;
            let missing = (chance - (n - count) / n.max(1.0)).max(0.0);
            let excess = broken().map(|value| (constraint.excess(value) / constraint.size()).min(1.0)).sum::<f64>();
            if days.len() < FEW_DAYS { missing * excess / count.max(1.0) } else { missing }
        } else {
            let mean = values().map(|value| constraint.excess(value)).sum::<f64>() / n.max(1.0);
            (mean / constraint.size()).clamp(0.0, 1.0)
        }
    };
    rules.constraints.iter().enumerate().map(one).sum()
}

/// How a design stands, over all its runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// Runs.
    pub days: usize,
    /// Mean of each objective.
    pub objectives: Vec<f64>,
    /// Mean of each constraint's metric.
    pub constraints: Vec<f64>,
    /// Share of the days on which each constraint was kept.
    pub kept: Vec<f64>,
}

impl Standing {
    /// Of runs.
    #[must_use]
    pub fn of(rules: &Rules, days: &[&Outcome]) -> Self {
        let n = days.len().max(1) as f64;
        let mean = |of: &dyn Fn(&Outcome) -> f64| days.iter().map(|day| of(day)).sum::<f64>() / n;
        let kept = |(at, constraint): (usize, &Constraint)| {
            mean(&|day| f64::from(u8::from(constraint.holds(day.constraints[at]))))
        };
        Self {
            days: days.len(),
            objectives: (0..rules.objectives.len()).map(|at| mean(&|day| day.objectives[at])).collect(),
            constraints: (0..rules.constraints.len()).map(|at| mean(&|day| day.constraints[at])).collect(),
            kept: rules.constraints.iter().enumerate().map(kept).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 0.95^59 = 0.0485, 0.95^58 = 0.0510; 5 of 5 at 0.5 is 1/32, at least 4 of 5 is 6/32.
    #[test]
    fn binomial_tails_by_hand() {
        assert!((binomial_tail(59, 59, 0.95) - 0.048_488).abs() < 1e-5);
        assert!(binomial_tail(58, 58, 0.95) > 0.05);
        assert!((binomial_tail(5, 4, 0.5) - 6.0 / 32.0).abs() < 1e-12);
        assert!((binomial_tail(5, 0, 0.5) - 1.0).abs() < 1e-12);
    }

    fn rules(constraint: Constraint) -> Rules {
        Rules { objectives: vec![Better::Lower], constraints: vec![constraint], confidence: 0.9 }
    }

    fn days(cost: f64, values: &[f64]) -> Vec<Outcome> {
        values
            .iter()
            .map(|value| Outcome { objectives: vec![cost], constraints: vec![*value], ..Outcome::default() })
            .collect()
    }

    #[test]
    fn constraints_are_judged() {
        let wait = Constraint { most: Some(20.0), least: None, chance: Some(0.8) };
        let rules = rules(wait);
        // 0.8^n <= 0.1 / 3 from n = 16 on.
        assert!(!passes(&rules, &days(1.0, &[10.0; 15]), 3) && passes(&rules, &days(1.0, &[10.0; 16]), 3));
        assert!((64..120).contains(&rules.fresh_days(3)), "{}", rules.fresh_days(3));
        assert_eq!(rules.least_days(3), 16);
        assert!(is_hopeless(&rules, &days(1.0, &[30.0, 30.0, 30.0])));
        assert!(!is_hopeless(&rules, &days(1.0, &[30.0, 10.0])));
        let mean = Rules { constraints: vec![Constraint { chance: None, ..wait }], ..rules };
        assert!(passes(&mean, &days(1.0, &[10.0, 12.0, 11.0, 9.0, 10.0]), 3));
        assert!(!passes(&mean, &days(1.0, &[19.0, 21.5, 18.0, 20.5]), 3), "below on average, but not surely");
        assert!(is_hopeless(&mean, &days(1.0, &[30.0, 32.0, 31.0, 30.0])));
    }

    #[test]
    fn the_better_one_comes_first() {
        let rules = rules(Constraint { most: Some(20.0), least: None, chance: Some(0.9) });
        let (cheap, dear, broken) = (days(5.0, &[10.0; 4]), days(9.0, &[10.0; 4]), days(1.0, &[50.0; 4]));
        assert_eq!(order(&rules, &[&dear, &broken, &cheap]), [2, 0, 1]);
        assert!(is_beaten(&rules, &dear, &cheap) && !is_beaten(&rules, &cheap, &dear));
        assert!(!is_beaten(&rules, &dear, &broken), "what breaks a constraint beats nobody");
    }
}
