//! `cargo xtask bench provision`: what an allocation costs, against a floor and against a play.
//!
//! All three act on one prepared slot of one lab server, round by round in turn, and only the
//! ratios between them mean anything: the server is emulated and the machine is shared.

mod figures;
mod floor;
mod kept;
mod play;
mod round_trip;
mod rounds;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;
use xtask::{
    bench::Part,
    drive::{ControlPlane, KeyPair, Serve, Tenant},
    lab::{Lab, Server, Spec},
};

pub use figures::Figures;
use kept::Kept;

/// Runs the rounds of these parts that are missing, and prints the medians of all that are kept.
pub fn provision(rounds: usize, parts: &[Part]) -> Result<()> {
    let mut kept = Kept::open(xtask::bench::kept("provision"), xtask::sources::digest()?)?;
    let missing = |part: &Part| kept.rounds(*part) < rounds;
    let missing: Vec<Part> = parts.iter().copied().filter(missing).collect();
    if !missing.is_empty() {
        run(rounds, &missing, &mut kept)?;
    }
    for part in Part::ALL {
        if let Some(figures) = kept.part(part) {
            println!("\n{}, medians of {}", title(part), figures.rounds());
            figures.print(if part == Part::Trip { "true" } else { "floor" });
        }
    }
    Ok(())
}

fn run(rounds: usize, parts: &[Part], kept: &mut Kept) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let spec = Spec {
        name: format!("bench-{}", std::process::id()),
        ..Spec::default()
    };
    let lab = Lab::up_temporary(&spec)?;
    let play = play::Play::prepare(folder.path(), lab.server(1))?;
    let bench = Bench {
        server: lab.server(1),
        folder: folder.path(),
        pair: KeyPair::make(folder.path(), "tenant")?,
        play,
    };
    for &part in parts {
        bench.reset()?;
        let mut round = bench.begin(part)?;
        while kept.rounds(part) < rounds {
            println!(
                "{}: round {} of {rounds}",
                title(part),
                kept.rounds(part) + 1
            );
            kept.add(part, &round()?)?;
        }
    }
    Ok(())
}

fn title(part: Part) -> &'static str {
    match part {
        Part::Trip => "requests on an open connection",
        Part::Cold => "cold slot",
        Part::Warm => "warm slot",
        Part::Bare => "from a bare server",
    }
}

/// One lab server, one tenant, and the play that is compared with.
struct Bench<'l> {
    server: &'l Server,
    folder: &'l Path,
    pair: KeyPair,
    play: play::Play,
}

/// A control plane with one server.
struct Plane<'l> {
    plane: ControlPlane,
    bench: &'l Bench<'l>,
}

/// One round more of a part.
type Round<'l> = Box<dyn FnMut() -> Result<Figures> + 'l>;

/// The slot that is measured: the first unit of the server.
const RANGE: &str = "0-3";
const USER: &str = "u0-3";
const UNIT: &str = "host1_0-3";
const DIR: &str = "c0-3";
const UID: u32 = 70_001;

/// The slot's names in a script or play; the rules' own `@unit_…` stay.
fn filled(text: &str) -> String {
    let slice = format!("/sys/fs/cgroup/user.slice/user-{UID}.slice");
    let uid = UID.to_string();
    let names = [
        ("@USER@", USER),
        ("@DIR@", DIR),
        ("@SLICE@", &slice),
        ("@UID@", &uid),
        ("@TMP@", "/var/lib/kloigos/tmp"),
        ("@SHM@", "/run/kloigos/shm"),
    ];
    let fill = |text: String, (name, value): (&str, &str)| text.replace(name, value);
    names.into_iter().fold(text.to_owned(), fill)
}

impl Bench<'_> {
    /// Makes ready for a part.
    fn begin(&self, part: Part) -> Result<Round<'_>> {
        Ok(match part {
            Part::Trip => {
                let mut line = round_trip::Line::open(self.server, self.pair.public())?;
                Box::new(move || line.round())
            }
            Part::Cold | Part::Warm => {
                let warm = part == Part::Warm;
                let plane = Plane::start(self)?;
                plane.init(warm)?;
                Box::new(move || plane.round(warm))
            }
            Part::Bare => Box::new(|| self.bare()),
        })
    }

    /// The server as it was built, and no connection to it but what each way makes itself.
    fn reset(&self) -> Result<()> {
        self.server.reset()?;
        self.play.hang_up()
    }

    fn tenant(&self) -> Tenant {
        let address = self.server.address().to_string();
        Tenant::new(USER, &address, &self.pair, &self.server.known_hosts_path())
    }
}

impl<'l> Plane<'l> {
    /// A control plane that knows nothing yet.
    fn start(bench: &'l Bench<'l>) -> Result<Self> {
        let arguments = ["--ssh-key".into(), bench.server.private_key_path().into()].to_vec();
        let data = tempfile::tempdir_in(bench.folder)?;
        let plane = ControlPlane::start(&Serve {
            data_dir: data.keep(),
            arguments,
            token: None,
        })?;
        Ok(Self { plane, bench })
    }

    /// Cuts the server, with one unit that is kept warm or cold.
    fn init(&self, warm: bool) -> Result<()> {
        let server = self.bench.server;
        let more = json!({ "warm": warm, "host_key": server.host_key()? });
        let ip = server.address().to_string();
        self.plane
            .api()
            .init_server("host1", &ip, &[RANGE], &more)?;
        if warm {
            server.script(floor::AWAIT_WARM).map(drop)
        } else {
            Ok(())
        }
    }

    fn allocate(&self) -> Result<()> {
        let key = self.bench.pair.public();
        let wanted = json!({ "cpu_count": 4, "tags": {}, "ssh_public_key": key });
        let answer = self
            .plane
            .api()
            .post("/api/compute_units/allocate", &wanted)?;
        answer.expect_ok("allocate").map(drop)
    }

    fn deallocate(&self) -> Result<()> {
        let path = format!("/api/compute_units/deallocate/{UNIT}?wait=true");
        let answer = self.plane.api().delete(&path)?;
        answer
            .expect_ok("deallocate")
            .map(drop)
            .context("deallocate")
    }
}
