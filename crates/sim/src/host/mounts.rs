//! The door to mounts. A session's own are its own; only that there is a namespace is kept.

use std::io;

use kloigos_host::sys::{Mounts, Sys, SysError};

use super::{SimHost, tree::Node};

impl Mounts for SimHost {
    /// `pam_namespace(8)` has made one for whoever logs in to a unit.
    fn in_namespace(&mut self) -> Sys<bool> {
        self.call("ask", "the mount namespace")?;
        Ok(true)
    }

    fn bind(&mut self, from: &str, to: &str) -> Sys<()> {
        self.call("mount", to)?;
        if self.is_dir(from) && self.is_dir(to) {
            Ok(())
        } else {
            Err(SysError::file("mount", to, io::ErrorKind::NotFound))
        }
    }

    fn mount_proc(&mut self) -> Sys<()> {
        self.call("mount", "/proc")
    }

    fn memory_fs(&mut self, path: &str) -> Sys<Option<u64>> {
        self.call("look at", path)?;
        Ok(self.memory.get(path).copied())
    }

    fn mount_memory_fs(&mut self, path: &str, bytes: u64) -> Sys<()> {
        self.call("mount", path)?;
        if !self.is_dir(path) {
            return Err(SysError::file("mount", path, io::ErrorKind::NotFound));
        }
        self.memory.insert(path.to_owned(), bytes);
        Ok(())
    }
}

impl SimHost {
    /// What was in it is gone.
    pub(super) fn unmount_memory(&mut self, path: &str) {
        if self.memory.remove(path).is_some() {
            for below in self.tree.below(path) {
                self.tree.unset(&below);
            }
        }
    }

    fn is_dir(&self, path: &str) -> bool {
        matches!(self.tree.get(path), Some(Node::Dir(_)))
    }
}
