//! What holds at times: limits with their reasons, and shifts with their breaks.

use crate::grid::limits::TimedLimit;
use crate::grid::spec::Days;
use crate::kernel::calendar::{Calendar, DAY_S, local_s, parse_window};
use crate::kernel::ids::NodeId;
use crate::kernel::units::Kw;
use crate::record::hub::{Hub, Limit, Shifts};
use crate::terminal::spec::LONGEST_BREAK_S;
use serde::Serialize;
use utoipa::ToSchema;

/// Of longer runs, shifts are too narrow to be seen in a chart.
const MOST_SHADED_DAYS: u32 = 31;

/// A limit that holds for some of the time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LimitNote {
    /// What it limits: keys of sites or nodes.
    on: Vec<String>,
    /// Maximum demand: highest mean power of an interval, kW.
    kw: f64,
    /// When, in words.
    when: String,
    /// Why; may be empty.
    reason: String,
}

/// Hours without work, seconds since the start.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Pause {
    from_s: u32,
    to_s: u32,
    /// A pause within the working day; otherwise the time between shifts.
    is_break: bool,
}

/// The limits of a run, to be compared with its time.
pub(super) struct Limits<'a> {
    calendar: &'a Calendar,
    interval_s: u32,
    all: Vec<(&'a Limit, TimedLimit)>,
}

impl<'a> Limits<'a> {
    pub(super) fn of(hub: &'a Hub, calendar: &'a Calendar) -> Self {
        let time = |text: &Option<String>| text.as_deref().and_then(|text| local_s(text, calendar));
        let days = |word: &str| if word == "weekends" { Days::Weekends } else { Days::Weekdays };
        let timed = |limit: &'a Limit| {
            let timed = TimedLimit {
                node: NodeId(0),
                limit: Kw(limit.kw),
                from_s: time(&limit.from).unwrap_or(i64::MIN),
                to_s: time(&limit.to).unwrap_or(i64::MAX),
                window: limit.hours.as_deref().and_then(parse_window),
                days: limit.days.as_deref().map(days),
                months: limit.months.iter().map(|month| usize::from(*month).saturating_sub(1)).collect(),
            };
            (limit, timed)
        };
        Self { calendar, interval_s: hub.interval_s, all: hub.limits.iter().map(timed).collect() }
    }

    /// Why a limit stood where it did in the interval that begins at `start_s`; empty where nobody said, or no limit of the
    /// time bound. Of several, the lowest is the one that held.
    pub(super) fn reason(&self, key: &str, start_s: u32) -> String {
        let (calendar, end_s) = (self.calendar, start_s.saturating_add(self.interval_s));
        let here = self.all.iter().filter(|(limit, _)| limit.on.iter().any(|on| on == key));
        let held = here.filter(|(_, timed)| timed.binds(calendar, start_s, end_s));
        let lowest = held.min_by(|a, b| a.0.kw.total_cmp(&b.0.kw));
        lowest.map(|(limit, _)| limit.reason.clone()).unwrap_or_default()
    }

    /// All of them, for people.
    pub(super) fn notes(&self) -> Vec<LimitNote> {
        let note = |(limit, _): &(&Limit, TimedLimit)| LimitNote {
            on: limit.on.clone(),
            kw: limit.kw,
            when: when(limit),
            reason: limit.reason.clone(),
        };
        self.all.iter().map(note).collect()
    }
}

