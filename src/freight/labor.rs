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
