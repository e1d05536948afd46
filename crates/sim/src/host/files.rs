//! The file door.

use std::io;

use kloigos_host::facts::mounts::{self, Mount};
use kloigos_host::sys::{Access, Files, Kind, Moved, Stat, Sys, SysError};

use super::{
    SimHost,
    tree::{Node, parent},
};

impl SimHost {
    fn parent_is_there(&self, verb: &'static str, path: &str) -> Sys<()> {
        match self.tree.followed(parent(path)) {
            Some(Node::Dir(_)) => Ok(()),
            Some(_) => Err(SysError::file(verb, path, io::ErrorKind::NotADirectory)),
            None => Err(SysError::file(verb, path, io::ErrorKind::NotFound)),
        }
    }
}

/// What lies in memory, however full the disk is.
const IN_MEMORY: [&str; 5] = ["/dev/", "/proc/", "/run/", "/sys/", "/tmp/"];

impl SimHost {
    /// Nothing new can be stored on a full file system.
    fn room(&self, verb: &'static str, path: &str) -> Sys<()> {
        let in_memory = IN_MEMORY.iter().any(|dir| path.starts_with(dir));
        let is_new = self.tree.get(path).is_none();
        if self.full && is_new && !in_memory {
            return Err(SysError::file(verb, path, io::ErrorKind::StorageFull));
        }
        Ok(())
    }
}

impl Files for SimHost {
    fn read(&mut self, path: &str) -> Sys<Option<Vec<u8>>> {
        self.call("read", path)?;
        if let Some(text) = self.made_up(path) {
            return Ok(Some(text.into_bytes()));
        }
        match self.tree.followed(path) {
            Some(Node::File(body, _)) => Ok(Some(body.clone().into_bytes())),
            Some(_) => Err(SysError::file("read", path, io::ErrorKind::IsADirectory)),
            None => Ok(None),
        }
    }

    fn head(&mut self, path: &str, bytes: usize) -> Sys<Option<Vec<u8>>> {
        let body = self.read(path)?;
        Ok(body.map(|body| body.into_iter().take(bytes).collect()))
    }

    fn head_of_own(
        &mut self,
        dir: &str,
        path: &str,
        uid: u32,
        bytes: usize,
    ) -> Sys<Option<Vec<u8>>> {
        self.call("read", path)?;
        let home = self.tree.followed(dir).map(|node| node.stat().access.uid);
        // A link on the way is not followed: nothing is below it.
        let body = match self.tree.get(&format!("{dir}/{path}")) {
            Some(Node::File(body, access)) if [0, uid].contains(&access.uid) => body,
            Some(_) | None => return Ok(None),
        };
        let body = body.bytes().take(bytes).collect();
        Ok((home == Some(uid)).then_some(body))
    }

    fn stat(&mut self, path: &str) -> Sys<Option<Stat>> {
        self.call("look at", path)?;
        Ok(self.tree.get(path).map(Node::stat))
    }

    fn list(&mut self, path: &str) -> Sys<Option<Vec<String>>> {
        self.call("list", path)?;
        match self.tree.followed(path) {
            Some(Node::Dir(_)) => Ok(Some(self.tree.names(path))),
            Some(_) | None => Ok(None),
        }
    }

    fn read_link(&mut self, path: &str) -> Sys<Option<String>> {
        self.call("read the link", path)?;
        match self.tree.get(path) {
            Some(Node::Link(target)) => Ok(Some(target.clone())),
            Some(_) | None => Ok(None),
        }
    }

    fn write(&mut self, path: &str, body: &[u8], access: Access) -> Sys<()> {
        self.call("write", path)?;
        self.room("write", path)?;
        self.parent_is_there("write", path)?;
        if matches!(self.tree.get(path), Some(Node::Dir(_))) {
            return Err(SysError::file("write", path, io::ErrorKind::IsADirectory));
        }
        self.tree.put(path, String::from_utf8_lossy(body), access);
        Ok(())
    }

    fn poke(&mut self, path: &str, body: &str) -> Sys<()> {
        self.call("write", path)?;
        if self.tree.get(path).is_none() {
            return Err(SysError::file("write", path, io::ErrorKind::NotFound));
        }
        if let Some(cgroup) = path.strip_suffix("/cgroup.kill") {
            self.kill_cgroup(cgroup);
        } else {
            self.tree.edit(path, format!("{}\n", body.trim()));
            if path.ends_with("/cgroup.freeze") {
                self.count_populated();
            }
        }
        Ok(())
    }

