//! A block device that a unit has to itself, with a file system of ours at `/mnt/DIR`.
//!
//! It is the one that the operator named, and is taken only when it is provably empty, or when its
//! contents may be destroyed; never while the system uses it. What marks a file system as ours is
//! its UUID, made of this machine's id and the unit's uid. It is mounted by a unit of systemd's,
//! before the boot service and the user's manager; that one does not start without it.

mod mkfs;
mod mount;
mod names;

use std::fmt;

use kloigos_model::host::{UnitSpec, Volume as Spec};

use super::{
    Presence, Setting,
    parts::{PartChange, Seen as PartSeen},
};
use crate::{
    facts::{
        holdings::{self, Holdings},
        mounts, required,
    },
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Access, Host, Stat, read_text},
};

pub(super) struct Volume {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
    pub(super) spec: Spec,
}

pub(super) struct Seen {
    files: Vec<PartSeen>,
    /// Whether making a file system was begun and not ended.
    begun: bool,
    /// The number of what is mounted at its place.
    mounted: Option<String>,
    /// Its place, mounted or not, and whether that is empty.
    root: Option<Stat>,
    empty: bool,
    lost_found: bool,
    device: Option<Device>,
}

/// The device that the stable path means now.
#[derive(Clone)]
pub(super) struct Device {
    /// Its kernel name.
    name: String,
    number: String,
    /// What is on it; looked for only when that matters.
    holdings: Holdings,
    ours: bool,
}

pub(super) enum VolumeChange {
    Begin,
    Format(Device),
    Done,
    File(PartChange),
    Mount,
    Tidy,
    Give,
    Unmount,
    Blank(Device),
    RemovePlace,
}

impl fmt::Display for VolumeChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin => f.write_str("note that a file system is about to be made"),
            Self::Format(device) => write!(f, "make a file system on {}", device.name),
            Self::Done => f.write_str("note that no file system is being made"),
            Self::File(change) => change.fmt(f),
            Self::Mount => f.write_str("mount its volume"),
            Self::Tidy => f.write_str("remove lost+found from its volume"),
            Self::Give => f.write_str("give its volume to the unit's user alone"),
            Self::Unmount => f.write_str("unmount its volume"),
            Self::Blank(device) => write!(f, "empty {}", device.name),
            Self::RemovePlace => f.write_str("remove the place of its volume"),
        }
    }
}

impl Resource for Volume {
    type Observed = Seen;
    type Change = VolumeChange;

