//! Whole files and directories of ours: what most resources are made of.

use std::fmt;

use super::Presence;
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::{Access, Host, Kind, Stat, Sys},
};

/// One thing in the file system that is ours alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A directory; removed when nothing of others is in it.
    Dir { path: String, access: Access },
    /// A directory that is ours with all in it.
    Tree { path: String, access: Access },
    /// A file.
    File {
        path: String,
        body: String,
        access: Access,
    },
}

/// What is at a part's path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    stat: Option<Stat>,
    /// Of a file.
    body: Option<Vec<u8>>,
    /// Of a directory that is to go.
    names: Vec<String>,
}

/// One step on a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartChange {
    Make(Part),
    Remove(Part),
}

impl fmt::Display for PartChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Make(Part::File { path, .. }) => write!(f, "write {path}"),
            Self::Make(part) => write!(f, "make directory {}", part.path()),
            Self::Remove(part) => write!(f, "remove {}", part.path()),
        }
    }
}

impl Part {
    pub(super) fn dir(path: impl Into<String>, mode: u32) -> Self {
        Self::Dir {
            path: path.into(),
            access: Access::root(mode),
        }
    }

    pub(super) fn tree(path: impl Into<String>, mode: u32) -> Self {
        Self::Tree {
            path: path.into(),
            access: Access::root(mode),
        }
    }

    pub(super) fn file(path: impl Into<String>, body: impl Into<String>, mode: u32) -> Self {
        Self::File {
            path: path.into(),
            body: body.into(),
            access: Access::root(mode),
        }
    }

    fn path(&self) -> &str {
        match self {
            Self::Dir { path, .. } | Self::Tree { path, .. } | Self::File { path, .. } => path,
        }
    }

    /// What a directory holds matters only to its removal.
    fn see(&self, host: &mut dyn Host, presence: Presence) -> Sys<Seen> {
        let path = self.path();
        let mut seen = Seen {
            stat: host.stat(path)?,
            ..Seen::default()
        };
        match seen.stat.map(|stat| stat.kind) {
            Some(Kind::File) => seen.body = host.read(path)?,
            Some(Kind::Directory) if presence == Presence::Absent => {
                seen.names = host.list(path)?.unwrap_or_default();
            }
            Some(Kind::Directory | Kind::Link | Kind::Other) | None => {}
        }
        Ok(seen)
    }

    fn is_as_seen(&self, seen: &Seen) -> bool {
        let is = |kind, access: &Access| {
            seen.stat
                == Some(Stat {
                    kind,
                    access: *access,
                })
        };
        match self {
            Self::Dir { access, .. } | Self::Tree { access, .. } => is(Kind::Directory, access),
            Self::File { body, access, .. } => {
                is(Kind::File, access) && seen.body.as_deref() == Some(body.as_bytes())
            }
        }
    }

    fn make(&self, host: &mut dyn Host) -> Sys<()> {
        match self {
            Self::Dir { path, access } | Self::Tree { path, access } => {
                host.make_dir(path, *access)
            }
            Self::File { path, body, access } => host.write(path, body.as_bytes(), *access),
        }
    }

    fn remove(&self, host: &mut dyn Host) -> Sys<()> {
        match self {
            Self::Tree { path, .. } => host.remove_tree(path),
            Self::Dir { path, .. } | Self::File { path, .. } => host.remove(path),
        }
    }
}

/// Parts that come and go together, directories before what is in them.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) name: &'static str,
    pub(super) presence: Presence,
    pub(super) of: Vec<Part>,
}

impl Parts {
    fn leaving(&self, part: &Part, seen: &Seen) -> Option<PartChange> {
        let ours = |name: &String| {
            let path = format!("{}/{name}", part.path());
            self.of.iter().any(|part| part.path() == path)
        };
        let stays = match part {
            Part::Dir { .. } => !seen.names.iter().all(ours),
            Part::Tree { .. } | Part::File { .. } => false,
        };
        (seen.stat.is_some() && !stays).then(|| PartChange::Remove(part.clone()))
    }
}

impl Resource for Parts {
    type Observed = Vec<Seen>;
    type Change = PartChange;

    fn name(&self) -> &'static str {
        self.name
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Vec<Seen>, Trouble> {
        let seen: Sys<_> = self
            .of
            .iter()
            .map(|part| part.see(host, self.presence))
            .collect();
        Ok(seen?)
    }

    fn plan(&self, have: &Vec<Seen>) -> Result<Vec<PartChange>, Refusal> {
        let pairs = self.of.iter().zip(have);
        Ok(match self.presence {
            Presence::Present => pairs
                .filter(|(part, seen)| !part.is_as_seen(seen))
                .map(|(part, _)| PartChange::Make(part.clone()))
                .collect(),
            Presence::Absent => pairs
                .rev()
                .filter_map(|(part, seen)| self.leaving(part, seen))
                .collect(),
        })
    }

    fn apply(&self, host: &mut dyn Host, change: &PartChange) -> Result<(), Trouble> {
        match change {
            PartChange::Make(part) => part.make(host)?,
            PartChange::Remove(part) => part.remove(host)?,
        }
        Ok(())
    }
}
