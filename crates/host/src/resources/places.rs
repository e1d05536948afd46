//! The directories that hold our state: over reboots, and of this boot.

use super::{
    Presence, Setting,
    parts::{Part, Parts},
};
use crate::paths;

/// Of a server that is not recorded only what outlives a request is looked at; our locks are there
/// whenever we are.
pub(super) fn places(presence: Presence, setting: Setting) -> Parts {
    let state = Part::tree(paths::STATE_DIR, 0o700);
    if presence == Presence::Absent && !setting.recorded {
        return Parts {
            name: "places",
            presence,
            of: vec![state],
        };
    }
    Parts {
        name: "places",
        presence,
        of: vec![
            state,
            Part::tree(paths::UNITS_DIR, 0o700),
            Part::tree(paths::TRASH_DIR, 0o700),
            Part::tree(paths::RUN_DIR, 0o700),
            Part::tree(paths::SETTLED_DIR, 0o700),
        ],
    }
}
