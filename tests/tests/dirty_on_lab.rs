//! The dirty tenant, on a real server: Debian 13, or the release that `KLOIGOS_LAB_RELEASE` names
//! (`bookworm`). It leaves as many kinds of residue as we know, each in another place or object of
//! the kernel, and resists its end; afterwards the next tenant and a listing of the whole machine
//! find none of it.
//!
//! One test that tells its stories one after the other on one server, since a lab is dear.

mod dirty_on_lab {
    mod activity;
    mod kinds;
    mod left;
    mod machine;
    #[expect(
        dead_code,
        reason = "the life of a server needs more of this stage than the end of a tenancy"
    )]
    #[path = "../host_on_lab/stage.rs"]
    mod stage;
    mod tenants;

    pub(crate) use activity::{a_reset_gives_an_empty_unit_back, a_unit_stands_still_and_stops};
    pub(crate) use left::what_cannot_be_removed_is_named;
    pub(crate) use stage::Stage;
    pub(crate) use tenants::{init, nothing_of_a_dirty_tenant_is_left};
}

use anyhow::{Context, Result};
use dirty_on_lab::Stage;

/// One part of what happens.
type Story = fn(&Stage) -> Result<()>;

#[test]
fn a_dirty_tenant_leaves_nothing() -> Result<()> {
    let stage = Stage::set()?;
    let stories: [(&str, Story); 5] = [
        ("init", dirty_on_lab::init),
        (
            "the dirty tenant",
            dirty_on_lab::nothing_of_a_dirty_tenant_is_left,
        ),
        (
            "the residue scan",
            dirty_on_lab::what_cannot_be_removed_is_named,
        ),
        (
            "freeze and stop",
            dirty_on_lab::a_unit_stands_still_and_stops,
        ),
        ("reset", dirty_on_lab::a_reset_gives_an_empty_unit_back),
    ];
    for (name, story) in stories {
        println!("── {name}");
        story(&stage).with_context(|| name.to_owned())?;
    }
    Ok(())
}
