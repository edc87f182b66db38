//! Files of the planner's own: how one is read, by the readers of `portvolt import`, and its way into the folder of a scenario.

use super::app::Shared;
use super::edit::Change;
use super::error::{ApiError, ApiResult, ErrorBody, ScenarioError};
use super::extract::JsonBody;
use super::runs::load_aside;
use super::save::create_in;
use super::workspace::named;
use crate::disk::Folder;
use crate::disk::name::steers;
use crate::document::problem::{Problem, Problems};
use crate::import::intake::{FileKind, Imported, Look, Options, Outcome, look, take};
use crate::import::map::{Map, key_of};
use crate::import::template::origin;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Write;
use utoipa::ToSchema;

/// Addresses below this take files.
const ADDRESS: &str = "/api/v1/files/";
/// No file that is sent is larger, whatever one of its kind may have on disk: a year of minutes has 14 MB.
const FILE_BYTES: usize = 16 << 20;
/// No body with one is: base64 takes four bytes for three, and there is a mapping beside it.
pub(super) const BODY_BYTES: usize = FILE_BYTES / 3 * 4 + (1 << 20);
/// No mapping is longer, and no name.
const MAP_BYTES: usize = 256 << 10;
const LONGEST_NAME: usize = 200;
/// How a mapping file is called that is kept beside the data. Lists of scenarios pass it over, for what it holds.
const MAP_ENDING: &str = "map.toml";
/// How a file may end that is put into the folder as it is.
const ENDINGS: [&str; 6] = ["csv", "txt", "tsv", "xlsx", "json", "jsonl"];
/// Hours after it is ready at which a haul may be due that has no time.
const DUE_AFTER_H: std::ops::RangeInclusive<f64> = 0.1..=1_000.0;

/// Does an address take a file?
pub(super) fn holds_file(path: &str) -> bool {
    path.starts_with(ADDRESS)
}

/// A file of the planner's own, and how it is read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileRequest {
    kind: FileKind,
    /// Its name. A tariff is read by its ending.
    name: String,
    /// Its bytes, as base64.
    base64: String,
    /// A mapping file (TOML), as `portvolt import KIND FILE --map` takes one.
    #[serde(default)]
    map: Option<String>,
    /// How long after it is ready a haul is due that has no time, hours, 0.1 to 1,000.
    #[serde(default)]
    due_after_h: Option<f64>,
    /// Which tariff of a file of several, by label or name.
    #[serde(default)]
    tariff_name: Option<String>,
}

/// How a file is read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FileView {
    kind: FileKind,
    name: String,
    /// Is it recognised, and nothing wrong?
    is_read: bool,
    /// What it holds, in a sentence; empty where it cannot be read.
    told: String,
    /// What was assumed, dropped or filled.
    said: Vec<String>,
    /// What is wrong, by line and column; the first ones of very many.
    problems: Vec<ScenarioError>,
    /// How many errors there are in all.
    problems_in_all: usize,
    /// What it is written in.
    format: String,
    /// Sheets of a workbook.
    sheets: Vec<String>,
    /// The line of the header; null where there is none.
    header_line: Option<u64>,
    /// Names of its columns; empty where it is no table.
    columns: Vec<String>,
    /// Columns that are not listed, for there are too many.
    columns_left_out: usize,
    /// The first rows below the header.
    rows: Vec<FileRow>,
    /// Rows below the header in all.
    rows_in_all: usize,
    /// What a mapping can name, and what was taken for it.
    roles: Vec<FileRole>,
    /// Names of places as the file writes them, and the keys of `[site]` that they are taken for; the first ones of very many.
    places: Vec<FilePlace>,
}

/// A place that a file names.
#[derive(Debug, Serialize, ToSchema)]
struct FilePlace {
    name: String,
    key: String,
}

/// A row of a file.
#[derive(Debug, Serialize, ToSchema)]
struct FileRow {
    /// From 1.
    line: u64,
    cells: Vec<String>,
}

/// Something that a column can hold.
#[derive(Debug, Serialize, ToSchema)]
struct FileRole {
    /// What a mapping file calls it, under `[columns]`.
    role: String,
    /// What it is.
    about: String,
    /// Name of the column that is taken for it; null where none is.
    column: Option<String>,
}

