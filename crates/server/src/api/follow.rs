//! What a call answers about the job it began: its outcome when the caller waits for it, or where
//! to look for it.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use kloigos_control::{JobRecord, JobStatus, Refusal};
use kloigos_model::ids::JobId;
use serde_json::json;

use super::{
    error::{ApiError, accepted, naming},
    view::{AttestationView, ComputeUnitResponse, JobView},
};
use crate::app::App;

/// The unit that an allocation makes ready: 200 with it, or 202 when it is not waited for or takes
/// longer than that.
pub(super) async fn to_unit(app: &App, job: JobId, waits: bool) -> Result<Response, ApiError> {
    if waits {
        let ready = app.control().wait_for_unit(job, app.patience());
        if let Some(unit) = app.unless_stopping(ready).await.transpose()?.flatten() {
            let view = Json(ComputeUnitResponse::from(unit));
            return Ok(naming(job, view.into_response()));
        }
    }
    going(app, job).await
}

/// What the kernel said: 200 with it, or 202 when it is not waited for or takes longer than that.
pub(super) async fn to_attestation(
    app: &App,
    job: JobId,
    waits: bool,
) -> Result<Response, ApiError> {
    let end = async {
        let record = app.control().wait(job, app.patience()).await?;
        match record.status {
            JobStatus::Failed | JobStatus::Cancelled => Err(failed(record)),
            JobStatus::Queued | JobStatus::Running => Ok(None),
            JobStatus::Succeeded => Ok(app.control().attestation(job).await?),
        }
    };
    let made = if waits {
        app.unless_stopping(end).await.transpose()?.flatten()
    } else {
        None
    };
    match made {
        Some(made) => Ok(naming(
            job,
            Json(AttestationView::from(made)).into_response(),
        )),
        None => going(app, job).await,
    }
}

/// The end of work that has no result but that it is done: 200 at once when it is not waited for,
/// else when it is done, or 202 when that takes too long.
pub(super) async fn to_end(app: &App, job: JobId, waits: bool) -> Result<Response, ApiError> {
    let done = naming(job, Json(json!({})).into_response());
    if !waits {
        return Ok(done);
    }
    let end = app.control().wait(job, app.patience());
    let Some(record) = app.unless_stopping(end).await.transpose()? else {
        return going(app, job).await;
    };
    match record.status {
        JobStatus::Succeeded => Ok(done),
        JobStatus::Failed | JobStatus::Cancelled => Err(failed(record)),
        JobStatus::Queued | JobStatus::Running => Ok(accepted(job, JobView::from(record))),
    }
}

/// How the job stands: at once, or when it is over where that is waited for.
pub(super) async fn to_standing(app: &App, job: JobId, waits: bool) -> Result<Response, ApiError> {
    if waits {
        let end = app.control().wait(job, app.patience());
        app.unless_stopping(end).await.transpose()?;
    }
    going(app, job).await
}

async fn going(app: &App, job: JobId) -> Result<Response, ApiError> {
    let detail = app.control().job(job).await?;
    Ok(accepted(job, JobView::from(detail.record)))
}

fn failed(record: JobRecord) -> ApiError {
    let reason = record
        .reason
        .unwrap_or_else(|| "it left no reason".to_owned());
    ApiError::Refused(Refusal::NotReady {
        job: record.id,
        reason,
    })
}
