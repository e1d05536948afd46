//! How a server's CPUs are split into units, and what numbers the units get. Pure and complete:
//! what a layout says is what init makes.

mod shares;
mod split;

use serde::{Deserialize, Serialize};

use crate::{
    cpu::CpuSet,
    names::{DirName, UserName},
    ports::{PortRange, PortRangeError},
};

pub use shares::{default_limits, memory_of_nodes, memory_share, tasks_share};
pub use split::{Shared, Split, SplitError, split, usual_housekeeping};

/// Where the numbers of a server's units begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbering {
    /// The uid of the first unit; the next have the next.
    ///
    /// The default lies above `UID_MAX` of login.defs(5), so that useradd(8) never picks a
    /// neighbour of it for somebody else, below the subordinate ids (from 100000), and outside of
    /// systemd's own ranges (<https://systemd.io/UIDS-GIDS>).
    pub first_uid: u32,
    /// The first port of the first unit.
    pub first_port: u16,
    /// How many ports each unit has.
    pub port_step: u16,
}

impl Default for Numbering {
    fn default() -> Self {
        Self {
            first_uid: 70_001,
            first_port: 2000,
            port_step: 200,
        }
    }
}

/// One unit-to-be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its CPUs.
    pub cpus: CpuSet,
    /// Its user.
    pub user: UserName,
    /// Its user's number.
    pub uid: u32,
    /// Its directories' name.
    pub dir: DirName,
    /// Its ports.
    pub ports: PortRange,
}

/// Why CPU ranges make no layout. The index is that of the range at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// No range was given.
    #[error("give at least one CPU range, for example [\"0-15\", \"16-31\"]")]
    NoRange,
    /// Two ranges share a CPU.
    #[error("the CPU ranges {earlier} and {later} share CPU {cpu}; a CPU belongs to one unit")]
    Overlap {
        /// The range at fault.
        index: usize,
        /// The one given before.
        earlier: CpuSet,
        /// The one at fault.
        later: CpuSet,
        /// The lowest CPU in both.
        cpu: u32,
    },
    /// The ports run out.
    #[error(
        "unit {number} would get the ports {start} to {end} (exclusive), which end past 65535; \
         lower first_port or port_step"
    )]
    Ports {
        /// The range at fault.
        index: usize,
        /// Which unit, counted from 1.
        number: usize,
        /// Its first port.
        start: u32,
        /// The port after its last.
        end: u32,
    },
    /// Two shortened names are the same.
    #[error(
        "the CPU ranges {earlier} and {later} have the same user name {user}; split them otherwise"
    )]
    SameName {
        /// The range at fault.
        index: usize,
        /// The one given before.
        earlier: CpuSet,
        /// The one at fault.
        later: CpuSet,
        /// Their user name.
        user: UserName,
    },
}

impl LayoutError {
    /// Which of the ranges is at fault, where one is.
    pub const fn index(&self) -> Option<usize> {
        match self {
            Self::NoRange => None,
            Self::Overlap { index, .. }
            | Self::Ports { index, .. }
            | Self::SameName { index, .. } => Some(*index),
        }
    }
}

/// The units for these CPU ranges, in the order given.
pub fn plan(ranges: &[CpuSet], numbering: Numbering) -> Result<Vec<Slot>, LayoutError> {
    if ranges.is_empty() {
        return Err(LayoutError::NoRange);
    }
    let mut slots: Vec<Slot> = Vec::with_capacity(ranges.len());
    for (index, cpus) in ranges.iter().enumerate() {
        let next = slot(index, cpus, numbering)?;
        slots
            .iter()
            .try_for_each(|earlier| beside(index, earlier, &next))?;
        slots.push(next);
    }
    Ok(slots)
}

fn slot(index: usize, cpus: &CpuSet, numbering: Numbering) -> Result<Slot, LayoutError> {
    let position = u32::try_from(index).unwrap_or(u32::MAX);
    let step = u32::from(numbering.port_step);
    let start = position
        .saturating_mul(step)
        .saturating_add(u32::from(numbering.first_port));
    let end = start.saturating_add(step);
    let ports = PortRange::new(start, end);
    let ports = ports.map_err(|_: PortRangeError| LayoutError::Ports {
        index,
        number: index + 1,
        start,
        end,
    })?;
    Ok(Slot {
        cpus: cpus.clone(),
        user: UserName::of(cpus),
        uid: numbering.first_uid.saturating_add(position),
        dir: DirName::of(cpus),
        ports,
    })
}

fn beside(index: usize, earlier: &Slot, later: &Slot) -> Result<(), LayoutError> {
    let (first, second) = (earlier.cpus.clone(), later.cpus.clone());
    if let Some(shared) = first.intersection(&second) {
        return Err(LayoutError::Overlap {
            index,
            earlier: first,
            later: second,
            cpu: shared.first(),
        });
    }
    if earlier.user == later.user {
        return Err(LayoutError::SameName {
            index,
            earlier: first,
            later: second,
            user: later.user.clone(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sets(texts: &[&str]) -> Vec<CpuSet> {
        texts
            .iter()
            .map(|text| text.parse().expect("a CPU set"))
            .collect()
    }

    #[test]
    fn units_are_numbered_in_the_order_given() {
        let slots = plan(&sets(&["0-15", "16-31"]), Numbering::default()).expect("a layout");
        let named: Vec<_> = slots
            .iter()
            .map(|s| (s.user.as_str(), s.uid, s.ports.to_string()))
            .collect();
        assert_eq!(
            named,
            [
                ("u0-15", 70_001, "2000-2200".to_owned()),
                ("u16-31", 70_002, "2200-2400".to_owned())
            ]
        );
    }

    #[test]
    fn faults_name_the_range() {
        let at = |texts: &[&str], numbering| plan(&sets(texts), numbering).expect_err("a fault");
        let overlap = at(&["0-3", "4-7", "2-5"], Numbering::default());
        assert_eq!(overlap.index(), Some(2));
        assert_eq!(
            overlap.to_string(),
            "the CPU ranges 0-3 and 2-5 share CPU 2; a CPU belongs to one unit"
        );
        let same = at(&["0-7:2", "0,2,4,6"], Numbering::default());
        assert!(same.to_string().contains("share CPU 0"));
        let high = Numbering {
            first_port: 65_200,
            ..Numbering::default()
        };
        assert_eq!(at(&["0", "1"], high).index(), Some(1));
        assert_eq!(plan(&[], Numbering::default()), Err(LayoutError::NoRange));
    }

    proptest! {
        #[test]
        fn no_number_is_given_twice(
            count in 1_usize..300,
            first_uid in 1000_u32..100_000,
            first_port in 1_u16..60_000,
            port_step in 1_u16..3000,
        ) {
            let ranges: Vec<CpuSet> =
                (0..count as u32).map(|n| CpuSet::of([n * 2, n * 2 + 1]).expect("CPUs")).collect();
            let Ok(slots) = plan(&ranges, Numbering { first_uid, first_port, port_step }) else {
                return Ok(());
            };
            for (index, a) in slots.iter().enumerate() {
                for b in &slots[index + 1..] {
                    prop_assert!(!a.ports.overlaps(b.ports));
                    prop_assert!(a.uid != b.uid && a.user != b.user && a.dir != b.dir);
                }
            }
        }
    }
}
