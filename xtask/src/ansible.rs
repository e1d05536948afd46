//! `ansible-core` for the tests, in a virtual environment below the target folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use rustix::fs::{FlockOperation, flock};

/// The version that the collection is tested with.
const VERSION: &str = "2.19.14";

/// The folder of its programs; installed first where it is not there.
pub fn programs() -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/ansible");
    fs::create_dir_all(&target)?;
    let target = target.canonicalize()?;
    let lock = fs::File::create(target.join(".lock"))?;
    flock(&lock, FlockOperation::LockExclusive)?;
    let venv = target.join(VERSION);
    let done = venv.join(".done");
    if !done.exists() {
        println!("installing ansible-core {VERSION} into {}", venv.display());
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv))?;
        let wanted = format!("ansible-core=={VERSION}");
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
