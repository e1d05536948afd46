//! An operator's own programs at points of the work: real ones, over simulated servers.

use std::{
    collections::BTreeSet,
    fs,
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};

use kloigos_control::{Hooks, JobRecord, JobStatus, Settings, World};
use kloigos_model::{compute_unit::UnitStatus, hook::HookPoint};
use kloigos_sim::fleet::address;
use kloigos_tests::sshd;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::town::{AT_MOST, Town, allocate, first_unit, hostname, init, swift, tags};

/// What a shell, a template and a terminal would make something of.
const HOSTILE: &str = "$(touch PWNED)`id`{{ 7*7 }};\"'";

/// Where runs have their own folders. A data directory may lie deep: what Ansible would name a socket
/// in here is longer than a socket's name can be.
const SCRATCH: &str = "scratch-of-a-control-plane-whose-data-directory-lies-deep";

/// A folder of hooks, and one for what they leave.
struct Operator {
    folder: TempDir,
}

impl Operator {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["hooks", SCRATCH, "left"] {
            let path = folder.path().join(name);
            fs::create_dir(&path).expect("a folder");
            // Whatever this user's umask.
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        Self { folder }
    }

    /// A hook: a script that runs in the folder of what hooks leave.
    fn put(&self, point: HookPoint, script: &str) {
        let path = self.folder.path().join("hooks").join(point.as_str());
        let left = self.left("").display().to_string();
        let text = format!("#!/bin/bash\ncd {left}\n{script}\n");
        // Written beside, so that no process has it open when it is run.
        let beside = self.folder.path().join("new");
        fs::write(&beside, text).expect("a file");
        fs::set_permissions(&beside, fs::Permissions::from_mode(0o755)).expect("a mode");
        fs::rename(beside, path).expect("a hook");
    }

    fn left(&self, name: &str) -> PathBuf {
        self.folder.path().join("left").join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.left(name)).expect("a hook left it")
    }

    fn settings(&self, limit: Duration) -> Settings {
        Settings {
            hooks: Some(Hooks {
                dir: self.folder.path().join("hooks"),
                scratch: self.folder.path().join(SCRATCH),
                limit,
                ansible_playbook: "/nonexistent".into(),
                ssh_user: "root".parse().expect("a login"),
                ssh_keys: vec!["/etc/kloigos/control.key".into()],
                ssh_agent: None,
            }),
            ..swift()
        }
    }

    async fn town(&self) -> Town {
        Town::with(1, self.settings(AT_MOST), World::system()).await
    }
}

/// What a job's log says.
async fn log(town: &Town, job: &JobRecord) -> String {
    let detail = town.control.job(job.id).await.expect("a job");
    let lines = detail.log.iter().map(|line| format!("{}\n", line.line));
    lines.collect()
}

