//! System V IPC objects, as `/proc/sysvipc/{shm,sem,msg}` lists them (`proc_sysvipc(5)`).

/// The ids of the objects that a user owns or made.
pub fn of_user(text: &str, uid: u32) -> Vec<i32> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let column = |name: &str| header.iter().position(|title| *title == name);
    let Some(owners) = column("uid").zip(column("cuid")) else {
        return Vec::new();
    };
    lines.filter_map(|line| object(line, owners, uid)).collect()
}

/// `key shmid …`: the id is the second column of all three files.
fn object(line: &str, owners: (usize, usize), uid: u32) -> Option<i32> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let number = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<u32>().ok())
    };
    let owned = number(owners.0) == Some(uid) || number(owners.1) == Some(uid);
    if owned {
        fields.get(1)?.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHM: &str = "\
       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid
1263271937          3   666                 65536   700     0      0 20001 20001 20001 20001
         0          4   600                 65536   700     0      0     0     0     0     0\n";

    #[test]
    fn objects_of_a_user_are_found() {
        assert_eq!(of_user(SHM, 20001), [3]);
        assert_eq!(of_user(SHM, 20002), [0; 0]);
    }

    #[test]
    fn hostile_texts_hold_none() {
        for text in [
            "",
            "key id",
            "uid cuid\n",
            "key shmid uid cuid\nx y 5 5\n5\n",
        ] {
            assert!(of_user(text, 5).is_empty(), "{text:?}");
        }
    }
}
