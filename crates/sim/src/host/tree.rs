//! The file tree: what every machine of a make begins with, shared, and what differs on this one.

use std::{collections::BTreeMap, sync::Arc};

use kloigos_host::sys::{Access, Kind, Stat};

/// One thing in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Dir(Access),
    File(String, Access),
    Link(String),
}

/// Paths and what they are. Two trees are equal when they hold the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    base: Arc<BTreeMap<String, Node>>,
    /// What is other than in the base; nothing here is as there. `None` is removed.
    own: BTreeMap<String, Option<Node>>,
}

impl Node {
    pub(super) fn stat(&self) -> Stat {
        let (kind, access) = match self {
            Self::Dir(access) => (Kind::Directory, *access),
            Self::File(_, access) => (Kind::File, *access),
            Self::Link(_) => (Kind::Link, Access::root(0o777)),
        };
        Stat { kind, access }
    }
}

impl Tree {
    pub(super) fn of(base: Arc<BTreeMap<String, Node>>) -> Self {
        Self {
            base,
            own: BTreeMap::new(),
        }
    }

    pub(super) fn base(&self) -> &BTreeMap<String, Node> {
        &self.base
    }

    pub(super) fn get(&self, path: &str) -> Option<&Node> {
        match self.own.get(path) {
            Some(node) => node.as_ref(),
            None => self.base.get(path),
        }
    }

    /// What is there when links are followed, as far as there are any.
    pub(super) fn followed(&self, path: &str) -> Option<&Node> {
        let mut node = self.get(path)?;
        for _ in 0..8 {
            let Node::Link(target) = node else { break };
            let target = match target.strip_prefix('/') {
                Some(_) => target.clone(),
                None => format!("{}/{target}", parent(path)),
            };
            node = self.get(&target)?;
        }
        Some(node)
    }

    pub(super) fn set(&mut self, path: &str, node: Node) {
        if self.base.get(path) == Some(&node) {
            self.own.remove(path);
        } else {
            self.own.insert(path.to_owned(), Some(node));
        }
    }

    pub(super) fn unset(&mut self, path: &str) {
        if self.base.contains_key(path) {
            self.own.insert(path.to_owned(), None);
        } else {
            self.own.remove(path);
        }
    }

    pub(super) fn put(&mut self, path: &str, body: impl Into<String>, access: Access) {
        self.set(path, Node::File(body.into(), access));
    }

    /// The text of a file, or nothing.
    pub(super) fn text(&self, path: &str) -> &str {
        match self.get(path) {
            Some(Node::File(body, _)) => body,
            Some(Node::Dir(_) | Node::Link(_)) | None => "",
        }
    }

    /// Changes the text of a file that keeps its access.
    pub(super) fn edit(&mut self, path: &str, body: String) {
        let access = match self.get(path) {
            Some(Node::File(_, access)) => *access,
            Some(Node::Dir(_) | Node::Link(_)) | None => Access::root(0o644),
        };
        self.put(path, body, access);
    }

    /// Makes a directory of root's and those above it.
    pub(super) fn make_dirs(&mut self, path: &str) {
        let ends = path.match_indices('/').map(|(index, _)| index).skip(1);
        let ends: Vec<usize> = ends.chain([path.len()]).collect();
        for end in ends {
            if self.get(&path[..end]).is_none() {
                self.set(&path[..end], Node::Dir(Access::root(0o755)));
            }
        }
    }

    /// The paths below a directory, all the way down, in order.
    pub(super) fn below(&self, dir: &str) -> Vec<String> {
        let start = if dir == "/" {
            dir.to_owned()
        } else {
            format!("{dir}/")
        };
        let from = start.clone()..;
        let base = self.base.range(from.clone()).map(|(path, _)| path);
        let own = self.own.range(from).map(|(path, _)| path);
        let mut paths: Vec<String> = base
            .take_while(|path| path.starts_with(&start))
            .chain(own.take_while(|path| path.starts_with(&start)))
            .filter(|path| self.get(path).is_some())
            .cloned()
            .collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// The names in a directory.
    pub(super) fn names(&self, dir: &str) -> Vec<String> {
        let prefix = if dir == "/" { 1 } else { dir.len() + 1 };
        let below = self.below(dir);
        let names = below.iter().map(|path| &path[prefix..]);
        names
            .filter(|name| !name.contains('/'))
            .map(str::to_owned)
            .collect()
    }

    /// What a user owns; no machine of a make begins with anything of one but its own people's.
    pub(super) fn owned_by(&self, uid: u32) -> impl Iterator<Item = (&str, &Node)> {
        let there = self
            .own
            .iter()
            .filter_map(|(path, node)| Some((path.as_str(), node.as_ref()?)));
        there.filter(move |(_, node)| node.stat().access.uid == uid)
    }

    pub(super) fn remove_tree(&mut self, path: &str) {
        for below in self.below(path) {
            self.unset(&below);
        }
        self.unset(path);
    }

    /// The paths that are not the same in another tree of the same make.
    pub(super) fn different(&self, other: &Self) -> Vec<String> {
        let paths = self.own.keys().chain(other.own.keys());
        let mut paths: Vec<String> = paths
            .filter(|path| self.get(path) != other.get(path))
            .cloned()
            .collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    pub(super) fn snapshot(&self) -> BTreeMap<String, String> {
        let paths = self.base.keys().chain(self.own.keys());
        let there = paths.filter_map(|path| Some((path, self.get(path)?)));
        there
            .map(|(path, node)| (path.clone(), format!("{node:?}")))
            .collect()
    }
}

pub(super) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((dir, _)) => dir,
    }
}
