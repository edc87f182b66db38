//! The routes of `/api/v1`, each a thin function over the workspace and the queue.

use super::app::{App, Shared};
use super::choices::{self, Choice, Decisions, Template};
use super::edit::{self, Change};
use super::error::{ApiError, ApiResult, ErrorBody, ScenarioError};
use super::extract::{JsonBody, PathOf, QueryOf};
use super::request::{Asked, ComparisonRequest, RunRequest, SearchRequest, SensitivityRequest};
use super::runs::{Runs, aside, finished_state, load_aside, runs};
use super::ticket::RunState;
use super::workspace::{NOT_SCENARIOS, ScenarioEntry, named};
use super::{files, layout, parts, prepare, results, save};
use crate::document::problem::{Problem, Problems};
use crate::import;
use crate::policy::decide::is_asked;
use crate::policy::kind::PolicyKind;
use crate::policy::spec::is_plugin_file;
use crate::report::land::Region;
use crate::scenario::doubt::doubts;
use crate::scenario::load::{document, load};
use crate::scenario::loaded::Background;
use crate::scenario::shipped;
use crate::scenario::template::find;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The description of the interface.
#[derive(OpenApi)]
#[openapi(info(
    title = "Portvolt",
    description = "Scenarios and runs of one folder: check and save changes, run them, watch, read results. Every error has the body `ErrorBody`."
), security((), ("token" = [])), modifiers(&Security))]
struct Description;

/// A server may ask for its token.
struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = Http::new(HttpAuthScheme::Bearer);
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// All routes, and their description: every error, also one that a route does not name, has one shape.
pub(super) fn described() -> (axum::Router<Arc<App>>, utoipa::openapi::OpenApi) {
    let (router, mut openapi) = routes().split_for_parts();
    let error = || {
        let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
        utoipa::openapi::Response::builder().description("any other error").content("application/json", body).build()
    };
    for path in openapi.paths.paths.values_mut() {
        for operation in [&mut path.get, &mut path.put, &mut path.post, &mut path.delete].into_iter().flatten() {
            operation.responses.responses.entry("default".to_owned()).or_insert_with(|| RefOr::T(error()));
        }
    }
    (router, openapi)
}

/// The paths of a description that take something behind the `?`.
pub(super) fn query_takers(description: &utoipa::openapi::OpenApi) -> BTreeSet<String> {
    let takes = |item: &utoipa::openapi::PathItem| {
        let operations = [&item.get, &item.put, &item.post, &item.delete].into_iter().flatten();
        let mut parameters = operations.flat_map(|operation| operation.parameters.iter().flatten());
        parameters.any(|it| matches!(it, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query))
    };
    description.paths.paths.iter().filter(|path| takes(path.1)).map(|path| path.0.clone()).collect()
}

fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(workspace))
        .routes(routes!(schema))
        .routes(routes!(new_scenario))
        .routes(routes!(check))
        .routes(routes!(save_draft))
        .routes(routes!(scenario_file))
        .routes(routes!(put_tariff))
        .routes(routes!(put_background))
        .routes(routes!(background))
        .routes(routes!(files::read_file))
        .routes(routes!(files::use_file))
        .routes(routes!(super::plan::plan))
        .routes(routes!(list_runs, start))
        .routes(routes!(start_comparison))
        .routes(routes!(start_search))
        .routes(routes!(start_sensitivity))
        .routes(routes!(run_state, delete))
        .routes(routes!(cancel))
        .routes(routes!(finish))
        .routes(routes!(land))
        .routes(routes!(super::events::events))
        .routes(routes!(super::events::list_events))
        .routes(routes!(results::summary))
        .routes(routes!(results::page))
        .routes(routes!(results::report))
        .routes(routes!(results::tables))
        .routes(routes!(results::table))
        .routes(routes!(put_plugin))
}

/// What the folder holds and what can be chosen.
#[derive(Debug, Serialize, ToSchema)]
struct WorkspaceView {
    /// Version of Portvolt.
    portvolt: &'static str,
    /// The folder.
    folder: String,
    scenarios: Vec<ScenarioEntry>,
    /// Further scenarios that are not listed: the folder holds too many.
    scenarios_left_out: usize,
    /// Scenarios that can be copied into the folder.
    templates: Vec<Template>,
    /// Tariffs that come with Portvolt.
    tariffs: Vec<Choice>,
    /// What policies decide, and which ones are built in.
    decisions: Vec<Decisions>,
    /// May plugins be put into the folder?
    allows_plugins: bool,
}

