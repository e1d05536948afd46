//! Names that people give and names that follow from a CPU set. Each is a parsed type; a raw
//! string stops at the edge.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::{cpu::CpuSet, text::serde_as_text};

/// The longest user name: `utmp` and useradd(8) allow 32 bytes with the final NUL.
const USER_NAME_MAX: usize = 31;
/// The longest CPU part of a unit id or directory name; far below `NAME_MAX`, long enough to read.
const PART_MAX: usize = 100;

/// Why a text is not the name it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameError(&'static str);

macro_rules! name {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        serde_as_text!($name);
    };
}

name!(
    /// A server's name: RFC 1123 labels, so letters, digits and hyphens joined by dots, at most
    /// 253 characters, never an underscore (which separates it from the CPU part of a unit id).
    Hostname
);
name!(
    /// A region or zone: 1 to 63 letters, digits, dots, hyphens and underscores, beginning with a
    /// letter or digit.
    Label
);
name!(
    /// A compute unit's name: `host1_0-15`.
    UnitId
);
name!(
    /// A unit's Unix user: `u0-15`; at most 31 characters, a longer one is shortened with a hash of
    /// its CPU set.
    UserName
);
name!(
    /// The name of a unit's directories under `/opt` and `/mnt`: `c0-15`.
    DirName
);
name!(
    /// A login on a server: as useradd(8) recommends, `[a-z_][a-z0-9_-]*`, at most 31 characters.
    LoginName
);

const HOSTNAME: NameError = NameError(
    "a hostname is made of letters, digits and hyphens, in labels of at most 63 joined by dots, \
     at most 253 characters in all; it has no underscore",
);
const LABEL: NameError = NameError(
    "a region or zone is 1 to 63 letters, digits, dots, hyphens or underscores and begins with a \
     letter or digit",
);
const UNIT_ID: NameError =
    NameError("a compute unit id is a hostname, an underscore and a CPU set, such as host1_0-15");
const USER_NAME: NameError =
    NameError("a unit's user is the letter u and a CPU set, such as u0-15");
const DIR_NAME: NameError =
    NameError("a unit's directory is the letter c and a CPU set, such as c0-15");
const LOGIN_NAME: NameError = NameError(
    "a login is 1 to 31 lower case letters, digits, hyphens or underscores and begins with a \
     letter or underscore",
);

impl FromStr for Hostname {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let sound = text.len() <= 253 && text.split('.').all(is_host_label);
        sound.then(|| Self(text.to_owned())).ok_or(HOSTNAME)
    }
}

fn is_host_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl FromStr for Label {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let sound = (1..=63).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        sound.then(|| Self(text.to_owned())).ok_or(LABEL)
    }
}

impl FromStr for LoginName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let sound = (1..=USER_NAME_MAX).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && text.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte)
            });
        sound.then(|| Self(text.to_owned())).ok_or(LOGIN_NAME)
    }
}

impl UnitId {
    /// The name of the unit with these CPUs on this server.
    pub fn of(hostname: &Hostname, cpus: &CpuSet) -> Self {
        Self(format!("{hostname}_{}", shortened(cpus, PART_MAX)))
    }
}

impl FromStr for UnitId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (hostname, part) = text.split_once('_').ok_or(UNIT_ID)?;
        let sound = hostname.parse::<Hostname>().is_ok() && is_part(part, PART_MAX);
        sound.then(|| Self(text.to_owned())).ok_or(UNIT_ID)
    }
}

impl UserName {
    /// The user of the unit with these CPUs.
    pub fn of(cpus: &CpuSet) -> Self {
        Self(format!("u{}", shortened(cpus, USER_NAME_MAX - 1)))
    }
}

impl FromStr for UserName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let part = text.strip_prefix('u').ok_or(USER_NAME)?;
        is_part(part, USER_NAME_MAX - 1)
            .then(|| Self(text.to_owned()))
            .ok_or(USER_NAME)
    }
}

impl DirName {
    /// The directory name of the unit with these CPUs.
    pub fn of(cpus: &CpuSet) -> Self {
        Self(format!("c{}", shortened(cpus, PART_MAX)))
    }
}

