//! What the user writes about ways between places, and about the weather there.

use crate::kernel::sources::Sources;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[travel]`: distances and times between sites.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TravelSpec {
    /// Road distance over great-circle distance.
    #[schemars(range(min = 1.0, max = 3.0))]
    pub circuity: f64,
    /// A CSV with the columns `origin, destination, km` and optionally `minutes` (without traffic); pairs it
    /// does not name fall back to the great circle. It is read both ways unless it names both.
    pub matrix: Option<String>,
    /// Trips up to this many km go by local streets.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub local_up_to_km: f64,
    /// Longer trips up to this many km go by arterial roads; longer ones by freeway.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub arterial_up_to_km: f64,
    /// Speed without traffic on local streets, km/h.
    #[schemars(range(min = 5.0, max = 130.0))]
    pub local_kmh: f64,
    /// Speed without traffic on arterial roads, km/h.
    #[schemars(range(min = 5.0, max = 130.0))]
    pub arterial_kmh: f64,
    /// Speed without traffic on freeways, km/h.
    #[schemars(range(min = 5.0, max = 130.0))]
    pub freeway_kmh: f64,
    /// Speed over speed without traffic for the 24 hours of a weekday.
    #[schemars(length(min = 24, max = 24))]
    pub traffic: Vec<f64>,
    /// Energy per km on local streets over that on a freeway.
    #[schemars(range(min = 0.5, max = 3.0))]
    pub local_energy_factor: f64,
    /// Energy per km on arterial roads over that on a freeway.
    #[schemars(range(min = 0.5, max = 3.0))]
    pub arterial_energy_factor: f64,
    /// Spread of the energy of single trips around their mean (coefficient of variation).
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub energy_cv: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[weather]`: air temperature.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeatherSpec {
    /// Mean temperature of the months January to December, degrees Celsius.
    #[schemars(length(min = 12, max = 12))]
    pub mean_c: Vec<f64>,
    /// Highest minus lowest temperature of a day, degrees Celsius.
    #[schemars(range(min = 0.0, max = 40.0))]
    pub daily_range_c: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[background]`: what lies under the sites on a map. It changes no result.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackgroundSpec {
    /// A `GeoJSON` file beside the scenario. Its lines are roads, along which trucks are drawn; its polygons are outlines,
    /// such as yard blocks and buildings, with a property `name`.
    pub geojson: Option<String>,
    /// A picture beside the scenario, such as a photograph from the air with north at its top: PNG or JPEG of up to 2 MB.
    pub picture: Option<String>,
    /// Two points of the picture, apart in both directions, which say where it lies.
    #[serde(default)]
    #[schemars(length(max = 2))]
    pub picture_at: Vec<PicturePoint>,
}

/// A point of a picture, and where it is on earth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PicturePoint {
    /// From the left edge, pixels.
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub x: f64,
    /// From the top edge, pixels.
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub y: f64,
    /// Latitude, degrees north.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub lat: f64,
    /// Longitude, degrees east.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub lon: f64,
}
