//! Port ranges. The API writes them half-open (`2000-2200` is 2000 to 2199); the kernel's filter,
//! the rules and the reserved ports are inclusive, and [`PortRange::inclusive`] is the one place
//! that converts.

use std::{fmt, ops::RangeInclusive, str::FromStr};

/// A half-open range of TCP and UDP ports, never empty, within 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    start: u16,
    end: u32,
}

/// Why a text or pair is no port range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortRangeError {
    /// Not `FIRST-END`.
    #[error("a port range is written FIRST-END, such as 2000-2200 for the ports 2000 to 2199")]
    Malformed,
    /// No port in it, or port 0, or ports past 65535.
    #[error("the ports {start} to {end} (exclusive) are not within 1 to 65535")]
    Outside {
        /// The first port.
        start: u32,
        /// The port after the last.
        end: u32,
    },
}

impl PortRange {
    /// The ports from `start` to before `end`.
    pub fn new(start: u32, end: u32) -> Result<Self, PortRangeError> {
        let outside = PortRangeError::Outside { start, end };
        let first = u16::try_from(start)
            .ok()
            .filter(|&first| first > 0)
            .ok_or(outside)?;
        if end <= start || end > 65_536 {
            return Err(outside);
        }
        Ok(Self { start: first, end })
    }

    /// First and last port, as bind filter, nftables and sysctl want them.
    pub fn inclusive(self) -> RangeInclusive<u16> {
        let last = u16::try_from(self.end - 1).expect("a port range ends at 65536 at the latest");
        self.start..=last
    }

    /// The first port.
    pub fn first(self) -> u16 {
        self.start
    }

    /// Whether the port is in the range.
    pub fn contains(self, port: u16) -> bool {
        self.inclusive().contains(&port)
    }

    /// Whether the two share a port.
    pub fn overlaps(self, other: Self) -> bool {
        u32::from(self.start) < other.end && u32::from(other.start) < self.end
    }

    /// As the kernel writes it in `net.ipv4.ip_local_reserved_ports`: `2000-2199`.
    pub fn kernel_range(self) -> String {
        let ports = self.inclusive();
        format!("{}-{}", ports.start(), ports.end())
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

impl FromStr for PortRange {
    type Err = PortRangeError;

    fn from_str(text: &str) -> Result<Self, PortRangeError> {
        let (start, end) = text.split_once('-').ok_or(PortRangeError::Malformed)?;
        Self::new(port(start)?, port(end)?)
    }
}

fn port(digits: &str) -> Result<u32, PortRangeError> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if plain { digits.parse().ok() } else { None };
    number.ok_or(PortRangeError::Malformed)
}

crate::text::serde_as_text!(PortRange);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_half_open_and_the_kernel_form_inclusive() {
        let range: PortRange = "2000-2200".parse().expect("a range");
        assert!(range.contains(2000) && range.contains(2199) && !range.contains(2200));
        assert_eq!(range.kernel_range(), "2000-2199");
        assert_eq!(range.to_string(), "2000-2200");
        let next: PortRange = "2200-2400".parse().expect("a range");
        assert!(!range.overlaps(next) && !next.overlaps(range) && range.overlaps(range));
    }

    #[test]
    fn the_last_port_is_65535() {
        assert!(PortRange::new(65_400, 65_536).is_ok_and(|range| range.contains(65_535)));
        assert!(PortRange::new(65_400, 65_537).is_err());
        assert!(PortRange::new(0, 10).is_err());
        assert!(PortRange::new(10, 10).is_err());
    }

    #[test]
    fn hostile_texts_are_refused() {
        for text in [
            "",
            "2000",
            "a-b",
            "2000-",
            "-5",
            "2000-2100-2200",
            "+1-5",
            "1 -5",
            "1-99999999999",
        ] {
            assert!(text.parse::<PortRange>().is_err(), "{text:?}");
        }
    }
}
