//! Three control planes on one database, a crowd of callers, and somebody who kills them in turn.

use std::{
    collections::BTreeSet,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use kloigos_tests::{
    calls::{Caller, Cycle, Doors, History},
    keys::public_key,
    plane::init_body,
    postgres::Database,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use xtask::drive::{self, ControlPlane, Serve};

/// How many control planes there are.
const PLANES: usize = 3;
/// How many callers.
const CALLERS: u64 = 40;
/// How many tenancies there are in the end, of two calls each.
const TENANCIES: usize = 1000;
/// How many units.
const UNITS: usize = 200;
/// How many of them on a server.
const EACH: usize = 16;

struct Ground {
    dir: tempfile::TempDir,
    database: Database,
    doors: Doors,
    history: History,
}

fn start(dir: &Path, database: &str, token: Option<String>) -> ControlPlane {
    let servers = UNITS.div_ceil(EACH).to_string();
    let arguments = [
        "--simulated",
        &servers,
        "--lease",
        "3",
        "--database",
        database,
    ];
    let serve = Serve {
        data_dir: dir.to_owned(),
        arguments: arguments.iter().map(Into::into).collect(),
        token,
    };
    ControlPlane::start(&serve).expect("kloigos starts")
}

impl Ground {
    fn plane(&self, token: Option<String>) -> ControlPlane {
        start(self.dir.path(), &self.database.url(), token)
    }

    /// Kills control planes in turn and starts them again, and once the database, until there were
    /// enough tenancies.
    fn shake(&self, mut planes: Vec<ControlPlane>, seed: u64) -> Vec<ControlPlane> {
        let mut dice = StdRng::seed_from_u64(seed);
        let token = planes[0].api().token().map(str::to_owned);
        let (mut kills, mut restarted) = (0, false);
        while self.history.count() < TENANCIES {
            thread::sleep(Duration::from_millis(dice.random_range(200..2500)));
            if !restarted && self.history.count() > TENANCIES / 2 {
                self.database.cluster().kill();
                self.database.cluster().run();
                restarted = true;
            }
            let number = dice.random_range(0..PLANES);
            self.doors.close(number);
            planes.remove(number).kill().expect("it is killed");
            kills += 1;
            planes.insert(number, self.plane(token.clone()));
            self.doors.open(number, planes[number].client().clone());
        }
        assert!(
            restarted && kills >= 5,
            "{kills} kills, restarted: {restarted}"
        );
        println!("{kills} control planes were killed, and the database once");
        planes
    }
}

fn body(caller: u64) -> Value {
    let key = u8::try_from(caller).expect("a small number");
    json!({"tags": {"caller": caller}, "ssh_public_key": public_key(key), "cpu_count": 4})
}

#[test]
fn a_thousand_tenancies_of_forty_callers_while_control_planes_die() {
    let ground = Ground {
        dir: tempfile::tempdir().expect("a folder"),
        database: Database::alone(),
        doors: Doors::default(),
        history: History::default(),
    };
    let began = Instant::now();
    let first = ground.plane(None);
    let token = first.api().token().map(str::to_owned);
    let mut planes = vec![first];
    planes.extend((1..PLANES).map(|_| ground.plane(token.clone())));
    cut(&planes[0]);
    for (number, plane) in planes.iter().enumerate() {
        ground.doors.open(number, plane.client().clone());
    }
    let planes = thread::scope(|scope| {
        for number in 0..CALLERS {
            let ground = &ground;
            scope.spawn(move || {
                let mut caller =
                    Caller::new(&ground.doors, &ground.history, body(number), 1000 + number);
                while ground.history.count() < TENANCIES {
                    let cycle = caller.cycle(|_| thread::yield_now());
                    assert_ne!(cycle, Cycle::Failed, "{:?}", ground.history.refusals());
                }
            });
        }
        ground.shake(planes, 7)
    });
    println!(
        "{} tenancies in {:?}",
        ground.history.count(),
        began.elapsed()
    );
    assert_eq!(ground.history.contradictions(), [""; 0]);
    assert!(ground.history.unexplained(UNITS).is_empty());
    all_agree(&ground, &planes[0]);
}

/// Two hundred units of four CPUs.
fn cut(plane: &ControlPlane) {
    let ranges: Vec<String> = (0..EACH)
        .map(|n| format!("{}-{}", n * 4, n * 4 + 3))
        .collect();
    let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
    for (number, left) in (1..).zip((1..=UNITS).rev().step_by(EACH)) {
        let body = init_body(number, &ranges[..left.min(EACH)]);
        let init = "/api/admin/init_server?wait=true";
        plane.client().post(init, &body).expect(200);
    }
}

/// The rows, the lists and what callers were told are one and the same.
fn all_agree(ground: &Ground, plane: &ControlPlane) {
    let free = "/api/compute_units/?status=free";
    plane.client().await_get(free, |units| {
        units.as_array().is_some_and(|units| units.len() == UNITS)
    });
    let open = "SELECT count(*) FROM jobs WHERE ended_at IS NULL AND kind <> 'attesting'";
    assert_eq!(ground.database.sql(open), "0");
    let kept = "SELECT id FROM allocations WHERE status = 'ended'";
    let kept = ground.database.sql(kept);
    let kept: BTreeSet<String> = kept.lines().map(str::to_owned).collect();
    let told = ground.history.tenancies().into_iter();
    let told: BTreeSet<String> = told.map(|tenancy| tenancy.allocation).collect();
    assert_eq!(told, kept, "somebody was told something else than is kept");
    let taken_over = "SELECT count(*) FROM jobs WHERE attempt > 1";
    assert_ne!(ground.database.sql(taken_over), "0", "no kill met a job");
    let url = ground.database.url();
    let checked = drive::run(&["db", "check", "--database", &url]).expect("kloigos runs");
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(said.contains("sound"), "{checked:?}");
}