#[tokio::test]
async fn hooks_are_told_what_they_are_about_and_what_they_say_is_kept() {
    let operator = Operator::new();
    for &point in HookPoint::ALL {
        operator.put(
            point,
            "echo \"said by $KLOIGOS_HOOK\"; env | cut -d= -f1 > $KLOIGOS_HOOK.env; \
             cat > $KLOIGOS_HOOK.json; printf '\\033[2Jdone\\n' >&2",
        );
    }
    let town = operator.town().await;
    let job = town.init(1, &["0-31", "32-63"]).await;
    assert!(log(&town, &job).await.contains("said by after_init\n"));
    let mut op = allocate(Some(32));
    op.tags = Some(tags(json!({"motto": HOSTILE, "list": [HOSTILE], "n": 3})));
    let unit = town.allocate_as(op).await.expect("a unit");
    let job = town.deallocate(&unit.id).await;
    let said = log(&town, &job).await;
    assert!(said.contains("said by clean_up\n"), "{said}");
    assert!(said.contains("\u{fffd}[2Jdone"), "nothing steers: {said}");
    town.decommission(1, false).await;

    let told = |point: &str| -> Value {
        serde_json::from_str(&operator.read(&format!("{point}.json"))).expect("JSON")
    };
    for point in ["after_allocate", "clean_up"] {
        let told = told(point);
        assert_eq!(told["point"], point);
        assert_eq!(told["server"]["hostname"], "sim1");
        assert_eq!(told["server"]["ssh"]["port"], 22);
        assert_eq!(told["unit"]["user"], "u0-31");
        assert_eq!(told["unit"]["ports_range"], "2000-2200");
        let tags = &told["unit"]["allocation"]["tags"];
        assert_eq!(*tags, json!({"motto": HOSTILE, "list": [HOSTILE], "n": 3}));
    }
    assert_eq!(
        told("after_init")["units"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(told("before_decommission")["point"], "before_decommission");
    let names = operator.read("clean_up.env");
    let names: BTreeSet<&str> = names.lines().collect();
    let ours = ["HOME", "KLOIGOS_HOOK", "KLOIGOS_JOB", "LANG", "PATH"];
    let shells = ["OLDPWD", "PWD", "SHLVL", "_"];
    assert!(
        names
            .iter()
            .all(|name| ours.contains(name) || shells.contains(name)),
        "{names:?}"
    );
    assert!(!operator.left("PWNED").exists());
    let scratch = fs::read_dir(operator.folder.path().join(SCRATCH)).expect("a folder");
    assert_eq!(scratch.count(), 0, "each run's folder is gone");
}

#[tokio::test]
async fn a_hook_that_fails_leaves_a_quarantine_that_a_person_can_leave() {
    let operator = Operator::new();
    let fails = |point| operator.put(point, "echo it cannot be; exit 3");
    let works = |point| operator.put(point, "true");
    let town = operator.town().await;

    fails(HookPoint::AfterInit);
    let job = town.init(1, &["0-31", "32-63"]).await;
    quarantined(&town, &job, UnitStatus::InitFail).await;
    works(HookPoint::AfterInit);
    town.ready(1, &["0-31", "32-63"]).await;

    fails(HookPoint::AfterAllocate);
    let begun = town.control.allocate(allocate(Some(32))).await;
    let job = town.end_of(begun.expect("begun")).await;
    quarantined(&town, &job, UnitStatus::AllocationFail).await;
    works(HookPoint::AfterAllocate);
    assert_eq!(
        town.deallocate(&first_unit()).await.status,
        JobStatus::Succeeded
    );

    let unit = town.allocate(Some(32)).await.expect("a unit").id;
    fails(HookPoint::CleanUp);
    let job = town.deallocate(&unit).await;
    quarantined(&town, &job, UnitStatus::DeallocationFail).await;
    assert!(town.has_tenant(1), "what the hook was to save is there yet");
    works(HookPoint::CleanUp);
    let again = town.retry(&job).await.expect("another try");
    assert_eq!(town.end_of(again).await.status, JobStatus::Succeeded);
    assert!(!town.has_tenant(1));

    fails(HookPoint::BeforeDecommission);
    let job = town.decommission(1, false).await;
    assert_eq!(job.status, JobStatus::Failed, "{job:?}");
    let server = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(server.record.status.as_str(), "decommission_fail");
    works(HookPoint::BeforeDecommission);
    let again = town.retry(&job).await.expect("another try");
    assert_eq!(town.end_of(again).await.status, JobStatus::Succeeded);
}

/// The job failed, and says why and what to do; a unit is in the state.
async fn quarantined(town: &Town, job: &JobRecord, status: UnitStatus) {
    assert_eq!(job.status, JobStatus::Failed, "{job:?}");
    let reason = job.reason.as_deref().expect("a reason");
    assert!(reason.contains("it ended with status 3"), "{reason}");
    assert!(reason.contains(&job.id.to_string()), "{reason}");
    assert!(log(town, job).await.contains("it cannot be\n"));
    let units = town.units().await;
    let unit = units.iter().find(|unit| unit.status == status);
    let unit = unit.unwrap_or_else(|| panic!("no unit is {status}: {units:?}"));
    let why = unit.reason.as_deref().expect("a reason");
    assert!(why.contains("the hook"), "{why}");
}

/// A playbook that leaves a word on its server, by a shell that is there over SSH.
const REACHES: &str = "
- hosts: all
  gather_facts: false
  vars: {ansible_port: PORT}
  tasks:
    - ansible.builtin.raw: echo $SSH_CONNECTION > LEFT/reached
";

/// An sshd where the first simulated server is, with keys in this folder.
struct Door {
    sshd: Child,
    port: u16,
}

impl Door {
    fn open(folder: &Path) -> Self {
        for name in ["host", "id"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.join(name))
                .status();
            assert!(made.expect("ssh-keygen is there").success());
        }
        let port = sshd::free_port();
        let sshd = sshd::start(folder, port, "id.pub", "ListenAddress 127.64.0.1");
        let end = Instant::now() + AT_MOST;
        while TcpStream::connect((address(1), port)).is_err() {
            assert!(Instant::now() < end, "sshd does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { sshd, port }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // It is this test's own; an end that came by itself is as good.
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

#[tokio::test]
async fn a_playbook_reaches_its_server_by_the_keys_that_are_known_and_no_other() {
    let operator = Operator::new();
    let folder = operator.folder.path();
    let door = Door::open(folder);
    let left = operator.left("").display().to_string();
    let hook = folder.join("hooks/after_init.yaml");
    let plays = REACHES.replace("LEFT/", &left);
    // A simulated machine answers at port 22 alone, where this test may not listen.
    let plays = plays.replace("PORT", &door.port.to_string());
    fs::write(&hook, plays).expect("a hook");
    fs::set_permissions(hook, fs::Permissions::from_mode(0o644)).expect("a mode");
    let known_hosts = folder.join("known_hosts");
    let mut settings = operator.settings(AT_MOST);
    settings.known_hosts = vec![known_hosts.clone()];
    let hooks = settings.hooks.as_mut().expect("hooks");
    let programs = xtask::ansible::programs().expect("ansible-core is installed");
    hooks.ansible_playbook = programs.join("ansible-playbook");
    hooks.ssh_keys = vec![folder.join("id")];
    let town = Town::with(1, settings, World::system()).await;
    let op = init(1, &["0-31"]);

    // The simulated machine's own key is pinned; sshd has another.
    let begun = town.control.init_server(op.clone()).await.expect("begun");
    let job = town.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Failed, "{job:?}");
    let said = log(&town, &job).await;
    assert!(said.contains("Host key verification failed"), "{said}");
    assert!(!operator.left("reached").exists());

    let server = town.control.server(&hostname(1)).await.expect("a server");
    let own = server.record.host_key.expect("it is pinned").to_string();
    let sshds = fs::read_to_string(folder.join("host.pub")).expect("a key");
    let place = address(1);
    fs::write(known_hosts, format!("{place} {own}\n{place} {sshds}")).expect("a file");
    let begun = town.control.init_server(op).await.expect("begun");
    let job = town.end_of(begun).await;
    let said = log(&town, &job).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{said}");
    let reached = operator.read("reached");
    assert!(reached.contains(&door.port.to_string()), "{reached}");
}

/// The program that the page on hooks shows.
fn of_the_page() -> String {
    let page = include_str!("../../../docs/how-to/hooks.md");
    let (_, code) = page.split_once("```python\n").expect("a program");
    let (code, _) = code.split_once("```").expect("its end");
    code.to_owned()
}

#[tokio::test]
async fn the_program_of_the_page_does_what_the_page_says() {
    let operator = Operator::new();
    let ledger = operator.left("handed-out.jsonl").display().to_string();
    let code = of_the_page().replace("/var/lib/kloigos-control/handed-out.jsonl", &ledger);
    fs::write(operator.left("hook.py"), code).expect("a file");
    // As if the control plane had died in the middle: it is run twice.
    let twice = "cat > told; python3 hook.py < told; python3 hook.py < told";
    operator.put(HookPoint::AfterAllocate, twice);
    let town = operator.town().await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.allocate(Some(32)).await.expect("a unit");
    let ledger = operator.read("handed-out.jsonl");
    let line: Value = serde_json::from_str(&ledger).expect("one line");
    assert_eq!(line["unit"], "sim1_0-31");
}

#[tokio::test]
async fn an_eviction_runs_the_hook_of_each_tenancy() {
    let operator = Operator::new();
    operator.put(HookPoint::CleanUp, "grep -o 'sim1_[0-9-]*' >> cleaned");
    let town = operator.town().await;
    town.ready(1, &["0-31", "32-63"]).await;
    for _ in 0..2 {
        town.allocate(Some(32)).await.expect("a unit");
    }
    let job = town.decommission(1, true).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    let cleaned = operator.read("cleaned");
    let cleaned: BTreeSet<&str> = cleaned.lines().collect();
    assert_eq!(cleaned, BTreeSet::from(["sim1_0-31", "sim1_32-63"]));
}

#[tokio::test]
async fn a_hook_that_takes_too_long_is_ended_with_all_that_it_began() {
    let operator = Operator::new();
    let begins = "sleep 1000 & echo $! > child; trap '' TERM; sleep 1000";
    operator.put(HookPoint::AfterInit, begins);
    let limit = Duration::from_millis(300);
    let town = Town::with(1, operator.settings(limit), World::system()).await;
    let job = town.init(1, &["0-31"]).await;
    let reason = job.reason.as_deref().expect("a reason");
    assert!(reason.contains("it was ended after"), "{reason}");
    until_gone(&operator.read("child")).await;
}

/// Waits until a process is over; one that was killed may wait for its parent.
async fn until_gone(pid: &str) {
    let pid: u32 = pid.trim().parse().expect("a process");
    let is_gone = || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.map_or(true, |stat| stat.contains(") Z "))
    };
    let end = Instant::now() + AT_MOST;
    while !is_gone() {
        assert!(Instant::now() < end, "process {pid} goes on");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_hook_runs_it_again() {
    let operator = Operator::new();
    // The number is there whole or not at all. The first one would wait for ever.
    let waits = "echo run >> runs; echo $$ > new; mv new pid; \
                 [ $(wc -l < runs) = 2 ] || sleep 1000";
    operator.put(HookPoint::CleanUp, waits);
    let mut town = operator.town().await;
    town.ready(1, &["0-31", "32-63"]).await;
    let unit = town.allocate(Some(32)).await.expect("a unit").id;
    let begun = town.begin_deallocate(&unit).await.expect("a deallocation");
    town.until_job(begun, |_| operator.left("pid").exists())
        .await;
    let first = operator.read("pid");
    town = town.crash().await;
    let job = town.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert_eq!(operator.read("runs"), "run\nrun\n");
    until_gone(&first).await;
    assert_eq!(town.unit(&unit).await.status, UnitStatus::Free);
}

#[tokio::test]
async fn a_tenancy_that_is_taken_back_in_its_hook_leaves_nothing() {
    let operator = Operator::new();
    let waits = "touch began; while [ ! -e go ]; do sleep 0.02; done";
    operator.put(HookPoint::AfterAllocate, waits);
    let town = operator.town().await;
    town.ready(1, &["0-31", "32-63"]).await;
    let begun = town.control.allocate(allocate(Some(32))).await;
    let begun = begun.expect("begun");
    town.until_job(begun, |_| operator.left("began").exists())
        .await;
    fs::write(operator.left("go"), "").expect("a file");
    // Whether it comes before the hook's end or after is the same for the machine.
    let cancelled = town.cancel(begun).await;
    town.rest().await;
    if cancelled.is_ok_and(|job| job.status == JobStatus::Cancelled) {
        assert!(!town.has_tenant(1));
    }
}
