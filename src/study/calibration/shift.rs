//! Charging sessions of a fleet at home: when its trucks leave and come back, which is how their shifts are told.
//!
//! A scenario has no distribution of arrivals and of times plugged in: both follow from the shifts of the fleet, which start
//! evenly over a span, last so long, and happen on a day with a probability. So it is these that are fitted, by moments.

use super::fit::{LEAST_ROWS, LEVEL, fit};
use super::model::Model;
use super::result::{Calibrated, Estimate, clock, estimate, points};
use crate::import::observed::{Column, Content, Observed};
use crate::kernel::calendar::parse_time;
use crate::kernel::math;
use crate::scenario::loaded::Loaded;
use crate::study::stats::{mean, t_quantile, variance};
use crate::truck::spec::{FleetSpec, ShiftSpec};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// Columns of a log of sessions.
pub const COLUMNS: &[Column] = &[
    Column {
        role: "plug_in",
        content: Content::Time,
        names: &[
            "plug in",
            "plug in time",
            "plugged in",
            "arrive",
            "arrival",
            "arrival time",
            "connection time",
            "connect time",
            "session start",
            "session start time",
            "start",
            "start time",
            "start date time",
            "start date",
        ],
        is_needed: true,
    },
    Column {
        role: "plug_out",
        content: Content::Time,
        names: &[
            "plug out",
            "plug out time",
            "unplugged",
            "unplug time",
            "depart",
            "departure",
            "departure time",
            "disconnect time",
            "session end",
            "session end time",
            "end",
            "end time",
            "end date time",
            "end date",
        ],
        is_needed: true,
    },
    Column {
        role: "vehicle",
        content: Content::Name,
        names: &[
            "vehicle",
            "vehicle id",
            "truck",
            "truck id",
            "vin",
            "asset",
            "unit",
            "unit number",
            "device",
            "user id",
        ],
        is_needed: true,
    },
];
// Places in the list above.
const IN: usize = 0;
const OUT: usize = 1;
const VEHICLE: usize = 2;
/// A truck that is back sooner was plugged in again, and one that is away longer had a day off, hours.
const AWAY_H: std::ops::RangeInclusive<f64> = 1.0..=20.0;
/// Fewer trucks do not tell over how long a span they start.
const LEAST_TRUCKS: usize = 5;
/// The longest spread and shift that a scenario may have, hours.
const MOST_SPREAD_H: f64 = 12.0;
const MOST_SHIFT_H: f64 = 16.0;
/// Where something happened in all of n cases, its probability is at least `1 - 4.6 / n` with 99 %: `ln 100`.
const NEVER_MISSED: f64 = 4.605_170;

/// One duty of a truck: from plug-out to the next plug-in.
#[derive(Debug, Clone, Copy)]
struct Duty {
    vehicle: usize,
    shift: usize,
    /// Local day, counted from 1 January 1970, 0: Monday, and hour of the day when it left; on from the middle of its shift's span.
    day: i64,
    weekday: usize,
    left_h: f64,
    away_h: f64,
}

/// Two rows a duty, the hour at which it begins and how long it is; by shift a mean of each.
struct Duties {
    list: Vec<Duty>,
    shifts: usize,
}

impl Duties {
    fn parameter(&self, row: usize) -> usize {
        self.list[row / 2].shift * 2 + row % 2
    }
}

impl Model for Duties {
    fn rows(&self) -> usize {
        self.list.len() * 2
    }

    fn observed(&self, row: usize) -> f64 {
        let duty = self.list[row / 2];
        if row.is_multiple_of(2) { duty.left_h } else { duty.away_h }
    }

    fn predicted(&self, row: usize, parameters: &[f64], slopes: &mut [f64]) -> f64 {
        slopes[self.parameter(row)] = 1.0;
        parameters[self.parameter(row)]
    }

    fn scale(&self, _row: usize) -> f64 {
        1.0
    }

    /// Duties of a day share its traffic.
    fn group(&self, row: usize) -> usize {
        self.list[row / 2].day as usize
    }

