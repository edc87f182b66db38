//! What a handler is given of a request: a body, or what stands behind the `?`.

use super::error::ApiError;
use axum::Json;
use axum::extract::Query;

/// A JSON body; what is wrong with it is told in the one shape of errors.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned> axum::extract::FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, ApiError> {
        let read = Json::<T>::from_request(request, state).await;
        read.map(|Json(body)| Self(body)).map_err(|rejection| ApiError::new(rejection.status(), rejection.body_text()))
    }
}

/// What stands behind the `?`; what is wrong with it is told in the one shape of errors.
pub(super) struct QueryOf<T>(pub(super) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned> axum::extract::FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, ApiError> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(of)| Self(of)).map_err(|rejection| ApiError::new(rejection.status(), rejection.body_text()))
    }
}
