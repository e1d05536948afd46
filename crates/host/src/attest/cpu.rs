//! CPUs and memory nodes: what the unit's cgroup says is in force.

use kloigos_model::host::{Check, Promise, UnitSpec};

use super::same;
use crate::{
    fault::Trouble,
    paths,
    sys::{Host, read_text},
};

pub(super) fn checks(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let wanted = [
        (Promise::Cpu, "cpuset.cpus.effective", &unit.cpus),
        (
            Promise::MemoryNodes,
            "cpuset.mems.effective",
            &unit.memory_nodes,
        ),
    ];
    let mut checks = Vec::new();
    for (promise, file, set) in wanted {
        let path = format!("{}/{file}", paths::cgroup(unit.uid));
        let found = read_text(host, &path)?;
        let found = found.map_or_else(|| "no such file".to_owned(), |text| text.trim().to_owned());
        checks.push(same(promise, file, set.kernel_list(), found, path));
    }
    Ok(checks)
}
