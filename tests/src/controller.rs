//! A controller of Ansible's: our collection where it looks for it, and a control plane to call.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::drive::Api;

/// Where a controller's collections are, in its home.
const COLLECTIONS: &str = "collections";

/// Puts the collection of this repository where a controller of this home finds it.
pub fn link_collection(home: &Path) {
    let namespace = home.join(COLLECTIONS).join("ansible_collections/kloigos");
    fs::create_dir_all(&namespace).expect("a folder");
    symlink(repository("ansible"), namespace.join("cloud")).expect("a link");
}

/// One of Ansible's programs, with nothing of this process' environment.
pub fn ansible_command(programs: &Path, program: &str, home: &Path, api: &Api) -> Command {
    let mut command = Command::new(programs.join(program));
    command
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ANSIBLE_COLLECTIONS_PATH", home.join(COLLECTIONS))
        .env("ANSIBLE_LOCALHOST_WARNING", "false")
        .env(
            "ANSIBLE_INVENTORY_ENABLED",
            "kloigos.cloud.kloigos,ansible.builtin.yaml",
        )
        .env("KLOIGOS_URL", api.base())
        .env("KLOIGOS_TOKEN", api.token().expect("a token"));
    command
}

/// A folder or file of this repository.
pub fn repository(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(part)
        .canonicalize()
        .expect("it is there")
}
