//! The floor: root scripts that make the same promises as fast as a shell can, written by hand for
//! this one slot, without a record or a way back. Two promises it does not make, since a shell
//! cannot: that a port is refused at bind(2), and that all of it is redone at boot.

use anyhow::Result;
use xtask::lab::Server;

use super::{Bench, filled};

/// Waits until the slot's user manager has started.
pub(super) const AWAIT_WARM: &str = "systemctl is-active --wait user@70001.service 2>/dev/null || \
    while [ \"$(systemctl is-active user@70001.service)\" != active ]; do sleep 0.2; done\n";

/// What starts the manager of a cold slot.
const START: &str = r"
: > /var/lib/systemd/linger/@USER@
systemctl start --no-block user@@UID@.service
";

/// Ends every process: those of the slice at once, then those elsewhere by uid.
const KILL: &str = r"
rm -f /etc/ssh/kloigos/@USER@
while [ -d @SLICE@ ] && grep -q 'populated 1' @SLICE@/cgroup.events; do echo 1 > @SLICE@/cgroup.kill; done
setpriv --reuid @UID@ --regid @UID@ --clear-groups bash -c 'kill -9 -1' || true
";

/// Stops what systemd still has of the user.
const STOP: &str = r"
units='user@@UID@.service user-runtime-dir@@UID@.service'
systemctl stop $units user-@UID@.slice
systemctl reset-failed $units 2>/dev/null || true
rm -rf /run/systemd/system.control/user-@UID@.slice.d
";

/// Removes what a tenant left: where it may write, in the kernel, with cron and at.
pub(super) const WIPE: &str = r#"
rm -rf /home/@USER@ /opt/@DIR@ /mnt/@DIR@
for dir in @TMP@/tmp/@USER@ @TMP@/vartmp/@USER@ @SHM@/@USER@; do
  if [ -d $dir ]; then find $dir -mindepth 1 -delete; fi
done
for dir in /tmp /var/tmp /dev/shm /dev/mqueue /run/lock /var/mail /var/spool/cron /var/crash /var/lib/systemd/coredump; do
  if [ -d $dir ]; then find $dir -xdev -uid @UID@ -delete; fi
done
for kind in m q s; do
  ipcs -$kind | awk '$3 == "@USER@" { print $2 }' | xargs -r -n 1 ipcrm -$kind
