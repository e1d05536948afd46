//! The floor: root scripts that make the same primitives as fast as a shell can, written by hand
//! for this one slot, without a check, a record or a way back.

use anyhow::Result;
use xtask::lab::Server;

use super::{Bench, DIR, UID, USER};

/// Waits until the slot's user manager has started.
pub(super) const AWAIT_WARM: &str = "systemctl is-active --wait user@70001.service 2>/dev/null || \
    while [ \"$(systemctl is-active user@70001.service)\" != active ]; do sleep 0.2; done\n";

/// Whether the slot is warm decides if there is a manager to start.
fn allocate(warm: bool, key: &str) -> String {
    let manager = if warm {
        String::new()
    } else {
        format!(
            ": > /var/lib/systemd/linger/{USER}\nsystemctl start --no-block user@{UID}.service\n"
        )
    };
    format!("printf '%s\\n' '{key}' > /etc/ssh/kloigos/{USER}\n{manager}")
}

fn deallocate(warm: bool) -> String {
    let slice = format!("/sys/fs/cgroup/user.slice/user-{UID}.slice");
    let units = format!("user@{UID}.service user-runtime-dir@{UID}.service");
    let restart = if warm {
        format!("systemctl start --no-block user@{UID}.service\n")
    } else {
        format!("rm -f /var/lib/systemd/linger/{USER}\n")
    };
    format!(
        "rm -f /etc/ssh/kloigos/{USER}\n\
         while [ -d {slice} ] && grep -q 'populated 1' {slice}/cgroup.events; do echo 1 > {slice}/cgroup.kill; done\n\
         setpriv --reuid {UID} --regid {UID} --clear-groups bash -c 'kill -9 -1' || true\n\
         systemctl stop {units} user-{UID}.slice\n\
         systemctl reset-failed {units} 2>/dev/null || true\n\
         rm -rf /home/{USER} /opt/{DIR} /mnt/{DIR}\n\
         mkdir -m 0700 /home/{USER} /opt/{DIR} /mnt/{DIR}\n\
         chown {UID}:{UID} /home/{USER} /opt/{DIR} /mnt/{DIR}\n\
         find /tmp /var/tmp /dev/shm /dev/mqueue -xdev -uid {UID} -delete\n\
         {restart}"
    )
}

/// A unit from nothing, in one script: what init and allocate make together.
fn bare(key: &str, cpus: &str, first_port: u16) -> String {
    let last = first_port + 199;
    format!(
        "groupadd kunits\n\
         useradd -u {UID} -U -G kunits -M -d /home/{USER} -s /bin/bash -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 {USER} 2>/dev/null\n\
         mkdir -m 0700 /home/{USER} /opt/{DIR} /mnt/{DIR}\n\
         chown {UID}:{UID} /home/{USER} /opt/{DIR} /mnt/{DIR}\n\
         mkdir -p /etc/systemd/system/user-{UID}.slice.d /etc/ssh/kloigos\n\
         printf '[Slice]\\nAllowedCPUs={cpus}\\nAllowedMemoryNodes=0\\nMemoryMax=1G\\nTasksMax=4096\\n' \
           > /etc/systemd/system/user-{UID}.slice.d/50-kloigos.conf\n\
         printf 'Match Group kunits\\n  AuthorizedKeysFile /etc/ssh/kloigos/%%u\\n' > /etc/ssh/sshd_config.d/10-kloigos.conf\n\
         sshd -t && systemctl reload ssh\n\
         nft 'table inet kloigos {{ set unit_uids {{ type uid; elements = {{ {UID} }}; }}; \
           set unit_bind {{ type uid . inet_service; flags interval; elements = {{ {UID} . {first_port}-{last} }}; }}; \
           chain unit_out {{ meta l4proto {{ 1, 58 }} accept; ct direction reply meta skuid . th sport != @unit_bind counter drop; }}; \
           chain output {{ type filter hook output priority filter; meta skuid @unit_uids jump unit_out; }}; }}'\n\
         {}",
        allocate(false, key)
    )
}

impl Bench<'_> {
    pub(super) fn floor_allocate(&self, warm: bool) -> Result<()> {
        run(self.server, &allocate(warm, self.pair.public()))
    }

    pub(super) fn floor_deallocate(&self, warm: bool) -> Result<()> {
        run(self.server, &deallocate(warm))
    }

    pub(super) fn floor_bare(&self) -> Result<()> {
        run(self.server, &bare(self.pair.public(), super::RANGE, 2000))
    }
}

fn run(server: &Server, script: &str) -> Result<()> {
    server.script(script).map(drop)
}
