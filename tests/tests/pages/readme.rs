//! `README.md`: a walk through the API, by curl.

use std::fs;

use kloigos_tests::{keys::public_key, pages::walk::Walk};

#[test]
fn the_walk_through_the_api_is_true() {
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir(home.path().join(".ssh")).expect("a folder");
    fs::write(home.path().join(".ssh/id_ed25519.pub"), public_key(1)).expect("a file");
    let mut walk = Walk::of("README.md", home.path());
    walk.follow("## A walk through the API", "## What works");
    walk.stop();
}
