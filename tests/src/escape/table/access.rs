//! Ways into a unit beside its keys, ways into others, and ways out of the slice.

use super::super::{
    Attempt, Channel, Judge,
    Mechanism::{self, Account, CronGuard, Guard, Keys, Session, Sshd, Uid},
    Promise::{self, Access, Confinement},
};

const SSHD: (Promise, Mechanism) = (Access, Sshd);
const KERNEL: (Promise, Mechanism) = (Access, Uid);

/// Waits until a job has run or a daemon has said that it was not let.
const JOB: &str = r"
import glob
def ran():
    if os.path.exists(NOTES['path']):
        text = open(NOTES['path']).read()
        os.unlink(NOTES['path'])
        say('ran in ' + text.strip().split(':')[-1])
for _ in range(250):
    ran()
    # cron says so; atd marks the job as begun, and leaves it at that.
    status, text = sh('journalctl --quiet --no-pager --since=@%d -t CRON -t cron' % NOTES['began'])
    said = 'authentication failure' in text.lower() or 'permission denied' in text.lower()
    if said if NOTES['word'] == 'cron' else glob.glob('/var/spool/cron/atjobs/=*'):
        time.sleep(3)
        ran()
        say('refused')
    time.sleep(0.4)
say('nobody said anything')
";

pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(
        SSHD,
        "access-authorized-keys",
        "another key in ~/.ssh/authorized_keys",
        "refused",
        r"
os.makedirs(os.path.expanduser('~/.ssh'), 0o700, exist_ok=True)
put(os.path.expanduser('~/.ssh/authorized_keys'), OTHER_KEY + '\n')
",
    )
    .judged(Judge::Client("$VICTIMS u0-1@$ADDRESS true")),
    Attempt::new(
        SSHD,
        "access-login-program",
        "a program that sshd runs at login (~/.ssh/rc)",
        "ignored",
        r"
os.makedirs(os.path.expanduser('~/.ssh'), 0o700, exist_ok=True)
put(os.path.expanduser('~/.ssh/rc'), 'echo ran\n')
",
    )
    .judged(Judge::Client("$SSH u0-1@$ADDRESS true | grep -q ran && echo ran || echo ignored")),
    Attempt::new(
        SSHD,
        "access-agent",
        "an agent's socket on the server (ssh -A)",
        "none",
        "ssh-agent bash -c \"$SSH -A u0-1@$ADDRESS 'echo \\${SSH_AUTH_SOCK:-none}'\"",
    )
    .by(Channel::Client),
    Attempt::new(
        SSHD,
        "access-other-ways",
        "what sshd offers without a key",
        "publickey",
        "$SSH -v -o PubkeyAuthentication=no u0-1@$ADDRESS true 2>&1 | sed -n 's/.*Authentications that can continue: //p' | tail -1",
    )
    .by(Channel::Client),
    Attempt::new(
        SSHD,
        "access-certificate",
        "a certificate in its name, of an authority that the server trusts",
        "refused",
        r"d=$(mktemp -d); trap 'rm -r $d' EXIT; cd $d
ssh-keygen -q -t ed25519 -N '' -f key
ssh-keygen -q -s $AUTHORITY -I me -n u0-1 key.pub
$VICTIMS -o CertificateFile=$d/key-cert.pub -i $d/key u0-1@$ADDRESS true",
    )
    .by(Channel::Client),
    Attempt::new(
        (Access, Keys),
        "access-own-keys",
        "adding a key to the unit's own file of keys",
        "EACCES",
        "put('/etc/ssh/kloigos/u0-1', '', 'a')",
    ),
    Attempt::new(
        (Access, Keys),
        "access-keys-of-the-victim",
        "adding a key to the victim's",
        "EACCES",
        "put('/etc/ssh/kloigos/u2-3', '', 'a')",
    ),
    Attempt::new(
        (Access, Keys),
        "access-directory-of-keys",
        "putting another file in the place of the victim's",
        "EACCES",
        "open('/etc/ssh/kloigos/mine', 'w').close(); os.unlink('/etc/ssh/kloigos/mine')",
    ),
    Attempt::new(
        (Access, Keys),
        "access-key-for-the-victim",
        "the attacker's key for the victim's unit",
        "refused",
        "$SSH u2-3@$ADDRESS true",
    )
    .by(Channel::Client)
    .backed_by("sshd takes keys from a file of root's or of the user's own only (StrictModes)"),
    Attempt::new(
        (Access, Account),
        "access-su-to-the-victim",
        "su(1) to the victim",
        "refused",
        "refused('su -c true u2-3')",
    ),
    Attempt::new((Access, Account), "access-su-to-itself", "su(1) to itself, for a session of another kind", "refused", "refused('su -c true u0-1')"),
    Attempt::new(KERNEL, "access-sudo", "sudo(8)", "refused", "refused('sudo -n true')"),
    Attempt::new(KERNEL, "access-setuid", "setuid(2) to the victim", "EPERM", "os.setuid(VICTIM_UID)"),
    Attempt::new(
        KERNEL,
        "access-map-the-victim",
        "the victim's uid in a user namespace",
        "EPERM",
        r"
call('unshare', 0x10000000)
put('/proc/self/uid_map', '0 %d 1' % VICTIM_UID)
",
    )
    .backed_by("root of a user namespace of its own has no power outside it"),
    Attempt::new(
        (Access, Account),
        "access-subordinate-ids",
        "subordinate ids, whose sockets and files no limit by uid would see",
        "none",
        "say('some' if any(line.split(':')[0] in (USER, str(UID)) for line in open('/etc/subuid')) else 'none')",
    )
    .backed_by("no account of a unit is ever given any"),
    Attempt::new(KERNEL, "access-group", "setgroups(2) into the group of disks", "EPERM", "os.setgroups([6])"),

    Attempt::new(
        (Access, Mechanism::Directories),
        "access-sftp",
        "sftp(1): the victim's file",
        "refused",
        "$SFTP -b - u0-1@$ADDRESS <<<'get /opt/c2-3/neighbours-secret /dev/null' >/dev/null",
    )
    .by(Channel::Client),
    Attempt::new(
        SSHD,
        "access-forward-to-a-socket",
        "ssh -L to a Unix socket of the server",
        "refused",
        r#"d=$(mktemp -d); $SSH -N -L $d/bus:/run/dbus/system_bus_socket u0-1@$ADDRESS 2>/dev/null & ssh=$!
trap 'kill $ssh; rm -r $d' EXIT
timeout 60 sh -c "until test -S $d/bus; do sleep 0.1; done"
python3 - $d/bus <<'END'
import socket, sys
bus = socket.socket(socket.AF_UNIX)
bus.connect(sys.argv[1])
bus.settimeout(30)
try:
    bus.sendall(b"\0AUTH\r\n")
    print("let" if bus.recv(64) else "refused")
except OSError:
    print("refused")
END"#,
    )
    .by(Channel::Client),
    Attempt::new(
        (Confinement, CronGuard),
        "confinement-cron",
        "a crontab",
        "refused",
        r"
note(path=os.path.expanduser('~/cron-ran'), began=time.time(), word='cron')
sh('rm -f ~/cron-ran; crontab -r')
status, text = sh('echo \'* * * * * cat /proc/self/cgroup > $HOME/cron-ran\' | crontab -')
status and say('refused')
",
    )
    .by(Channel::Cron)
    .judged(Judge::Host(JOB)),
    Attempt::new(
        (Confinement, CronGuard),
        "confinement-at",
        "a job of at(1)",
        "refused",
        r"
note(path=os.path.expanduser('~/at-ran'), began=time.time(), word='at')
sh('rm -f ~/at-ran')
status, text = sh('echo \'cat /proc/self/cgroup > $HOME/at-ran\' | at now')
status and say('refused')
",
    )
    .by(Channel::At)
    .judged(Judge::Host(JOB)),
    Attempt::new(
        (Confinement, Uid),
        "confinement-systemd-run",
        "systemd-run by PID 1",
        "denied",
        "bus('systemd-run --no-ask-password true')",
    ),
    Attempt::new(
        (Confinement, Uid),
        "confinement-set-property",
        "the slice's properties by PID 1",
        "denied",
        "bus('systemctl --no-ask-password set-property user-%d.slice MemoryMax=infinity' % UID)",
    ),
    Attempt::new(
        (Confinement, Uid),
        "confinement-linger",
        "lingering of the victim",
        "denied",
        "bus('loginctl --no-ask-password enable-linger u2-3')",
    ),
    Attempt::new(
        (Confinement, Uid),
        "confinement-end-the-victim",
        "logind's TerminateUser of the victim",
        "denied",
        "bus('busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager TerminateUser u %d' % 4242)",
    ),
    Attempt::new(
        (Confinement, Uid),
        "confinement-private-bus",
        "PID 1's private socket",
        "EACCES",
        "socket.socket(socket.AF_UNIX).connect('/run/systemd/private')",
    ),
    Attempt::new(
        (Confinement, Uid),
        "confinement-move-to-the-root",
        "moving itself to the root cgroup",
        "EACCES",
        "put('/sys/fs/cgroup/cgroup.procs', '0')",
    ),
    Attempt::new(
        (Confinement, Uid),
        "confinement-move-to-the-victim",
        "moving itself to the victim's cgroup",
        "EACCES",
        "put(NEIGHBOUR + '/user@%d.service/cgroup.procs' % VICTIM_UID, '0')",
    ),
    Attempt::new(
        (Confinement, Session),
        "confinement-daemon",
        "a daemon that outlives its login, looked at from the server",
        "inside",
        "os.setsid() if os.getpgid(0) != os.getpid() else None; linger()",
    )
    .judged(Judge::Host(
        "text = open('/proc/%d/cgroup' % NOTES['pid']).read(); say('inside' if '/user-70001.slice/' in text else text)",
    )),
    Attempt::new(
        (Confinement, Guard),
        "confinement-login-without-logind",
        "a login while systemd-logind is down, which pam_systemd(8) lets through outside the slice",
        "refused",
        "$ROOT 'systemctl mask --runtime --now systemd-logind.service $(systemctl list-units --plain --no-legend \"systemd-logind*.socket\" | cut -d\" \" -f1)' >/dev/null 2>&1
told=$($SSH u0-1@$ADDRESS 'cat /proc/self/cgroup'); status=$?
$ROOT 'systemctl unmask --runtime systemd-logind.service $(cd /run/systemd/system; ls -d systemd-logind*.socket 2>/dev/null); systemctl start systemd-logind.service' >/dev/null 2>&1
$ROOT -O exit >/dev/null 2>&1
if test $status = 0; then echo \"in ${told#0::}\"; else echo refused; fi",
    )
    .by(Channel::Client),
];
