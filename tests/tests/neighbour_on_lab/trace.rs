//! Who runs where, by the kernel's scheduler.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use kloigos_model::cpu::CpuSet;

use super::{
    share::shares,
    stage::{Stage, Unit},
};

const TRACE: &str = include_str!("trace.py");
const SECONDS: &str = "10";
/// The CPUs of the lab's server.
const CPUS: u32 = 8;
/// Work of the host that would run on every CPU: of a service, of root and of an administrator.
const HOSTS: &str = r#"
spin='for _ in 1 2 3; do (while :; do :; done) & done; wait'
systemd-run --quiet --unit=spin-service sh -c "$spin"
systemd-run --quiet --unit=spin-user --slice=user-1000.slice sh -c "$spin"
"#;
const HOSTS_END: &str = "systemctl stop spin-service spin-user";

/// How often each owner was given each CPU: `host`, `kernel`, or a unit's uid.
type Switches = BTreeMap<String, BTreeMap<u32, u64>>;

/// One count of the trace: owner, CPU, how often, and the thread.
type Count = (String, u32, u64, String);

pub(crate) fn nobody_else_runs_on_a_units_cpus(stage: &Stage) -> Result<()> {
    let (burning, computing) = (&stage.burning, &stage.computing);
    stage.server().script(HOSTS)?;
    let counts = trace(stage)?;
    stage.server().script(HOSTS_END)?;
    show(&counts);
    for unit in [burning, computing] {
        ran_on_all_and_only(&counts, &unit.uid, &unit.cpus)?;
    }
    let rest = CpuSet::of(0..CPUS).and_then(|all| all.subtract(&burning.cpus));
    let housekeeping = rest.and_then(|rest| rest.subtract(&computing.cpus));
    let housekeeping = housekeeping.context("no CPU is left for the host")?;
    ran_on_all_and_only(&counts, "host", &housekeeping)?;
    let unknown: Vec<&Count> = of(&counts, "unknown").collect();
    ensure!(unknown.is_empty(), "nobody knows whose: {unknown:?}");
    Ok(())
}

/// The trace and the clock would tell: put on its neighbour's CPUs, the burning unit is seen there,
/// and takes of their time.
pub(crate) fn on_another_cpu_set_a_unit_is_seen(stage: &Stage) -> Result<()> {
    let Unit { cpus, .. } = &stage.burning;
    let set = format!("{}/cpuset.cpus", stage.burning.slice());
    let others = &stage.computing.cpus;
    stage.server().script(&format!("echo {others} > {set}"))?;
    let counts = trace(stage)?;
    let (alone, beside) = shares(stage, "1")?;
    stage.server().script(&format!("echo {cpus} > {set}"))?;
    show(&counts);
    let kept = ran_on_all_and_only(&counts, &stage.burning.uid, cpus);
    ensure!(kept.is_err(), "the trace does not see who ran where");
    ensure!(beside < 0.9 * alone, "{beside} CPUs, and {alone} alone");
    Ok(())
}

fn trace(stage: &Stage) -> Result<Vec<Count>> {
    let uids = [&stage.burning.uid, &stage.computing.uid];
    let printed = stage.python(TRACE, &[SECONDS, uids[0], uids[1]])?;
    Ok(serde_json::from_str(&printed)?)
}

fn of<'a>(counts: &'a [Count], owner: &'a str) -> impl Iterator<Item = &'a Count> {
    counts.iter().filter(move |(whose, ..)| whose == owner)
}

fn ran_on_all_and_only(counts: &[Count], owner: &str, cpus: &CpuSet) -> Result<()> {
    for cpu in cpus.iter() {
        let ran = of(counts, owner).any(|(_, on, ..)| *on == cpu);
        ensure!(ran, "{owner} did not run on CPU {cpu}, one of its own");
    }
    let elsewhere = of(counts, owner).filter(|(_, on, ..)| !cpus.contains(*on));
    let elsewhere: Vec<&Count> = elsewhere.collect();
    ensure!(
        elsewhere.is_empty(),
        "{owner} belongs on {cpus} and ran elsewhere: {elsewhere:?}"
    );
    Ok(())
}

/// A line for each owner: how often it was given each CPU.
fn show(counts: &[Count]) {
    let mut switches = Switches::new();
    for (owner, cpu, times, _) in counts {
        *switches
            .entry(owner.clone())
            .or_default()
            .entry(*cpu)
            .or_default() += times;
    }
    for (owner, by_cpu) in &switches {
        let columns =
            (0..CPUS).map(|cpu| format!("{:>8}", by_cpu.get(&cpu).copied().unwrap_or_default()));
        println!("  {owner:>8}{}", columns.collect::<String>());
    }
}
