//! A `PostgreSQL` server of the tests' own: a private cluster in a temporary folder, reached by a Unix
//! socket alone, started when a test first needs one and ended with the program that runs the tests.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc::{Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long the server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(20);
/// Where Debian's package has its programs, one folder for each version.
const PROGRAMS: &str = "/usr/lib/postgresql";
/// The server refuses to run as root; the package brings this user.
const USER: &str = "postgres";
/// Who is asked for a password; nobody else is. It is made by who needs it.
const PASSWORD_USER: &str = "kloigos";

/// A running server. Databases are dropped with it.
pub struct Cluster {
    dir: TempDir,
    programs: PathBuf,
    keeper: Mutex<Option<Keeper>>,
    databases: AtomicU32,
    template: OnceLock<()>,
}

/// The thread that the server is the child of: the server ends when its parent thread does, so
/// that a test program which is killed leaves none behind.
struct Keeper {
    pid: Pid,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

/// One empty database, and the server that it is on.
pub struct Database {
    cluster: Arc<Cluster>,
    name: String,
}

/// The database that those with our schema are copies of.
const TEMPLATE: &str = "template_kloigos";

impl Database {
    /// A new one, empty.
    pub fn new() -> Self {
        Self::of(shared(), "template1")
    }

    /// A new one that has our schema already: a copy is made faster than the schema is.
    pub fn with_schema() -> Self {
        let cluster = shared();
        cluster.template.get_or_init(|| {
            cluster.sql("postgres", &format!("CREATE DATABASE {TEMPLATE}"));
            open_once(&cluster.url(TEMPLATE));
        });
        Self::of(cluster, TEMPLATE)
    }

    /// A new one, empty, on a server of its own that may be killed.
    pub fn alone() -> Self {
        Self::of(Arc::new(Cluster::start()), "template1")
    }

    fn of(cluster: Arc<Cluster>, template: &str) -> Self {
        let number = cluster.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test{number}");
        cluster.sql(
            "postgres",
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        );
        Self { cluster, name }
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// What a statement answers, by another client than ours: rows as lines, cells between `|`.
    pub fn sql(&self, statement: &str) -> String {
        self.cluster.sql(&self.name, statement)
    }

    /// The server that it is on.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

/// Brings a database up to date, on a thread of its own since a test may be a task of its runtime.
fn open_once(url: &str) {
    let database = kloigos_store::Database::Postgres(url.parse().expect("an address"));
    let open = move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let migrated = runtime.block_on(kloigos_store::migrate(&database));
        migrated.expect("the schema is made");
    };
    std::thread::spawn(open).join().expect("the schema is made");
}

/// One server for all tests of a program, ended with the program.
fn shared() -> Arc<Cluster> {
    static RUNNING: OnceLock<Arc<Cluster>> = OnceLock::new();
    let running = RUNNING.get_or_init(|| {
        let cluster = Cluster::start();
        cluster.sweep_after();
        Arc::new(cluster)
    });
    running.clone()
}

/// Waits until a server is gone and removes its folder.
const SWEEP: &str = "while [ -e \"$1/data/postmaster.pid\" ] && kill -0 \"$2\"; do sleep 0.2; done; \
                     for try in 1 2 3 4 5 6 7 8 9; do rm -rf -- \"$1\" && exit; sleep 0.2; done";

impl Cluster {
    /// Makes a cluster and starts its server.
    pub fn start() -> Self {
        let cluster = Self {
            dir: tempfile::tempdir().expect("a folder"),
            programs: programs(),
            keeper: Mutex::default(),
            databases: AtomicU32::new(1),
            template: OnceLock::new(),
        };
        if let Some((uid, gid)) = user() {
            chown(cluster.dir.path(), Some(uid), Some(gid)).expect("the folder is given away");
        }
        cluster.initialize();
        cluster.run();
        cluster
    }

    fn initialize(&self) {
        let mut initdb = self.program("initdb");
        let arguments = [
            "--auth=trust",
            "--username=postgres",
            "--no-sync",
            "--encoding=UTF8",
        ];
        // Another order of texts than SQLite's, as on most machines.
        initdb
            .args(arguments)
            .arg("--locale-provider=icu")
            .arg("--icu-locale=en");
        let made = initdb
            .arg("-D")
            .arg(self.data())
            .output()
            .expect("initdb runs");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        self.ask_for_passwords();
    }

    /// One user must give its password, as users of other machines' servers must.
    fn ask_for_passwords(&self) {
        let file = self.data().join("pg_hba.conf");
        let rules = fs::read_to_string(&file).expect("who may connect");
        let rules = format!("local all {PASSWORD_USER} scram-sha-256\n{rules}");
        fs::write(file, rules).expect("who may connect");
    }

