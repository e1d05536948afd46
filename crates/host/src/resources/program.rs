//! The path by which PAM and the boot service run this binary, whatever its version: a link beside
//! the directories of versions, replaced atomically. Older versions are removed.

use std::fmt;

use super::Presence;
use crate::{
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::Host,
};

pub(super) struct Program {
    pub(super) presence: Presence,
}

/// What is in the program's directory, and where the running binary lies.
pub(super) struct Seen {
    own: String,
    link: Option<String>,
    names: Option<Vec<String>>,
}

pub(super) enum ProgramChange {
    Link(String),
    RemoveVersion(String),
    RemoveAll,
}

impl fmt::Display for ProgramChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(target) => write!(f, "link {} to {target}", paths::PROGRAM),
            Self::RemoveVersion(digest) => write!(f, "remove version {digest}"),
            Self::RemoveAll => write!(f, "remove {}", paths::PROGRAM_DIR),
        }
    }
}

impl Resource for Program {
    type Observed = Seen;
    type Change = ProgramChange;

    fn name(&self) -> &'static str {
        "program"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        Ok(Seen {
            own: host.own_path()?,
            link: host.read_link(paths::PROGRAM)?,
            names: host.list(paths::PROGRAM_DIR)?,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<ProgramChange>, Refusal> {
        match self.presence {
            Presence::Present => present(have),
            Presence::Absent if have.names.is_some() => Ok(vec![ProgramChange::RemoveAll]),
            Presence::Absent => Ok(Vec::new()),
        }
    }

    fn apply(&self, host: &mut dyn Host, change: &ProgramChange) -> Result<(), Trouble> {
        match change {
            ProgramChange::Link(target) => host.symlink(target, paths::PROGRAM)?,
            ProgramChange::RemoveVersion(digest) => {
                host.remove_tree(&format!("{}/{digest}", paths::PROGRAM_DIR))?;
            }
            ProgramChange::RemoveAll => host.remove_tree(paths::PROGRAM_DIR)?,
        }
        Ok(())
    }
}

fn present(have: &Seen) -> Result<Vec<ProgramChange>, Refusal> {
    let own = digest_of(&have.own).ok_or_else(|| {
        Refusal(format!(
            "kloigos-host runs from {} and belongs in {}/DIGEST; upload it there",
            have.own,
            paths::PROGRAM_DIR
        ))
    })?;
    let target = format!("{own}/kloigos-host");
    let mut changes = Vec::new();
    if have.link.as_ref() != Some(&target) {
        changes.push(ProgramChange::Link(target));
    }
    let others = have
        .names
        .iter()
        .flatten()
        .filter(|name| is_digest(name) && *name != own);
    changes.extend(others.cloned().map(ProgramChange::RemoveVersion));
    Ok(changes)
}

fn digest_of(path: &str) -> Option<&str> {
    let digest = path
        .strip_prefix(paths::PROGRAM_DIR)?
        .strip_prefix('/')?
        .strip_suffix("/kloigos-host")?;
    is_digest(digest).then_some(digest)
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
