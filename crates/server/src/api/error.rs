//! Why a call was not answered with what it asked for. The only file that names status codes.
//!
//! | status | when |
//! |---|---|
//! | 202 | the work goes on; `Location` names its job |
//! | 307 | the path has one slash too many or too few |
//! | 401 | no token, or an unknown one |
//! | 403 | a web page of another site calls |
//! | 404, 405 | no such path, thing or method |
//! | 408, 413 | the body takes too long, or is larger than 1 MiB |
//! | 409 | it cannot be done to the thing as it is |
//! | 412 | the unit is another tenancy's by now |
//! | 422 | the request is not sound; every fault is listed |
//! | 460 | no free unit matches; why, for each server |
//! | 470 | the work was begun and failed; the job is named |
//! | 500 | a fault of Kloigos; the log names the cause |
//! | 503 | the database is busy or was lost, or this build has nothing to put on a server |

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kloigos_control::{Fault as Broken, PathPart, Refusal};
use kloigos_model::ids::JobId;
use serde_json::{Value, json};

use super::{
    check::Faults,
    fault::{Fault, Loc, Part},
};

/// The header that names the job of a call.
pub(crate) const JOB_HEADER: HeaderName = HeaderName::from_static("kloigos-job");

/// No free unit matches.
const NO_CAPACITY: u16 = 460;
/// The work was begun and failed.
const NOT_READY: u16 = 470;

/// Why a call was not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// Control refused.
    Refused(Refusal),
    /// The request is not sound.
    Faults(Faults),
    /// Nobody we know, with the sentence that says why.
    Unauthorised(&'static str),
    /// There is no such path.
    NoPath,
    /// Calls need no token, and this one comes from a web page of elsewhere.
    Foreign,
    /// A page of another site calls with the cookie of a session.
    CrossSite,
    /// The body is larger than is read.
    LargeBody,
    /// The body did not arrive in time.
    SlowBody,
    /// The body broke off.
    BrokenBody,
}

impl ApiError {
    /// There is no such thing; hostile names are not repeated at full length.
    pub(crate) fn no_such(what: &str, name: &str) -> Self {
        let shown: String = name.chars().take(64).collect();
        let what = format!("there is no {what} {shown:?}");
        Self::Refused(Refusal::NotFound { what })
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refused(refusal),
            Self::Faults(faults) => invalid(&faults.into_entries()),
            Self::Unauthorised(why) => unauthorised(why),
            Self::NoPath => not_found(),
            Self::Foreign => said(
                StatusCode::FORBIDDEN,
                "without tokens only this machine may call, and no web page of another site",
            ),
            Self::CrossSite => said(
                StatusCode::FORBIDDEN,
                "a session counts only for calls from a page of this control plane",
            ),
            Self::LargeBody => said(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than 1 MiB",
            ),
            Self::SlowBody => said(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive within 30 seconds",
            ),
            Self::BrokenBody => said(StatusCode::BAD_REQUEST, "the body broke off before its end"),
        }
    }
}

fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::NotFound { what } => said(StatusCode::NOT_FOUND, &what),
        Refusal::Conflict { reason } => said(StatusCode::CONFLICT, &reason),
        Refusal::WrongTenancy { reason } => said(StatusCode::PRECONDITION_FAILED, &reason),
        Refusal::NoCapacity(why) => said(own(NO_CAPACITY), &why.to_string()),
        Refusal::NotReady { job, reason } => not_ready(job, &reason),
        Refusal::Invalid(faults) => {
            invalid(&faults.into_iter().map(below_body).collect::<Vec<_>>())
        }
        Refusal::KeyReused => invalid(&[reused(&refusal)]),
        Refusal::Busy | Refusal::InDoubt | Refusal::NoHostBinary => {
            said(StatusCode::SERVICE_UNAVAILABLE, &refusal.to_string())
        }
        Refusal::Internal(ref cause) => {
            tracing::error!(cause, "a call failed inside");
            internal()
        }
    }
}

/// What a caller hears of a fault of ours, which is nothing but where to look.
fn internal() -> Response {
    said(
        StatusCode::INTERNAL_SERVER_ERROR,
        "a fault of the control plane; its log names the cause under the id in X-Request-Id",
    )
}

/// The answer of a handler that panicked.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature of CatchPanicLayer::custom"
)]
pub(crate) fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(cause = text.unwrap_or("unknown"), "a handler panicked");
    internal()
}

fn not_ready(job: JobId, reason: &str) -> Response {
    let answer = said(own(NOT_READY), &format!("job {job} failed: {reason}"));
    naming(job, answer)
}

/// A fault that control found, as one of the body's.
fn below_body(broken: Broken) -> Fault {
    let loc = broken.path.into_iter().fold(Loc::of("body"), |loc, part| {
        loc.then(match part {
            PathPart::Name(name) => Part::Name(name),
            PathPart::Index(at) => Part::At(at),
        })
    });
    Fault::value(loc, &broken.message, &Value::Null)
}

fn reused(refusal: &Refusal) -> Fault {
    let loc = Loc::of("header").then("idempotency-key");
    Fault::value(loc, refusal, &Value::Null)
}

fn invalid(faults: &[Fault]) -> Response {
    let body = Json(json!({ "detail": faults }));
    (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
}

fn unauthorised(why: &str) -> Response {
    let mut answer = said(StatusCode::UNAUTHORIZED, why);
    let scheme = HeaderValue::from_static("Bearer");
    answer
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, scheme);
    answer
}

fn own(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("a status code of three digits")
}

fn said(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}

/// The answer with the job named in its header.
pub(crate) fn naming(job: JobId, mut answer: Response) -> Response {
    let name = HeaderValue::from_str(&job.to_string()).expect("a UUID is a header value");
    answer.headers_mut().insert(JOB_HEADER, name);
    answer
}

/// The work goes on: where to look for it, and how it stands now.
pub(crate) fn accepted(job: JobId, view: impl serde::Serialize) -> Response {
    let location = [(header::LOCATION, format!("/api/jobs/{job}"))];
    naming(
        job,
        (StatusCode::ACCEPTED, location, Json(view)).into_response(),
    )
}

/// No such path.
pub(crate) fn not_found() -> Response {
    said(StatusCode::NOT_FOUND, "Not Found")
}

/// The path is there, the method is not.
pub(crate) fn method_not_allowed() -> Response {
    said(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

/// The same call at the path without, or with, its last slash.
pub(crate) fn redirected(location: String) -> Response {
    let location = [(header::LOCATION, location)];
    (StatusCode::TEMPORARY_REDIRECT, location).into_response()
}

/// How the control plane stands: 503 when it cannot work.
pub(crate) fn standing(well: bool, view: impl serde::Serialize) -> Response {
    let status = if well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(view)).into_response()
}
