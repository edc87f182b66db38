//! The doubtful numbers of a scenario, and what each may be.

use crate::document::problem::{Problems, nearest};
use crate::record::metrics::MetricName;
use crate::scenario::Quality;
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::scenario::provenance::Origin;
use crate::study::replicate::in_order;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Half the range of an assumed number without a range of its own, as a share of it. A convention of this command, not a
/// measurement: `low` and `high` of a `[source]`, its `spread`, or `--ranges` say better.
pub const ASSUMED_SPREAD: f64 = 0.2;
/// The same of an unverified one: it was right once, or nearly.
pub const UNVERIFIED_SPREAD: f64 = 0.1;
/// Half the range of a coordinate, degrees: 500 m, as far as one reads a map from memory.
const COORDINATE_DEGREES: f64 = 0.005;
/// Half the range of a year.
const YEARS: f64 = 1.0;
/// An end that a check refuses is brought nearer to the number as written so often, by half each time.
const HALVINGS: u32 = 4;
/// Tables that say how to simulate and not what.
const NOT_VARIED: [&str; 4] = ["time.", "transition.from", "transition.until", "transition.weeks"];

/// A number that may be another one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Number {
    /// Where it stands, such as `fleet.carrier.shift[0].hours`.
    pub path: String,
    /// As written: a number, or a list that is scaled as a whole.
    pub written: Value,
    /// Lowest value; of a list, the lowest factor on it.
    pub low: f64,
    /// Highest value or factor.
    pub high: f64,
    /// Only whole numbers.
    pub whole: bool,
    /// Its quality, as files have the word; empty where it has no source.
    pub quality: &'static str,
    /// Key of its `[source]`.
    pub source: String,
    /// Where the range comes from.
    pub range: &'static str,
}

/// The numbers that are varied, and those that are not although they are doubtful, with the reason.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// Varied.
    pub varied: Vec<Number>,
    /// Not varied: path and reason.
    pub fixed: Vec<(String, String)>,
    /// How many are doubtful.
    pub doubtful: usize,
}

impl Number {
    /// Its value at a place in [0, 1) of its range.
    #[must_use]
    pub fn at(&self, place: f64) -> Value {
        if self.written.is_array() {
            return scaled(&self.written, self.low + place * (self.high - self.low));
        }
        if self.whole {
            let value = (self.low + place * (self.high - self.low + 1.0)).floor().min(self.high);
            return Value::from(value as i64);
        }
        number(self.low + place * (self.high - self.low))
    }

    fn with(&self, low: f64, high: f64, whole: bool) -> Self {
        let (low, high) = if whole { (low.floor(), high.ceil()) } else { (low, high) };
        Self { low, high, whole, ..self.clone() }
    }

    /// What stands for "as written" in its range.
    fn middle(&self) -> f64 {
        self.written.as_f64().unwrap_or(1.0)
    }
}

fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { Value::from(value as i64) } else { Value::from(value) }
}

/// A list times a factor. Of points such as `[state of charge, kW]` only the last coordinate is scaled.
fn scaled(list: &Value, factor: f64) -> Value {
    let Value::Array(items) = list else {
        return list.as_f64().map_or_else(|| list.clone(), |value| number(value * factor));
    };
    let is_point = items.iter().all(Value::is_number);
    Value::Array(match items.iter().any(Value::is_array) {
        true => items.iter().map(|item| point(item, factor)).collect(),
        false if is_point => items.iter().map(|item| scaled(item, factor)).collect(),
        false => items.clone(),
    })
}

fn point(item: &Value, factor: f64) -> Value {
    let Value::Array(coordinates) = item else { return item.clone() };
    let mut coordinates = coordinates.clone();
    if let Some(last) = coordinates.last_mut() {
        *last = scaled(last, factor);
    }
    Value::Array(coordinates)
}

