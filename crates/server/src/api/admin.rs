//! What an administrator does with a server: cut it into units, return it as it was.

use axum::{extract::State, response::Response};
use kloigos_model::names::Hostname;

use super::{
    asked::{Asked, Named},
    error::ApiError,
    follow,
    request::{Cut, DecommissionQuery, InitServerRequest, WaitQuery},
    view::JobView,
};
use crate::app::App;

/// Init Server
///
/// Lists the server's units as `initializing` and answers at once; they become `free`, or
/// `init_fail` with the reason. With `?wait=true` it answers when that is decided.
#[utoipa::path(
    post,
    path = "/admin/init_server",
    operation_id = "init_server_admin_init_server_post",
    tag = "admin",
    params(
        WaitQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
    ),
    request_body = InitServerRequest,
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 409, description = "The server has units in use, or its name or address is another's.", body = super::view::Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = super::view::Detail),
    ),
)]
pub(super) async fn init_server(
    State(app): State<App>,
    asked: Asked<WaitQuery, Cut>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(false);
    let op = asked.body.operation(asked.idempotency);
    let begun = app.control().init_server(op).await?;
    follow::to_end(&app, begun.job, waits).await
}

/// Decommission Server
///
/// Takes everything of Kloigos off the server and answers at once; with `?wait=true` when that is
/// done.
#[utoipa::path(
    delete,
    path = "/admin/decommission_server/{hostname}",
    operation_id = "decommission_server_admin_decommission_server__hostname__delete",
    tag = "admin",
    params(
        ("hostname" = String, Path, description = "The server's name."),
        DecommissionQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key within 24 hours is answered by the first one's job."),
    ),
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 404, description = "There is no such server.", body = super::view::Detail),
        (status = 409, description = "Units are allocated; `?force=true` deallocates them first.", body = super::view::Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = super::view::Detail),
    ),
)]
pub(super) async fn decommission_server(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
    asked: Asked<DecommissionQuery>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(false);
    let op = asked.query.operation(hostname, asked.idempotency);
    let begun = app.control().decommission_server(op).await?;
    follow::to_end(&app, begun.job, waits).await
}