/// What the folder holds: scenarios, and what can be chosen in forms.
#[utoipa::path(get, path = "/api/v1/workspace", responses((status = 200, body = WorkspaceView)))]
async fn workspace(State(app): Shared) -> ApiResult<Json<WorkspaceView>> {
    aside(move || {
        let (scenarios, scenarios_left_out) = app.workspace.scenarios();
        Ok(Json(WorkspaceView {
            portvolt: env!("CARGO_PKG_VERSION"),
            folder: std::path::absolute(app.workspace.root()).unwrap_or_default().display().to_string(),
            scenarios,
            scenarios_left_out,
            templates: shipped::names().filter_map(|name| Some(choices::template(name, &find(name)?))).collect(),
            tariffs: import::SHIPPED.iter().map(|tariff| choices::tariff(tariff.0, tariff.1)).collect(),
            decisions: choices::decisions(),
            allows_plugins: app.allows_plugins,
        }))
    })
    .await
}

/// The JSON Schema of a scenario: forms are made from it.
#[utoipa::path(get, path = "/api/v1/schema", responses((status = 200, body = Value)))]
async fn schema() -> Json<Value> {
    Json(crate::scenario::schema::schema())
}

/// A copy of a template.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewScenario {
    template: String,
    /// The folder to make.
    name: String,
}

/// Where a scenario was written.
#[derive(Debug, Serialize, ToSchema)]
struct Written {
    /// Path inside the served folder.
    path: String,
    /// The file's text.
    text: String,
}

/// Copies a template into the folder.
#[utoipa::path(post, path = "/api/v1/scenarios", request_body = NewScenario,
    responses((status = 201, body = Written), (status = 409, body = ErrorBody, description = "the name is taken")))]
async fn new_scenario(State(app): Shared, body: JsonBody<NewScenario>) -> ApiResult<(StatusCode, Json<Written>)> {
    let NewScenario { template, name } = body.0;
    aside(move || {
        let files = find(&template).ok_or_else(|| ApiError::missing(format!("there is no template `{template}`")))?;
        named(&name)?;
        if NOT_SCENARIOS.contains(&name.as_str()) {
            return Err(ApiError::bad(format!("a folder `{name}` is not searched for scenarios; take another name")));
        }
        save::copy(&files, &app.workspace.inside(&name)?)?;
        let text = app.workspace.text(&name)?;
        Ok((StatusCode::CREATED, Json(Written { path: name, text })))
    })
    .await
}

/// A scenario with changes that are not saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Draft {
    /// Path of the scenario inside the served folder.
    scenario: String,
    /// Overlays beside it, by name.
    #[serde(default)]
    strategies: Vec<String>,
    /// Changes on top.
    #[serde(default)]
    changes: Vec<Change>,
}

/// What is wrong with a draft, and what it says.
#[derive(Debug, Serialize, ToSchema)]
struct Checked {
    /// Errors as `portvolt validate --format json` lists them; empty when it can be run.
    problems: Vec<ScenarioError>,
    /// What can be run and is probably an error all the same.
    doubts: Vec<String>,
    /// What policies decide in it, as their tables are called (`policy.charging`); empty where there are problems.
    decisions: Vec<&'static str>,
    /// The whole scenario with overlays and changes; null where a file cannot be read.
    document: Value,
}

/// Says what is wrong with a draft, as `portvolt validate` does. Nothing is written.
#[utoipa::path(post, path = "/api/v1/scenarios/check", request_body = Draft, responses((status = 200, body = Checked)))]
async fn check(State(app): Shared, body: JsonBody<Draft>) -> ApiResult<Json<Checked>> {
    let draft = body.0;
    load_aside(app, move |app| {
        let settings = edit::settings(&draft.changes)?;
        let request = app.workspace.request(&draft.scenario, &draft.strategies, settings)?;
        let document = document(&request).unwrap_or_default();
        Ok(Json(match layout::load_changed(&request, &draft.changes) {
            Ok(loaded) => {
                let asked = PolicyKind::ALL.iter().filter(|kind| is_asked(**kind, &loaded.scenario));
                let decisions = asked.map(|kind| kind.setting()).collect();
                Checked { problems: Vec::new(), doubts: doubts(&loaded), decisions, document }
            }
            Err(problems) => {
                let problems = ScenarioError::all(&problems);
                Checked { problems, doubts: Vec::new(), decisions: Vec::new(), document }
            }
        }))
    })
    .await
}

