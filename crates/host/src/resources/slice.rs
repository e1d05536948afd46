//! A unit's slice: its CPUs, memory nodes and limits, in a drop-in of the slice that logind and the
//! user manager put the user's processes into.
//!
//! systemd does not apply a changed drop-in to a slice that is active, daemon-reload or not
//! (measured on systemd 257), so an active one is changed by `systemctl set-property` as well, and
//! what counts is what the kernel's own cgroup files say. What that command leaves outlives the slice,
//! and would outlive the unit: it goes when the slice has stopped.

mod limits;

use std::{collections::BTreeSet, fmt};

use kloigos_model::{cpu::CpuSet, host::UnitSpec};

use super::{
    Look, Presence, Setting,
    parts::{Part, PartChange, Parts, Seen as PartSeen},
    quota,
};
use crate::{
    facts::{devices, mounts, topology},
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Command, Host, must, read_text},
};
use limits::Limits;

/// How often a change of an active slice is looked for.
const PATIENCE: u32 = 300;

pub(super) struct Slice {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
}

pub(super) struct Seen {
    drop_in: Vec<PartSeen>,
    /// Of the slice that is active.
    limits: Option<Limits>,
    /// Whether one that is not has limits that were set while it was.
    outlived: bool,
    online: Option<CpuSet>,
    nodes: Option<CpuSet>,
    /// Those that its bandwidth is limited on.
    disks: BTreeSet<String>,
    /// Directories of the unit on no disk that is known.
    elsewhere: Vec<String>,
}

pub(super) enum SliceChange {
    DropIn(PartChange),
    Set(BTreeSet<String>),
    Forget,
}

impl fmt::Display for SliceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropIn(change) => change.fmt(f),
            Self::Set(_) => f.write_str("set the limits of its running slice"),
            Self::Forget => f.write_str("forget limits that were set while its slice ran"),
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
        let (disks, elsewhere) = self.disks(host)?;
        let limits = limits::of_slice(host, self.unit.uid)?;
        Ok(Seen {
            drop_in: self.drop_in(&disks).inspect(host)?,
            outlived: limits.is_none() && has_runtime_limits(host, self.unit.uid)?,
            limits,
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
            disks,
            elsewhere,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<SliceChange>, Refusal> {
        let drop_in = self.drop_in(&have.disks).plan(&have.drop_in)?;
        let mut changes: Vec<SliceChange> = drop_in.into_iter().map(SliceChange::DropIn).collect();
        changes.extend(have.outlived.then_some(SliceChange::Forget));
        if self.presence == Presence::Present {
            self.check(have)?;
            let wanted = limits::wanted(&self.unit, &have.disks);
            if have.limits.as_ref().is_some_and(|limits| *limits != wanted) {
                changes.push(SliceChange::Set(have.disks.clone()));
            }
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &SliceChange) -> Result<(), Trouble> {
        match change {
            // What is to be written is in the change.
            SliceChange::DropIn(change) => self.drop_in(&BTreeSet::new()).apply(host, change),
            SliceChange::Set(disks) => self.set(host, disks),
            SliceChange::Forget => forget_runtime_limits(host, self.unit.uid),
        }
    }

    fn degraded(&self, have: &Seen) -> Vec<String> {
        let told = |dir: &String| {
            format!(
                "{dir} is on no disk that the kernel tells of, so that what a unit reads and \
                 writes there a second is not limited; put it on a disk, partition or logical \
                 volume"
            )
        };
        have.elsewhere.iter().map(told).collect()
    }
}

impl Slice {
    fn drop_in(&self, disks: &BTreeSet<String>) -> Parts {
        let dir = format!("/etc/systemd/system/{}.d", paths::slice(self.unit.uid));
        let file = format!("{dir}/50-kloigos.conf");
        Parts {
            name: "slice",
            presence: self.presence,
            of: vec![
                Part::dir(dir, 0o755),
                Part::file(file, self.body(disks), 0o644),
            ],
        }
    }

    /// List properties of several drop-ins merge (systemd.unit(5)), so each is emptied first: a
    /// runtime drop-in would otherwise add a neighbour's CPUs at the next start of the slice.
    fn body(&self, disks: &BTreeSet<String>) -> String {
        let lines: Vec<String> = ["AllowedCPUs=".into(), "AllowedMemoryNodes=".into()]
            .into_iter()
            .chain(limits::properties(&self.unit, disks))
            .collect();
        format!("# Made by Kloigos.\n[Slice]\n{}\n", lines.join("\n"))
    }

    /// The disks that hold the unit's directories, where bandwidth is limited, and the directories
    /// whose disks are not known.
    fn disks(&self, host: &mut dyn Host) -> Result<(BTreeSet<String>, Vec<String>), Trouble> {
        let (mut disks, mut elsewhere) = (BTreeSet::new(), Vec::new());
        let limits = &self.unit.limits;
        let limited = limits.io_read_bytes.or(limits.io_write_bytes).is_some();
        if !limited || self.presence == Presence::Absent {
            return Ok((disks, elsewhere));
        }
        let mounts = mounts::parse(&read_text(host, mounts::FILE)?.unwrap_or_default());
        let mut looked = BTreeSet::new();
        for dir in quota::places(&self.unit) {
            let Some(mount) = mounts::holding(&mounts, &dir) else {
                continue;
            };
            if looked.insert(&mount.device) {
                let under = devices::disks_under(host, mount)?;
                if under.is_empty() {
                    elsewhere.push(dir);
                }
                disks.extend(under);
            }
        }
        Ok((disks, elsewhere))
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
    fn set(&self, host: &mut dyn Host, disks: &BTreeSet<String>) -> Result<(), Trouble> {
        let slice = paths::slice(self.unit.uid);
        let properties = limits::properties(&self.unit, disks);
        let argv = ["systemctl", "set-property", "--runtime", &slice];
        let argv = argv
            .into_iter()
            .chain(properties.iter().map(String::as_str));
        must(host, &Command::new(argv))?;
        let wanted = limits::wanted(&self.unit, disks);
        for _ in 0..PATIENCE {
            if limits::of_slice(host, self.unit.uid)?.is_none_or(|limits| limits == wanted) {
                break;
            }
            host.pause()?;
        }
        Ok(())
    }
}

/// Where `systemctl set-property` keeps what it set, until a reboot and beyond.
fn runtime_limits(uid: u32) -> [String; 2] {
    ["/run", "/etc"].map(|dir| format!("{dir}/systemd/system.control/{}.d", paths::slice(uid)))
}

fn has_runtime_limits(host: &mut dyn Host, uid: u32) -> Result<bool, Trouble> {
    for dir in runtime_limits(uid) {
        if host.stat(&dir)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Of a slice that has stopped, which would read them again at its next start.
pub(super) fn forget_runtime_limits(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for dir in runtime_limits(uid) {
        host.remove_tree(&dir)?;
    }
    Ok(())
}
