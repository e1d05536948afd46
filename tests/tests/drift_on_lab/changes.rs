//! What people change by hand: a line of shell, and how the difference is told.

/// One change made on the server.
pub(super) struct ByHand {
    /// Whose part it is told of: a unit's CPUs, or the server's own.
    pub(super) of: Option<&'static str>,
    /// The resource that it is told of.
    pub(super) resource: &'static str,
    /// The shell of it.
    pub(super) script: &'static str,
}

const fn server(resource: &'static str, script: &'static str) -> ByHand {
    ByHand {
        of: None,
        resource,
        script,
    }
}

const fn unit(of: &'static str, resource: &'static str, script: &'static str) -> ByHand {
    ByHand {
        of: Some(of),
        resource,
        script,
    }
}

/// Every file, rule, limit, quota, attribute of a user, linger and key that Kloigos sets: `1-2` is
/// allocated and has a volume, `3-4` is allocated, `5-6` is free and kept warm.
pub(super) const CHANGES: &[ByHand] = &[
    server("bus", "echo '# more' >> /etc/dbus-1/system.d/kloigos.conf"),
    server("bus", "rm /etc/dbus-1/system.d/kloigos.conf"),
    unit(
        "1-2",
        "about",
        "chmod 755 /etc/kloigos/units/u1-2/environment; echo X=1 >> /etc/kloigos/units/u1-2/environment",
    ),
    unit("3-4", "about", "rm /etc/kloigos/units/u3-4/facts.json"),
    unit("5-6", "about", "echo hello > /etc/kloigos/units/u5-6/motd"),
    server("places", "rmdir /etc/kloigos/self"),
    server("protocols", "rm /etc/modprobe.d/kloigos.conf"),
    server("modules", "echo sctp >> /etc/modules-load.d/kloigos.conf"),
    server("pam", "echo >> /etc/security/namespace.d/kloigos.conf"),
    unit(
        "1-2",
        "keys",
        "cat /root/.ssh/authorized_keys >> /etc/ssh/kloigos/u1-2",
    ),
    unit("3-4", "keys", "rm /etc/ssh/kloigos/u3-4"),
    unit("1-2", "keys", "chmod 666 /etc/ssh/kloigos/u1-2"),
    unit("1-2", "keys", "chown u1-2 /etc/ssh/kloigos/u1-2"),
    unit(
        "5-6",
        "keys",
        "cat /root/.ssh/authorized_keys > /etc/ssh/kloigos/u5-6",
    ),
    server("sshd", "chmod 777 /etc/ssh/kloigos"),
    server(
        "sshd",
        "rm /etc/ssh/sshd_config.d/10-kloigos.conf; systemctl reload ssh",
    ),
    server(
        "sshd",
        "sed -i 's/yes/no/' /etc/ssh/sshd_config.d/10-kloigos.conf",
    ),
    server(
        "housekeeping",
        "rm /etc/systemd/system/init.scope.d/50-kloigos.conf; systemctl daemon-reload",
    ),
    server(
        "boot service",
        "rm /etc/systemd/system/kloigos-boot.service; systemctl daemon-reload",
    ),
    server(
        "boot service",
        "rm /etc/systemd/system/sysinit.target.wants/kloigos-boot.service; systemctl daemon-reload",
    ),
    unit(
        "1-2",
        "volume",
        "rm /etc/systemd/system/local-fs.target.d/kloigos-u1-2.conf; systemctl daemon-reload",
    ),
    server(
        "housekeeping",
        "rm /etc/systemd/system/machine.slice.d/50-kloigos.conf",
    ),
    unit(
        "1-2",
        "volume",
        r"sed -i s/noatime/atime/ '/etc/systemd/system/mnt-c1\x2d2.mount'; echo '#' >> '/etc/systemd/system/mnt-c1\x2d2.mount'",
    ),
    server(
        "housekeeping",
        "echo 0-7 > /sys/fs/cgroup/system.slice/cpuset.cpus",
    ),
    server(
        "housekeeping",
        "rm /etc/systemd/system/system.slice.d/50-kloigos.conf",
    ),
    server(
        "housekeeping",
        "rm /etc/systemd/system/user-.slice.d/10-kloigos.conf",
    ),
    unit(
        "1-2",
        "slice",
        "sed -i 's/MemoryMax=.*/MemoryMax=infinity/' /etc/systemd/system/user-70001.slice.d/50-kloigos.conf",
    ),
    unit(
        "3-4",
        "slice",
        "rm /etc/systemd/system/user-70002.slice.d/50-kloigos.conf; systemctl daemon-reload",
    ),
    unit(
        "1-2",
        "volume",
        "rm /etc/systemd/system/user@70001.service.d/50-kloigos-volume.conf",
    ),
    unit(
        "3-4",
        "namespace",
        "rm /etc/systemd/system/user@70002.service.d/50-kloigos.conf",
    ),
    unit("3-4", "directories", "chown root /home/u3-4"),
    unit("3-4", "directories", "chown daemon:daemon /mnt/c3-4"),
    unit("1-2", "volume", "umount --lazy /mnt/c1-2"),
    server(
        "program",
        "ln -sfn /bin/true /usr/local/lib/kloigos/kloigos-host",
    ),
    server("places", "chmod 777 /var/lib/kloigos"),
    server("places", "chmod 777 /var/lib/kloigos/tmp/tmp"),
    unit(
        "1-2",
        "namespace",
        "chown daemon /var/lib/kloigos/tmp/tmp/u1-2",
    ),
    unit("1-2", "manager", "loginctl disable-linger u1-2"),
    unit("5-6", "manager", "rm /var/lib/systemd/linger/u5-6"),
    unit("1-2", "manager", "systemctl stop user@70001.service"),
    unit("5-6", "manager", "systemctl stop user@70003.service"),
    server("rules", "nft delete table inet kloigos"),
    unit(
        "3-4",
        "ports",
        "nft delete element inet kloigos unit_uids '{ 70002 }'",
    ),
    unit(
        "1-2",
        "ports",
        "nft delete element inet kloigos unit_bind '{ 70001 . 2000-2199 }'",
    ),
    unit(
        "3-4",
        "ports",
        "nft add element inet kloigos unit_bind '{ 70002 . 22-23 }'",
    ),
    server("rules", "nft flush chain inet kloigos output"),
    server("rules", "nft insert rule inet kloigos unit_out accept"),
    server("bind filter", "rm /sys/fs/bpf/kloigos/inet6_bind"),
    server("bind filter", "rm -r /sys/fs/bpf/kloigos"),
    server(
        "reserved ports",
        "echo > /proc/sys/net/ipv4/ip_local_reserved_ports",
    ),
    server(
        "reserved ports",
        "echo 2000-2099 > /proc/sys/net/ipv4/ip_local_reserved_ports",
    ),
    unit("1-2", "quota", "setquota -u 70001 0 0 0 0 /"),
    unit("3-4", "quota", "setquota -u 70002 0 9999999 0 99999 /"),
    unit(
        "1-2",
        "slice",
        "echo 0-7 > /sys/fs/cgroup/user.slice/user-70001.slice/cpuset.cpus",
    ),
    unit(
        "1-2",
        "slice",
        "echo 0-1 > /sys/fs/cgroup/user.slice/user-70001.slice/cpuset.mems",
    ),
    unit(
        "1-2",
        "slice",
        "echo max > /sys/fs/cgroup/user.slice/user-70001.slice/memory.max",
    ),
    unit(
        "1-2",
        "slice",
        "echo max > /sys/fs/cgroup/user.slice/user-70001.slice/memory.high",
    ),
    unit(
        "1-2",
        "slice",
        "echo max > /sys/fs/cgroup/user.slice/user-70001.slice/memory.swap.max",
    ),
    unit(
        "3-4",
        "slice",
        "echo max > /sys/fs/cgroup/user.slice/user-70002.slice/pids.max",
    ),
    unit(
        "3-4",
        "slice",
        "echo 'default 100' > /sys/fs/cgroup/user.slice/user-70002.slice/io.weight",
    ),
    unit(
        "3-4",
        "slice",
        r#"for d in $(lsblk -dno MAJ:MIN); do echo "$d rbps=max wbps=max" > /sys/fs/cgroup/user.slice/user-70002.slice/io.max; done"#,
    ),
    unit(
        "1-2",
        "manager",
        "echo 1 > /sys/fs/cgroup/user.slice/user-70001.slice/user@70001.service/cgroup.freeze",
    ),
    unit(
        "1-2",
        "slice",
        "systemctl set-property --runtime user-70001.slice MemoryMax=1G",
    ),
    unit("1-2", "account", "usermod -s /bin/sh u1-2"),
    unit("1-2", "account", "usermod -aG disk u1-2"),
    unit("1-2", "account", "echo 'u1-2:secret' | chpasswd"),
    unit("3-4", "account", "gpasswd -d u3-4 kunits"),
    unit("3-4", "account", "usermod -g users u3-4"),
    unit("1-2", "account", "usermod -L u1-2"),
    server("pam", "sed -i '/kloigos-host guard/d' /etc/pam.d/kloigos"),
    server("pam", "sed -i '/kloigos/d' /etc/pam.d/cron"),
    server("pam", "sed -i '/kloigos/d' /etc/pam.d/atd"),
    unit("5-6", "directories", "rmdir /opt/c5-6"),
    unit("5-6", "directories", "chmod 755 /home/u5-6"),
    unit("1-2", "account", "usermod --expiredate 1 u1-2"),
    unit("3-4", "account", "chage --lastday 0 u3-4"),
    unit("5-6", "account", "chage --maxdays 30 u5-6"),
];
