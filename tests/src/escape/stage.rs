//! A lab server with two tenants: the attacker `u0-1`, and the victim `u2-3`, who has a service, a
//! port and secrets of every kind.

use std::{
    cell::Cell,
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use kloigos_model::{
    host::{Activity, Desired, Generation, Line, Outcome, Request, Spec, Tenant, UnitSpec},
    limits::Limits,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::{
    dist,
    drive::KeyPair,
    lab::{Lab, Release, Server},
};

use super::program::{Batches, program};
use crate::specs;

/// The snapshot with both tenants in it.
const KEPT: &str = "tenants";
const VICTIM: &str = include_str!("victim.py");

/// The server, and the keys of both tenants.
pub struct Stage {
    lab: Lab,
    release: Release,
    folder: TempDir,
    attacker: KeyPair,
    victim: KeyPair,
    authority: KeyPair,
    program: String,
    facts: Value,
    counter: Cell<u64>,
}

impl Stage {
    /// Makes a server of four units; the attacker and the victim have one each.
    pub fn set() -> Result<Self> {
        let release = release()?;
        let binary = dist::build()?;
        let dir = format!("/usr/local/lib/kloigos/{}", dist::digest(&binary)?);
        let lab = up(release)?;
        let folder = tempfile::tempdir()?;
        let mut stage = Self {
            attacker: KeyPair::make(folder.path(), "attacker")?,
            victim: KeyPair::make(folder.path(), "victim")?,
            authority: KeyPair::make(folder.path(), "authority")?,
            program: format!("{dir}/kloigos-host"),
            facts: Value::Null,
            counter: Cell::new(0),
            release,
            folder,
            lab,
        };
        stage.server().run(&["mkdir", "-p", &dir])?;
        stage.server().push_file(&binary, &stage.program)?;
        stage.furnish()?;
        stage.apply()?;
        stage.facts = stage.move_in()?;
        Ok(stage)
    }

    /// The release of the server.
    pub const fn release(&self) -> Release {
        self.release
    }

    /// The server.
    pub fn server(&self) -> &Server {
        self.lab.server(1)
    }

    /// Makes the server one that makes it harder: file systems of the kernel's that the lab leaves
    /// out, files of people's in temporary directories, ephemeral ports that are also units', and
    /// an authority that sshd trusts for logins.
    fn furnish(&self) -> Result<()> {
        let authority = self.authority.public();
        self.script(&format!(
            "mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
            mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
            for dir in /tmp /var/tmp /dev/shm; do
                echo the-neighbours-secret > $dir/neighbours-secret
                chmod 666 $dir/neighbours-secret
            done
            echo 2000 18700 > /proc/sys/net/ipv4/ip_local_port_range
            echo '{authority}' > /etc/ssh/authority.pub
            echo 'TrustedUserCAKeys /etc/ssh/authority.pub' > /etc/ssh/sshd_config.d/20-authority.conf"
        ))
        .map(drop)
    }

    /// Brings the server and its units to what they should be, again and again the same.
    pub fn apply(&self) -> Result<()> {
        let scopes = vec![
            self.next(specs::server(3)),
            self.next(Spec::Unit(tenancy(0, &self.attacker)?)),
            self.next(Spec::Unit(tenancy(1, &self.victim)?)),
            self.next(Spec::Unit(unit(2))),
        ];
        let request = serde_json::to_vec(&Request::Apply { scopes })?;
        let output = self.root(&[&self.program], &request)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = text.lines().last().with_context(|| said(&output))?;
        let Line::Report(report) = serde_json::from_str::<Line>(last)? else {
            bail!("the last line is no report: {last}");
        };
        ensure!(report.outcome == Outcome::Settled, "{report:#?}");
        Ok(())
    }

    fn next(&self, spec: Spec) -> Desired {
        self.counter.set(self.counter.get() + 1);
        let counter = self.counter.get();
        Desired {
            generation: Generation { epoch: 1, counter },
            spec,
        }
    }

    /// Starts the victim's service, and answers what an attacker may know of it, which is all but
    /// the secrets.
    fn move_in(&self) -> Result<Value> {
        let start = "cat > victim.py; systemd-run --user --quiet --unit=victim --setenv=SECRET=1 \
            python3 victim.py /home/u2-3 /opt/c2-3 /mnt/c2-3 2200 u2-3 the-neighbours-argument; \
            timeout 120 sh -c 'until test -e facts.json; do sleep 0.2; done' \
            || journalctl --user --no-pager -n 20 -u victim >&2 || systemctl --user status victim >&2; \
            cat facts.json";
        let output = self.login(&self.victim, "u2-3", start, VICTIM.as_bytes())?;
        ensure!(output.status.success(), "{}", said(&output));
        let mut facts: Value = serde_json::from_slice(&output.stdout)?;
        let more = json!({
            "uid": 70_001, "user": "u0-1", "cpus": "0-1", "node": 0,
            "ports": [2000, 2199], "victims_ports": [2200, 2399],
            "victims_cpu": 2, "other_key": self.victim.public(),
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            facts[key] = value.clone();
        }
        Ok(facts)
    }

    /// Keeps the server as it is now, to come back to.
    pub fn keep(&self) -> Result<()> {
        self.server().snapshot(KEPT)
    }

    /// Brings the server back to where it was kept.
    pub fn come_back(&self) -> Result<()> {
        // The shared connection would wait for ever on a server that has forgotten it.
        let mut words = self.roots();
        words.extend(["-O", "exit", "root"].map(str::to_owned));
        let _ = Command::new(&words[0]).args(&words[1..]).output()?;
        self.server().reset_to(KEPT)
    }

    /// Runs batches as the attacker, in one login, and answers what the program printed.
    pub(super) fn attack(&self, batches: &Batches) -> Result<String> {
        let text = program(&self.facts, batches);
        let command = "export XDG_RUNTIME_DIR=/run/user/$(id -u); \
            cat > attacker.py && exec python3 attacker.py";
        let output = self.login(&self.attacker, "u0-1", command, text.as_bytes())?;
        // What an attempt that ended the whole session left out is told of as not run.
        eprintln!("   the attacker's login: {}", said(&output));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs batches as root.
    pub(super) fn judge(&self, batches: &Batches) -> Result<String> {
        let text = program(&self.facts, batches);
        let command = "cat > /root/attacker.py && exec python3 /root/attacker.py";
        let ask = || self.root(&["sh", "-c", &format!("'{command}'")], text.as_bytes());
        let mut output = ask()?;
        // A server that was just attacked may be too slow for ssh(1) itself, which is no answer.
        for _ in 0..2 {
            if output.status.code() == Some(255) {
                output = ask()?;
            }
        }
        ensure!(output.status.success(), "{}", said(&output));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs a script of the test's side, whose last line is the outcome; without one its status
    /// tells. `$SSH` is the client with the attacker's key, `$VICTIMS` with the victim's.
    pub(super) fn ask_from_outside(&self, script: &str) -> Result<String> {
        let ssh = |key| format!("ssh {}", self.options(key).join(" "));
        let output = Command::new("bash")
            .args(["-c", script])
            .env("SSH", ssh(&self.attacker))
            .env(
                "SFTP",
                format!("sftp {}", self.options(&self.attacker).join(" ")),
            )
            .env("VICTIMS", ssh(&self.victim))
            .env(
                "ROOT",
                format!(
                    "{} root@{}",
                    self.roots().join(" "),
                    self.server().address()
                ),
            )
            .env("AUTHORITY", self.authority.private_path())
            .env("ADDRESS", self.server().address().to_string())
            .stdin(Stdio::null())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(match text.trim().lines().last() {
            Some(line) => line.to_owned(),
            None if output.status.success() => "let".to_owned(),
            None => "refused".to_owned(),
        })
    }

    /// Ends what attempts left lingering.
    pub(super) fn sweep<'a>(&self, notes: impl Iterator<Item = &'a Value>) -> Result<()> {
        let pids: Vec<String> = notes
            .filter_map(|notes| notes["pid"].as_u64())
            .map(|pid| pid.to_string())
            .collect();
        if pids.is_empty() {
            return Ok(());
        }
        self.script(&format!("kill -9 {} || true", pids.join(" ")))
            .map(drop)
    }

    /// Runs a shell script as root.
    pub fn script(&self, script: &str) -> Result<String> {
        let output = self.root(&["bash", "-eu", "-s"], script.as_bytes())?;
        ensure!(output.status.success(), "{}", said(&output));
        Ok(String::from_utf8(output.stdout)?)
    }

    fn root(&self, words: &[&str], stdin: &[u8]) -> Result<Output> {
        let roots = self.roots();
        let mut ssh = Command::new(&roots[0]);
        ssh.args(&roots[1..]);
        ssh.arg(format!("root@{}", self.server().address()))
            .args(words);
        fed(&mut ssh, stdin)
    }

    /// The client of root, over one shared connection.
    fn roots(&self) -> Vec<String> {
        let control = self.folder.path().join("root");
        let control = format!("ControlPath={}", control.display());
        let key = self.server().private_key_path().display().to_string();
        let more = [
            "-i",
            &key,
            "-o",
            &control,
            "-o",
            "ControlMaster=auto",
            "-o",
            "ControlPersist=60",
        ];
        let mut words = vec!["ssh".to_owned()];
        words.extend(self.common());
        words.extend(more.map(str::to_owned));
        words
    }

    fn login(&self, key: &KeyPair, user: &str, command: &str, stdin: &[u8]) -> Result<Output> {
        let mut ssh = Command::new("ssh");
        ssh.args(self.options(key));
        ssh.arg(format!("{user}@{}", self.server().address()))
            .arg(command);
        fed(&mut ssh, stdin)
    }

    fn options(&self, key: &KeyPair) -> Vec<String> {
        let mut options = self.common();
        options.extend(["-i".to_owned(), key.private_path().display().to_string()]);
        options
    }

    fn common(&self) -> Vec<String> {
        let hosts: PathBuf = self.server().known_hosts_path();
        let hosts = format!("UserKnownHostsFile={}", hosts.display());
        let options = [
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "ConnectTimeout=60",
            "LogLevel=ERROR",
            "GlobalKnownHostsFile=/dev/null",
            &hosts,
        ];
        let options = options.iter().flat_map(|option| ["-o", option]);
        ["-F", "/dev/null"]
            .into_iter()
            .chain(options)
            .map(str::to_owned)
            .collect()
    }
}

fn release() -> Result<Release> {
    match std::env::var("KLOIGOS_LAB_RELEASE").as_deref() {
        Ok("bookworm") => Ok(Release::Bookworm),
        Ok("trixie") | Err(_) => Ok(Release::Trixie),
        Ok(other) => bail!("KLOIGOS_LAB_RELEASE is trixie or bookworm, not {other}"),
    }
}

/// A lab of its own, or the one that `KLOIGOS_ESCAPES_LAB` names, which stands on to be looked at.
fn up(release: Release) -> Result<Lab> {
    let standing = std::env::var("KLOIGOS_ESCAPES_LAB").ok();
    let spec = xtask::lab::Spec {
        name: standing.clone().unwrap_or_else(|| "escape".to_owned()),
        release,
        ..xtask::lab::Spec::default()
    };
    if standing.is_none() {
        return Lab::up_temporary(&spec);
    }
    let lab = Lab::up(&spec)?;
    lab.server(1).reset()?;
    Ok(lab)
}

fn fed(command: &mut Command, stdin: &[u8]) -> Result<Output> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().context("failed to run ssh")?;
    let mut pipe = child.stdin.take().context("ssh has no standard input")?;
    // A login that was refused has closed it; its status says so.
    let _ = pipe.write_all(stdin);
    drop(pipe);
    Ok(child.wait_with_output()?)
}

fn said(output: &Output) -> String {
    format!(
        "{}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    )
}

fn tenancy(index: u32, key: &KeyPair) -> Result<UnitSpec> {
    Ok(UnitSpec {
        tenant: Some(Tenant {
            allocation: format!("0199c0de-0000-7000-8000-{index:012}").parse()?,
            keys: key.public().parse()?,
            resets: 0,
            activity: Activity::Running,
        }),
        ..unit(index)
    })
}

/// Small enough that its limits are reached soon under emulation.
fn unit(index: u32) -> UnitSpec {
    let limits = Limits {
        memory_max: Some(160 << 20),
        tasks_max: Some(100),
        io_read_bytes: Some(4 << 20),
        io_write_bytes: Some(4 << 20),
        disk_bytes: Some(24 << 20),
        disk_inodes: Some(600),
        ..Limits::default()
    };
    specs::unit(index, limits)
}