    fn name(&self) -> &'static str {
        "volume"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let place = self.place();
        let mountinfo = read_text(host, mounts::FILE)?.unwrap_or_default();
        let mounted = mounts::parse(&mountinfo).into_iter().rev();
        let mounted = mounted.map(|mount| (mount.point, mount.device));
        let mounted = mounted.into_iter().find(|(point, _)| *point == place);
        let mounted = mounted.map(|(_, device)| device);
        Ok(Seen {
            files: self.files().inspect(host)?,
            begun: read_text(host, &self.marker())?.as_deref() == Some(self.spec.path.as_str()),
            root: host.stat(&place)?,
            empty: mounted.is_some() || host.list(&place)?.unwrap_or_default().is_empty(),
            lost_found: self.has_lost_found(host)?,
            device: self.device(host, mounted.is_some())?,
            mounted,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<VolumeChange>, Refusal> {
        match self.presence {
            Presence::Present => self.present(have),
            Presence::Absent => Ok(self.absent(have)),
        }
    }

    fn apply(&self, host: &mut dyn Host, change: &VolumeChange) -> Result<(), Trouble> {
        let place = self.place();
        match change {
            VolumeChange::Begin => self.begin(host)?,
            VolumeChange::Format(device) => self.format(host, device)?,
            VolumeChange::Done => host.remove(&self.marker())?,
            VolumeChange::File(change) => self.files().apply(host, change)?,
            VolumeChange::Mount => self.systemctl(host, "start")?,
            VolumeChange::Tidy if self.has_lost_found(host)? => host.remove(&self.lost_found())?,
            VolumeChange::Tidy => {}
            VolumeChange::Give => host.make_dir(&place, self.own())?,
            VolumeChange::Unmount => self.systemctl(host, "stop")?,
            VolumeChange::Blank(device) => host.blank(&format!("/dev/{}", device.name))?,
            VolumeChange::RemovePlace => host.remove(&place)?,
        }
        Ok(())
    }
}

impl Volume {
    fn present(&self, have: &Seen) -> Result<Vec<VolumeChange>, Refusal> {
        let path = &self.spec.path;
        let Some(device) = &have.device else {
            return Err(Refusal(format!(
                "{path} is not there; connect it, or name another volume"
            )));
        };
        let mut changes = Vec::new();
        let mounted = have.mounted.is_some();
        if !mounted {
            self.check(have, device)?;
            if have.begun || !device.ours {
                let begin = (!have.begun).then_some(VolumeChange::Begin);
                changes.extend(begin);
                changes.push(VolumeChange::Format(device.clone()));
            }
        } else if have.mounted.as_ref() != Some(&device.number) {
            let place = self.place();
            return Err(Refusal(format!(
                "{place} has something else mounted on it than {path}; unmount that"
            )));
        }
        if have.begun || !changes.is_empty() {
            changes.push(VolumeChange::Done);
        }
        let files = self.files().plan(&have.files)?;
        changes.extend(files.into_iter().map(VolumeChange::File));
        if !mounted {
            changes.push(VolumeChange::Mount);
        }
        if !mounted || have.lost_found {
            changes.push(VolumeChange::Tidy);
        }
        if !mounted || !self.is_sound(have.root) {
            changes.push(VolumeChange::Give);
        }
        Ok(changes)
    }

    /// What must not be touched is not.
    fn check(&self, have: &Seen, device: &Device) -> Result<(), Refusal> {
        let (path, place) = (&self.spec.path, self.place());
        let Holdings { uses, data, .. } = &device.holdings;
        let refused = |reason: String| Err(Refusal(reason));
        if self.setting.boot {
            return refused(format!("{path} is not mounted at {place}"));
        }
        if have.root.is_some() && !(self.setting.recorded && have.empty) {
            return refused(format!(
                "{place} is there already, and a volume would hide what is in it; move it away"
            ));
        }
        if !uses.is_empty() {
            return refused(format!("{path} is in use: {}", uses.join(", ")));
        }
        let known = data.is_empty() || device.ours || have.begun;
        if !known && self.spec.wipe && self.unit.tenant.is_some() {
            return refused(format!(
                "{path} has something else on it than this unit's file system: {}; nothing is \
                 wiped while somebody has the unit: bring its volume back, or deallocate it first",
                data.join(", ")
            ));
        }
        if !(known || self.spec.wipe) {
            return refused(format!(
                "{path} is not empty: {}; empty it with wipefs(8) and blkdiscard(8), name another \
                 volume, or ask for it to be wiped",
                data.join(", ")
            ));
        }
        Ok(())
    }

    fn absent(&self, have: &Seen) -> Vec<VolumeChange> {
        let mut changes = Vec::new();
        if have.mounted.is_some() {
            changes.push(VolumeChange::Unmount);
        }
        let files = self.files().plan(&have.files).unwrap_or_default();
        changes.extend(files.into_iter().map(VolumeChange::File));
        let device = have.device.as_ref();
        if let Some(device) = device.filter(|device| device.ours || have.begun) {
            changes.push(VolumeChange::Blank(device.clone()));
        }
        if have.begun {
            changes.push(VolumeChange::Done);
        }
        // What is mounted is mounted on something, whatever of it is seen.
        if have.root.is_some() || have.mounted.is_some() {
            changes.push(VolumeChange::RemovePlace);
        }
        changes
    }

    /// A tenant may open it to others; a free unit's is closed.
    fn is_sound(&self, root: Option<Stat>) -> bool {
        root.is_some_and(|Stat { access, .. }| {
            let owned = (access.uid, access.gid) == (self.unit.uid, self.unit.uid);
            owned && (self.unit.tenant.is_some() || access == self.own())
        })
    }

    fn device(&self, host: &mut dyn Host, mounted: bool) -> Result<Option<Device>, Trouble> {
        let target = host.read_link(self.spec.path.as_str())?;
        let Some(name) = target.as_deref().and_then(names::of_device) else {
            return Ok(None);
        };
        let Some(number) = holdings::attribute(host, name, "dev")? else {
            return Ok(None);
        };
        let matters = !mounted || self.presence == Presence::Absent;
        let holdings = if matters {
            holdings::of(host, name)?
        } else {
            Holdings::default()
        };
        let ours = matters && holdings.uuid == Some(self.uuid(host)?);
        Ok(Some(Device {
            name: name.to_owned(),
            number,
            holdings,
            ours,
        }))
    }

    /// The id of this machine, so that a disk that comes from another one is not taken for ours.
    fn uuid(&self, host: &mut dyn Host) -> Result<String, Trouble> {
        let path = "/etc/machine-id";
        let id = required(host, path)?;
        names::uuid(id.trim(), self.unit.uid)
            .ok_or_else(|| Trouble::text(path, "it is no machine id"))
    }

    fn own(&self) -> Access {
        Access::own(0o700, self.unit.uid)
    }

    fn marker(&self) -> String {
        format!("{}/{}.volume", paths::UNITS_DIR, self.unit.user)
    }

    /// It is written before the device is, so that one that was half done is known as ours to
    /// begin again.
    fn begin(&self, host: &mut dyn Host) -> Result<(), Trouble> {
        let path = self.spec.path.as_str().as_bytes();
        Ok(host.write(&self.marker(), path, Access::root(0o600))?)
    }

    fn format(&self, host: &mut dyn Host, device: &Device) -> Result<(), Trouble> {
        let uuid = self.uuid(host)?;
        mkfs::make(host, device, &uuid)
    }
}
