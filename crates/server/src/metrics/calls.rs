//! What callers asked, and how long they waited for an answer.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

/// What this process answered. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Calls {
    answers: Family<Answer, Counter>,
    waits: Family<Call, Histogram, fn() -> Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    path: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    method: &'static str,
    path: String,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            answers: Family::default(),
            waits: Family::new_with_constructor(waits),
        }
    }
}

impl Calls {
    /// Counts an answer. `path` is the one of the document, with braces for what is in it.
    pub(crate) fn count(
        &self,
        method: &Method,
        path: Option<&str>,
        status: StatusCode,
        took: Duration,
    ) {
        let method = known(method);
        let path = path.unwrap_or("other").to_owned();
        let call = Call {
            method,
            path: path.clone(),
        };
        self.waits.get_or_create(&call).observe(took.as_secs_f64());
        let status = status.as_u16();
        let answer = Answer {
            method,
            path,
            status,
        };
        self.answers.get_or_create(&answer).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "http_answers",
            "Calls that were answered since the start, by the path of the document",
            self.answers.clone(),
        );
        registry.register_with_unit(
            "http_wait",
            "How long callers waited for the begin of an answer",
            Unit::Seconds,
            self.waits.clone(),
        );
    }
}

/// From 1 ms to 65 s, each four times the one before.
fn waits() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 4.0, 9))
}

/// Callers may name methods as they like, and would make a series of each.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
