//! One log event for each call, under an id that the answer names. Paths are logged, queries,
//! headers and bodies are not: tags, keys and tokens are in them.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use kloigos_control::{Entropy, SystemEntropy};
use tokio::time::Instant;
use tracing::{Instrument, Span, field::Empty};

use crate::app::App;

const ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the call an id of its own, logs how it was answered, and counts it.
pub(super) async fn traced(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = id();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("call", id, %method, path, caller = Empty);
    let mut response = answered(&app, request, next).instrument(span).await;
    let id = HeaderValue::from_str(&id).expect("hexadecimal digits are a header value");
    response.headers_mut().insert(ID_HEADER, id);
    response
}

async fn answered(app: &App, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let took = began.elapsed();
    let path = path.as_ref().map(MatchedPath::as_str);
    app.calls().count(&method, path, response.status(), took);
    let millis = took.as_millis() as u64;
    tracing::info!(parent: Span::current(), status = response.status().as_u16(), millis, "answered");
    response
}

/// 64 random bits in hexadecimal.
fn id() -> String {
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}
