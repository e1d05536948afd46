//! What Prometheus scrapes at `/metrics`: the fleet as the database has it at that moment, and what
//! this process answered since its start.

mod calls;
mod fleet;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use kloigos_control::Tallies;
use prometheus_client::{encoding::text, metrics::info::Info, registry::Registry};

pub(crate) use calls::Calls;

use crate::{api::ApiError, app::App};

/// The text format of `OpenMetrics` 1.0.
const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that is measured, in the text format of `OpenMetrics`.
pub(crate) async fn scrape(State(app): State<App>) -> Result<Response, ApiError> {
    let tallies = app.control().tallies().await?;
    let text = render(&tallies, app.calls());
    Ok(([(header::CONTENT_TYPE, FORMAT)], text).into_response())
}

fn render(tallies: &Tallies, calls: &Calls) -> String {
    let mut registry = Registry::with_prefix("kloigos");
    let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("build", "The control plane that answers", build);
    fleet::register(tallies, &mut registry);
    calls.register(&mut registry);
    let mut text = String::new();
    text::encode(&mut text, &registry).expect("a text takes whatever is written");
    text
}
