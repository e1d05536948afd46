//! Who may open a database.

use std::os::unix::fs::PermissionsExt;

use kloigos_store::{Error, Store};

use super::rows::{host1, store};

#[tokio::test]
async fn a_second_opener_of_a_file_is_told_who_has_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = Store::open(dir.path()).await.expect("a new database");
    let refused = Store::open(dir.path()).await;
    let Err(Error::Unavailable { reason }) = refused else {
        panic!("opened twice: {refused:?}");
    };
    let pid = std::process::id().to_string();
    assert!(reason.contains(&pid), "{reason}");
    assert!(
        reason.contains(dir.path().to_str().expect("a path")),
        "{reason}"
    );
    first.close().await;
    Store::open(dir.path()).await.expect("it is free again");
}

#[tokio::test]
async fn what_is_written_is_there_after_it_was_opened_again() {
    let (place, first) = store().await;
    let (server, _) = host1(&first).await;
    first.close().await;
    drop(first);
    let again = place.open().await;
    let refused = again.run(&super::rows::Write::Server(server)).await;
    assert!(
        matches!(refused, Err(Error::Conflict { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_data_directory_is_its_owners_alone_and_may_have_any_name() {
    let parent = tempfile::tempdir().expect("a directory");
    let dir = parent.path().join("a b%20c?mode=memory#d").join("ü");
    let store = Store::open(&dir).await.expect("a new database");
    store.close().await;
    let mode = std::fs::metadata(&dir)
        .expect("a directory")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(dir.join("kloigos.db").exists());
}
