//! What a caller is told when something cannot be done: a status and one JSON shape.

use crate::document::problem::Problems;
use crate::record::folder::SCHEMA;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A message may quote what was sent, but not all of it.
const LONGEST_BYTES: usize = 600;

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    message: String,
    problems: Vec<ScenarioError>,
}

/// What is wrong at one place of a scenario, as `portvolt validate --format json` lists it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ScenarioError {
    /// Empty where it is not of a file.
    file: String,
    /// From 1; 0 where unknown.
    line: u64,
    column: u64,
    /// Dotted path; may be empty.
    field: String,
    message: String,
    /// How to fix it.
    help: Option<String>,
}

impl ScenarioError {
    /// All of a scenario.
    pub(super) fn all(problems: &Problems) -> Vec<Self> {
        problems.to_json().into_iter().filter_map(|problem| serde_json::from_value(problem).ok()).collect()
    }
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// Version of this format.
    schema: u32,
    /// What is wrong, in a sentence.
    error: String,
    /// Errors of a scenario, where there are some.
    problems: Vec<ScenarioError>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let mut message = message.into();
        message.truncate(message.floor_char_boundary(LONGEST_BYTES));
        Self { status, message, problems: Vec::new() }
    }

    /// What is wrong in one line: the first error of several.
    pub(super) fn first(&self) -> String {
        let Some(problem) = self.problems.first() else { return self.message.clone() };
        let ScenarioError { field, file, message, .. } = problem;
        format!("{} {message}", if field.is_empty() { file } else { field }).trim_start().to_owned()
    }

    /// The request makes no sense.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// There is no such thing.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// The system refused.
    pub(super) fn system(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }
}

impl From<Problems> for ApiError {
    fn from(problems: Problems) -> Self {
        let count = problems.list.len();
        let message = format!("{count} {}; fix them first", if count == 1 { "error" } else { "errors" });
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, message, problems: ScenarioError::all(&problems) }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody { schema: SCHEMA, error: self.message, problems: self.problems };
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// What a handler gives.
pub(super) type ApiResult<T> = Result<T, ApiError>;
