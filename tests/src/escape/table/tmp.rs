//! Temporary directories of others.

use super::super::{
    Attempt, Judge,
    Mechanism::{self, PrivateTmp, Uid},
    Promise::{self, PrivateTmp as Tmp},
};

const OWN: (Promise, Mechanism) = (Tmp, PrivateTmp);

pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(OWN, "tmp-read", "the victim's file in /tmp", "ENOENT", "open('/tmp/neighbours-secret').read()"),
    Attempt::new(OWN, "tmp-read-var-tmp", "the victim's file in /var/tmp", "ENOENT", "open('/var/tmp/neighbours-secret').read()"),
    Attempt::new(OWN, "tmp-read-dev-shm", "the victim's file in /dev/shm", "ENOENT", "open('/dev/shm/neighbours-secret').read()"),
    Attempt::new(
        OWN,
        "tmp-squat",
        "a name in /tmp that root might trust",
        "unseen",
        "os.path.islink('/tmp/backup') or os.symlink('/etc/passwd', '/tmp/backup'); note(path='/tmp/backup')",
    )
    .judged(Judge::Host(
        "seen = os.path.islink(NOTES['path']); seen and os.unlink(NOTES['path']); say('seen' if seen else 'unseen')",
    )),
    Attempt::new(
        OWN,
        "tmp-shm-open",
        "shared memory of a name that the victim might open (shm_open(3))",
        "unseen",
        "open('/dev/shm/squatted', 'w').close(); note(path='/dev/shm/squatted')",
    )
    .judged(Judge::Host(
        "seen = os.path.exists(NOTES['path']); seen and os.unlink(NOTES['path']); say('seen' if seen else 'unseen')",
    )),
    Attempt::new((Tmp, Uid), "tmp-instances", "the directory of all units' /tmp", "EACCES", "os.listdir('/var/lib/kloigos/tmp')"),
    Attempt::new(
        (Tmp, Uid),
        "tmp-instance-of-the-victim",
        "the victim's /tmp by its place",
        "EACCES",
        "open('/var/lib/kloigos/tmp/tmp/u2-3/neighbours-secret').read()",
    ),
    Attempt::new(
        (Tmp, Uid),
        "tmp-uncovered",
        "the server's own /tmp under its own, in a namespace of its own",
        "EINVAL|EPERM",
        "namespaces('mount'); call('umount2', ctypes.c_char_p(b'/tmp'), 2)",
    )
    .backed_by("mounts that came with the namespace are locked (mount_namespaces(7))"),
    Attempt::new(
        (Tmp, Uid),
        "tmp-through-the-root-of-another",
        "the server's /tmp through /proc/1/root",
        "EACCES|ENOENT",
        "os.listdir('/proc/1/root/tmp')",
    ),
];
