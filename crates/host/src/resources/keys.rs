//! Who may log in to a unit. Root's file, so that a tenant cannot add a key that outlives the
//! tenancy; read by sshd at every login, so that no reload is needed.
//!
//! Keys come and go while the tenant runs, and with each the next login: sessions that a removed key
//! opened go on, as they do on any server, and end with a stop, a reset or the tenancy.

use kloigos_model::host::{Activity, UnitSpec};

use super::{
    Presence,
    parts::{Part, Parts},
};
use crate::paths;

pub(super) fn keys(unit: &UnitSpec, presence: Presence) -> Parts {
    let tenant = unit
        .tenant
        .as_ref()
        .filter(|tenant| presence == Presence::Present && tenant.activity == Activity::Running);
    let body = tenant.map(|tenant| tenant.keys.to_string());
    Parts {
        name: "keys",
        presence: if body.is_some() {
            Presence::Present
        } else {
            Presence::Absent
        },
        of: vec![Part::file(
            paths::keys(&unit.user),
            body.unwrap_or_default(),
            0o644,
        )],
    }
}
