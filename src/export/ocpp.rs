//! Charging profiles of the Open Charge Point Protocol, versions 1.6 and 2.0.1: what a run let flow, as limits that a
//! charging station can be given.
//!
//! Field names are those of the `SetChargingProfile` request of each version.

use jiff::Timestamp;
use serde_json::{Value, json};

/// Most periods of one schedule (OCPP 2.0.1, schema of `ChargingScheduleType`); profiles are cut by the day and below this.
pub const MOST_PERIODS: usize = 1024;
const DAY_S: u32 = 86_400;

/// Versions of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 1.6.
    V16,
    /// 2.0.1.
    V201,
}

/// A limit that changes: from each second on, kW.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Start, from the start of the run.
    pub start_s: u32,
    /// Length.
    pub duration_s: u32,
    /// Seconds from `start_s`, rising from 0, and the limit from then on, W.
    pub periods: Vec<(u32, u64)>,
}

/// Whole W, never above the kW given; rounding of the kW's own arithmetic is forgiven. The protocol takes tenths, but
/// checks of `multipleOf: 0.1` in floating point reject some of them.
fn whole_w(kw: f64) -> u64 {
    (kw.max(0.0) * 1e3 + 1e-6).floor() as u64
}

/// Set-points by interval (kW) as schedules: a period for each change, a schedule for each day, all within the protocol's
/// most periods.
#[must_use]
pub fn schedules(set_points_kw: &[f64], interval_s: u32) -> Vec<Schedule> {
    let mut out: Vec<Schedule> = Vec::new();
    for (at, kw) in set_points_kw.iter().enumerate() {
        let (now_s, limit) = (at as u32 * interval_s, whole_w(*kw));
        let is_new = |schedule: &Schedule| {
            let is_change = schedule.periods.last().is_some_and(|last| last.1 != limit);
            now_s / DAY_S > schedule.start_s / DAY_S || (is_change && schedule.periods.len() >= MOST_PERIODS)
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

/// `SetChargingProfile` requests that limit a whole charging station, one a schedule.
#[must_use]
pub fn requests(version: Version, schedules: &[Schedule], start_unix_s: i64) -> Vec<Value> {
    schedules.iter().enumerate().map(|(at, schedule)| request(version, at + 1, schedule, start_unix_s)).collect()
}

fn request(version: Version, id: usize, schedule: &Schedule, start_unix_s: i64) -> Value {
    let time = |second: u32| {
        let second = start_unix_s.saturating_add(i64::from(second));
        Timestamp::from_second(second).map(|time| time.to_string()).unwrap_or_default()
    };
    let (from, to) = (time(schedule.start_s), time(schedule.start_s + schedule.duration_s));
    let periods: Vec<Value> =
        schedule.periods.iter().map(|(start, limit)| json!({ "startPeriod": start, "limit": limit })).collect();
    match version {
        Version::V16 => json!({
            "connectorId": 0,
            "csChargingProfiles": {
                "chargingProfileId": id,
                "stackLevel": 0,
                "chargingProfilePurpose": "ChargePointMaxProfile",
                "chargingProfileKind": "Absolute",
                "validFrom": from,
                "validTo": to,
                "chargingSchedule": {
                    "startSchedule": from,
                    "duration": schedule.duration_s,
                    "chargingRateUnit": "W",
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
                    "chargingRateUnit": "W",
                    "chargingSchedulePeriod": periods,
                }],
            },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 15-minute set-points 10, 10, 7.36, 0 kW: changes at 0, 1800 and 2700 s.
    #[test]
    fn a_period_for_each_change() {
        let made = schedules(&[10.0, 10.0, 7.36, 0.0], 900);
        let periods = vec![(0, 10_000), (1800, 7_360), (2700, 0)];
        assert_eq!(made, [Schedule { start_s: 0, duration_s: 3600, periods }]);
        // 2025-06-02T07:00:00Z is second 1748847600.
        let old = &requests(Version::V16, &made, 1_748_847_600)[0];
        assert_eq!(old["csChargingProfiles"]["validTo"], "2025-06-02T08:00:00Z");
        assert_eq!(old["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][1]["startPeriod"], 1800);
        let new = &requests(Version::V201, &made, 1_748_847_600)[0];
        assert_eq!(new["chargingProfile"]["chargingSchedule"][0]["startSchedule"], "2025-06-02T07:00:00Z");
        assert_eq!(new["chargingProfile"]["chargingSchedule"][0]["chargingSchedulePeriod"][2]["limit"], 0);
    }

    /// A limit is never rounded up: 1.0009 kW are 1000 W; 7.36 kW stay 7360 W though 7.36 has no exact binary form.
    #[test]
    fn limits_are_rounded_down_to_whole_watts() {
        assert_eq!([1.0009, 7.36, -1.0].map(whole_w), [1000, 7360, 0]);
    }

    /// Two days and an hour make three schedules; one that changes every minute is cut at the most periods too.
    #[test]
    fn days_and_the_most_periods_cut() {
        let flat = schedules(&vec![5.0; 49], 3600);
        assert_eq!(
            flat.iter().map(|s| (s.start_s, s.duration_s)).collect::<Vec<_>>(),
            [(0, 86_400), (86_400, 86_400), (172_800, 3600)]
        );
        let busy = schedules(&(0..1440).map(|at| f64::from(at % 2)).collect::<Vec<_>>(), 60);
        assert_eq!(busy.iter().map(|s| s.periods.len()).collect::<Vec<_>>(), [1024, 416]);
        assert_eq!(busy.iter().map(|s| s.duration_s).sum::<u32>(), 86_400);
    }
}
