//! Who may talk to the server: only pages it has served itself, only under names it knows, only with the token where one
//! is asked for. A web page from elsewhere that the same browser shows must not reach it.

use super::error::ApiError;
use super::files;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// What is let through.
#[derive(Debug)]
pub(super) struct Guard {
    /// Values of the header Host, with the port.
    hosts: Vec<String>,
    /// A server that listens on every address cannot know its names: there the token is the guard.
    is_anywhere: bool,
    /// Hash of the token, so that comparing takes the same time wherever it differs.
    token: Option<blake3::Hash>,
    policy: HeaderValue,
    /// Bodies are no larger than this, but those with files.
    body_bytes: u64,
    /// Places for bodies with files: they stay in memory until they are answered.
    uploads: Semaphore,
}

/// A request that has not been answered by then is given up; what it began goes on.
const PATIENCE: Duration = Duration::from_mins(1);
/// A body that has not come by then is not waited for: its place is for others.
const BODY: Duration = Duration::from_secs(10);
/// One with a file is larger.
const FILE_BODY: Duration = Duration::from_mins(1);
/// So many files are taken at a time; others wait, and are sent away when that takes long.
const UPLOADS: usize = 2;
const UPLOAD_PATIENCE: Duration = Duration::from_secs(30);
/// Headers by which a request is judged. One that says two things is judged by neither.
const ONCE: [header::HeaderName; 6] = [
    header::HOST,
    header::ORIGIN,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::AUTHORIZATION,
    header::HeaderName::from_static("sec-fetch-site"),
];

impl Guard {
    /// For a server that listens at an address. `policy` is the content security policy of its page.
    pub(super) fn new(address: SocketAddr, token: Option<&str>, policy: &str, body_bytes: usize) -> Self {
        let names = ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned);
        let own = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let names = names.into_iter().chain([own]);
        let port = address.port();
        // Browsers leave out the port that plain HTTP has anyway.
        let hosts = names.flat_map(|name| [Some(format!("{name}:{port}")), Some(name).filter(|_| port == 80)]);
        let policy = format!("{policy} base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        Self {
            hosts: hosts.flatten().collect(),
            is_anywhere: token.is_some() && address.ip().is_unspecified(),
            token: token.map(|token| blake3::hash(token.as_bytes())),
            policy: HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
            body_bytes: body_bytes as u64,
            uploads: Semaphore::new(UPLOADS),
        }
    }

    fn check(&self, request: &Request) -> Result<(), ApiError> {
        let headers = request.headers();
        let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if let Some(name) = ONCE.iter().find(|name| headers.get_all(*name).iter().nth(1).is_some()) {
            return Err(ApiError::bad(format!("the header {name} is there twice")));
        }
        let host = text(header::HOST).unwrap_or_default();
        // An address in full names the server a second time.
        if let Some(other) = request.uri().authority().filter(|authority| authority.as_str() != host) {
            return Err(ApiError::new(StatusCode::MISDIRECTED_REQUEST, format!("this server is not `{other}`")));
        }
        if !self.is_anywhere && !self.hosts.iter().any(|known| known == host) {
            return Err(ApiError::new(StatusCode::MISDIRECTED_REQUEST, format!("this server is not `{host}`")));
        }
        // A proxy that terminates TLS before this server passes its own origin on; a token is set in that case.
        let is_ours = |origin: &str| {
            origin == format!("http://{host}") || self.token.is_some() && origin == format!("https://{host}")
        };
        if !text(header::ORIGIN).is_none_or(is_ours) {
            return Err(ApiError::new(StatusCode::FORBIDDEN, "pages from elsewhere may not use this server"));
        }
        let is_api = request.uri().path().starts_with("/api/");
        // Browsers say so where a request comes from another page, also where they send no Origin.
        let site = headers.get("sec-fetch-site").map(|site| site.to_str().unwrap_or("?"));
        if is_api && !matches!(site, None | Some("same-origin" | "none")) {
            return Err(ApiError::new(StatusCode::FORBIDDEN, "pages from elsewhere may not use this server"));
        }
        if is_api && self.token.is_some_and(|token| bearer(headers) != Some(token)) {
            return Err(ApiError::new(StatusCode::UNAUTHORIZED, "the token is missing or wrong"));
        }
        let changes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
        let kind = text(header::CONTENT_TYPE).unwrap_or_default();
        let is_plugin = request.method() == Method::PUT && kind == "application/wasm";
        // What needs no body, such as cancelling, may come without one; a page from elsewhere was told off above.
        let is_bare = kind.is_empty()
            && text(header::CONTENT_LENGTH).is_none_or(|length| length == "0")
            && !headers.contains_key(header::TRANSFER_ENCODING);
        let is_json = kind.split(';').next().map(str::trim) == Some("application/json");
        if changes && !is_plugin && !is_json && !is_bare {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send JSON (content-type: application/json)",
            ));
        }
        let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        let limit = self.limit_bytes(request);
        if length.is_some_and(|length| length > limit) {
            return Err(too_large(limit));
        }
        Ok(())
    }
}

