//! What a tenant may, and what a tenant may not.

use std::{
    io::Read,
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, ensure};

use super::stage::{Stage, said, unit};

/// Binds what is asked for and prints `ok` or the error's name, one a line.
const BIND: &str = r#"
import errno, socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for family in (socket.AF_INET, socket.AF_INET6):
        for port in (2000, 2199, 0, 1999, 2200, 2300, 9000):
            s = socket.socket(family, kind)
            try:
                s.bind(("", port)); print(port, "ok")
            except OSError as e:
                print(port, errno.errorcode[e.errno])
"#;

/// A service on a port of its own that says hello to whoever comes.
const HELLO: &str = r#"
import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if len(sys.argv) > 1: s.bind(("", int(sys.argv[1])))
s.listen(); print(s.getsockname()[1], flush=True)
while True:
    c, _ = s.accept(); c.sendall(b"hello"); c.close()
"#;

pub(crate) fn a_tenant_is_on_its_own_cpus_and_ports(stage: &Stage) -> Result<()> {
    let first = stage.allocated(unit(0))?;
    stage.apply_unit(first.clone())?;
    let other = stage.allocated(unit(3))?;
    stage.apply_unit(other.clone())?;
    for (unit, cpus, node) in [(&first, "0-1", "0"), (&other, "6-7", "1")] {
        let text = stage
            .tenant(unit)
            .run("grep _allowed_list /proc/self/status; nproc")?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let expected = ["Cpus_allowed_list:", cpus, "Mems_allowed_list:", node, "2"];
        ensure!(words == expected, "{text}");
    }
    let tenant = stage.tenant(&first);
    let bound = tenant.run(&format!("python3 -c '{BIND}'"))?;
    for line in bound.lines() {
        let own = ["2000", "2199", "0"]
            .iter()
            .any(|port| line.starts_with(&format!("{port} ")));
        ensure!(
            line.ends_with(if own { " ok" } else { " EPERM" }),
            "{bound}"
        );
    }
    a_service_survives_its_logout_and_answers(stage)?;
    a_port_of_the_kernels_choice_answers_nobody(stage)?;
    let spied = tenant.ssh("ls /home/u6-7 /opt/c6-7 /mnt/c6-7 /var/lib/kloigos")?;
    ensure!(
        spied.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&spied.stdout)
    );
    let key = tenant.ssh("echo no >> /etc/ssh/kloigos/u0-1")?;
    ensure!(!key.status.success(), "a tenant wrote its own keys");
    Ok(())
}

fn a_service_survives_its_logout_and_answers(stage: &Stage) -> Result<()> {
    let tenant = stage.tenant(&unit(0));
    tenant.run(&format!("cat > hello.py <<'E'\n{HELLO}\nE\n"))?;
    tenant.run("systemd-run --user --quiet --unit=hello python3 hello.py 2001")?;
    stage.server().forward([2001])?;
    let address = SocketAddr::from((stage.server().address(), 2001));
    let mut last = None;
    for _ in 0..60 {
        match hello(&address) {
            Ok(said) => {
                ensure!(said == "hello", "{said}");
                return Ok(());
            }
            Err(error) => last = Some(error),
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    Err(last.context("never asked")?).context("the service does not answer from outside")
}

fn hello(address: &SocketAddr) -> Result<String> {
    let patience = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    ensure!(!said.is_empty(), "it hung up");
    Ok(said)
}

/// listen(2) without bind gets a port past the filter; the rules drop what it would answer, on
/// loopback too.
fn a_port_of_the_kernels_choice_answers_nobody(stage: &Stage) -> Result<()> {
    let script = r#"
        cp /home/u0-1/hello.py /tmp/hello.py
        systemd-run --quiet --unit=roots python3 /tmp/hello.py 9170
        uid=$(id -u u0-1)
        runuser -u u0-1 -- python3 /tmp/hello.py > /tmp/port &
        until [ -s /tmp/port ] && [ "$(systemctl is-active roots)" = active ] &&
            ss -tlnH | grep -q :9170; do sleep 0.2; done
        roots=$(timeout 10 bash -c 'cat < /dev/tcp/127.0.0.1/9170' || true)
        units=$(timeout 5 bash -c "cat < /dev/tcp/127.0.0.1/$(cat /tmp/port)" || true)
        own=$(timeout 10 bash -c 'cat < /dev/tcp/127.0.0.1/2001' || true)
        kill %1; systemctl stop roots; rm /tmp/hello.py /tmp/port
        echo "roots=$roots units=$units own=$own"
    "#;
    let text = stage.script(script)?;
    ensure!(text.trim() == "roots=hello units= own=hello", "{text}");
    Ok(())
}

pub(crate) fn limits_change_under_a_running_tenant(stage: &Stage) -> Result<()> {
    let mut larger = stage.allocated(unit(0))?;
    larger.limits.memory_max = Some(300 << 20);
    larger.limits.tasks_max = Some(150);
    stage.apply_unit(larger.clone())?;
    let files = "cat /sys/fs/cgroup/user.slice/user-70001.slice/{memory.max,pids.max,cpuset.cpus}";
    let kernel = stage.script(files)?;
    let expected = [
        (300_u64 << 20).to_string(),
        "150".to_owned(),
        "0-1".to_owned(),
    ];
    ensure!(
        kernel
            .split_whitespace()
            .eq(expected.iter().map(String::as_str)),
        "{kernel}"
    );
    // What set-property left must not add CPUs when the slice starts again.
    stage.apply_unit(unit(0))?;
    stage.apply_unit(stage.allocated(unit(0))?)?;
    let cpus = stage
        .tenant(&unit(0))
        .run("grep Cpus_allowed_list /proc/self/status")?;
    ensure!(cpus.trim().ends_with("0-1"), "{cpus}");
    let kernel = stage.script(files)?;
    ensure!(kernel.starts_with(&(256_u64 << 20).to_string()), "{kernel}");
    Ok(())
}

pub(crate) fn a_login_outside_its_slice_is_refused(stage: &Stage) -> Result<()> {
    stage.apply_unit(stage.allocated(unit(0))?)?;
    let tenant = stage.tenant(&unit(0));
    tenant.run("true")?;
    let down = "systemctl mask --runtime --now systemd-logind.service \
                $(systemctl list-units --plain --no-legend 'systemd-logind*.socket' | cut -d' ' -f1)";
    stage.script(down)?;
    let refused = tenant.ssh("cat /proc/self/cgroup");
    // A connection of its own, so that the guard is asked about root too.
    let root = stage.server().ssh_command("root").arg("id").output();
    stage.script(
        "systemctl unmask --runtime systemd-logind.service \
         $(cd /run/systemd/system; ls -d systemd-logind*.socket 2>/dev/null || true)
         systemctl start systemd-logind.service",
    )?;
    stage.hang_up()?;
    let refused = refused?;
    ensure!(
        !refused.status.success(),
        "it ran in {}",
        String::from_utf8_lossy(&refused.stdout)
    );
    let root = root?;
    ensure!(root.status.success(), "root was refused: {}", said(&root));
    let cgroup = tenant.run("cat /proc/self/cgroup")?;
    ensure!(cgroup.contains("/user.slice/user-70001.slice/"), "{cgroup}");
    Ok(())
}
