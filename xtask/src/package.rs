//! `cargo xtask package`: what people install, in `target/dist`: a Debian package and a static
//! tarball. The same sources and commit give the same bytes.

mod deb;
mod tree;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use clap::Args;

pub use deb::Compression;

use crate::dist;

/// What is packaged.
#[derive(Args)]
pub struct Arguments {
    /// Only the Debian package.
    #[arg(long)]
    deb_only: bool,
}

/// Builds the executables and packages them.
pub fn run(arguments: &Arguments) -> Result<()> {
    let out = dist::folder()?;
    let host = dist::build()?;
    let deb = debian(&dist::build_control(&host)?, &out, Compression::Small)?;
    println!("{}", deb.display());
    if !arguments.deb_only {
        let tarball = tarball(&dist::build_static_control(&host)?, &out)?;
        println!("{}", tarball.display());
    }
    Ok(())
}

/// A Debian package of this executable, in this folder.
pub fn debian(executable: &Path, out: &Path, compression: Compression) -> Result<PathBuf> {
    let staged = tempfile::tempdir()?;
    let root = tree::debian(executable, staged.path())?;
    deb::pack(&root, out, compression)
}

/// A tarball of this executable and what belongs to it, in this folder.
pub fn tarball(executable: &Path, out: &Path) -> Result<PathBuf> {
    let staged = tempfile::tempdir()?;
    let name = format!("kloigos-{}-x86_64-linux", env!("CARGO_PKG_VERSION"));
    tree::portable(executable, &staged.path().join(&name))?;
    let file = out.join(format!("{name}.tar.gz"));
    let made = Command::new("tar")
        .args([
            "--sort=name",
            "--owner=0",
            "--group=0",
            "--numeric-owner",
            "--format=gnu",
        ])
        .arg(format!("--mtime=@{}", epoch()?))
        .args(["--use-compress-program=gzip -n9", "-cf"])
        .arg(&file)
        .arg("-C")
        .arg(staged.path())
        .arg(&name)
        .status()
        .context("failed to run tar")?;
    ensure!(made.success(), "tar failed: {made}");
    Ok(file)
}

/// When these sources were committed, in seconds: the time of everything in a package.
pub(crate) fn epoch() -> Result<u64> {
    if let Ok(set) = std::env::var("SOURCE_DATE_EPOCH") {
        return set.parse().context("SOURCE_DATE_EPOCH is no number");
    }
    let shown = git(&["log", "-1", "--format=%ct"])?;
    shown.parse().context("git shows no time")
}

/// What git prints, of these sources.
pub(crate) fn git(arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(repository())
        .output()
        .context("failed to run git")?;
    ensure!(output.status.success(), "git {arguments:?} failed");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The content of a file of the sources.
fn source(path: &str) -> Result<Vec<u8>> {
    let path = repository().join(path);
    fs::read(&path).with_context(|| format!("failed to read {}", path.display()))
}
