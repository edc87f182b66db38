//! When a design is tried, and when it can be there: first days of runs, dates for which a constraint holds, lead times.

use super::judge::Constraint;
use crate::record::metrics::{Metric, MetricName, ScopeKind, TOTAL, value_of};
use crate::scenario::Scenario;
use crate::scenario::loaded::Loaded;
use crate::scenario::prices::{Order, orders};
use jiff::civil::Date;
use std::fmt::Write;

/// For which dates a constraint holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// From this day on; none: from the first.
    pub from: Option<Date>,
    /// Before this day; none: to the last.
    pub until: Option<Date>,
}

/// What is judged of a random day of a design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Runs by their place among the first days.
    Runs(Vec<usize>),
    /// Years of a transition.
    Years(Vec<u16>),
}

impl Dates {
    /// Does it hold at all times?
    #[must_use]
    pub fn is_always(self) -> bool {
        self == Self::default()
    }

    fn covers(self, day: Date) -> bool {
        self.from.is_none_or(|from| day >= from) && self.until.is_none_or(|until| day < until)
    }

    /// The runs of a random day that begin in these dates, or the whole years of a transition that lie in them.
    #[must_use]
    pub fn span(self, starts: &[Date], scenario: &Scenario) -> Span {
        match &scenario.transition {
            Some(transition) if !self.is_always() => {
                let ends = |year: u16| {
                    let year = i16::try_from(year).unwrap_or(i16::MAX);
                    Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
                };
                let is_in = |year: &u16| ends(*year).is_some_and(|ends| self.covers(ends.0) && self.covers(ends.1));
                Span::Years((transition.from..=transition.until).filter(is_in).collect())
            }
            _ => Span::Runs((0..starts.len()).filter(|at| self.covers(starts[*at])).collect()),
        }
    }

    /// In words, after what must hold; nothing where it holds always.
    #[must_use]
    pub fn words(self) -> String {
        let mut out = String::new();
        for (word, day) in [("from", self.from), ("until", self.until)] {
            if let Some(day) = day {
                let _ = write!(out, " {word} {day}");
            }
        }
        out
    }
}

impl Span {
    /// Is nothing in it?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Runs(runs) => runs.is_empty(),
            Self::Years(years) => years.is_empty(),
        }
    }

    /// What a metric is of: the hub over a run, or over each year.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        match self {
            Self::Runs(_) => vec![TOTAL.to_owned()],
            Self::Years(years) => years.iter().map(|year| ScopeKind::Year.of(year)).collect(),
        }
    }

    /// The value that is judged: of several runs or years the one that breaks the constraint most. None where one is missing.
    #[must_use]
    pub fn worst(&self, constraint: &Constraint, name: MetricName, runs: &[Vec<Metric>]) -> Option<f64> {
        let values: Option<Vec<f64>> = match self {
            Self::Runs(places) => places.iter().map(|at| value_of(runs.get(*at)?, TOTAL, name)).collect(),
            Self::Years(_) => self.scopes().iter().map(|scope| value_of(runs.first()?, scope, name)).collect(),
        };
        values?.into_iter().max_by(|a, b| constraint.excess(*a).total_cmp(&constraint.excess(*b)))
    }
}

/// What a design has more than is there already and that, ordered on a day, is not there when its first run begins; a sentence.
#[must_use]
pub fn too_late(ordered: Option<Date>, design: &Loaded, already: &Loaded) -> Option<String> {
    let day = ordered?;
    let late = orders(&design.scenario, Some(&already.scenario)).into_iter().find(|order| order.by < day)?;
    let Order { of, months, .. } = late;
    let first = &design.scenario.time.start;
    Some(format!("`{of}` takes {months} months: ordered on {day} it is not there on {first}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Runs of June 2027 and 2028: up to 2028 the first is judged, from then on the second, without dates the worse of both.
    #[test]
    fn a_constraint_of_some_dates() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/depot_night");
        let request = crate::scenario::load::Request { path, ..Default::default() };
        let scenario = crate::scenario::load::load(&request).unwrap().scenario;
        let starts = [date(2027, 6, 7), date(2028, 6, 5)];
        let change = Some(date(2028, 1, 1));
        let [before, after, always, never] = [
            Dates { until: change, ..Dates::default() },
            Dates { from: change, ..Dates::default() },
            Dates::default(),
            Dates { from: Some(date(2028, 6, 6)), until: None },
        ]
        .map(|dates| dates.span(&starts, &scenario));
        let peak = |kw| vec![Metric::new(MetricName::PeakKw, TOTAL, kw)];
        let runs = [peak(4_000.0), peak(9_000.0)];
        let most = Constraint { most: Some(5_000.0), least: None, chance: None };
        let least = Constraint { most: None, least: Some(5_000.0), chance: None };
        let worst = |span: &Span, constraint: &Constraint| span.worst(constraint, MetricName::PeakKw, &runs);
        assert_eq!(worst(&before, &most), Some(4_000.0));
        assert_eq!(worst(&after, &most), Some(9_000.0));
        assert_eq!((worst(&always, &most), worst(&always, &least)), (Some(9_000.0), Some(4_000.0)));
        assert!(never.is_empty() && !always.is_empty());
        assert_eq!(Dates { from: change, until: None }.words(), " from 2028-01-01");
        // A year counts where it lies in the dates whole.
        let hub = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/suite/transition");
        let request = crate::scenario::load::Request { path: hub, ..Default::default() };
        let years = crate::scenario::load::load(&request).unwrap().scenario;
        let first = years.transition.as_ref().unwrap().from;
        let half = Dates { from: None, until: Some(date(first as i16 + 2, 6, 1)) };
        assert_eq!(half.span(&[], &years), Span::Years(vec![first, first + 1]));
    }
}
