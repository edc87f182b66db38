//! Energy of trips: use per kilometre by what is pulled, idling, cold and heat.

use super::fit::{LEAST_ROWS, fit, relative_spread};
use super::model::Model;
use super::result::{Calibrated, estimate, points};
use crate::import::observed::{Column, Content, Observed};
use crate::place::spec::TravelSpec;
use crate::place::travel::energy_factor;
use crate::scenario::loaded::Loaded;
use crate::truck::rules::outside_mild;

/// Columns of a file of trips.
pub const COLUMNS: &[Column] = &[
    Column {
        role: "start",
        content: Content::Time,
        names: &["start", "start time", "trip start", "trip start time", "departure", "departure time", "start date"],
        is_needed: true,
    },
    Column {
        role: "distance",
        content: Content::Distance,
        names: &["distance", "km", "miles", "trip distance", "mileage"],
        is_needed: true,
    },
    Column {
        role: "energy_kwh",
        content: Content::Number,
        names: &["energy", "energy kwh", "energy used", "kwh", "net energy", "consumption"],
        is_needed: true,
    },
    Column {
        role: "pull",
        content: Content::Word,
        names: &["pull", "load", "load state", "trailer", "container"],
        is_needed: false,
    },
    Column {
        role: "temperature",
        content: Content::Temperature,
        names: &[
            "temperature",
            "temp",
            "ambient",
            "ambient temp",
            "outside temp",
            "ambient temperature",
            "outside temperature",
            "air temperature",
        ],
        is_needed: false,
    },
    Column { role: "idle_h", content: Content::Number, names: &["idle", "idle hours", "idling"], is_needed: false },
    Column {
        role: "payload",
        content: Content::Number,
        names: &[
            "payload",
            "payload t",
            "payload kg",
            "cargo weight",
            "gross weight",
            "gvw",
            "weight",
            "mass",
            "tonnes",
        ],
        is_needed: false,
    },
];
// Places in the list above.
const DISTANCE: usize = 1;
const ENERGY: usize = 2;
const PULL: usize = 3;
const TEMPERATURE: usize = 4;
const IDLE: usize = 5;
const PAYLOAD: usize = 6;

/// What a truck pulls, the words for it, and the key of its use.
const PULLS: [(&str, &[&str]); 3] = [
    ("bobtail_per_km", &["bobtail", "none", "no", "chassis", "bare chassis"]),
    ("empty_per_km", &["empty", "unladen", "empty container"]),
    ("loaded_per_km", &["loaded", "laden", "full", "loaded container"]),
];

struct Trip {
    /// Freeway kilometres that would take the same energy.
    km: f64,
    kwh: f64,
    pull: usize,
    cold_c: f64,
    hot_c: f64,
    idle_h: f64,
    /// Distance, temperature, idling and payload, as they are in the file.
    inputs: [f64; 4],
}

/// The parameters: use of the pulls that are there, then idling, cold and heat where they are told.
struct Energy {
    trips: Vec<Trip>,
    /// Parameter of each pull.
    of_pull: [Option<usize>; 3],
    idle: Option<usize>,
    cold: Option<usize>,
    hot: Option<usize>,
    /// What the scenario says of what is not fitted.
    kept: (f64, f64, f64),
}

impl Model for Energy {
    fn rows(&self) -> usize {
        self.trips.len()
    }

    fn observed(&self, row: usize) -> f64 {
        self.trips[row].kwh
    }

    fn predicted(&self, row: usize, parameters: &[f64], slopes: &mut [f64]) -> f64 {
        let trip = &self.trips[row];
        let of = |at: Option<usize>, kept: f64| at.map_or(kept, |at| parameters[at]);
        let (idle, cold, hot) = (of(self.idle, self.kept.0), of(self.cold, self.kept.1), of(self.hot, self.kept.2));
        let weather = 1.0 + cold * trip.cold_c + hot * trip.hot_c;
        let per_km = of(self.of_pull[trip.pull], 0.0);
        let mild = per_km * trip.km;
        let mut slope = |at: Option<usize>, slope: f64| at.into_iter().for_each(|at| slopes[at] = slope);
        slope(self.of_pull[trip.pull], trip.km * weather);
        slope(self.idle, trip.idle_h);
        slope(self.cold, mild * trip.cold_c);
        slope(self.hot, mild * trip.hot_c);
        mild * weather + idle * trip.idle_h
    }

    /// The spread of a trip's energy grows with its length (`travel.energy_cv`).
    fn scale(&self, row: usize) -> f64 {
        self.trips[row].km
    }

    fn error_unit(&self) -> &'static str {
        "kWh/km"
    }

    fn inputs(&self) -> &'static [&'static str] {
        &["distance (km)", "temperature (C)", "idling (h)", "payload"]
    }

    fn input(&self, row: usize, input: usize) -> f64 {
        self.trips[row].inputs[input]
    }
}

