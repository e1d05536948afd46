//! Who may log in to a unit. Root's file, so that a tenant cannot add a key that outlives the
//! tenancy; read by sshd at every login, so that no reload is needed.

use kloigos_model::host::UnitSpec;

use super::{
    Presence,
    parts::{Part, Parts},
};
use crate::paths;

pub(super) fn keys(unit: &UnitSpec, presence: Presence) -> Parts {
    let tenant = unit
        .tenant
        .as_ref()
        .filter(|_| presence == Presence::Present);
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
