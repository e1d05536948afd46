//! The bodies of what is done to an allocated unit.

use kloigos_control::{
    Attest, CancelJob, Change, ChangeUnit, Idempotency, Promised, RetryJob, Tend, TendServer,
};
use kloigos_model::{
    ids::{AllocationId, JobId},
    limits::LimitsWish,
    names::{Hostname, UnitId},
    remark::Remark,
    server::DriftMode,
    ssh::AuthorizedKeys,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::limits::{self, LimitsRequest};
use crate::api::check::{At, Checked, Fields, Read, parsed, text};

/// Keys to be let in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeysRequest {
    /// One or more lines of OpenSSH public keys, without options.
    pub ssh_public_key: String,
    /// Why, in one line.
    pub reason: Option<String>,
}

/// Limits to be changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeLimitsRequest {
    /// Those that change; what is left out stays as it is.
    pub limits: LimitsRequest,
    /// Why, in one line.
    pub reason: Option<String>,
}

/// How a unit is stopped.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StopRequest {
    /// `stop` ends its processes, `freeze` lets them stand still where they are.
    #[schema(default = "stop")]
    pub mode: Option<String>,
    /// Why, in one line.
    pub reason: Option<String>,
}

/// What is edited of a server.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServerRequest {
    /// What is done about drift on it: `report`, `repair` or `off`.
    pub mode: String,
    /// Why, in one line.
    pub reason: Option<String>,
}

/// Why something is done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReasonRequest {
    /// Why, in one line.
    pub reason: Option<String>,
}

/// A sound request for a change.
pub(crate) struct Asked<T> {
    what: T,
    remark: Option<Remark>,
}

/// A sound [`KeysRequest`].
pub(crate) type Keys = Asked<AuthorizedKeys>;
/// A sound [`ChangeLimitsRequest`].
pub(crate) type NewLimits = Asked<LimitsWish>;
/// A sound [`StopRequest`].
pub(crate) type Halt = Asked<Mode>;
/// A sound [`ServerRequest`].
pub(crate) type NewMode = Asked<DriftMode>;
/// A sound [`ReasonRequest`].
pub(crate) type Because = Asked<()>;

/// How a unit is stopped.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Mode {
    #[default]
    Stop,
    Freeze,
}

impl Read for Keys {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let what = fields.required("ssh_public_key", parsed);
        with_reason(fields, what)
    }
}

impl Read for NewLimits {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let what = fields.required("limits", limits::read);
        with_reason(fields, what)
    }
}

impl Read for Halt {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let what = fields.optional("mode", mode);
        with_reason(fields, what.map(Option::unwrap_or_default))
    }
}

impl Read for NewMode {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let what = fields.required("mode", parsed);
        with_reason(fields, what)
    }
}

impl Read for Because {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        with_reason(fields, Ok(()))
    }
}

/// A body that may be left out.
impl<T: Default> Default for Asked<T> {
    fn default() -> Self {
        Self {
            what: T::default(),
            remark: None,
        }
    }
}

fn with_reason<T>(fields: &mut Fields<'_>, what: Checked<T>) -> Checked<Asked<T>> {
    let remark = fields.optional("reason", parsed);
    Ok(Asked {
        what: what?,
        remark: remark?,
    })
}

fn mode(mut at: At<'_>) -> Checked<Mode> {
    match text(at.again())?.as_str() {
        "stop" => Ok(Mode::Stop),
        "freeze" => Ok(Mode::Freeze),
        _ => at.broken(&"the mode is \"stop\" or \"freeze\""),
    }
}

/// Of what a change is: the unit, the tenancy that is meant, and how a repeat is known.
pub(crate) struct Of {
    pub(crate) unit: UnitId,
    pub(crate) allocation: Option<AllocationId>,
    pub(crate) idempotency: Option<Idempotency>,
}

impl Of {
    /// This change, for this reason.
    pub(crate) fn change(self, change: Change, remark: Option<Remark>) -> ChangeUnit {
        ChangeUnit {
            unit: self.unit,
            allocation: self.allocation,
            change,
            remark,
            idempotency: self.idempotency,
        }
    }
}

impl Keys {
    /// The operation that this asks for.
    pub(crate) fn operation(self, of: Of) -> ChangeUnit {
        of.change(Change::AddKeys(self.what), self.remark)
    }
}

impl NewLimits {
    /// The operation that this asks for.
    pub(crate) fn operation(self, of: Of) -> ChangeUnit {
        of.change(Change::SetLimits(self.what), self.remark)
    }
}

impl Halt {
    /// The operation that this asks for.
    pub(crate) fn operation(self, of: Of) -> ChangeUnit {
        let change = match self.what {
            Mode::Stop => Change::Stop,
            Mode::Freeze => Change::Freeze,
        };
        of.change(change, self.remark)
    }
}

impl NewMode {
    /// The operation that this asks for.
    pub(crate) fn operation(self, hostname: Hostname) -> TendServer {
        TendServer {
            hostname,
            what: Tend::Mode(self.what),
            remark: self.remark,
        }
    }
}

impl Because {
    /// Something that is done about a server as a whole.
    pub(crate) fn tend(self, hostname: Hostname, what: Tend) -> TendServer {
        TendServer {
            hostname,
            what,
            remark: self.remark,
        }
    }

    /// This change.
    pub(crate) fn operation(self, of: Of, change: Change) -> ChangeUnit {
        of.change(change, self.remark)
    }

    /// A job to be taken back.
    pub(crate) fn cancel(self, job: JobId) -> CancelJob {
        let remark = self.remark;
        CancelJob { job, remark }
    }

    /// A job to be tried again.
    pub(crate) fn retry(self, job: JobId) -> RetryJob {
        let remark = self.remark;
        RetryJob { job, remark }
    }

    /// An attestation.
    pub(crate) fn attest(self, of: Promised, idempotency: Option<Idempotency>) -> Attest {
        Attest {
            of,
            remark: self.remark,
            idempotency,
        }
    }
}