done
rm -rf /var/log/journal/*/user-@UID@*
"#;

/// The proof that nothing is left: the quota's count where there is one, a look by owner where
/// there is none, processes, IPC objects, kernel keys, subordinate ids.
pub(super) const PROOF: &str = r#"
test -z "$(ps -U @UID@ -o pid=)"
test "$(quota -v -w -p -u @UID@ | awk 'NR > 2 { left += $2 + $6 } END { print left + 0 }')" = 0
awk '$3 == "tmpfs" || $3 == "mqueue" { print $2 }' /proc/mounts | while read -r dir; do
  test -z "$(find "$dir" -xdev -uid @UID@ -print -quit)"
done
for kind in m q s; do test -z "$(ipcs -$kind | awk '$3 == "@USER@"')"; done
if grep -q ' @UID@ .*keyring.*[1-9][0-9]*$' /proc/keys; then exit 1; fi
for list in /etc/subuid /etc/subgid; do if [ -e $list ]; then ! grep -q '^@USER@:' $list; fi; done
"#;

/// The slot's directories, empty.
const MAKE: &str = r"
mkdir -m 0700 /home/@USER@ /opt/@DIR@ /mnt/@DIR@
chown @UID@:@UID@ /home/@USER@ /opt/@DIR@ /mnt/@DIR@
";

/// A unit from nothing, but for its user manager and its key: what init and allocate make
/// together. A login's namespace is `pam_namespace(8)`'s, the user manager's is systemd's.
const BARE: &str = r#"
groupadd kunits
useradd -u @UID@ -U -G kunits -M -d /home/@USER@ -s /bin/bash -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 @USER@ 2>/dev/null
mkdir -m 0700 /home/@USER@ /opt/@DIR@ /mnt/@DIR@
chown @UID@:@UID@ /home/@USER@ /opt/@DIR@ /mnt/@DIR@
setquota -u @UID@ 0 1048576 0 100000 /
mkdir -p /etc/systemd/system/user-@UID@.slice.d /etc/systemd/system/user@@UID@.service.d /etc/ssh/kloigos
mkdir -p -m 0700 @TMP@
mkdir -p -m 0000 @TMP@/tmp @TMP@/vartmp @SHM@
mkdir -m 1777 @TMP@/tmp/@USER@ @TMP@/vartmp/@USER@ @SHM@/@USER@
mount -t tmpfs -o size=512M,mode=1777 tmpfs @SHM@/@USER@
printf '[Slice]\nAllowedCPUs=0-3\nAllowedMemoryNodes=0\nMemoryMax=1G\nMemorySwapMax=0\nTasksMax=4096\n' \
  > /etc/systemd/system/user-@UID@.slice.d/50-kloigos.conf
printf '[Service]\nPrivateMounts=yes\nProtectProc=invisible\nBindPaths=@TMP@/tmp/@USER@:/tmp @TMP@/vartmp/@USER@:/var/tmp @SHM@/@USER@:/dev/shm\n' \
  > /etc/systemd/system/user@@UID@.service.d/50-kloigos.conf
for place in "tmp /tmp" "vartmp /var/tmp"; do
  set -- $place
  echo "$2 @TMP@/$1/ user:noinit root"
done > /etc/security/namespace.d/kloigos.conf
echo '/dev/shm @SHM@/ user:noinit root' >> /etc/security/namespace.d/kloigos.conf
mount -o remount,hidepid=invisible /proc
cat > /etc/pam.d/kloigos <<'STACK'
auth     required pam_deny.so
account  required pam_unix.so
password required pam_deny.so
session  required pam_loginuid.so
session  required pam_systemd.so
session  required pam_namespace.so
STACK
for stack in cron atd; do
  if [ -e /etc/pam.d/$stack ]; then sed -i '1i account requisite pam_succeed_if.so quiet user notingroup kunits' /etc/pam.d/$stack; fi
done
printf 'Match Group kunits\n  AuthorizedKeysFile /etc/ssh/kloigos/%%u\n  PAMServiceName kloigos\n' > /etc/ssh/sshd_config.d/10-kloigos.conf
sshd -t && systemctl reload ssh
printf 'install %s /bin/false\n' dccp sctp rds tipc rxrpc l2tp_ip l2tp_ip6 > /etc/modprobe.d/kloigos.conf
cat > /etc/dbus-1/system.d/kloigos.conf <<'POLICY'
<busconfig><policy group="kunits">
<deny send_destination="org.freedesktop.systemd1"/><deny send_destination="org.freedesktop.login1"/>
<allow send_destination="org.freedesktop.systemd1" send_interface="org.freedesktop.systemd1.Manager" send_member="AttachProcessesToUnit"/>
</policy></busconfig>
POLICY
busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig
echo 2000-2199 > /proc/sys/net/ipv4/ip_local_reserved_ports
nft 'table inet kloigos {
  set unit_uids { type uid; elements = { @UID@ }; }
  set unit_bind { type uid . inet_service; flags interval; elements = { @UID@ . 2000-2199 }; }
  chain unit_out { meta l4proto { 1, 58 } accept; ct direction reply meta skuid . th sport != @unit_bind counter drop; }
  chain output { type filter hook output priority filter; meta skuid @unit_uids jump unit_out; }
}'
"#;

/// Whether the slot is warm decides if there is a manager to start.
fn allocate(warm: bool, key: &str) -> String {
    let manager = if warm { "" } else { START };
    format!("printf '%s\\n' '{key}' > /etc/ssh/kloigos/@USER@\n{manager}")
}

/// The slice is stopped while files are wiped.
fn deallocate(warm: bool) -> String {
    let restart = if warm {
        "systemctl start --no-block user@@UID@.service\n"
    } else {
        "rm -f /var/lib/systemd/linger/@USER@\n"
    };
    format!("{KILL}\n({STOP}) &\n{WIPE}\nwait $!\n{PROOF}\n{MAKE}\n{restart}")
}

impl Bench<'_> {
    pub(super) fn floor_allocate(&self, warm: bool) -> Result<()> {
        run(self.server, &allocate(warm, self.pair.public()))
    }

    pub(super) fn floor_deallocate(&self, warm: bool) -> Result<()> {
        run(self.server, &deallocate(warm))
    }

    pub(super) fn floor_bare(&self) -> Result<()> {
        let allocate = allocate(false, self.pair.public());
        run(self.server, &[BARE, &allocate].concat())
    }
}

fn run(server: &Server, script: &str) -> Result<()> {
    server.script(&filled(script)).map(drop)
}