    fn group_word(&self) -> &'static str {
        "days"
    }

    fn error_unit(&self) -> &'static str {
        "h"
    }

    fn inputs(&self) -> &'static [&'static str] {
        &["day of the week (0: Monday)"]
    }

    fn input(&self, row: usize, _input: usize) -> f64 {
        self.list[row / 2].weekday as f64
    }
}

pub(super) fn calibrate(loaded: &Loaded, key: &str, observed: &Observed, holdout: f64) -> Result<Calibrated, String> {
    let spec = loaded.scenario.fleet.get(key).ok_or_else(|| format!("there is no fleet `{key}`"))?;
    let zone = TimeZone::get(&loaded.scenario.time.zone).map_err(|error| error.to_string())?;
    let mut said = observed.said.clone();
    let mut list = duties(observed, &zone, &mut said);
    of_shifts(&mut list, spec);
    for (at, shift) in spec.shift.iter().enumerate() {
        let duties = list.iter().filter(|duty| duty.shift == at).count();
        if duties < LEAST_ROWS {
            return Err(format!(
                "{duties} times a truck left about {} and came back, {LEAST_ROWS} are needed to tell that shift of fleet.{key}",
                shift.start
            ));
        }
    }
    let start: Vec<f64> = spec.shift.iter().flat_map(|shift| [middle_h(shift), shift.hours]).collect();
    let model = Duties { list, shifts: spec.shift.len() };
    let found = fit(&model, &start, holdout)?;
    let fitted = &model.list[..found.check.rows_fitted / 2];
    let mut estimates = Vec::new();
    for at in 0..model.shifts {
        let away = (found.parameters[2 * at + 1], found.half_width_of(2 * at + 1));
        estimates.extend(shift(&format!("fleet.{key}.shift[{at}]"), spec, at, (fitted, away), &mut said));
    }
    said.extend(dwell_told(observed, &model.list));
    said.extend(CANNOT_TELL.map(str::to_owned));
    Ok(Calibrated {
        title: format!("shifts of fleet {key}"),
        file: String::new(),
        blake3: String::new(),
        estimates,
        points: points(&model, &found),
        check: found.check,
        unit: "h",
        said,
    })
}

const CANNOT_TELL: [&str; 3] = [
    "`hours` is the time from plug-out to plug-in: the way home and a wait for a port are in it, and the shift proper is shorter",
    "a truck that stood at home unplugged counts as one that did not work; trucks that never plug in are not in the log: active_share stays",
    "energy, tow and driving hours are not in such a log: driving_h, home_margin and duty_reserve stay as they are",
];

/// What trucks did between their sessions.
fn duties(observed: &Observed, zone: &TimeZone, said: &mut Vec<String>) -> Vec<Duty> {
    let mut by_vehicle: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    let mut turned = 0;
    for row in 0..observed.rows {
        let (plug_in, plug_out) = (observed.values[IN][row], observed.values[OUT][row]);
        turned += usize::from(plug_out < plug_in);
        if plug_out >= plug_in {
            by_vehicle.entry(&observed.words[VEHICLE][row]).or_default().push((plug_in, plug_out));
        }
    }
    let (mut list, mut short, mut long) = (Vec::new(), 0, 0);
    for (vehicle, stays) in by_vehicle.values().enumerate() {
        for pair in stays.windows(2) {
            let (left_s, away_h) = (pair[0].1, (pair[1].0 - pair[0].1) / 3600.0);
            short += usize::from(away_h < *AWAY_H.start());
            long += usize::from(away_h > *AWAY_H.end());
            let at = Timestamp::from_second(left_s as i64).map(|at| zone.to_datetime(at));
            if let (true, Ok(at)) = (AWAY_H.contains(&away_h), at) {
                let day = at.date().duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
                let weekday = at.date().weekday().to_monday_zero_offset() as usize;
                let left_h = f64::from(at.hour()) + f64::from(at.minute()) / 60.0 + f64::from(at.second()) / 3600.0;
                list.push(Duty { vehicle, shift: 0, day, weekday, left_h, away_h });
            }
        }
    }
    let told = [
        (turned, "sessions end before they begin, and are left out"),
        (short, "times a truck was back within an hour: taken as plugged in again, not as a shift"),
        (long, "times a truck was away for more than 20 hours: taken as days off between two shifts, and left out"),
    ];
    said.extend(told.into_iter().filter(|it| it.0 > 0).map(|(rows, what)| format!("{rows} {what}")));
    list
}

