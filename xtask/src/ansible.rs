//! `ansible-core` for the tests, in a virtual environment below the target folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use rustix::fs::{FlockOperation, flock};

/// The versions that the collection is tested with: of now, and the oldest it is for, which takes
/// every text for a template that is not marked otherwise.
pub const VERSIONS: [&str; 2] = ["2.19.14", "2.16.19"];

/// The folder of the programs of the version of now.
pub fn programs() -> Result<PathBuf> {
    programs_of(VERSIONS[0])
}

/// The folder of the programs of a version; installed first where it is not there.
pub fn programs_of(version: &str) -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/ansible");
    fs::create_dir_all(&target)?;
    let target = target.canonicalize()?;
    let lock = fs::File::create(target.join(".lock"))?;
    flock(&lock, FlockOperation::LockExclusive)?;
    let venv = target.join(version);
    let done = venv.join(".done");
    if !done.exists() {
        println!("installing ansible-core {version} into {}", venv.display());
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv))?;
        let wanted = format!("ansible-core=={version}");
        run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", &wanted]))?;
        fs::write(done, "")?;
    }
    Ok(venv.join("bin"))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output();
    let output = output.with_context(|| format!("failed to run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "failed: {command:?}: {said}");
    Ok(())
}
