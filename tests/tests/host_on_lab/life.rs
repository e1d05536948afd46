//! A server's life: looked at, cut, rebooted, given back.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use kloigos_model::host::{QuotaState, Request, Spec};

use super::stage::{Stage, server_spec, unit};

pub(crate) fn facts_are_those_of_the_machine(stage: &Stage) -> Result<()> {
    let report = stage.settle(&Request::Facts)?;
    let facts = report.facts.expect("facts were asked for");
    ensure!(
        facts.topology.cpus.len() == 8 && facts.topology.nodes.len() == 2,
        "{facts:#?}"
    );
    ensure!(
        facts
            .topology
            .nodes
            .iter()
            .all(|node| node.memory_bytes > 1 << 30)
    );
    ensure!(facts.hostname == "srv1" && facts.arch == "x86_64" && facts.systemd >= 252);
    let has = &facts.capabilities;
    ensure!(has.root && has.nft && has.bpf && has.cgroup2 && has.logind && has.pam_systemd);
    ensure!(facts.sshd.use_pam && facts.sshd.includes_drop_ins && facts.sshd.version.is_some());
    ensure!(facts.sockets.listening == [22], "{:?}", facts.sockets);
    ensure!(!facts.initialised && !facts.simulated);
    let root = &facts.filesystems[0];
    ensure!(
        root.mount == "/" && root.user_quota == QuotaState::Enforced,
        "{root:?}"
    );
    let kernel = stage.server().run(&["uname", "-r"])?;
    ensure!(facts.kernel == kernel.trim());
    let empty = |disk: &&kloigos_model::host::Disk| disk.holds.is_empty();
    let empty = facts
        .disks
        .iter()
        .filter(empty)
        .map(|disk| disk.name.as_str());
    ensure!(
        empty.collect::<Vec<_>>() == ["vdb", "vdc"],
        "{:?}",
        facts.disks
    );
    Ok(())
}

pub(crate) fn init_of_four_units(stage: &Stage) -> Result<()> {
    let units = (0..4).map(|index| Spec::Unit(unit(index)));
    stage.next(server_spec());
    let scopes = [server_spec()].into_iter().chain(units);
    let scopes: Vec<_> = scopes.map(|spec| stage.same(spec)).collect();
    let request = Request::Apply { scopes };
    let report = stage.settle(&request)?;
    ensure!(
        report.scopes.iter().all(|scope| scope.degraded.is_empty()),
        "{report:#?}"
    );
    changes_nothing(stage, &request)?;
    let Request::Apply { scopes } = request else {
        unreachable!("it was made above")
    };
    stage.settle(&Request::Inspect { scopes })?;
    Ok(())
}

fn changes_nothing(stage: &Stage, request: &Request) -> Result<()> {
    let again = stage.settle(request)?;
    ensure!(
        again.scopes.iter().all(|scope| scope.changes.is_empty()),
        "{again:#?}"
    );
    Ok(())
}

/// A service of the tenant's that starts with its user manager, and tells what held at that moment.
const EARLY: &str = r#"
mkdir -p .config/systemd/user
cat > early.py <<'E'
import os, socket, time
def bind(port):
    try:
        socket.socket().bind(("", port))
        return "bound"
    except OSError as error:
        return os.strerror(error.errno)
status = open("/proc/self/status").read().splitlines()
cpus = next(line.split()[1] for line in status if line.startswith("Cpus_allowed_list"))
with open("early.new", "w") as file:
    print(cpus, bind(2300), bind(2001), os.listdir("/tmp"), file=file)
os.rename("early.new", "early.txt")
time.sleep(100000)
E
printf '[Service]\nWorkingDirectory=%%h\nExecStart=/usr/bin/python3 early.py\n[Install]\nWantedBy=default.target\n' \
    > .config/systemd/user/early.service
systemctl --user --quiet enable early
"#;
/// What it told, once it has, and whether it still runs.
const TOLD: &str = "until [ -s early.txt ]; do sleep 0.2; done
cat early.txt; systemctl --user is-active early";

pub(crate) fn a_reboot_changes_nothing(stage: &Stage) -> Result<()> {
    let unit = stage.allocated(unit(0))?;
    stage.apply_unit(unit.clone())?;
    stage.tenant(&unit).run(EARLY)?;
    stage.server().reboot()?;
    stage.hang_up()?;
    let told = stage.tenant(&unit).run(TOLD)?;
    ensure!(
        told == "0-1 Operation not permitted bound []\nactive\n",
        "its service told {told}"
    );
    let scopes = vec![stage.same(Spec::Unit(unit.clone()))];
    stage.settle(&Request::Attest { scopes })?;
    let cpus = stage
        .tenant(&unit)
        .run("grep Cpus_allowed_list /proc/self/status")?;
    ensure!(cpus.trim().ends_with("0-1"), "{cpus}");
    let bind = "python3 -c 'import socket; socket.socket().bind((\"\", 2300))'";
    ensure!(
        !stage.tenant(&unit).ssh(bind)?.status.success(),
        "another's port was bound"
    );
    let failed = stage
        .server()
        .run(&["systemctl", "--failed", "--plain", "--no-legend"])?;
    ensure!(failed.trim().is_empty(), "{failed}");
    changes_nothing(
        stage,
        &Request::Apply {
            scopes: vec![stage.same(Spec::Unit(unit))],
        },
    )?;
    changes_nothing(
        stage,
        &Request::Apply {
            scopes: vec![stage.next(server_spec())],
        },
    )
}

pub(crate) fn removal_leaves_nothing(stage: &Stage, before: &BTreeSet<String>) -> Result<()> {
    stage.next(server_spec());
    let units = (0..4).map(|index| Spec::Unit(unit(index)));
    let scopes: Vec<_> = units
        .chain([server_spec()])
        .map(|spec| stage.same(spec))
        .collect();
    stage.settle(&Request::Remove { scopes })?;
    let after = stage.fingerprint()?;
    let left: Vec<_> = after.difference(before).collect();
    ensure!(left.is_empty(), "left: {left:#?}");
    let gone: Vec<_> = before.difference(&after).collect();
    // The binary itself was there before init.
    ensure!(
        gone.iter()
            .all(|line| line.contains("/usr/local/lib/kloigos")),
        "gone: {gone:#?}"
    );
    Ok(())
}
