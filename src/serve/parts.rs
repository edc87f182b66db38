//! Files as they are sent: with a tag, so that a caller keeps what it has, and in parts where one is asked for
//! (RFC 9110, sections 13 and 14).

use super::error::ApiError;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_range_header::parse_range_header;

/// A caller may keep it, and asks each time whether it still holds.
const KEPT: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The whole of a file, the part that was asked for, or nothing where the caller has it.
pub(super) fn send(bytes: Vec<u8>, kind: &'static str, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", blake3::hash(&bytes).to_hex());
    let text = |name: header::HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let mut response = if text(header::IF_NONE_MATCH).is_some_and(|list| names(list, &tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        // A part of another file than the one that the caller has would be put together with it.
        let is_same = text(header::IF_RANGE).is_none_or(|known| known == tag);
        part(bytes, text(header::RANGE).filter(|_| is_same), kind)
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, KEPT);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.extend(HeaderValue::from_str(&tag).map(|tag| (header::ETAG, tag)));
    response
}

/// A file that is sent whole each time.
pub(super) fn typed(bytes: Vec<u8>, kind: &'static str) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], Body::from(bytes)).into_response()
}

/// Is a tag in a list of tags? Weak ones compare as strong ones do here.
fn names(list: &str, tag: &str) -> bool {
    list.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == tag)
}

fn part(bytes: Vec<u8>, range: Option<&str>, kind: &'static str) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
    let length = bytes.len() as u64;
    // What is no range, or of another unit, is as if it were not there.
    let Some(ranges) = range.and_then(|range| parse_range_header(range).ok()) else {
        return (kind, Body::from(bytes)).into_response();
    };
    match ranges.validate(length).as_deref() {
        Ok([one]) => {
            let part = bytes[*one.start() as usize..=*one.end() as usize].to_vec();
            let place = format!("bytes {}-{}/{length}", one.start(), one.end());
            (StatusCode::PARTIAL_CONTENT, kind, [(header::CONTENT_RANGE, place)], Body::from(part)).into_response()
        }
        // Several parts at once may be answered with all of it.
        Ok(_) => (kind, Body::from(bytes)).into_response(),
        Err(_) => {
            let error = ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, format!("it has {length} bytes"));
            ([(header::CONTENT_RANGE, format!("bytes */{length}"))], error).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::send;
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

    fn status(asked: &[(header::HeaderName, &str)]) -> (StatusCode, Option<String>) {
        let headers: HeaderMap =
            asked.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("plain"))).collect();
        let response = send(b"0123456789".to_vec(), "text/plain", &headers);
        let place = response.headers().get(header::CONTENT_RANGE).map(|it| it.to_str().expect("plain").to_owned());
        (response.status(), place)
    }

    #[test]
    fn a_caller_gets_what_it_has_not() {
        let tag = format!("\"{}\"", blake3::hash(b"0123456789").to_hex());
        assert_eq!(status(&[]), (StatusCode::OK, None));
        assert_eq!(status(&[(header::IF_NONE_MATCH, &format!("\"x\", W/{tag}"))]).0, StatusCode::NOT_MODIFIED);
        assert_eq!(status(&[(header::IF_NONE_MATCH, "\"x\"")]).0, StatusCode::OK);
        let of = |place: &str| (StatusCode::PARTIAL_CONTENT, Some(place.to_owned()));
        assert_eq!(status(&[(header::RANGE, "bytes=2-4")]), of("bytes 2-4/10"));
        assert_eq!(status(&[(header::RANGE, "bytes=-3")]), of("bytes 7-9/10"));
        assert_eq!(status(&[(header::RANGE, "bytes=8-"), (header::IF_RANGE, &tag)]), of("bytes 8-9/10"));
        assert_eq!(status(&[(header::RANGE, "bytes=8-"), (header::IF_RANGE, "\"x\"")]).0, StatusCode::OK);
        let beyond = (StatusCode::RANGE_NOT_SATISFIABLE, Some("bytes */10".to_owned()));
        assert_eq!(status(&[(header::RANGE, "bytes=20-30")]), beyond);
        for odd in ["items=1-2", "bytes=a-b", "bytes=0-1,3-4"] {
            assert_eq!(status(&[(header::RANGE, odd)]).0, StatusCode::OK, "{odd}");
        }
    }
}
