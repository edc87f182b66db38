//! Charging power by state of charge: what a battery accepts.

use super::fit::{LEAST_ROWS, fit};
use super::model::Model;
use super::result::{Calibrated, Estimate, estimate, points};
use crate::import::observed::{Column, Content, Observed};
use crate::scenario::loaded::Loaded;

/// Columns of a log of charging.
pub const COLUMNS: &[Column] = &[
    Column {
        role: "time",
        content: Content::Time,
        names: &["time", "timestamp", "date time", "datetime", "date"],
        is_needed: true,
    },
    Column {
        role: "soc",
        content: Content::Charge,
        names: &["soc", "state of charge", "battery level", "soc percent"],
        is_needed: true,
    },
    Column {
        role: "kw",
        content: Content::Number,
        names: &["kw", "power", "power kw", "charging power"],
        is_needed: true,
    },
    Column {
        role: "session",
        content: Content::Word,
        names: &["session", "session id", "transaction", "transaction id", "vehicle", "vehicle id"],
        is_needed: false,
    },
];
// Places in the list above.
const TIME: usize = 0;
const SOC: usize = 1;
const KW: usize = 2;
const SESSION: usize = 3;
/// Readings further apart belong to two sessions, seconds.
const GAP_S: f64 = 1_800.0;

/// Power between the states of charge of the scenario's curve, linear from one to the next.
struct Acceptance {
    knots: Vec<f64>,
    soc: Vec<f64>,
    kw: Vec<f64>,
    session: Vec<usize>,
}

impl Acceptance {
    /// The knot at or below a state of charge, and how far it is on the way to the next.
    fn place(&self, soc: f64) -> (usize, f64) {
        let at = self.knots.partition_point(|knot| *knot <= soc).clamp(1, self.knots.len() - 1) - 1;
        let (from, to) = (self.knots[at], self.knots[at + 1]);
        (at, ((soc - from) / (to - from)).clamp(0.0, 1.0))
    }
}

impl Model for Acceptance {
    fn rows(&self) -> usize {
        self.kw.len()
    }

    fn observed(&self, row: usize) -> f64 {
        self.kw[row]
    }

    fn predicted(&self, row: usize, parameters: &[f64], slopes: &mut [f64]) -> f64 {
        let (at, share) = self.place(self.soc[row]);
        slopes[at] = 1.0 - share;
        slopes[at + 1] = share;
        parameters[at] * (1.0 - share) + parameters[at + 1] * share
    }

    fn scale(&self, _row: usize) -> f64 {
        1.0
    }

    fn group(&self, row: usize) -> usize {
        self.session[row]
    }

    fn group_word(&self) -> &'static str {
        "charging sessions"
    }

    fn error_unit(&self) -> &'static str {
        "kW"
    }

    fn inputs(&self) -> &'static [&'static str] {
        &["state of charge"]
    }

    fn input(&self, row: usize, _input: usize) -> f64 {
        self.soc[row]
    }
}

pub(super) fn calibrate(loaded: &Loaded, key: &str, observed: &Observed, holdout: f64) -> Result<Calibrated, String> {
    let spec = loaded.scenario.truck_model.get(key).ok_or_else(|| format!("there is no truck model `{key}`"))?;
    let battery = spec.battery.as_ref().ok_or_else(|| format!("truck_model.{key} has no battery"))?;
    let mut said = observed.said.clone();
    let knots: Vec<f64> = battery.accepts_kw.iter().map(|knot| knot[0]).collect();
    let model = Acceptance {
        knots: knots.clone(),
        soc: observed.values[SOC].clone(),
        kw: observed.values[KW].clone(),
        session: sessions(observed),
    };
    for pair in knots.windows(2) {
        let rows = model.soc.iter().filter(|soc| (pair[0]..=pair[1]).contains(*soc)).count();
        if rows < LEAST_ROWS {
            return Err(format!(
                "{rows} readings lie between {} and {} of the battery's energy, {LEAST_ROWS} are needed: take readings \
                 there, or give truck_model.{key}.battery.accepts_kw fewer points",
                pair[0], pair[1]
            ));
        }
    }
    let start: Vec<f64> = battery.accepts_kw.iter().map(|knot| knot[1]).collect();
    let found = fit(&model, &start, holdout)?;
    let mut estimates = Vec::new();
    for (at, before) in start.iter().enumerate() {
        let path = format!("truck_model.{key}.battery.accepts_kw[{at}]");
        let told = (found.parameters[at], found.half_width_of(at));
        let told = estimate(path, "kW", Some(*before), told, 0.0, &mut said);
        estimates.push(Estimate { listed: Some(knots[at]), ..told });
    }
    said.push(
        "readings in which the charger and not the battery sets the power make the curve too low there".to_owned(),
    );
    Ok(Calibrated {
        title: format!("what the battery of {key} accepts"),
        file: String::new(),
        blake3: String::new(),
        estimates,
        points: points(&model, &found),
        check: found.check,
        unit: "kW",
        said,
    })
}

/// The session of each reading: by its name, and by gaps in time.
fn sessions(observed: &Observed) -> Vec<usize> {
    let word = |row: usize| observed.words[SESSION].get(row);
    let mut session = 0;
    (0..observed.rows)
        .map(|row| {
            let is_new = row > 0
                && (word(row) != word(row - 1) || observed.values[TIME][row] - observed.values[TIME][row - 1] > GAP_S);
            session += usize::from(is_new);
            session
        })
        .collect()
}
