//! What is on a server, to compare before and after.

use anyhow::Result;
use xtask::lab::Server;

/// Everything on the server that an init changes, as a listing.
pub(crate) fn fingerprint(server: &Server) -> Result<String> {
    server.script(
        "getent passwd; getent group; nft list ruleset; sysctl net.ipv4.ip_local_reserved_ports
         find /etc /usr/local /opt /mnt /home /var/lib /var/spool /sys/fs/bpf -xdev \
           -not -path '/var/lib/systemd/*' -not -name '*-' -printf '%p %y %m %u %g\\n' | sort
         find /var/lib/systemd/linger | sort
         for f in /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/subuid /etc/ssh/sshd_config /etc/pam.d/*; do
           sha256sum $f
         done
         systemctl list-unit-files --no-legend --no-pager | grep -v transient | sort",
    )
}

pub(crate) fn difference(before: &str, after: &str) -> String {
    let only = |a: &str, b: &str, sign: char| {
        let known: std::collections::BTreeSet<&str> = b.lines().collect();
        let lines: Vec<String> = a
            .lines()
            .filter(|line| !known.contains(line))
            .map(|line| format!("{sign} {line}"))
            .collect();
        lines.join("\n")
    };
    format!("{}\n{}", only(before, after, '-'), only(after, before, '+'))
}
