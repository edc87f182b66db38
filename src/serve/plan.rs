//! The plan of a terminal or depot of a draft, as the page draws it.

use super::app::Shared;
use super::edit::{self, Change};
use super::error::ApiResult;
use super::extract::JsonBody;
use super::layout;
use super::runs::load_aside;
use crate::scenario::load::drawing_of;
use crate::yard::lots::corner;
use crate::yard::spec::Feature;
use axum::Json;
use axum::extract::State;
use geo::{Coord, CoordsIter, Geometry, LineString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A site of a scenario with changes that are not saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanOf {
    /// Path of the scenario inside the served folder.
    scenario: String,
    /// Overlays beside it, by name.
    #[serde(default)]
    strategies: Vec<String>,
    /// Changes on top.
    #[serde(default)]
    changes: Vec<Change>,
    /// Key of the site.
    site: String,
}

/// The plan of a site. Coordinates are metres as `at_m` of a charging lot has them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlanView {
    /// Its parts; none where the site has no plan.
    features: Vec<PlanFeature>,
}

/// A part of a plan.
#[derive(Debug, Serialize, ToSchema)]
struct PlanFeature {
    /// Its id; empty where it has none.
    key: String,
    /// What it is: `fence`, `quay`, `block`, `gate`, `rail`, `road`, `lot`, `parking` or `building`.
    part: &'static str,
    /// Are its paths the rings of an area?
    is_area: bool,
    /// Rings, lines, or points of one position each; east and north by turns, m.
    paths: Vec<Vec<f64>>,
}

/// The plan of a terminal or depot of a draft.
#[utoipa::path(post, path = "/api/v1/scenarios/plan", request_body = PlanOf, responses((status = 200, body = PlanView)))]
pub(super) async fn plan(State(app): Shared, body: JsonBody<PlanOf>) -> ApiResult<Json<PlanView>> {
    let PlanOf { scenario, strategies, changes, site } = body.0;
    load_aside(app, move |app| {
        let request = app.workspace.request(&scenario, &strategies, edit::settings(&changes)?)?;
        let loaded = layout::load_changed(&request, &changes)?;
        let drawing = drawing_of(&loaded.scenario, &loaded.plans, &site).unwrap_or_default();
        let from = corner(&drawing).unwrap_or_default();
        Ok(Json(PlanView { features: drawing.features.iter().map(|it| view(it, from)).collect() }))
    })
    .await
}

fn view(feature: &Feature, from: Coord) -> PlanFeature {
    let path =
        |line: &LineString| -> Vec<f64> { line.0.iter().flat_map(|at| [at.x - from.x, at.y - from.y]).collect() };
    let rings = |area: &geo::Polygon| -> Vec<Vec<f64>> {
        core::iter::once(area.exterior()).chain(area.interiors()).map(path).collect()
    };
    let (is_area, paths): (bool, Vec<Vec<f64>>) = match &feature.shape {
        Geometry::Polygon(area) => (true, rings(area)),
        Geometry::MultiPolygon(areas) => (true, areas.0.iter().flat_map(rings).collect()),
        Geometry::Rect(rect) => (true, rings(&rect.to_polygon())),
        Geometry::LineString(line) => (false, vec![path(line)]),
        Geometry::MultiLineString(lines) => (false, lines.0.iter().map(path).collect()),
        Geometry::Line(line) => (false, vec![path(&LineString::from(*line))]),
        other => (false, other.coords_iter().map(|at| vec![at.x - from.x, at.y - from.y]).collect()),
    };
    PlanFeature { key: feature.key.clone(), part: feature.part.word(), is_area, paths }
}
