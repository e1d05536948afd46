//! That the bench of the control plane measures what it says; how fast anything is, is not looked at.

use kloigos_tests::control_bench::{Size, measure};
use xtask::{bench::Topic, drive};

/// Both sides of each comparison are compared by the bench itself: the text of lists, the rows that
/// tenancies leave.
#[test]
fn the_control_plane_can_be_measured() {
    let kloigos = drive::executable().expect("kloigos is built");
    measure(kloigos, &Topic::ALL, &Size::SMOKE).expect("it is measured");
}
