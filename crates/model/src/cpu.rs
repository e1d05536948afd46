//! Sets of CPU (or NUMA node) numbers, as the kernel and v0.2 write them.
//!
//! Read are the kernel's list format (`0-3,64-67`, `0-31:2/4`; see "List format" in cpuset(7) and
//! `lib/bitmap-str.c`) and v0.2's strides (`0-7:2` is 0,2,4,6). A set has one canonical spelling,
//! from which every name is made, so that equal sets written differently are one unit.

use std::{collections::BTreeSet, fmt, str::FromStr};

/// The highest CPU number there is: `NR_CPUS` of an x86-64 kernel with `MAXSMP` is 8192.
pub const MAX_CPU: u32 = 8191;

/// A set of CPU numbers, ordered, never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpuSet(BTreeSet<u32>);

/// Why a text is no CPU set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CpuSetError {
    /// Nothing was written, or nothing between two commas.
    #[error("a CPU set must not be empty; write for example \"0-15\"")]
    Empty,
    /// A part is not in the list format.
    #[error("{0:?} is not a CPU range; write for example \"0-15\", \"0-7:2\" or \"0-3,64-67\"")]
    Malformed(String),
    /// A range runs backwards.
    #[error("the CPU range {first}-{last} runs backwards; write \"{last}-{first}\"")]
    Backwards {
        /// Its first number.
        first: u32,
        /// Its last number.
        last: u32,
    },
    /// A stride or group is zero, or a group uses more than it has.
    #[error("the step in {0:?} must be at least 1, and a group must not use more than its size")]
    Step(String),
    /// A number beyond [`MAX_CPU`].
    #[error("CPU number {0} is too large; the highest is {MAX_CPU}")]
    TooLarge(String),
    /// A CPU written twice.
    #[error("CPU {0} is named twice")]
    Twice(u32),
}

impl CpuSet {
    /// The set of these numbers; `None` when there are none or one is beyond [`MAX_CPU`].
    pub fn of(cpus: impl IntoIterator<Item = u32>) -> Option<Self> {
        let set: BTreeSet<u32> = cpus.into_iter().collect();
        let fits = set.last().is_some_and(|&last| last <= MAX_CPU);
        fits.then_some(Self(set))
    }

    /// How many CPUs; at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a CPU set is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.0.iter().copied()
    }

    /// The lowest number.
    pub fn first(&self) -> u32 {
        *self.0.first().expect("a CPU set is never empty")
    }

    /// Whether this CPU is in the set.
    pub fn contains(&self, cpu: u32) -> bool {
        self.0.contains(&cpu)
    }

    /// Whether every CPU of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The CPUs in both; `None` when there are none.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        Self::of(self.0.intersection(&other.0).copied())
    }

    /// The CPUs in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }

    /// The CPUs of this set that are not in the other; `None` when there are none.
    pub fn subtract(&self, other: &Self) -> Option<Self> {
        Self::of(self.0.difference(&other.0).copied())
    }

    /// Every number, comma-separated, as v0.2's `cpu_list`: `"0,1,2,3"`.
    pub fn expanded(&self) -> String {
        let numbers: Vec<String> = self.iter().map(|cpu| cpu.to_string()).collect();
        numbers.join(",")
    }

    /// Ranges and single numbers only, as the kernel prints a cpulist and systemd reads one
    /// (`AllowedCPUs=` knows no strides, systemd.resource-control(5)): `"0-3,64-67"`.
    pub fn kernel_list(&self) -> String {
        let ranges = self.ranges();
        let parts: Vec<String> = ranges
            .iter()
            .map(|&(first, last)| range_text(first, last))
            .collect();
        parts.join(",")
    }

    /// The canonical spelling as a part of file, user and unit names: `0-15`, `0-7-2`,
    /// `0-15_64-79`.
    pub fn name_part(&self) -> String {
        self.to_string().replace(':', "-").replace(',', "_")
    }

    fn ranges(&self) -> Vec<(u32, u32)> {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for cpu in self.iter() {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == cpu => *last = cpu,
                _ => ranges.push((cpu, cpu)),
            }
        }
        ranges
    }

    /// The distance between neighbours where it is the same throughout.
    fn stride(&self) -> Option<u32> {
        let cpus: Vec<u32> = self.iter().collect();
        let step = cpus.get(1)? - cpus[0];
        cpus.windows(2)
            .all(|pair| pair[1] - pair[0] == step)
            .then_some(step)
    }
}

/// The canonical spelling: a range where it is one, else a stride, else a list.
///
/// A stride ends where its last group of `step` CPUs ends, counted from CPU 0, so that the even
/// and the odd half of eight CPUs are `0-7:2` and `1-7:2`, as v0.2 wrote them.
impl fmt::Display for CpuSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.iter().next_back().unwrap_or_default();
        match self.stride() {
            Some(step) if step > 1 => {
                let end = ((last / step + 1) * step - 1).min(MAX_CPU);
                write!(f, "{}-{end}:{step}", self.first())
            }
            _ => f.write_str(&self.kernel_list()),
        }
    }
}

fn range_text(first: u32, last: u32) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

impl FromStr for CpuSet {
    type Err = CpuSetError;

    fn from_str(text: &str) -> Result<Self, CpuSetError> {
        let mut set = BTreeSet::new();
        for part in text.split(',') {
            for cpu in parse_part(part)? {
                if !set.insert(cpu) {
                    return Err(CpuSetError::Twice(cpu));
                }
            }
        }
        Ok(Self(set))
    }
}

/// One part of a list: `5`, `0-15`, `0-7:2`, or `0-31:2/4`.
fn parse_part(part: &str) -> Result<Vec<u32>, CpuSetError> {
    if part.is_empty() {
        return Err(CpuSetError::Empty);
    }
    let (range, step) = match part.split_once(':') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let (first, last) = parse_range(part, range, step.is_some())?;
    let (used, group) = step.map_or(Ok((1, 1)), |step| parse_step(part, step))?;
    Ok((first..=last)
        .filter(|cpu| (cpu - first) % group < used)
        .collect())
}

fn parse_range(part: &str, range: &str, strided: bool) -> Result<(u32, u32), CpuSetError> {
    let (first, last) = match range.split_once('-') {
        Some((first, last)) => (number(part, first)?, number(part, last)?),
        None if strided => return Err(malformed(part)),
        None => (number(part, range)?, number(part, range)?),
    };
    if first > last {
        return Err(CpuSetError::Backwards { first, last });
    }
    Ok((first, last))
}

/// `:S` takes one of every S; `:U/G` takes the first U of every G.
fn parse_step(part: &str, step: &str) -> Result<(u32, u32), CpuSetError> {
    let (used, group) = match step.split_once('/') {
        Some((used, group)) => (number(part, used)?, number(part, group)?),
        None => (1, number(part, step)?),
    };
    let sound = used >= 1 && used <= group;
    sound
        .then_some((used, group))
        .ok_or_else(|| CpuSetError::Step(shown(part)))
}

/// Plain decimal digits only: no sign, no space, no underscore.
fn number(part: &str, digits: &str) -> Result<u32, CpuSetError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed(part));
    }
    let fits = digits.parse().ok().filter(|&number| number <= MAX_CPU);
    fits.ok_or_else(|| CpuSetError::TooLarge(shown(digits)))
}

fn malformed(part: &str) -> CpuSetError {
    CpuSetError::Malformed(shown(part))
}

/// What an error may repeat of hostile input.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

crate::text::serde_as_text!(CpuSet);

#[cfg(test)]
mod tests;
