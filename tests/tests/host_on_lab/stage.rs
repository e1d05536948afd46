//! One lab server, the binary on it, and people who log in.

use std::{
    cell::Cell,
    collections::BTreeSet,
    io::Write,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, bail, ensure};
use kloigos_model::{
    host::{Activity, Desired, Generation, Line, Outcome, Report, Request, Spec, Tenant, UnitSpec},
    limits::Limits,
};
use kloigos_tests::specs;
use tempfile::TempDir;
use xtask::{
    dist,
    drive::{self, KeyPair},
    lab::{Lab, Release, Server},
};

/// Everything of the server that must be after removal what it was before: files with owners and
/// content, accounts, rules, sysctl, units, pins. The backups of shadow-utils tell its history.
const FINGERPRINT: &str = r"
find /etc /usr/local /var/lib /home /opt /mnt /root -xdev \
    \( -path /root/.ssh -o -path /var/lib/systemd/coredump -o -path '/var/lib/systemd/*-seed' \
       -o -path '/var/lib/systemd/timers/*' -o -name '*-' \) -prune \
    -o -type f -printf '%p %m %U %G %s\n' -o -printf '%p %m %U %G %l\n' | sort
cat /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/subuid /etc/pam.d/sshd
getent passwd; getent group
nft list ruleset
cat /proc/sys/net/ipv4/ip_local_reserved_ports
ls -A /sys/fs/bpf /run/user /tmp /var/tmp /dev/shm /var/spool/cron/crontabs 2>/dev/null |
    grep -v ^systemd-private- || true
ls -d /run/kloigos 2>/dev/null || true
systemctl list-units --all --plain --no-legend '*kloigos*' '*7000*' || true
systemctl list-unit-files --no-legend '*kloigos*' '*7000*' || true
grep -c kunits /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- || true
";

/// How many stages were set in this process: tests run at once.
static SET: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Stage {
    pub(super) lab: Lab,
    folder: TempDir,
    key: KeyPair,
    program: String,
    counter: Cell<u64>,
}

impl Stage {
    /// A server as it was built, with the binary uploaded to where the control plane puts it.
    pub(crate) fn set() -> Result<Self> {
        let binary = dist::build()?;
        let digest = dist::digest(&binary)?;
        let lab = Lab::up_temporary(&xtask::lab::Spec {
            name: format!(
                "host-{}-{}",
                std::process::id(),
                SET.fetch_add(1, Ordering::Relaxed)
            ),
            release: release()?,
            ..xtask::lab::Spec::default()
        })?;
        let folder = tempfile::tempdir()?;
        let stage = Self {
            key: KeyPair::make(folder.path(), "tenant")?,
            program: format!("/usr/local/lib/kloigos/{digest}/kloigos-host"),
            folder,
            counter: Cell::new(0),
            lab,
        };
        let dir = format!("/usr/local/lib/kloigos/{digest}");
        stage.server().run(&["mkdir", "-p", &dir])?;
        stage.server().push_file(&binary, &stage.program)?;
        Ok(stage)
    }

    pub(super) fn server(&self) -> &Server {
        self.lab.server(1)
    }