/// A draft and the name of its file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Save {
    /// Path of the scenario inside the served folder.
    scenario: String,
    /// Overlays beside it, by name: the new file builds on them.
    #[serde(default)]
    strategies: Vec<String>,
    /// Changes on top.
    #[serde(default)]
    changes: Vec<Change>,
    /// Name of the new file beside the scenario, without `.toml`.
    name: String,
}

/// Writes a draft as a new file beside its scenario; comments and order of the scenario are kept.
#[utoipa::path(post, path = "/api/v1/scenarios/save", request_body = Save,
    responses((status = 201, body = Written), (status = 409, body = ErrorBody, description = "the name is taken"),
        (status = 422, body = ErrorBody, description = "the draft has errors")))]
async fn save_draft(State(app): Shared, body: JsonBody<Save>) -> ApiResult<(StatusCode, Json<Written>)> {
    let save: Save = body.0;
    load_aside(app, move |app| {
        named(&save.name)?;
        let (new, text) = save::draft(&app.workspace, &save.scenario, &save.strategies, &save.changes, &save.name)?;
        let path = new.strip_prefix(app.workspace.root()).unwrap_or(&new).display().to_string();
        Ok((StatusCode::CREATED, Json(Written { path, text })))
    })
    .await
}

/// A file of the planner's own: a tariff (JSON of the Utility Rate Database, whose name ends in `.json`) or a map (`GeoJSON` of
/// roads and outlines, whose name ends in `.geojson`).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFile {
    /// Path of the scenario inside the served folder.
    scenario: String,
    /// Name of the file.
    name: String,
    text: String,
}

impl NewFile {
    /// Puts it beside the scenario, if `read` finds nothing wrong with it; it is not put over a file that is there.
    fn put(
        self,
        app: &App,
        kind: (&str, &str),
        read: impl FnOnce(&Self, &mut Vec<Problem>) -> ApiResult<()>,
    ) -> ApiResult<(StatusCode, Json<Written>)> {
        let (what, ending) = kind;
        named(&self.name)?;
        if std::path::Path::new(&self.name).extension().is_none_or(|it| it != ending) {
            return Err(ApiError::bad(format!("`{}`: {what} is a file whose name ends in .{ending}", self.name)));
        }
        let mut list = Vec::new();
        read(&self, &mut list)?;
        if !list.is_empty() {
            return Err(Problems { files: Vec::new(), list }.into());
        }
        save::create_in(&app.workspace.beside(&self.scenario)?, &self.name, self.text.as_bytes())?;
        Ok((StatusCode::CREATED, Json(Written { path: self.name, text: self.text })))
    }
}

/// Puts a tariff beside a scenario, if it is one; it is not put over a file that is there.
#[utoipa::path(post, path = "/api/v1/scenarios/tariff", request_body = NewFile,
    responses((status = 201, body = Written), (status = 409, body = ErrorBody, description = "the name is taken"),
        (status = 422, body = ErrorBody, description = "it is no tariff")))]
async fn put_tariff(State(app): Shared, body: JsonBody<NewFile>) -> ApiResult<(StatusCode, Json<Written>)> {
    let read = |file: &NewFile, problems: &mut Vec<Problem>| {
        import::tariff(&file.name, &file.text, None, problems);
        Ok(())
    };
    aside(move || body.0.put(&app, ("a tariff", "json"), read)).await
}

/// Puts a map beside a scenario, to lie under its sites, if it is one; it is not put over a file that is there.
#[utoipa::path(post, path = "/api/v1/scenarios/background", request_body = NewFile,
    responses((status = 201, body = Written), (status = 409, body = ErrorBody, description = "the name is taken"),
        (status = 422, body = ErrorBody, description = "it is no map of this region")))]