/// The doubtful numbers of a scenario, and any that `ranges` names, with ranges that its checks allow; or none but those of
/// `ranges`.
///
/// # Errors
/// When a range names no number, or is none.
pub fn doubtful(
    loaded: &Loaded,
    request: &Request,
    (ranges, is_only): (&BTreeMap<String, [f64; 2]>, bool),
    jobs: usize,
) -> Result<Numbers, Problems> {
    let mut numbers = Numbers { doubtful: loaded.doubtful(), ..Numbers::default() };
    check_ranges(loaded, ranges)?;
    let mut wanted = Vec::new();
    for origin in &loaded.provenance.origins {
        match range_of(origin, loaded, ranges) {
            Some(_) if is_only && !ranges.contains_key(&origin.field) => {
                numbers.fixed.push((origin.field.clone(), "not named by --ranges".to_owned()));
            }
            Some(Ok(number)) => wanted.push(number),
            Some(Err(reason)) => numbers.fixed.push((origin.field.clone(), reason)),
            None => {}
        }
    }
    for settled in in_order(jobs, &wanted, |number| settle(number, request)) {
        match settled {
            Ok(number) => numbers.varied.push(number),
            Err(fixed) => numbers.fixed.push(fixed),
        }
    }
    Ok(numbers)
}

fn check_ranges(loaded: &Loaded, ranges: &BTreeMap<String, [f64; 2]>) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let origins = &loaded.provenance.origins;
    for (path, [low, high]) in ranges {
        let name = format!("--ranges: {path}");
        if !(low.is_finite() && high.is_finite() && low < high) {
            let help = Some(format!("write it as `\"{path}\" = [10, 20]`"));
            problems.append(Problems::of_file(&name, "must be the lowest and the highest value", help));
        }
        if !origins.iter().any(|origin| origin.field == *path) {
            let help = nearest(path, origins.iter().map(|origin| origin.field.as_str()));
            problems.append(Problems::of_file(&name, "is not a number of the scenario", help));
        }
    }
    if problems.list.is_empty() { Ok(()) } else { Err(problems) }
}

/// The range of a number; the reason where a doubtful one has none; none where it is not doubtful.
fn range_of(origin: &Origin, loaded: &Loaded, ranges: &BTreeMap<String, [f64; 2]>) -> Option<Result<Number, String>> {
    let path = &origin.field;
    let given = ranges.get(path);
    let is_doubtful = matches!(origin.quality, Some(Quality::Assumed | Quality::Unverified));
    if given.is_none() && !is_doubtful {
        return None;
    }
    let fixed = |reason: &str| Some(Err(reason.to_owned()));
    let written: Value = serde_json::from_str(&origin.value).ok()?;
    if !written.is_number() && !written.is_array() {
        return fixed("names a file, whose numbers are not varied");
    }
    if given.is_none() && NOT_VARIED.iter().any(|table| path.starts_with(table)) {
        return fixed("says how to simulate");
    }
    let source = origin.source.as_ref().and_then(|key| loaded.scenario.source.get(key));
    let key = path.rsplit('.').next().unwrap_or(path);
    let value = written.as_f64();
    let is_year = value.is_some_and(|year| year.fract() == 0.0 && (1990.0..=2100.0).contains(&year))
        && (["from", "until", "to", "year"].contains(&key) || key.ends_with("_year"));
    let around = |half: f64| value.map(|value| (value - half, value + half));
    let share = |spread: f64| match value {
        Some(value) => (value - spread * value.abs(), value + spread * value.abs()),
        None => (1.0 - spread, 1.0 + spread),
    };
    let ends = source.and_then(|source| source.low.zip(source.high)).filter(|_| value.is_some());
    let spread = source.and_then(|source| source.spread);
    let (ends, range) = match (given, ends, spread) {
        (Some([low, high]), ..) => ((*low, *high), "--ranges"),
        (None, Some(ends), _) => (ends, "low and high of its source"),
        (None, None, Some(spread)) => (share(spread), "spread of its source"),
        _ if ["lat", "lon"].contains(&key) => (around(COORDINATE_DEGREES)?, "500 m"),
        _ if is_year => (around(YEARS)?, "a year"),
        _ if origin.quality == Some(Quality::Assumed) => (share(ASSUMED_SPREAD), "20 %, as all that is assumed"),
        _ => (share(UNVERIFIED_SPREAD), "10 %, as all that is unverified"),
    };
    if ends.1 <= ends.0 {
        return fixed("is 0, so no share of it is a range: give it one with --ranges");
    }
    let (quality, source) = (origin.quality.map_or("", Quality::word), origin.source.clone().unwrap_or_default());
    let (path, (low, high)) = (path.clone(), ends);
    Some(Ok(Number { path, written, low, high, whole: is_year, quality, source, range }))
}

