//! Several control planes on one database: they share the work, none does another's, and what one
//! leaves another goes on with.

mod planes {
    mod crowd;
    mod killed;
    mod pair;
    mod sharing;
    mod taking_over;
    #[expect(
        dead_code,
        reason = "the stories' own words; not all of them are said here"
    )]
    #[path = "../stories/town.rs"]
    mod town;
    mod watched;
}
