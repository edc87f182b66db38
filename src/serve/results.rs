//! The routes of `/api/v1/runs/{id}` that send what is in the folder of a finished run or study.

use super::app::Shared;
use super::error::{ApiError, ApiResult, ErrorBody};
use super::extract::PathOf;
use super::parts;
use super::runs::aside;
use super::workspace::named;
use crate::record::folder::{REPORT, ReadSummary, SUMMARY};
use crate::record::hub::Hub;
use crate::record::names::Names;
use crate::record::read::{self, ReadError};
use crate::report::Page;
use crate::report::design::{self, SearchResult};
use crate::report::influence::{self, InfluenceResult};
use crate::report::study::{Comparison, STUDY};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

/// What came of a run or a study.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what files hold; they are sent as they are")]
enum Results {
    Run(ReadSummary),
    Comparison(Comparison),
    Search(SearchResult),
    Sensitivity(InfluenceResult),
}

/// The metrics of a finished run, its summary.json; of a comparison its compare.json, of a search its optimize.json, of a
/// sensitivity its sensitivity.json.
#[utoipa::path(get, path = "/api/v1/runs/{id}/results", params(("id" = String, Path, description = "Name of the run.")),
    responses((status = 200, body = Results, headers(("etag" = String))), (status = 304, description = "the caller has it"),
        (status = 404, body = ErrorBody)))]
pub(super) async fn summary(State(app): Shared, PathOf(id): PathOf<String>, headers: HeaderMap) -> ApiResult<Response> {
    aside(move || {
        let run = app.workspace.run(&id)?;
        let name = [STUDY, design::FILE, influence::FILE].into_iter().find(|name| run.holds_file(name));
        let name = name.unwrap_or(SUMMARY);
        Ok(parts::send(app.workspace.run_file(&id, name)?, "application/json", &headers))
    })
    .await
}

/// What the report shows of a finished run. Where a sensitivity of the same scenario lies beside it, that says which doubtful
/// numbers decide.
#[utoipa::path(get, path = "/api/v1/runs/{id}/page", params(("id" = String, Path, description = "Name of the run.")),
    responses((status = 200, body = Page), (status = 404, body = ErrorBody)))]
pub(super) async fn page(State(app): Shared, PathOf(id): PathOf<String>) -> ApiResult<Json<Page>> {
    aside(move || {
        let (folder, mut manifest) = app.workspace.without_links(&id)?;
        let sensitivity = app.workspace.sensitivity_of(&id, &manifest).map(|dir| dir.display().to_string());
        manifest.compared_with.extend(sensitivity.map(|dir| ("sensitivity".to_owned(), dir)));
        let data = crate::report::data(&folder, &manifest, None);
        data.map(Json).map_err(|error| ApiError::system(error.to_string()))
    })
    .await
}

/// The self-contained report of a finished run.
#[utoipa::path(get, path = "/api/v1/runs/{id}/report.html", params(("id" = String, Path, description = "Name of the run.")),
    responses((status = 200, content_type = "text/html", body = String), (status = 404, body = ErrorBody)))]
pub(super) async fn report(State(app): Shared, PathOf(id): PathOf<String>) -> ApiResult<Response> {
    aside(move || {
        let mut response = parts::typed(app.workspace.run_file(&id, REPORT)?, "text/html; charset=utf-8");
        // A run's folder may come from anybody: its page gets an origin of its own, which may ask this server nothing.
        let policy = HeaderValue::from_static("sandbox allow-scripts allow-downloads; frame-ancestors 'self'");
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        Ok(response)
    })
    .await
}

/// The tables of a finished run, by name.
#[utoipa::path(get, path = "/api/v1/runs/{id}/tables", params(("id" = String, Path, description = "Name of the run.")), responses((status = 200, body = Vec<String>), (status = 404, body = ErrorBody)))]
pub(super) async fn tables(State(app): Shared, PathOf(id): PathOf<String>) -> ApiResult<Json<Vec<String>>> {
    aside(move || app.workspace.tables(&id).map(Json)).await
}

/// One table of a finished run: `NAME.parquet`, or `NAME.csv` for a spreadsheet. A part of it with the header `Range`.
#[utoipa::path(get, path = "/api/v1/runs/{id}/tables/{table}", params(("id" = String, Path, description = "Name of the run."), ("table" = String, Path, description = "Name of the table with its ending.")),
    responses((status = 200, content_type = "application/vnd.apache.parquet", body = [u8], headers(("etag" = String))),
        (status = 206, description = "a part of it", content_type = "application/vnd.apache.parquet", body = [u8]),
        (status = 304, description = "the caller has it"), (status = 404, body = ErrorBody),
        (status = 416, body = ErrorBody, description = "it is shorter")))]
pub(super) async fn table(
    State(app): Shared,
    PathOf((id, table)): PathOf<(String, String)>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    aside(move || {
        if let Some(name) = table.strip_suffix(".csv") {
            named(name)?;
            let (folder, _) = app.workspace.without_links(&id)?;
            let tables = folder.join("tables");
            if !tables.join(format!("{name}.parquet")).is_file() {
                return Err(ApiError::missing("there is no such file"));
            }
            let failed = |error: ReadError| ApiError::system(error.to_string());
            let calendar = Hub::read(&folder).and_then(|hub| hub.calendar(&folder)).map_err(failed)?;
            let csv = read::csv(&tables, name, &Names::none(calendar)).map_err(failed)?;
            return Ok(parts::send(csv, "text/csv; charset=utf-8", &headers));
        }
        let name = table.strip_suffix(".parquet").unwrap_or(&table);
        named(name)?;
        let bytes = app.workspace.run_file(&id, &format!("tables/{name}.parquet"))?;
        Ok(parts::send(bytes, "application/vnd.apache.parquet", &headers))
    })
    .await
}
