//! Who is let in, what is said to who is not, and what is never said.

use std::process::Output;

use super::ways::{Ground, init, kloigos, text};

const SECRET: &str = "s3cret-9f1c";

#[test]
fn a_database_of_a_newer_version_is_refused_by_all() {
    let ground = Ground::postgres();
    ground.done(&["migrate"]);
    let database = ground.postgres.as_ref().expect("PostgreSQL");
    database.sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (99, 'x', true, '', 0)",
    );
    let file = ground.file("backup");
    for arguments in [vec!["migrate"], vec!["check"], vec!["backup", text(&file)]] {
        let refused = ground.refused(&arguments);
        assert!(
            refused.contains("written by a newer kloigos (schema 99"),
            "{refused}"
        );
    }
    let mut serve = kloigos();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(ground.dir.path());
    let output = serve
        .args(ground.arguments())
        .output()
        .expect("kloigos runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("newer kloigos"),
        "{said}"
    );
    assert!(!file.exists());
}

#[test]
fn serve_brings_the_schema_up_to_date_unless_it_is_told_not_to() {
    for ground in Ground::both() {
        let mut serve = kloigos();
        serve.args([
            "serve",
            "--no-migrate",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
        ]);
        serve.arg(ground.dir.path()).args(ground.arguments());
        let output = serve.output().expect("kloigos runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains("kloigos db migrate"),
            "{said}"
        );
        assert!(ground.done(&["migrate"]).contains("from 0"));
        assert!(ground.done(&["migrate"]).contains("already"));
        init(&ground.serve(None), 1);
        if let Some(database) = &ground.postgres {
            assert_eq!(database.sql(LANGUAGES), "", "the same order as on SQLite");
        }
    }
}

/// Columns whose order is that of some language.
const LANGUAGES: &str = "SELECT table_name, column_name FROM information_schema.columns \
    WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'";

#[test]
fn a_check_fails_when_something_is_wrong() {
    let ground = Ground::postgres();
    init(&ground.serve(None), 1);
    assert!(ground.done(&["check"]).contains("sound"));
    let database = ground.postgres.as_ref().expect("PostgreSQL");
    database.sql("DROP INDEX units_living_uid");
    database.sql("UPDATE units SET uid = 70001");
    let output = ground.db(&["check"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("the uid 70001 belongs to 4 units"), "{said}");
    assert!(said.contains("units_living_uid is gone"), "{said}");
}

fn says(output: &Output) -> String {
    let of = |bytes| String::from_utf8_lossy(bytes).into_owned();
    of(&output.stdout) + &of(&output.stderr)
}

#[test]
fn a_password_is_refused_on_the_command_line_and_never_shown() {
    let nobody = format!("postgres://ann:{SECRET}@127.0.0.1:1/fleet");
    let refused = kloigos()
        .args(["db", "check", "--database", &nobody])
        .output()
        .unwrap();
    let said = says(&refused);
    assert!(
        !refused.status.success() && said.contains("KLOIGOS_DATABASE"),
        "{said}"
    );
    assert!(!said.contains(SECRET), "{said}");
    for address in [
        nobody,
        format!("postgres//{SECRET}"),
        format!("postgres://a:{SECRET}@h:x/d"),
    ] {
        for verb in [
            vec!["db", "check"],
            vec!["serve", "--listen", "127.0.0.1:0"],
        ] {
            let output = kloigos()
                .args(verb)
                .env("KLOIGOS_DATABASE", &address)
                .output()
                .unwrap();
            assert!(!output.status.success());
            assert!(!says(&output).contains(SECRET), "{}", says(&output));
        }
    }
}

#[test]
fn a_password_from_a_file_is_in_no_log() {
    let ground = Ground::postgres();
    let url = ground.postgres.as_ref().expect("PostgreSQL").url();
    let url = url.replace("postgres@", &format!("postgres:{SECRET}@"));
    let file = ground.file("address");
    std::fs::write(&file, format!("{url}\n")).unwrap();
    let arguments = [
        "--simulated",
        "1",
        "--log",
        "trace",
        "--database-file",
        text(&file),
    ];
    let serve = xtask::drive::Serve {
        data_dir: ground.dir.path().to_owned(),
        arguments: arguments.iter().map(Into::into).collect(),
        token: None,
    };
    let plane = xtask::drive::ControlPlane::start(&serve).expect("kloigos starts");
    init(&plane, 1);
    let left = plane.stop().expect("it stops");
    assert!(left.stderr.contains("listening"), "{}", left.stderr);
    assert!(!left.stderr.contains(SECRET) && !left.stdout.contains(SECRET));
}
