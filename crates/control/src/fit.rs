//! Which unit a tenancy gets, with what limits.

use kloigos_model::{
    ids::ServerId,
    limits::{Limits, LimitsWish},
    placement::{NoFit, Placed, Wanted, place as choose},
};
use kloigos_store::{Error, Tx, UnitRecord};

/// A unit for a tenancy, and what it runs with there.
pub(crate) struct Fitting {
    pub(crate) placed: Placed,
    pub(crate) limits: Limits,
}

/// Why no unit is to be had.
pub(crate) enum Unfit {
    /// None that is free matches.
    NoUnit(NoFit),
    /// The best match has less memory than is asked for.
    Memory(String),
}

/// The best free unit, on a server that was not tried, that has as much memory as is asked for.
pub(crate) async fn place(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    wish: &LimitsWish,
    tried: &[ServerId],
) -> Result<Result<Fitting, Unfit>, Error> {
    let offers = tx.offers(wanted).await?;
    let mut passed = tried.to_vec();
    let mut short = None;
    loop {
        let placed = match choose(wanted, &offers, &passed) {
            Ok(placed) => placed,
            Err(none) => return Ok(Err(short.map_or(Unfit::NoUnit(none), Unfit::Memory))),
        };
        let unit = tx.load_unit(placed.unit).await?;
        let unit = unit.ok_or(Error::Missed {
            table: "units",
            rows: 0,
        })?;
        let limits = wish.over(&unit.limits);
        match memory(&limits, &unit) {
            Ok(()) => return Ok(Ok(Fitting { placed, limits })),
            Err(why) => short = Some(why),
        }
        passed.push(placed.server);
    }
}

/// Whether the unit's nodes have the memory that it may use at most.
pub(crate) fn memory(limits: &Limits, unit: &UnitRecord) -> Result<(), String> {
    match (limits.memory_max, unit.memory_bytes) {
        (Some(most), Some(all)) if most > all => Err(format!(
            "{most} bytes are more than the {all} that the memory nodes of unit {} have",
            unit.id
        )),
        _ => Ok(()),
    }
}
