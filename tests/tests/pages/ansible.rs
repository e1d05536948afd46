//! `docs/how-to/ansible.md`: the collection is built and installed, and does what the page says.

use std::{fs, path::Path, process::Command};

use kloigos_tests::{controller::repository, keys::public_key};
use serde_json::Value;
use xtask::{
    ansible,
    drive::{ControlPlane, Serve},
};

const PAGE: &str = "docs/how-to/ansible.md";

#[test]
fn the_collection_is_installed_and_used_by_the_page() {
    let page = fs::read_to_string(repository(PAGE)).expect("the page");
    let (commands, yaml) = (code(&page, "sh"), code(&page, "yaml"));
    let ([commands], [inventory, tasks]) = (&commands[..], &yaml[..]) else {
        panic!("the page has commands, an inventory and tasks");
    };
    let home = tempfile::tempdir().expect("a folder");
    let plane = ControlPlane::start(&Serve {
        data_dir: home.path().join("data"),
        arguments: ["--simulated", "1"].map(Into::into).to_vec(),
        token: None,
    });
    let plane = plane.expect("kloigos starts");
    furnish(home.path(), plane.api().token().expect("a token"));
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).expect("a file");
    write("page.kloigos.yml", inventory);
    write("tasks.yml", &tasks.replace("192.0.2.11", "127.64.0.1"));
    let commands = commands.replace("https://kloigos.example", &plane.api().base());
    prints(
        home.path(),
        &format!("{commands}ansible-playbook play.yml >&2"),
    );
    // What the page sets is set in the shell that goes on with it.
    let asked = "ansible-inventory -i page.kloigos.yml --list";
    let (_, variables) = commands.split_once("export ").expect("it sets variables");
    let listed = prints(home.path(), &format!("export {variables}{asked}"));
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    let unit = &listed["_meta"]["hostvars"]["host1_0-15"];
    assert_eq!(unit["http_port"], 2000, "{listed:#}");
    assert_eq!(
        listed["db"]["hosts"][0], "host1_0-15",
        "a group of its tag: {listed:#}"
    );
}

/// What the reader of the page has: the sources, a key, the token, and a play for its tasks.
fn furnish(home: &Path, token: &str) {
    let copied = Command::new("cp")
        .arg("-r")
        .arg(repository("ansible"))
        .arg(home)
        .status();
    assert!(copied.expect("cp is there").success());
    fs::create_dir(home.join(".ssh")).expect("a folder");
    fs::write(home.join(".ssh/id_ed25519.pub"), public_key(1)).expect("a file");
    fs::write(home.join(".kloigos-token"), token).expect("a file");
    let play =
        "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - import_tasks: tasks.yml\n";
    fs::write(home.join("play.yml"), play).expect("a file");
}

/// What the blocks of a page hold that are in this language.
fn code<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let blocks = page.split(&fence).skip(1);
    let ended = blocks.map(|block| block.split_once("```").expect("its end").0);
    ended.collect()
}

/// What these commands print, all of which succeed.
#[track_caller]
fn prints(home: &Path, commands: &str) -> String {
    let programs = ansible::programs().expect("ansible-core is installed");
    let output = Command::new("bash")
        .args(["-euc", commands])
        .current_dir(home)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .output()
        .expect("bash is there");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{commands}:\n{said}\n{error}");
    said
}
