//! Holidays that a tariff bills as Sundays: dates, and rules that make dates.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeSet;

/// A day that comes every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A day of a month.
    Fixed {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// The so-manieth weekday of a month; -1 is the last. So many days after it.
    Nth {
        /// 1 to 12.
        month: i8,
        /// 0 is Monday.
        weekday: i8,
        /// 1 to 4, or -1.
        nth: i8,
        /// Days after that weekday.
        after: i8,
    },
}

/// What happens to a holiday that falls on a weekend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Observed {
    /// Nothing: weekends are weekends.
    #[default]
    OnTheDay,
    /// After a Sunday, Monday is the holiday; a Saturday moves nothing.
    Monday,
    /// Of a Sunday the Monday after, of a Saturday the Friday before (5 U.S.C. 6103 (b) and Executive Order 11582, for
    /// federal employees).
    Nearest,
}

/// Rules by name: United States, as 5 U.S.C. 6103 (a) lists them, and the day after Thanksgiving.
const NAMED: [(&str, Rule); 12] = [
    ("new_years_day", Rule::Fixed { month: 1, day: 1 }),
    ("martin_luther_king_day", Rule::Nth { month: 1, weekday: 0, nth: 3, after: 0 }),
    ("presidents_day", Rule::Nth { month: 2, weekday: 0, nth: 3, after: 0 }),
    ("memorial_day", Rule::Nth { month: 5, weekday: 0, nth: -1, after: 0 }),
    ("juneteenth", Rule::Fixed { month: 6, day: 19 }),
    ("independence_day", Rule::Fixed { month: 7, day: 4 }),
    ("labor_day", Rule::Nth { month: 9, weekday: 0, nth: 1, after: 0 }),
    ("columbus_day", Rule::Nth { month: 10, weekday: 0, nth: 2, after: 0 }),
    ("veterans_day", Rule::Fixed { month: 11, day: 11 }),
    ("thanksgiving_day", Rule::Nth { month: 11, weekday: 3, nth: 4, after: 0 }),
    ("day_after_thanksgiving", Rule::Nth { month: 11, weekday: 3, nth: 4, after: 1 }),
    ("christmas_day", Rule::Fixed { month: 12, day: 25 }),
];

/// Sets of rules: name, when holidays on weekends are observed, and the rules.
///
/// `california_tou`: the holidays of time-of-use schedules as PG&E names them (pge.com, "TOU holidays": a Saturday moves
/// nothing, of a Sunday the following Monday is the holiday); SCE's page on business rates says the same of Sundays.
/// `nerc`: the six off-peak days of the North American Electric Reliability Corporation.
const SETS: [(&str, Observed, &[&str]); 3] = [
    (
        "us_federal",
        Observed::Nearest,
        &[
            "new_years_day",
            "martin_luther_king_day",
            "presidents_day",
            "memorial_day",
            "juneteenth",
            "independence_day",
            "labor_day",
            "columbus_day",
            "veterans_day",
            "thanksgiving_day",
            "christmas_day",
        ],
    ),
    (
        "california_tou",
        Observed::Monday,
        &[
            "new_years_day",
            "presidents_day",
            "memorial_day",
            "independence_day",
            "labor_day",
            "veterans_day",
            "thanksgiving_day",
            "christmas_day",
        ],
    ),
    (
        "nerc",
        Observed::Monday,
        &["new_years_day", "memorial_day", "independence_day", "labor_day", "thanksgiving_day", "christmas_day"],
    ),
];

/// The holidays of a tariff.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holidays {
    dates: BTreeSet<Date>,
    rules: Vec<(Rule, Observed)>,
}

