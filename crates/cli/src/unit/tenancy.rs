//! Which tenancy is meant: the one that the unit has now, and no later one.

use crate::{api::Call, failure::Failure, session::Session, unit};

/// The tenancy of a unit; none while it is free.
pub(super) struct Tenancy(Option<String>);

/// That of this unit at this moment.
pub(super) fn of(session: &Session, name: &str) -> Result<Tenancy, Failure> {
    let unit = unit::load(session, name)?;
    Ok(Tenancy(unit["allocation_id"].as_str().map(str::to_owned)))
}

impl Tenancy {
    /// A call that is refused when the unit is another tenancy's by then.
    pub(super) fn mark(&self, call: Call) -> Call {
        call.query("allocation_id", self.0.clone())
    }
}
