//! What a browser may do with the application: nothing but what comes from us.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use kloigos_control::{Entropy, SystemEntropy};

use crate::auth::hex;

/// What stands in the page where the number of this one answer belongs.
const PLACE: &str = "__NONCE__";

/// The page. Styles that the application makes while it runs carry a number that is drawn for each
/// answer, so that no others count; scripts are files of ours alone.
pub(super) fn page(text: &str) -> Response {
    let mut random = [0; 16];
    SystemEntropy.fill(&mut random);
    let nonce = hex(&random);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' \
         data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    let mut response = Html(text.replace(PLACE, &nonce)).into_response();
    let policy = HeaderValue::from_str(&policy).expect("words and hexadecimal digits");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    common(response)
}

/// What holds for every file of the application.
pub(super) fn common(mut response: Response) -> Response {
    const ALL: [(HeaderName, &str); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in ALL {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
