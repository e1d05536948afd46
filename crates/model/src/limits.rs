//! What a compute unit may use of its server, beside its CPUs. `None` is no limit.
//!
//! A unit has limits of its own from init, and an allocation may ask for others; each is a whole
//! set, so that what holds can be read in one place.

mod wish;

use serde::{Deserialize, Serialize};

pub use wish::{LIMIT_NAMES, LimitsWish, NotAnAmount, Wish, amount};

/// The limits of a unit, as systemd and the file systems enforce them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The most memory, in bytes (`MemoryMax=`); past it something of the unit is killed.
    pub memory_max: Option<u64>,
    /// From how much memory on, in bytes, the unit is slowed and reclaimed from (`MemoryHigh=`).
    pub memory_high: Option<u64>,
    /// The most swap, in bytes (`MemorySwapMax=`).
    pub swap_max: Option<u64>,
    /// The most tasks (`TasksMax=`).
    pub tasks_max: Option<u64>,
    /// Its share of busy disks, 1 to 10000 (`IOWeight=`); `None` for the kernel's 100.
    pub io_weight: Option<u16>,
    /// The most bytes a second read from each disk (`IOReadBandwidthMax=`).
    pub io_read_bytes: Option<u64>,
    /// The most bytes a second written to each disk (`IOWriteBandwidthMax=`).
    pub io_write_bytes: Option<u64>,
    /// The most bytes stored on each file system that the unit can write to (user quota).
    pub disk_bytes: Option<u64>,
    /// The most files and directories on each of them.
    pub disk_inodes: Option<u64>,
}

impl Default for Limits {
    /// Nothing is limited but swap, of which there is none: a unit that swaps slows its neighbours'
    /// disks.
    fn default() -> Self {
        Self {
            memory_max: None,
            memory_high: None,
            swap_max: Some(0),
            tasks_max: None,
            io_weight: None,
            io_read_bytes: None,
            io_write_bytes: None,
            disk_bytes: None,
            disk_inodes: None,
        }
    }
}

/// The least memory of a unit, in bytes: its user manager fails to start below 8 MB (measured on
/// systemd 257).
pub const MEMORY_FLOOR: u64 = 16 << 20;
/// The fewest tasks of a unit: its user manager, that one's helper, and a login.
pub const TASKS_FLOOR: u64 = 16;
/// The least disk of a unit, in bytes: its skeleton files and a manager's state.
pub const DISK_FLOOR: u64 = 1 << 20;
/// The fewest files of a unit.
pub const INODES_FLOOR: u64 = 64;

/// A limit that no unit could live with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Too little memory.
    #[error("a unit needs at least 16 MiB of memory for its user manager")]
    Memory,
    /// Too few tasks.
    #[error("a unit needs at least 16 tasks for its user manager and a login")]
    Tasks,
    /// A weight that systemd does not take.
    #[error("an IO weight is between 1 and 10000")]
    IoWeight,
    /// A bandwidth of nothing.
    #[error("a unit needs at least 4096 bytes a second of each disk")]
    Bandwidth,
    /// Too little disk.
    #[error("a unit needs at least 1 MiB of disk and 64 files")]
    Disk,
}

impl Limits {
    /// The name of the first field that no unit could live with, and why.
    pub fn check(&self) -> Result<(), (&'static str, LimitError)> {
        let below = |limit: Option<u64>, floor: u64| limit.is_some_and(|limit| limit < floor);
        let checks = [
            (
                "memory_max",
                below(self.memory_max, MEMORY_FLOOR),
                LimitError::Memory,
            ),
            (
                "memory_high",
                below(self.memory_high, MEMORY_FLOOR),
                LimitError::Memory,
            ),
            (
                "tasks_max",
                below(self.tasks_max, TASKS_FLOOR),
                LimitError::Tasks,
            ),
            (
                "io_weight",
                self.io_weight
                    .is_some_and(|weight| !(1..=10_000).contains(&weight)),
                LimitError::IoWeight,
            ),
            (
                "io_read_bytes",
                below(self.io_read_bytes, 4096),
                LimitError::Bandwidth,
            ),
            (
                "io_write_bytes",
                below(self.io_write_bytes, 4096),
                LimitError::Bandwidth,
            ),
            (
                "disk_bytes",
                below(self.disk_bytes, DISK_FLOOR),
                LimitError::Disk,
            ),
            (
                "disk_inodes",
                below(self.disk_inodes, INODES_FLOOR),
                LimitError::Disk,
            ),
        ];
        match checks.into_iter().find(|(_, broken, _)| *broken) {
            Some((field, _, error)) => Err((field, error)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_below_its_floor_is_named() {
        type Spoil = fn(&mut Limits);
        let cases: [(&str, Spoil); 7] = [
            ("memory_max", |l| l.memory_max = Some(MEMORY_FLOOR - 1)),
            ("memory_high", |l| l.memory_high = Some(1)),
            ("tasks_max", |l| l.tasks_max = Some(15)),
            ("io_weight", |l| l.io_weight = Some(0)),
            ("io_write_bytes", |l| l.io_write_bytes = Some(1)),
            ("disk_bytes", |l| l.disk_bytes = Some(0)),
            ("disk_inodes", |l| l.disk_inodes = Some(1)),
        ];
        for (field, spoil) in cases {
            let mut limits = Limits::default();
            assert_eq!(limits.check(), Ok(()));
            spoil(&mut limits);
            assert_eq!(limits.check().expect_err("too low").0, field);
        }
    }
}
