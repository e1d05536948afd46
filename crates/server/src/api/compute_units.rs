//! Compute units: allocate, deallocate, list, show.

pub(super) mod keys;
pub(super) mod running;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use kloigos_model::names::UnitId;

use super::{
    array,
    asked::{Asked, Filter, Named},
    error::ApiError,
    follow,
    request::{AllocateQuery, Allocation, ComputeUnitRequest, TenancyQuery, UnitQuery},
    view::{AllocateAnswer, ComputeUnitDetail, ComputeUnitResponse, JobView, PlacementView},
};
use crate::app::App;

/// Allocate
///
/// Takes a free unit, makes it ready for its tenant, and answers once the tenant can log in. After
/// the time that the control plane waits at most, or at once with `?wait=false` or
/// `Prefer: respond-async`, it answers 202 and the work goes on. With `?dry_run=true` it only says
/// which unit it would be now, and why.
#[utoipa::path(
    post,
    path = "/compute_units/allocate",
    operation_id = "allocate_compute_units_allocate_post",
    tag = "compute_units",
    params(
        AllocateQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
        ("Prefer" = Option<String>, Header, description = "`respond-async`: do not wait."),
    ),
    request_body = ComputeUnitRequest,
    responses(
        (status = 200, description = "Successful Response", body = AllocateAnswer),
        (status = 202, description = "The work goes on; `Location` names its job.", body = JobView),
        (status = 460, description = "No free unit matches; the detail says why, for each server.", body = super::view::Detail),
        (status = 470, description = "No server could be made ready; the detail names the job.", body = super::view::Detail),
    ),
)]
pub(super) async fn allocate(
    State(app): State<App>,
    asked: Asked<AllocateQuery, Allocation>,
) -> Result<Response, ApiError> {
    let (waits, dry_run) = (asked.waits(true), asked.query.dry_run);
    let op = asked.body.operation(asked.idempotency, app.patience());
    if dry_run == Some(true) {
        let placement = app.control().placement(&op).await?;
        return Ok(Json(PlacementView::from(placement)).into_response());
    }
    let begun = app.control().allocate(op).await?;
    follow::to_unit(&app, begun.job, waits).await
}

/// Deallocate
///
/// Ends the tenancy of a unit and answers at once; with `?wait=true` when the unit is free again.
#[utoipa::path(
    delete,
    path = "/compute_units/deallocate/{compute_id}",
    operation_id = "deallocate_compute_units_deallocate__compute_id__delete",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        TenancyQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key within 24 hours is answered by the first one's job."),
    ),
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 404, description = "There is no such unit.", body = super::view::Detail),
        (status = 409, description = "The unit is in no state to be deallocated, such as `free`.", body = super::view::Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = super::view::Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = super::view::Detail),
    ),
)]
pub(super) async fn deallocate(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
    asked: Asked<TenancyQuery>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(false);
    let op = asked.query.operation(unit, asked.idempotency);
    let begun = app.control().deallocate(op).await?;
    follow::to_end(&app, begun.job, waits).await
}

/// List compute units
///
/// Every unit that is not decommissioned, or those that match all filters given.
#[utoipa::path(
    get,
    path = "/compute_units/",
    operation_id = "list_servers_compute_units__get",
    tag = "compute_units",
    params(UnitQuery),
    responses((status = 200, description = "Successful Response", body = Vec<ComputeUnitResponse>)),
)]
pub(super) async fn list(
    State(app): State<App>,
    Filter(query): Filter<UnitQuery>,
) -> Result<Response, ApiError> {
    array::of(app.control().stream_units(query.into())).await
}

/// Show a compute unit
///
/// The unit with its limits, keys and directories: the one that is living, else its latest life.
#[utoipa::path(
    get,
    path = "/compute_units/{compute_id}",
    operation_id = "show_unit",
    tag = "compute_units",
    params(("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`.")),
    responses(
        (status = 200, description = "Successful Response", body = ComputeUnitDetail),
        (status = 404, description = "There is no such unit.", body = super::view::Detail),
    ),
)]
pub(super) async fn show(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
) -> Result<Json<ComputeUnitDetail>, ApiError> {
    Ok(Json(app.control().unit(&unit).await?.into()))
}
