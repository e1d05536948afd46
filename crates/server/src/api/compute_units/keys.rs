//! Who may log in as a unit's tenant.

use axum::{Json, extract::State, response::Response};
use kloigos_control::Change;
use kloigos_model::names::UnitId;

use crate::{
    api::{
        asked::{Asked, KeyOf, Named},
        error::ApiError,
        follow,
        request::{Keys, KeysRequest, Of, RemovalQuery, TenancyQuery},
        view::{Detail, JobView, KeyView},
    },
    app::App,
};

/// List a unit's keys
///
/// Who may log in: the keys of the present tenancy; none when the unit is free.
#[utoipa::path(
    get,
    path = "/compute_units/{compute_id}/keys",
    operation_id = "list_keys",
    tag = "compute_units",
    params(("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`.")),
    responses(
        (status = 200, description = "Successful Response", body = Vec<KeyView>),
        (status = 404, description = "There is no such unit.", body = Detail),
    ),
)]
pub(in crate::api) async fn list(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
) -> Result<Json<Vec<KeyView>>, ApiError> {
    let detail = app.control().unit(&unit).await?;
    Ok(Json(KeyView::of(detail.allocation.as_ref())))
}

/// Add keys
///
/// Lets more people in while the unit runs. A key that is let in already stays as it is.
#[utoipa::path(
    post,
    path = "/compute_units/{compute_id}/keys",
    operation_id = "add_keys",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        TenancyQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body within 24 hours is answered by the first one's job."),
    ),
    request_body = KeysRequest,
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 404, description = "There is no such unit.", body = Detail),
        (status = 409, description = "The unit is not allocated, or would have too many keys.", body = Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = Detail),
    ),
)]
pub(in crate::api) async fn add(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
    asked: Asked<TenancyQuery, Keys>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(false);
    let of = Of {
        unit,
        allocation: asked.query.allocation(),
        idempotency: asked.idempotency,
    };
    let begun = app.control().change_unit(asked.body.operation(of)).await?;
    follow::to_end(&app, begun.job, waits).await
}

/// Remove a key
///
/// Lets the holder of a key in no more; sessions that are open stay. The last key stays as well.
#[utoipa::path(
    delete,
    path = "/compute_units/{compute_id}/keys/{fingerprint}",
    operation_id = "remove_key",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        ("fingerprint" = String, Path, description = "The key's fingerprint, such as `SHA256:…`; a slash in it may be sent as it is or as `%2F`."),
        RemovalQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key within 24 hours is answered by the first one's job."),
    ),
    responses(
        (status = 200, description = "Successful Response", body = Object),
        (status = 202, description = "Waited for, and not done yet; `Location` names the job.", body = JobView),
        (status = 404, description = "There is no such unit, or no such key of it.", body = Detail),
        (status = 409, description = "The unit is not allocated, or this is its last key.", body = Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = Detail),
        (status = 470, description = "Waited for, and failed; the detail names the job.", body = Detail),
    ),
)]
pub(in crate::api) async fn remove(
    State(app): State<App>,
    key: KeyOf,
    asked: Asked<RemovalQuery>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(false);
    let of = Of {
        unit: key.unit,
        allocation: asked.query.allocation(),
        idempotency: asked.idempotency,
    };
    let op = of.change(Change::RemoveKey(key.fingerprint), asked.query.reason);
    let begun = app.control().change_unit(op).await?;
    follow::to_end(&app, begun.job, waits).await
}
