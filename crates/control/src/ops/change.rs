//! What may be changed of a unit while its tenancy lasts, and the operation that begins it.

use std::{fmt, sync::Arc};

use kloigos_model::{
    compute_unit::UnitStatus,
    host::Activity,
    limits::{Limits, LimitsWish},
    ssh::{AuthorizedKeys, PublicKey, RemovalError},
};
use kloigos_store::{JobScope, Operation, Tenancy, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

use super::{ChangeUnit, Started, repeat, tenancy};
use crate::{
    core::Core,
    fit,
    jobs::{Changing, Wanted, new_job},
    refusal::{Fault, PathPart, Refusal},
};

/// A change of what a tenancy runs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// More people may log in.
    AddKeys(AuthorizedKeys),
    /// Whoever has the key of this fingerprint may not log in any more.
    RemoveKey(String),
    /// It may use this much from now on.
    SetLimits(LimitsWish),
    /// Its processes are ended.
    Stop,
    /// Its processes stand still.
    Freeze,
    /// Its processes run again, and people may log in.
    Start,
    /// Everything of it is ended and wiped, and its tenant begins anew.
    Reset,
}

/// Why a change cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unchangeable {
    /// There is no such key.
    #[error("{0}")]
    Unknown(String),
    /// Not to the tenancy as it is.
    #[error("{0}")]
    Conflict(String),
    /// This limit cannot be.
    #[error("{message}")]
    Limit {
        /// Its name.
        field: &'static str,
        /// Why.
        message: String,
    },
}

impl Change {
    /// Whether files and processes are lost by it.
    pub(crate) fn wipes(&self) -> bool {
        matches!(self, Self::Reset)
    }

    /// What the tenancy runs with afterwards.
    pub(crate) fn after(&self, now: &Tenancy, unit: &UnitRecord) -> Result<Tenancy, Unchangeable> {
        let mut next = now.clone();
        match self {
            Self::AddKeys(keys) => {
                let all = now.keys.with(keys);
                next.keys = all.map_err(|error| Unchangeable::Conflict(error.to_string()))?;
            }
            Self::RemoveKey(fingerprint) => next.keys = remove(now, fingerprint, unit)?,
            Self::SetLimits(wish) => next.limits = limits(now, wish, unit)?,
            Self::Stop => next.activity = Activity::Stopped,
            Self::Freeze => next.activity = freeze(now, unit)?,
            Self::Start => next.activity = Activity::Running,
            Self::Reset => {
                next.resets = now.resets.saturating_add(1);
                next.activity = Activity::Running;
            }
        }
        Ok(next)
    }
}

fn remove(
    now: &Tenancy,
    fingerprint: &str,
    unit: &UnitRecord,
) -> Result<AuthorizedKeys, Unchangeable> {
    let shown: String = fingerprint.chars().take(64).collect();
    now.keys.without(fingerprint).map_err(|error| match error {
        RemovalError::Unknown => {
            Unchangeable::Unknown(format!("unit {} has no key {shown:?}", unit.id))
        }
        RemovalError::Last => Unchangeable::Conflict(format!(
            "{shown} is the last key of unit {}, and nobody could log in any more; add another \
             first, or deallocate the unit",
            unit.id
        )),
    })
}

fn limits(now: &Tenancy, wish: &LimitsWish, unit: &UnitRecord) -> Result<Limits, Unchangeable> {
    let limits = wish.over(&now.limits);
    fit::memory(&limits, unit).map_err(|message| Unchangeable::Limit {
        field: "memory_max",
        message,
    })?;
    limits
        .check()
        .map_err(|(field, error)| Unchangeable::Limit {
            field,
            message: error.to_string(),
        })?;
    Ok(limits)
}

fn freeze(now: &Tenancy, unit: &UnitRecord) -> Result<Activity, Unchangeable> {
    match now.activity {
        Activity::Running | Activity::Frozen => Ok(Activity::Frozen),
        Activity::Stopped => Err(Unchangeable::Conflict(format!(
            "unit {} is stopped, there is nothing to freeze",
            unit.id
        ))),
    }
}

/// What it does, for people.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddKeys(keys) => {
                let prints: Vec<String> = keys.iter().map(PublicKey::fingerprint).collect();
                write!(f, "let in {}", prints.join(", "))
            }
            Self::RemoveKey(fingerprint) => write!(f, "let in {fingerprint} no more"),
            Self::SetLimits(_) => f.write_str("change the limits"),
            Self::Stop => f.write_str("stop the unit"),
            Self::Freeze => f.write_str("freeze the unit"),
            Self::Start => f.write_str("start the unit"),
            Self::Reset => f.write_str("reset the unit"),
        }
    }
}

impl From<Unchangeable> for Refusal {
    fn from(fault: Unchangeable) -> Self {
        match fault {
            Unchangeable::Unknown(what) => Self::NotFound { what },
            Unchangeable::Conflict(reason) => Self::Conflict { reason },
            Unchangeable::Limit { field, message } => limit(field, message),
        }
    }
}

/// A limit that cannot be.
pub(super) fn limit(field: &str, message: String) -> Refusal {
    let name = |name: &str| PathPart::Name(name.to_owned());
    Refusal::Invalid(vec![Fault {
        path: vec![name("limits"), name(field)],
        message,
    }])
}

/// The intention with what it needs to be carried out.
pub(crate) struct Begin {
    pub(crate) op: ChangeUnit,
    pub(crate) core: Arc<Core>,
    /// Whether a worker stands ready for the job.
    pub(crate) take_up: bool,
}

impl Operation for Begin {
    type Output = Started;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Started, Refusal> {
        let (op, idempotency) = (&self.op, self.op.idempotency.as_ref());
        if let Some(begun) = repeat::earlier(tx, &self.core, idempotency).await? {
            return Ok(begun.into());
        }
        let unit = tenancy::unit(tx, &op.unit).await?;
        tenancy::same(&unit, op.allocation)?;
        let open = tx.open_allocation(unit.key).await?;
        let open = open.filter(|_| unit.status == UnitStatus::Allocated);
        let open = open.ok_or_else(|| Refusal::Conflict {
            reason: format!(
                "compute unit {} is {}, and only an allocated one can be changed",
                unit.id, unit.status
            ),
        })?;
        // Looked at again when its turn comes; what cannot be now is said at once.
        op.change.after(&open.tenancy, &unit)?;
        let wanted = Wanted {
            unit: unit.key,
            allocation: open.id,
            change: op.change.clone(),
            remark: op.remark.clone(),
        };
        let scope = JobScope {
            server: unit.server,
            unit: Some(unit.key),
        };
        let job = new_job(&Changing::Write { wanted }, scope, &self.core.world);
        tx.insert_job(&job).await?;
        repeat::keep(tx, &self.core, idempotency, job.id).await?;
        Started::new(tx, &self.core, job.id, self.take_up).await
    }
}
