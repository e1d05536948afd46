//! A few attempts through every way to run something.

use super::super::{
    Attempt, Channel,
    Mechanism::{BindFilter, Cpus, Directories, Nodes, Session, Uid},
    Promise::{Confinement, Cpu, Files, MemoryNodes, Ports, Processes},
};

/// The same attempt through one channel; the id says which.
struct Everywhere {
    ids: [&'static str; Channel::LAUNCHED.len()],
    attempt: Attempt,
}

macro_rules! ids {
    ($id:literal) => {
        [
            concat!($id, "-by-ssh"),
            concat!($id, "-by-user-service"),
            concat!($id, "-by-greedy-service"),
            concat!($id, "-by-user-timer"),
            concat!($id, "-by-user-scope"),
            concat!($id, "-by-setpriv"),
            concat!($id, "-by-user-namespace"),
            concat!($id, "-by-net-namespace"),
            concat!($id, "-by-all-namespaces"),
        ]
    };
}

const EVERYWHERE: &[Everywhere] = &[
    Everywhere {
        ids: ids!("cpu-all"),
        attempt: Attempt::new(
            (Cpu, Cpus),
            "",
            "sched_setaffinity(2) to all CPUs",
            "0-1",
            "say(wide())",
        ),
    },
    Everywhere {
        ids: ids!("nodes-other"),
        attempt: Attempt::new(
            (MemoryNodes, Nodes),
            "",
            "set_mempolicy(2) to the other node",
            "EINVAL",
            "call('set_mempolicy', 2, (ctypes.c_ulong * 1)(2), 64)",
        ),
    },
    Everywhere {
        ids: ids!("ports-victims"),
        attempt: Attempt::new(
            (Ports, BindFilter),
            "",
            "a free TCP port of the victim",
            "EPERM",
            "bind(socket.AF_INET, TCP, PORT + 11)",
        ),
    },
    Everywhere {
        ids: ids!("files-secret"),
        attempt: Attempt::new(
            (Files, Directories),
            "",
            "reading the victim's file",
            "EACCES",
            "open(HOME + '/neighbours-secret').read()",
        ),
    },
    Everywhere {
        ids: ids!("processes-signal"),
        attempt: Attempt::new(
            (Processes, Uid),
            "",
            "a signal to the victim",
            "EPERM|ESRCH",
            "os.kill(VICTIM, 0)",
        ),
    },
    Everywhere {
        ids: ids!("confinement-slice"),
        attempt: Attempt::new(
            (Confinement, Session),
            "",
            "which cgroup it runs in",
            "inside",
            "say(inside())",
        ),
    },
];

pub(super) fn attempts() -> impl Iterator<Item = Attempt> {
    EVERYWHERE.iter().flat_map(|everywhere| {
        let channels = everywhere.ids.iter().zip(Channel::LAUNCHED);
        channels.map(|(id, channel)| Attempt {
            id,
            ..everywhere.attempt.by(channel)
        })
    })
}
