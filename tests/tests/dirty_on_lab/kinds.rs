//! The kinds of residue: how each is left, and how root sees it.
//!
//! All that is left bears the word `dirty`, or the tenant's number.

/// Who leaves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The tenant, in a login.
    Tenant,
    /// Somebody for the tenant: an administrator, a service, a neighbour.
    Others,
}

/// One kind.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) by: By,
    /// What leaves it, for bash.
    pub(super) make: &'static str,
    /// What prints something while it is there, for root's bash.
    pub(super) probe: &'static str,
}

const fn tenant(name: &'static str, make: &'static str, probe: &'static str) -> Kind {
    Kind {
        name,
        by: By::Tenant,
        make,
        probe,
    }
}

const fn others(name: &'static str, make: &'static str, probe: &'static str) -> Kind {
    Kind {
        name,
        by: By::Others,
        make,
        probe,
    }
}

/// A program that holds one thing each, started once per kind: `hold.py WHAT`.
pub(super) const HOLD: &str = r#"
import ctypes, fcntl, os, signal, socket, sys, time
for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(s, signal.SIG_IGN)
what = sys.argv[1]
libc = ctypes.CDLL(None, use_errno=True)
if what == "daemon":
    if os.fork(): os._exit(0)
    os.setsid()
    if os.fork(): os._exit(0)
elif what == "deleted":
    f = open("dirty-deleted", "w"); f.write("x" * 100000); f.flush(); os.unlink("dirty-deleted")
elif what == "memfd":
    m = os.memfd_create("dirty-memfd"); os.write(m, b"x" * 100000)
elif what == "tcp":
    s = socket.socket(); s.bind(("", 2010)); s.listen()
elif what == "udp":
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.bind(("", 2011))
elif what == "abstract":
    s = socket.socket(socket.AF_UNIX); s.bind("\0dirty-abstract"); s.listen()
elif what == "lock":
    f = open("dirty-lock", "w"); fcntl.lockf(f, fcntl.LOCK_EX)
