//! Lists that are longer than what a control plane should hold at once.

use std::path::Path;

use kloigos_tests::control_bench::{download::Download, fleet, memory};
use sqlx::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use xtask::drive::{ControlPlane, Serve};

/// Enough that their list is many times what a control plane has otherwise.
const UNITS: u32 = 40_000;
const LIST: &str = "/api/compute_units/";

fn filled() -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let runtime = Runtime::new().expect("a runtime");
    let filled = runtime.block_on(fleet::fill(dir.path(), UNITS));
    filled.expect("a fleet");
    dir
}

fn start(dir: &Path) -> ControlPlane {
    let arguments = ["--simulated", "1", "--insecure-no-auth"];
    ControlPlane::start(&Serve {
        data_dir: dir.to_owned(),
        arguments: arguments.iter().map(Into::into).collect(),
        token: None,
    })
    .expect("kloigos starts")
}

fn download(plane: &ControlPlane, path: &str) -> Download {
    Download::of(plane.client().address(), path, 0).expect("an answer")
}

/// Whoever collects the rows or the text of the list has more than the text in memory.
#[test]
fn a_long_list_is_not_held_whole() {
    let dir = filled();
    let plane = start(dir.path());
    download(&plane, "/api/compute_units/?hostname=host00001");
    let before = memory::peak(&plane).expect("its memory");
    let list = download(&plane, LIST);
    let grown = memory::peak(&plane).expect("its memory") - before;
    let text = f64::from(u32::try_from(list.size()).expect("a size")) / f64::from(1 << 20);
    assert!(
        grown < text / 2.0,
        "a list of {text:.1} MiB took {grown:.1} MiB of memory"
    );
    let units = list.reply().expect("the whole list").json();
    let units = units.as_array().expect("a list");
    assert_eq!(units.len(), UNITS as usize);
    let names: Vec<&str> = units
        .iter()
        .filter_map(|unit| unit["compute_id"].as_str())
        .collect();
    assert_eq!(names[..2], ["host00000_0-3", "host00000_4-7"]);
    assert_eq!(names.last(), Some(&"host02499_60-63"));
}

/// What is wrong at the end of a long list is found when its beginning was sent.
#[test]
fn a_list_that_breaks_off_is_not_taken_for_a_whole_one() {
    let dir = filled();
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let connected = fleet::connect(&fleet::file(dir.path())).await;
        let mut connection = connected.expect("the database");
        let spoil = "UPDATE units SET cpus = 'none' WHERE name = 'host02499_60-63'";
        let spoilt = sqlx::query(spoil).execute(&mut connection).await;
        assert_eq!(spoilt.expect("an update").rows_affected(), 1);
        connection.close().await.expect("the end");
    });
    let plane = start(dir.path());
    let short = download(&plane, "/api/compute_units/?hostname=host02499").reply();
    let refused = short.expect_err("a fault").to_string();
    assert!(refused.contains("answered 500"), "{refused}");
    let list = download(&plane, LIST);
    assert!(list.size() > 1 << 20, "{} bytes were sent", list.size());
    let broken = list.reply().expect_err("a part").to_string();
    assert_eq!(broken, "the answer broke off");
    let other = download(&plane, "/api/compute_units/?hostname=host00000").reply();
    let other = other.expect("a whole list").json();
    assert_eq!(other.as_array().map(Vec::len), Some(16));
}
