//! When vessels and yards are worked.

use crate::kernel::calendar::parse_window;
use crate::kernel::profile::WeekProfile;
use crate::terminal::spec::LaborSpec;
use bevy_ecs::prelude::Resource;

/// When vessels and yards are worked.
#[derive(Resource, Debug, Clone, Default)]
pub struct Labor(pub Option<WeekProfile>);

impl Labor {
    /// Is this hour of the week worked?
    #[must_use]
    pub fn works(&self, hour_of_week: usize) -> bool {
        self.0.as_ref().is_some_and(|profile| profile.weight(hour_of_week) > 0.0)
    }
}

/// Hours of a week.
const WEEK_H: usize = 168;

/// When each group of units works: breaks are taken together, or by one group after the other.
#[derive(Resource, Debug, Clone, Default)]
pub struct Shifts {
    /// By group and hour of the week.
    works: Vec<[bool; WEEK_H]>,
}

impl Shifts {
    /// From the worked hours of all. An hour without work between two with it is a break; with more than one group the break
    /// of each begins when that of the group before it ends, and the others work on.
    #[must_use]
    pub fn new(labor: &Labor, groups: u32) -> Self {
        let worked = |hour: usize| labor.works(hour % WEEK_H);
        let is_break = |hour: usize| !worked(hour) && worked(hour + WEEK_H - 1) && worked(hour + 1);
        let of_group = |group: usize| {
            let works = |hour: usize| (worked(hour) || is_break(hour)) && !is_break(hour + WEEK_H - group);
            core::array::from_fn(works)
        };
        Self { works: (0..groups.max(1) as usize).map(of_group).collect() }
    }

    /// The group of a unit, by its number.
    #[must_use]
    pub fn group(&self, unit: usize) -> usize {
        unit % self.works.len().max(1)
    }

    /// Does a group work in this hour of the week?
    #[must_use]
    pub fn works(&self, group: usize, hour_of_week: usize) -> bool {
        self.works.get(group).is_some_and(|works| works[hour_of_week])
    }

    /// Does anybody?
    #[must_use]
    pub fn is_worked(&self, hour_of_week: usize) -> bool {
        self.works.iter().any(|works| works[hour_of_week])
    }
}

/// Hours of the week that are worked.
pub(super) fn labor(spec: &LaborSpec) -> Option<WeekProfile> {
    let mut weights = [0.0; 168];
    for day in 0..7_usize {
        let spans = match day {
            5 => &spec.saturday,
            6 => &spec.sunday,
            _ => &spec.weekday,
        };
        for (from, to) in spans.iter().filter_map(|span| parse_window(span)) {
            let (from, mut to) = (from as usize / 3600, to as usize / 3600);
            if to <= from {
                to += 24;
            }
            for hour in from..to {
                weights[(day * 24 + hour) % 168] = 1.0;
            }
        }
    }
    WeekProfile::new(&weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four hours, an hour's break, four hours, a night. Together all rest from 12 to 13; in three groups one rests from 12 to
    /// 13, the next from 13 to 14, the last from 14 to 15, and each works as long as before.
    #[test]
    fn groups_rest_one_after_the_other_and_as_long() {
        let spec: LaborSpec = toml::from_str("weekday = [\"08:00-12:00\", \"13:00-17:00\"]").unwrap();
        let labor = Labor(labor(&spec));
        let together = Shifts::new(&labor, 1);
        assert!((0..WEEK_H).all(|hour| together.works(0, hour) == labor.works(hour)));
        let three = Shifts::new(&labor, 3);
        let rests = |group: usize| (8..17).filter(|hour| !three.works(group, *hour)).collect::<Vec<_>>();
        assert_eq!([rests(0), rests(1), rests(2)], [vec![12], vec![13], vec![14]]);
        let hours = |group: usize| (0..WEEK_H).filter(|hour| three.works(group, *hour)).count();
        assert_eq!([hours(0), hours(1), hours(2)], [40; 3]);
        assert!(three.is_worked(12) && !together.is_worked(12) && !three.is_worked(20));
        assert_eq!([three.group(4), together.group(4)], [1, 0]);
    }
}