    /// What lives as long as a program is never dropped; its folder goes by another one.
    fn sweep_after(&self) {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let pid = keeper.as_ref().expect("it runs").pid.as_raw_nonzero();
        let mut sweep = Command::new("sh");
        sweep
            .args(["-c", SWEEP, "sweep"])
            .arg(self.dir.path())
            .arg(pid.to_string());
        sweep.process_group(0).current_dir("/").stdin(Stdio::null());
        let begun = sweep.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut begun = begun.expect("sh starts");
        // It outlives this program, and is waited for by the one that has it then.
        std::thread::spawn(move || begun.wait());
    }

    /// Starts the server and waits until it answers.
    pub fn run(&self) {
        let mut postgres = self.program("postgres");
        postgres
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.dir.path());
        for setting in [
            "listen_addresses=",
            "max_connections=200",
            "fsync=off",
            "full_page_writes=off",
            "shared_buffers=32MB",
            "logging_collector=off",
        ] {
            postgres.args(["-c", setting]);
        }
        let log = fs::File::create(self.dir.path().join("log")).expect("a log");
        postgres.stdout(log.try_clone().expect("a log")).stderr(log);
        let keeper = Keeper::start(postgres);
        *self.keeper.lock().unwrap_or_else(PoisonError::into_inner) = Some(keeper);
        self.await_answer();
    }

    /// Ends the server as a power cut of its processes would: connections break, nothing is
    /// written first.
    pub fn kill(&self) {
        self.end(Signal::QUIT);
    }

    fn end(&self, signal: Signal) {
        let keeper = self
            .keeper
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(keeper) = keeper {
            keeper.end(signal);
        }
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.dir.path()
    }

    fn url(&self, database: &str) -> String {
        let socket = self.dir.path().display();
        format!("postgres://postgres@localhost/{database}?host={socket}")
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn sql(&self, database: &str, statement: &str) -> String {
        let mut psql = self.program("psql");
        let arguments = [
            "--no-psqlrc",
            "-qAt",
            "-U",
            "postgres",
            "-v",
            "ON_ERROR_STOP=1",
        ];
        psql.args(arguments).arg("-h").arg(self.dir.path());
        let output = psql.args(["-d", database, "-c", statement]).output();
        let output = output.expect("psql runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{statement}: {said}");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    fn await_answer(&self) {
        let began = Instant::now();
        let answers = || {
            let mut ready = self.program("pg_isready");
            let ready = ready.arg("-q").arg("-h").arg(self.dir.path()).status();
            ready.is_ok_and(|status| status.success())
        };
        while !answers() {
            let log = fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
            assert!(
                began.elapsed() < PATIENCE,
                "PostgreSQL does not answer: {log}"
            );
            std::thread::sleep(PAUSE);
        }
    }

    /// One of its programs, as the user that may run it, ended with the thread that starts it.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT"]);
        if user().is_some() {
            command.args(["--reuid", USER, "--regid", USER, "--init-groups"]);
        }
        command.arg("--").arg(self.programs.join(name));
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .env("LC_ALL", "C.UTF-8");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end(Signal::QUIT);
    }
}

impl Keeper {
    fn start(mut command: Command) -> Self {
        let (started, child) = channel();
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let mut server = command.spawn().expect("PostgreSQL starts");
            started.send(pid(&server)).expect("it is awaited");
            // The thread lives as long as the server should; an error is the sender's end.
            let _ = stopped.recv();
            server.wait().expect("PostgreSQL ends");
        });
        let pid = child.recv().expect("PostgreSQL starts");
        Self { pid, stop, thread }
    }

    fn end(self, signal: Signal) {
        // It may have ended by itself, which is as good.
        let _ = kill_process(self.pid, signal);
        drop(self.stop);
        self.thread.join().expect("PostgreSQL ended");
    }
}

fn pid(child: &Child) -> Pid {
    let id = i32::try_from(child.id()).expect("a process id");
    Pid::from_raw(id).expect("a process id")
}

/// The programs of the newest version that is installed.
fn programs() -> PathBuf {
    let entries = fs::read_dir(PROGRAMS);
    let versions = entries.into_iter().flatten().filter_map(Result::ok);
    let folders = versions.map(|entry| entry.path().join("bin"));
    let newest = folders
        .filter(|bin| bin.join("postgres").exists())
        .max_by_key(|bin| version(bin));
    newest.expect("PostgreSQL is installed; `cargo xtask test` does that")
}

fn version(bin: &Path) -> u32 {
    let version = bin
        .parent()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str());
    version
        .and_then(|name| name.parse().ok())
        .unwrap_or_default()
}

/// Whom the server runs as when the tests run as root.
fn user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the users of this machine");
    let line = users
        .lines()
        .find(|line| line.split(':').next() == Some(USER));
    let fields: Vec<&str> = line.expect("the user of the package").split(':').collect();
    Some((
        fields[2].parse().expect("a uid"),
        fields[3].parse().expect("a gid"),
    ))
}
