//! Which weeks of a year are simulated, what each stands for, and its chance.

use super::spec::TransitionSpec;
use crate::kernel::calendar::Calendar;
use crate::kernel::random::{Purpose, Seed};
use crate::sim::Options;
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// Days of a sampled week.
pub(super) const WEEK_DAYS: u32 = 7;

/// A part of a year that is simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// First day.
    pub start: Date,
    /// Days.
    pub days: u32,
    /// Days before it that are simulated and not counted.
    pub warm_up_days: u32,
    /// Weeks of the warm-up that were added after the first run of the sample: their vessels are drawn besides, those of the other
    /// weeks stay as they were.
    pub added_weeks: u32,
    /// How often it is in the year.
    pub weight: f64,
    /// The months it stands for, 0 to 11.
    pub months: Vec<usize>,
    /// Containers over the mean of the year.
    pub volume: f64,
}

impl Sample {
    /// The day on which its warm-up begins.
    #[must_use]
    pub fn begins(&self) -> Date {
        self.start - i64::from(self.warm_up_days).days()
    }

    /// How many days before its end a sample looks how full vehicles are, for the run that begins as it ends: at the time of
    /// the week at which that run's warm-up begins, or the days before the year that follows a full one. Looked at on Sunday
    /// night, for a warm-up that begins on Saturday, each round would have two weekends to fill up and one week to drive.
    #[must_use]
    pub fn days_back(&self) -> u32 {
        let back = if self.days > WEEK_DAYS { self.warm_up_days } else { self.warm_up_days % WEEK_DAYS };
        back.min(self.days)
    }
}

/// The samples of a year. Months are ordered by how warm and how busy they are, cut into as many groups as weeks, and each
/// group is shown by a week of its middle month.
#[must_use]
pub fn samples(spec: &TransitionSpec, mean_c: Option<&[f64]>, year: u16) -> Vec<Sample> {
    let first = date(year as i16, 1, 1);
    let warm_up_days = spec.warm_up_days;
    if spec.full_years {
        let days = u32::try_from((date(year as i16, 12, 31) - first).get_days() + 1).unwrap_or(365);
        return vec![Sample {
            start: first,
            days,
            warm_up_days,
            added_weeks: 0,
            weight: 1.0,
            months: (0..12).collect(),
            volume: 1.0,
        }];
    }
    let volume = |month: usize| spec.volume_by_month.get(month).copied().unwrap_or(1.0);
    let scores =
        [mean_c.map(<[f64]>::to_vec).unwrap_or_default(), (0..12).map(volume).collect()].map(|it| standard(&it));
    let score = |month: usize| scores.iter().map(|it| it.get(month).copied().unwrap_or(0.0)).sum::<f64>();
    let mut order: Vec<usize> = (0..12).collect();
    order.sort_by(|a, b| score(*a).total_cmp(&score(*b)).then(a.cmp(b)));
    let weeks = spec.weeks as usize;
    let group = |at: usize| {
        let mut months = order[at * 12 / weeks..(at + 1) * 12 / weeks].to_vec();
        let middle = months[months.len() / 2];
        months.sort_unstable();
        let days = |month: usize| f64::from(date(year as i16, month as i8 + 1, 1).days_in_month());
        let all: f64 = months.iter().map(|month| days(*month)).sum();
        let lifted: f64 = months.iter().map(|month| days(*month) * volume(*month)).sum();
        // From the eighth on, so that the week and what is still open from it stay in the month.
        let eighth = date(year as i16, middle as i8 + 1, 8);
        let to_monday = (7 - eighth.weekday().to_monday_zero_offset()) % 7;
        Sample {
            start: eighth + i64::from(to_monday).days(),
            days: WEEK_DAYS,
            warm_up_days,
            added_weeks: 0,
            weight: all / f64::from(WEEK_DAYS),
            volume: lifted / all,
            months,
        }
    };
    let mut samples: Vec<Sample> = (0..weeks).map(group).collect();
    samples.sort_by_key(|sample| sample.start);
    samples
}

