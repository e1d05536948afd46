//! A restored database is older than its servers: they are looked at before anything is changed on
//! them, and what they are ahead in is told and left to an operator.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use kloigos_tests::keys::public_key;
use serde_json::{Value, json};
use xtask::drive::{ControlPlane, Serve};

use super::ways::{Ground, init, text};

/// Whose key is whose.
const STAYS: u8 = 1;
const LEAVES: u8 = 2;
const CAME_SINCE: u8 = 3;

#[test]
fn whoever_came_after_the_backup_keeps_the_unit_until_an_operator_ends_it() {
    for ground in Ground::both() {
        let hooks = Hooks::beside(&ground);
        let plane = serve(&ground, &hooks, 2, None);
        let token = plane.api().token().expect("a token").to_owned();
        init(&plane, 1);
        let stays = allocate(&plane, STAYS);
        let leaves = allocate(&plane, LEAVES);
        hooks.hold();
        end(&plane, &leaves, "");
        await_unit(&plane, &leaves, |unit| unit["status"] == "deallocating");
        let file = ground.file("backup");
        ground.done(&["backup", text(&file)]);
        hooks.let_go();
        await_unit(&plane, &leaves, is_free);
        take(&plane, &leaves);
        let came_and_went = allocate(&plane, LEAVES);
        end(&plane, &came_and_went, "?wait=true");
        drop(plane);

        ground.done(&["restore", text(&file), "--replace"]);
        assert!(ground.done(&["check"]).contains("sound"));
        let plane = serve(&ground, &hooks, 2, Some(&token));
        let quarantined = |unit: &Value| unit["status"] == "deallocation_fail";
        let ahead = await_unit(&plane, &came_and_went, quarantined);
        assert!(
            reason(&ahead).contains("newer state of this unit"),
            "{ahead}"
        );
        assert_eq!(ahead["next_action"], "deallocate the unit");
        let cut_short = await_unit(&plane, &leaves, quarantined);
        assert!(
            reason(&cut_short).contains("under way in the backup"),
            "{cut_short}"
        );
        let jobs = plane.client().get("/api/jobs?kind=deallocating").json();
        let failed = |job: &Value| job["status"] == "failed";
        assert!(
            jobs.as_array().is_some_and(|jobs| jobs.iter().all(failed)),
            "{jobs}"
        );
        let kept = await_unit(&plane, &stays, |unit| unit["status"] == "allocated");
        assert_eq!(kept["allocation_id"], stays["allocation_id"]);
        assert!(is_let_in(&ground, CAME_SINCE), "nobody asked to end it");

        for unit in [&came_and_went, &leaves] {
            end(&plane, unit, "?wait=true");
            await_unit(&plane, unit, is_free);
        }
        assert!(!is_let_in(&ground, CAME_SINCE), "the operator ended it");
    }
}

#[test]
fn nothing_is_begun_on_a_server_that_was_not_compared_yet() {
    for ground in Ground::both() {
        let hooks = Hooks::beside(&ground);
        let plane = serve(&ground, &hooks, 2, None);
        let token = plane.api().token().expect("a token").to_owned();
        init(&plane, 2);
        let unit = allocate(&plane, STAYS);
        drop(plane);
        let file = ground.file("backup");
        ground.done(&["backup", text(&file)]);
        ground.done(&["restore", text(&file), "--replace"]);

        // The second server does not answer.
        let plane = serve(&ground, &hooks, 1, Some(&token));
        let id = unit["compute_id"].as_str().expect("a name");
        let of_unit = format!("/api/compute_units/deallocate/{id}");
        let of_server = "/api/admin/decommission_server/host2?force=true";
        for path in [of_unit.as_str(), of_server] {
            let refused = plane.client().delete(path);
            assert_eq!(refused.status, 409, "{refused:?}");
            assert!(refused.detail().contains("not compared"), "{refused:?}");
        }
        assert!(is_let_in(&ground, STAYS));
        drop(plane);

        let plane = serve(&ground, &hooks, 2, Some(&token));
        let answers = |server: &Value| server["health"] == "healthy";
        plane.client().await_get("/api/servers/host2", answers);
        end(&plane, &unit, "?wait=true");
        assert!(!is_let_in(&ground, STAYS));
    }
}

/// A `clean_up` that waits as long as it is held.
struct Hooks {
    folder: PathBuf,
}

impl Hooks {
    fn beside(ground: &Ground) -> Self {
        let folder = ground.file("hooks");
        fs::create_dir(&folder).expect("a folder");
        let hooks = Self { folder };
        let held = hooks.held();
        let script = format!(
            "#!/bin/sh\nwhile [ -e '{}' ]; do sleep 0.05; done\n",
            text(&held)
        );
        let hook = hooks.folder.join("clean_up");
        fs::write(&hook, script).expect("a hook");
        fs::set_permissions(&hook, PermissionsExt::from_mode(0o700)).expect("it is ours");
        hooks
    }

    fn held(&self) -> PathBuf {
        self.folder.with_extension("held")
    }

    fn hold(&self) {
        fs::write(self.held(), "").expect("a file");
    }

    fn let_go(&self) {
        fs::remove_file(self.held()).expect("it was held");
    }
}

fn serve(ground: &Ground, hooks: &Hooks, servers: u8, token: Option<&str>) -> ControlPlane {
    let mut arguments = ground.arguments();
    arguments[1] = servers.to_string();
    arguments.extend(["--hooks".to_owned(), text(&hooks.folder).to_owned()]);
    let serve = Serve {
        data_dir: ground.dir.path().to_owned(),
        arguments: arguments.iter().map(Into::into).collect(),
        token: token.map(str::to_owned),
    };
    ControlPlane::start(&serve).expect("kloigos starts")
}

fn allocate(plane: &ControlPlane, key: u8) -> Value {
    let wanted = json!({"tags": {}, "ssh_public_key": public_key(key), "cpu_count": 16});
    let wanted = plane.client().post("/api/compute_units/allocate", &wanted);
    wanted.expect(200)
}

/// Allocates until it is this unit that somebody who came since has.
fn take(plane: &ControlPlane, unit: &Value) {
    let mut others = Vec::new();
    loop {
        let got = allocate(plane, CAME_SINCE);
        if got["compute_id"] == unit["compute_id"] {
            for other in &others {
                end(plane, other, "?wait=true");
            }
            return;
        }
        others.push(got);
    }
}

fn end(plane: &ControlPlane, unit: &Value, how: &str) {
    let id = unit["compute_id"].as_str().expect("a name");
    let path = format!("/api/compute_units/deallocate/{id}{how}");
    plane.client().delete(&path).expect(200);
}

fn await_unit(plane: &ControlPlane, unit: &Value, fits: impl Fn(&Value) -> bool) -> Value {
    let id = unit["compute_id"].as_str().expect("a name");
    let path = format!("/api/compute_units/{id}");
    plane.client().await_get(&path, fits)
}

fn is_free(unit: &Value) -> bool {
    unit["status"] == "free"
}

fn reason(unit: &Value) -> &str {
    unit["reason"].as_str().unwrap_or_default()
}

/// Whether any simulated server has this key.
fn is_let_in(ground: &Ground, key: u8) -> bool {
    let key = public_key(key);
    let blob = key.split(' ').nth(1).expect("a key");
    let files = fs::read_dir(ground.dir.path().join("simulated/machines")).expect("machines");
    let mut texts = files.map(|file| fs::read_to_string(file.expect("a file").path()));
    texts.any(|text| text.is_ok_and(|text| text.contains(blob)))
}