async fn put_background(State(app): Shared, body: JsonBody<NewFile>) -> ApiResult<(StatusCode, Json<Written>)> {
    load_aside(app, move |app| {
        let read = |file: &NewFile, problems: &mut Vec<Problem>| {
            let loaded = load(&app.workspace.request(&file.scenario, &[], Vec::new())?)?;
            let places: Vec<(f64, f64)> = loaded.scenario.site.values().map(|site| (site.lat, site.lon)).collect();
            import::background::read(&file.name, &file.text, &places, problems);
            Ok(())
        };
        body.0.put(app, ("a map", "geojson"), read)
    })
    .await
}

/// What lies under the sites of a draft on a map; nothing of one with errors.
#[utoipa::path(post, path = "/api/v1/scenarios/map", request_body = Draft,
    responses((status = 200, body = Background)))]
async fn background(State(app): Shared, body: JsonBody<Draft>) -> ApiResult<Json<Background>> {
    let draft = body.0;
    load_aside(app, move |app| {
        let request = app.workspace.request(&draft.scenario, &draft.strategies, edit::settings(&draft.changes)?)?;
        Ok(Json(layout::load_changed(&request, &draft.changes).map(|loaded| loaded.background).unwrap_or_default()))
    })
    .await
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FileOf {
    /// Path of the scenario inside the served folder.
    scenario: String,
}

/// The TOML file of a scenario, to download.
#[utoipa::path(get, path = "/api/v1/scenarios/file", params(FileOf),
    responses((status = 200, content_type = "application/toml", body = String)))]
async fn scenario_file(State(app): Shared, QueryOf(of): QueryOf<FileOf>) -> ApiResult<Response> {
    aside(move || Ok(parts::typed(app.workspace.text(&of.scenario)?.into_bytes(), "application/toml"))).await
}

/// All runs of the folder.
#[utoipa::path(get, path = "/api/v1/runs", responses((status = 200, body = Runs)))]
async fn list_runs(State(app): Shared) -> ApiResult<Json<Runs>> {
    runs(app).await.map(Json)
}

/// Puts a run into the queue. All errors of the scenario show at once and nothing is queued.
#[utoipa::path(post, path = "/api/v1/runs", request_body = RunRequest,
    responses((status = 202, body = RunState, headers(("location" = String))),
        (status = 422, body = ErrorBody, description = "the scenario has errors"), (status = 429, body = ErrorBody, description = "the queue is full")))]
async fn start(State(app): Shared, body: JsonBody<RunRequest>) -> ApiResult<Response> {
    load_aside(app, move |app| queue(app, Asked::Run(body.0))).await
}

/// Puts a comparison of strategies into the queue: each is simulated on the same random days, so often as asked. All
/// errors show at once and nothing is queued. Its results come as those of a run.
#[utoipa::path(post, path = "/api/v1/comparisons", request_body = ComparisonRequest,
    responses((status = 202, body = RunState, headers(("location" = String))),
        (status = 422, body = ErrorBody, description = "a strategy has errors"),
        (status = 429, body = ErrorBody, description = "the queue is full")))]
async fn start_comparison(State(app): Shared, body: JsonBody<ComparisonRequest>) -> ApiResult<Response> {
    load_aside(app, move |app| queue(app, Asked::Comparison(body.0))).await
}

/// Puts a search for the best design into the queue. All errors show at once and nothing is queued. What it simulated is
/// kept: the same asked again goes on from there.
#[utoipa::path(post, path = "/api/v1/searches", request_body = SearchRequest,
    responses((status = 202, body = RunState, headers(("location" = String))),
        (status = 422, body = ErrorBody, description = "the scenario or the search has errors"),
        (status = 429, body = ErrorBody, description = "the queue is full")))]
async fn start_search(State(app): Shared, body: JsonBody<SearchRequest>) -> ApiResult<Response> {
    load_aside(app, move |app| queue(app, Asked::Search(body.0))).await
}

/// Puts the question which doubtful numbers decide into the queue. All errors show at once and nothing is queued.
#[utoipa::path(post, path = "/api/v1/sensitivities", request_body = SensitivityRequest,
    responses((status = 202, body = RunState, headers(("location" = String))),
        (status = 422, body = ErrorBody, description = "a strategy has errors"),
        (status = 429, body = ErrorBody, description = "the queue is full")))]
async fn start_sensitivity(State(app): Shared, body: JsonBody<SensitivityRequest>) -> ApiResult<Response> {
    load_aside(app, move |app| queue(app, Asked::Sensitivity(body.0))).await
}

