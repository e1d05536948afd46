//! Ports: the filter's and the rules' entries of the unit, and bind(2) tried as its user.

use kloigos_model::host::{Check, Promise, UnitSpec, Verdict};

use super::{common::Common, same, table};
use crate::{
    fault::Trouble,
    sys::{BindFilter, Bound, Host},
};

const SOCKETS: [&str; 4] = ["tcp4", "tcp6", "udp4", "udp6"];

pub(super) fn checks(
    host: &mut dyn Host,
    common: &Common,
    unit: &UnitSpec,
) -> Result<Vec<Check>, Trouble> {
    let mut checks = vec![in_filter(common, unit)];
    checks.extend(in_rules(common, unit));
    checks.extend(tried(host, common, unit)?);
    Ok(checks)
}

fn in_filter(common: &Common, unit: &UnitSpec) -> Check {
    let wanted = unit.ports.inclusive().into_inner();
    let (found, degraded) = match &common.filter {
        BindFilter::Unsupported(why) => (format!("this kernel takes no filter: {why}"), true),
        BindFilter::Absent => ("no filter".to_owned(), false),
        BindFilter::Present { ranges, .. } => {
            let range = ranges.get(&unit.uid).copied();
            (range.map_or("no entry".to_owned(), shown), false)
        }
    };
    let check = same(
        Promise::Ports,
        "bind filter's entry",
        shown(wanted),
        found,
        "bpf(BPF_MAP_LOOKUP_ELEM) of /sys/fs/bpf/kloigos/ports",
    );
    Check {
        verdict: if degraded {
            Verdict::Degraded
        } else {
            check.verdict
        },
        ..check
    }
}

fn shown((first, last): (u16, u16)) -> String {
    format!("{first}-{last}")
}

fn in_rules(common: &Common, unit: &UnitSpec) -> [Check; 2] {
    let known = common.elements.uids.contains(&unit.uid);
    let bind = common.elements.bind.iter();
    let bind: Vec<String> = bind
        .filter(|(uid, _)| *uid == unit.uid)
        .map(|(_, range)| shown(*range))
        .collect();
    [
        same(
            Promise::Ports,
            "rules' set of units",
            format!("{} is in unit_uids", unit.uid),
            format!(
                "{} is {}in unit_uids",
                unit.uid,
                if known { "" } else { "not " }
            ),
            table::evidence(),
        ),
        same(
            Promise::Ports,
            "rules' ports of it",
            shown(unit.ports.inclusive().into_inner()),
            bind.join(", "),
            table::evidence(),
        ),
    ]
}

/// First and last port of the unit's, those beside, a neighbour's, and one of the kernel's choice.
fn tried(host: &mut dyn Host, common: &Common, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let (first, last) = unit.ports.inclusive().into_inner();
    let mut foreign: Vec<u16> = [first.checked_sub(1), last.checked_add(1)]
        .into_iter()
        .flatten()
        .filter(|&port| port != 0)
        .collect();
    let neighbour = common.elements.bind.iter().find(|(uid, (port, _))| {
        *uid != unit.uid && !unit.ports.contains(*port) && !foreign.contains(port)
    });
    foreign.extend(neighbour.map(|(_, (port, _))| *port));
    let mut ports = vec![0, first, last];
    ports.extend(&foreign);
    let answers = host.try_binds(unit.uid, &ports)?;
    let of = |(port, answers): (&u16, &[Bound; 4])| {
        let allowed = !foreign.contains(port);
        attempt(unit.uid, common, *port, allowed, answers)
    };
    Ok(ports.iter().zip(&answers).map(of).collect())
}

/// A port of the unit's that something of it listens on is as good as free. Where the kernel takes
/// no filter, the rules alone keep a foreign port silent.
fn attempt(uid: u32, common: &Common, port: u16, allowed: bool, answers: &[Bound; 4]) -> Check {
    let sound = |answer: &Bound| match answer {
        Bound::Yes => allowed,
        Bound::InUse => allowed && port != 0,
        Bound::Refused => !allowed,
        Bound::NoSuchSocket => true,
        Bound::Failed(_) => false,
    };
    let unfiltered = matches!(common.filter, BindFilter::Unsupported(_));
    let verdict = if answers.iter().all(sound) {
        Verdict::Kept
    } else if unfiltered && !allowed {
        Verdict::Degraded
    } else {
        Verdict::Broken
    };
    let found = SOCKETS
        .iter()
        .zip(answers)
        .map(|(socket, answer)| format!("{socket} {}", said(*answer)));
    let what = if port == 0 {
        "bind to a port of the kernel's choice".to_owned()
    } else {
        format!("bind to {port}")
    };
    Check {
        promise: Promise::Ports,
        check: what,
        wanted: if allowed { "allowed" } else { "EPERM" }.to_owned(),
        found: found.collect::<Vec<_>>().join(", "),
        verdict,
        evidence: format!("bind(2) as uid {uid}"),
    }
}

fn said(answer: Bound) -> String {
    match answer {
        Bound::Yes => "allowed".to_owned(),
        Bound::InUse => "in use".to_owned(),
        Bound::Refused => "EPERM".to_owned(),
        Bound::NoSuchSocket => "no such sockets".to_owned(),
        Bound::Failed(errno) => format!("error {errno}"),
    }
}
