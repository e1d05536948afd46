//! Objects of the kernel that outlive processes: IPC, keys, sockets in somebody else's hands.

use kloigos_model::host::UnitSpec;

use super::Trace;
use crate::{
    facts::sysvipc,
    fault::Trouble,
    sys::{Host, IpcKind, read_text},
};

/// Sockets by protocol; the uid is the eighth field of each line (`proc_pid_net(5)`).
const SOCKETS: [&str; 8] = [
    "tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6",
];

pub(super) fn look(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Trace>, Trouble> {
    let uid = unit.uid;
    let mut traces = Vec::new();
    for kind in IpcKind::ALL {
        let text = read_text(host, kind.file())?.unwrap_or_default();
        let objects = sysvipc::of_user(&text, uid).into_iter();
        traces.extend(
            objects.map(|id| Trace::lasting("IPC object", format!("{id} of {}", kind.file()))),
        );
    }
    if has_keys(host, uid)? {
        let place = "of /proc/key-users, which only a reboot removes where its owner may not";
        traces.push(Trace::passing("kernel keys", place));
    }
    for protocol in SOCKETS {
        let path = format!("/proc/net/{protocol}");
        let text = read_text(host, &path)?.unwrap_or_default();
        let sockets = sockets_of(&text, uid).into_iter();
        traces.extend(sockets.map(|at| Trace::passing("socket", format!("{at} of {path}"))));
    }
    Ok(traces)
}

/// Whether the kernel has keys of the user. Root sees others' keys nowhere but in these counts:
/// `70001:     3 3/3 3/200 39/20000`, the second of keys (`proc_key-users(5)`).
pub(crate) fn has_keys(host: &mut dyn Host, uid: u32) -> Result<bool, Trouble> {
    let text = read_text(host, "/proc/key-users")?.unwrap_or_default();
    let its = |line: &&str| {
        let number = line.split(':').next();
        number.is_some_and(|number| number.trim().parse() == Ok(uid))
    };
    let keys = |line: &str| {
        let counts = line.split_whitespace().nth(2)?;
        counts.split('/').next()?.parse::<u32>().ok()
    };
    let line = text.lines().find(its);
    Ok(line.is_some_and(|line| keys(line) != Some(0)))
}

/// The local addresses of a user's sockets.
fn sockets_of(text: &str, uid: u32) -> Vec<String> {
    let address = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let owner: u32 = fields.get(7)?.parse().ok()?;
        (owner == uid).then(|| fields[1].to_owned())
    };
    text.lines().skip(1).filter_map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_of_the_user_alone_are_listed() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 00000000:07D0 00000000:0000 0A 00000000:00000000 00:00000000 00000000 70001        0 4711 1 0\n\
            1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0\n\
            garbage\n";
        assert_eq!(sockets_of(text, 70_001), ["00000000:07D0"]);
        assert!(sockets_of("", 70_001).is_empty());
    }
}
