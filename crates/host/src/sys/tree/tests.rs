#![expect(
    clippy::disallowed_methods,
    reason = "tests make the trees that are removed"
)]

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use super::*;

struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("kloigos-tree-{}-{name}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn a_link_is_removed_and_not_followed() {
    let place = Place::new("link");
    fs::create_dir(place.path("others")).unwrap();
    fs::write(place.path("others/file"), "kept").unwrap();
    fs::create_dir(place.path("tree")).unwrap();
    symlink(place.path("others"), place.path("tree/link")).unwrap();
    remove(&place.path("tree")).unwrap();
    assert!(!fs::exists(place.path("tree")).unwrap());
    assert_eq!(fs::read(place.path("others/file")).unwrap(), b"kept");
    symlink(place.path("others"), place.path("top")).unwrap();
    remove(&place.path("top")).unwrap();
    assert!(fs::exists(place.path("others/file")).unwrap());
}

#[test]
fn a_chain_of_a_thousand_directories_is_removed() {
    let place = Place::new("deep");
    let mut dir = place.0.join("tree");
    fs::create_dir(&dir).unwrap();
    // Paths are at most PATH_MAX long, so the chain is made of pieces that are moved into each
    // other, as a tenant would.
    for piece in 0..50 {
        let below = place.0.join(format!("piece{piece}"));
        fs::create_dir_all(below.join("a/".repeat(20))).unwrap();
        let moved = dir.join("below");
        fs::rename(&below, &moved).unwrap();
        let next = place.0.join(format!("next{piece}"));
        fs::create_dir(&next).unwrap();
        fs::rename(&dir, next.join("up")).unwrap();
        dir = next;
    }
    fs::rename(&dir, place.0.join("whole")).unwrap();
    remove(&place.path("whole")).unwrap();
    assert!(!fs::exists(place.path("whole")).unwrap());
}

#[test]
fn removing_what_is_not_there_is_success() {
    let place = Place::new("absent");
    assert!(remove(&place.path("no")).is_ok());
    assert!(matches!(sweep(&place.path("no"), 1), Ok(0)));
}

#[test]
fn a_sweep_takes_what_the_user_owns_and_nothing_else() {
    let place = Place::new("sweep");
    fs::create_dir_all(place.path("dir/below")).unwrap();
    fs::write(place.path("dir/below/file"), "").unwrap();
    let me = fs::metadata(place.path("dir")).unwrap();
    let uid = std::os::unix::fs::MetadataExt::uid(&me);
    assert!(matches!(sweep(&place.path("dir"), uid + 1), Ok(0)));
    assert!(fs::exists(place.path("dir/below/file")).unwrap());
    assert!(matches!(sweep(&place.path("dir"), uid), Ok(1)));
    assert!(!fs::exists(place.path("dir/below")).unwrap());
    assert!(fs::exists(place.path("dir")).unwrap());
}
