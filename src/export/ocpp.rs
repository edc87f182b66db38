//! Charging profiles of the Open Charge Point Protocol, versions 1.6 and 2.0.1: what a run let flow, as limits that a
//! charging station can be given.
//!
//! Field names are those of the `SetChargingProfile` request of each version.

use jiff::Timestamp;
use serde_json::{Value, json};

const DAY_S: u32 = crate::kernel::calendar::DAY_S as u32;

/// Versions of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 1.6.
    V16,
    /// 2.0.1.
    V201,
}

/// What limits are written in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unit {
    /// Whole watts over all phases.
    Watts,
    /// Whole amperes a phase, for alternating current.
    Amperes {
        /// Between a phase and neutral, V.
        volts: f64,
        /// 1 or 3.
        phases: u8,
    },
}

impl Unit {
    /// A limit in this unit, never above the kW given; rounding of the kW's own arithmetic is forgiven. The protocol takes
    /// tenths, but checks of `multipleOf: 0.1` in floating point reject some of them.
    fn limit(self, kw: f64) -> u64 {
        let watts = kw.max(0.0) * 1e3;
        let limit = match self {
            Self::Watts => watts,
            Self::Amperes { volts, phases } => watts / (volts * f64::from(phases)),
        };
        (limit + 1e-6).floor() as u64
    }
}

/// How profiles are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The protocol's version.
    pub version: Version,
    /// What limits are written in.
    pub unit: Unit,
    /// Most periods of one schedule, at least 1.
    pub most_periods: usize,
}

/// A limit that changes: from each second on, kW.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Start, from the start of the run.
    pub start_s: u32,
    /// Length.
    pub duration_s: u32,
    /// Seconds from `start_s`, rising from 0, and the limit from then on, in the unit of the profile.
    pub periods: Vec<(u32, u64)>,
}

/// Set-points by interval (kW) as schedules: a period for each change. 2.0.1 has a schedule for each day. In 1.6 a profile
/// replaces any other of its stack level and purpose, so there are as few as the most periods allow.
#[must_use]
pub fn schedules(set_points_kw: &[f64], interval_s: u32, options: Options) -> Vec<Schedule> {
    let mut out: Vec<Schedule> = Vec::new();
    let by_day = options.version == Version::V201;
    for (at, kw) in set_points_kw.iter().enumerate() {
        let (now_s, limit) = (at as u32 * interval_s, options.unit.limit(*kw));
        let is_new = |schedule: &Schedule| {
            let is_change = schedule.periods.last().is_some_and(|last| last.1 != limit);
            let is_next_day = by_day && now_s / DAY_S > schedule.start_s / DAY_S;
            is_next_day || (is_change && schedule.periods.len() >= options.most_periods)
        };
        match out.last_mut().filter(|schedule| !is_new(schedule)) {
            Some(schedule) => {
                if schedule.periods.last().is_none_or(|last| last.1 != limit) {
                    schedule.periods.push((now_s - schedule.start_s, limit));
                }
                schedule.duration_s += interval_s;
            }
            None => out.push(Schedule { start_s: now_s, duration_s: interval_s, periods: vec![(0, limit)] }),
        }
    }
    out
}

/// `SetChargingProfile` requests that limit a whole charging station, one a schedule. In 1.6 each has a stack level of its
/// own, the later the higher: of one level and purpose a station keeps the last it was given.
#[must_use]
pub fn requests(options: Options, schedules: &[Schedule], start_unix_s: i64) -> Vec<Value> {
    schedules.iter().enumerate().map(|(at, schedule)| request(options, at, schedule, start_unix_s)).collect()
}