    /// Everything that removal must bring back, a line each.
    pub(crate) fn fingerprint(&self) -> Result<BTreeSet<String>> {
        let text = self.script(FINGERPRINT)?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The next state of a scope.
    pub(super) fn next(&self, spec: Spec) -> Desired {
        self.counter.set(self.counter.get() + 1);
        self.same(spec)
    }

    /// A state under the generation that was asked for last.
    pub(super) fn same(&self, spec: Spec) -> Desired {
        let counter = self.counter.get();
        Desired {
            generation: Generation { epoch: 1, counter },
            spec,
        }
    }

    /// Asks and answers whatever is reported.
    pub(super) fn ask(&self, request: &Request) -> Result<Report> {
        let request = serde_json::to_vec(request)?;
        let output = fed(self.root().arg(&self.program), &request)?;
        let text = String::from_utf8(output.stdout.clone())?;
        let last = text.lines().last().with_context(|| said(&output))?;
        let Line::Report(report) = serde_json::from_str(last)? else {
            bail!("the last line is no report: {last}");
        };
        let status = output.status.code();
        ensure!(
            status == Some(i32::from(report.outcome.exit_code())),
            "status {status:?}"
        );
        Ok(*report)
    }

    /// Asks for something that must be settled.
    pub(super) fn settle(&self, request: &Request) -> Result<Report> {
        let report = self.ask(request)?;
        ensure!(report.outcome == Outcome::Settled, "{report:#?}");
        Ok(report)
    }

    /// Brings a unit to its next state.
    pub(super) fn apply_unit(&self, unit: UnitSpec) -> Result<Report> {
        let scopes = vec![self.next(Spec::Unit(unit))];
        self.settle(&Request::Apply { scopes })
    }

    /// ssh as root over one shared connection of the test's own.
    pub(super) fn root(&self) -> Command {
        let server = self.server();
        let mut ssh = Command::new("ssh");
        let path = self.folder.path().join("master");
        let options = [
            format!("UserKnownHostsFile={}", server.known_hosts_path().display()),
            format!("ControlPath={}", path.display()),
            "ControlMaster=auto".to_owned(),
            "ControlPersist=60".to_owned(),
            "LogLevel=ERROR".to_owned(),
        ];
        ssh.args(["-F", "/dev/null"]);
        ssh.args(options.iter().flat_map(|option| ["-o", option]));
        ssh.arg("-i").arg(server.private_key_path());
        ssh.arg(format!("root@{}", server.address()));
        ssh
    }

    /// Runs a shell script as root and answers what it printed.
    pub(super) fn script(&self, script: &str) -> Result<String> {
        let output = fed(self.root().args(["bash", "-eu", "-s"]), script.as_bytes())?;
        ensure!(output.status.success(), "{}", said(&output));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Ends the shared connection: a reboot leaves it dead, and logind, when it was down, ends the
    /// sessions from before.
    pub(super) fn hang_up(&self) -> Result<()> {
        let mut ssh = self.root();
        // It may be gone already.
        let _ = ssh.args(["-O", "exit"]).output()?;
        Ok(())
    }

    pub(super) fn tenant(&self, unit: &UnitSpec) -> drive::Tenant {
        let server = self.server();
        let address = server.address().to_string();
        drive::Tenant::new(
            unit.user.as_str(),
            &address,
            &self.key,
            &server.known_hosts_path(),
        )
    }

    /// The unit with the test's key in it, as a tenancy of its own.
    pub(super) fn allocated(&self, unit: UnitSpec) -> Result<UnitSpec> {
        let number = self.counter.get() + 1;
        Ok(UnitSpec {
            tenant: Some(Tenant {
                allocation: format!("0199c0de-0000-7000-8000-{number:012}").parse()?,
                keys: self.key.public().parse()?,
                resets: 0,
                activity: Activity::Running,
            }),
            ..unit
        })
    }
}

fn release() -> Result<Release> {
    match std::env::var("KLOIGOS_LAB_RELEASE").as_deref() {
        Ok("bookworm") => Ok(Release::Bookworm),
        Ok("trixie") | Err(_) => Ok(Release::Trixie),
        Ok(other) => bail!("KLOIGOS_LAB_RELEASE is trixie or bookworm, not {other}"),
    }
}

/// Runs a command that reads this.
fn fed(command: &mut Command, stdin: &[u8]) -> Result<Output> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().context("failed to run ssh")?;
    let mut pipe = child.stdin.take().context("ssh has no standard input")?;
    pipe.write_all(stdin)?;
    drop(pipe);
    Ok(child.wait_with_output()?)
}

pub(super) fn said(output: &Output) -> String {
    format!(
        "{}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    )
}

pub(super) fn server_spec() -> Spec {
    specs::server(4)
}

/// Unit 0 to 3, of limits that are reached soon.
pub(super) fn unit(index: u32) -> UnitSpec {
    let limits = Limits {
        memory_max: Some(256 << 20),
        tasks_max: Some(200),
        ..Limits::default()
    };
    specs::unit(index, limits)
}
