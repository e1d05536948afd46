//! What a handler is handed: the query, the headers and the body of a call, read together so that
//! every fault of all three is in one answer.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{
        FromRequest, FromRequestParts, Path, Query as Pairs, Request,
        rejection::{BytesRejection, FailedToBufferBody},
    },
    http::{HeaderMap, request::Parts},
};
use kloigos_control::Idempotency;
use kloigos_model::{
    ids::{DeliveryId, JobId, WebhookId},
    names::{Hostname, UnitId},
};
use serde_json::{Map, Value};

use super::{
    check::{Checked, Faults, Faulty, Read, read_body, read_fields},
    error::ApiError,
    fault::{Fault, Loc},
    json::body_value,
    request::Query,
};
use crate::auth::{Caller, hex_digest};

/// The largest body that is read.
pub(crate) const BODY_LIMIT: usize = 1 << 20;
/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);
/// The longest idempotency key.
const KEY_MAX: usize = 255;

/// A call that begins or asks for work.
pub(crate) struct Asked<Q, B = NoBody> {
    /// Its query.
    pub(crate) query: Q,
    /// Its body.
    pub(crate) body: B,
    /// How a repeat is known, if the caller chose a key.
    pub(crate) idempotency: Option<Idempotency>,
    /// Whether the caller prefers not to wait.
    pub(crate) leaves: bool,
}

/// A call without a body; one that is sent is passed over.
pub(crate) struct NoBody;

/// A body that may be left out: an empty one and null ask for what is usual.
pub(crate) struct Optional<T>(pub(crate) T);

/// What can be read from a body.
pub(crate) trait FromBody: Sized {
    /// Reads it.
    fn from_body(body: Option<&Value>, faults: &mut Faults) -> Checked<Self>;
}

impl<T: Read> FromBody for T {
    fn from_body(body: Option<&Value>, faults: &mut Faults) -> Checked<Self> {
        read_body(body, faults)
    }
}

impl<T: Read + Default> FromBody for Optional<T> {
    fn from_body(body: Option<&Value>, faults: &mut Faults) -> Checked<Self> {
        match body {
            None | Some(Value::Null) => Ok(Self(T::default())),
            body => read_body(body, faults).map(Self),
        }
    }
}

impl FromBody for NoBody {
    fn from_body(_: Option<&Value>, _: &mut Faults) -> Checked<Self> {
        Ok(Self)
    }
}

impl<S: Sync, Q: Query, B: FromBody> FromRequest<S> for Asked<Q, B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = whole(&parts, body).await?;
        let mut faults = Faults::default();
        let query: Checked<Q> = query(&parts, &mut faults);
        let key = key(&parts.headers, &mut faults);
        let body = match body_value(&parts.headers, &bytes) {
            Ok(value) => B::from_body(value.as_ref(), &mut faults),
            Err(fault) => {
                faults.push(*fault);
                Err(Faulty)
            }
        };
        let (Ok(query), Ok(key), Ok(body)) = (query, key, body) else {
            return Err(ApiError::Faults(faults));
        };
        Ok(Self {
            idempotency: key.map(|key| idempotency(&parts, key, &bytes, &query.meaning())),
            leaves: prefers_async(&parts.headers),
            query,
            body,
        })
    }
}

impl<Q: Query, B> Asked<Q, B> {
    /// Whether the answer waits for the work, where `usual` is what this call does by itself.
    pub(crate) fn waits(&self, usual: bool) -> bool {
        !self.leaves && self.query.wait().unwrap_or(usual)
    }
}

/// A query alone, for calls that only look.
pub(crate) struct Filter<Q>(pub(crate) Q);

impl<S: Sync, Q: Read> FromRequestParts<S> for Filter<Q> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut faults = Faults::default();
        query(parts, &mut faults)
            .map(Self)
            .map_err(|Faulty| ApiError::Faults(faults))
    }
}

/// The thing that the path names. A name that nothing can have is one that nothing has.
pub(crate) struct Named<T>(pub(crate) T);

/// What a path can name.
pub(crate) trait Nameable: std::str::FromStr {
    /// What it is called in an answer.
    const WHAT: &'static str;
}