fn request(options: Options, at: usize, schedule: &Schedule, start_unix_s: i64) -> Value {
    let id = at + 1;
    let (unit, phases) = match options.unit {
        Unit::Watts => ("W", None),
        Unit::Amperes { phases, .. } => ("A", Some(phases)),
    };
    let time = |second: u32| {
        let second = start_unix_s.saturating_add(i64::from(second));
        Timestamp::from_second(second).map(|time| time.to_string()).unwrap_or_default()
    };
    let (from, to) = (time(schedule.start_s), time(schedule.start_s + schedule.duration_s));
    let period = |(start, limit): &(u32, u64)| match phases {
        None => json!({ "startPeriod": start, "limit": limit }),
        Some(phases) => json!({ "startPeriod": start, "limit": limit, "numberPhases": phases }),
    };
    let periods: Vec<Value> = schedule.periods.iter().map(period).collect();
    match options.version {
        Version::V16 => json!({
            "connectorId": 0,
            "csChargingProfiles": {
                "chargingProfileId": id,
                "stackLevel": at,
                "chargingProfilePurpose": "ChargePointMaxProfile",
                "chargingProfileKind": "Absolute",
                "validFrom": from,
                "validTo": to,
                "chargingSchedule": {
                    "startSchedule": from,
                    "duration": schedule.duration_s,
                    "chargingRateUnit": unit,
                    "chargingSchedulePeriod": periods,
                },
            },
        }),
        Version::V201 => json!({
            "evseId": 0,
            "chargingProfile": {
                "id": id,
                "stackLevel": 0,
                "chargingProfilePurpose": "ChargingStationMaxProfile",
                "chargingProfileKind": "Absolute",
                "validFrom": from,
                "validTo": to,
                "chargingSchedule": [{
                    "id": id,
                    "startSchedule": from,
                    "duration": schedule.duration_s,
                    "chargingRateUnit": unit,
                    "chargingSchedulePeriod": periods,
                }],
            },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(version: Version) -> Options {
        Options { version, unit: Unit::Watts, most_periods: 1024 }
    }

    /// 15-minute set-points 10, 10, 7.36, 0 kW: changes at 0, 1800 and 2700 s.
    #[test]
    fn a_period_for_each_change() {
        let made = schedules(&[10.0, 10.0, 7.36, 0.0], 900, options(Version::V201));
        let periods = vec![(0, 10_000), (1800, 7_360), (2700, 0)];
        assert_eq!(made, [Schedule { start_s: 0, duration_s: 3600, periods }]);
        // 2025-06-02T07:00:00Z is second 1748847600.
        let old = &requests(options(Version::V16), &made, 1_748_847_600)[0];
        assert_eq!(old["csChargingProfiles"]["validTo"], "2025-06-02T08:00:00Z");
        assert_eq!(old["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][1]["startPeriod"], 1800);
        let new = &requests(options(Version::V201), &made, 1_748_847_600)[0];
        assert_eq!(new["chargingProfile"]["chargingSchedule"][0]["startSchedule"], "2025-06-02T07:00:00Z");
        assert_eq!(new["chargingProfile"]["chargingSchedule"][0]["chargingSchedulePeriod"][2]["limit"], 0);
    }

    /// A limit is never rounded up: 1.0009 kW are 1000 W; 7.36 kW stay 7360 W though 7.36 has no exact binary form. At 230 V
    /// 7.36 kW are 32 A of one phase, 10.6 A of three.
    #[test]
    fn limits_are_rounded_down() {
        assert_eq!([1.0009, 7.36, -1.0].map(|kw| Unit::Watts.limit(kw)), [1000, 7360, 0]);
        let amperes = [1, 3].map(|phases| Unit::Amperes { volts: 230.0, phases }.limit(7.36));
        assert_eq!(amperes, [32, 10]);
        let unit = Unit::Amperes { volts: 277.0, phases: 3 };
        let options = Options { unit, ..options(Version::V16) };
        let made =
            &requests(options, &schedules(&[100.0], 900, options), 0)[0]["csChargingProfiles"]["chargingSchedule"];
        assert_eq!(
            (&made["chargingRateUnit"], &made["chargingSchedulePeriod"][0]),
            (&json!("A"), &json!({ "startPeriod": 0, "limit": 120, "numberPhases": 3 }))
        );
    }

    /// Two days and an hour make three schedules of 2.0.1; one that changes every minute is cut at the most periods too. In
    /// 1.6 nothing but the most periods cuts, and no two profiles have one stack level.
    #[test]
    fn days_and_the_most_periods_cut() {
        let flat = schedules(&vec![5.0; 49], 3600, options(Version::V201));
        assert_eq!(
            flat.iter().map(|s| (s.start_s, s.duration_s)).collect::<Vec<_>>(),
            [(0, 86_400), (86_400, 86_400), (172_800, 3600)]
        );
        let busy: Vec<f64> = (0..1440).map(|at| f64::from(at % 2)).collect();
        let cut = schedules(&busy, 60, options(Version::V201));
        assert_eq!(cut.iter().map(|s| s.periods.len()).collect::<Vec<_>>(), [1024, 416]);
        assert_eq!(cut.iter().map(|s| s.duration_s).sum::<u32>(), 86_400);
        assert_eq!(schedules(&vec![5.0; 49], 3600, options(Version::V16)).len(), 1);
        let few = Options { most_periods: 500, ..options(Version::V16) };
        let levels: Vec<Value> = requests(few, &schedules(&busy, 60, few), 0)
            .iter()
            .map(|request| request["csChargingProfiles"]["stackLevel"].clone())
            .collect();
        assert_eq!(levels, [json!(0), json!(1), json!(2)]);
    }
}
