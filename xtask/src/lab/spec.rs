//! What a lab is asked to be.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

/// The private network and the addresses in the image know this many servers.
pub(crate) const MOST_SERVERS: u8 = 8;

/// The Debian release of a lab's servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Release {
    /// Debian 13.
    Trixie,
    /// Debian 12.
    Bookworm,
}

impl Release {
    /// The name the archive uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trixie => "trixie",
            Self::Bookworm => "bookworm",
        }
    }
}

/// Servers, their release and their size; equal for all servers of a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// The lab's name: its folder below `target/lab`.
    pub name: String,
    /// The Debian release.
    pub release: Release,
    /// How many servers stand side by side.
    pub servers: u8,
    /// CPUs of each server, spread evenly over its NUMA nodes.
    pub cpus: u16,
    /// NUMA nodes of each server.
    pub nodes: u16,
    /// Memory of each server in MiB, spread evenly over its NUMA nodes.
    pub memory: u32,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            name: "default".to_owned(),
            release: Release::Trixie,
            servers: 1,
            cpus: 8,
            nodes: 2,
            memory: 3072,
        }
    }
}

impl Spec {
    /// Refuses what QEMU or the image could not be.
    pub fn check(&self) -> Result<()> {
        check_name(&self.name)?;
        ensure!(
            (1..=MOST_SERVERS).contains(&self.servers),
            "a lab has 1 to {MOST_SERVERS} servers, not {}",
            self.servers
        );
        ensure!(self.nodes > 0 && self.cpus > 0, "no CPU or no NUMA node");
        ensure!(
            self.cpus.is_multiple_of(self.nodes),
            "{} CPUs do not spread evenly over {} NUMA nodes",
            self.cpus,
            self.nodes
        );
        ensure!(
            self.memory >= 512 && self.memory.is_multiple_of(u32::from(self.nodes)),
            "{} MiB is below 512 or does not spread evenly over {} NUMA nodes",
            self.memory,
            self.nodes
        );
        Ok(())
    }
}

/// Names of labs and snapshots become parts of paths and monitor commands.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    ensure!(
        !name.is_empty() && name.len() <= 60 && name.chars().all(plain) && name != "cache",
        "`{name}` is not a name: use up to 60 of a-z, 0-9 and `-`"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_fine_and_uneven_spreads_are_refused() {
        assert!(Spec::default().check().is_ok());
        let uneven = Spec {
            cpus: 7,
            ..Spec::default()
        };
        assert!(uneven.check().is_err());
        let escaping = Spec {
            name: "../x".to_owned(),
            ..Spec::default()
        };
        assert!(escaping.check().is_err());
    }
}
