//! Disks at more than the unit's bandwidth. A limit shows in how long it takes at least, which no
//! busy machine makes shorter.

use super::super::{
    Attempt, Channel,
    Mechanism::{self, IoMax, Uid},
    Promise::{self, Io},
};

const LIMIT: (Promise, Mechanism) = (Io, IoMax);

/// 8 MiB at 4 MiB a second, past the page cache.
const WRITE: &str = r"
block = mmap.mmap(-1, 1 << 20)
file = os.open(os.path.expanduser('~/direct'), os.O_CREAT | os.O_WRONLY | os.O_DIRECT)
begun = time.monotonic()
for _ in range(8):
    os.write(file, block)
took = time.monotonic() - begun
os.unlink(os.path.expanduser('~/direct'))
say('slowed' if took > 1.5 else 'fast')
";

pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(
        LIMIT,
        "io-write",
        "8 MiB written past the page cache",
        "slowed",
        WRITE,
    ),
    Attempt::new(
        LIMIT,
        "io-write-in-a-greedy-service",
        "the same in a user service with every limit lifted",
        "slowed",
        WRITE,
    )
    .by(Channel::GreedyService),
    Attempt::new(
        LIMIT,
        "io-read",
        "8 MiB read past the page cache",
        "slowed",
        r"
name = os.path.expanduser('~/direct')
fill_size, block = 8 << 20, mmap.mmap(-1, 1 << 20)
file = os.open(name, os.O_CREAT | os.O_RDWR)
os.write(file, b'1' * fill_size); os.fsync(file)
file = os.open(name, os.O_RDONLY | os.O_DIRECT)
begun = time.monotonic()
while os.readv(file, [block]):
    pass
took = time.monotonic() - begun
os.unlink(name)
say('slowed' if took > 1.5 else 'fast')
",
    ),
    Attempt::new(
        LIMIT,
        "io-write-back",
        "8 MiB through the page cache and fsync(2)",
        "slowed",
        r"
name = os.path.expanduser('~/cached')
file = os.open(name, os.O_CREAT | os.O_WRONLY)
begun = time.monotonic()
os.write(file, b'1' * (8 << 20)); os.fsync(file)
took = time.monotonic() - begun
os.unlink(name)
say('slowed' if took > 1.5 else 'fast')
",
    ),
    Attempt::new(
        (Io, Uid),
        "io-write-the-limit",
        "writing io.max of the slice",
        "EACCES",
        "put(SLICE + '/io.max', '')",
    ),
    Attempt::new(
        (Io, Uid),
        "io-realtime",
        "the real-time class by ioprio_set(2)",
        "EPERM",
        "call('ioprio_set', 1, 0, 1 << 13 | 4)",
    ),
    Attempt::new(
        (Io, Uid),
        "io-priority-of-the-victim",
        "ioprio_set(2) of the victim's process",
        "EPERM",
        "call('ioprio_set', 1, VICTIM, 2 << 13 | 4)",
    ),
];
