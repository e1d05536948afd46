//! The store on real database files: what its constraints forbid, who may open it, how jobs are
//! handed out.

mod store {
    mod constraints;
    mod events;
    mod opening;
    mod queue;
    mod rows;
    mod tallies;
}
