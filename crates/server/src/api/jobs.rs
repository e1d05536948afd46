//! Jobs: list, show.

use axum::{Json, extract::State};
use kloigos_model::ids::JobId;

use super::{
    asked::{Filter, Named},
    error::ApiError,
    request::JobQuery,
    view::{JobDetailView, JobView},
};
use crate::app::App;

/// List jobs
///
/// The newest first, or those that match all filters given.
#[utoipa::path(
    get,
    path = "/jobs",
    operation_id = "list_jobs",
    tag = "jobs",
    params(JobQuery),
    responses((status = 200, description = "Successful Response", body = Vec<JobView>)),
)]
pub(super) async fn list(
    State(app): State<App>,
    Filter(query): Filter<JobQuery>,
) -> Result<Json<Vec<JobView>>, ApiError> {
    let jobs = app.control().list_jobs(&query.into()).await?;
    Ok(Json(jobs.into_iter().map(Into::into).collect()))
}

/// Show a job
///
/// How it stands, and its log.
#[utoipa::path(
    get,
    path = "/jobs/{id}",
    operation_id = "show_job",
    tag = "jobs",
    params(("id" = String, Path, description = "The job's id, as in the header `Kloigos-Job`.")),
    responses(
        (status = 200, description = "Successful Response", body = JobDetailView),
        (status = 404, description = "There is no such job.", body = super::view::Detail),
    ),
)]
pub(super) async fn show(
    State(app): State<App>,
    Named(id): Named<JobId>,
) -> Result<Json<JobDetailView>, ApiError> {
    Ok(Json(app.control().job(id).await?.into()))
}
