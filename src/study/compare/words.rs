//! A comparison as it is asked for in words.

use super::results::{Asked, MOST_REPLICATIONS};
use super::sensitivity::Vary;
use super::strategy::AS_IT_IS;
use super::{CompareSpec, Target};
use crate::record::metrics::ScopedMetric;
use crate::study::ask::{Wrong, problems_of, strategies};
use std::path::PathBuf;

/// What to compare, in words.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// The scenario: a folder or a file.
    pub scenario: PathBuf,
    /// Settings of all runs.
    pub settings: Vec<String>,
    /// Strategies, each as [`Strategy::parse`](super::strategy::Strategy::parse) takes it.
    pub strategies: Vec<String>,
    /// The one that the others are compared with; none: the first, or the scenario as it is.
    pub baseline: Option<String>,
    /// Seed of every random stream.
    pub seed: u64,
    /// Replications; the first ones with a target.
    pub replications: u32,
    /// Go on until the interval of every difference is within this share of the baseline, 0 to 1.
    pub until: Option<f64>,
    /// Most replications with a target.
    pub most_replications: u32,
    /// Hold every run against the best possible that charging could have done?
    pub is_bounded: bool,
    /// The metric that is shown, and that the target and the changes are of.
    pub metric: Option<ScopedMetric>,
    /// Numbers to change.
    pub vary: Vec<Vary>,
}

impl Words {
    /// The comparison that is meant.
    ///
    /// # Errors
    /// All that is wrong with the words and, where the words are wrong, with the files.
    pub fn asked(self) -> Result<Asked, Wrong> {
        let mut words = self.strategies;
        let baseline = self.baseline.or_else(|| words.first().cloned()).unwrap_or_else(|| AS_IT_IS[0].to_owned());
        if !words.contains(&baseline) {
            words.insert(0, baseline.clone());
        }
        let (strategies, mut told) = strategies(&words, &self.scenario);
        if self.metric.is_none() && (self.until.is_some() || !self.vary.is_empty()) {
            told.push("say which metric: a target and changed numbers are of one".to_owned());
        }
        let baseline = strategies.iter().position(|strategy| strategy.name == baseline.trim()).unwrap_or(0);
        let most = self.most_replications.max(self.replications).min(MOST_REPLICATIONS);
        let target = self.until.zip(self.metric.clone()).map(|(share, metric)| Target { metric, share, most });
        let compare = CompareSpec {
            scenario: self.scenario,
            settings: self.settings,
            strategies,
            baseline,
            seed: self.seed,
            replications: self.replications,
            target,
            is_bounded: self.is_bounded,
        };
        let asked = Asked { compare, vary: self.vary, metric: self.metric };
        told.extend(asked.wrong().filter(|_| told.is_empty()));
        if told.is_empty() {
            return Ok(asked);
        }
        let CompareSpec { scenario, settings, strategies, .. } = &asked.compare;
        Err(Wrong { told, problems: problems_of(scenario, settings, strategies) })
    }
}

/// A share such as `2%` or `0.02`.
///
/// # Errors
/// When it is none between 0 and 1.
pub fn share(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').map_or_else(|| text.parse(), |percent| percent.parse().map(|x: f64| x / 100.0));
    number.ok().filter(|share: &f64| *share > 0.0 && *share < 1.0).ok_or_else(|| "write it as `2%`".to_owned())
}
