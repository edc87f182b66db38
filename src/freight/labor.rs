//! When vessels and yards are worked.

use crate::kernel::calendar::{Calendar, parse_window};
use crate::kernel::ids::SiteId;
use crate::kernel::profile::WeekProfile;
use crate::terminal::spec::{LONGEST_BREAK_S, LaborSpec};
use bevy_ecs::prelude::Resource;
use std::collections::BTreeMap;

/// Length of a step: shifts and breaks begin on the half hour, s.
pub const STEP_S: u32 = 1_800;
const STEPS: usize = 336;

/// When vessels and yards are worked: everywhere, and at terminals with hours of their own.
#[derive(Resource, Debug, Clone, Default)]
pub struct Labor {
    all: Option<Hours>,
    by_site: BTreeMap<SiteId, Hours>,
}

impl Labor {
    /// The hours of all, and those of terminals with their own.
    pub(super) fn new(all: Option<&LaborSpec>, own: impl Iterator<Item = (SiteId, LaborSpec)>) -> Self {
        let by_site = own.filter_map(|(site, spec)| Some((site, Hours::new(&spec)?))).collect();
        Self { all: all.and_then(Hours::new), by_site }
    }

    fn hours(&self, site: SiteId) -> Option<&Hours> {
        self.by_site.get(&site).or(self.all.as_ref())
    }

    /// The hours of a terminal.
    #[must_use]
    pub fn at(&self, site: SiteId) -> Option<&WeekProfile> {
        self.hours(site).map(|hours| &hours.worked)
    }

    /// Does any terminal have worked hours?
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.all.is_some()
    }

    /// Is a terminal worked at this second of the run, by those who take their breaks first?
    #[must_use]
    pub fn works(&self, site: SiteId, calendar: &Calendar, elapsed_s: i64) -> bool {
        self.at(site).is_some_and(|profile| profile.weight_at(calendar.since_monday_s(elapsed_s)) > 0.0)
    }

    /// Does any group work at a terminal in this half hour of the week?
    #[must_use]
    pub fn is_worked(&self, site: SiteId, step: usize) -> bool {
        self.hours(site).is_some_and(|hours| hours.groups.iter().any(|group| group[step]))
    }

    /// Does the group of this unit work at a terminal in this half hour of the week?
    #[must_use]
    pub fn group_works(&self, site: SiteId, unit: usize, step: usize) -> bool {
        self.hours(site).is_some_and(|hours| hours.groups[unit % hours.groups.len()][step])
    }
}

/// The half hour of the week at a second of the run, from Monday 00:00.
#[must_use]
pub fn step_of_week(calendar: &Calendar, elapsed_s: i64) -> usize {
    (calendar.since_monday_s(elapsed_s).rem_euclid(i64::from(STEP_S) * STEPS as i64) / i64::from(STEP_S)) as usize
}

/// The hours of a terminal.
#[derive(Debug, Clone)]
struct Hours {
    worked: WeekProfile,
    /// By group and half hour of the week: does the group work? Breaks are taken together, or by one group after the other.
    groups: Vec<[bool; STEPS]>,
}

impl Hours {
    /// The longest break, in steps.
    const LONGEST_BREAK: usize = (LONGEST_BREAK_S / STEP_S as i64) as usize;

    /// From the worked half hours of all. With more than one group the break of each begins when that of the group before it
    /// ends, and the others work on.
    fn new(spec: &LaborSpec) -> Option<Self> {
        let worked = worked(spec);
        let works = |step: usize| worked[step % STEPS] > 0.0;
        let mut groups = vec![worked.map(|weight| weight > 0.0); spec.break_groups.max(1) as usize];
        for first in (0..STEPS).filter(|step| !works(*step) && works(step + STEPS - 1)) {
            let Some(length) = (1..=Self::LONGEST_BREAK).find(|length| works(first + length)) else { continue };
            for (number, group) in groups.iter_mut().enumerate() {
                (first..first + length).for_each(|step| group[step % STEPS] = true);
                (first..first + length).for_each(|step| group[(step + number * length) % STEPS] = false);
            }
        }
        Some(Self { worked: WeekProfile::of_half_hours(&worked)?, groups })
    }
}

/// Half hours of the week that are worked, as 1.
fn worked(spec: &LaborSpec) -> [f64; STEPS] {
    let mut weights = [0.0; STEPS];
    for day in 0..7_usize {
        let spans = match day {
            5 => &spec.saturday,
            6 => &spec.sunday,
            _ => &spec.weekday,
        };
        for (from, to) in spans.iter().filter_map(|span| parse_window(span)) {
            let (from, mut to) = ((from / STEP_S) as usize, (to / STEP_S) as usize);
            if to <= from {
                to += STEPS / 7;
            }
            for step in from..to {
                weights[(day * STEPS / 7 + step) % STEPS] = 1.0;
            }
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four hours, an hour's break, four hours, a night. Together all rest from 12 to 13; in three groups one rests from 12 to
    /// 13, the next from 13 to 14, the last from 14 to 15, and each works as long as before.
    #[test]
    fn groups_rest_one_after_the_other_and_as_long() {
        let labor = |groups: u32| {
            let text = format!("weekday = [\"08:00-12:00\", \"13:00-17:00\"]\nbreak_groups = {groups}");
            Labor::new(Some(&toml::from_str(&text).unwrap()), std::iter::empty())
        };
        let site = SiteId::at(0);
        let (together, three) = (labor(1), labor(3));
        let is_worked = |step: &usize| together.at(site).unwrap().weight_at(*step as i64 * 1_800) > 0.0;
        assert!((0..STEPS).all(|step| together.group_works(site, 0, step) == is_worked(&step)));
        let rests = |unit: usize| (16..34).filter(|step| !three.group_works(site, unit, *step)).collect::<Vec<_>>();
        assert_eq!([rests(0), rests(1), rests(2)], [vec![24, 25], vec![26, 27], vec![28, 29]]);
        let steps = |unit: usize| (0..STEPS).filter(|step| three.group_works(site, unit, *step)).count();
        assert_eq!([steps(0), steps(1), steps(2)], [80; 3]);
        assert!(three.is_worked(site, 24) && !together.is_worked(site, 24) && !three.is_worked(site, 40));
        assert_eq!(rests(4), rests(1), "of three groups");
    }

    /// A break of half an hour is one too.
    #[test]
    fn half_hours_rest_in_turn() {
        let spec = "weekday = [\"08:00-10:00\", \"10:30-12:00\"]\nbreak_groups = 2";
        let labor = Labor::new(Some(&toml::from_str(spec).unwrap()), std::iter::empty());
        let rests =
            |unit: usize| (16..24).filter(|step| !labor.group_works(SiteId::at(0), unit, *step)).collect::<Vec<_>>();
        assert_eq!([rests(0), rests(1)], [vec![20], vec![21]]);
    }
}
