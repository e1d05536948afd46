//! Sets of ports as the kernel writes them: `8080,9148-9150`
//! (`Documentation/networking/ip-sysctl.rst`, `ip_local_reserved_ports`).

use std::{fmt, ops::RangeInclusive};

/// A set of ports.
#[derive(Clone, PartialEq, Eq)]
pub struct PortSet(Box<[u64; 1024]>);

impl PortSet {
    /// None.
    pub fn none() -> Self {
        Self(Box::new([0; 1024]))
    }

    /// The set of a kernel list; `None` when the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut set = Self::none();
        let parts = text.trim().split(',').filter(|part| !part.is_empty());
        for part in parts {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            set.add(first.parse().ok()?..=last.parse().ok()?);
        }
        Some(set)
    }

    /// Takes these in.
    pub fn add(&mut self, ports: RangeInclusive<u16>) {
        for port in ports {
            self.0[usize::from(port) / 64] |= 1 << (port % 64);
        }
    }

    /// Whether it is in.
    pub fn contains(&self, port: u16) -> bool {
        self.0[usize::from(port) / 64] & (1 << (port % 64)) != 0
    }

    /// Those in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a | b)
    }

    /// Those in this and not in the other.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a & !b)
    }

    fn combined(&self, other: &Self, with: impl Fn(u64, u64) -> u64) -> Self {
        let mut words = Box::new([0; 1024]);
        for (word, (a, b)) in words.iter_mut().zip(self.0.iter().zip(other.0.iter())) {
            *word = with(*a, *b);
        }
        Self(words)
    }

    fn ranges(&self) -> Vec<(u16, u16)> {
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        for port in (0..=u16::MAX).filter(|&port| self.contains(port)) {
            match ranges.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(port) => *last = port,
                _ => ranges.push((port, port)),
            }
        }
        ranges
    }
}

/// As the kernel prints it; empty for none.
impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.ranges().into_iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            if first == last {
                write!(f, "{comma}{first}")?;
            } else {
                write!(f, "{comma}{first}-{last}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PortSet({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_reads_and_prints_as_the_kernel_does() {
        for text in ["", "8080", "8080,9148-9150", "0-65535", "1,3,5-6"] {
            assert_eq!(
                PortSet::parse(text).map(|set| set.to_string()),
                Some(text.to_owned())
            );
        }
        assert_eq!(
            PortSet::parse("5,1-3,4\n").map(|set| set.to_string()),
            Some("1-5".to_owned())
        );
    }

    #[test]
    fn hostile_texts_are_none() {
        for text in ["a", "1-", "-1", "1-2-3", "65536", "1;2"] {
            assert!(PortSet::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn union_and_difference() {
        let a = PortSet::parse("1-10").unwrap();
        let b = PortSet::parse("5-20").unwrap();
        assert_eq!(a.union(&b).to_string(), "1-20");
        assert_eq!(a.subtract(&b).to_string(), "1-4");
    }
}
