//! `docs/DATABASE.md`, with a real `PostgreSQL`: made, backed up, restored, and moved to.

use std::{fs, path::Path};

use kloigos_tests::{keys::public_key, pages::walk::Walk, plane::init_body, postgres::Cluster};
use serde_json::{Value, json};
use xtask::drive::{ControlPlane, Serve};

/// The servers of the page are simulated here.
const SIMULATED: [&str; 2] = ["--simulated", "1"];
/// Where a unit is, of which a tenancy is known.
const UNIT: &str = "/api/compute_units/host1_0-15";

/// Somebody at the page, whose database server is this one.
fn walk(home: &Path, cluster: &Cluster) -> Walk {
    let (etc, backups) = (home.join("etc"), home.join("backups"));
    for folder in [&etc, &backups] {
        fs::create_dir(folder).expect("a folder");
    }
    let socket = cluster.socket().display();
    let walk = Walk::of("docs/DATABASE.md", home);
    let data = walk.data_dir().join("simulated");
    walk.with("db.example:5432", &socket.to_string())
        .with(
            "db.example/kloigos?sslmode=verify-full",
            &format!("localhost/kloigos?host={socket}"),
        )
        .with("/etc/kloigos", &etc.display().to_string())
        .with("/var/lib/kloigos-control", &data.display().to_string())
        .with("/var/backups", &backups.display().to_string())
        .with(
            "kloigos serve",
            &format!("kloigos serve {}", SIMULATED.join(" ")),
        )
        .variable("PGHOST", cluster.socket())
        .variable("PGUSER", Path::new("postgres"))
        .typing("PASSWORD\nPASSWORD\n")
}

/// Cuts the server, and gives one of its units to somebody.
fn allocate(plane: &ControlPlane) -> Value {
    let client = plane.client();
    let init = init_body(1, &["0-15", "16-31"]);
    client
        .post("/api/admin/init_server?wait=true", &init)
        .expect(200);
    let wanted = json!({"cpu_count": 16, "tags": {}, "ssh_public_key": public_key(1)});
    client
        .post("/api/compute_units/allocate", &wanted)
        .expect(200)["allocation_id"]
        .clone()
}

/// Whose the unit is.
fn tenancy(plane: &ControlPlane) -> Value {
    plane.client().get(UNIT).expect(200)["allocation_id"].clone()
}

#[test]
fn a_database_is_made_used_backed_up_and_restored_by_the_page() {
    let home = tempfile::tempdir().expect("a folder");
    let cluster = Cluster::start();
    let mut walk = walk(home.path(), &cluster);
    walk.follow("## PostgreSQL", "## Commands");
    let given = allocate(walk.plane());
    walk.follow("## Backup and restore", "A restore needs");
    let client = walk.plane().client();
    client
        .delete("/api/compute_units/deallocate/host1_0-15?wait=true")
        .expect(200);
    assert_eq!(tenancy(walk.plane()), Value::Null);
    walk.stop();
    walk.follow("A restore needs", "Afterwards nothing");
    assert_eq!(tenancy(walk.plane()), given, "what was backed up is back");
    walk.stop();
}

#[test]
fn a_file_becomes_a_database_of_postgresql_by_the_page() {
    let home = tempfile::tempdir().expect("a folder");
    let cluster = Cluster::start();
    let walk = walk(home.path(), &cluster);
    let plane = ControlPlane::start(&Serve {
        data_dir: walk.data_dir(),
        arguments: SIMULATED.map(Into::into).to_vec(),
        token: None,
    });
    let plane = plane.expect("kloigos starts");
    let given = allocate(&plane);
    let mut walk = walk.knowing(plane.api().token());
    plane.stop().expect("kloigos stops");
    walk.follow("## PostgreSQL", "$ kloigos serve");
    walk.follow("## From SQLite to PostgreSQL", "The way back");
    assert_eq!(
        tenancy(walk.plane()),
        given,
        "what was in the file is there"
    );
    walk.stop();
}
