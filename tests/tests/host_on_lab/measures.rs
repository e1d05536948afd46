//! What is done on the server as a whole: as a tenant, and as an administrator who must not feel
//! it. Commands are batched, for a login is dear.

use anyhow::{Result, ensure};
use kloigos_model::{
    cpu::CpuSet,
    host::{Measure, Outcome, Request, ServerSpec, Spec},
};

use super::stage::{Stage, server_spec, unit};

/// Each line is what a tenant finds: a word and what it says. In a session, and in a service.
const LOOK: &str = r#"
see() {
    echo "$1.tmp $(ls -A /tmp | tr '\n' ' ')"; echo "$1.var $(ls -A /var/tmp | tr '\n' ' ')"
    echo "$1.shm $(ls -A /dev/shm | tr '\n' ' ')$(df --output=size /dev/shm | tail -1 | tr -d ' ')"
    echo "$1.init $(ls -d /proc/1 2>/dev/null)"
    echo "$1.others $(ps -e -o uid= | grep -vcw 70001)"
    echo "$1.proc $(unshare -Urm sh -c 'umount -l /proc /tmp /dev/shm; ls -d /proc/1; ls /tmp' 2>/dev/null | tr '\n' ' ')"
}
touch /tmp/mine /var/tmp/mine /dev/shm/mine
see session
systemd-run --user --quiet --wait --pipe bash -c "$(declare -f see); see service; touch /tmp/services"
echo "back $(ls -A /tmp | tr '\n' ' ')"
echo "bus $(systemctl status user@0.service 2>&1 | grep -c 'Access denied') $(loginctl 2>&1 | grep -c 'Access denied')"
echo "user $(systemctl --user is-system-running --wait)"
"#;

/// Protocols that the kernel would load for any user.
const SOCKETS: &str = r#"python3 -c '
import socket
for name, how in (("sctp", (2, 1, 132)), ("dccp", (2, 6, 33)), ("tipc", (30, 2, 0))):
    try: socket.socket(*how); print(name, "open")
    except OSError: print(name, "refused")'"#;

/// The host's own, before and after: root's files are there, its processes are seen, jobs run.
const PEOPLE: &str = r#"
ls /tmp/of-the-host /var/tmp/of-the-host /dev/shm/of-the-host > /dev/null
ls -d /proc/1 > /dev/null; loginctl > /dev/null; systemctl status > /dev/null
test "$(ls -A /etc/kloigos/self)" = ""
"#;

/// The same job for both; the tenant's never runs, the administrator's shows that its time came.
const JOBS: &str = r#"
cd /; rm -f /var/tmp/job-*
for user in u0-1 admin; do
    echo "* * * * * touch /var/tmp/job-$user" | crontab -u $user -
    echo "echo touch /var/tmp/job-at-$user | at now 2> /dev/null" | runuser -u $user -- sh
done
until [ -e /var/tmp/job-admin ] && [ -e /var/tmp/job-at-admin ]; do sleep 1; done
crontab -u admin -r; crontab -u u0-1 -r
ls /var/tmp | grep job- | tr '\n' ' '; rm -f /var/tmp/job-*
"#;

fn server_with(measures: &[Measure], housekeeping: Option<CpuSet>) -> Spec {
    let Spec::Server(server) = server_spec() else {
        unreachable!("the server's part is a server's");
    };
    Spec::Server(ServerSpec {
        measures: measures.iter().copied().collect(),
        housekeeping,
        ..server
    })
}

fn apply_server(stage: &Stage, spec: Spec) -> Result<()> {
    let scopes = vec![stage.next(spec)];
    stage.settle(&Request::Apply { scopes })?;
    Ok(())
}

fn has(text: &str, line: &str) -> Result<()> {
    let found = text.lines().any(|there| there.trim_end() == line);
    ensure!(found, "no line `{line}` in\n{text}");
    Ok(())
}

/// What a tenant sees, and what it does not.
pub(crate) fn a_tenant_has_tmp_and_processes_of_its_own(stage: &Stage) -> Result<()> {
    stage.script("touch /tmp/of-the-host /var/tmp/of-the-host /dev/shm/of-the-host")?;
    stage.apply_unit(stage.allocated(unit(0))?)?;
    let tenant = stage.tenant(&unit(0));
    let text = tenant.run(&format!("{LOOK}\n{SOCKETS}"))?;
    for who in ["session", "service"] {
        for place in ["tmp", "var"] {
            has(&text, &format!("{who}.{place} mine"))?;
        }
        // Half of the unit's memory, in KiB.
        has(&text, &format!("{who}.shm mine 131072"))?;
        has(&text, &format!("{who}.init"))?;
        has(&text, &format!("{who}.others 0"))?;
        let proc = text
            .lines()
            .find(|line| line.starts_with(&format!("{who}.proc")));
        let proc = proc.unwrap_or_default();
        ensure!(
            !proc.contains("/proc/1") && !proc.contains("of-the-host"),
            "{proc}"
        );
    }
    has(&text, "back mine services")?;
    has(&text, "bus 1 1")?;
    has(&text, "user running")?;
    for name in ["sctp", "dccp", "tipc"] {
        has(&text, &format!("{name} refused"))?;
    }
    let admin = stage.server().ssh_as("admin", &["bash", "-euc", PEOPLE])?;
    ensure!(admin.status.success(), "{}", super::stage::said(&admin));
    stage.script("rm /tmp/of-the-host /var/tmp/of-the-host /dev/shm/of-the-host")?;
    Ok(())
}

