//! Memory of other nodes.

use super::super::{
    Attempt,
    Mechanism::{self, Nodes, Uid},
    Promise::{self, MemoryNodes},
};

const SLICE: (Promise, Mechanism) = (MemoryNodes, Nodes);

/// mempolicy(7): `MPOL_PREFERRED` 1, `MPOL_BIND` 2, `MPOL_INTERLEAVE` 3.
pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(
        SLICE,
        "nodes-policy-bind",
        "set_mempolicy(2) to the other node",
        "EINVAL",
        "call('set_mempolicy', 2, (ctypes.c_ulong * 1)(2), 64)",
    ),
    Attempt::new(
        SLICE,
        "nodes-policy-preferred",
        "set_mempolicy(2) that prefers the other node",
        "EINVAL",
        "call('set_mempolicy', 1, (ctypes.c_ulong * 1)(2), 64)",
    ),
    Attempt::new(
        SLICE,
        "nodes-mbind",
        "mbind(2) of a page to the other node",
        "EINVAL",
        "call('mbind', memory(4096) & ~4095, 4096, 2, (ctypes.c_ulong * 1)(2), 64, 0)",
    ),
    Attempt::new(
        SLICE,
        "nodes-move-pages",
        "move_pages(2) of a page to the other node",
        "EACCES",
        r"
page = (ctypes.c_void_p * 1)(memory(4096))
status = (ctypes.c_int * 1)(0)
call('move_pages', 0, 1, page, (ctypes.c_int * 1)(1), status, 2)
say(errno.errorcode.get(-status[0], 'node %d' % status[0]))
",
    ),
    Attempt::new(
        SLICE,
        "nodes-migrate-pages",
        "migrate_pages(2) of the whole process to the other node",
        "EPERM|EINVAL",
        "call('migrate_pages', 0, 64, (ctypes.c_ulong * 1)(1), (ctypes.c_ulong * 1)(2))",
    ),
    Attempt::new(
        SLICE,
        "nodes-numactl",
        "numactl --membind of the other node",
        "refused",
        "refused('numactl --membind=1 true')",
    ),
    Attempt::new(
        SLICE,
        "nodes-interleaved-shm",
        "shared memory interleaved over both nodes by mbind(2), seen in numa_maps",
        "N0",
        r"
shm = call('shmget', 0, 1 << 20, 0o600)
address = call('shmat', shm, 0, 0)
call('shmctl', shm, 0, 0)
call('mbind', address, 1 << 20, 3, (ctypes.c_ulong * 1)(3), 64, 0)
ctypes.memset(address, 1, 1 << 20)
line = [l for l in open('/proc/self/numa_maps') if int(l.split()[0], 16) == address][0]
say(','.join(sorted(w.split('=')[0] for w in line.split() if w[0] == 'N')))
",
    ),
    Attempt::new(
        SLICE,
        "nodes-tmpfs-with-a-policy",
        "a tmpfs of its own with mpol=bind of the other node, seen by move_pages(2)",
        "node 0|EINVAL",
        r"
namespaces('mount')
mount('none', '/mnt', 'tmpfs', 0, 'mpol=bind:1')
with open('/mnt/pages', 'w+b') as file:
    file.write(bytes(4096)); file.flush()
    block = mmap.mmap(file.fileno(), 4096)
    block[0] = 1
    page = (ctypes.c_void_p * 1)(ctypes.addressof(ctypes.c_char.from_buffer(block)))
    status = (ctypes.c_int * 1)(-1)
    call('move_pages', 0, 1, page, 0, status, 0)
    say('node %d' % status[0])
",
    ),
    Attempt::new(
        SLICE,
        "nodes-where-pages-land",
        "16 MiB of fresh memory, counted by node in numa_maps",
        "N0",
        r"
at = memory(16 << 20)
nodes = set()
for line in open('/proc/self/numa_maps'):
    if 'anon=' in line and 'file=' not in line:
        nodes.update(w.split('=')[0] for w in line.split() if w[0] == 'N' and int(w.split('=')[1]) > 1000)
say(','.join(sorted(nodes)))
",
    )
    .backed_by("memory comes from the node of the CPU that touches it first, which is the unit's own"),
    Attempt::new(
        (MemoryNodes, Uid),
        "nodes-write-the-slices-cpuset",
        "writing cpuset.mems of the slice",
        "EACCES",
        "put(SLICE + '/cpuset.mems', '0-1')",
    ),
    Attempt::new(
        (MemoryNodes, Uid),
        "nodes-migrate-the-victim",
        "migrate_pages(2) of the victim's process",
        "EPERM",
        "call('migrate_pages', VICTIM, 64, (ctypes.c_ulong * 1)(1), (ctypes.c_ulong * 1)(1))",
    ),
];
