//! Accounts that were confined to CPUs by hand, and would share them with units.

use super::Finding;
use crate::{
    cpu::CpuSet,
    host::{Facts, HandCut},
    layout::Slot,
};

pub(super) fn findings(facts: &Facts, slots: &[Slot]) -> Vec<Finding> {
    let told = facts.cut_by_hand.iter().filter_map(|cut| {
        let both = slots
            .iter()
            .filter_map(|slot| slot.cpus.intersection(&cut.cpus));
        let shared = both.reduce(|all, one| all.union(&one))?;
        Some(finding(cut, &shared))
    });
    told.collect()
}

/// What is to be typed names the account by its number: a name may hold anything.
fn finding(cut: &HandCut, shared: &CpuSet) -> Finding {
    let HandCut { account, uid, .. } = cut;
    let held = format!("the account {account} ({uid}) was given the CPUs {shared} by hand");
    match cut.processes {
        0 => Finding::degrading(
            format!("{held}: once it runs something, units share them with it"),
            format!("take them from it: systemctl revert user-{uid}.slice"),
        ),
        count => Finding::refusing(
            format!("{held}, and has processes that units would share them with: {count}"),
            format!(
                "let it save its work, then end them: loginctl disable-linger {uid}; \
                 pkill -KILL -U {uid}"
            ),
        ),
    }
}
