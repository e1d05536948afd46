//! Jobs: list, show, listen, take back, try again.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{Response, sse::Event},
};
use kloigos_control::{JobPage, JobWatch};
use kloigos_model::ids::JobId;

use super::{
    asked::{Asked, Filter, Named, Optional},
    error::ApiError,
    events::last_heard,
    follow,
    request::{Because, JobQuery, ReasonRequest, WaitQuery},
    stream::{self, Source},
    view::{Detail, JobDetailView, JobView, LogLineView},
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

/// Listen to a job
///
/// Server-sent events. `log`: a line of its log, a `LogLineView` with its number as `id`, from the
/// first on, or from behind the one that the header `Last-Event-ID` names. `job`: how it stands, a
/// `JobView`, at the beginning and whenever that changes, its progress too. `end`: the same when it
/// is over, and the last message.
#[utoipa::path(
    get,
    path = "/jobs/{id}/events",
    operation_id = "stream_job",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "The job's id, as in the header `Kloigos-Job`."),
        ("Last-Event-ID" = Option<String>, Header, description = "The last line that was heard; browsers send it by themselves."),
    ),
    responses(
        (status = 200, description = "Messages until the job is over.", body = LogLineView, content_type = "text/event-stream"),
        (status = 404, description = "There is no such job.", body = Detail),
    ),
)]
pub(super) async fn stream(
    State(app): State<App>,
    Named(id): Named<JobId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let heard = last_heard(&headers).unwrap_or_default();
    let watch = app.control().watch_job(id, heard).await?;
    let begin = stream::place(watch.place());
    Ok(stream::of(app, begin, Told(watch)))
}

/// Take a job back
///
/// At once where it waits, else when its present step is over: a server is never left in the middle
/// of one. An allocation gives its unit back or has it emptied, a change is undone, an init leaves
/// the server in `init_fail`. What ends a tenancy or returns a server goes on, and so does a reset
/// that was begun.
#[utoipa::path(
    post,
    path = "/jobs/{id}/cancel",
    operation_id = "cancel_job",
    tag = "jobs",
    params(("id" = String, Path, description = "The job's id."), WaitQuery),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 202, description = "It is being taken back, or is by now: its `status` tells.", body = JobView),
        (status = 404, description = "There is no such job.", body = Detail),
        (status = 409, description = "It is over, or cannot be taken back.", body = Detail),
    ),
)]
pub(super) async fn cancel(
    State(app): State<App>,
    Named(id): Named<JobId>,
    asked: Asked<WaitQuery, Optional<Because>>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(false);
    app.control().cancel_job(asked.body.0.cancel(id)).await?;
    follow::to_standing(&app, id, waits).await
}

/// Try a job again
///
/// One that waits for its next try is tried at once. What a failed or cancelled one was for is
/// begun anew, by another job, as long as what it left is still as it left it. Whoever asks again is
/// answered with that job, unless it failed too: then it is what is tried again.
#[utoipa::path(
    post,
    path = "/jobs/{id}/retry",
    operation_id = "retry_job",
    tag = "jobs",
    params(("id" = String, Path, description = "The job's id."), WaitQuery),
    request_body = Option<ReasonRequest>,
    responses(
        (status = 202, description = "The job that does it: the same one, or another with `retry_of`.", body = JobView),
        (status = 404, description = "There is no such job.", body = Detail),
        (status = 409, description = "It is at work, did what it was for, or is settled otherwise.", body = Detail),
        (status = 412, description = "The unit is another tenancy's by now.", body = Detail),
        (status = 460, description = "No free unit matches what the job was to allocate.", body = Detail),
    ),
)]
pub(super) async fn retry(
    State(app): State<App>,
    Named(id): Named<JobId>,
    asked: Asked<WaitQuery, Optional<Because>>,
) -> Result<Response, ApiError> {
    let waits = asked.waits(false);
    let begun = app.control().retry_job(asked.body.0.retry(id)).await?;
    follow::to_standing(&app, begun.job, waits).await
}

/// A job as it is heard.
struct Told(JobWatch);

impl Source for Told {
    async fn next(&mut self) -> Option<Vec<Event>> {
        match self.0.next().await {
            Ok(page) => page.map(messages),
            Err(refusal) => {
                // The caller comes back and goes on where it was.
                tracing::warn!(error = &refusal as &dyn std::error::Error, "a stream ends");
                None
            }
        }
    }
}

fn messages(page: JobPage) -> Vec<Event> {
    let over = page.record.status.is_over();
    let lines = page.lines.into_iter().map(|line| {
        let said = Event::default().event("log").id(line.seq.to_string());
        said.json_data(LogLineView::from(line))
            .expect("a line is text and numbers")
    });
    let mut messages: Vec<Event> = lines.collect();
    if !page.more {
        let word = if over { "end" } else { "job" };
        let stands = Event::default().event(word);
        let stands = stands.json_data(JobView::from(page.record));
        messages.push(stands.expect("a job is text and numbers"));
    }
    messages
}
