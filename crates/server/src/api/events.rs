//! Events: the stream and the log.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{Response, sse::Event},
};
use kloigos_control::EventWatch;

use super::{
    asked::Filter,
    error::ApiError,
    request::{EventLog, EventLogQuery, EventQuery},
    stream::{self, Source},
    view::EventView,
};
use crate::app::App;

/// Listen to events
///
/// Server-sent events, each with its kind as `event`, its number as `id` and an `EventView` as
/// `data`: from now on, or from behind the event that the header `Last-Event-ID` or the parameter
/// `since` names. Nothing is lost or sent twice across a reconnect, a restart or another control
/// plane. Where events after that place are not kept any more, a message `gap` says so first:
/// whoever keeps a picture of them looks anew.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "stream_events",
    tag = "events",
    params(
        EventQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was heard; browsers send it by themselves."),
    ),
    responses((status = 200, description = "Messages without end.", body = EventView, content_type = "text/event-stream")),
)]
pub(super) async fn stream(
    State(app): State<App>,
    headers: HeaderMap,
    Filter(query): Filter<EventQuery>,
) -> Result<Response, ApiError> {
    let filter = query.filter(last_heard(&headers));
    let watch = app.control().watch_events(filter).await?;
    let begin = stream::place(watch.place());
    Ok(stream::of(app, begin, Told(watch)))
}

/// List events
///
/// Those that are kept, the newest first, or those that match all filters given.
#[utoipa::path(
    get,
    path = "/events/log",
    operation_id = "list_events",
    tag = "events",
    params(EventQuery, EventLogQuery),
    responses((status = 200, description = "Successful Response", body = Vec<EventView>)),
)]
pub(super) async fn list(
    State(app): State<App>,
    Filter(query): Filter<EventLog>,
) -> Result<Json<Vec<EventView>>, ApiError> {
    let (filter, limit) = query.filter();
    let events = app.control().list_events(&filter, limit).await?;
    Ok(Json(events.into_iter().map(Into::into).collect()))
}

/// What was heard last; a text that is none of our ids is as good as none.
pub(super) fn last_heard<T: std::str::FromStr>(headers: &HeaderMap) -> Option<T> {
    let value = headers.get("last-event-id")?.to_str().ok()?;
    value.trim().parse().ok()
}

/// Events as they are heard.
struct Told(EventWatch);

impl Source for Told {
    async fn next(&mut self) -> Option<Vec<Event>> {
        match self.0.next().await {
            Ok(page) => {
                let gap = page.gap.then(missed);
                let told = page.events.into_iter().map(|event| message(&event.into()));
                Some(gap.into_iter().chain(told).collect())
            }
            Err(refusal) => {
                // The caller comes back and goes on where it was.
                tracing::warn!(error = &refusal as &dyn std::error::Error, "a stream ends");
                None
            }
        }
    }
}

fn message(event: &EventView) -> Event {
    let named = Event::default().id(event.id.to_string());
    let named = named.event(event.kind.clone());
    named
        .json_data(event)
        .expect("an event is text and numbers")
}

/// Tells that something is not kept any more.
fn missed() -> Event {
    let said = "{\"detail\":\"events after the last one that you heard are not kept any more\"}";
    Event::default().event("gap").data(said)
}
