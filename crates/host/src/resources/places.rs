//! The directories that hold our state, over reboots and of this boot, and what units see of it.

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
            // Through these nobody but root passes.
            Part::tree(paths::TMP_DIR, 0o000),
            Part::tree(format!("{}/tmp", paths::TMP_DIR), 0o000),
            Part::tree(format!("{}/vartmp", paths::TMP_DIR), 0o000),
            Part::tree(paths::SHM_DIR, 0o000),
            Part::dir(paths::ABOUT_DIR, 0o755),
            Part::tree(format!("{}/units", paths::ABOUT_DIR), 0o755),
            Part::tree(paths::ABOUT_SELF, 0o755),
        ],
    }
}
