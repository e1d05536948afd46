//! Changes made by hand on a real server: each is reported by the next visit, put right by a repair,
//! and nothing is reported that is not there.

mod drift_on_lab {
    mod changes;
    mod stage;

    pub(crate) use stage::Stage;
}

use anyhow::Result;
use drift_on_lab::Stage;

/// How many visits in a row must find nothing.
const QUIET_VISITS: u32 = 200;

/// One test, since a server with its units is dear.
#[test]
fn what_is_changed_by_hand_is_reported_and_repaired_and_nothing_else_is() -> Result<()> {
    let stage = Stage::set()?;
    println!("── each change is reported within a visit, and repaired");
    stage.each_change_is_reported_and_repaired()?;
    println!("── in repair mode nobody has to ask");
    stage.in_repair_mode_nobody_has_to_ask()?;
    println!("── {QUIET_VISITS} visits find nothing");
    stage.visits_find_nothing(QUIET_VISITS)
}
