//! What keeps a stale or unsound request from a server.

use kloigos_model::host::{Desired, Generation, Outcome, ScopeName, Spec, UnitSpec};

use crate::{
    fault::Trouble,
    resources::Presence,
    state::{self, Record},
    sys::Host,
};

/// The system's own users end here on every distribution we know (`UID_MIN` of login.defs(5)).
const FIRST_UID: u32 = 1000;
/// `nobody`, and what chown(2) takes for "unchanged".
const NO_UIDS: [u32; 3] = [65_534, 65_535, u32::MAX];

/// Why a request does not pass.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct NotPassed {
    pub(super) outcome: Outcome,
    message: String,
}

/// Lets through what is newer than the record, or the very same.
pub(super) fn check(
    record: Option<&Record>,
    desired: &Desired,
    presence: Presence,
) -> Result<(), NotPassed> {
    let Some(record) = record else {
        return Ok(());
    };
    let (asked, kept) = (desired.generation, record.desired.generation);
    if asked < kept {
        return Err(NotPassed {
            outcome: Outcome::Stale,
            message: older(asked, kept),
        });
    }
    let going_back = record.removing && presence == Presence::Present;
    if asked == kept && (record.desired.spec != desired.spec || going_back) {
        return Err(NotPassed {
            outcome: Outcome::Refused,
            message: format!(
                "the server keeps another state of {} as generation {kept}",
                desired.scope()
            ),
        });
    }
    unmoved(&record.desired.spec, &desired.spec).map_err(|message| NotPassed {
        outcome: Outcome::Refused,
        message,
    })
}

/// The CPUs and nodes of a unit stay what they are while somebody has it: programs size and pin
/// themselves at their start.
fn unmoved(kept: &Spec, asked: &Spec) -> Result<(), String> {
    let (Spec::Unit(kept), Spec::Unit(asked)) = (kept, asked) else {
        return Ok(());
    };
    let tenancy = |unit: &UnitSpec| unit.tenant.as_ref().map(|tenant| tenant.allocation);
    let stays = tenancy(kept).is_some() && tenancy(kept) == tenancy(asked);
    if stays && (&kept.cpus, &kept.memory_nodes) != (&asked.cpus, &asked.memory_nodes) {
        return Err(format!(
            "the CPUs and memory nodes of {} do not change while it is allocated; deallocate it \
             first",
            asked.user
        ));
    }
    let volume = |unit: &UnitSpec| unit.volume.as_ref().map(|volume| volume.path.clone());
    if volume(kept) != volume(asked) {
        return Err(format!(
            "the volume of {} is the one it was made with; remove the unit first",
            asked.user
        ));
    }
    Ok(())
}

pub(super) fn older(asked: Generation, kept: Generation) -> String {
    format!("generation {asked} is older than {kept}, which the server has seen")
}

/// Refuses a unit that shares anything with another, or that no server part is there for, and the
/// removal of a server that has units.
pub(super) fn alone(
    host: &mut dyn Host,
    desired: &Desired,
    presence: Presence,
) -> Result<(), Trouble> {
    match (&desired.spec, presence) {
        (Spec::Unit(unit), Presence::Present) => {
            if state::load(host, &ScopeName::Server)?.is_none_or(|record| record.removing) {
                return Err(Trouble::refused(
                    "the server's own part is not there; apply the scope server first",
                ));
            }
            sound(unit)?;
            let others = state::units(host)?;
            let mut others = others.iter().filter(|other| other.user != unit.user);
            others.try_for_each(|other| disjoint(unit, other))
        }
        (Spec::Server(_), Presence::Absent) => {
            let left = state::scopes(host)?
                .into_iter()
                .find(|scope| *scope != ScopeName::Server);
            left.map_or(Ok(()), |unit| {
                Err(Trouble::refused(format!(
                    "the server still has the unit {unit}; remove it first"
                )))
            })
        }
        (Spec::Unit(_), Presence::Absent) | (Spec::Server(_), Presence::Present) => Ok(()),
    }
}

fn sound(unit: &UnitSpec) -> Result<(), Trouble> {
    if unit.uid < FIRST_UID || NO_UIDS.contains(&unit.uid) {
        return Err(Trouble::refused(format!(
            "uid {} is not for units",
            unit.uid
        )));
    }
    Ok(())
}

fn disjoint(unit: &UnitSpec, other: &UnitSpec) -> Result<(), Trouble> {
    let volume = |unit: &UnitSpec| unit.volume.as_ref().map(|volume| volume.path.clone());
    let shared = [
        (
            volume(unit).is_some() && volume(unit) == volume(other),
            "the same volume",
        ),
        (unit.uid == other.uid, "the same uid"),
        (unit.dir == other.dir, "the same directories"),
        (
            unit.cpus.intersection(&other.cpus).is_some(),
            "a CPU in common",
        ),
        (unit.ports.overlaps(other.ports), "a port in common"),
    ];
    match shared.iter().find(|(shares, _)| *shares) {
        Some((_, what)) => Err(Trouble::refused(format!(
            "{} and {} have {what}",
            unit.user, other.user
        ))),
        None => Ok(()),
    }
}
