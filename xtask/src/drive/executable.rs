//! The builds of `kloigos`: the development build, and an optimised one to measure with.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use anyhow::{Context, Result, ensure};

/// The executable, built first by cargo, once for each program that asks.
pub fn executable() -> Result<&'static Path> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(built) = BUILT.get() {
        return Ok(built);
    }
    let built = build("debug", &[])?;
    Ok(BUILT.get_or_init(|| built))
}

/// The executable as it is when it is measured, built first by cargo.
pub fn optimised() -> Result<PathBuf> {
    build("release", &["--release"])
}

/// Runs `kloigos` with these arguments to its end.
pub fn run(arguments: &[&str]) -> Result<Output> {
    let mut kloigos = command(executable()?);
    kloigos
        .args(arguments)
        .output()
        .context("failed to run kloigos")
}

/// That program, with nothing of this user's but the environment.
pub(super) fn command(executable: &Path) -> Command {
    let mut command = Command::new(executable);
    command.stdin(Stdio::null()).env_remove("SSH_AUTH_SOCK");
    command
}

fn build(profile: &str, options: &[&str]) -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "kloigos-server"])
        .args(["--bin", "kloigos"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .context("failed to run cargo")?;
    ensure!(status.success(), "cargo build of kloigos: {status}");
    // A program of ours is target/debug/NAME, a test of ours target/debug/deps/NAME.
    let own = std::env::current_exe().context("failed to find this program")?;
    let folder = own.parent().context("a program lies in a folder")?;
    let folder = match folder.parent() {
        Some(above) if folder.ends_with("deps") => above,
        _ => folder,
    };
    let target = folder
        .parent()
        .context("a profile lies in the target folder")?;
    Ok(target.join(profile).join("kloigos"))
}