/// Values less their mean, over their spread; zeros where all are the same.
fn standard(values: &[f64]) -> Vec<f64> {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt();
    values.iter().map(|value| if spread > 1e-12 { (value - mean) / spread } else { 0.0 }).collect()
}

/// The check has built one of this zone already, and all dates are between 2000 and 2101.
pub(super) fn calendar(first: Date, zone: &str, days: u32) -> Calendar {
    Calendar::new(&first.to_string(), zone, days).unwrap_or_else(|error| unreachable!("{first} {zone}: {error}"))
}

/// Every week of every year has its own chance, the same under every strategy. The run's replication stays in its options.
#[must_use]
pub(super) fn week_seed(options: &Options, year: u16, week: usize) -> u64 {
    let run = Seed { seed: options.seed, replication: 0 };
    run.stream(Purpose::SampledWeeks, u64::from(year), week as u32).bits()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Weights add up to the year; each week is whole, starts on a Monday and lies in a month it stands for; warm months are
    /// shown by warm weeks.
    #[test]
    fn samples_stand_for_the_whole_year() {
        let toml = "from = 2025\nuntil = 2045\nmoney_year = 2025\ndiscount_rate = 0.05\ndriver_usd_per_h = 30\n\
            insurance_share = 0.03\nresidual = [0.5]\n[grid]\nkind = \"average\"\nkg_per_mwh = 100\n[price]\n\
            diesel_usd_per_gal = 5\nelectricity_usd_per_kwh = 0.2\npublic_usd_per_kwh = 0.4\nhydrogen_usd_per_kg = 15\n";
        let spec: TransitionSpec = toml::from_str(toml).unwrap();
        let warm = [14.0, 14.0, 15.0, 16.0, 18.0, 20.0, 22.0, 23.0, 22.0, 20.0, 17.0, 14.0];
        for weeks in [1, 3, 4, 5, 12] {
            let spec = TransitionSpec { weeks, ..spec.clone() };
            let samples = samples(&spec, Some(&warm), 2028);
            assert_eq!(samples.len(), weeks as usize);
            assert!((samples.iter().map(|sample| sample.weight).sum::<f64>() - 366.0 / 7.0).abs() < 1e-9);
            let mut months: Vec<usize> = samples.iter().flat_map(|sample| sample.months.clone()).collect();
            months.sort_unstable();
            assert_eq!(months, (0..12).collect::<Vec<_>>());
            for sample in &samples {
                assert_eq!(sample.start.weekday().to_monday_zero_offset(), 0);
                assert!(sample.months.contains(&(sample.start.month() as usize - 1)));
                assert_eq!((sample.start + 6.days()).month(), sample.start.month());
            }
        }
        let four = samples(&spec, Some(&warm), 2025);
        assert!(four.iter().any(|sample| sample.months == [6, 7, 8]), "{four:?}");
        let full = samples(&TransitionSpec { full_years: true, ..spec }, None, 2028);
        assert_eq!((full.len(), full[0].days), (1, 366));
    }

    /// Each week has its own chance: by year, by week and by the seed of the run. Year 2025 and week 3, year 2027 and week 1
    /// are one number when they are mixed by XOR; so are seed and week. The replication of a run is no part of it.
    #[test]
    fn weeks_differ_by_year_week_and_seed() {
        let [year, later] = [2025, 2027];
        assert_eq!(year ^ 3, later ^ 1, "a pair that XOR would merge");
        let of =
            |seed, replication, year, week| week_seed(&Options { seed, replication, ..Options::default() }, year, week);
        let seeds = [of(1, 0, 2025, 3), of(1, 0, 2027, 1), of(1, 0, 2025, 1), of(1, 0, 2027, 3), of(3, 0, 2025, 1)];
        assert_eq!(BTreeSet::from(seeds).len(), seeds.len(), "{seeds:?}");
        assert_eq!(of(1, 5, 2025, 3), of(1, 0, 2025, 3));
    }
}