/// Gives each truck the shift whose span lies nearest to when it leaves, and its hours as hours on from there; in order of time.
fn of_shifts(list: &mut [Duty], spec: &FleetSpec) {
    let off = |hour: f64, from: f64| (hour - from + 12.0).rem_euclid(24.0) - 12.0;
    let mut hours: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for duty in list.iter() {
        hours.entry(duty.vehicle).or_default().push(duty.left_h);
    }
    let far =
        |hours: &[f64], shift: &ShiftSpec| hours.iter().map(|hour| off(*hour, middle_h(shift)).abs()).sum::<f64>();
    let nearest = |hours: &Vec<f64>| {
        let shifts = 0..spec.shift.len();
        shifts.min_by(|a, b| far(hours, &spec.shift[*a]).total_cmp(&far(hours, &spec.shift[*b]))).unwrap_or(0)
    };
    let of_vehicle: BTreeMap<usize, usize> = hours.iter().map(|(vehicle, hours)| (*vehicle, nearest(hours))).collect();
    for duty in list.iter_mut() {
        duty.shift = of_vehicle[&duty.vehicle];
        let middle_h = middle_h(&spec.shift[duty.shift]);
        let after_h = off(duty.left_h, middle_h);
        // A truck that leaves after midnight of a shift that starts before it works the day before.
        let day_begins_h = duty.left_h - after_h;
        duty.day += ((day_begins_h - middle_h) / 24.0).round() as i64;
        duty.left_h = middle_h + after_h;
    }
    list.sort_by(|a, b| a.day.cmp(&b.day).then(a.left_h.total_cmp(&b.left_h)).then(a.vehicle.cmp(&b.vehicle)));
}

/// The middle of the span over which trucks start, hours of the day.
fn middle_h(shift: &ShiftSpec) -> f64 {
    f64::from(parse_time(&shift.start).unwrap_or(0)) / 3600.0 + shift.spread_h / 2.0
}

/// All numbers of a shift.
fn shift(
    path: &str,
    spec: &FleetSpec,
    at: usize,
    (all, away): (&[Duty], (f64, f64)),
    said: &mut Vec<String>,
) -> Vec<Estimate> {
    let own = &spec.shift[at];
    let duties: Vec<Duty> = all.iter().copied().filter(|duty| duty.shift == at).collect();
    let path = |name: &str| format!("{path}.{name}");
    let mut out = starts(&path, own, &duties, said);
    out.push(estimate(path("hours"), "h", Some(own.hours), away, 0.5, said).at_most(MOST_SHIFT_H, said));
    if spec.shift.len() > 1 {
        let trucks: BTreeMap<usize, usize> = all.iter().map(|duty| (duty.vehicle, duty.shift)).collect();
        let has: Vec<f64> = trucks.values().map(|shift| f64::from(u8::from(*shift == at))).collect();
        out.push(estimate(path("share"), "", Some(own.share), of_share(&has, has.len()), 0.0, said).at_most(1.0, said));
    }
    let days = [("weekday", 0..5, own.weekday), ("saturday", 5..6, own.saturday), ("sunday", 6..7, own.sunday)];
    for (name, of_week, before) in days {
        out.push(match worked(&duties, &of_week) {
            Some(told) => estimate(path(name), "", Some(before), told, 0.0, said).at_most(1.0, said),
            None => Estimate::kept(path(name), "", before),
        });
    }
    out
}

