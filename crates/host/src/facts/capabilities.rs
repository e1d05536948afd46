//! What of the machinery that units are made of is there.

use kloigos_model::host::HostCapabilities;

use super::{mounts, printed, processes};
use crate::{
    fault::Trouble,
    sys::{BindFilter, Host, read_text},
};

/// Where distributions keep PAM's modules.
const PAM_DIRS: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/security",
    "/usr/lib/aarch64-linux-gnu/security",
    "/lib/x86_64-linux-gnu/security",
    "/usr/lib64/security",
    "/usr/lib/security",
];

pub(super) fn read(host: &mut dyn Host) -> Result<HostCapabilities, Trouble> {
    let mounted = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
    let cgroup = mounts::parse(&mounted)
        .into_iter()
        .rfind(|mount| mount.point == "/sys/fs/cgroup");
    let controllers = read_text(host, "/sys/fs/cgroup/cgroup.controllers")?.unwrap_or_default();
    let own = read_text(host, "/proc/self/status")?.unwrap_or_default();
    let filter = host.bind_filter()?;
    Ok(HostCapabilities {
        cgroup2: cgroup.is_some_and(|mount| mount.kind == "cgroup2"),
        controllers: controllers.split_whitespace().map(str::to_owned).collect(),
        nft: printed(host, &["nft", "--version"])?.is_some(),
        bpf: !matches!(filter, BindFilter::Unsupported(_)),
        pam_systemd: has_pam_systemd(host)?,
        logind: has_logind(host)?,
        root: processes::status(&own).uids.get(1) == Some(&0),
    })
}

fn has_pam_systemd(host: &mut dyn Host) -> Result<bool, Trouble> {
    for dir in PAM_DIRS {
        if host.stat(&format!("{dir}/pam_systemd.so"))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// logind's cgroup lives as long as it does.
fn has_logind(host: &mut dyn Host) -> Result<bool, Trouble> {
    let events = "/sys/fs/cgroup/system.slice/systemd-logind.service/cgroup.events";
    let events = read_text(host, events)?.unwrap_or_default();
    Ok(events.lines().any(|line| line == "populated 1"))
}
