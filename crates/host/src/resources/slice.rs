//! A unit's slice: its CPUs, memory nodes and limits, in a drop-in of the slice that logind and the
//! user manager put the user's processes into.
//!
//! systemd does not apply a changed drop-in to a slice that is active, daemon-reload or not
//! (measured on systemd 257), so an active one is changed by `systemctl set-property` as well, and
//! what counts is what the kernel's own cgroup files say.

use std::fmt;

use kloigos_model::{cpu::CpuSet, host::UnitSpec};

use super::{
    Look, Presence, Setting,
    parts::{Part, PartChange, Parts, Seen as PartSeen},
};
use crate::{
    facts::topology,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Command, Host, must, read_text},
};

/// The kernel counts memory limits in pages.
const PAGE: u64 = 4096;
/// How often a change of an active slice is looked for.
const PATIENCE: u32 = 300;

pub(super) struct Slice {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
}

/// The limits, as the kernel's cgroup files print them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Limits {
    cpus: Option<CpuSet>,
    nodes: Option<CpuSet>,
    memory: String,
    swap: String,
    tasks: String,
}

pub(super) struct Seen {
    drop_in: Vec<PartSeen>,
    /// Of the slice that is active.
    limits: Option<Limits>,
    online: Option<CpuSet>,
    nodes: Option<CpuSet>,
}

pub(super) enum SliceChange {
    DropIn(PartChange),
    Set,
}

impl fmt::Display for SliceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropIn(change) => change.fmt(f),
            Self::Set => f.write_str("set the limits of its running slice"),
        }
    }
}

impl Resource for Slice {
    type Observed = Seen;
    type Change = SliceChange;

    fn name(&self) -> &'static str {
        "slice"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let thorough = self.setting.look == Look::Thorough;
        Ok(Seen {
            drop_in: self.drop_in().inspect(host)?,
            limits: limits(host, self.unit.uid)?,
            online: if thorough {
                topology::online_cpus(host)?
            } else {
                None
            },
            nodes: if thorough {
                topology::memory_nodes(host)?
            } else {
                None
            },
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<SliceChange>, Refusal> {
        let drop_in = self.drop_in().plan(&have.drop_in)?;
        let mut changes: Vec<SliceChange> = drop_in.into_iter().map(SliceChange::DropIn).collect();
        if self.presence == Presence::Present {
            self.check(have)?;
            let differs = |limits: &Limits| *limits != self.wanted();
            if have.limits.as_ref().is_some_and(differs) {
                changes.push(SliceChange::Set);
            }
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &SliceChange) -> Result<(), Trouble> {
        match change {
            SliceChange::DropIn(change) => self.drop_in().apply(host, change),
            SliceChange::Set => self.set(host),
        }
    }
}

impl Slice {
    fn drop_in(&self) -> Parts {
        let dir = format!("/etc/systemd/system/{}.d", paths::slice(self.unit.uid));
        let file = format!("{dir}/50-kloigos.conf");
        Parts {
            name: "slice",
            presence: self.presence,
            of: vec![Part::dir(dir, 0o755), Part::file(file, self.body(), 0o644)],
        }
    }

    /// List properties of several drop-ins merge (systemd.unit(5)), so each is emptied first: a
    /// runtime drop-in would otherwise add a neighbour's CPUs at the next start of the slice.
    fn body(&self) -> String {
        let lines: Vec<String> = ["AllowedCPUs=".into(), "AllowedMemoryNodes=".into()]
            .into_iter()
            .chain(self.properties())
            .collect();
        format!("# Made by Kloigos.\n[Slice]\n{}\n", lines.join("\n"))
    }

    fn properties(&self) -> Vec<String> {
        let number =
            |limit: Option<u64>| limit.map_or("infinity".into(), |limit| limit.to_string());
        vec![
            format!("AllowedCPUs={}", self.unit.cpus.kernel_list()),
            format!(
                "AllowedMemoryNodes={}",
                self.unit.memory_nodes.kernel_list()
            ),
            format!("MemoryMax={}", number(self.unit.limits.memory_max)),
            "MemorySwapMax=0".to_owned(),
            format!("TasksMax={}", number(self.unit.limits.tasks_max)),
        ]
    }

    fn wanted(&self) -> Limits {
        let number = |limit: Option<u64>| limit.map_or("max".into(), |limit| limit.to_string());
        let memory = self.unit.limits.memory_max.map(|bytes| bytes / PAGE * PAGE);
        Limits {
            cpus: Some(self.unit.cpus.clone()),
            nodes: Some(self.unit.memory_nodes.clone()),
            memory: number(memory),
            swap: "0".to_owned(),
            tasks: number(self.unit.limits.tasks_max),
        }
    }

    fn check(&self, have: &Seen) -> Result<(), Refusal> {
        let unit = &self.unit;
        let outside = |set: &CpuSet, there: &Option<CpuSet>| {
            there.as_ref().and_then(|there| set.subtract(there))
        };
        if let Some(missing) = outside(&unit.cpus, &have.online) {
            return Err(Refusal(format!("the server has no CPUs {missing} online")));
        }
        if let Some(missing) = outside(&unit.memory_nodes, &have.nodes) {
            return Err(Refusal(format!(
                "the server has no memory on the nodes {missing}"
            )));
        }
        let limits = unit.limits.check();
        limits.map_err(|(_, error)| Refusal(error.to_string()))?;
        Ok(())
    }

    /// PID 1 writes the cgroup files after it has answered.
    fn set(&self, host: &mut dyn Host) -> Result<(), Trouble> {
        let slice = paths::slice(self.unit.uid);
        let properties = self.properties();
        let argv = ["systemctl", "set-property", "--runtime", &slice];
        let argv = argv
            .into_iter()
            .chain(properties.iter().map(String::as_str));
        must(host, &Command::new(argv))?;
        for _ in 0..PATIENCE {
            if limits(host, self.unit.uid)?.is_none_or(|limits| limits == self.wanted()) {
                break;
            }
            host.pause()?;
        }
        Ok(())
    }
}

/// The limits of a slice that is active. A controller that is not switched on has no file.
fn limits(host: &mut dyn Host, uid: u32) -> Result<Option<Limits>, Trouble> {
    let cgroup = paths::cgroup(uid);
    if host.stat(&cgroup)?.is_none() {
        return Ok(None);
    }
    let mut file = |name: &str| -> Result<String, Trouble> {
        let text = read_text(host, &format!("{cgroup}/{name}"))?.unwrap_or_default();
        Ok(text.trim().to_owned())
    };
    Ok(Some(Limits {
        cpus: file("cpuset.cpus")?.parse().ok(),
        nodes: file("cpuset.mems")?.parse().ok(),
        memory: file("memory.max")?,
        swap: file("memory.swap.max")?,
        tasks: file("pids.max")?,
    }))
}