/// A file that shall be used in a scenario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileUse {
    /// Path of the scenario inside the served folder: the file is put beside it.
    scenario: String,
    /// What the file is for: a key of `[site]` for a load, sessions or a tariff, one of `[solar]` for its output; else empty.
    #[serde(default)]
    row: String,
    /// Name of the new file, without its ending.
    stem: String,
    file: FileRequest,
}

/// What was written, and what makes the scenario use it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FileUsed {
    /// Names of the files that were written beside the scenario.
    files: Vec<String>,
    /// Changes of the scenario; `null` takes a key out where it is there, for it and the new one exclude each other.
    changes: Vec<Change>,
    /// The same as lines of TOML.
    lines: String,
    /// What the file holds, in a sentence.
    told: String,
    /// What was assumed, dropped or filled.
    said: Vec<String>,
}

/// A request that was looked through.
struct Sent {
    kind: FileKind,
    name: String,
    bytes: Vec<u8>,
    map: Option<String>,
    options: Options,
    /// What is wrong with the mapping.
    problems: Vec<Problem>,
}

impl Sent {
    fn of(request: FileRequest) -> ApiResult<Self> {
        let FileRequest { kind, name, base64, map, due_after_h, tariff_name } = request;
        let name = label(&name)?;
        let bytes = STANDARD
            .decode(base64.as_bytes())
            .map_err(|error| ApiError::bad(format!("`base64` does not hold the bytes of a file: {error}")))?;
        let limit = (FILE_BYTES as u64).min(kind.disk_kind().limit_bytes());
        if bytes.len() as u64 > limit {
            let on_disk = kind.disk_kind().limit_bytes() >> 20;
            let message = format!(
                "`{name}` has more than {} MB; put it into the scenario's folder, from where files of up to {on_disk} MB are read",
                limit >> 20
            );
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        if due_after_h.is_some_and(|hours| !DUE_AFTER_H.contains(&hours)) {
            return Err(ApiError::bad("`due_after_h` is a number of hours from 0.1 to 1,000"));
        }
        let map = map.filter(|map| !map.trim().is_empty());
        if map.as_ref().is_some_and(|map| map.len() > MAP_BYTES) {
            return Err(ApiError::bad(format!("`map` has more than {} KB", MAP_BYTES >> 10)));
        }
        let mut problems = Vec::new();
        let parsed = map.as_ref().map(|map| Map::parse(MAP_ENDING, map, &mut problems).unwrap_or_default());
        let options = Options { map: parsed.unwrap_or_default(), due_after_h, tariff_name };
        Ok(Self { kind, name, bytes, map, options, problems })
    }

    /// How the file looks, what comes of it where it can be read, and what is wrong.
    fn read(self) -> (Self, Option<Imported>, Problems) {
        let mut list = self.problems.clone();
        let taken = if list.is_empty() {
            take(self.kind, &self.name, &self.bytes, self.options.clone(), &mut list)
        } else {
            None
        };
        (self, taken, Problems { files: Vec::new(), list })
    }
}

/// The name of a file on somebody's disk, for messages: of its path the last part.
fn label(name: &str) -> ApiResult<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !steers(*c)).collect();
    if plain.trim().is_empty() || plain.len() > LONGEST_NAME {
        return Err(ApiError::bad(format!("`name` has 1 to {LONGEST_NAME} characters")));
    }
    Ok(plain)
}

/// Says how a file is read: its format, its first rows, which column is taken for what, what it holds, what was assumed, and
/// what is wrong. Nothing is written.
#[utoipa::path(post, path = "/api/v1/files/read", request_body = FileRequest,
    responses((status = 200, body = FileView), (status = 413, body = ErrorBody, description = "it is too large")))]
pub(super) async fn read_file(State(app): Shared, body: JsonBody<FileRequest>) -> ApiResult<Json<FileView>> {
    load_aside(app, move |_| {
        let (sent, taken, problems) = Sent::of(body.0)?.read();
        let seen = look(sent.kind, &sent.bytes, &sent.options.map);
        Ok(Json(view(&sent, seen, taken, &problems)))
    })
    .await
}

