//! When vessels and yards are worked.

use crate::kernel::calendar::{Calendar, parse_window};
use crate::kernel::ids::SiteId;
use crate::kernel::profile::WeekProfile;
use crate::terminal::spec::LaborSpec;
use bevy_ecs::prelude::Resource;
use std::collections::BTreeMap;

/// Length of a step: shifts and breaks begin on the half hour, s.
pub const STEP_S: u32 = 1_800;
const STEPS: usize = 336;

/// When vessels and yards are worked: everywhere, and at terminals with hours of their own.
#[derive(Resource, Debug, Clone, Default)]
pub struct Labor {
    all: Option<WeekProfile>,
    by_site: BTreeMap<SiteId, WeekProfile>,
}

impl Labor {
    /// The hours of all, and those of terminals with their own.
    pub(super) fn new(all: Option<&LaborSpec>, own: impl Iterator<Item = (SiteId, LaborSpec)>) -> Self {
        let by_site = own.filter_map(|(site, spec)| Some((site, profile(&spec)?))).collect();
        Self { all: all.and_then(profile), by_site }
    }

    /// The hours of a terminal.
    #[must_use]
    pub fn at(&self, site: SiteId) -> Option<&WeekProfile> {
        self.by_site.get(&site).or(self.all.as_ref())
    }

    /// Does anybody work anywhere?
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.all.is_some()
    }

    /// Is a terminal worked at this second of the run?
    #[must_use]
    pub fn works(&self, site: SiteId, calendar: &Calendar, elapsed_s: i64) -> bool {
        self.at(site).is_some_and(|profile| profile.weight_at(calendar.since_monday_s(elapsed_s)) > 0.0)
    }
}

/// Half hours of the week that are worked.
fn profile(spec: &LaborSpec) -> Option<WeekProfile> {
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
    WeekProfile::of_half_hours(&weights)
}
