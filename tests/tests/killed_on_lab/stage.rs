//! The ground and those who live on it.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use kloigos_tests::calls::{Caller, Cycle, Doors, History};
use serde_json::{Value, json};
use xtask::{
    drive::{ControlPlane, KeyPair, Serve, Tenant},
    lab::{Lab, Server, Spec},
};

use super::{agreement, quakes::Quakes};

/// The units of the one server.
const RANGES: [&str; 4] = ["0-1", "2-3", "4-5", "6-7"];
/// How many callers there are: with one more than units, somebody is refused now and then.
const CALLERS: u64 = 5;
/// What a tenant finds: a home of nobody before, and itself in its slice; and what it leaves running.
const LOOK: &str = "test ! -e mine && touch mine && \
                    grep -q \"user-$(id -u).slice\" /proc/self/cgroup && \
                    { setsid sleep 1000000 </dev/null >/dev/null 2>&1 & }";
/// What ssh(1) ends with when it was not the command's doing.
const NO_WAY: i32 = 255;

/// The lab, and what is shared by all that go on at once.
pub(super) struct Ground<'a> {
    pub(super) server: &'a Server,
    pub(super) doors: Doors,
    pub(super) history: History,
    folder: &'a Path,
    /// How many tenancies there are to be.
    wanted: usize,
    /// What tenants saw that they must not.
    wrong: Mutex<Vec<String>>,
}

/// So many tenancies while the ground shakes as this seed says, and then the truth.
pub(crate) fn tenancies_on_shaking_ground(wanted: usize, seed: u64) -> Result<()> {
    let lab = Lab::up_temporary(&Spec {
        name: format!("killed-{}-{seed}", std::process::id()),
        ..Spec::default()
    })?;
    let folder = tempfile::tempdir()?;
    let ground = Ground {
        server: lab.server(1),
        doors: Doors::default(),
        history: History::default(),
        folder: folder.path(),
        wanted,
        wrong: Mutex::default(),
    };
    let plane = ground.begin()?;
    let began = Instant::now();
    let pair = KeyPair::make(folder.path(), "tenant")?;
    let (plane, shaken) = thread::scope(|scope| {
        for number in 0..CALLERS {
            let (ground, pair) = (&ground, &pair);
            scope.spawn(move || ground.live(seed.wrapping_mul(1000) + number, pair));
        }
        let mut quakes = Quakes::new(seed);
        let plane = quakes.shake(&ground, plane);
        plane.map(|plane| (plane, quakes))
    })?;
    println!(
        "{} tenancies in {:.0?}, {} refusals; {shaken}",
        ground.history.count(),
        began.elapsed(),
        ground.history.refusals().len(),
    );
    let wrong = ground.wrong.lock().unwrap_or_else(PoisonError::into_inner);
    ensure!(wrong.is_empty(), "tenants saw: {wrong:#?}");
    agreement::all_agree(&ground, &plane)
}

impl Ground<'_> {
    /// A control plane with the server's units.
    fn begin(&self) -> Result<ControlPlane> {
        let plane = self.plane(None)?;
        let more = json!({ "host_key": self.server.host_key()? });
        let ip = self.server.address().to_string();
        plane.api().init_server("host1", &ip, &RANGES, &more)?;
        self.doors.open(0, plane.client().clone());
        Ok(plane)
    }

    /// A control plane on the data of those before it.
    pub(super) fn plane(&self, token: Option<String>) -> Result<ControlPlane> {
        let key = self.server.private_key_path();
        ControlPlane::start(&Serve {
            data_dir: self.folder.join("data"),
            arguments: vec![
                "--ssh-key".into(),
                key.into(),
                "--visit-every".into(),
                "5".into(),
            ],
            token,
        })
    }

    /// Whether there were enough tenancies.
    pub(super) fn is_over(&self) -> bool {
        self.history.count() >= self.wanted
    }

    /// One caller's whole life.
    fn live(&self, seed: u64, pair: &KeyPair) {
        let body = json!({ "cpu_count": 2, "tags": null, "ssh_public_key": pair.public() });
        let mut caller = Caller::new(&self.doors, &self.history, body, seed);
        let mut times = seed;
        while !self.is_over() {
            times += 1;
            let cycle = caller.cycle(|unit| {
                if times.is_multiple_of(3)
                    && let Err(error) = self.log_in(unit, pair)
                {
                    let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
                    wrong.push(format!("{error:#}"));
                }
            });
            if cycle != Cycle::Lived {
                thread::sleep(Duration::from_millis(500));
            }
        }
    }

    /// A login may fail while the ground shakes; one that is let in finds what it was promised.
    fn log_in(&self, unit: &Value, pair: &KeyPair) -> Result<()> {
        let user = unit["user"].as_str().context("a unit has a user")?;
        let ip = self.server.address().to_string();
        let tenant = Tenant::new(user, &ip, pair, &self.server.known_hosts_path());
        let output = tenant.ssh(LOOK)?;
        let code = output.status.code();
        ensure!(
            [Some(0), Some(NO_WAY), None].contains(&code),
            "{user}'s look ended with {code:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }
}
