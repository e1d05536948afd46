//! The whole path on real servers, as its users go it: the executable as a process, the API over
//! HTTP, servers over SSH, tenants who log in.
//!
//! One test that tells its stories one after the other on one lab of two servers, since a lab is
//! dear; each story begins with servers as they were built.

mod path_on_lab {
    mod example;
    mod faults;
    mod listing;
    mod many;
    mod running;
    mod stage;
    mod sudo;

    pub(crate) use example::the_originals_example_by_curl;
    pub(crate) use faults::{
        a_kill_in_the_middle_of_an_init_loses_nothing, an_unreachable_server_costs_no_unit,
    };
    pub(crate) use many::thirty_two_callers_over_eight_units;
    pub(crate) use running::an_owner_stops_starts_and_resets;
    pub(crate) use sudo::an_administrator_with_sudo_is_as_good_as_root;
}

use anyhow::{Context, Result};
use xtask::lab::{Lab, Spec};

/// What is told on servers as they were built.
type Story = fn(&Lab) -> Result<()>;

#[test]
fn the_path_from_a_bare_server_to_a_tenants_shell_and_back() -> Result<()> {
    let spec = Spec {
        name: format!("path-{}", std::process::id()),
        servers: 2,
        ..Spec::default()
    };
    let lab = Lab::up_temporary(&spec)?;
    let stories: [(&str, Story); 6] = [
        (
            "the original's example, by curl",
            path_on_lab::the_originals_example_by_curl,
        ),
        (
            "an administrator with sudo",
            path_on_lab::an_administrator_with_sudo_is_as_good_as_root,
        ),
        (
            "stop, start and reset",
            path_on_lab::an_owner_stops_starts_and_resets,
        ),
        (
            "32 callers over 8 units",
            path_on_lab::thirty_two_callers_over_eight_units,
        ),
        (
            "a server that cannot be reached",
            path_on_lab::an_unreachable_server_costs_no_unit,
        ),
        (
            "a kill in the middle of an init",
            path_on_lab::a_kill_in_the_middle_of_an_init_loses_nothing,
        ),
    ];
    for (name, story) in stories {
        println!("── {name}");
        for server in lab.servers() {
            server.reset()?;
        }
        story(&lab).with_context(|| name.to_owned())?;
    }
    Ok(())
}
