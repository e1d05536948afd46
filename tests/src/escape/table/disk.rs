//! More stored than the unit may.

use super::super::{
    Attempt,
    Mechanism::{self, Quota, Uid},
    Promise::{self, Disk},
};

const LIMIT: (Promise, Mechanism) = (Disk, Quota);

/// 32 MiB at a path, where 24 are allowed; fallocate(2) takes no bandwidth.
macro_rules! allocate {
    ($path:literal) => {
        concat!(
            "path = os.path.expanduser('",
            $path,
            "')\n",
            "file = os.open(path, os.O_CREAT | os.O_WRONLY)\n",
            "try:\n    os.posix_fallocate(file, 0, 32 << 20)\n",
            "finally:\n    os.unlink(path)\n"
        )
    };
}

pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(
        LIMIT,
        "disk-home",
        "32 MiB in its home by fallocate(2)",
        "EDQUOT",
        allocate!("~/large"),
    ),
    Attempt::new(
        LIMIT,
        "disk-opt",
        "32 MiB in /opt",
        "EDQUOT",
        allocate!("/opt/c0-1/large"),
    ),
    Attempt::new(
        LIMIT,
        "disk-var-tmp",
        "32 MiB in /var/tmp",
        "EDQUOT",
        allocate!("/var/tmp/large"),
    ),
    Attempt::new(
        LIMIT,
        "disk-many-places",
        "16 MiB in each of two directories at once",
        "EDQUOT",
        r"
paths = ['/mnt/c0-1/large', '/opt/c0-1/large']
try:
    for path in paths:
        os.posix_fallocate(os.open(path, os.O_CREAT | os.O_WRONLY), 0, 16 << 20)
finally:
    for path in paths:
        os.path.exists(path) and os.unlink(path)
",
    ),
    Attempt::new(
        LIMIT,
        "disk-holes-filled-by-a-map",
        "a sparse file filled through a shared mapping",
        "SIGBUS",
        r"
path = os.path.expanduser('~/sparse')
file = os.open(path, os.O_CREAT | os.O_RDWR)
os.unlink(path)
os.ftruncate(file, 64 << 20)
os.posix_fallocate(file, 0, 23 << 20)
block = mmap.mmap(file, 64 << 20)
for at in range(32 << 20, 64 << 20, 4096):
    block[at] = 1
",
    ),
    Attempt::new(
        LIMIT,
        "disk-inodes",
        "1000 empty files",
        "EDQUOT",
        r"
import shutil
folder = os.path.expanduser('~/many')
os.mkdir(folder)
try:
    for number in range(1000):
        os.close(os.open('%s/%d' % (folder, number), os.O_CREAT))
finally:
    shutil.rmtree(folder)
",
    ),
    Attempt::new(
        LIMIT,
        "disk-project",
        "32 MiB under another project id (chattr -p)",
        "EDQUOT",
        r"
import fcntl
path = os.path.expanduser('~/large')
file = os.open(path, os.O_CREAT | os.O_WRONLY)
try:
    fcntl.ioctl(file, 0x401c5820, struct.pack('IIIII8x', 0, 0, 0, 4242, 0))
    os.posix_fallocate(file, 0, 32 << 20)
finally:
    os.unlink(path)
",
    ),
    Attempt::new(
        LIMIT,
        "disk-of-a-user-namespace",
        "32 MiB as root of a user namespace",
        "EDQUOT",
        concat!("namespaces('mount')\n", allocate!("/opt/c0-1/large")),
    ),
    Attempt::new(
        (Disk, Uid),
        "disk-set-quota",
        "quotactl(2) that lifts its own limit",
        "EPERM",
        r"
block = ctypes.create_string_buffer(72)
call('quotactl', (0x800008 << 8) - (1 << 32), ctypes.c_char_p(b'/dev/vda'), os.getuid() or 4242, block)
",
    ),
    Attempt::new(
        (Disk, Uid),
        "disk-quota-of-the-victim",
        "quotactl(2) that reads the victim's use",
        "EPERM",
        r"
block = ctypes.create_string_buffer(72)
call('quotactl', (0x800007 << 8) - (1 << 32), ctypes.c_char_p(b'/dev/vda'), VICTIM_UID, block)
",
    ),
];
