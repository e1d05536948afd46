//! Two units of one Debian 13 server, one of which burns all that it has and tries for more. The
//! kernel's scheduler tells who ran where, and the other unit's cgroup what it lost.
//!
//! One test that tells its stories one after the other on one server, since a lab is dear.

mod neighbour_on_lab {
    mod share;
    mod stage;
    mod trace;

    pub(crate) use share::a_unit_computes_as_much_as_it_did_alone;
    pub(crate) use stage::Stage;
    pub(crate) use trace::{nobody_else_runs_on_a_units_cpus, on_another_cpu_set_a_unit_is_seen};
}

use anyhow::{Context, Result};
use neighbour_on_lab::Stage;

/// What is told of the two.
type Story = fn(&Stage) -> Result<()>;

#[test]
fn a_running_neighbour_takes_nothing() -> Result<()> {
    let stage = Stage::set()?;
    let stories: [(&str, Story); 3] = [
        (
            "who runs where",
            neighbour_on_lab::nobody_else_runs_on_a_units_cpus,
        ),
        (
            "CPU time",
            neighbour_on_lab::a_unit_computes_as_much_as_it_did_alone,
        ),
        (
            "on another CPU set",
            neighbour_on_lab::on_another_cpu_set_a_unit_is_seen,
        ),
    ];
    for (name, story) in stories {
        println!("── {name}");
        story(&stage).with_context(|| name.to_owned())?;
    }
    Ok(())
}
