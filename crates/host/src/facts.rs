//! What a server is: [`gather`] asks, the parsers below it read the answers. They take hostile
//! text without panic: what they do not understand they leave out, or say so.

pub mod accounts;
mod by_hand;
mod capabilities;
pub mod devices;
mod disks;
pub(crate) mod filesystems;
pub mod freezer;
pub mod holdings;
pub mod mounts;
pub mod ports;
pub mod processes;
pub mod quota;
pub mod sockets;
mod sshd;
mod surroundings;
mod system;
pub mod sysvipc;
pub mod topology;
mod volumes;

pub use sshd::version as sshd_version;
pub(crate) use system::memory;

use kloigos_model::host::Facts;

use crate::{
    fault::Trouble,
    paths,
    sys::{Command, Host, read_text},
};

/// Everything about this server; changes nothing.
pub fn gather(host: &mut dyn Host) -> Result<Facts, Trouble> {
    let topology = topology::read(host)?;
    let effective = sshd::effective(host)?;
    let sshd = sshd::read(host, &effective)?;
    let (accounts, groups, subordinate_uids) = accounts::listed(host)?;
    Ok(Facts {
        hostname: system::line(host, "/proc/sys/kernel/hostname")?,
        machine_id: system::line(host, "/etc/machine-id")?,
        arch: host.arch()?,
        kernel: system::line(host, "/proc/sys/kernel/osrelease")?,
        os: system::os_name(host)?,
        systemd: system::systemd(host)?,
        topology,
        memory_bytes: system::memory(host)?,
        disks: disks::read(host)?,
        filesystems: filesystems::read(host)?,
        accounts,
        groups,
        subordinate_uids,
        capabilities: capabilities::read(host)?,
        sockets: sockets::read(host)?,
        sshd,
        volumes: volumes::read(host)?,
        surroundings: surroundings::read(host, &effective)?,
        cut_by_hand: by_hand::read(host)?,
        initialised: host.stat(paths::STATE_DIR)?.is_some(),
        simulated: host.simulated(),
    })
}

/// A file that must be there.
pub(crate) fn required(host: &mut dyn Host, path: &str) -> Result<String, Trouble> {
    read_text(host, path)?.ok_or_else(|| Trouble::text(path, "it is not there"))
}

/// What a program prints, or nothing where it is not installed or fails.
pub(crate) fn printed(host: &mut dyn Host, argv: &[&str]) -> Result<Option<String>, Trouble> {
    match host.run(&Command::new(argv.iter().copied())) {
        Ok(output) if output.code == 0 => Ok(Some(output.stdout)),
        Ok(_) => Ok(None),
        Err(error) if error.is_missing_program() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
