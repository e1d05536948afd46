//! One caller.

use std::{
    thread,
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;
use xtask::drive::client::{Call, Reply};

use super::{Doors, History, Said, Tenancy};

/// How long a caller goes on asking for one answer.
const PATIENCE: Duration = Duration::from_mins(15);
/// How long it pauses before it asks again.
const PAUSE: Duration = Duration::from_millis(50);

/// One who wants a unit, keeps it for a moment, and gives it back, again and again.
pub struct Caller<'a> {
    doors: &'a Doors,
    history: &'a History,
    /// The body of its allocations.
    wanted: Value,
    dice: StdRng,
}

/// How a cycle went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cycle {
    /// It had a unit and gave it back.
    Lived,
    /// There was none.
    Full,
    /// The work for it failed, which was said.
    Failed,
}

impl<'a> Caller<'a> {
    /// A caller of its own luck.
    pub fn new(doors: &'a Doors, history: &'a History, wanted: Value, seed: u64) -> Self {
        Self {
            doors,
            history,
            wanted,
            dice: StdRng::seed_from_u64(seed),
        }
    }

    /// One tenancy, or none. While it lasts, `inside` is done with the unit.
    ///
    /// Every call has a key of its own, and is repeated with the same one until it is answered:
    /// whichever control plane died, the answer is that of the first one's job.
    pub fn cycle(&mut self, inside: impl FnOnce(&Value)) -> Cycle {
        let asked = Instant::now();
        let allocate = Call::new("POST", "/api/compute_units/allocate?wait=true")
            .header("Idempotency-Key", &self.key())
            .json(&self.wanted);
        let reply = self.answer(&allocate);
        let got = Instant::now();
        let status = reply.status;
        if status != 200 {
            self.history.refused(Said {
                asked,
                answered: got,
                status,
                words: reply.detail(),
            });
        }
        match status {
            200 => {}
            460 => return Cycle::Full,
            470 => return Cycle::Failed,
            _ => panic!("allocate was answered {status} {}", reply.body),
        }
        let unit = reply.json();
        inside(&unit);
        let leaving = Instant::now();
        self.leave(&unit);
        self.history.lived(Tenancy {
            unit: text(&unit["compute_id"]),
            allocation: text(&unit["allocation_id"]),
            asked,
            got,
            leaving,
            left: Instant::now(),
        });
        Cycle::Lived
    }

    /// Gives a unit back.
    fn leave(&mut self, unit: &Value) {
        let (id, allocation) = (text(&unit["compute_id"]), text(&unit["allocation_id"]));
        let path =
            format!("/api/compute_units/deallocate/{id}?allocation_id={allocation}&wait=true");
        let call = Call::new("DELETE", &path).header("Idempotency-Key", &self.key());
        let reply = self.answer(&call);
        assert_eq!(reply.status, 200, "{id} was not given back: {}", reply.body);
    }

    /// Asks until there is an answer that is one: a connection that broke, work that goes on and a
    /// database that is away are none.
    fn answer(&mut self, call: &Call) -> Reply {
        let began = Instant::now();
        let mut last = "no control plane answers".to_owned();
        while began.elapsed() < PATIENCE {
            let Some(client) = self.doors.any(self.dice.random_range(0..64)) else {
                thread::sleep(PAUSE);
                continue;
            };
            match client.try_send(call) {
                Ok(reply) if ![202, 503].contains(&reply.status) => return reply,
                Ok(reply) => last = reply.body,
                Err(error) => last = format!("{error:#}"),
            }
            thread::sleep(PAUSE);
        }
        panic!("no answer within {PATIENCE:?}; the last was {last}")
    }

    fn key(&mut self) -> String {
        format!("{:032x}", self.dice.random::<u128>())
    }
}

fn text(value: &Value) -> String {
    value.as_str().map(str::to_owned).unwrap_or_default()
}
