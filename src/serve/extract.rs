//! What a request holds, as the routes take it; what is wrong with it is told in the one shape of errors.

use super::error::ApiError;
use crate::document::json;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A body of more values is not read.
const MOST_VALUES: usize = 1_000_000;

/// A JSON body; what is wrong with it is told in the one shape of errors.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| ApiError::new(rejection.status(), rejection.body_text()))?;
        let Json(body) = Json::<T>::from_bytes(&bytes)
            .map_err(|rejection| ApiError::new(rejection.status(), rejection.body_text()))?;
        // Of a key that stands twice the last would win unseen.
        match std::str::from_utf8(&bytes).map(|text| json::parse(text, MOST_VALUES)) {
            Ok(Err((line, message))) => Err(ApiError::bad(format!("line {line} of the body {message}"))),
            _ => Ok(Self(body)),
        }
    }
}

/// What stands behind the `?`; what is wrong with it is told in the one shape of errors.
pub(super) struct QueryOf<T>(pub(super) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(of)| Self(of)).map_err(|rejection| ApiError::new(rejection.status(), rejection.body_text()))
    }
}

/// Refuses what stands behind the `?` of an address that takes nothing there: a misspelt filter would be none. `takers` are the
/// paths that take something, which [`QueryOf`] reads.
///
/// # Errors
/// When something stands there.
pub(super) async fn no_stray_query(
    State(takers): State<Arc<BTreeSet<String>>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let uri = request.uri();
    if uri.query().is_some_and(|query| !query.is_empty()) && !takers.contains(uri.path()) {
        return Err(ApiError::bad(format!("{} takes nothing behind the `?`", uri.path())));
    }
    Ok(next.run(request).await)
}

/// Names of the path; what is wrong with them is told in the one shape of errors.
pub(super) struct PathOf<T>(pub(super) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned + Send> FromRequestParts<S> for PathOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(of)| Self(of)).map_err(|rejection| ApiError::new(rejection.status(), rejection.body_text()))
    }
}