impl Guard {
    /// How large a body may be.
    fn limit_bytes(&self, request: &Request) -> u64 {
        if files::holds_file(request.uri().path()) { files::BODY_BYTES as u64 } else { self.body_bytes }
    }

    /// A request that is let in, with its whole body, and the place that it takes where this holds a file.
    async fn admit(&self, request: Request) -> Result<(Request, Option<SemaphorePermit<'_>>), ApiError> {
        self.check(&request)?;
        let is_file = files::holds_file(request.uri().path());
        let place = if is_file { Some(self.place().await?) } else { None };
        let (limit, patience) = (self.limit_bytes(&request), if is_file { FILE_BODY } else { BODY });
        let (head, body) = request.into_parts();
        let read = axum::body::to_bytes(body, usize::try_from(limit).unwrap_or(usize::MAX));
        match tokio::time::timeout(patience, read).await {
            Ok(Ok(body)) => Ok((Request::from_parts(head, body.into()), place)),
            // A body that says no length and is too long, or pieces of one that are none.
            Ok(Err(error)) if is_of_length(&error) => Err(too_large(limit)),
            Ok(Err(error)) => Err(ApiError::bad(format!("the body cannot be read: {error}"))),
            Err(_) => {
                let message = format!("the body did not come within {} s", patience.as_secs());
                Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, message))
            }
        }
    }

    /// A place for a file.
    async fn place(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        let place = tokio::time::timeout(UPLOAD_PATIENCE, self.uploads.acquire()).await.ok().and_then(Result::ok);
        let message = "the server takes as many files as it can; try again in a moment";
        place.ok_or_else(|| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message))
    }
}

fn too_large(limit_bytes: u64) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {} KiB", limit_bytes >> 10))
}

fn bearer(headers: &HeaderMap) -> Option<blake3::Hash> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    // The name of the scheme has no case (RFC 9110, 11.1).
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| blake3::hash(token.trim_start_matches(' ').as_bytes()))
}

/// Did a body end at the limit, and not for what it is?
fn is_of_length(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(here) = cause {
        if here.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = here.source();
    }
    false
}

/// Lets a request through or not, and puts the headers on what comes back.
pub(super) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.admit(request).await {
        // The place is kept until there is an answer.
        Ok((request, _place)) => tokio::time::timeout(PATIENCE, next.run(request)).await.unwrap_or_else(|_| {
            let message = "this takes long; it goes on: look at the list before you ask again";
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message).into_response()
        }),
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    // What has a tag may be kept, and is asked for again each time.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| guard.policy.clone());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lets_in(address: &str, host: &str) -> bool {
        let guard = Guard::new(address.parse().unwrap(), None, "default-src 'none';", 1 << 20);
        let request = Request::builder().uri("/").header(header::HOST, host).body(axum::body::Body::empty());
        guard.check(&request.unwrap()).is_ok()
    }

    #[test]
    fn it_knows_the_address_it_listens_at() {
        assert!(lets_in("127.0.0.2:8080", "127.0.0.2:8080") && lets_in("127.0.0.2:8080", "localhost:8080"));
        assert!(lets_in("10.0.0.7:80", "10.0.0.7") && lets_in("[::1]:80", "[::1]"), "browsers leave out the port 80");
        assert!(!lets_in("127.0.0.2:8080", "127.0.0.2") && !lets_in("127.0.0.1:8080", "127.0.0.2:8080"));
    }
}