impl FromStr for DirName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let part = text.strip_prefix('c').ok_or(DIR_NAME)?;
        is_part(part, PART_MAX)
            .then(|| Self(text.to_owned()))
            .ok_or(DIR_NAME)
    }
}

/// Digits, `-` and `_`, and the `x` and hexadecimal digits of a shortened one; it begins with a
/// digit, so no path, option or shell word hides in it.
fn is_part(part: &str, max: usize) -> bool {
    part.len() <= max
        && part.starts_with(|first: char| first.is_ascii_digit())
        && part
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || b"-_x".contains(&byte))
        && !part.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// The CPU part of a name; past `max` bytes it is cut and ends in `x` and the first eight
/// hexadecimal digits of the SHA-256 of the canonical spelling.
fn shortened(cpus: &CpuSet, max: usize) -> String {
    let part = cpus.name_part();
    if part.len() <= max {
        return part;
    }
    let digest = Sha256::digest(cpus.to_string());
    let hash = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    format!("{}x{hash:08x}", &part[..max - 9])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cpus(text: &str) -> CpuSet {
        text.parse().expect("a CPU set")
    }

    #[test]
    fn names_follow_from_the_cpu_set() {
        let host: Hostname = "host1".parse().expect("a hostname");
        for (set, unit, user, dir) in [
            ("0-15", "host1_0-15", "u0-15", "c0-15"),
            ("0-7:2", "host1_0-7-2", "u0-7-2", "c0-7-2"),
            (
                "0-15,64-79",
                "host1_0-15_64-79",
                "u0-15_64-79",
                "c0-15_64-79",
            ),
        ] {
            assert_eq!(UnitId::of(&host, &cpus(set)).as_str(), unit);
            assert_eq!(UserName::of(&cpus(set)).as_str(), user);
            assert_eq!(DirName::of(&cpus(set)).as_str(), dir);
        }
    }

    #[test]
    fn long_names_are_shortened_and_still_differ() {
        let a = cpus("0-1,10-11,20-21,30-31,40-41,50-51,60-61");
        let b = cpus("0-1,10-11,20-21,30-31,40-41,50-51,60-62");
        let (a, b) = (UserName::of(&a), UserName::of(&b));
        assert_eq!(a.as_str().len(), USER_NAME_MAX);
        assert_ne!(a, b);
        assert_eq!(a.as_str().parse(), Ok(a));
    }

    #[test]
    fn every_made_name_parses() {
        let host: Hostname = "a.b-c".parse().expect("a hostname");
        for set in [
            "0",
            "0-7:2",
            "0-15,64-79",
            "0,5,11,13,29,31,37,41,43,47,53,59,61,67,71",
        ] {
            let set = cpus(set);
            assert!(UnitId::of(&host, &set).as_str().parse::<UnitId>().is_ok());
            assert!(UserName::of(&set).as_str().parse::<UserName>().is_ok());
            assert!(DirName::of(&set).as_str().parse::<DirName>().is_ok());
        }
    }

    #[test]
    fn hostile_names_are_refused() {
        let long = "a".repeat(254);
        for text in [
            "",
            " ",
            "a b",
            "-a",
            "a-",
            "a..b",
            ".",
            "..",
            "../etc",
            "a/b",
            "a_b",
            "a\nb",
            "a\0b",
            "$(id)",
            "`id`",
            "{{ 7*7 }}",
            "a;b",
            "ä",
            "a'b",
            &long,
        ] {
            assert!(text.parse::<Hostname>().is_err(), "{text:?}");
        }
        for text in ["", "u", "root", "u../x", "u0-15;id", "u0-15\n", "uX", "u-1"] {
            assert!(text.parse::<UserName>().is_err(), "{text:?}");
        }
        for text in ["", "a/b", "a b", "{{x}}", "-rf", "a\n", &"a".repeat(64)] {
            assert!(text.parse::<Label>().is_err(), "{text:?}");
        }
        for text in [
            "",
            "-oProxyCommand=x",
            "Root",
            "a b",
            "root;id",
            &"a".repeat(32),
        ] {
            assert!(text.parse::<LoginName>().is_err(), "{text:?}");
        }
    }
}
