//! The development build of `kloigos`.

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
    let built = build()?;
    Ok(BUILT.get_or_init(|| built))
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

fn build() -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "kloigos-server"])
        .args(["--bin", "kloigos"])
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
    Ok(folder.join("kloigos"))
}
