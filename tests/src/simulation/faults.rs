//! Brings the weather: kills and freezes control planes, sets their clocks, cuts servers off, fills
//! their disks and meddles with them.

use std::{sync::Arc, time::Duration};

use super::{dice::Dice, planes::Planes, servers::Servers, weather::Weather};

/// Whom the weather comes over.
#[derive(Clone)]
pub(super) struct Faults {
    pub(super) planes: Arc<Planes>,
    pub(super) servers: Arc<Servers>,
    pub(super) weather: Arc<Weather>,
    pub(super) dice: Arc<Dice>,
}

/// How often it is looked at whether something comes about.
const MOMENT: Duration = Duration::from_secs(4);

impl Faults {
    /// Goes on until the weather clears.
    pub(super) async fn go_on(self) {
        while !self.weather.is_over() {
            self.planes.time.sleep(MOMENT).await;
            let (weather, dice) = (&self.weather, &self.dice);
            let slot = dice.below(u32::try_from(self.planes.count()).unwrap_or(1)) as usize;
            let server = 1 + dice.below(self.servers.count());
            if weather.brings(weather.kills, dice) {
                self.planes.kill(slot);
                self.later(0..30_000, move |faults| faults.planes.start(slot));
            }
            if weather.brings(weather.freezes, dice) {
                self.planes.freeze(slot);
                self.later(100..60_000, move |faults| faults.planes.thaw(slot));
            }
            if weather.brings(weather.jumps, dice) {
                let most = *dice.pick(&[500, 30_000, 600_000]).expect("there are three");
                let millis = i64::from(dice.below(2 * most)) - i64::from(most);
                self.planes.set_clock(slot, millis);
            }
            if weather.brings(weather.cuts, dice) {
                if dice.chance(500) {
                    self.servers.cut(server);
                } else {
                    self.servers.lose_power(server);
                }
            }
            if weather.brings(weather.full_disks, dice) {
                self.servers.fill(server, true);
                self.later(1000..30_000, move |faults| {
                    faults.servers.fill(server, false);
                });
            }
            if weather.brings(weather.meddling, dice) {
                self.servers.meddle(server);
            }
            if dice.chance(250) {
                self.servers.come_back(server);
            }
        }
    }

    /// It passes, also when the weather clears first.
    fn later(&self, millis: std::ops::Range<u64>, what: impl FnOnce(&Self) + Send + 'static) {
        let (faults, wait) = (self.clone(), self.dice.while_of(millis));
        tokio::spawn(async move {
            faults.planes.time.sleep(wait).await;
            what(&faults);
        });
    }

    /// Everything runs again, and is as it should be.
    pub(super) fn end(&self) {
        self.weather.clears();
        for slot in 0..self.planes.count() {
            self.planes.thaw(slot);
            self.planes.start(slot);
            self.planes.set_clock(slot, 0);
        }
        for server in 1..=self.servers.count() {
            self.servers.come_back(server);
            self.servers.fill(server, false);
        }
    }
}
