//! Tenancies that were.

use axum::{Json, extract::State};
use kloigos_model::names::UnitId;

use super::{
    asked::{Filter, Named},
    error::ApiError,
    request::LimitQuery,
    view::AllocationView,
};
use crate::app::App;

/// List the allocations of a compute unit
///
/// Its tenancies, the newest first; they are kept for ever.
#[utoipa::path(
    get,
    path = "/compute_units/{compute_id}/allocations",
    operation_id = "list_unit_allocations",
    tag = "compute_units",
    params(
        ("compute_id" = String, Path, description = "The unit's name, such as `host1_0-15`."),
        LimitQuery,
    ),
    responses(
        (status = 200, description = "Successful Response", body = Vec<AllocationView>),
        (status = 404, description = "There is no such unit.", body = super::view::Detail),
    ),
)]
pub(super) async fn of_unit(
    State(app): State<App>,
    Named(unit): Named<UnitId>,
    Filter(query): Filter<LimitQuery>,
) -> Result<Json<Vec<AllocationView>>, ApiError> {
    let all = app.control().allocations(&unit, query.limit()).await?;
    Ok(Json(all.into_iter().map(Into::into).collect()))
}
