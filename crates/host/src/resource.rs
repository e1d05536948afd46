//! What a resource is: something of a server that can be looked at, compared with what it should
//! be, and changed. Absence is a desired state like any other, so that removal, repair and
//! rollback are the same code as making.

use std::fmt;

use crate::{
    fault::{Refusal, Trouble, chain},
    sys::Host,
};

/// One thing of a server; the value is its desired state.
pub trait Resource {
    /// What was found.
    type Observed;
    /// One step towards the desired state, told to people by `Display`.
    type Change: fmt::Display;

    /// Its name in reports, such as `account`.
    fn name(&self) -> &'static str;
    /// Looks, and changes nothing.
    fn inspect(&self, host: &mut dyn Host) -> Result<Self::Observed, Trouble>;
    /// What to do, in order. Pure: it decides everything, from what was found alone.
    fn plan(&self, have: &Self::Observed) -> Result<Vec<Self::Change>, Refusal>;
    /// Does one step. A step that was done already, or half, is done again without harm.
    fn apply(&self, host: &mut dyn Host, change: &Self::Change) -> Result<(), Trouble>;
    /// What holds less than it should on this server, in words for an operator.
    fn degraded(&self, _have: &Self::Observed) -> Vec<String> {
        Vec::new()
    }
}

/// What an inspection and plan found.
#[derive(Debug, Default)]
pub struct Finding {
    /// What would be done.
    pub changes: Vec<String>,
    /// What holds less than it should.
    pub degraded: Vec<String>,
}

/// Where it hurt.
#[derive(Debug, thiserror::Error)]
#[error("{}", match change {
    Some(change) => format!("failed to {change}"),
    None => format!("failed to look at the {resource}"),
})]
pub struct Fault {
    /// The resource.
    pub resource: &'static str,
    /// The change, or nothing while looking.
    pub change: Option<String>,
    /// The cause.
    pub source: Trouble,
}

impl Fault {
    /// The fault and its causes in one line; a refusal is its own sentence.
    pub fn line(&self) -> String {
        match &self.source {
            Trouble::Refused(refusal) => refusal.to_string(),
            _ => chain(self),
        }
    }
}

/// A resource of any kind.
pub trait AnyResource {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Looks and plans; changes nothing.
    fn find(&self, host: &mut dyn Host) -> Result<Finding, Fault>;
    /// Looks, plans and applies; tells each change that is about to be made.
    fn settle(&self, host: &mut dyn Host, tell: &mut dyn FnMut(String)) -> Result<(), Fault>;
}

impl<R: Resource> AnyResource for R {
    fn name(&self) -> &'static str {
        Resource::name(self)
    }

    fn find(&self, host: &mut dyn Host) -> Result<Finding, Fault> {
        let looking = |source| self.fault(None, source);
        let have = self.inspect(host).map_err(looking)?;
        let changes = self
            .plan(&have)
            .map_err(|refusal| looking(refusal.into()))?;
        Ok(Finding {
            changes: changes.iter().map(ToString::to_string).collect(),
            degraded: self.degraded(&have),
        })
    }

    fn settle(&self, host: &mut dyn Host, tell: &mut dyn FnMut(String)) -> Result<(), Fault> {
        let looking = |source| self.fault(None, source);
        let have = self.inspect(host).map_err(looking)?;
        let changes = self
            .plan(&have)
            .map_err(|refusal| looking(refusal.into()))?;
        for change in changes {
            tell(change.to_string());
            self.apply(host, &change)
                .map_err(|source| self.fault(Some(change.to_string()), source))?;
        }
        Ok(())
    }
}

trait Faulty {
    fn fault(&self, change: Option<String>, source: Trouble) -> Fault;
}

impl<R: Resource> Faulty for R {
    fn fault(&self, change: Option<String>, source: Trouble) -> Fault {
        Fault {
            resource: Resource::name(self),
            change,
            source,
        }
    }
}