/// cron and at run the administrator's job, and not the tenant's.
pub(crate) fn no_job_of_a_tenant_runs_elsewhere(stage: &Stage) -> Result<()> {
    let ran = stage.script(JOBS)?;
    ensure!(ran.trim() == "job-admin job-at-admin", "{ran}");
    Ok(())
}

/// What the host's own is confined to, by the kernel's word.
const CONFINED: &str = r"
for of in system.slice init.scope user.slice/user-0.slice user.slice/user-70001.slice; do
    echo $of $(cat /sys/fs/cgroup/$of/cpuset.cpus)
done
ls -d /run/systemd/system.control/*.d 2> /dev/null || true
ls -d /etc/systemd/system/{system,machine,user-}.slice.d /etc/systemd/system/init.scope.d 2> /dev/null || true
";

/// The host's own work is confined where that is chosen, and free again when it no longer is.
pub(crate) fn housekeeping_comes_and_goes(stage: &Stage) -> Result<()> {
    apply_server(stage, server_with(Measure::ALL, CpuSet::of([6, 7])))?;
    let text = stage.script(CONFINED)?;
    for line in [
        "system.slice 6-7",
        "init.scope 6-7",
        "user.slice/user-0.slice 6-7",
    ] {
        has(&text, line)?;
    }
    has(&text, "user.slice/user-70001.slice 0-1")?;
    ensure!(!text.contains("/run/"), "{text}");
    let nproc = stage.server().ssh_as("admin", &["nproc"])?;
    ensure!(String::from_utf8_lossy(&nproc.stdout).trim() == "2");
    apply_server(stage, server_spec())?;
    let text = stage.script(CONFINED)?;
    for line in [
        "system.slice 0-7",
        "init.scope 0-7",
        "user.slice/user-0.slice 0-7",
    ] {
        has(&text, line)?;
    }
    ensure!(!text.contains(".d\n"), "{text}");
    let nproc = stage.server().ssh_as("admin", &["nproc"])?;
    ensure!(String::from_utf8_lossy(&nproc.stdout).trim() == "8");
    Ok(())
}

/// A measure that is declined is gone for whoever logs in next, and back when it is chosen.
pub(crate) fn what_is_declined_is_absent(stage: &Stage) -> Result<()> {
    apply_server(stage, server_with(&[], None))?;
    stage.apply_unit(stage.allocated(unit(0))?)?;
    let left = "ls /etc/modprobe.d/kloigos.conf /etc/dbus-1/system.d/kloigos.conf \
                /var/lib/kloigos/tmp/tmp/u0-1 /run/kloigos/shm/u0-1 2> /dev/null || true
                grep -l kloigos /etc/pam.d/cron /etc/pam.d/atd || true";
    let left = stage.script(left)?;
    ensure!(left.is_empty(), "{left}");
    let seen = "ls -d /proc/1; stat -c %m /tmp /dev/shm; cat /proc/self/cgroup";
    let text = stage.tenant(&unit(0)).run(seen)?;
    ensure!(
        text.contains("/proc/1") && text.contains("user-70001.slice"),
        "{text}"
    );
    apply_server(stage, server_spec())?;
    stage.apply_unit(stage.allocated(unit(0))?)?;
    let text = stage
        .tenant(&unit(0))
        .run("ls -d /proc/1 2> /dev/null; ls -A /tmp")?;
    ensure!(text.trim().is_empty(), "{text}");
    Ok(())
}

/// A setting of others that keeps units out is found by looking.
pub(crate) fn a_setting_of_others_that_keeps_units_out_is_told(stage: &Stage) -> Result<()> {
    let file = "/etc/ssh/sshd_config.d/50-others.conf";
    stage.script(&format!("echo 'AllowUsers admin root' > {file}"))?;
    let inspect = Request::Inspect {
        scopes: vec![stage.same(Spec::Unit(unit(1)))],
    };
    let report = stage.ask(&inspect);
    stage.script(&format!("rm {file}"))?;
    let report = report?;
    ensure!(report.outcome == Outcome::Drifted, "{report:#?}");
    let told = report.scopes.iter().flat_map(|scope| &scope.drift);
    let told: Vec<&str> = told.map(|drift| drift.change.as_str()).collect();
    ensure!(
        told.iter().any(|line| line.contains("allowusers")),
        "{told:?}"
    );
    Ok(())
}
