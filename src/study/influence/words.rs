//! A sensitivity as it is asked for in words.

use super::{Asked, SCREENING_POINTS, THRESHOLD, ranges};
use crate::disk::read::{self, Kind};
use crate::record::metrics::MetricName;
use crate::study::ask::{Wrong, problems_of, strategies};
use crate::study::compare::strategy::AS_IT_IS;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Random days behind an answer.
pub const REPLICATIONS: RangeInclusive<u32> = 1..=1_000;
/// Points behind the shares.
pub const POINTS: RangeInclusive<u32> = 16..=65_536;
/// Numbers whose shares are worked out.
pub const MOST: RangeInclusive<u32> = 1..=128;
/// Shares below which a number may be left out.
const THRESHOLDS: RangeInclusive<f64> = 1e-4..=0.5;

/// What is asked, in words.
#[derive(Debug, Clone)]
pub struct Words {
    /// The scenario: a folder or a file.
    pub scenario: PathBuf,
    /// Settings of all runs.
    pub settings: Vec<String>,
    /// One strategy, or two to choose between; none: the scenario as it is.
    pub strategies: Vec<String>,
    /// The metric of the whole hub; none: the usual one.
    pub metric: Option<MetricName>,
    /// Ranges by path.
    pub ranges: BTreeMap<String, [f64; 2]>,
    /// A file of further ranges.
    pub ranges_file: Option<PathBuf>,
    /// Is nothing varied but the numbers of the ranges?
    pub only_ranges: bool,
    /// Seed of every random stream.
    pub seed: u64,
    /// Random days behind every answer.
    pub replications: u32,
    /// Points behind the shares.
    pub points: u32,
    /// A number that explains at least this share of the spread is not left out.
    pub threshold: f64,
    /// Most numbers whose shares are worked out.
    pub most: u32,
}

impl Words {
    /// A scenario as it is, with the usual effort.
    #[must_use]
    pub fn of(scenario: PathBuf) -> Self {
        Self {
            scenario,
            settings: Vec::new(),
            strategies: Vec::new(),
            metric: None,
            ranges: BTreeMap::new(),
            ranges_file: None,
            only_ranges: false,
            seed: 1,
            replications: 2,
            points: 128,
            threshold: THRESHOLD,
            most: 12,
        }
    }

    /// The sensitivity that is meant.
    ///
    /// # Errors
    /// All that is wrong with the words and, where they are wrong, with the files.
    pub fn asked(mut self) -> Result<Asked, Wrong> {
        if self.strategies.is_empty() {
            self.strategies.push(AS_IT_IS[0].to_owned());
        }
        let (strategies, told) = strategies(&self.strategies, &self.scenario);
        let mut wrong = Wrong { told, ..Wrong::default() };
        if self.strategies.len() > 2 {
            wrong.told.push("name one strategy, or the two to choose between".to_owned());
        }
        self.within(&mut wrong.told);
        self.read_ranges(&mut wrong);
        if self.only_ranges && self.ranges.is_empty() {
            wrong.told.push("only the numbers of --ranges are to be varied, and it names none".to_owned());
        }
        let Self {
            scenario, settings, metric, ranges, only_ranges, seed, replications, points, threshold, most, ..
        } = self;
        if !wrong.told.is_empty() || !wrong.problems.list.is_empty() {
            wrong.problems.append(problems_of(&scenario, &settings, &strategies));
            return Err(wrong);
        }
        let screening_points = SCREENING_POINTS;
        let within = None;
        Ok(Asked {
            scenario,
            settings,
            strategies,
            metric,
            ranges,
            only_ranges,
            seed,
            replications,
            points,
            screening_points,
            threshold,
            most,
            within,
        })
    }

    /// Tells which counts are not what a sensitivity takes.
    fn within(&self, told: &mut Vec<String>) {
        let counts = [
            ("replications", self.replications, REPLICATIONS),
            ("points", self.points, POINTS),
            ("most", self.most, MOST),
        ];
        for (name, count, range) in counts.into_iter().filter(|(_, count, range)| !range.contains(count)) {
            told.push(format!("{name}: {count} is not from {} to {}", range.start(), range.end()));
        }
        if !THRESHOLDS.contains(&self.threshold) {
            told.push(format!("threshold: {}", threshold_form()));
        }
    }

    /// The file's ranges lie on those given.
    fn read_ranges(&mut self, wrong: &mut Wrong) {
        let Some(path) = &self.ranges_file else { return };
        let name = path.display().to_string();
        match read::text(path, Kind::Toml).map(|text| ranges(&name, &text)) {
            Ok(Ok(read)) => self.ranges.extend(read),
            Ok(Err(problems)) => wrong.problems.append(problems),
            Err(error) => wrong.told.push(format!("{name} {error}")),
        }
    }
}

/// A threshold such as `2%`, 0.01 to 50 percent.
///
/// # Errors
/// When it is none.
pub fn threshold(text: &str) -> Result<f64, String> {
    let share = text.strip_suffix('%').map_or_else(|| text.parse(), |percent| percent.parse().map(|x: f64| x / 100.0));
    share.ok().filter(|share| THRESHOLDS.contains(share)).ok_or_else(threshold_form)
}

fn threshold_form() -> String {
    "write it as `2%`, 0.01 to 50".to_owned()
}
