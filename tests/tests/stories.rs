//! Stories of the whole control plane over a simulated fleet.

mod stories {
    mod idempotency;
    mod life;
    mod listing;
    mod many;
    mod refusals;
    mod town;
    mod trouble;
}
