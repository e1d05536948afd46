//! Stories of the whole control plane over a simulated fleet, and the laws of its jobs: whatever
//! dies at whatever place, the same end.

mod jobs {
    mod end;
    mod laws;
    mod order;
}

mod stories {
    mod idempotency;
    mod life;
    mod listing;
    mod many;
    mod refusals;
    pub(crate) mod town;
    mod trouble;
}
