//! What an allocated unit runs with: stop, start, reset, limits.

use axum::{extract::State, response::Response};
use kloigos_control::{Change, ChangeUnit};
use kloigos_model::names::UnitId;

use crate::{
    api::{
        asked::{Asked, Named, Optional},
        error::ApiError,
        follow,
        request::{
            Because, ChangeLimitsRequest, Halt, NewLimits, Of, ReasonRequest, StopRequest,
            TenancyQuery,
        },
        view::{Detail, JobView},
    },
    app::App,
};

/// Stop a unit
///
/// Ends its processes, or lets them stand still where they are. Nobody logs in until it is started;
/// its files and its tenancy stay.
#[utoipa::path(
    post,
    path = "/compute_units/{compute_id}/stop",
    operation_id = "stop_unit",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        TenancyQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
    ),
    request_body = Option<StopRequest>,
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 404, description = "There is no such unit.", body = Detail),
        (status = 409, description = "The unit is not allocated, or is to be frozen and stopped already.", body = Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = Detail),
    ),
)]
pub(in crate::api) async fn stop(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
    asked: Asked<TenancyQuery, Optional<Halt>>,
) -> Result<Response, ApiError> {
    change(app, unit, asked, |body, of| body.0.operation(of)).await
}

/// Start a unit
///
/// Its processes run again where they stood, or its user manager is started anew; people may log
/// in.
#[utoipa::path(
    post,
    path = "/compute_units/{compute_id}/start",
    operation_id = "start_unit",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        TenancyQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
    ),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 404, description = "There is no such unit.", body = Detail),
        (status = 409, description = "The unit is not allocated.", body = Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = Detail),
    ),
)]
pub(in crate::api) async fn start(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
    asked: Asked<TenancyQuery, Optional<Because>>,
) -> Result<Response, ApiError> {
    let start = |body: Optional<Because>, of| body.0.operation(of, Change::Start);
    change(app, unit, asked, start).await
}

/// Reset a unit
///
/// Ends and wipes everything of the tenant and hands the unit back to the same tenancy, empty. One
/// that fails midway leaves the unit in quarantine.
#[utoipa::path(
    post,
    path = "/compute_units/{compute_id}/reset",
    operation_id = "reset_unit",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        TenancyQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
    ),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 404, description = "There is no such unit.", body = Detail),
        (status = 409, description = "The unit is not allocated.", body = Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = Detail),
    ),
)]
pub(in crate::api) async fn reset(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
    asked: Asked<TenancyQuery, Optional<Because>>,
) -> Result<Response, ApiError> {
    let reset = |body: Optional<Because>, of| body.0.operation(of, Change::Reset);
    change(app, unit, asked, reset).await
}

/// Change limits
///
/// Changes what the tenancy may use while it runs. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/compute_units/{compute_id}/limits",
    operation_id = "change_limits",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        TenancyQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
    ),
    request_body = ChangeLimitsRequest,
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 404, description = "There is no such unit.", body = Detail),
        (status = 409, description = "The unit is not allocated.", body = Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = Detail),
    ),
)]
pub(in crate::api) async fn limits(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
    asked: Asked<TenancyQuery, NewLimits>,
) -> Result<Response, ApiError> {
    change(app, unit, asked, NewLimits::operation).await
}

async fn change<B>(
    app: App,
    unit: UnitId,
    asked: Asked<TenancyQuery, B>,
    operation: impl FnOnce(B, Of) -> ChangeUnit,
) -> Result<Response, ApiError> {
    let waits = asked.waits(false);
    let of = Of {
        unit,
        allocation: asked.query.allocation(),
        idempotency: asked.idempotency,
    };
    let begun = app.control().change_unit(operation(asked.body, of)).await?;
    follow::to_end(&app, begun.job, waits).await
}
