//! Who calls. Every call but the open ones carries a token; what a token's holder may do is asked
//! of the [`Caller`], so that roles and sign-in have one place to come to.

pub(crate) mod session;
mod token;

pub(crate) use token::{Secret, hash_of};

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use kloigos_control::{TokenHash, TokenRecord};
use sha2::{Digest, Sha256};

use crate::{api::ApiError, app::App};

/// Whether calls need a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Every call needs one.
    Tokens,
    /// None does: everybody on this machine is an administrator.
    Open,
}

/// Who calls.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The holder of a token.
    Token(TokenRecord),
    /// Anybody, where calls need no token.
    Anybody,
}

impl Caller {
    /// A stable name, for idempotency keys and the log; never a secret.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Token(token) => token.id.to_string(),
            Self::Anybody => "anybody".to_owned(),
        }
    }
}

/// Lets a call through with its [`Caller`], or answers 401.
pub(crate) async fn guard(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let caller = caller(&app, &mut request).await?;
    tracing::Span::current().record("caller", caller.name());
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Who makes this call; a session goes into its extensions.
pub(crate) async fn caller(app: &App, request: &mut Request) -> Result<Caller, ApiError> {
    const MISSING: &str = "this call needs a token: send the header Authorization: Bearer TOKEN";
    const UNKNOWN: &str = "the token is not known";
    let headers = request.headers();
    if app.access() == Access::Open {
        return local(headers)
            .then_some(Caller::Anybody)
            .ok_or(ApiError::Foreign);
    }
    if let Some(secret) = bearer(headers) {
        let found = app.control().token_by_hash(&hash_of(secret)).await?;
        let found = found.map(Caller::Token);
        return found.ok_or(ApiError::Unauthorised(UNKNOWN));
    }
    let session = session::session_of(headers).ok_or(ApiError::Unauthorised(MISSING))?;
    signed_in(app, request, &session).await
}

/// The holder of the token that the browser was signed in with.
async fn signed_in(
    app: &App,
    request: &mut Request,
    session: &TokenHash,
) -> Result<Caller, ApiError> {
    const OVER: &str = "the session is over; sign in again";
    let found = app.control().session_by_hash(session).await?;
    let found = found.ok_or(ApiError::Unauthorised(OVER))?;
    if !session::is_ours(request.method(), request.headers()) {
        return Err(ApiError::CrossSite);
    }
    let caller = Caller::Token(found.token.clone());
    request.extensions_mut().insert(found);
    Ok(caller)
}

/// Whether a call without a token comes from this machine and not from a web page that a browser
/// on it shows: such a page names its own origin, or calls us by a name of its own.
fn local(headers: &HeaderMap) -> bool {
    let is_loopback = |authority: &str| {
        let host = match authority.strip_prefix('[') {
            Some(six) => six.split(']').next(),
            None => authority.split(':').next(),
        };
        let ip = |host: &str| host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        host.is_some_and(|host| host == "localhost" || ip(host))
    };
    let named = |name| {
        headers
            .get(name)
            .map(|value: &HeaderValue| value.to_str().unwrap_or("?"))
    };
    let origin = named(header::ORIGIN).map(|origin| origin.split_once("://").map_or("?", |o| o.1));
    named(header::HOST).is_none_or(is_loopback) && origin.is_none_or(is_loopback)
}

/// The secret in `Authorization: Bearer SECRET` (RFC 6750).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret)
}

/// The SHA-256 in lower case hexadecimal.
pub(crate) fn hex_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Two lower case digits for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.map(|half| DIGITS[usize::from(half)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &'static str, origin: Option<&'static str>) -> HeaderMap {
        let host = (header::HOST, HeaderValue::from_static(host));
        let origin = origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin)));
        [host].into_iter().chain(origin).collect()
    }

    #[test]
    fn without_tokens_no_web_page_of_another_site_gets_in() {
        for host in [
            "127.0.0.1:8000",
            "localhost:8000",
            "[::1]:8000",
            "localhost",
        ] {
            assert!(local(&headers(host, None)), "{host}");
        }
        assert!(local(&headers(
            "127.0.0.1:8000",
            Some("http://localhost:3000")
        )));
        for origin in [
            "http://example.org",
            "null",
            "https://localhost.example.org:8000",
        ] {
            assert!(!local(&headers("127.0.0.1:8000", Some(origin))), "{origin}");
        }
        assert!(!local(&headers("rebound.example.org:8000", None)));
    }

    #[test]
    fn only_a_bearer_token_is_a_token() {
        let with = |value| {
            bearer(&[(header::AUTHORIZATION, value)].into_iter().collect()).map(str::to_owned)
        };
        let value = HeaderValue::from_static;
        assert_eq!(with(value("Bearer abc")), Some("abc".to_owned()));
        assert_eq!(with(value("bearer  abc ")), Some("abc".to_owned()));
        for other in ["Basic abc", "Bearer", "Bearer ", "abc", ""] {
            assert_eq!(with(value(other)), None, "{other:?}");
        }
    }
}
