//! What somebody made on a server by hand that is much like a unit.

use kloigos_model::host::HandCut;
use serde::Serialize;
use utoipa::ToSchema;

/// An account that somebody confined to CPUs by hand.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HandCutView {
    /// Its name.
    pub account: String,
    /// Its number.
    pub uid: u32,
    /// The CPUs that its user slice is held to, in their canonical spelling.
    pub cpu_range: String,
    /// How many these are.
    pub cpu_count: usize,
    /// Its home directory.
    pub home: String,
    /// How many processes it has.
    pub processes: usize,
    /// The public keys that may log in as it, as a tenant may have them.
    pub keys: Vec<String>,
    /// How many further lines of its `authorized_keys` are no such keys: with options, too weak,
    /// or damaged.
    pub other_keys: usize,
}

impl From<&HandCut> for HandCutView {
    fn from(cut: &HandCut) -> Self {
        Self {
            account: cut.account.clone(),
            uid: cut.uid,
            cpu_range: cut.cpus.to_string(),
            cpu_count: cut.cpus.len(),
            home: cut.home.clone(),
            processes: cut.processes,
            keys: cut.keys.iter().map(ToString::to_string).collect(),
            other_keys: cut.other_keys,
        }
    }
}
