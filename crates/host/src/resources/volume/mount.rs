//! Where a volume is mounted, and the units of systemd that mount it.

use super::{Volume, names};
use crate::{
    fault::Trouble,
    paths,
    resources::{
        directories,
        parts::{Part, Parts},
    },
    sys::{Command, Host, must},
};

/// Drop-ins of the target that a boot waits for before it does anything else.
const TARGET: &str = "/etc/systemd/system/local-fs.target.d";

impl Volume {
    pub(super) fn place(&self) -> String {
        let [_, _, place] = directories::paths(&self.unit);
        place
    }

    pub(super) fn lost_found(&self) -> String {
        format!("{}/lost+found", self.place())
    }

    /// What mkfs.ext4(8) makes; e2fsck(8) makes it again where it needs it.
    pub(super) fn has_lost_found(&self, host: &mut dyn Host) -> Result<bool, Trouble> {
        let path = self.lost_found();
        let roots = host.stat(&path)?.is_some_and(|stat| stat.access.uid == 0);
        Ok(roots && host.list(&path)?.is_some_and(|names| names.is_empty()))
    }

    pub(super) fn unit_name(&self) -> String {
        format!("{}.mount", names::escaped(&self.place()))
    }

    /// Wanted by local-fs.target, not required: a disk that died keeps nobody from logging in but
    /// the unit's user, whose manager requires it.
    pub(super) fn files(&self) -> Parts {
        let (place, path) = (self.place(), &self.spec.path);
        let manager = format!("/etc/systemd/system/{}.d", paths::manager(self.unit.uid));
        let mount = format!(
            "# Made by Kloigos.\n[Unit]\nDescription=Volume of the compute unit {}\n\n\
             [Mount]\nWhat={path}\nWhere={place}\nOptions=nosuid,nodev\n",
            self.unit.user
        );
        let wants = format!("# Made by Kloigos.\n[Unit]\nWants={}\n", self.unit_name());
        let needs = format!("# Made by Kloigos.\n[Unit]\nRequiresMountsFor={place}\n");
        Parts {
            name: "volume",
            presence: self.presence,
            of: vec![
                Part::file(
                    format!("/etc/systemd/system/{}", self.unit_name()),
                    mount,
                    0o644,
                ),
                Part::dir(TARGET, 0o755),
                Part::file(
                    format!("{TARGET}/kloigos-{}.conf", self.unit.user),
                    wants,
                    0o644,
                ),
                Part::dir(manager.clone(), 0o755),
                Part::file(format!("{manager}/50-kloigos-volume.conf"), needs, 0o644),
            ],
        }
    }

    pub(super) fn systemctl(&self, host: &mut dyn Host, verb: &str) -> Result<(), Trouble> {
        must(host, &Command::new(["systemctl", verb, &self.unit_name()]))?;
        Ok(())
    }
}
