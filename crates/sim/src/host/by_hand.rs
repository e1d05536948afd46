//! Accounts that people of the machine confined to CPUs by hand, before Kloigos or beside it.

use kloigos_host::sys::Access;
use kloigos_model::host::HandCut;

use super::{SimHost, slices::cgroup, tree::Node};

/// A line of `authorized_keys(5)` that is no key alone.
const RESTRICTED: &str = "restrict,command=\"backup\" ssh-ed25519 AAAA\n";

impl SimHost {
    /// Somebody made this account, or made it another than it was.
    pub fn cut_by_hand(&mut self, cut: &HandCut) {
        let (name, uid) = (cut.account.as_str(), cut.uid.to_string());
        self.change_accounts(&["groupadd", "--gid", &uid, name]);
        self.change_accounts(&[
            "useradd",
            "--uid",
            &uid,
            "--gid",
            &uid,
            "--home-dir",
            &cut.home,
            "--shell",
            "/bin/bash",
            "--password",
            "*",
            name,
        ]);
        self.keep_home(cut);
        let dir = format!("/etc/systemd/system/user-{uid}.slice.d");
        let body = format!("[Slice]\nAllowedCPUs={}\n", cut.cpus.kernel_list());
        self.tree.make_dirs(&dir);
        self.tree
            .put(&format!("{dir}/cpus.conf"), body, Access::root(0o644));
        self.stop_slice(cut.uid);
        if cut.processes > 0 {
            self.start_manager(cut.uid);
        }
        for _ in 1..cut.processes {
            self.spawn(cut.uid, &format!("{}/session-1.scope", cgroup(cut.uid)));
        }
    }

    fn keep_home(&mut self, cut: &HandCut) {
        let ssh = format!("{}/.ssh", cut.home);
        self.tree.make_dirs(&ssh);
        for dir in [&cut.home, &ssh] {
            self.tree.set(dir, Node::Dir(Access::own(0o700, cut.uid)));
        }
        let keys = cut.keys.iter().map(|key| format!("{key}\n"));
        let text: String = keys.collect::<String>() + &RESTRICTED.repeat(cut.other_keys);
        let file = format!("{ssh}/authorized_keys");
        self.tree.put(&file, text, Access::own(0o600, cut.uid));
    }
}
