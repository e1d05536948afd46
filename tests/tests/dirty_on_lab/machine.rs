//! The whole machine in lines that can be compared, logs aside.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::stage::Stage;

/// Processes of units, mounts, files with owner and size on every file system, IPC, kernel keys,
/// jobs, units of systemd, sessions, accounts, rules, access lists, capabilities, BPF.
///
/// Not listed is what lives with root's own sessions and with the user manager of the free unit:
/// what journald, logind and udev keep of the moment, and our own records with their generations.
const LISTING: &str = r#"
until systemctl is-active --quiet user@70001.service; do sleep 0.2; done
until [ "$(systemctl show -P SystemState user@70001.service 2>/dev/null; ps -u 70001 -o comm= | grep -vc -e '^systemd$' -e '^(sd-pam)$' || true)" = 0 ]; do sleep 0.5; done
ps -eo uid=,gid=,comm= | awk '$1 >= 70000 && $1 < 70100 { print "process", $1, $2, $3 }'
findmnt -rn -o TARGET,FSTYPE,SOURCE,OPTIONS | grep -v ' /run/user/0\|^/run/user/0' | sed 's/^/mount /'
find / \( -path /proc -o -path /sys -o -path /var/log -o -path /run/log -o -path /run/systemd -o -path /run/udev \
    -o -path /run/user/0 -o -path /run/kloigos/settled -o -path /dev/pts -o -path /dev/char -o -path '/tmp/systemd-private-*' \
    -o -path '/var/tmp/systemd-private-*' -o -path '/var/lib/systemd/*' -o -path /root -o -path '/etc/*-' \) -prune \
    -o ! -path '/var/lib/kloigos/units/*' ! -path '/run/user/70*' -type f -printf 'file %p %m %U %G %s\n' \
    -o ! -path '/run/user/70*' ! -path '/dev/*' -printf 'node %p %m %U %G %l\n'
find /run/user/70001 -printf 'runtime %p %m %U %G\n' | grep -v -e '/systemd/inaccessible' -e '/systemd/units/invocation' -e generator
find /proc/sys/fs/binfmt_misc /sys/fs/bpf /var/lib/systemd -printf 'system %p %U %G\n' | grep -v timers
ipcs | sed 's/^/ipc /'
awk '$1 > 0 { print "keys", $1, $3 + 0 }' /proc/key-users | tr -d : | grep -w -e 7000. || true
find /var/spool -printf 'spool %p %U %G %s\n'
systemctl list-units --all --plain --no-legend '*7000*' | awk '{ print "unit", $1, $2, $3, $4 }'
systemctl list-unit-files --no-legend '*7000*' | sed 's/^/unit file /'
loginctl list-sessions --no-legend | awk '$2 >= 70000 { print "session", $2 }'
for file in passwd group shadow gshadow subuid subgid; do sed "s/^/$file /" /etc/$file; done
nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//; s/^/nft /'
getfacl -Rsp / 2>/dev/null --skip-base --one-file-system 2>/dev/null | grep '^# file' | grep -v /var/log || true
getfacl -Rsp /home /opt /mnt /srv /tmp /var/tmp /dev/shm /run/lock 2>/dev/null | sed 's/^/acl /' || true
getcap -r / 2>/dev/null | sed 's/^/capability /' || true
ss -tulnH | awk '{ print "socket", $1, $5 }'
grep -c . /proc/net/unix > /dev/null; grep -o '@.*' /proc/net/unix | grep dirty || true
"#;

pub(super) fn listing(stage: &Stage) -> Result<BTreeSet<String>> {
    let text = stage.script(LISTING)?;
    let lines: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    ensure!(lines.len() > 1000, "the listing is short:\n{text}");
    Ok(lines)
}

/// Fails with what is not as it was.
pub(super) fn assert_same(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Result<()> {
    let more: Vec<_> = after.difference(before).collect();
    let less: Vec<_> = before.difference(after).collect();
    ensure!(
        more.is_empty() && less.is_empty(),
        "more: {more:#?}\nless: {less:#?}"
    );
    Ok(())
}