/// The start and the spread of a shift: those of an even spread with the mean and the variance of the trucks' own times.
fn starts(path: &dyn Fn(&str) -> String, own: &ShiftSpec, duties: &[Duty], said: &mut Vec<String>) -> Vec<Estimate> {
    let start_h = middle_h(own) - own.spread_h / 2.0;
    let mut of_truck: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for duty in duties {
        of_truck.entry(duty.vehicle).or_default().push(duty.left_h);
    }
    let trucks = of_truck.len() as f64;
    if of_truck.len() < LEAST_TRUCKS {
        said.push(format!(
            "start and spread of the shift at {} are not fitted: {trucks} trucks have it, {LEAST_TRUCKS} are needed",
            own.start
        ));
        let start = Estimate::kept(path("start"), "hour of the day", start_h);
        return vec![Estimate { is_clock: true, ..start }, Estimate::kept(path("spread_h"), "h", own.spread_h)];
    }
    let means: Vec<f64> = of_truck.values().map(|hours| mean(hours)).collect();
    // What a truck's own days differ by is in the spread of the means, and is no part of the span.
    let of_days = |hours: &Vec<f64>| if hours.len() > 1 { variance(hours) / hours.len() as f64 } else { 0.0 };
    let noise = of_truck.values().map(of_days).sum::<f64>() / trucks;
    let between = (variance(&means) - noise).max(0.0);
    let spread_h = (12.0 * between).sqrt();
    // The relative variance of a sample's variance is (kurtosis - (n - 3) / (n - 1)) / n, that of its root a quarter of it; the
    // kurtosis of an even spread is 9/5.
    let relative = (0.25 * (1.8 - (trucks - 3.0) / (trucks - 1.0)) / trucks).sqrt();
    let spread_error = (12.0 * variance(&means)).sqrt() * relative;
    let start_error = (variance(&means) / trucks + spread_error * spread_error / 4.0).sqrt();
    let t = t_quantile(trucks - 1.0, LEVEL);
    let start = (mean(&means) - spread_h / 2.0, t * start_error);
    let start = estimate(path("start"), "hour of the day", Some(start_h), start, f64::MIN, said);
    let spread = estimate(path("spread_h"), "h", Some(own.spread_h), (spread_h, 0.0), 0.0, said);
    // A spread errs by a factor.
    let factor = math::exp(t * relative);
    let spread = Estimate { low: spread_h / factor, high: spread_h * factor, ..spread };
    vec![Estimate { is_clock: true, ..start }, spread.at_most(MOST_SPREAD_H, said)]
}

/// On what share of such days of the week a truck works, and half the width of its interval. None: there is no such day.
fn worked(duties: &[Duty], of_week: &std::ops::Range<usize>) -> Option<(f64, f64)> {
    let (first, last) = (duties.first()?.day, duties.iter().map(|duty| duty.day).max()?);
    // The last day of the log is not over: who comes back tomorrow is not in it. 1970 began on a Thursday.
    let is_of_week = |day: &i64| of_week.contains(&((day + 3).rem_euclid(7) as usize));
    let days: BTreeSet<i64> = (first..last).filter(is_of_week).collect();
    if days.is_empty() {
        return None;
    }
    let mut of_truck: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
    for duty in duties {
        of_truck.entry(duty.vehicle).or_default().extend(days.get(&duty.day));
    }
    let shares: Vec<f64> = of_truck.values().map(|worked| worked.len() as f64 / days.len() as f64).collect();
    Some(of_share(&shares, shares.len() * days.len()))
}

/// The mean of some shares, and half the width of its interval: by how they differ, and at least what `cases` equal ones leave open.
fn of_share(shares: &[f64], cases: usize) -> (f64, f64) {
    let n = shares.len() as f64;
    let by_spread = if shares.len() > 1 { t_quantile(n - 1.0, LEVEL) * (variance(shares) / n).sqrt() } else { 0.0 };
    (mean(shares), by_spread.max(NEVER_MISSED / cases.max(1) as f64))
}

/// When trucks come and how long they stay plugged in: what the shifts lead to, for a reader to hold a run against.
fn dwell_told(observed: &Observed, duties: &[Duty]) -> Option<String> {
    let dwell: Vec<f64> = (0..observed.rows)
        .map(|row| (observed.values[OUT][row] - observed.values[IN][row]) / 3600.0)
        .filter(|hours| *hours >= 0.0)
        .collect();
    let back: Vec<f64> = duties.iter().map(|duty| duty.left_h + duty.away_h).collect();
    (dwell.len() > 1 && back.len() > 1).then(|| {
        format!(
            "trucks come back at {} in the mean (standard deviation {:.1} h) and stay plugged in for {:.1} h (standard deviation \
             {:.1} h): a run with these shifts should show that",
            clock(mean(&back)),
            variance(&back).sqrt(),
            mean(&dwell),
            variance(&dwell).sqrt()
        )
    })
}
