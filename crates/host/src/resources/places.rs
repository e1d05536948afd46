//! The directories that hold our state: over reboots, and of this boot.

use super::{
    Presence,
    parts::{Part, Parts},
};
use crate::paths;

pub(super) fn places(presence: Presence) -> Parts {
    Parts {
        name: "places",
        presence,
        of: vec![
            Part::tree(paths::STATE_DIR, 0o700),
            Part::tree(paths::UNITS_DIR, 0o700),
            Part::tree(paths::TRASH_DIR, 0o700),
            Part::tree(paths::RUN_DIR, 0o700),
            Part::tree(paths::SETTLED_DIR, 0o700),
        ],
    }
}
