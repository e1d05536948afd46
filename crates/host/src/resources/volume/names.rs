//! Names that follow from a unit: the mount unit's, and the file system's UUID.

/// A path as the name of a unit (systemd.unit(5), "string escaping for inclusion in unit names").
pub(super) fn escaped(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":_.".contains(&byte);
    path.trim_matches('/')
        .bytes()
        .enumerate()
        .map(|(index, byte)| match byte {
            b'/' => "-".to_owned(),
            b'.' if index == 0 => "\\x2e".to_owned(),
            _ if plain(byte) => char::from(byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        })
        .collect()
}

/// The kernel name that a stable path points to, such as `vdb` for `../../vdb`.
pub(super) fn of_device(target: &str) -> Option<&str> {
    let name = target.rsplit('/').next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.!".contains(c);
    let sound = !name.is_empty() && !name.starts_with('.') && name.chars().all(plain);
    sound.then_some(name)
}

/// A machine id with a uid in its last bytes, as a UUID.
pub(super) fn uuid(machine_id: &str, uid: u32) -> Option<String> {
    if machine_id.len() != 32 {
        return None;
    }
    let id = u128::from_str_radix(machine_id, 16).ok()? ^ u128::from(uid);
    let hex = format!("{id:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    Some(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_names_are_escaped_as_systemd_does() {
        // systemd-escape --path
        assert_eq!(escaped("/mnt/c0-1"), "mnt-c0\\x2d1");
        assert_eq!(escaped("/mnt/c0-3_64-67"), "mnt-c0\\x2d3_64\\x2d67");
        assert_eq!(escaped("/.a/b c"), "\\x2ea-b\\x20c");
    }

    #[test]
    fn a_units_uuid_is_its_own_on_its_own_machine() {
        let id = "14000000000040008000000000000001";
        let uuid_of = |uid| uuid(id, uid).expect("a machine id");
        assert_eq!(uuid_of(70_001), "14000000-0000-4000-8000-000000011170");
        assert_ne!(uuid_of(70_001), uuid_of(70_002));
        assert_eq!(uuid("", 1), None);
        assert_eq!(uuid("x4000000000040008000000000000001", 1), None);
    }

    #[test]
    fn devices_are_named_plainly_or_not_at_all() {
        assert_eq!(of_device("../../vdb1"), Some("vdb1"));
        assert_eq!(of_device("../dm-0"), Some("dm-0"));
        for odd in ["", "..", "../../", "../../a b", "/dev/\n"] {
            assert_eq!(of_device(odd), None, "{odd:?}");
        }
    }
}
