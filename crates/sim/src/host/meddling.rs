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

impl SimHost {
    /// This machine with some of what it has beyond an earlier one undone or spoilt.
    #[must_use]
    pub fn meddled(&self, before: &Self, mut choose: impl FnMut(&str) -> Meddling) -> Self {
        let mut machine = self.clone();
        for path in self.tree.different(&before.tree) {
            if !REACH.iter().any(|reach| path.starts_with(reach)) {
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
        machine
    }

    fn spoil(&mut self, path: &str) {
        match self.tree.get(path) {
            Some(Node::File(body, _)) if !is_record(path) => {
                let body = format!("{body}\n# spoilt\n");
                self.tree.put(path, body, Access::root(0o600));
            }
            Some(Node::Link(_)) => self.tree.set(path, Node::Link("/nowhere".to_owned())),
            Some(Node::Dir(access)) => {
                let access = Access {
                    mode: 0o777,
                    ..*access
                };
                self.tree.set(path, Node::Dir(access));
            }
            Some(Node::File(..)) | None => {}
        }
    }
}

/// Records and notes of ours are JSON; one that cannot be read is a fault for a person.
fn is_record(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, suffix)| suffix == "json")
        || path.ends_with("/reserved-ports")
}
