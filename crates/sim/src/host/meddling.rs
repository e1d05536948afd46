//! Machines on which somebody meddled with what we made, or which died at a strange moment.

use super::{SimHost, tree::Node};
use kloigos_host::sys::Access;

/// What happened to one thing that we made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meddling {
    /// Nothing.
    Keep,
    /// It is as it was before we made it.
    Undo,
    /// It holds something else; only of files that were not there before.
    Spoil,
}

/// Where people and power cuts meddle; elsewhere the kernel keeps order.
const REACH: [&str; 7] = [
    "/etc/",
    "/var/",
    "/run/kloigos",
    "/usr/",
    "/home/",
    "/opt/",
    "/mnt/",
];

/// What was reserved before us is known from here alone.
const RESERVED_PORTS: &str = "/run/kloigos/reserved-ports";

impl SimHost {
    /// This machine with some of what it has beyond an earlier one undone or spoilt.
    #[must_use]
    pub fn meddled(&self, before: &Self, mut choose: impl FnMut(&str) -> Meddling) -> Self {
        let mut machine = self.clone();
        for path in self.tree.different(&before.tree) {
            let reached = REACH.iter().any(|reach| path.starts_with(reach));
            if !reached || path == RESERVED_PORTS || is_in_a_home(&path) {
                continue;
            }
            match (choose(&path), before.tree.get(&path)) {
                (Meddling::Undo, Some(node)) => machine.tree.set(&path, node.clone()),
                (Meddling::Undo, None) => machine.tree.remove_tree(&path),
                (Meddling::Spoil, None) => machine.spoil(&path),
                (Meddling::Keep, _) | (Meddling::Spoil, Some(_)) => {}
            }
        }
        if choose("nftables") == Meddling::Undo {
            machine.table.clone_from(&before.table);
        }
        if choose("bind filter") == Meddling::Undo {
            machine.bind_filter.clone_from(&before.bind_filter);
        }
        if choose("quotas") == Meddling::Undo {
            machine.quotas.clone_from(&before.quotas);
        }
        machine
    }

    fn spoil(&mut self, path: &str) {
        match self.tree.get(path) {
            Some(Node::File(body, access)) if access.uid == 0 && counts(path) => {
                let body = format!("{body}\n# spoilt\n");
                self.tree.put(path, body, Access::root(0o600));
            }
            Some(Node::Link(_)) => self.tree.set(path, Node::Link("/nowhere".to_owned())),
            // A tenant's own are the tenant's business.
            Some(Node::Dir(access)) if access.uid == 0 => {
                let access = Access {
                    mode: 0o777,
                    ..*access
                };
                self.tree.set(path, Node::Dir(access));
            }
            Some(Node::File(..) | Node::Dir(_)) | None => {}
        }
    }
}

/// What a unit's user does with what is in its own directories is its business.
fn is_in_a_home(path: &str) -> bool {
    let homes = ["/home/", "/opt/", "/mnt/"];
    homes.iter().any(|home| path.starts_with(home)) && path.matches('/').count() > 2
}

/// Whether the content matters and is not for a person to mend: a record that cannot be read is,
/// and of who lingers only the name counts.
fn counts(path: &str) -> bool {
    let record = path
        .rsplit_once('.')
        .is_some_and(|(_, suffix)| suffix == "json");
    !record && !path.starts_with("/var/lib/systemd/")
}