pub(super) fn calibrate(loaded: &Loaded, key: &str, observed: &Observed, holdout: f64) -> Result<Calibrated, String> {
    let scenario = &loaded.scenario;
    let spec = scenario.truck_model.get(key).ok_or_else(|| format!("there is no truck model `{key}`"))?;
    if spec.battery.is_none() {
        return Err(format!("truck_model.{key} has no battery: energy in kWh cannot be fitted"));
    }
    let travel = scenario.travel.as_ref().ok_or("the scenario has no `[travel]`, so it has no trips")?;
    let mut said = observed.said.clone();
    let trips = trips(travel, (spec.mild_from_c, spec.mild_to_c), observed, &mut said)?;
    let before = [spec.bobtail_per_km, spec.empty_per_km, spec.loaded_per_km];
    let (model, start) = model(trips, spec, observed, &mut said);
    let found = fit(&model, &start, holdout)?;
    let mut estimates = Vec::new();
    let mut add = |at: Option<usize>, name: &str, unit, before, least, said: &mut Vec<String>| {
        let Some(at) = at else { return };
        let value = (found.parameters[at], found.half_width_of(at));
        estimates.push(estimate(format!("truck_model.{key}.{name}"), unit, Some(before), value, least, said));
    };
    for (pull, (name, _)) in PULLS.iter().enumerate() {
        add(model.of_pull[pull], name, "kWh/km", before[pull], 0.001, &mut said);
    }
    add(model.idle, "idle_per_h", "kWh/h", spec.idle_per_h, 0.0, &mut said);
    add(model.cold, "cold_per_c", "1/C", spec.cold_per_c, 0.0, &mut said);
    add(model.hot, "hot_per_c", "1/C", spec.hot_per_c, 0.0, &mut said);
    let spread = relative_spread(&model, &found);
    estimates.push(estimate("travel.energy_cv".to_owned(), "", Some(travel.energy_cv), spread, 0.0, &mut said));
    Ok(Calibrated {
        title: format!("energy of trips of {key}"),
        file: String::new(),
        blake3: String::new(),
        estimates,
        points: points(&model, &found),
        check: found.check,
        unit: "kWh",
        said,
    })
}

fn trips(
    travel: &TravelSpec,
    mild_c: (f64, f64),
    observed: &Observed,
    said: &mut Vec<String>,
) -> Result<Vec<Trip>, String> {
    let number = |column: usize, row: usize, absent: f64| {
        let value = observed.values[column].get(row).copied().unwrap_or(absent);
        if value.is_nan() { absent } else { value }
    };
    let (mut trips, mut strange, mut standing, mut no_weather) = (Vec::new(), 0, 0, 0);
    for row in 0..observed.rows {
        let km = number(DISTANCE, row, 0.0);
        let word = observed.words[PULL].get(row).map_or("loaded", String::as_str);
        let Some(pull) = PULLS.iter().position(|(_, words)| words.contains(&word)) else {
            strange += 1;
            continue;
        };
        // A shorter trip is a manoeuvre: its energy is not that of a road.
        if km < 0.5 {
            standing += 1;
            continue;
        }
        let celsius = number(TEMPERATURE, row, f64::NAN);
        no_weather += usize::from(celsius.is_nan());
        let (cold_c, hot_c) = if celsius.is_nan() { (0.0, 0.0) } else { outside_mild(celsius, mild_c) };
        trips.push(Trip {
            km: km * energy_factor(travel, km),
            kwh: number(ENERGY, row, 0.0),
            pull,
            cold_c,
            hot_c,
            idle_h: number(IDLE, row, 0.0),
            inputs: [km, celsius, number(IDLE, row, f64::NAN), number(PAYLOAD, row, f64::NAN)],
        });
    }
    if strange == observed.rows {
        return Err("no row says bobtail, empty or loaded in its column of the load; a column of weights is `payload`"
            .to_owned());
    }
    let told = [
        (strange, "rows say neither bobtail, empty nor loaded, and are left out"),
        (standing, "trips are shorter than 0.5 km, and are left out"),
        (no_weather, "rows have no temperature and are taken as driven in mild weather"),
    ];
    said.extend(told.into_iter().filter(|it| it.0 > 0).map(|(rows, what)| format!("{rows} {what}")));
    if observed.words[PULL].is_empty() {
        said.push("no column says what was pulled: all trips are taken as loaded".to_owned());
    }
    if !observed.values[PAYLOAD].is_empty() {
        said.push(
            "payload is in no formula of a scenario: it is not fitted, and the rows held out are searched for what it does".to_owned(),
        );
    }
    Ok(trips)
}

fn model(
    trips: Vec<Trip>,
    spec: &crate::truck::spec::TruckModelSpec,
    observed: &Observed,
    said: &mut Vec<String>,
) -> (Energy, Vec<f64>) {
    let mut start = Vec::new();
    let mut fitted = |rows: usize, name: &str, from: f64| {
        if rows < LEAST_ROWS {
            said.push(format!("{name} is not fitted: {rows} rows cover it, {LEAST_ROWS} are needed"));
            return None;
        }
        start.push(from);
        Some(start.len() - 1)
    };
    let count = |fits: &dyn Fn(&Trip) -> bool| trips.iter().filter(|trip| fits(trip)).count();
    let uses = [spec.bobtail_per_km, spec.empty_per_km, spec.loaded_per_km];
    let of_pull = [0, 1, 2].map(|pull| fitted(count(&|trip| trip.pull == pull), PULLS[pull].0, uses[pull]));
    let idle = if observed.values[IDLE].is_empty() { None } else { Some(count(&|trip| trip.idle_h > 0.0)) };
    let idle = fitted(idle.unwrap_or(0), "idle_per_h", spec.idle_per_h);
    let cold = fitted(count(&|trip| trip.cold_c > 1.0), "cold_per_c", spec.cold_per_c);
    let hot = fitted(count(&|trip| trip.hot_c > 1.0), "hot_per_c", spec.hot_per_c);
    let trips = trips.into_iter().filter(|trip| of_pull[trip.pull].is_some()).collect();
    let kept = (spec.idle_per_h, spec.cold_per_c, spec.hot_per_c);
    (Energy { trips, of_pull, idle, cold, hot, kept }, start)
}
