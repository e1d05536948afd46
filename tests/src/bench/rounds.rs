//! The rounds: each way allocates and deallocates the same slot in turn.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::{Bench, Figures, Plane};

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

impl Plane<'_> {
    /// One round on the prepared slot.
    pub(super) fn round(&self, warm: bool) -> Result<Figures> {
        let mut figures = Figures::default();
        for (way, name) in WAYS {
            self.tenancy(way, name, warm, &mut figures)?;
        }
        Ok(figures)
    }

    fn tenancy(&self, way: Way, name: &str, warm: bool, figures: &mut Figures) -> Result<()> {
        let began = Instant::now();
        figures.time("allocate: the call", name, || self.allocate_by(way, warm))?;
        let shell = self.bench.until_shell(began)?;
        figures.add("allocate: to a tenant's shell", name, shell);
        let tenant = self.bench.tenant();
        tenant
            .run("systemctl --user is-system-running --wait")
            .context("is-system-running")?;
        figures.add(
            "allocate: to systemctl --user is-system-running",
            name,
            began.elapsed(),
        );
        let login = Instant::now();
        tenant.run("true")?;
        let login = login.elapsed();
        figures.add("the login alone", name, login);
        figures.add(
            "allocate: to a tenant's shell, less a login",
            name,
            shell.saturating_sub(login),
        );
        figures.time("deallocate: to free", name, || {
            self.deallocate_by(way, warm)
        })?;
        if warm {
            self.bench.server.script(super::floor::AWAIT_WARM).map(drop)
        } else {
            Ok(())
        }
    }

    fn allocate_by(&self, way: Way, warm: bool) -> Result<()> {
        let Bench { play, pair, .. } = self.bench;
        match way {
            Way::Kloigos => self.allocate(),
            Way::Floor => self.bench.floor_allocate(warm),
            Way::Play => play.run(play_name("allocate", warm), pair.public()),
        }
    }

    fn deallocate_by(&self, way: Way, warm: bool) -> Result<()> {
        let Bench { play, pair, .. } = self.bench;
        match way {
            Way::Kloigos => self.deallocate(),
            Way::Floor => self.bench.floor_deallocate(warm),
            Way::Play => play.run(play_name("deallocate", warm), pair.public()),
        }
    }
}

impl Bench<'_> {
    /// The first login that succeeds, since `began`.
    fn until_shell(&self, began: Instant) -> Result<Duration> {
        for _ in 0..20 {
            if self.tenant().ssh("true")?.status.success() {
                return Ok(began.elapsed());
            }
        }
        anyhow::bail!("the tenant could not log in after 20 tries")
    }

    /// From a server that knows nothing of units to a tenant's shell, by each way.
    pub(super) fn bare(&self) -> Result<Figures> {
        let mut figures = Figures::default();
        for (way, name) in WAYS {
            self.reset()?;
            let plane = Plane::start(self)?;
            let began = Instant::now();
            match way {
                Way::Kloigos => {
                    plane.init(false)?;
                    figures.add("init alone", name, began.elapsed());
                    plane.allocate()?;
                }
                Way::Floor => self.floor_bare()?,
                Way::Play => self.play.run("bare", self.pair.public())?,
            }
            figures.add("the calls", name, began.elapsed());
            figures.add("to a tenant's shell", name, self.until_shell(began)?);
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
