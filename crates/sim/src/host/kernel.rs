//! The door to system calls.

use std::{collections::BTreeMap, io};

use kloigos_host::sys::{
    BindFilter, Bound, DiskLimits, Hook, IpcKind, Kernel, Lock, Quota, QuotaFlags, Share, Space,
    Sys, SysError,
};

use super::{SimHost, tree::Node};
use kloigos_host::sys::Access;

/// The one hook of ours, as it should be.
const HOOK: Hook = Hook {
    ours: 1,
    current: true,
};

impl SimHost {
    fn ranges(&mut self, call: &'static str) -> Sys<&mut BTreeMap<u32, (u16, u16)>> {
        let missing = || SysError::kernel(call, io::ErrorKind::NotFound);
        self.bind_filter.as_mut().ok_or_else(missing)
    }
}

impl Kernel for SimHost {
    fn arch(&mut self) -> Sys<String> {
        self.call("ask", "uname")?;
        Ok("x86_64".to_owned())
    }

    fn own_path(&mut self) -> Sys<String> {
        self.call("read the link", "/proc/self/exe")?;
        Ok(format!(
            "/usr/local/lib/kloigos/{}/kloigos-host",
            self.digest
        ))
    }

    fn simulated(&self) -> bool {
        true
    }

    fn lock(&mut self, path: &str, _share: Share) -> Sys<Lock> {
        self.call("lock", path)?;
        if self.tree.get(path).is_none() {
            self.tree.put(path, "", Access::root(0o600));
        }
        let lock = Lock::held_by(());
        Ok(if self.waits_for_removal {
            lock.after_removal()
        } else {
            lock
        })
    }

    fn pause(&mut self) -> Sys<()> {
        self.call("wait", "a moment")
    }

    fn parent(&mut self) -> Sys<u32> {
        self.call("ask", "the parent")?;
        Ok(1)
    }

    fn kill_all(&mut self, uid: u32) -> Sys<()> {
        self.call("kill", "a user")?;
        let doomed = self
            .processes
            .iter()
            .filter(|(_, process)| process.uid == uid);
        let doomed: Vec<u32> = doomed.map(|(pid, _)| *pid).collect();
        for pid in doomed {
            self.end(pid);
        }
        Ok(())
    }

    fn remove_ipc(&mut self, kind: IpcKind, id: i32) -> Sys<()> {
        self.call("remove", kind.file())?;
        self.ipc.retain(|object| (object.0, object.1) != (kind, id));
        self.list_ipc();
        Ok(())
    }

    fn forget_keys(&mut self, uid: u32) -> Sys<()> {
        self.call("forget", "kernel keys")?;
        self.keys.remove(&uid);
        self.list_keys();
        Ok(())
    }

    fn unmount(&mut self, path: &str) -> Sys<()> {
        self.call("unmount", path)?;
        self.mounts.remove(path);
        self.unmount_memory(path);
        Ok(())
    }

    fn space(&mut self, mount: &str) -> Sys<Space> {
        self.call("measure", mount)?;
        Ok(Space {
            size: 100 << 30,
            available: 90 << 30,
        })
    }

    fn is_blank(&mut self, device: &str) -> Sys<Option<bool>> {
        self.call("read", device)?;
        let there = self.tree.get(device).is_some();
        Ok(there.then(|| self.tree.text(device).is_empty()))
    }

    fn blank(&mut self, device: &str) -> Sys<()> {
        self.call("write zeros to", device)?;
        self.blank_device(device)
    }

    fn user_quota(&mut self, mount: &str) -> Sys<Option<QuotaFlags>> {
        self.call("ask for the quotas of", mount)?;
        let enforced = QuotaFlags {
            accounted: true,
            enforced: true,
        };
        Ok(self.volume_of(mount).is_none().then_some(enforced))
    }

    fn quota(&mut self, path: &str, uid: u32) -> Sys<Option<Quota>> {
        self.call("ask for the quota of", path)?;
        let counted = self.volume_of(path).is_none();
        Ok(counted.then(|| self.quota_of(uid)))
    }

    fn set_quota(&mut self, path: &str, uid: u32, limits: DiskLimits) -> Sys<()> {
        self.call("limit a user of", path)?;
        self.limit_user(uid, limits);
        Ok(())
    }

    fn bind_filter(&mut self) -> Sys<BindFilter> {
        self.call("look at", "the bind filter")?;
        Ok(match &self.bind_filter {
            _ if !self.takes_bind_filter => BindFilter::Unsupported("simulated".to_owned()),
            None => BindFilter::Absent,
            Some(ranges) => BindFilter::Present {
                inet4: HOOK,
                inet6: HOOK,
                ranges: ranges.clone(),
            },
        })
    }

    fn load_bind_filter(&mut self) -> Sys<()> {
        self.call("load", "the bind filter")?;
        self.bind_filter.get_or_insert_default();
        self.tree
            .set("/sys/fs/bpf/kloigos", Node::Dir(Access::root(0o700)));
        Ok(())
    }

    fn unload_bind_filter(&mut self) -> Sys<()> {
        self.call("unload", "the bind filter")?;
        self.bind_filter = None;
        self.tree.remove_tree("/sys/fs/bpf/kloigos");
        Ok(())
    }

    fn bind_range(&mut self, uid: u32) -> Sys<Option<(u16, u16)>> {
        self.call("look at", "the bind filter")?;
        Ok(self
            .bind_filter
            .as_ref()
            .and_then(|ranges| ranges.get(&uid).copied()))
    }

    fn set_bind_range(&mut self, uid: u32, ports: (u16, u16)) -> Sys<()> {
        self.call("write", "the bind filter")?;
        self.ranges("set ports in the bind filter")?
            .insert(uid, ports);
        Ok(())
    }

    fn clear_bind_range(&mut self, uid: u32) -> Sys<()> {
        self.call("write", "the bind filter")?;
        if let Some(ranges) = &mut self.bind_filter {
            ranges.remove(&uid);
        }
        Ok(())
    }

    fn clock_synchronised(&mut self) -> Sys<bool> {
        self.call("ask", "the clock")?;
        Ok(true)
    }

    fn try_binds(&mut self, uid: u32, ports: &[u16]) -> Sys<Vec<[Bound; 4]>> {
        self.call("try to bind", "ports")?;
        let ranges = self.bind_filter.as_ref().and_then(|all| all.get(&uid));
        let answer = |port: &u16| match ranges {
            Some((first, last)) if *port != 0 && !(first..=last).contains(&port) => Bound::Refused,
            _ => Bound::Yes,
        };
        Ok(ports.iter().map(|port| [answer(port); 4]).collect())
    }
}
