//! The laws of the host binary's resources, over the simulated machine: they settle, a second run
//! does nothing, death at any call heals, others' things stay, and removal leaves nothing.
//!
//! The resources come from the host's own lists, so a new one is covered without anyone
//! remembering.

mod laws {
    mod attestation;
    mod boot;
    mod by_hand;
    mod fences;
    mod machines;
    mod measures;
    mod resources;
    mod scopes;
    mod tenancies;
}
