//! The ways in which a tenant gets a program to run, or asks from outside.

/// How an attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A shell that came by ssh.
    Ssh,
    /// A transient service of the user manager.
    UserService,
    /// One with every property that would loosen a limit.
    GreedyService,
    /// A timer of the user manager.
    UserTimer,
    /// A scope of the user manager.
    UserScope,
    /// `setpriv(1)`.
    Setpriv,
    /// A user namespace of its own.
    UserNamespace,
    /// User and network namespaces of its own.
    NetNamespace,
    /// User, mount, pid, IPC and UTS namespaces of its own.
    AllNamespaces,
    /// Forwarding and the like, asked of sshd by the client.
    Client,
    /// `crontab(1)`.
    Cron,
    /// `at(1)`.
    At,
}

impl Channel {
    /// Those that start the attacker's program.
    pub const LAUNCHED: [Self; 9] = [
        Self::Ssh,
        Self::UserService,
        Self::GreedyService,
        Self::UserTimer,
        Self::UserScope,
        Self::Setpriv,
        Self::UserNamespace,
        Self::NetNamespace,
        Self::AllNamespaces,
    ];

    /// What the document calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::UserService => "systemd --user service",
            Self::GreedyService => "systemd-run --user, every limit lifted",
            Self::UserTimer => "systemd --user timer",
            Self::UserScope => "systemd-run --user --scope",
            Self::Setpriv => "setpriv",
            Self::UserNamespace => "unshare --user",
            Self::NetNamespace => "unshare --user --net",
            Self::AllNamespaces => "unshare --user --mount --pid --ipc --uts",
            Self::Client => "the ssh client",
            Self::Cron => "cron",
            Self::At => "at",
        }
    }

    /// The shell command that starts the attacker's program this way; its output is the program's.
    /// What cron and at are given, they are given from a shell.
    pub(super) const fn launch(self) -> &'static str {
        match self {
            Self::Ssh | Self::Cron | Self::At | Self::Client => "{PROGRAM}",
            Self::UserService => "systemd-run --user --quiet --pipe --wait {PROGRAM}",
            Self::GreedyService => {
                "systemd-run --user --quiet --pipe --wait -p AllowedCPUs=0-7 \
                 -p AllowedMemoryNodes=0-1 -p MemoryMax=infinity -p MemorySwapMax=infinity \
                 -p TasksMax=infinity -p Delegate=yes -p SocketBindAllow=any -p CPUAffinity=0-7 \
                 -p LimitNPROC=infinity -p Slice=system.slice {PROGRAM}"
            }
            Self::UserTimer => {
                "rm -f ~/told; systemd-run --user --quiet --on-active=0 \
                 --timer-property=AccuracySec=1ms sh -c '{PROGRAM} >~/telling; mv ~/telling ~/told'; \
                 timeout 60 sh -c 'until test -e ~/told; do sleep 0.2; done'; cat ~/told"
            }
            Self::UserScope => {
                "systemd-run --user --quiet --scope -p AllowedCPUs=0-7 -p TasksMax=infinity {PROGRAM}"
            }
            Self::Setpriv => "setpriv --no-new-privs --inh-caps=-all {PROGRAM}",
            Self::UserNamespace => "unshare --user --map-root-user {PROGRAM}",
            Self::NetNamespace => "unshare --user --map-root-user --net {PROGRAM}",
            Self::AllNamespaces => {
                "unshare --user --map-root-user --mount --pid --fork --ipc --uts {PROGRAM}"
            }
        }
    }
}