impl Holidays {
    /// From a list of dates (`2025-07-04`), names of days (`independence_day`) and names of sets (`us_federal`).
    /// `observed` says for all of them what becomes of weekends; none: as the set has it, and nothing for single days.
    ///
    /// # Errors
    /// The first entry that is none of these.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>, observed: Option<Observed>) -> Result<Self, String> {
        let mut out = Self::default();
        for entry in entries {
            if let Some(set) = SETS.iter().find(|set| set.0 == entry) {
                let named = |name: &&str| NAMED.iter().find(|rule| rule.0 == *name).map(|rule| rule.1);
                out.rules.extend(set.2.iter().filter_map(named).map(|rule| (rule, observed.unwrap_or(set.1))));
            } else if let Some((_, rule)) = NAMED.iter().find(|rule| rule.0 == entry) {
                out.rules.push((*rule, observed.unwrap_or_default()));
            } else if let Ok(date) = entry.parse::<Date>() {
                out.dates.insert(date);
            } else {
                return Err(entry.to_owned());
            }
        }
        Ok(out)
    }

    /// Names that [`Self::parse`] knows: sets, then days.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SETS.iter().map(|set| set.0).chain(NAMED.iter().map(|rule| rule.0))
    }

    /// Adds those of another list.
    pub fn append(&mut self, mut other: Self) {
        self.dates.append(&mut other.dates);
        self.rules.append(&mut other.rules);
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty() && self.rules.is_empty()
    }

    /// Is a day one of them?
    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.dates.contains(&date) || self.rules.iter().any(|(rule, observed)| is_on(*rule, *observed, date))
    }
}

/// Is a day that of a rule, or the day on which it is observed?
fn is_on(rule: Rule, observed: Observed, date: Date) -> bool {
    let (before, after) = (date.saturating_sub(1.day()), date.saturating_add(1.day()));
    let after_sunday = matches!(observed, Observed::Monday | Observed::Nearest) && before.weekday() == Weekday::Sunday;
    let before_saturday = observed == Observed::Nearest && after.weekday() == Weekday::Saturday;
    is_day(rule, date) || (after_sunday && is_day(rule, before)) || (before_saturday && is_day(rule, after))
}

/// Is a day that of a rule?
fn is_day(rule: Rule, date: Date) -> bool {
    match rule {
        Rule::Fixed { month, day } => (date.month(), date.day()) == (month, day),
        Rule::Nth { month, weekday, nth, after } => {
            let date = date.saturating_sub(i64::from(after).days());
            let is_nth = if nth < 0 { date.day() + 7 > date.days_in_month() } else { (date.day() - 1) / 7 + 1 == nth };
            date.month() == month && date.weekday().to_monday_zero_offset() == weekday && is_nth
        }
    }
}

#[cfg(test)]
mod tests {
    //! Contract: each holiday is on its day, and observed where its set says.

    use super::*;
    use jiff::civil::date;

    fn of(entries: &[&str], observed: Option<Observed>) -> Holidays {
        Holidays::parse(entries.iter().copied(), observed).unwrap()
    }

    /// 2025: MLK 20 January, Presidents 17 February, Memorial 26 May, Labor 1 September, Columbus 13 October,
    /// Thanksgiving 27 November.
    #[test]
    fn a_year_of_federal_holidays() {
        let federal = of(&["us_federal"], None);
        let days = (0..365).map(|day: i64| date(2025, 1, 1).saturating_add(day.days()));
        let found: Vec<String> =
            days.filter(|day| federal.contains(*day)).map(|day| day.to_string()[5..].to_owned()).collect();
        let expected = "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25";
        assert_eq!(found.join(" "), expected);
    }

    /// 4 July 2026 is a Saturday, 4 July 2027 a Sunday; 1 January 2028 is a Saturday.
    #[test]
    fn weekends_move_as_each_set_has_it() {
        let (federal, tou) = (of(&["us_federal"], None), of(&["california_tou"], None));
        let plain = of(&["independence_day"], None);
        assert!(federal.contains(date(2026, 7, 3)) && !tou.contains(date(2026, 7, 3)));
        assert!(
            federal.contains(date(2027, 7, 5)) && tou.contains(date(2027, 7, 5)) && !plain.contains(date(2027, 7, 5))
        );
        assert!(federal.contains(date(2027, 12, 31)), "the Friday before New Year 2028");
        assert!(of(&["independence_day"], Some(Observed::Monday)).contains(date(2027, 7, 5)));
        assert!(of(&["2025-12-24", "day_after_thanksgiving"], None).contains(date(2025, 11, 28)));
        assert_eq!(Holidays::parse(["easter"], None), Err("easter".to_owned()));
    }
}