fn view(sent: &Sent, seen: Look, taken: Option<Imported>, problems: &Problems) -> FileView {
    let role = |(role, about, column): (&str, &str, Option<String>)| FileRole {
        role: role.to_owned(),
        about: about.to_owned(),
        column,
    };
    let is_read = taken.is_some();
    let (told, said, places) = taken.map(|taken| (taken.told, taken.said, taken.places)).unwrap_or_default();
    FileView {
        kind: sent.kind,
        name: sent.name.clone(),
        is_read,
        told,
        said,
        problems: ScenarioError::all(problems),
        problems_in_all: problems.count(),
        format: seen.format.to_owned(),
        sheets: seen.sheets,
        header_line: seen.header_line,
        columns: seen.columns,
        columns_left_out: seen.columns_left_out,
        rows: seen.rows.into_iter().map(|(line, cells)| FileRow { line, cells }).collect(),
        rows_in_all: seen.rows_in_all,
        roles: seen.roles.into_iter().map(role).collect(),
        places: places.into_iter().map(|(name, key)| FilePlace { name, key }).collect(),
    }
}

/// Puts a file beside a scenario, as the table that `import` makes of it or as it is, with the mapping where it has one; and says
/// which lines of the scenario use it. Nothing is put over a file that is there, and the scenario is not changed.
#[utoipa::path(post, path = "/api/v1/files/use", request_body = FileUse,
    responses((status = 201, body = FileUsed), (status = 409, body = ErrorBody, description = "the name is taken"),
        (status = 413, body = ErrorBody, description = "it is too large"),
        (status = 422, body = ErrorBody, description = "it cannot be read")))]
pub(super) async fn use_file(State(app): Shared, body: JsonBody<FileUse>) -> ApiResult<(StatusCode, Json<FileUsed>)> {
    load_aside(app, move |app| {
        let FileUse { scenario, row, stem, file } = body.0;
        named(&stem)?;
        let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !row.chars().all(is_key) {
            return Err(ApiError::bad(format!("`{row}` is no key of the scenario")));
        }
        let folder = app.workspace.beside(&scenario)?;
        let (sent, taken, problems) = Sent::of(file)?.read();
        let Some(taken) = taken else { return Err(problems.into()) };
        let used = plan(&sent, taken, &row, &stem)?;
        write_all(&folder, &used.1)?;
        Ok((StatusCode::CREATED, Json(used.0)))
    })
    .await
}

/// Files to write: name and bytes.
type Files = Vec<(String, Vec<u8>)>;

/// What to write and to change.
fn plan(sent: &Sent, taken: Imported, row: &str, stem: &str) -> ApiResult<(FileUsed, Files)> {
    let Imported { told, said, made, .. } = taken;
    let ending = match &made {
        Outcome::AsItIs => ending(&sent.name, &sent.bytes),
        Outcome::Table(_) | Outcome::Weather(_) => "csv",
    };
    let file = format!("{stem}.{ending}");
    let map = sent.map.as_ref().map(|map| (format!("{stem}.{MAP_ENDING}"), map));
    let mut lines = Lines::default();
    let is_for_row = matches!(sent.kind, FileKind::Load | FileKind::Sessions | FileKind::Solar | FileKind::Tariff);
    if is_for_row && row.is_empty() {
        return Err(ApiError::bad(format!("`row` says what the {} is for", sent.kind.word())));
    }
    match (sent.kind, &made) {
        (FileKind::Load, _) => {
            let excluded = ["load_map", "load_kw", "load_by_hour", "load_by_year"];
            lines.table(&["site", row], &[("load", file.as_str().into())], &excluded);
        }
        (FileKind::Sessions, _) => {
            let key = Some(key_of(stem)).filter(|key| !key.is_empty()).unwrap_or_else(|| "visits".to_owned());
            let map = map.as_ref().map(|(name, _)| ("map", Value::from(name.as_str())));
            let values = [("site", Value::from(row)), ("csv", file.as_str().into())];
            lines.whole(&["visits", &key], values.into_iter().chain(map));
        }
        (FileKind::Hauls, _) => lines.table(&["freight"], &[("hauls", file.as_str().into())], &[]),
        (FileKind::Solar, _) => lines.table(&["solar", row], &[("csv", file.as_str().into())], &["clearness"]),
        (FileKind::Tariff, _) => {
            let name = sent.options.tariff_name.as_ref().map(|name| ("tariff_name", Value::from(name.as_str())));
            let values: Vec<_> = [("tariff", Value::from(file.as_str()))].into_iter().chain(name).collect();
            let excluded = if values.len() == 1 { &["tariff_name"][..] } else { &[] };
            lines.table(&["site", row], &values, excluded);
        }
        (FileKind::Weather, Outcome::Weather(year)) => {
            let source = format!("weather_{}", key_of(stem));
            let title = format!("weather file {}", origin(&sent.name, &sent.bytes));
            let values = [("quality", Value::from("measured")), ("title", title.into())];
            lines.whole(&["source", &source], values.into_iter());
            let rounded = |value: f64| (value * 10.0).round() / 10.0;
            let mean_c: Vec<f64> = year.mean_c.iter().map(|celsius| rounded(*celsius)).collect();
            let range_c = rounded(year.daily_range_c);
            let values = [("mean_c", json!(mean_c)), ("daily_range_c", range_c.into())];
            let sources = [("sources", json!({ "mean_c": source, "daily_range_c": source }))];
            lines.whole(&["weather"], values.into_iter().chain(sources));
        }
        (FileKind::Weather, _) => {}
    }
    let mut files = Files::new();
    match made {
        Outcome::Table(text) => files.push((file, text.into_bytes())),
        Outcome::AsItIs => files.push((file, sent.bytes.clone())),
        Outcome::Weather(_) => {}
    }
    let is_file = !files.is_empty();
    files.extend(map.filter(|_| is_file).map(|(name, text)| (name, text.clone().into_bytes())));
    let Lines { changes, text } = lines;
    let names = files.iter().map(|file| file.0.clone()).collect();
    Ok((FileUsed { files: names, changes, lines: text, told, said }, files))
}

