//! The rounds: each way allocates and deallocates the same slot in turn.

use std::time::Instant;

use anyhow::{Context, Result};

use super::{Bench, Figures};

/// One of the three.
#[derive(Clone, Copy)]
enum Way {
    Kloigos,
    Floor,
    Play,
}

const WAYS: [(Way, &str); 3] = [
    (Way::Kloigos, "kloigos"),
    (Way::Floor, "floor"),
    (Way::Play, "play"),
];

impl Bench<'_> {
    /// The prepared slot, so many rounds.
    pub(super) fn rounds(&self, warm: bool, rounds: usize) -> Result<Figures> {
        let mut figures = Figures::default();
        for round in 1..=rounds {
            println!("  round {round} of {rounds}");
            for (way, name) in WAYS {
                self.round(way, name, warm, &mut figures)?;
            }
        }
        Ok(figures)
    }

    fn round(&self, way: Way, name: &str, warm: bool, figures: &mut Figures) -> Result<()> {
        let began = Instant::now();
        figures.time("allocate: the call", name, || self.begin(way, warm))?;
        let shell = self.until_shell(began)?;
        figures.add("allocate: to a tenant's shell", name, shell);
        self.tenant()
            .run("systemctl --user is-system-running --wait")
            .context("is-system-running")?;
        figures.add(
            "allocate: to systemctl --user is-system-running",
            name,
            began.elapsed(),
        );
        let login = Instant::now();
        self.tenant().run("true")?;
        let login = login.elapsed();
        figures.add("the login alone", name, login);
        figures.add(
            "allocate: to a tenant's shell, less a login",
            name,
            shell.saturating_sub(login),
        );
        figures.time("deallocate: to free", name, || self.end(way, warm))?;
        if warm {
            self.server.script(super::floor::AWAIT_WARM).map(drop)
        } else {
            Ok(())
        }
    }

    fn begin(&self, way: Way, warm: bool) -> Result<()> {
        match way {
            Way::Kloigos => self.allocate(),
            Way::Floor => self.floor_allocate(warm),
            Way::Play => self
                .play
                .run(play_name("allocate", warm), self.pair.public()),
        }
    }

    fn end(&self, way: Way, warm: bool) -> Result<()> {
        match way {
            Way::Kloigos => self.deallocate(),
            Way::Floor => self.floor_deallocate(warm),
            Way::Play => self
                .play
                .run(play_name("deallocate", warm), self.pair.public()),
        }
    }

    /// The first login that succeeds, since `began`.
    fn until_shell(&self, began: Instant) -> Result<std::time::Duration> {
        for _ in 0..20 {
            if self.tenant().ssh("true")?.status.success() {
                return Ok(began.elapsed());
            }
        }
        anyhow::bail!("the tenant could not log in after 20 tries")
    }

    /// From a server that knows nothing of units to a tenant's shell, once by each way.
    pub(super) fn bare(&self) -> Result<Figures> {
        let mut figures = Figures::default();
        for (way, name) in WAYS {
            let began = Instant::now();
            match way {
                Way::Kloigos => {
                    self.prepare(false)?;
                    figures.add("init alone", name, began.elapsed());
                    self.allocate()?;
                }
                Way::Floor => self.floor_bare()?,
                Way::Play => self.play.run("bare", self.pair.public())?,
            }
            figures.add("the calls", name, began.elapsed());
            figures.add("to a tenant's shell", name, self.until_shell(began)?);
            match way {
                Way::Kloigos => {
                    let path = "/api/admin/decommission_server/host1?force=true&wait=true";
                    self.plane.api().delete(path)?.expect_ok("decommission")?;
                }
                Way::Floor | Way::Play => self.unbare()?,
            }
        }
        Ok(figures)
    }
}

fn play_name(verb: &str, warm: bool) -> &'static str {
    match (verb, warm) {
        ("allocate", false) => "allocate-cold",
        ("allocate", true) => "allocate-warm",
        (_, false) => "deallocate-cold",
        (_, true) => "deallocate-warm",
    }
}
