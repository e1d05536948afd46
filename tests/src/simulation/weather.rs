//! What goes wrong in a world: of each kind of fault some worlds have many, some a few, and many
//! none, so that faults meet in all combinations.

use std::sync::atomic::{AtomicBool, Ordering};

use super::dice::Dice;

/// How often faults come about: of a thousand requests, operations or moments.
pub(super) struct Weather {
    /// Requests or answers that get lost.
    pub(super) losses: u32,
    /// Requests that arrive when nobody waits for them any more, and answers that take long.
    pub(super) lateness: u32,
    /// Requests that arrive twice.
    pub(super) duplicates: u32,
    /// Servers that die, or whose machinery fails, in the middle of a request.
    pub(super) accidents: u32,
    /// Connections to the database that are lost before or at the end of a change.
    pub(super) database: u32,
    /// Control planes that die and are started again.
    pub(super) kills: u32,
    /// Control planes that stand still for a while.
    pub(super) freezes: u32,
    /// Clocks of control planes that are set.
    pub(super) jumps: u32,
    /// Servers that are cut off, or lose power.
    pub(super) cuts: u32,
    /// Disks of servers that are full for a while.
    pub(super) full_disks: u32,
    /// People who change by hand what is ours.
    pub(super) meddling: u32,
    over: AtomicBool,
}

impl Weather {
    pub(super) fn of(dice: &Dice) -> Self {
        let rate = |most: u32| match dice.below(5) {
            0 | 1 => 0,
            2 | 3 => most / 4,
            _ => most,
        };
        Self {
            losses: rate(120),
            lateness: rate(120),
            duplicates: rate(120),
            accidents: rate(120),
            database: rate(12),
            kills: rate(400),
            freezes: rate(300),
            jumps: rate(300),
            cuts: rate(300),
            full_disks: rate(200),
            meddling: rate(200),
            over: AtomicBool::new(false),
        }
    }

    /// From here on nothing goes wrong.
    pub(super) fn clears(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Whether something that comes about so often does now.
    pub(super) fn brings(&self, per_mille: u32, dice: &Dice) -> bool {
        per_mille > 0 && !self.is_over() && dice.chance(per_mille)
    }
}
