//! The host binary on a real server: Debian 13, or the release that `KLOIGOS_LAB_RELEASE` names
//! (`bookworm`). The kernel is asked, not the binary.
//!
//! One test that tells its stories one after the other on one server, since a lab is dear.

mod host_on_lab {
    mod attestation;
    mod by_hand;
    mod isolation;
    mod life;
    mod limits;
    mod measures;
    mod people;
    pub(crate) mod stage;
    mod tenancy;

    pub(crate) use attestation::each_mechanism_is_attested;
    pub(crate) use by_hand::accounts_confined_by_hand_are_seen;
    pub(crate) use isolation::{
        a_login_outside_its_slice_is_refused, a_tenant_is_on_its_own_cpus_and_ports,
        limits_change_under_a_running_tenant,
    };
    pub(crate) use life::{
        a_reboot_changes_nothing, facts_are_those_of_the_machine, init_of_four_units,
        removal_leaves_nothing,
    };
    pub(crate) use limits::{
        a_unit_uses_no_more_than_it_may, a_volume_is_empty_again,
        a_volume_is_taken_only_when_it_is_empty,
    };
    pub(crate) use measures::{
        a_setting_of_others_that_keeps_units_out_is_told,
        a_tenant_has_tmp_and_processes_of_its_own, housekeeping_comes_and_goes,
        no_job_of_a_tenant_runs_elsewhere, what_is_declined_is_absent,
    };
    pub(crate) use people::{people_are_there_first, people_keep_what_they_had};
    pub(crate) use tenancy::{a_power_cut_in_an_eviction_heals, nothing_of_a_tenant_is_left};
}

use anyhow::{Context, Result};
use host_on_lab::stage::Stage;

/// One part of the life of a server.
type Story = fn(&Stage) -> Result<()>;

/// From the first look at a server until before it is given back.
const LIFE: [(&str, Story); 18] = [
    ("facts", host_on_lab::facts_are_those_of_the_machine),
    ("people before", host_on_lab::people_are_there_first),
    ("init", host_on_lab::init_of_four_units),
    (
        "a tenant",
        host_on_lab::a_tenant_is_on_its_own_cpus_and_ports,
    ),
    ("limits", host_on_lab::limits_change_under_a_running_tenant),
    ("no more", host_on_lab::a_unit_uses_no_more_than_it_may),
    (
        "a volume",
        host_on_lab::a_volume_is_taken_only_when_it_is_empty,
    ),
    ("people", host_on_lab::people_keep_what_they_had),
    (
        "a tenant's own",
        host_on_lab::a_tenant_has_tmp_and_processes_of_its_own,
    ),
    ("jobs", host_on_lab::no_job_of_a_tenant_runs_elsewhere),
    ("housekeeping", host_on_lab::housekeeping_comes_and_goes),
    (
        "others' settings",
        host_on_lab::a_setting_of_others_that_keeps_units_out_is_told,
    ),
    ("declined", host_on_lab::what_is_declined_is_absent),
    ("eviction", host_on_lab::nothing_of_a_tenant_is_left),
    ("a reboot", host_on_lab::a_reboot_changes_nothing),
    ("a volume's end", host_on_lab::a_volume_is_empty_again),
    ("a power cut", host_on_lab::a_power_cut_in_an_eviction_heals),
    (
        "the guard",
        host_on_lab::a_login_outside_its_slice_is_refused,
    ),
];

#[test]
fn the_life_of_a_server_under_the_host_binary() -> Result<()> {
    let stage = Stage::set()?;
    let before = stage.fingerprint()?;
    for (name, story) in LIFE {
        println!("── {name}");
        story(&stage).with_context(|| name.to_owned())?;
    }
    println!("── removal");
    host_on_lab::removal_leaves_nothing(&stage, &before).context("removal")
}

/// Tenants of a time before: on a server that nothing of ours was ever on.
#[test]
fn the_life_before_is_seen_as_it_is() -> Result<()> {
    host_on_lab::accounts_confined_by_hand_are_seen(&Stage::set()?)
}

/// On a server of its own, since what it breaks it leaves broken.
#[test]
fn attestation_tells_each_broken_mechanism() -> Result<()> {
    host_on_lab::each_mechanism_is_attested(&Stage::set()?)
}
