//! A meter: the load of a site that is not simulated, by hour of the day, or of the week.

use super::fit::fit;
use super::model::Model;
use super::result::{Calibrated, estimate, points};
use crate::account::load::Load;
use crate::scenario::loaded::Loaded;

/// Hours of a day, and of a week from Monday.
const DAY: usize = 24;
const WEEK: usize = 168;
/// From so many days on the days of the week are told apart.
const WEEKS_FROM_DAYS: usize = 56;

/// Mean power of each hour, in order of time.
struct Hours {
    kw: Vec<f64>,
    hour: Vec<usize>,
    day: Vec<usize>,
    weekday: Vec<f64>,
}

impl Model for Hours {
    fn rows(&self) -> usize {
        self.kw.len()
    }

    fn observed(&self, row: usize) -> f64 {
        self.kw[row]
    }

    fn predicted(&self, row: usize, parameters: &[f64], slopes: &mut [f64]) -> f64 {
        slopes[self.hour[row]] = 1.0;
        parameters[self.hour[row]]
    }

    fn scale(&self, _row: usize) -> f64 {
        1.0
    }

    /// Hours of a day share its weather and its work.
    fn group(&self, row: usize) -> usize {
        self.day[row]
    }

    fn group_word(&self) -> &'static str {
        "days"
    }

    fn error_unit(&self) -> &'static str {
        "kW"
    }

    fn inputs(&self) -> &'static [&'static str] {
        &["day of the week (0: Monday)"]
    }

    fn input(&self, row: usize, _input: usize) -> f64 {
        self.weekday[row]
    }
}

pub(super) fn calibrate(loaded: &Loaded, key: &str, load: &Load, holdout: f64) -> Result<Calibrated, String> {
    let spec = loaded.scenario.site.get(key).ok_or_else(|| format!("there is no site `{key}`"))?;
    if spec.load.is_some() {
        return Err(format!("site.{key} takes its load from a meter already (`load`): there is nothing to fit"));
    }
    let mut said = vec!["the whole of the meter is taken as load that is not simulated".to_owned()];
    let (model, hours) = hours(load);
    let found = fit(&model, &vec![spec.load_kw.max(1.0); hours], holdout)?;
    let mean_kw = found.parameters.iter().sum::<f64>() / hours as f64;
    if mean_kw <= 0.0 {
        return Err("the mean of the meter is not above zero: it is no load".to_owned());
    }
    let half_width = found.half_width(&vec![1.0 / hours as f64; hours]);
    let path = |name: &str| format!("site.{key}.{name}");
    let before = Some(spec.load_kw);
    let mut estimates = vec![estimate(path("load_kw"), "kW", before, (mean_kw, half_width), 0.0, &mut said)];
    for hour in 0..hours {
        let before = match spec.load_by_hour.len() {
            0 => Some(1.0),
            DAY => Some(spec.load_by_hour[hour % DAY]),
            many if many == hours => Some(spec.load_by_hour[hour]),
            _ => None,
        };
        let told = (found.parameters[hour] / mean_kw, found.half_width(&of_ratio(&found.parameters, hour, mean_kw)));
        estimates.push(estimate(path(&format!("load_by_hour[{hour}]")), "", before, told, 0.0, &mut said));
    }
    if hours == DAY {
        said.push(format!("days of the week are not distinguished: the meter has fewer than {WEEKS_FROM_DAYS} days"));
    }
    Ok(Calibrated {
        title: format!("base load of {key}"),
        file: String::new(),
        blake3: String::new(),
        estimates,
        points: points(&model, &found),
        check: found.check,
        unit: "kW",
        said,
    })
}

/// How an hour over the mean moves with each hour: what all hours share, such as the weather of a day, hardly moves it.
fn of_ratio(kw: &[f64], hour: usize, mean_kw: f64) -> Vec<f64> {
    let of_mean = kw[hour] / (mean_kw * mean_kw * kw.len() as f64);
    (0..kw.len()).map(|at| f64::from(u8::from(at == hour)) / mean_kw - of_mean).collect()
}

/// Mean power of the hours of the meter's local time, and of how many hours a pattern is.
fn hours(load: &Load) -> (Hours, usize) {
    let places: Vec<(i64, usize)> = (0..load.kw().len()).map(|at| load.local_day_and_hour(at)).collect();
    let (first, last) = (places.first().map_or(0, |it| it.0), places.last().map_or(0, |it| it.0));
    let pattern = if (last - first) as usize >= WEEKS_FROM_DAYS { WEEK } else { DAY };
    let mut out = Hours { kw: Vec::new(), hour: Vec::new(), day: Vec::new(), weekday: Vec::new() };
    let mut from = 0;
    for run in places.chunk_by(|a, b| a == b) {
        let (day, hour) = run[0];
        out.kw.push(load.kw()[from..from + run.len()].iter().sum::<f64>() / run.len() as f64);
        out.hour.push(if pattern == WEEK { load.weekday(day) * DAY + hour } else { hour });
        out.day.push((day - first) as usize);
        out.weekday.push(load.weekday(day) as f64);
        from += run.len();
    }
    (out, pattern)
}
