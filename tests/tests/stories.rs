//! Stories of the whole control plane over a simulated fleet, and the laws of its jobs: whatever
//! dies at whatever place, the same end.

mod stories {
    mod attest;
    mod changes;
    mod clocks;
    mod commits;
    mod drift;
    mod end;
    mod events;
    mod files;
    mod hooks;
    mod idempotency;
    mod laws;
    mod life;
    mod listing;
    mod many;
    mod order;
    mod recourse;
    mod refusals;
    mod retries;
    mod town;
    mod trouble;
    mod unreachable;
    mod visits;
}
