//! `/proc/self/mountinfo`, as `proc_pid_mountinfo(5)` describes it.

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Its device, `MAJOR:MINOR`.
    pub device: String,
    /// Where it is.
    pub point: String,
    /// Its type.
    pub kind: String,
    /// What is mounted.
    pub source: String,
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
    Some(Mount {
        device: (*left.get(2)?).to_owned(),
        point: unescaped(left.get(4)?),
        kind: right.next()?.to_owned(),
        source: unescaped(right.next()?),
    })
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
