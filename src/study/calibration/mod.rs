//! Calibration: numbers of a scenario fitted to what was measured, with intervals, and tried on a later part of the data that
//! the fit has not seen. What comes out is an overlay whose numbers count as measured.
//!
//! One file a kind of data: `energy` (trips with their energy), `turn` (a gate's log), `base_load` (a meter), `acceptance`
//! (charging power by state of charge), `shift` (charging sessions of a fleet); `model`, `fit`, `covariance` and `holdout` are common to them,
//! `overlay` and `page` write.

mod acceptance;
mod base_load;
mod covariance;
mod energy;
mod fit;
mod holdout;
mod model;
mod overlay;
mod page;
mod result;
mod shift;
mod turn;

pub use fit::{LEAST_ROWS, LEVEL};
pub use holdout::{Check, Unexplained};
pub use overlay::overlay;
pub use page::page;
pub use result::{Calibrated, Estimate};

use crate::account::load::Load;
use crate::import::observed::Observed;
use crate::scenario::loaded::Loaded;

/// What a file of trips, of a gate or of charging must hold.
pub mod columns {
    pub use super::acceptance::COLUMNS as CHARGING;
    pub use super::energy::COLUMNS as TRIPS;
    pub use super::shift::COLUMNS as SESSIONS;
    pub use super::turn::COLUMNS as GATE;
}

/// A file of measurements, and what of the scenario it is about.
#[derive(Debug)]
pub enum Data {
    /// Trips of one truck model, in the columns [`columns::TRIPS`].
    Trips(String, Observed),
    /// Visits at one terminal, in the columns [`columns::GATE`].
    Gate(String, Observed),
    /// The base load of one site.
    Meter(String, Load),
    /// Charging of one truck model, in the columns [`columns::CHARGING`].
    Charging(String, Observed),
    /// Charging sessions of one fleet at home, in the columns [`columns::SESSIONS`].
    Sessions(String, Observed),
}

/// Fits what one file tells. `holdout` is the share of its later rows that the fit does not see.
///
/// # Errors
/// Why nothing can be fitted.
pub fn calibrate(loaded: &Loaded, file: &str, blake3: &str, data: &Data, holdout: f64) -> Result<Calibrated, String> {
    let fitted = match data {
        Data::Trips(model, observed) => energy::calibrate(loaded, model, observed, holdout),
        Data::Gate(terminal, observed) => turn::calibrate(loaded, terminal, observed, holdout),
        Data::Meter(site, load) => base_load::calibrate(loaded, site, load, holdout),
        Data::Charging(model, observed) => acceptance::calibrate(loaded, model, observed, holdout),
        Data::Sessions(fleet, observed) => shift::calibrate(loaded, fleet, observed, holdout),
    }?;
    Ok(Calibrated { file: file.to_owned(), blake3: blake3.to_owned(), ..fitted })
}
