//! The cookie of a browser that somebody signed in. It says a secret of its own and not the token;
//! scripts of the page cannot read it, and it is sent to us only, from our own pages only.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use kloigos_control::TokenHash;

use super::{Secret, hash_of};

/// What the cookie is called.
const COOKIE: &str = "kloigos_session";

/// The hash of the session that a call names.
pub(crate) fn session_of(headers: &HeaderMap) -> Option<TokenHash> {
    let values = headers.get_all(header::COOKIE).into_iter();
    let mut pairs = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, secret) = pairs.find(|(name, _)| *name == COOKIE)?;
    Some(hash_of(secret))
}

/// Whether a call that its cookie speaks for may do what it asks: one that changes something must
/// come from a page of ours. What the browser says of that cannot be made up by a page.
pub(crate) fn is_ours(method: &Method, headers: &HeaderMap) -> bool {
    method.is_safe() || from_our_page(headers)
}

/// Whether a page of ours makes this call. Behind a proxy that changes `Host`, the browser's own
/// `Sec-Fetch-Site` says it.
pub(crate) fn from_our_page(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let origin = text(header::ORIGIN).and_then(|origin| origin.parse::<Uri>().ok());
    let authority = origin.as_ref().and_then(Uri::authority);
    let same = authority.is_some_and(|ours| text(header::HOST) == Some(ours.as_str()));
    same || headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "same-origin")
}

/// The header that signs in, for so long.
pub(crate) fn begins(secret: &Secret, lasts: Duration, headers: &HeaderMap) -> HeaderValue {
    cookie(secret.reveal(), lasts.as_secs(), headers)
}

/// The header that signs out.
pub(crate) fn ends(headers: &HeaderMap) -> HeaderValue {
    cookie("", 0, headers)
}

fn cookie(value: &str, seconds: u64, headers: &HeaderMap) -> HeaderValue {
    let tls = headers
        .get("x-forwarded-proto")
        .is_some_and(|proto| proto == "https");
    let secure = if tls { "; Secure" } else { "" };
    let text = format!(
        "{COOKIE}={value}; Path=/api; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    HeaderValue::from_str(&text).expect("hexadecimal digits and words are a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            let name = name.parse::<header::HeaderName>().expect("a name");
            (name, HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn what_changes_something_comes_from_our_own_page() {
        let asked = |method: &Method, pairs: &[(&'static str, &'static str)]| {
            is_ours(
                method,
                &headers(&[&[("host", "k.example:8000")], pairs].concat()),
            )
        };
        assert!(asked(&Method::GET, &[("origin", "https://evil.example")]));
        assert!(asked(&Method::POST, &[("origin", "http://k.example:8000")]));
        assert!(asked(&Method::DELETE, &[("sec-fetch-site", "same-origin")]));
        for foreign in [
            [("origin", "https://evil.example")].as_slice(),
            &[("origin", "null")],
            &[("origin", "http://k.example:8001")],
            &[
                ("origin", "http://x.k.example:8000"),
                ("sec-fetch-site", "same-site"),
            ],
            &[],
        ] {
            assert!(!asked(&Method::POST, foreign), "{foreign:?}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let found = session_of(&headers(&[("cookie", "a=b; kloigos_session=abc ;c=d")]));
        assert_eq!(found, Some(hash_of("abc")));
        assert_eq!(session_of(&headers(&[("cookie", "session=abc")])), None);
    }
}