/// A range whose ends the checks of the scenario allow; the path and the reason where none is.
fn settle(number: &Number, request: &Request) -> Result<Number, (String, String)> {
    let allows = |number: &Number, place: f64| {
        let numbers = BTreeMap::from([(number.path.clone(), number.at(place))]);
        load(&Request { numbers, ..request.clone() }).is_ok()
    };
    // The last place below 1.
    let top = 1.0 - f64::EPSILON;
    let is_whole = number.written.as_i64().is_some();
    // A field that takes only whole numbers refuses what lies between them.
    let fits = |tried: &Number| {
        let is_between = tried.whole || !is_whole || allows(tried, 0.37);
        (allows(tried, 0.0), allows(tried, top) && is_between)
    };
    let kinds = if is_whole { vec![number.whole, true] } else { vec![false] };
    for whole in &kinds {
        let wide = number.with(number.low, number.high, *whole);
        if fits(&wide) == (true, true) {
            return Ok(wide);
        }
    }
    let middle = number.middle();
    for whole in kinds {
        let (mut low, mut high) = (number.low, number.high);
        for step in 0..=HALVINGS {
            let tried = number.with(low, high, whole);
            let (is_low, is_high) = fits(&tried);
            if is_low && is_high && tried.low < tried.high {
                return Ok(tried);
            }
            let nearer = |end: f64| if step == HALVINGS - 1 { middle } else { f64::midpoint(end, middle) };
            low = if is_low { low } else { nearer(low) };
            high = if is_high { high } else { nearer(high) };
        }
    }
    Err((number.path.clone(), "no other value near it passes the checks of the scenario".to_owned()))
}

/// The metric that is asked about where none is named: the first of these that a run has.
pub const ASKED_FIRST: [MetricName; 6] = [
    MetricName::YearCostUsd,
    MetricName::NpvUsd,
    MetricName::BillTotalUsd,
    MetricName::QueueWaitP95Min,
    MetricName::EnergyDeliveredKwh,
    MetricName::HaulsCompleted,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn a_number(written: Value, low: f64, high: f64, whole: bool) -> Number {
        let (path, source) = ("a".to_owned(), String::new());
        Number { path, written, low, high, whole, quality: "assumed", source, range: "" }
    }

    #[test]
    fn places_in_a_range_are_values() {
        let real = a_number(Value::from(10), 8.0, 12.0, false);
        assert_eq!([0.0, 0.25, 0.5].map(|place| real.at(place)), [8, 9, 10].map(Value::from));
        let whole = a_number(Value::from(2), 1.0, 3.0, true);
        assert_eq!([0.0, 0.34, 0.5, 0.99].map(|place| whole.at(place)), [1, 2, 2, 3].map(Value::from));
        let list = a_number(serde_json::json!([1, 2.5]), 0.8, 1.2, false);
        assert_eq!(list.at(0.0), serde_json::json!([0.8, 2]));
        let curve = a_number(serde_json::json!([[0.1, 200], [1.0, 25]]), 0.8, 1.2, false);
        assert_eq!(curve.at(0.0), serde_json::json!([[0.1, 160], [1.0, 20]]));
    }
}
