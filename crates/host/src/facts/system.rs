//! The system's name, versions and memory.

use super::{printed, required};
use crate::{
    fault::Trouble,
    sys::{Host, read_text},
};

/// A file of one line.
pub(super) fn line(host: &mut dyn Host, path: &str) -> Result<String, Trouble> {
    Ok(required(host, path)?.trim().to_owned())
}

/// `PRETTY_NAME` of os-release(5), which says where else the file may be.
pub(super) fn os_name(host: &mut dyn Host) -> Result<String, Trouble> {
    for path in ["/etc/os-release", "/usr/lib/os-release"] {
        if let Some(text) = read_text(host, path)? {
            return Ok(pretty_name(&text).unwrap_or_default());
        }
    }
    Ok(String::new())
}

fn pretty_name(text: &str) -> Option<String> {
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(value.trim_matches(['"', '\'']).to_owned())
}

/// The version of systemd; 0 where it is not installed.
pub(super) fn systemd(host: &mut dyn Host) -> Result<u32, Trouble> {
    let text = printed(host, &["systemctl", "--version"])?.unwrap_or_default();
    let version = text.split_whitespace().nth(1).unwrap_or_default();
    Ok(version.parse().unwrap_or(0))
}

/// `MemTotal` of `/proc/meminfo`, in bytes.
pub(crate) fn memory(host: &mut dyn Host) -> Result<u64, Trouble> {
    let path = "/proc/meminfo";
    let text = required(host, path)?;
    kibibytes(&text, "MemTotal:").ok_or_else(|| Trouble::text(path, "it has no MemTotal"))
}

/// The value of a line such as `MemTotal: 16 kB`, in bytes.
pub(super) fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let value = text
        .lines()
        .find_map(|line| Some(line.split_once(name)?.1))?;
    let value: u64 = value.split_whitespace().next()?.parse().ok()?;
    value.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sizes_are_read() {
        let text = "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n";
        assert_eq!(
            pretty_name(text).as_deref(),
            Some("Debian GNU/Linux 13 (trixie)")
        );
        assert_eq!(kibibytes("MemTotal:   16 kB\n", "MemTotal:"), Some(16_384));
        assert_eq!(
            kibibytes("Node 0 MemTotal:   2 kB\n", "MemTotal:"),
            Some(2048)
        );
        assert_eq!(kibibytes("MemTotal: x\n", "MemTotal:"), None);
        assert_eq!(
            kibibytes("MemTotal: 99999999999999999999 kB", "MemTotal:"),
            None
        );
    }
}