fn queue(app: &App, asked: Asked) -> ApiResult<Response> {
    app.jobs.room()?;
    let title = prepare::title(&asked, &app.workspace)?;
    let state = app.jobs.accept(asked, &title)?;
    let location = HeaderValue::from_str(&format!("/api/v1/runs/{}", state.id));
    let mut response = (StatusCode::ACCEPTED, Json(state)).into_response();
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// Where a run stands.
#[utoipa::path(get, path = "/api/v1/runs/{id}", params(("id" = String, Path, description = "Name of the run.")), responses((status = 200, body = RunState), (status = 404, body = ErrorBody)))]
async fn run_state(State(app): Shared, PathOf(id): PathOf<String>) -> ApiResult<Json<RunState>> {
    if let Some(state) = app.jobs.watch(&id) {
        let state = state.borrow().clone();
        return Ok(Json(state));
    }
    finished_state(app, id).await.map(Json)
}

/// Cancels a run that waits or goes on; nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/runs/{id}/cancel", params(("id" = String, Path, description = "Name of the run.")),
    responses((status = 200, body = RunState), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "it is over")))]
async fn cancel(State(app): Shared, PathOf(id): PathOf<String>) -> ApiResult<Json<RunState>> {
    aside(move || app.jobs.cancel(&id).map(Json)).await
}

/// Ends a comparison early and keeps the replications that are finished.
#[utoipa::path(post, path = "/api/v1/runs/{id}/finish", params(("id" = String, Path, description = "Name of the run.")),
    responses((status = 200, body = RunState), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "it does not run, or is no comparison")))]
async fn finish(State(app): Shared, PathOf(id): PathOf<String>) -> ApiResult<Json<RunState>> {
    aside(move || app.jobs.finish(&id).map(Json)).await
}

/// Forgets a run that failed or was interrupted, with what it left behind.
#[utoipa::path(delete, path = "/api/v1/runs/{id}", params(("id" = String, Path, description = "Name of the run.")),
    responses((status = 200, body = RunState), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "it goes on, or has results")))]
async fn delete(State(app): Shared, PathOf(id): PathOf<String>) -> ApiResult<Json<RunState>> {
    aside(move || app.jobs.delete(&id).map(Json)).await
}

/// A box of degrees.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Box {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// The coast around a box, to draw a map on: rings of longitude and latitude by turns, degrees, to be filled even-odd.
#[utoipa::path(get, path = "/api/v1/land", params(Box), responses((status = 200, body = Vec<Vec<f64>>)))]
async fn land(QueryOf(Box { west, south, east, north }): QueryOf<Box>) -> ApiResult<Json<Vec<Vec<f64>>>> {
    let is_degree = |value: &f64| (-360.0..=360.0).contains(value);
    if ![west, south, east, north].iter().all(is_degree) {
        return Err(ApiError::bad("a box has four numbers in degrees"));
    }
    let corners = [(south, west), (north, east)];
    aside(move || Ok(Json(Region::around(corners.into_iter()).map(crate::report::land::of).unwrap_or_default()))).await
}

/// Puts a plugin into the folder `plugins`, where the server was started with `--allow-plugins`.
#[utoipa::path(put, path = "/api/v1/plugins/{name}", params(("name" = String, Path, description = "Name of the file.")), request_body(content = Vec<u8>, content_type = "application/wasm"),
    responses((status = 201), (status = 400, body = ErrorBody, description = "it is no plugin, or has no plain name"),
        (status = 403, body = ErrorBody, description = "plugins are not allowed"), (status = 409, body = ErrorBody, description = "the name is taken")))]
async fn put_plugin(
    State(app): Shared,
    PathOf(name): PathOf<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> ApiResult<StatusCode> {
    if !app.allows_plugins {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "start the server with --allow-plugins to put plugins here"));
    }
    let is_wasm = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/wasm");
    if !is_wasm || !is_plugin_file(&name) || !body.starts_with(b"\0asm") {
        return Err(ApiError::bad("a plugin is a WebAssembly component with a name that ends in .wasm"));
    }
    aside(move || {
        named(&name)?;
        let folder = app.workspace.folder_for("plugins")?;
        save::create_in(&folder, &name, &body)?;
        Ok(StatusCode::CREATED)
    })
    .await
}
