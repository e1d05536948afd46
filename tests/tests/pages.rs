//! The commands of pages that are no how-to of the command line: they are run as they stand there.
//! And no page has commands that nothing runs.

mod pages {
    mod ansible;
    mod database;
    mod readme;
    mod unrun;
}
