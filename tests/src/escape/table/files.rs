//! Files of the victim, of the server, and files that would be more than files.

use super::super::{
    Attempt,
    Mechanism::{self, Directories, Uid},
    Promise::{self, Files},
};

const MODES: (Promise, Mechanism) = (Files, Directories);
const KERNEL: (Promise, Mechanism) = (Files, Uid);

pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(MODES, "files-read-opt", "reading the victim's file in /opt, which is open to all in itself", "EACCES", "open(OPT + '/neighbours-secret').read()"),
    Attempt::new(MODES, "files-read-mnt", "the same in /mnt", "EACCES", "open(MNT + '/neighbours-secret').read()"),
    Attempt::new(MODES, "files-list-home", "listing the victim's home", "EACCES", "os.listdir(HOME)"),
    Attempt::new(MODES, "files-write", "making a file in the victim's home", "EACCES", "open(HOME + '/mine', 'w')"),
    Attempt::new(
        MODES,
        "files-hard-link",
        "a hard link to the victim's file",
        "EACCES|EPERM",
        "os.link(HOME + '/neighbours-secret', os.path.expanduser('~/link')); os.unlink(os.path.expanduser('~/link'))",
    ),
    Attempt::new(
        MODES,
        "files-overlay",
        "an overlay over the victim's home in a namespace of its own",
        "EACCES",
        r"
namespaces('mount')
mount('none', '/mnt', 'tmpfs')
for name in 'uwm':
    os.mkdir('/mnt/' + name)
mount('none', '/mnt/m', 'overlay', 0, 'lowerdir=%s,upperdir=/mnt/u,workdir=/mnt/w' % HOME)
open('/mnt/m/neighbours-secret').read()
",
    ),
    Attempt::new(
        MODES,
        "files-bind-mount",
        "a bind mount of the victim's home in a namespace of its own",
        "EACCES",
        r"
namespaces('mount')
mount(HOME, os.path.expanduser('~'), '', 4096)
open(os.path.expanduser('~/neighbours-secret')).read()
",
    ),
    Attempt::new(
        MODES,
        "files-watch",
        "inotify(7) on the victim's home",
        "EACCES",
        r"
watch = LIBC.inotify_add_watch(LIBC.inotify_init(), HOME.encode(), 0xfff)
if watch < 0: raise OSError(ctypes.get_errno(), 'inotify')
",
    ),
    Attempt::new(
        MODES,
        "files-socket-of-the-victim",
        "connecting to a Unix socket in the victim's home",
        "EACCES",
        "socket.socket(socket.AF_UNIX).connect(HOME + '/socket')",
    ),
    Attempt::new(
        KERNEL,
        "files-abstract-socket",
        "connecting to an abstract Unix socket of the victim",
        "done",
        "socket.socket(socket.AF_UNIX).connect('\\0neighbours-socket')",
    )
    .accepted("abstract sockets have no owner or mode (unix(7)); a service asks SO_PEERCRED who connects, or uses a path"),
    Attempt::new(
        KERNEL,
        "files-by-handle",
        "open_by_handle_at(2), which passes directories by",
        "EPERM",
        r"
handle = struct.pack('=Ii', 8, 1) + struct.pack('=II', 2, 0)
call('open_by_handle_at', os.open('/', os.O_RDONLY), ctypes.c_char_p(handle), 0)
",
    ),
    Attempt::new(KERNEL, "files-shadow", "reading /etc/shadow", "EACCES", "open('/etc/shadow').read()"),
    Attempt::new(KERNEL, "files-record", "reading the victim's record", "EACCES", "open('/var/lib/kloigos/units/u2-3.json').read()"),
    Attempt::new(KERNEL, "files-settled", "saying that the unit is settled", "EACCES", "open('/run/kloigos/settled/u0-1', 'w')"),
    Attempt::new(
        KERNEL,
        "files-drop-in",
        "writing the slice's drop-in, which PID 1 reads",
        "EACCES",
        "open('/etc/systemd/system/user-70001.slice.d/99-mine.conf', 'w')",
    ),
    Attempt::new(
        KERNEL,
        "files-about",
        "writing what a unit may read about itself",
        "EACCES|EROFS",
        "open('/etc/kloigos/units/u0-1/mine', 'w')",
    ),
    Attempt::new(KERNEL, "files-runtime-directory", "listing the victim's /run/user", "EACCES", "os.listdir('/run/user/%d' % VICTIM_UID)"),
    Attempt::new(KERNEL, "files-crontab-of-the-victim", "writing the victim's crontab", "EACCES", "open('/var/spool/cron/crontabs/u2-3', 'w')"),
    Attempt::new(KERNEL, "files-chown", "giving a file to the victim", "EPERM", "os.chown(os.path.expanduser('~'), VICTIM_UID, -1)"),
    Attempt::new(KERNEL, "files-device", "making a device node of the disk", "EPERM", "os.mknod(os.path.expanduser('~/disk'), 0o60666, os.makedev(254, 0))"),
    Attempt::new(KERNEL, "files-disk", "opening the disk", "EACCES", "open('/dev/vda', 'rb')"),
    Attempt::new(KERNEL, "files-mount", "mounting", "EPERM", "mount('none', '/mnt', 'tmpfs')"),
    Attempt::new(
        KERNEL,
        "files-capability",
        "a capability on a program of its own",
        "EPERM",
        r"
path = os.path.expanduser('~/program')
open(path, 'w').close()
os.setxattr(path, 'security.capability', struct.pack('<IIIII', 0x02000001, 0xffffffff, 0, 0xffffffff, 0))
",
    ),
    Attempt::new(
        KERNEL,
        "files-capability-from-a-user-namespace",
        "a capability given as root of a user namespace, used outside it",
        "EPERM",
        r"
import shutil
path = os.path.expanduser('~/program')
shutil.copy('/usr/bin/cat', path)
if os.fork() == 0:
    namespaces()
    os.setxattr(path, 'security.capability', struct.pack('<IIIII', 0x02000001, 0xffffffff, 0, 0xffffffff, 0))
    os._exit(0)
os.wait()
status, text = sh(path + ' /etc/shadow')
os.unlink(path)
say('EPERM' if status and ('denied' in text or 'not permitted' in text) else text[:40] or 'read')
",
    ),
    Attempt::new(
        KERNEL,
        "files-fanotify",
        "fanotify(7) that sees what others open",
        "EPERM",
        "call('fanotify_init', 4, 0)",
    ),
    Attempt::new(
        KERNEL,
        "files-journal",
        "the victim's lines in the journal",
        "nothing",
        r"
status, text = sh('journalctl --quiet --no-pager -n 3 _UID=%d' % VICTIM_UID)
lines = [line for line in text.splitlines() if line and 'No journal files' not in line and 'insufficient permissions' not in line and 'not permitted' not in line]
say('read' if lines else 'nothing')
",
    ),
    Attempt::new(
        KERNEL,
        "files-shared-directories",
        "directories that everybody may write to",
        "/dev/mqueue /run/lock",
        r"
found = set()
for top in ('/dev', '/run', '/var', '/etc', '/usr/local', '/opt', '/mnt', '/srv', '/home'):
    for folder, names, _ in os.walk(top):
        names[:] = [name for name in names if not os.path.islink(folder + '/' + name)]
        if os.stat(folder).st_mode & 0o002 and os.stat(folder).st_uid != os.getuid():
            found.add(folder)
            names[:] = []
say(' '.join(sorted(found - {'/dev/shm', '/var/tmp', '/tmp'})))
",
    )
    .accepted("queues have owners and modes, and no more than fs.mqueue allows; /run/lock is Debian's and of 5 MiB"),
];
