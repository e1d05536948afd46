//! Processes, and what systemd has for them.

use kloigos_model::host::UnitSpec;

use super::Trace;
use crate::{
    facts::processes,
    fault::Trouble,
    paths,
    sys::{Host, read_text},
};

const TRANSIENT: &str = "/run/systemd/transient";
const SESSIONS: &str = "/run/systemd/sessions";

pub(super) fn look(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Trace>, Trouble> {
    let mut traces = Vec::new();
    for pid in processes::of_user(host, unit.uid)? {
        let comm = read_text(host, &format!("/proc/{pid}/comm"))?.unwrap_or_default();
        traces.push(Trace::lasting(
            "process",
            format!("{pid} ({})", comm.trim()),
        ));
    }
    for place in [paths::cgroup(unit.uid), format!("/run/user/{}", unit.uid)] {
        if host.stat(&place)?.is_some() {
            traces.push(Trace::passing("slice", place));
        }
    }
    traces.extend(sessions(host, unit.uid)?);
    traces.extend(transient_units(host, unit.uid)?);
    Ok(traces)
}

/// Sessions that logind knows. Beside each file is a FIFO (`.ref`) that blocks its reader.
fn sessions(host: &mut dyn Host, uid: u32) -> Result<Vec<Trace>, Trouble> {
    let line = format!("UID={uid}");
    holding(host, SESSIONS, "session", |name| !name.contains('.'), &line)
}

/// Scopes of sessions that systemd knows.
fn transient_units(host: &mut dyn Host, uid: u32) -> Result<Vec<Trace>, Trouble> {
    let line = format!("Slice={}", paths::slice(uid));
    let is_scope = |name: &str| name.split('.').next_back() == Some("scope");
    holding(host, TRANSIENT, "systemd unit", is_scope, &line)
}

fn holding(
    host: &mut dyn Host,
    dir: &str,
    kind: &'static str,
    counts: impl Fn(&str) -> bool,
    line: &str,
) -> Result<Vec<Trace>, Trouble> {
    let mut traces = Vec::new();
    let names = host.list(dir)?.unwrap_or_default();
    for name in names.into_iter().filter(|name| counts(name)) {
        let path = format!("{dir}/{name}");
        let text = read_text(host, &path)?.unwrap_or_default();
        if text.lines().any(|its| its == line) {
            traces.push(Trace::passing(kind, path));
        }
    }
    Ok(traces)
}
