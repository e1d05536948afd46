//! What stands behind the question mark of a call that begins work.

use kloigos_control::{Deallocate, DecommissionServer, Idempotency};
use kloigos_model::{
    ids::AllocationId,
    names::{Hostname, UnitId},
    remark::Remark,
};
use utoipa::IntoParams;

use crate::api::check::{Checked, Fields, Read, boolean, parsed};

/// A query of a call that begins work.
pub(crate) trait Query: Read {
    /// Whether the caller says that it waits, or that it does not.
    fn wait(&self) -> Option<bool> {
        None
    }

    /// What of it makes the request another one, for the idempotency key.
    fn meaning(&self) -> String {
        String::new()
    }
}

/// No parameter at all; any that is given is passed over, as v0.2 did.
pub(crate) struct Nothing;

impl Read for Nothing {
    fn read(_: &mut Fields<'_>) -> Checked<Self> {
        Ok(Self)
    }
}

impl Query for Nothing {}

/// Whether to wait.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WaitQuery {
    /// Whether the answer waits for the work to end.
    wait: Option<bool>,
}

impl Read for WaitQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let wait = fields.optional("wait", boolean)?;
        Ok(Self { wait })
    }
}

impl Query for WaitQuery {
    fn wait(&self) -> Option<bool> {
        self.wait
    }
}

/// Whether to wait, or only to look.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AllocateQuery {
    /// Whether the answer waits for the work to end.
    wait: Option<bool>,
    /// Only says which unit it would be now, and why; nothing is reserved.
    #[param(default = false)]
    pub(crate) dry_run: Option<bool>,
}

impl Read for AllocateQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let wait = fields.optional("wait", boolean);
        let dry_run = fields.optional("dry_run", boolean);
        Ok(Self {
            wait: wait?,
            dry_run: dry_run?,
        })
    }
}

impl Query for AllocateQuery {
    fn wait(&self) -> Option<bool> {
        self.wait
    }
}

/// Which tenancy is meant, and whether to wait.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TenancyQuery {
    /// The tenancy that is meant: 412 when the unit is another's by now.
    #[param(value_type = Option<String>)]
    allocation_id: Option<AllocationId>,
    /// Whether the answer waits for the work to end.
    wait: Option<bool>,
}

impl Read for TenancyQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let allocation_id = fields.optional("allocation_id", parsed);
        let wait = fields.optional("wait", boolean);
        Ok(Self {
            allocation_id: allocation_id?,
            wait: wait?,
        })
    }
}

impl Query for TenancyQuery {
    fn wait(&self) -> Option<bool> {
        self.wait
    }

    fn meaning(&self) -> String {
        self.allocation_id
            .map_or_else(String::new, |id| id.to_string())
    }
}

impl TenancyQuery {
    /// The tenancy that is meant.
    pub(crate) fn allocation(&self) -> Option<AllocationId> {
        self.allocation_id
    }

    /// The operation that this asks for.
    pub(crate) fn operation(&self, unit: UnitId, idempotency: Option<Idempotency>) -> Deallocate {
        Deallocate {
            unit,
            allocation: self.allocation_id,
            idempotency,
        }
    }
}

/// Which tenancy is meant, whether to wait, and why.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RemovalQuery {
    /// The tenancy that is meant: 412 when the unit is another's by now.
    #[param(value_type = Option<String>)]
    allocation_id: Option<AllocationId>,
    /// Whether the answer waits for the work to end.
    wait: Option<bool>,
    /// Why, in one line.
    #[param(value_type = Option<String>)]
    pub(crate) reason: Option<Remark>,
}

impl Read for RemovalQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let allocation_id = fields.optional("allocation_id", parsed);
        let wait = fields.optional("wait", boolean);
        let reason = fields.optional("reason", parsed);
        Ok(Self {
            allocation_id: allocation_id?,
            wait: wait?,
            reason: reason?,
        })
    }
}

impl Query for RemovalQuery {
    fn wait(&self) -> Option<bool> {
        self.wait
    }

    fn meaning(&self) -> String {
        self.allocation_id
            .map_or_else(String::new, |id| id.to_string())
    }
}

impl RemovalQuery {
    /// The tenancy that is meant.
    pub(crate) fn allocation(&self) -> Option<AllocationId> {
        self.allocation_id
    }
}

/// Whether tenants are evicted, and whether to wait.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DecommissionQuery {
    /// Whether units that are allocated are deallocated first. Without it they are a 409.
    force: Option<bool>,
    /// Whether the answer waits for the work to end.
    wait: Option<bool>,
}

impl Read for DecommissionQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let force = fields.optional("force", boolean);
        let wait = fields.optional("wait", boolean);
        Ok(Self {
            force: force?,
            wait: wait?,
        })
    }
}

impl Query for DecommissionQuery {
    fn wait(&self) -> Option<bool> {
        self.wait
    }

    fn meaning(&self) -> String {
        format!("force={}", self.force.unwrap_or_default())
    }
}

impl DecommissionQuery {
    /// The operation that this asks for.
    pub(crate) fn operation(
        &self,
        hostname: Hostname,
        idempotency: Option<Idempotency>,
    ) -> DecommissionServer {
        DecommissionServer {
            hostname,
            force: self.force.unwrap_or_default(),
            idempotency,
        }
    }
}