/// How a file ends that is put into the folder as it is: as it did, if that is an ending of data.
fn ending(name: &str, bytes: &[u8]) -> &'static str {
    let own = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let by_content = || if bytes.starts_with(b"PK") { "xlsx" } else { "csv" };
    ENDINGS.into_iter().find(|known| *known == own).unwrap_or_else(by_content)
}

/// Lines of a scenario, as changes and as text.
#[derive(Default)]
struct Lines {
    changes: Vec<Change>,
    text: String,
}

impl Lines {
    /// Values of a table that is there, and keys of it that would contradict them.
    fn table(&mut self, table: &[&str], values: &[(&str, Value)], excluded: &[&str]) {
        let path = table.join(".");
        self.header(&path);
        for (key, value) in values {
            self.changes.push(Change { path: format!("{path}.{key}"), value: value.clone() });
            self.line(key, value);
        }
        let out = excluded.iter().map(|key| Change { path: format!("{path}.{key}"), value: Value::Null });
        self.changes.extend(out);
    }

    /// A table as a whole.
    fn whole<'k>(&mut self, table: &[&str], values: impl Iterator<Item = (&'k str, Value)>) {
        let path = table.join(".");
        self.header(&path);
        let mut row = serde_json::Map::new();
        for (key, value) in values {
            self.line(key, &value);
            row.insert(key.to_owned(), value);
        }
        self.changes.push(Change { path, value: Value::Object(row) });
    }

    fn header(&mut self, path: &str) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.text, "{gap}[{path}]");
    }

    fn line(&mut self, key: &str, value: &Value) {
        let value = toml::Value::try_from(value).map(|value| value.to_string()).unwrap_or_default();
        let _ = writeln!(self.text, "{key} = {value}");
    }
}

/// Writes new files into an opened folder: all or none, and none over another.
fn write_all(folder: &Folder, files: &Files) -> ApiResult<()> {
    if let Some((name, _)) = files.iter().find(|(name, _)| folder.holds(name)) {
        let message = format!("`{name}` is there already; choose another name");
        return Err(ApiError::new(StatusCode::CONFLICT, message));
    }
    for (at, (name, bytes)) in files.iter().enumerate() {
        if let Err(error) = create_in(folder, name, bytes) {
            // Those before it were made by this request.
            for (made, _) in &files[..at] {
                let _ = folder.remove_file(made);
            }
            return Err(error);
        }
    }
    Ok(())
}
