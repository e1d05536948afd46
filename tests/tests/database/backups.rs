//! A backup, taken while the control plane works, becomes the database of another one.

use std::{os::unix::fs::PermissionsExt, thread};

use kloigos_tests::keys::public_key;
use serde_json::{Value, json};
use xtask::drive::ControlPlane;

use super::ways::{Ground, init, listed, text};

#[test]
fn a_backup_under_load_is_sound_and_restores_into_either_engine() {
    for from in Ground::both() {
        let plane = from.serve(None);
        let token = plane.api().token().expect("a token").to_owned();
        init(&plane, 1);
        init(&plane, 2);
        let kept = allocate(&plane, 1);
        let file = from.file("backup");
        thread::scope(|scope| {
            let busy = scope.spawn(|| come_and_go(&plane));
            from.done(&["backup", text(&file)]);
            busy.join().expect("the load went well");
        });
        let mode = std::fs::metadata(&file)
            .expect("a backup")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "it holds tenants' keys");
        drop(plane);
        for to in Ground::both() {
            to.has_the_servers_of(&from);
            restored_works(&to, text(&file), &token, &kept);
        }
    }
}

fn allocate(plane: &ControlPlane, key: u8) -> Value {
    let wanted =
        json!({"tags": {"who": "ann"}, "ssh_public_key": public_key(key), "cpu_count": 16});
    let wanted = plane.client().post("/api/compute_units/allocate", &wanted);
    wanted.expect(200)
}

fn come_and_go(plane: &ControlPlane) {
    for key in 10..20 {
        let unit = allocate(plane, key);
        let id = unit["compute_id"].as_str().expect("a name");
        let end = format!("/api/compute_units/deallocate/{id}?wait=true");
        plane.client().delete(&end).expect(200);
    }
}

/// The rows are there, nothing is broken, and it goes on with the servers, which are ahead of it.
fn restored_works(to: &Ground, file: &str, token: &str, kept: &Value) {
    let said = to.done(&["restore", file]);
    assert!(
        said.contains("the epoch is 1"),
        "the time of the restore: {said}"
    );
    assert!(to.done(&["check"]).contains("sound"));
    let again = to.refused(&["restore", file]);
    assert!(again.contains("--replace"), "{again}");
    to.done(&["restore", file, "--replace"]);
    let plane = to.serve(Some(token));
    let id = kept["compute_id"].as_str().expect("a name");
    let unit = plane
        .client()
        .get(&format!("/api/compute_units/{id}"))
        .expect(200);
    assert_eq!(unit["allocation_id"], kept["allocation_id"]);
    // One whose job was in the backup is told that the server is ahead of it, and is degraded.
    let answers = |server: &Value| server["health"] != "unreachable";
    plane.client().await_get("/api/servers/host1", answers);
    plane.client().await_get("/api/servers/host2", answers);
    allocate(&plane, 30);
}

#[test]
fn no_server_is_given_to_anybody_before_it_was_visited() {
    for ground in Ground::both() {
        let plane = ground.serve(None);
        init(&plane, 1);
        drop(plane);
        let file = ground.file("backup");
        ground.done(&["backup", text(&file)]);
        ground.done(&["restore", text(&file), "--replace"]);
        let again = ground.file("again");
        ground.done(&["backup", text(&again)]);
        // A backup is a database that can be looked at by whoever has SQLite; here, by moving it.
        let seen = Ground::postgres();
        seen.done(&["restore", text(&again)]);
        let sql = |statement| seen.postgres.as_ref().expect("PostgreSQL").sql(statement);
        assert_eq!(sql("SELECT DISTINCT health FROM servers"), "unreachable");
        let reason = sql("SELECT DISTINCT health_reason FROM servers");
        assert!(reason.contains("restored from a backup"), "{reason}");
        let epoch: i64 = sql("SELECT value FROM meta WHERE name = 'epoch'")
            .parse()
            .expect("one");
        assert!(epoch > 1_700_000_000, "later than all before it: {epoch}");
    }
}

#[test]
fn a_restore_refuses_a_database_that_is_in_use_and_a_file_that_is_none() {
    for ground in Ground::both() {
        let plane = ground.serve(None);
        init(&plane, 1);
        let file = ground.file("backup");
        ground.done(&["backup", text(&file)]);
        let before = listed(&plane);
        let refused = ground.refused(&["restore", text(&file), "--replace"]);
        let says = ["in use by", "control planes use it"];
        assert!(says.iter().any(|says| refused.contains(says)), "{refused}");
        assert_eq!(listed(&plane), before);
        drop(plane);
        let nothing = ground.file("nothing");
        std::fs::write(
            &nothing,
            "no database at all, but long enough to be looked at",
        )
        .unwrap();
        let refused = ground.refused(&["restore", text(&nothing), "--replace"]);
        assert!(refused.contains("no backup of kloigos"), "{refused}");
        let refused = ground.refused(&["backup", text(&file)]);
        assert!(refused.contains("there already"), "{refused}");
        assert!(ground.done(&["check"]).contains("sound"));
    }
}
