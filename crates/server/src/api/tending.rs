//! What is done about a server as a whole: edit, cordon and uncordon, check and repair drift.

use axum::{Json, extract::State};
use kloigos_control::{Tend, TendServer};
use kloigos_model::names::Hostname;

use super::{
    asked::{Asked, Named, Optional},
    error::ApiError,
    request::{Because, NewMode, Nothing, ReasonRequest, ServerRequest},
    view::{Detail, JobView, ServerDetailView},
};
use crate::app::App;

/// Edit a server
///
/// Says what is done about drift on it from now on: `report` tells it, `repair` puts it right by
/// jobs as well, `off` does not look for it.
#[utoipa::path(
    patch,
    path = "/servers/{hostname}",
    operation_id = "edit_server",
    tag = "servers",
    params(("hostname" = String, Path, description = "The server's name.")),
    request_body = ServerRequest,
    responses(
        (status = 200, description = "Successful Response", body = ServerDetailView),
        (status = 404, description = "There is no such server.", body = Detail),
    ),
)]
pub(super) async fn edit(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
    asked: Asked<Nothing, NewMode>,
) -> Result<Json<ServerDetailView>, ApiError> {
    tended(&app, asked.body.operation(hostname)).await
}

/// Cordon a server
///
/// Nothing of it is handed out any more: its free units are `unavailable`. Tenancies go on.
#[utoipa::path(
    post,
    path = "/servers/{hostname}/cordon",
    operation_id = "cordon_server",
    tag = "servers",
    params(("hostname" = String, Path, description = "The server's name.")),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 200, description = "Successful Response", body = ServerDetailView),
        (status = 404, description = "There is no such server.", body = Detail),
        (status = 409, description = "The server is not ready.", body = Detail),
    ),
)]
pub(super) async fn cordon(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
    asked: Asked<Nothing, Optional<Because>>,
) -> Result<Json<ServerDetailView>, ApiError> {
    tended(&app, asked.body.0.tend(hostname, Tend::Cordon)).await
}

/// Uncordon a server
///
/// It is back in placement. Its units are free when they were compared with what they should be,
/// which is done at once.
#[utoipa::path(
    post,
    path = "/servers/{hostname}/uncordon",
    operation_id = "uncordon_server",
    tag = "servers",
    params(("hostname" = String, Path, description = "The server's name.")),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 200, description = "Successful Response", body = ServerDetailView),
        (status = 404, description = "There is no such server.", body = Detail),
        (status = 409, description = "The server is neither cordoned nor ready.", body = Detail),
    ),
)]
pub(super) async fn uncordon(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
    asked: Asked<Nothing, Optional<Because>>,
) -> Result<Json<ServerDetailView>, ApiError> {
    tended(&app, asked.body.0.tend(hostname, Tend::Uncordon)).await
}

/// Check a server
///
/// Visits it now, as is done now and then by itself: compares it with what it should be, asks the
/// kernel about its tenants' units, and answers with what was found. Changes nothing on it.
#[utoipa::path(
    post,
    path = "/servers/{hostname}/check",
    operation_id = "check_server",
    tag = "servers",
    params(("hostname" = String, Path, description = "The server's name.")),
    responses(
        (status = 200, description = "Successful Response", body = ServerDetailView),
        (status = 404, description = "There is no such server.", body = Detail),
        (status = 409, description = "The server is neither ready nor cordoned.", body = Detail),
    ),
)]
pub(super) async fn check(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
) -> Result<Json<ServerDetailView>, ApiError> {
    Ok(Json(app.control().check_server(&hostname).await?.into()))
}

/// Repair a server
///
/// Puts right what differed at the last visit: one job for each unit that differs, and one for the
/// server's own part. Each says in its log what it changed.
#[utoipa::path(
    post,
    path = "/servers/{hostname}/repair",
    operation_id = "repair_server",
    tag = "servers",
    params(("hostname" = String, Path, description = "The server's name.")),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 200, description = "The jobs; none when nothing differed.", body = Vec<JobView>),
        (status = 404, description = "There is no such server.", body = Detail),
        (status = 409, description = "The server is neither ready nor cordoned.", body = Detail),
    ),
)]
pub(super) async fn repair(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
    asked: Asked<Nothing, Optional<Because>>,
) -> Result<Json<Vec<JobView>>, ApiError> {
    let op = asked.body.0.tend(hostname, Tend::Repair);
    let mut jobs = Vec::new();
    for job in app.control().tend_server(op).await? {
        jobs.push(app.control().job(job).await?.record.into());
    }
    Ok(Json(jobs))
}

/// Does it, and shows the server as it is then.
async fn tended(app: &App, op: TendServer) -> Result<Json<ServerDetailView>, ApiError> {
    let hostname = op.hostname.clone();
    app.control().tend_server(op).await?;
    Ok(Json(app.control().server(&hostname).await?.into()))
}
