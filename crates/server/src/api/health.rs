//! How the control plane itself stands: open, so it tells nothing about servers or tenants.

use axum::{extract::State, response::Response};

use super::{error, view::HealthView};
use crate::app::App;

/// Health
///
/// Needs no token. 503 when the database does not answer.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "health",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Successful Response", body = HealthView),
        (status = 503, description = "The database does not answer.", body = HealthView),
    ),
)]
pub(super) async fn show(State(app): State<App>) -> Response {
    let standing = app.control().health().await;
    error::standing(standing.store, HealthView::from(standing))
}