    fn make_dir(&mut self, path: &str, access: Access) -> Sys<()> {
        self.call("make directory", path)?;
        self.room("make directory", path)?;
        self.parent_is_there("make directory", path)?;
        match self.tree.get(path).map(Node::stat) {
            Some(stat) if stat.kind != Kind::Directory => Err(SysError::file(
                "make directory",
                path,
                io::ErrorKind::NotADirectory,
            )),
            _ => {
                self.tree.set(path, Node::Dir(access));
                Ok(())
            }
        }
    }

    fn symlink(&mut self, target: &str, path: &str) -> Sys<()> {
        self.call("link", path)?;
        self.room("link", path)?;
        self.parent_is_there("link", path)?;
        self.tree.set(path, Node::Link(target.to_owned()));
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> Sys<Moved> {
        self.call("move", from)?;
        self.parent_is_there("move", to)?;
        let Some(node) = self.tree.get(from).cloned() else {
            return Err(SysError::file("move", from, io::ErrorKind::NotFound));
        };
        if self.is_mounted(from) || self.volume_of(from) != self.volume_of(to) {
            return Ok(Moved::AnotherFileSystem);
        }
        if !self.tree.below(to).is_empty() {
            return Err(SysError::file(
                "move",
                from,
                io::ErrorKind::DirectoryNotEmpty,
            ));
        }
        for path in self.tree.below(from) {
            if let Some(node) = self.tree.get(&path).cloned() {
                self.tree.set(&format!("{to}{}", &path[from.len()..]), node);
            }
        }
        self.tree.remove_tree(from);
        self.tree.set(to, node);
        Ok(Moved::Yes)
    }

    fn remove(&mut self, path: &str) -> Sys<()> {
        self.call("remove", path)?;
        if self.is_mounted(path) {
            return Err(SysError::file("remove", path, io::ErrorKind::ResourceBusy));
        }
        if !self.tree.below(path).is_empty() {
            return Err(SysError::file(
                "remove",
                path,
                io::ErrorKind::DirectoryNotEmpty,
            ));
        }
        self.tree.unset(path);
        Ok(())
    }

    fn remove_tree(&mut self, path: &str) -> Sys<()> {
        self.call("remove", path)?;
        let root = self.tree.get(path).cloned();
        self.tree.remove_tree(path);
        if let Some(root) = root.filter(|_| self.is_mounted(path)) {
            self.tree.set(path, root);
        }
        Ok(())
    }

    fn sweep(&mut self, dir: &str, uid: u32) -> Sys<u32> {
        self.call("sweep", dir)?;
        let mut swept = 0;
        for path in self.tree.below(dir) {
            let owner = self.tree.get(&path).map(|node| node.stat().access.uid);
            if owner == Some(uid) {
                self.tree.remove_tree(&path);
                swept += 1;
            }
        }
        Ok(swept)
    }

    fn owned(&mut self, dir: &str, uid: u32, most: usize) -> Sys<Vec<String>> {
        self.call("look through", dir)?;
        let mounts = self.mount_points();
        let here = nearest(&mounts, dir);
        let owned = self.tree.owned_by(uid).map(|(path, _)| path.to_owned());
        let owned = owned.filter(|path| path.starts_with(dir) && nearest(&mounts, path) == here);
        Ok(owned.take(most).collect())
    }

    fn naming(&mut self, dir: &str, uid: u32) -> Sys<Vec<String>> {
        self.call("look for access lists in", dir)?;
        let inside = |path: &String| path == dir || path.starts_with(&format!("{dir}/"));
        let naming = self.access_lists.iter().filter(|list| list.1 == uid);
        let paths = naming.map(|list| list.0.clone());
        Ok(paths.filter(inside).collect())
    }

    fn forget_in_lists(&mut self, dir: &str, uid: u32) -> Sys<()> {
        let forgotten = self.naming(dir, uid)?;
        self.access_lists
            .retain(|list| list.1 != uid || !forgotten.contains(&list.0));
        Ok(())
    }
}

/// The mount point that a path is on.
fn nearest<'a>(mounts: &'a [Mount], path: &str) -> Option<&'a str> {
    mounts::holding(mounts, path).map(|mount| mount.point.as_str())
}
