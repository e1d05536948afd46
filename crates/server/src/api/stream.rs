//! Server-sent events: a stream that says where it is, ends with the control plane, and is taken up
//! again by `Last-Event-ID` where it broke off.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt, stream};

use crate::app::App;

/// How often something is sent when nothing happens, so that whatever is between does not take the
/// connection for dead.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// How long a stream lasts at most: its caller is looked at anew now and then.
const LONGEST: Duration = Duration::from_hours(1);
/// Told to a proxy that would otherwise collect what is to arrive at once.
const NO_BUFFER: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-accel-buffering"),
    HeaderValue::from_static("no"),
);

/// Where the messages of a stream come from.
pub(super) trait Source: Send + 'static {
    /// Waits for the next ones. None: the stream is over.
    fn next(&mut self) -> impl Future<Output = Option<Vec<Event>>> + Send;
}

/// How long a browser waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(1);

/// Says where a stream begins, so that whoever heard nothing before it broke off goes on there. A
/// browser keeps it and tells nobody.
pub(super) fn place(id: impl std::fmt::Display) -> Event {
    Event::default().id(id.to_string()).retry(COME_BACK)
}

/// The answer that sends what comes from the source, after where it begins.
pub(super) fn of(app: App, begin: Event, source: impl Source) -> Response {
    let ends_at = tokio::time::Instant::now() + LONGEST;
    let pages = stream::unfold((app, source), move |(app, mut source)| async move {
        let page = app.unless_stopping(source.next());
        let page = tokio::time::timeout_at(ends_at, page).await;
        let page = page.ok().flatten().flatten()?;
        Some((page, (app, source)))
    });
    let pages = stream::once(async { vec![begin] }).chain(pages);
    let events = pages.flat_map(|page| stream::iter(page.into_iter().map(Ok::<Event, Infallible>)));
    let alive = KeepAlive::new().interval(SIGN_OF_LIFE);
    ([NO_BUFFER], Sse::new(events).keep_alive(alive)).into_response()
}