impl Nameable for UnitId {
    const WHAT: &'static str = "compute unit";
}

impl Nameable for Hostname {
    const WHAT: &'static str = "server";
}

impl Nameable for JobId {
    const WHAT: &'static str = "job";
}

impl Nameable for WebhookId {
    const WHAT: &'static str = "webhook";
}

impl Nameable for DeliveryId {
    const WHAT: &'static str = "message";
}

impl<S: Send + Sync, T: Nameable> FromRequestParts<S> for Named<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(name) = Path::<String>::from_request_parts(parts, state)
            .await
            .unwrap_or_else(|_| Path(String::new()));
        named(&name).map(Self)
    }
}

/// A key of a unit, as the path names them.
pub(crate) struct KeyOf {
    /// The unit.
    pub(crate) unit: UnitId,
    /// The key's fingerprint, whatever was written for it.
    pub(crate) fingerprint: String,
}

impl<S: Send + Sync> FromRequestParts<S> for KeyOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((unit, fingerprint)) = path.unwrap_or_else(|_| Path(<_>::default()));
        let unit = named(&unit)?;
        Ok(Self { unit, fingerprint })
    }
}

/// A message to a webhook, as the path names them.
pub(crate) struct DeliveryOf {
    /// The webhook.
    pub(crate) webhook: WebhookId,
    /// The message.
    pub(crate) delivery: DeliveryId,
}

impl<S: Send + Sync> FromRequestParts<S> for DeliveryOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((webhook, delivery)) = path.unwrap_or_else(|_| Path(<_>::default()));
        Ok(Self {
            webhook: named(&webhook)?,
            delivery: named(&delivery)?,
        })
    }
}

/// The thing of this name, if anything could have it.
fn named<T: Nameable>(name: &str) -> Result<T, ApiError> {
    name.parse().map_err(|_| no_such::<T>(name))
}

/// A name with a slash in it is a path that nothing is at.
fn no_such<T: Nameable>(name: &str) -> ApiError {
    if name.contains('/') {
        ApiError::NoPath
    } else {
        ApiError::no_such(T::WHAT, name)
    }
}

/// Every parameter as a text; of one given twice the last.
fn query<Q: Read>(parts: &Parts, faults: &mut Faults) -> Checked<Q> {
    let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let pairs = pairs.map(|Pairs(pairs)| pairs).unwrap_or_default();
    let object: Map<String, Value> = pairs
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    read_fields(&object, Loc::of("query"), faults)
}

/// The idempotency key, if there is one.
fn key(headers: &HeaderMap, faults: &mut Faults) -> Checked<Option<String>> {
    const NAME: &str = "idempotency-key";
    let Some(value) = headers.get(NAME) else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && (1..=KEY_MAX).contains(&text.len()) {
        return Ok(Some(text));
    }
    let reason = format!("an Idempotency-Key is 1 to {KEY_MAX} visible ASCII characters");
    faults.push(Fault::value(
        Loc::of("header").then(NAME),
        &reason,
        &text.into(),
    ));
    Err(Faulty)
}

fn idempotency(parts: &Parts, key: String, body: &[u8], meaning: &str) -> Idempotency {
    let caller = parts.extensions.get::<Caller>();
    Idempotency {
        caller: caller.map(Caller::name).unwrap_or_default(),
        key,
        scope: format!("{} {}", parts.method, parts.uri.path()),
        fingerprint: hex_digest(&[meaning.as_bytes(), b"\n", body].concat()),
    }
}

/// `Prefer: respond-async` (RFC 7240), alone or among others.
fn prefers_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").into_iter();
    let mut words = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split([',', ';']));
    words.any(|word| word.trim().eq_ignore_ascii_case("respond-async"))
}

async fn whole(parts: &Parts, body: Body) -> Result<Bytes, ApiError> {
    let request = Request::from_parts(parts.clone(), body);
    let read = Bytes::from_request(request, &());
    match tokio::time::timeout(BODY_TIME, read).await {
        Err(_) => Err(ApiError::SlowBody),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)))) => {
            Err(ApiError::LargeBody)
        }
        Ok(Err(_)) => Err(ApiError::BrokenBody),
    }
}
