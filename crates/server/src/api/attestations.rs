//! Attestations: what the kernel itself says of what was promised.

use axum::{Json, extract::State, response::Response};
use kloigos_control::Promised;
use kloigos_model::names::{Hostname, UnitId};

use super::{
    asked::{Asked, Filter, Named, Optional},
    error::ApiError,
    follow,
    request::{Because, LimitQuery, ReasonRequest, TenancyQuery, WaitQuery},
    view::{AttestationView, Detail, JobView},
};
use crate::app::App;

/// Attest a unit
///
/// Asks the kernel, promise by promise, whether it keeps what the unit should be, and answers with
/// what it says. Nothing is changed, whatever comes out. Every allocation is followed by one.
#[utoipa::path(
    post,
    path = "/compute_units/{compute_id}/attest",
    operation_id = "attest_unit",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        TenancyQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
    ),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 200, description = "Successful Response", body = AttestationView),
        (status = 202, description = "The work goes on; `Location` names its job.", body = JobView),
        (status = 404, description = "There is no such unit.", body = Detail),
        (status = 409, description = "The unit is neither free nor allocated.", body = Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = Detail),
        (status = 470, description = "The server could not be asked; the detail names the job.", body = Detail),
    ),
)]
pub(super) async fn attest_unit(
    State(app): State<App>,
    Named(id): Named<UnitId>,
    asked: Asked<TenancyQuery, Optional<Because>>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(true);
    let allocation = asked.query.allocation();
    let of = Promised::Unit { id, allocation };
    let op = asked.body.0.attest(of, asked.idempotency);
    let begun = app.control().attest(op).await?;
    follow::to_attestation(&app, begun.job, waits).await
}

/// List a unit's attestations
///
/// The newest first; those of ended tenancies too.
#[utoipa::path(
    get,
    path = "/compute_units/{compute_id}/attestations",
    operation_id = "list_unit_attestations",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        LimitQuery,
    ),
    responses(
        (status = 200, description = "Successful Response", body = Vec<AttestationView>),
        (status = 404, description = "There is no such unit.", body = Detail),
    ),
)]
pub(super) async fn of_unit(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
    Filter(query): Filter<LimitQuery>,
) -> Result<Json<Vec<AttestationView>>, ApiError> {
    let list = app.control().attestations_of_unit(&unit, query.limit());
    Ok(Json(list.await?.into_iter().map(Into::into).collect()))
}

/// Attest a server
///
/// The same for the server's own part: what holds for all its units, and for the host itself.
#[utoipa::path(
    post,
    path = "/servers/{hostname}/attest",
    operation_id = "attest_server",
    tag = "servers",
    params(
        ("hostname" = String, Path, description = "The server's name."),
        WaitQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
    ),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 200, description = "Successful Response", body = AttestationView),
        (status = 202, description = "The work goes on; `Location` names its job.", body = JobView),
        (status = 404, description = "There is no such server.", body = Detail),
        (status = 409, description = "The server is not ready.", body = Detail),
        (status = 470, description = "The server could not be asked; the detail names the job.", body = Detail),
    ),
)]
pub(super) async fn attest_server(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
    asked: Asked<WaitQuery, Optional<Because>>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(true);
    let of = Promised::Server(hostname);
    let op = asked.body.0.attest(of, asked.idempotency);
    let begun = app.control().attest(op).await?;
    follow::to_attestation(&app, begun.job, waits).await
}

/// List a server's attestations
///
/// Those of its own part, the newest first.
#[utoipa::path(
    get,
    path = "/servers/{hostname}/attestations",
    operation_id = "list_server_attestations",
    tag = "servers",
    params(("hostname" = String, Path, description = "The server's name."), LimitQuery),
    responses(
        (status = 200, description = "Successful Response", body = Vec<AttestationView>),
        (status = 404, description = "There is no such server.", body = Detail),
    ),
)]
pub(super) async fn of_server(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
    Filter(query): Filter<LimitQuery>,
) -> Result<Json<Vec<AttestationView>>, ApiError> {
    let list = app
        .control()
        .attestations_of_server(&hostname, query.limit());
    Ok(Json(list.await?.into_iter().map(Into::into).collect()))
}
