//! What PID 1 says, where the kernel has nothing to say.

use std::collections::BTreeMap;

use crate::{
    fault::Trouble,
    paths,
    sys::{Command, Host, must},
};

/// Properties of a unit of systemd, by name.
pub(super) type Properties = BTreeMap<String, String>;

const OF_SLICE: &str = "--property=AllowedCPUs,AllowedMemoryNodes,MemoryMax,MemoryHigh,\
                        MemorySwapMax,TasksMax,IOWeight";

/// What a unit's slice will get at its next start.
pub(super) fn slice(host: &mut dyn Host, uid: u32) -> Result<Properties, Trouble> {
    show(host, OF_SLICE, &paths::slice(uid))
}

/// Where that was asked.
pub(super) fn evidence(uid: u32) -> String {
    format!("systemctl show {}", paths::slice(uid))
}

/// Properties of a unit, as PID 1 has them.
pub(super) fn show(
    host: &mut dyn Host,
    properties: &str,
    unit: &str,
) -> Result<Properties, Trouble> {
    let shown = must(host, &Command::new(["systemctl", "show", properties, unit]))?.stdout;
    let pairs = shown.lines().filter_map(|line| line.split_once('='));
    Ok(pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}
