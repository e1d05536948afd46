//! The web application: files that `cargo xtask web` builds and compresses into `web/dist`. They are
//! inside a release build; a development build reads them where they lie.
//!
//! Everything under `/assets/` has its digest in its name and is kept by browsers for ever; the page
//! itself is asked for anew each time. Paths that the application has pages for get the page.

mod policy;

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// The page.
const PAGE: &str = "index.html";
/// The folder whose files never change under their names.
const ASSETS: &str = "assets/";
/// What is not ours to answer.
const OTHERS: [&str; 2] = ["api", "docs"];
/// How files are compressed, the smallest first: what browsers call it, and what names end in.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The file or page that a call asks for; `None` where nothing of the application is.
pub(crate) fn answer(request: &Request<Body>) -> Option<Response> {
    let path = request.uri().path().strip_prefix('/')?;
    let first = path.split('/').next().unwrap_or_default();
    if OTHERS.contains(&first) || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    if path != PAGE
        && let Some(file) = Built::get(path)
    {
        return Some(as_it_is(path, file, request.headers()));
    }
    let is_page = path.is_empty() || (navigates(request.headers()) && !path.starts_with(ASSETS));
    is_page.then(page)
}

/// Whether a person goes there with a browser, and no program asks.
fn navigates(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT);
    let accepts = accepts.and_then(|value| value.to_str().ok());
    accepts.is_some_and(|types| types.contains("text/html"))
}

fn page() -> Response {
    let Some(file) = Built::get(PAGE) else {
        return not_built();
    };
    let text = String::from_utf8_lossy(&file.data);
    policy::page(&text)
}

fn not_built() -> Response {
    let text = "The web application is not built into this kloigos. Build it with: cargo xtask web\n\
                The API is at /api, its documentation at /docs.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

fn as_it_is(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let digest = file.metadata.sha256_hash();
    let tag = format!("\"{}\"", crate::auth::hex(&digest[..16]));
    let cached = if path.starts_with(ASSETS) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kind = file.metadata.mimetype().to_owned();
    let mut response = if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|seen| *seen == tag)
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        encoded(path, file.data, headers)
    };
    let own = [
        (header::CONTENT_TYPE, kind),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, cached.to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    for (name, value) in own {
        let value = HeaderValue::from_str(&value).expect("types, digests and words");
        response.headers_mut().insert(name, value);
    }
    policy::common(response)
}

/// The smallest form that the caller takes.
fn encoded(path: &str, plain: Cow<'static, [u8]>, headers: &HeaderMap) -> Response {
    let taken = headers.get(header::ACCEPT_ENCODING);
    let taken = taken
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let words = taken
        .split(',')
        .map(|word| word.split(';').next().unwrap_or_default().trim());
    let form = ENCODINGS.iter().find_map(|(name, ending)| {
        let takes = words.clone().any(|word| word == *name);
        let file = takes
            .then(|| Built::get(&format!("{path}{ending}")))
            .flatten()?;
        Some((*name, file.data))
    });
    match form {
        Some((name, body)) => ([(header::CONTENT_ENCODING, name)], body).into_response(),
        None => plain.into_response(),
    }
}
