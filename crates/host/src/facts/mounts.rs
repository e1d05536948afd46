//! `/proc/self/mountinfo`, as `proc_pid_mountinfo(5)` describes it.

/// Where the kernel lists the mounts of this process's namespace.
pub const FILE: &str = "/proc/self/mountinfo";

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Its device, `MAJOR:MINOR`.
    pub device: String,
    /// Which part of its file system is mounted; `/` for all of it.
    pub root: String,
    /// Where it is.
    pub point: String,
    /// Its type.
    pub kind: String,
    /// What is mounted.
    pub source: String,
    /// Whether files can be written through it.
    pub writable: bool,
    /// The user who mounted it, of file systems that users may mount (mount.fuse(8)).
    pub mounted_by: Option<u32>,
}

/// The mounts, in the order made; lines that are none are passed over.
pub fn parse(text: &str) -> Vec<Mount> {
    text.lines().filter_map(mount).collect()
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`: optional fields end at `-`.
fn mount(line: &str) -> Option<Mount> {
    let (left, right) = line.split_once(" - ")?;
    let left: Vec<&str> = left.split(' ').collect();
    let mut right = right.split(' ');
    let writable = |options: &str| options.split(',').next() == Some("rw");
    let owner = |options: &str| {
        let mut all = options.split(',');
        all.find_map(|option| option.strip_prefix("user_id=")?.parse().ok())
    };
    Some(Mount {
        device: (*left.get(2)?).to_owned(),
        root: unescaped(left.get(3)?),
        point: unescaped(left.get(4)?),
        kind: right.next()?.to_owned(),
        source: unescaped(right.next()?),
        // Of the mount, and of the file system itself.
        writable: writable(left.get(5)?) && right.clone().next().is_none_or(writable),
        mounted_by: right.next().and_then(owner),
    })
}

/// The mount that a path is on: of those above it the nearest, and of several there the last made.
pub fn holding<'a>(mounts: &'a [Mount], path: &str) -> Option<&'a Mount> {
    let above = |mount: &&Mount| {
        let rest = path.strip_prefix(mount.point.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    mounts
        .iter()
        .filter(above)
        .max_by_key(|mount| mount.point.len())
}

/// Space, tab, newline and backslash are written in octal, such as `\040`.
fn unescaped(field: &str) -> String {
    let mut plain = String::new();
    let mut parts = field.split('\\');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let code = part
            .get(..3)
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        match code {
            Some(code) if code.is_ascii() => {
                plain.push(char::from(code));
                plain.push_str(&part[3..]);
            }
            _ => {
                plain.push('\\');
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_with_and_without_optional_fields_is_read() {
        let text = "36 35 254:1 / /a\\040b rw shared:1 master:2 - ext4 /dev/vda rw\n\
                    37 35 0:5 / /proc rw - proc proc rw\n";
        let mounts = parse(text);
        assert_eq!(mounts[0].point, "/a b");
        assert_eq!(
            (mounts[0].kind.as_str(), mounts[0].device.as_str()),
            ("ext4", "254:1")
        );
        assert_eq!(mounts[1].source, "proc");
    }

    #[test]
    fn a_mount_is_writable_when_its_file_system_is() {
        let text = "36 35 254:1 / /a ro,relatime - ext4 /dev/vda rw\n\
                    37 35 254:2 / /b rw,relatime shared:1 - ext4 /dev/vdb ro,quota\n\
                    38 35 254:3 / /c rw - ext4 /dev/vdc rw,quota\n";
        let writable: Vec<bool> = parse(text).iter().map(|mount| mount.writable).collect();
        assert_eq!(writable, [false, false, true]);
    }

    #[test]
    fn who_mounted_a_file_system_of_its_own_is_known() {
        let text = "36 35 0:50 / /a rw,nosuid - fuse.sshfs x rw,user_id=70001,group_id=70001\n\
                    37 35 0:51 / /b rw - tmpfs tmpfs rw\n";
        let users: Vec<Option<u32>> = parse(text).iter().map(|mount| mount.mounted_by).collect();
        assert_eq!(users, [Some(70_001), None]);
    }

    #[test]
    fn a_path_is_on_the_nearest_mount_above_it() {
        let text = "1 0 0:1 / / rw - ext4 /dev/vda rw\n\
                    2 1 0:2 / /mnt rw - ext4 /dev/vdb rw\n\
                    3 1 0:3 / /mnt rw - xfs /dev/vdc rw\n\
                    4 1 0:4 / /mnt/c0-1 rw - xfs /dev/vdd rw\n";
        let mounts = parse(text);
        let source = |path| holding(&mounts, path).map(|mount| mount.source.as_str());
        assert_eq!(source("/home/u0-1"), Some("/dev/vda"));
        assert_eq!(source("/mnt/c0-15"), Some("/dev/vdc"));
        assert_eq!(source("/mnt/c0-1"), Some("/dev/vdd"));
        assert_eq!(source("/mnt/c0-1/x"), Some("/dev/vdd"));
    }

    #[test]
    fn hostile_lines_are_passed_over() {
        for text in [
            "",
            " - ",
            "a - b",
            "1 2 3 4 5 6 - ",
            "1 2 3:4 / /x\\9ä rw - x y",
        ] {
            let _ = parse(text);
        }
        assert!(parse("1 2 3").is_empty());
    }
}
