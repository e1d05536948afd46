//! What an allocate would do, without doing it.

use kloigos_model::{
    limits::{Limits, LimitsWish},
    names::Hostname,
    placement::{Considered, Miss, ServerOffer, Wanted, consider, used_per_mille},
};
use kloigos_store::{Error, Operation, Tx, UnitRecord};

use super::allocate::choose;
use crate::{fit::Fitting, refusal::Refusal};

/// The unit that an allocate would get now, and why that one.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The unit.
    pub unit: UnitRecord,
    /// What it would run with.
    pub limits: Limits,
    /// Why it and no other, one sentence each.
    pub reasons: Vec<String>,
    /// Servers that have no unit for it, and why.
    pub misses: Vec<(Hostname, Miss)>,
}

/// Asks for a [`Placement`]. Nothing is reserved: somebody else may be quicker.
pub(crate) struct Look<'a> {
    pub(crate) wanted: &'a Wanted,
    pub(crate) wish: &'a LimitsWish,
}

impl Operation for Look<'_> {
    type Output = Placement;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Placement, Refusal> {
        let Fitting { placed, limits } = choose(tx, self.wanted, self.wish).await?;
        let offers = tx.all_offers().await?;
        let unit = tx.load_unit(placed.unit).await?;
        let unit = unit.ok_or(Error::Missed {
            table: "units",
            rows: 0,
        })?;
        let considered = consider(self.wanted, &offers);
        let server = offers.iter().find(|offer| offer.id == placed.server);
        Ok(Placement {
            reasons: reasons(&considered, server, &unit),
            misses: considered.misses,
            unit,
            limits,
        })
    }
}

fn reasons(
    considered: &Considered,
    server: Option<&ServerOffer>,
    unit: &UnitRecord,
) -> Vec<String> {
    let Considered {
        matching, servers, ..
    } = considered;
    if *matching == 1 {
        return vec![format!("{} is the only free unit that matches.", unit.id)];
    }
    let used = server.map(used_per_mille).unwrap_or_default();
    vec![
        format!("{matching} free units on {servers} servers match."),
        format!(
            "{} has the smallest share of its CPUs in use ({}.{} %), so that load spreads.",
            unit.hostname,
            used / 10,
            used % 10
        ),
        "Of its units, this one breaks up the fewest free memory nodes.".to_owned(),
    ]
}