elif what == "mq":
    assert libc.mq_open(b"/dirty-mq", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0
    os._exit(0)
elif what == "deep":
    os.mkdir("dirty-deep"); os.chdir("dirty-deep")
    for _ in range(3000):
        os.mkdir("d"); os.chdir("d")
    os._exit(0)
elif what == "bomb":
    while True:
        try:
            if os.fork() == 0: os.setsid()
        except OSError: time.sleep(5)
time.sleep(100000)
"#;

/// Everything that is tried. The last one takes all tasks that the unit has.
pub(super) const KINDS: [Kind; 48] = [
    tenant(
        "a process that ignores SIGTERM",
        "hold sigterm",
        "pgrep -u 70001 -f 'hold.py sigterm'",
    ),
    tenant(
        "a daemon in a session of its own",
        "hold daemon",
        "pgrep -u 70001 -f 'hold.py daemon'",
    ),
    tenant(
        "a deleted file that is open",
        "hold deleted",
        "ls -l /proc/[0-9]*/fd | grep 'dirty-deleted (deleted)'",
    ),
    tenant(
        "a memfd",
        "hold memfd",
        "ls -l /proc/[0-9]*/fd | grep dirty-memfd",
    ),
    tenant("a TCP listener", "hold tcp", "ss -tlnH 'sport = :2010'"),
    tenant("a UDP socket", "hold udp", "ss -ulnH 'sport = :2011'"),
    tenant(
        "an abstract socket",
        "hold abstract",
        "grep @dirty-abstract /proc/net/unix",
    ),
    tenant(
        "a file lock",
        "hold lock",
        "pid=$(pgrep -f 'hold.py lock') && grep \" $pid \" /proc/locks",
    ),
    tenant(
        "a POSIX message queue",
        "hold mq",
        "ls /dev/mqueue | grep dirty",
    ),
    tenant(
        "a System V shared memory segment",
        "ipcmk -M 70001",
        "ipcs -m | grep u0-1",
    ),
    tenant(
        "a System V semaphore array",
        "ipcmk -S 3",
        "ipcs -s | grep u0-1",
    ),
    tenant(
        "a System V message queue",
        "ipcmk -Q",
        "ipcs -q | grep u0-1",
    ),
    tenant(
        "a key in the user keyring",
        "keyctl add user dirty secret @u",
        "awk '$1 == \"70001:\" && $3 + 0 > 3' /proc/key-users",
    ),
    tenant(
        "a persistent keyring",
        "p=$(keyctl get_persistent @s); keyctl add user dirty2 secret $p",
        "awk '$1 == \"70001:\" && $3 + 0 > 4' /proc/key-users",
    ),
    tenant(
        "a tree deeper than any path",
        "hold deep; sleep 1",
        "ls -d /home/u0-1/dirty-deep/d/d/d",
    ),
    tenant(
        "a name that is no text",
        "mkdir dirty-names; touch $'dirty-names/a\\nb' $'dirty-names/\\xff\\xfe' dirty-names/-rf",
        "ls -A /home/u0-1/dirty-names",
    ),
    tenant(
        "a sparse giant",
        "truncate -s 1T dirty-giant",
        "ls /home/u0-1/dirty-giant",
    ),
    tenant(
        "a file made immutable, as far as it may",
        "touch /opt/c0-1/dirty-immutable; chattr +i /opt/c0-1/dirty-immutable || true; chmod 0 /opt/c0-1/dirty-immutable",
        "ls /opt/c0-1/dirty-immutable",
    ),
    tenant(
        "a directory nobody may enter",
        "mkdir -p /mnt/c0-1/dirty-closed/x; chmod 0 /mnt/c0-1/dirty-closed",
        "ls -d /mnt/c0-1/dirty-closed",
    ),
    tenant("a FIFO", "mkfifo dirty-fifo", "ls /home/u0-1/dirty-fifo"),
    tenant(
        "a socket file",
        "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"dirty-socket\")'",
        "ls /home/u0-1/dirty-socket",
    ),
    tenant(
        "a link out of its directories",
        "ln -s /etc dirty-link",
        "ls -d /home/u0-1/dirty-link",
    ),
    tenant(
        "a file in a place for everybody",
        "echo dirty > /srv/pool/dirty-file",
        "ls /srv/pool/dirty-file",
    ),
    tenant(
        "a hard link there",
        "echo dirty > dirty-first; ln dirty-first /srv/pool/dirty-hard",
        "ls /srv/pool/dirty-hard",
    ),
    tenant(
        "a directory there, with an access list for a neighbour",
        "mkdir -p /srv/pool/dirty-dir/x; setfacl -m u:u2-3:rwx /srv/pool/dirty-dir",
        "getfacl -p /srv/pool/dirty-dir",
    ),
    tenant(
        "a file in /run/lock",
        "touch /run/lock/dirty",
        "ls /run/lock/dirty",
    ),
    tenant(
        "a file in its /tmp",
        "mkdir -p /tmp/dirty/x",
        "ls -d /tmp/dirty /var/lib/kloigos/tmp/tmp/u0-1/dirty",
    ),
    tenant(
        "a file in its /var/tmp",
        "touch /var/tmp/dirty",
        "ls /var/tmp/dirty /var/lib/kloigos/tmp/vartmp/u0-1/dirty",
    ),
    tenant(
        "a file in its /dev/shm",
        "head -c 100000 /dev/zero > /dev/shm/dirty",
        "ls /dev/shm/dirty /run/kloigos/shm/u0-1/dirty",
    ),
    tenant(
        "a file in /run/user",
        "touch $XDG_RUNTIME_DIR/dirty",
        "ls /run/user/70001/dirty",
    ),
    tenant(
        "a service that starts again",
        "systemctl --user daemon-reload; systemctl --user enable --now dirty.service",
        "ls /home/u0-1/.config/systemd/user/default.target.wants/dirty.service",
    ),
    tenant(
        "a transient timer",
        "systemd-run --user --quiet --unit dirty-timer --on-active=1h true",
        "ls /run/user/70001/systemd/transient/dirty-timer.timer",
    ),
    tenant(
        "the manager's environment",
        "systemctl --user set-environment DIRTY=dirty",
        "XDG_RUNTIME_DIR=/run/user/70001 runuser -u u0-1 -- systemctl --user show-environment | grep DIRTY",
    ),
    tenant(
        "lines in its journal",
        "systemd-run --user --quiet --wait echo dirty-journal; sleep 1",
        "journalctl -q --file '/var/log/journal/*/user-70001*.journal' | grep dirty-journal",
    ),
    tenant(
        "a frozen part of its cgroup",
        "systemd-run --user --quiet --unit dirty-frozen -p Delegate=yes bash -c 'cd /sys/fs/cgroup/$(cut -d: -f3 /proc/self/cgroup); mkdir sub; sleep 100000 & echo $! > sub/cgroup.procs; echo 1 > sub/cgroup.freeze; sleep 100000'; sleep 1",
        "find /sys/fs/cgroup/user.slice/user-70001.slice -path '*dirty-frozen.service/sub'",
    ),
    tenant(
        "namespaces with a mount in them",
        "setsid unshare --user --map-root-user --mount --pid --fork bash -c 'mount -t tmpfs dirty /mnt && touch ~/dirty-mounted; exec sleep 100001' > /dev/null 2>&1 & until [ -e ~/dirty-mounted ]; do sleep 0.2; done",
        "grep -l 'tmpfs dirty' /proc/[0-9]*/mountinfo",
    ),
    tenant(
        "a network of its own",
        "setsid unshare --user --map-root-user --net sleep 100002 > /dev/null 2>&1 &",
        "pgrep -u 70001 -f 'sleep 100002'",
    ),
    others(
        "a process outside its slice",
        "setsid runuser -u u0-1 -- python3 /home/u0-1/hold.py stray > /dev/null 2>&1 &",
        "pgrep -u 70001 -f 'hold.py stray'",
    ),
    others(
        "a cron table",
        "echo '0 0 1 1 * true dirty' | crontab -u u0-1 -",
        "ls /var/spool/cron/crontabs/u0-1",
    ),
    others(
        "an at job",
        "install -o u0-1 -g daemon -m 700 /dev/null /var/spool/cron/atjobs/a0000101c00000",
        "ls /var/spool/cron/atjobs | grep a0000101",
    ),
    others(
        "mail",
        "install -o u0-1 -g mail -m 660 /etc/hostname /var/mail/u0-1",
        "ls /var/mail/u0-1",
    ),
    others(
        "a core dump",
        "mkdir -p /var/lib/systemd/coredump; touch /var/lib/systemd/coredump/core.sh.70001.0123.1.2.zst",
        "ls /var/lib/systemd/coredump | grep 70001",
    ),
    others(
        "sudo's record",
        "mkdir -p -m 700 /run/sudo/ts; touch /run/sudo/ts/u0-1",
        "ls /run/sudo/ts/u0-1",
    ),
    others(
        "subordinate ids",
        "usermod --add-subuids 900000-900010 --add-subgids 900000-900010 u0-1",
        "grep u0-1 /etc/subuid /etc/subgid",
    ),
    others(
        "a mount in its home",
        "mkdir /home/u0-1/dirty-mount; mount --bind /etc/ssh /home/u0-1/dirty-mount",
        "findmnt -rn /home/u0-1/dirty-mount",
    ),
    others(
        "limits set at run time",
        "systemctl set-property --runtime user-70001.slice CPUWeight=50",
        "ls /run/systemd/system.control | grep 70001",
    ),
    others(
        "a neighbour's access list",
        "runuser -u u2-3 -- setfacl -m u:u0-1:rwx /home/u2-3 && runuser -u u2-3 -- setfacl -d -m u:u0-1:rwx /home/u2-3",
        "getfacl -sp /home/u2-3 | grep u0-1",
    ),
    tenant(
        "a fork bomb at its limit",
        "hold bomb; sleep 5",
        "test $(pgrep -c -u 70001) -gt 100 && echo bomb",
    ),
];

/// What a tenant's script begins with.
pub(super) const PREAMBLE: &str = r"
hold() { setsid python3 ~/hold.py $1 > /dev/null 2>&1 < /dev/null & sleep 0.5; }
mkdir -p ~/.config/systemd/user
printf '[Service]\nExecStart=sleep 100003\nRestart=always\nRestartSec=0\n[Install]\nWantedBy=default.target\n' > ~/.config/systemd/user/dirty.service
";