/// When a limit holds, in words.
fn when(limit: &Limit) -> String {
    let months: Vec<&str> =
        limit.months.iter().filter_map(|month| MONTHS.get(usize::from(*month).checked_sub(1)?).copied()).collect();
    let time = |text: &String| text.replace('T', " ");
    let parts = [
        limit.from.as_ref().map(|from| format!("from {}", time(from))),
        limit.to.as_ref().map(|to| format!("until {}", time(to))),
        limit.hours.as_ref().map(|hours| format!("at {hours}")),
        limit.days.as_ref().map(|days| format!("on {days}")),
        (!months.is_empty()).then(|| format!("in {}", months.join(", "))),
    ];
    let told: Vec<String> = parts.into_iter().flatten().collect();
    if told.is_empty() { "all the time".to_owned() } else { told.join(" ") }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Hours without work between the first and the last second of a run: breaks, and the time between shifts.
pub(super) fn pauses(shifts: Option<&Shifts>, calendar: &Calendar, days: u32) -> Vec<Pause> {
    let Some(shifts) = shifts.filter(|_| days <= MOST_SHADED_DAYS) else { return Vec::new() };
    let end_s = i64::from(days) * DAY_S;
    // The shift of the day before may go on into the first.
    let spans = (-1..i64::from(days)).flat_map(|day| {
        let windows = match calendar.weekday(day) {
            5 => &shifts.saturday,
            6 => &shifts.sunday,
            _ => &shifts.weekday,
        };
        windows.iter().filter_map(|window| parse_window(window)).map(move |(from, to)| {
            let to = i64::from(to) + if to <= from { DAY_S } else { 0 };
            [i64::from(from), to].map(|second| calendar.elapsed_s(day * DAY_S + second))
        })
    });
    let mut spans: Vec<[i64; 2]> = spans.collect();
    spans.sort_unstable();
    let mut out = Vec::new();
    let mut idle_s = 0;
    let mut gap = |from: i64, to: i64, is_inside: bool| {
        let (from, to) = (from.clamp(0, end_s), to.clamp(0, end_s));
        let is_break = is_inside && to - from <= LONGEST_BREAK_S;
        if from < to {
            out.push(Pause { from_s: from as u32, to_s: to as u32, is_break });
        }
    };
    let mut is_first = true;
    for [from, to] in spans {
        gap(idle_s, from, !is_first);
        is_first &= to <= 0;
        idle_s = idle_s.max(to);
    }
    gap(idle_s, end_s, false);
    out
}

#[cfg(test)]
mod tests {
    use super::{Limits, Pause, pauses, when};
    use crate::kernel::calendar::Calendar;
    use crate::record::hub::{Hub, Limit, Shifts};

    const HOUR_S: u32 = 3_600;

    fn limit(kw: f64, hours: &str, reason: &str) -> Limit {
        let (hours, reason) = (Some(hours.to_owned()), reason.to_owned());
        Limit { on: vec!["depot".to_owned()], kw, from: None, to: None, hours, days: None, months: vec![7], reason }
    }

    /// 1 July 2025 is a Tuesday.
    #[test]
    fn the_lowest_limit_of_a_time_says_why() {
        let calendar = Calendar::new("2025-07-01", "America/Los_Angeles", 2).expect("a day");
        let text = r#"{"schema":1,"title":"","description":"","start":"2025-07-01","days":2,"zone":"America/Los_Angeles",
            "interval_s":300,"sites":[],"nodes":[],"stations":[],"transition":null,"doubtful":[],"warnings":[]}"#;
        let mut hub: Hub = serde_json::from_str(text).expect("lists of later versions may be missing");
        hub.limits = vec![limit(500.0, "12:00-20:00", "summer"), limit(200.0, "16:00-18:00", "curtailment")];
        let limits = Limits::of(&hub, &calendar);
        let told = |hour: u32| limits.reason("depot", hour * HOUR_S);
        assert_eq!([told(11), told(13), told(17), told(19)], ["", "summer", "curtailment", "summer"]);
        assert_eq!(limits.reason("another", 17 * HOUR_S), "");
        assert_eq!(when(&hub.limits[0]), "at 12:00-20:00 in July");
    }

    #[test]
    fn what_lies_between_two_windows_of_a_day_is_a_break() {
        let windows = ["08:00-12:00", "13:00-17:00", "18:00-03:00"].map(str::to_owned).to_vec();
        let shifts = Shifts { weekday: windows, saturday: Vec::new(), sunday: Vec::new() };
        let calendar = Calendar::new("2025-06-02", "America/Los_Angeles", 2).expect("a Monday");
        let pause = |from: u32, to: u32, is_break| Pause { from_s: from * HOUR_S, to_s: to * HOUR_S, is_break };
        // Nobody worked on the Sunday before.
        let expected = [
            pause(0, 8, false),
            pause(12, 13, true),
            pause(17, 18, true),
            pause(27, 32, false),
            pause(36, 37, true),
            pause(41, 42, true),
        ];
        assert_eq!(pauses(Some(&shifts), &calendar, 2), expected);
        assert!(pauses(Some(&shifts), &calendar, 60).is_empty() && pauses(None, &calendar, 2).is_empty());
    }
}
