//! What shakes: kills of the control plane above all, now and then a silent link or a power cut.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use rand::{Rng, SeedableRng, rngs::StdRng};
use xtask::{
    drive::ControlPlane,
    lab::{Cut, Link},
};

use super::stage::Ground;

/// How many quakes there are to one power cut.
const RARE: u32 = 24;
/// How long it is still at most while nothing comes to its end.
const STILL: Duration = Duration::from_secs(30);

/// The quakes of one seed, counted.
pub(super) struct Quakes {
    dice: StdRng,
    kills: u32,
    cuts: u32,
    power_cuts: u32,
}

impl Quakes {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: StdRng::seed_from_u64(seed),
            kills: 0,
            cuts: 0,
            power_cuts: 0,
        }
    }

    /// Goes on until there were enough tenancies; the control plane that is there then.
    pub(super) fn shake(
        &mut self,
        ground: &Ground<'_>,
        mut plane: ControlPlane,
    ) -> Result<ControlPlane> {
        while !ground.is_over() {
            self.rest(ground);
            match self.dice.random_range(0..RARE) {
                0 if self.power_cuts * RARE <= self.kills => {
                    ground.server.power_cut()?;
                    self.power_cuts += 1;
                }
                1..6 => self.silence(ground)?,
                _ => plane = self.kill(ground, plane)?,
            }
        }
        Ok(plane)
    }

    /// Until another tenancy is over and at some moment after it, so that there is a quake for each
    /// on any machine; not for ever, since what waits may wait for the next start.
    fn rest(&mut self, ground: &Ground<'_>) {
        let (before, began) = (ground.history.count(), Instant::now());
        while ground.history.count() == before && began.elapsed() < STILL {
            thread::sleep(Duration::from_millis(50));
        }
        self.pause(0..6000);
    }

    fn kill(&mut self, ground: &Ground<'_>, plane: ControlPlane) -> Result<ControlPlane> {
        let token = plane.api().token().map(str::to_owned);
        ground.doors.close(0);
        plane.kill()?;
        self.kills += 1;
        let plane = ground.plane(token)?;
        ground.doors.open(0, plane.client().clone());
        Ok(plane)
    }

    /// The link drops everything for a while, one way or both; nobody is told.
    fn silence(&mut self, ground: &Ground<'_>) -> Result<()> {
        let how = [Cut::Both, Cut::In, Cut::Out][self.dice.random_range(0..3)];
        ground.server.cut(how, Link::Management)?;
        self.pause(1000..20_000);
        self.cuts += 1;
        ground.server.restore(Link::Management)
    }

    fn pause(&mut self, milliseconds: std::ops::Range<u64>) {
        thread::sleep(Duration::from_millis(self.dice.random_range(milliseconds)));
    }
}

impl fmt::Display for Quakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kills,
            cuts,
            power_cuts,
            ..
        } = self;
        write!(f, "{kills} kills, {cuts} silences, {power_cuts} power cuts")
    }
}
