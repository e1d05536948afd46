//! Measures are chosen and declined; nobody is moved under a running tenant.

use std::collections::BTreeSet;

use kloigos_host::sys::Files;
use kloigos_model::host::{Measure, ServerSpec, Spec};
use kloigos_sim::host::SimHost;

use super::machines::{allocated, apply, bare, desired, server, settle, state, unit};

const DROP_IN: &str = "/etc/systemd/system/user@70001.service.d/50-kloigos.conf";

fn server_with(measures: &[Measure]) -> Spec {
    let Spec::Server(server) = server() else {
        unreachable!("a server's part is one");
    };
    Spec::Server(ServerSpec {
        measures: measures.iter().copied().collect(),
        ..server
    })
}

fn drop_in(machine: &mut SimHost) -> String {
    let body = machine
        .read(DROP_IN)
        .expect("a machine")
        .unwrap_or_default();
    String::from_utf8(body).expect("text")
}

#[test]
fn a_tenant_keeps_the_namespace_it_began_with() {
    let mut machine = bare();
    let tenant = || Spec::Unit(allocated(unit(0), 1));
    settle(
        &mut machine,
        &apply(vec![desired(1, server()), desired(1, tenant())]),
    );
    let begun = drop_in(&mut machine);
    assert!(
        begun.contains("BindPaths=") && begun.contains("ProtectProc="),
        "{begun}"
    );
    settle(&mut machine, &apply(vec![desired(2, server_with(&[]))]));
    let report = settle(&mut machine, &apply(vec![desired(2, tenant())]));
    assert_eq!(drop_in(&mut machine), begun);
    let degraded: Vec<&String> = report
        .scopes
        .iter()
        .flat_map(|scope| &scope.degraded)
        .collect();
    assert!(
        degraded.iter().any(|line| line.contains("private_tmp")),
        "{degraded:?}"
    );
    assert!(machine.lets_in("u0-1", unit(0).uid));
    // The next one begins with what holds then, and so does one that follows on a free unit.
    let next = Spec::Unit(allocated(unit(0), 2));
    let report = settle(&mut machine, &apply(vec![desired(3, next)]));
    assert!(report.scopes[0].degraded.is_empty(), "{report:#?}");
    assert!(!drop_in(&mut machine).contains("BindPaths="));
    assert!(machine.lets_in("u0-1", unit(0).uid));
}

#[test]
fn a_warm_unit_is_allocated_in_the_namespace_of_now() {
    let mut machine = bare();
    settle(
        &mut machine,
        &apply(vec![desired(1, server()), desired(1, Spec::Unit(unit(0)))]),
    );
    settle(
        &mut machine,
        &apply(vec![desired(2, server_with(&[Measure::HideProcesses]))]),
    );
    let report = settle(
        &mut machine,
        &apply(vec![desired(2, Spec::Unit(allocated(unit(0), 1)))]),
    );
    let done: Vec<&str> = report.scopes[0]
        .changes
        .iter()
        .map(|c| c.change.as_str())
        .collect();
    let at = |what: &str| done.iter().position(|change| change.contains(what));
    let (stopped, started) = (at("stop its slice"), at("start its user manager"));
    assert!(stopped.is_some() && stopped < started, "{done:?}");
    let now = drop_in(&mut machine);
    assert!(
        !now.contains("BindPaths=") && now.contains("ProtectProc="),
        "{now}"
    );
}

/// Whatever is declined leaves nothing, and whatever is chosen again is as if it had always been.
#[test]
fn what_is_declined_is_absent_and_comes_back_the_same() {
    let mut machine = bare();
    settle(&mut machine, &apply(vec![desired(1, server())]));
    let whole = state(&machine);
    let mut none = bare();
    settle(&mut none, &apply(vec![desired(2, server_with(&[]))]));
    settle(&mut machine, &apply(vec![desired(2, server_with(&[]))]));
    super::machines::assert_same(&state(&none), &state(&machine), "all declined");
    for measure in Measure::ALL {
        let mut one = machine.clone();
        settle(&mut one, &apply(vec![desired(3, server_with(&[*measure]))]));
        let all: BTreeSet<String> = whole.keys().cloned().collect();
        let more = state(&one)
            .into_keys()
            .filter(|path| !all.contains(path))
            .count();
        assert_eq!(more, 0, "{measure} makes nothing that the whole does not");
    }
    settle(&mut machine, &apply(vec![desired(4, server())]));
    let mut back = state(&machine);
    for (path, body) in &mut back {
        let is_record = std::path::Path::new(path)
            .extension()
            .is_some_and(|end| end == "json");
        if is_record || path.contains("/settled/") {
            body.clone_from(&whole[path]);
        }
    }
    super::machines::assert_same(&whole, &back, "all chosen again");
}
