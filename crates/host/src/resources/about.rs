//! What a unit may know of itself, so that programs can size themselves: its CPUs, nodes, ports,
//! limits and paths, as environment variables, as JSON, and as a message of the day.

use std::fmt::Write;

use kloigos_model::{host::UnitSpec, limits::Limits};
use serde::Serialize;

use super::{
    Presence, directories,
    parts::{Part, Parts},
};
use crate::paths;

/// The facts of a unit; the same names as in the environment, but for the prefix.
#[derive(Serialize)]
struct About<'a> {
    user: &'a str,
    uid: u32,
    cpus: String,
    cpu_list: Vec<u32>,
    cpu_count: usize,
    memory_nodes: String,
    port_first: u16,
    port_last: u16,
    home: &'a str,
    opt: &'a str,
    mnt: &'a str,
    volume: Option<&'a str>,
    limits: Limits,
}

pub(super) fn about(unit: &UnitSpec, presence: Presence) -> Parts {
    let dir = paths::about(&unit.user);
    let file = |name: &str, body: String| Part::file(format!("{dir}/{name}"), body, 0o644);
    let places = directories::paths(unit);
    let about = facts(unit, &places);
    Parts {
        name: "about",
        presence,
        of: vec![
            Part::tree(dir.clone(), 0o755),
            file("environment", environment(&about)),
            file("facts.json", json(&about)),
            file("motd", motd(&about)),
        ],
    }
}

fn facts<'a>(unit: &'a UnitSpec, [home, opt, mnt]: &'a [String; 3]) -> About<'a> {
    About {
        user: unit.user.as_str(),
        uid: unit.uid,
        cpus: unit.cpus.kernel_list(),
        cpu_list: unit.cpus.iter().collect(),
        cpu_count: unit.cpus.len(),
        memory_nodes: unit.memory_nodes.kernel_list(),
        port_first: *unit.ports.inclusive().start(),
        port_last: *unit.ports.inclusive().end(),
        home,
        opt,
        mnt,
        volume: unit.volume.as_ref().map(|volume| volume.path.as_str()),
        limits: unit.limits,
    }
}

/// `NAME=value` lines that `pam_env(8)` and systemd.exec(5) read alike: no quotes, no spaces. A
/// limit that is not there is a variable that is not there.
fn environment(about: &About<'_>) -> String {
    let limits = &about.limits;
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        writeln!(text, "KLOIGOS_{name}={value}").expect("a String takes every text");
    };
    line("USER", about.user.to_owned());
    line("CPUS", about.cpus.clone());
    line("CPU_COUNT", about.cpu_count.to_string());
    line("MEMORY_NODES", about.memory_nodes.clone());
    line("PORT_FIRST", about.port_first.to_string());
    line("PORT_LAST", about.port_last.to_string());
    line("PORTS", format!("{}-{}", about.port_first, about.port_last));
    line("HOME", about.home.to_owned());
    line("OPT", about.opt.to_owned());
    line("MNT", about.mnt.to_owned());
    for (name, limit) in [
        ("MEMORY_MAX", limits.memory_max),
        ("MEMORY_HIGH", limits.memory_high),
        ("SWAP_MAX", limits.swap_max),
        ("TASKS_MAX", limits.tasks_max),
        ("IO_WEIGHT", limits.io_weight.map(u64::from)),
        ("IO_READ_BYTES", limits.io_read_bytes),
        ("IO_WRITE_BYTES", limits.io_write_bytes),
        ("DISK_BYTES", limits.disk_bytes),
        ("DISK_INODES", limits.disk_inodes),
    ] {
        if let Some(limit) = limit {
            line(name, limit.to_string());
        }
    }
    text
}

fn json(about: &About<'_>) -> String {
    let text = serde_json::to_string_pretty(about);
    text.expect("strings and numbers are JSON") + "\n"
}

fn motd(about: &About<'_>) -> String {
    let limits = &about.limits;
    let mut text = format!("\n  This is the compute unit of {}. It has\n\n", about.user);
    let mut line = |name: &str, value: String| {
        writeln!(text, "    {name:<8} {value}").expect("a String takes every text");
    };
    let nodes = about.memory_nodes.as_str();
    line(
        "CPUs",
        format!(
            "{} ({}), memory of node {nodes}",
            about.cpus, about.cpu_count
        ),
    );
    if let Some(memory) = limits.memory_max {
        line("memory", format!("{} at most", size(memory)));
    }
    if let Some(tasks) = limits.tasks_max {
        line("tasks", format!("{tasks} at most"));
    }
    if let Some(disk) = limits.disk_bytes {
        line(
            "disk",
            format!("{} at most on each file system", size(disk)),
        );
    }
    line("ports", format!("{}-{}", about.port_first, about.port_last));
    line(
        "places",
        format!("{}  {}  {}", about.home, about.opt, about.mnt),
    );
    text + "\n  Programs find the same in KLOIGOS_* and in /etc/kloigos/self/facts.json.\n\n"
}

/// In the largest unit that it is a whole number of.
fn size(bytes: u64) -> String {
    let units = [
        (1_u64 << 40, "TiB"),
        (1 << 30, "GiB"),
        (1 << 20, "MiB"),
        (1 << 10, "KiB"),
    ];
    let whole = units
        .iter()
        .find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit));
    match whole {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_whole_units() {
        let told = [0, 1, 1024, 1536, 256 << 20, 10 << 30, 1 << 40].map(size);
        let expected = [
            "0 bytes",
            "1 bytes",
            "1 KiB",
            "1536 bytes",
            "256 MiB",
            "10 GiB",
            "1 TiB",
        ];
        assert_eq!(told, expected);
    }
}
