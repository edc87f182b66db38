//! A gate's log: how long trucks stay in a terminal.

use super::fit::{LEAST_ROWS, fit, relative_spread};
use super::model::Model;
use super::result::{Calibrated, estimate, points};
use crate::import::observed::{Column, Content, Observed};
use crate::scenario::loaded::Loaded;

/// Columns of a gate's log.
pub const COLUMNS: &[Column] = &[
    Column {
        role: "gate_in",
        content: Content::Time,
        names: &["gate in", "in gate", "ingate", "gate in time", "in gate time", "entry", "entry time", "check in"],
        is_needed: true,
    },
    Column {
        role: "gate_out",
        content: Content::Time,
        names: &["gate out", "out gate", "outgate", "gate out time", "out gate time", "exit", "exit time", "check out"],
        is_needed: true,
    },
    Column {
        role: "moves",
        content: Content::Number,
        names: &["moves", "transactions", "containers"],
        is_needed: false,
    },
];
// Places in the list above.
const IN: usize = 0;
const OUT: usize = 1;
const MOVES: usize = 2;
/// A longer stay is a truck that was left, or a line of a log that was not closed, minutes.
const LONGEST_MIN: f64 = 24.0 * 60.0;

struct Turns {
    minutes: Vec<f64>,
    second: Vec<bool>,
    moves: Vec<f64>,
    has_second: bool,
}

impl Model for Turns {
    fn rows(&self) -> usize {
        self.minutes.len()
    }

    fn observed(&self, row: usize) -> f64 {
        self.minutes[row]
    }

    fn predicted(&self, row: usize, parameters: &[f64], slopes: &mut [f64]) -> f64 {
        slopes[0] = 1.0;
        if !self.has_second {
            return parameters[0];
        }
        let second = f64::from(u8::from(self.second[row]));
        slopes[1] = second;
        parameters[0] + parameters[1] * second
    }

    fn scale(&self, _row: usize) -> f64 {
        1.0
    }

    fn error_unit(&self) -> &'static str {
        "min"
    }

    fn inputs(&self) -> &'static [&'static str] {
        &["moves"]
    }

    fn input(&self, row: usize, _input: usize) -> f64 {
        self.moves[row]
    }
}

pub(super) fn calibrate(loaded: &Loaded, key: &str, observed: &Observed, holdout: f64) -> Result<Calibrated, String> {
    let spec = loaded.scenario.terminal.get(key).ok_or_else(|| format!("there is no terminal `{key}`"))?;
    let mut said = observed.said.clone();
    let (mut minutes, mut moves, mut left_out) = (Vec::new(), Vec::new(), 0);
    for row in 0..observed.rows {
        let stay_min = (observed.values[OUT][row] - observed.values[IN][row]) / 60.0;
        if !(0.0..=LONGEST_MIN).contains(&stay_min) {
            left_out += 1;
            continue;
        }
        minutes.push(stay_min);
        moves.push(observed.values[MOVES].get(row).copied().unwrap_or(f64::NAN));
    }
    if left_out > 0 {
        said.push(format!("{left_out} visits end before they begin, or last longer than a day, and are left out"));
    }
    let second: Vec<bool> = moves.iter().map(|moves| *moves >= 2.0).collect();
    let seconds = second.iter().filter(|second| **second).count();
    let has_second = seconds >= LEAST_ROWS;
    if !has_second {
        said.push(format!("second_move_min is not fitted: {seconds} visits have two moves, {LEAST_ROWS} are needed"));
    }
    let model = Turns { minutes, second, moves, has_second };
    let start = [spec.turn_min, spec.second_move_min];
    let found = fit(&model, &start[..=usize::from(has_second)], holdout)?;
    let path = |name: &str| format!("terminal.{key}.{name}");
    let told = |at: usize| (found.parameters[at], found.half_width_of(at));
    let mut estimates = vec![estimate(path("turn_min"), "min", Some(spec.turn_min), told(0), 0.0, &mut said)];
    if has_second {
        let before = Some(spec.second_move_min);
        estimates.push(estimate(path("second_move_min"), "min", before, told(1), 0.0, &mut said));
    }
    let cv = relative_spread(&model, &found);
    estimates.push(estimate(path("turn_cv"), "", Some(spec.turn_cv), cv, 0.0, &mut said));
    said.push("time in the gate's queue is not in the log: gate_lanes and gate_min stay as they are".to_owned());
    Ok(Calibrated {
        title: format!("time of trucks in terminal {key}"),
        file: String::new(),
        blake3: String::new(),
        estimates,
        points: points(&model, &found),
        check: found.check,
        unit: "min",
        said,
    })
}
