//! What stands against the attempts, and how it is taken away to see them succeed.

/// One thing that keeps a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// `AllowedCPUs=` of the slice.
    Cpus,
    /// `AllowedMemoryNodes=` of the slice.
    Nodes,
    /// `MemoryMax=` of the slice.
    MemoryMax,
    /// `TasksMax=` of the slice.
    TasksMax,
    /// `IOReadBandwidthMax=` and `IOWriteBandwidthMax=` of the slice.
    IoMax,
    /// The BPF program at bind(2).
    BindFilter,
    /// The nftables table.
    Rules,
    /// `net.ipv4.ip_local_reserved_ports`.
    ReservedPorts,
    /// Protocols that are not loaded.
    BlockedProtocols,
    /// Modes and owners of the unit's directories.
    Directories,
    /// User quotas.
    Quota,
    /// Temporary directories of the unit's own.
    PrivateTmp,
    /// A `/proc` with `hidepid=invisible`.
    HiddenProc,
    /// The policy of the system bus.
    BusPolicy,
    /// sshd's `Match Group kunits`.
    Sshd,
    /// Keys in a directory of root's.
    Keys,
    /// An account without a password.
    Account,
    /// `pam_systemd` in the login's stack, and the slice of the user manager.
    Session,
    /// The guard of a login.
    Guard,
    /// The guard of cron and at.
    CronGuard,
    /// That a unit's user is not root: the kernel's own checks.
    Uid,
}

impl Mechanism {
    /// Every mechanism.
    pub const ALL: [Self; 21] = [
        Self::Cpus,
        Self::Nodes,
        Self::MemoryMax,
        Self::TasksMax,
        Self::IoMax,
        Self::BindFilter,
        Self::Rules,
        Self::ReservedPorts,
        Self::BlockedProtocols,
        Self::Directories,
        Self::Quota,
        Self::PrivateTmp,
        Self::HiddenProc,
        Self::BusPolicy,
        Self::Sshd,
        Self::Keys,
        Self::Account,
        Self::Session,
        Self::Guard,
        Self::CronGuard,
        Self::Uid,
    ];

    /// What the document calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Cpus => "the slice's CPUs",
            Self::Nodes => "the slice's memory nodes",
            Self::MemoryMax => "the slice's memory limit",
            Self::TasksMax => "the slice's limit of tasks",
            Self::IoMax => "the slice's disk bandwidth",
            Self::BindFilter => "the bind filter",
            Self::Rules => "the nftables rules",
            Self::ReservedPorts => "the reserved ports",
            Self::BlockedProtocols => "the blocked protocols",
            Self::Directories => "modes of the unit's directories",
            Self::Quota => "user quotas",
            Self::PrivateTmp => "private temporary directories",
            Self::HiddenProc => "hidepid",
            Self::BusPolicy => "the policy of the system bus",
            Self::Sshd => "sshd's block for units",
            Self::Keys => "root's directory of keys",
            Self::Account => "no password",
            Self::Session => "sessions and managers in the slice",
            Self::Guard => "the login guard",
            Self::CronGuard => "the guard of cron and at",
            Self::Uid => "the user is not root",
        }
    }

    /// Why a repeated apply does not bring it back under a running tenant, where it does not.
    pub const fn stays_away(self) -> Option<&'static str> {
        match self {
            Self::BlockedProtocols => Some("a protocol that was loaded stays until the next boot"),
            Self::Directories => Some("a directory's mode is its tenant's to change"),
            Self::PrivateTmp | Self::HiddenProc => {
                Some("a tenant keeps the namespace that its drop-in says until the next one")
            }
            Self::Session => Some("a drop-in of somebody else's is not ours to remove"),
            _ => None,
        }
    }

    /// A script that takes it away on a server whose attacker is u0-1 (70001) and victim u2-3
    /// (70002). `None` for [`Mechanism::Uid`]: its attempts are made by root instead.
    pub const fn removal(self) -> Option<&'static str> {
        Some(match self {
            Self::Cpus => "systemctl set-property --runtime user-70001.slice AllowedCPUs=0-7",
            Self::Nodes => "systemctl set-property --runtime user-70001.slice AllowedMemoryNodes=0-1",
            Self::MemoryMax => "systemctl set-property --runtime user-70001.slice MemoryMax=infinity",
            Self::TasksMax => "systemctl set-property --runtime user-70001.slice TasksMax=infinity",
            Self::IoMax => {
                "systemctl set-property --runtime user-70001.slice IOReadBandwidthMax= \
                 IOWriteBandwidthMax="
            }
            // Without its pins, links and map are gone.
            Self::BindFilter => "rm -r /sys/fs/bpf/kloigos",
            Self::Rules => "nft flush table inet kloigos",
            Self::ReservedPorts => "echo > /proc/sys/net/ipv4/ip_local_reserved_ports",
            Self::BlockedProtocols => "rm /etc/modprobe.d/kloigos.conf",
            Self::Directories => {
                "for dir in /home/u2-3 /opt/c2-3 /mnt/c2-3; do chmod 777 $dir; done"
            }
            Self::Quota => {
                "setquota -u 70001 0 0 0 0 -a"
            }
            // A login is furnished with what the manager's drop-in says.
            Self::PrivateTmp => {
                "sed -i /BindPaths=/d /etc/systemd/system/user@70001.service.d/50-kloigos.conf"
            }
            Self::HiddenProc => {
                "sed -i /ProtectProc=/d /etc/systemd/system/user@70001.service.d/50-kloigos.conf"
            }
            Self::BusPolicy => {
                "rm /etc/dbus-1/system.d/kloigos.conf; systemctl reload dbus"
            }
            // Root's keys stay, or nobody could try anything.
            Self::Sshd => {
                "cd /etc/ssh/sshd_config.d
                sed -i '/Match\\|AuthorizedKeysFile\\|PAMServiceName/!d' 10-kloigos.conf
                sed -i '/AuthorizedKeysFile/s|$| .ssh/authorized_keys|' 10-kloigos.conf
                sshd -t; systemctl reload ssh"
            }
            Self::Keys => "chown -R u0-1 /etc/ssh/kloigos",
            Self::Account => "passwd -d u2-3; passwd -d u0-1",
            // The guard would stop such a login.
            Self::Session => {
                "sed -i '/pam_systemd/d;/kloigos/d' /etc/pam.d/{kloigos,sshd,common-session} || true
                mkdir -p /etc/systemd/system/user@70001.service.d
                printf '[Service]\\nSlice=system.slice\\n' > /etc/systemd/system/user@70001.service.d/away.conf
                systemctl daemon-reload; systemctl restart user@70001.service"
            }
            // Debian's own pam_systemd is optional.
            Self::Guard => {
                "sed -i '/kloigos-host guard/d;s/required pam_systemd/optional pam_systemd/' \
                 $(ls /etc/pam.d/sshd /etc/pam.d/kloigos 2>/dev/null)"
            }
            Self::CronGuard => "sed -i /kloigos/d /etc/pam.d/cron /etc/pam.d/atd",
            Self::Uid => return None,
        })
    }
}
