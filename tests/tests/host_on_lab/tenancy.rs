//! The end of a tenancy.

use std::io::Write;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use kloigos_model::host::{Request, Spec};

use super::stage::{Stage, unit};

/// Processes that ignore SIGTERM, in the slice and out of it; files here and there, a tree deeper
/// than any path; IPC objects; a cron table; a service; a set-property of root's.
const MESS: &str = r"
cat > /home/u0-1/stay.py <<'E'
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN)
for _ in range(20):
    if os.fork() == 0:
        os.setsid(); time.sleep(10000)
E
chmod 644 /home/u0-1/stay.py
runuser -u u0-1 -- python3 /home/u0-1/stay.py > /dev/null 2>&1 &
";
const TENANTS_MESS: &str = r#"
nohup python3 stay.py > /dev/null 2>&1 &
touch /tmp/x /var/tmp/y /dev/shm/z $XDG_RUNTIME_DIR/q .hidden; mkdir -p /tmp/d/e; touch /tmp/d/e/f
mkdir -p deep .config/systemd/user; ln -s /etc /home/u0-1/link
python3 -c 'import os
os.chdir("deep")
for _ in range(3000):
    os.mkdir("d"); os.chdir("d")'
ipcmk -M 4096 > /dev/null; ipcmk -Q > /dev/null; ipcmk -S 3 > /dev/null
if command -v crontab > /dev/null; then echo '* * * * * true' | crontab -; fi
systemd-run --user --quiet sleep 1000
"#;
/// Whatever there is of the user, but for its own empty directories and its user manager, which has
/// helpers while it starts.
const TRACES: &str = r"
until systemctl is-active --quiet user@70001.service; do sleep 0.2; done
ps -u u0-1 -o pid=,args=,cgroup:200= | grep -v 'user@70001.service/init.scope' || true
ipcs | grep -w -e u0-1 -e 70001 || true
find / -xdev -maxdepth 6 -user u0-1 ! -path /home/u0-1 ! -path /opt/c0-1 ! -path /mnt/c0-1 \
    ! -path /home/u0-1/.bashrc ! -path /home/u0-1/.profile ! -path /home/u0-1/.bash_logout
find /run/kloigos/shm /var/lib/kloigos/tmp -user u0-1
find /tmp /var/tmp /dev/shm /dev/mqueue /run/lock -user u0-1
find /run/user/70001 -type f ! -path '*/systemd/*' 2>/dev/null || true
ls -d /etc/ssh/kloigos/u0-1 /var/lib/kloigos/units/u0-1.tenancy 2>/dev/null || true
ls -A /var/lib/kloigos/trash
ls -d /run/systemd/system.control/user-70001.slice.d 2>/dev/null || true
systemctl list-units --failed --plain --no-legend '*70001*' 'session-*' || true
test -e /etc/ssh/sshd_config
";

fn make_mess(stage: &Stage) -> Result<()> {
    stage.script(MESS)?;
    stage.tenant(&unit(0)).run(TENANTS_MESS)?;
    let traces = stage.script(TRACES)?;
    ensure!(traces.matches("stay.py").count() > 30, "{traces}");
    ensure!(
        traces.contains("/shm/u0-1/z") && traces.contains("/tmp/u0-1/x") && traces.contains("4096"),
        "{traces}"
    );
    Ok(())
}

pub(crate) fn nothing_of_a_tenant_is_left(stage: &Stage) -> Result<()> {
    make_mess(stage)?;
    stage.apply_unit(unit(0))?;
    ensure!(
        !stage.tenant(&unit(0)).ssh("true")?.status.success(),
        "the key still opens"
    );
    let traces = stage.script(TRACES)?;
    ensure!(traces.trim().is_empty(), "{traces}");
    Ok(())
}

/// The binary is killed by the power in the midst of its work; the boot goes on with it.
pub(crate) fn a_power_cut_in_an_eviction_heals(stage: &Stage) -> Result<()> {
    make_mess(stage)?;
    let scopes = vec![stage.next(Spec::Unit(unit(0)))];
    let request = Request::Apply { scopes };
    let mut ssh = stage.root();
    ssh.arg("/usr/local/lib/kloigos/kloigos-host")
        .stdin(Stdio::piped());
    let mut child = ssh.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut stdin = child.stdin.take().context("ssh has no standard input")?;
    stdin.write_all(&serde_json::to_vec(&request)?)?;
    drop(stdin);
    // Long enough for the intention to be kept, too short for the eviction.
    stage.script(
        "until grep -q '\"tenant\":null' /var/lib/kloigos/units/u0-1.json; do :; done; sync",
    )?;
    stage.server().power_cut()?;
    child.kill()?;
    child.wait()?;
    stage.hang_up()?;
    ensure!(
        !stage.tenant(&unit(0)).ssh("true")?.status.success(),
        "the key still opens"
    );
    stage.settle(&request)?;
    let traces = stage.script(TRACES)?;
    ensure!(traces.trim().is_empty(), "{traces}");
    Ok(())
}
