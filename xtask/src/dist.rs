//! `cargo xtask dist`: the static host binary with its digest, and the control plane with that
//! binary and the web application inside, in `target/dist`.
//!
//! Static, so that it runs on every distribution: the C library of the target must not be loaded
//! into it. The flags need `--target`, for with them alone procedure macros could not be built;
//! that is why they are here and not in `.cargo/config.toml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use rustix::fs::{FlockOperation, flock};
use sha2::{Digest, Sha256};

use crate::package::git;

/// What is put on servers.
const HOST: &str = "kloigos-host";
/// The control plane's executable, and its package.
const CONTROL: (&str, &str) = ("kloigos", "kloigos-server");
/// For what.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// The program header of a dynamically linked executable names its loader (`PT_INTERP`, elf(5)).
const PT_INTERP: u32 = 3;

/// What is built.
#[derive(Args)]
pub struct Arguments {
    /// Only the binary that is put on servers.
    #[arg(long)]
    host_only: bool,
}

/// Builds what is asked for.
pub fn run(arguments: &Arguments) -> Result<()> {
    let host = build()?;
    if !arguments.host_only {
        build_control(&host)?;
    }
    Ok(())
}

/// Builds the host binary and puts it and its digest into `target/dist`. Where it is.
pub fn build() -> Result<PathBuf> {
    let root = workspace()?;
    let dir = root.join("target/dist");
    fs::create_dir_all(&dir)?;
    let lock = fs::File::create(dir.join(".lock"))?;
    flock(&lock, FlockOperation::LockExclusive)?;
    compile(
        cargo(&root, HOST)
            .args(["--target", TARGET])
            .env("RUSTFLAGS", "-C target-feature=+crt-static"),
    )?;
    let built = root.join("target").join(TARGET).join("dist").join(HOST);
    let body = fs::read(&built).with_context(|| format!("failed to read {}", built.display()))?;
    ensure!(is_static(&body)?, "{} is not static", built.display());
    let path = dir.join(HOST);
    place(&path, &body)?;
    let digest = hex(&Sha256::digest(&body));
    fs::write(
        dir.join(format!("{HOST}.sha256")),
        format!("{digest}  {HOST}\n"),
    )?;
    println!(
        "{} ({} KiB, sha256 {digest})",
        path.display(),
        body.len() / 1024
    );
    Ok(path)
}

/// The SHA-256 of a file that [`build`] made, in hexadecimal.
pub fn digest(path: &Path) -> Result<String> {
    Ok(hex(&Sha256::digest(fs::read(path)?)))
}

/// Builds the control plane with the host binary inside. Where it is: the profile puts it into
/// `target/dist` by itself.
pub fn build_control(host: &Path) -> Result<PathBuf> {
    crate::web::build()?;
    let root = workspace()?;
    let (name, package) = CONTROL;
    compile(
        cargo(&root, package)
            .env("KLOIGOS_HOST_BINARY", host)
            .env("KLOIGOS_COMMIT", commit()?),
    )?;
    let path = folder()?.join(name);
    println!("{}", path.display());
    Ok(path)
}

/// The same for any distribution. It looks up names by files and DNS alone, since what else a
/// system does for that is of its own C library.
pub fn build_static_control(host: &Path) -> Result<PathBuf> {
    crate::web::build()?;
    let root = workspace()?;
    let (name, package) = CONTROL;
    compile(
        cargo(&root, package)
            .args(["--target", TARGET])
            .env("RUSTFLAGS", "-C target-feature=+crt-static")
            .env("KLOIGOS_HOST_BINARY", host)
            .env("KLOIGOS_COMMIT", commit()?),
    )?;
    let path = root.join("target").join(TARGET).join("dist").join(name);
    let body = fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
    ensure!(is_static(&body)?, "{} is not static", path.display());
    Ok(path)
}

/// Where everything that is delivered is put.
pub fn folder() -> Result<PathBuf> {
    let folder = workspace()?.join("target/dist");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The commit of these sources; marked when they are not quite that. `KLOIGOS_COMMIT` tells it where
/// there is no git.
fn commit() -> Result<String> {
    if let Ok(told) = std::env::var("KLOIGOS_COMMIT") {
        return Ok(told);
    }
    let commit = git(&["rev-parse", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Ok(match changed.as_str() {
        "" => commit,
        _ => format!("{commit}-modified"),
    })
}

fn workspace() -> Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.parent().context("xtask lies in the workspace")?;
    Ok(root.to_owned())
}

fn cargo(root: &Path, package: &str) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.current_dir(root);
    command.args([
        "build",
        "--quiet",
        "--profile",
        "dist",
        "--package",
        package,
    ]);
    command
}

fn compile(command: &mut Command) -> Result<()> {
    let status = command.status().context("failed to run cargo")?;
    ensure!(status.success(), "failed: {command:?}");
    Ok(())
}

/// A running binary cannot be written to, but its file can be replaced.
fn place(path: &Path, body: &[u8]) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let new = path.with_extension("new");
    fs::write(&new, body)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755))?;
    fs::rename(&new, path)?;
    Ok(())
}

/// Whether a 64-bit little-endian ELF file asks for no loader.
fn is_static(elf: &[u8]) -> Result<bool> {
    ensure!(elf.starts_with(b"\x7fELF\x02\x01"), "not a 64-bit ELF file");
    let table = number::<8>(elf, 32)?;
    let size = number::<2>(elf, 54)?;
    let count = number::<2>(elf, 56)?;
    for index in 0..count {
        let header = table.saturating_add(index.saturating_mul(size));
        if number::<4>(elf, header)? == u64::from(PT_INTERP) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn number<const BYTES: usize>(elf: &[u8], offset: u64) -> Result<u64> {
    let start = usize::try_from(offset)?;
    let field = start
        .checked_add(BYTES)
        .and_then(|end| elf.get(start..end))
        .context("a cut-off ELF file")?;
    let mut whole = [0; 8];
    whole[..BYTES].copy_from_slice(field);
    Ok(u64::from_le_bytes(whole))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15];
    let nibbles = bytes.iter().flat_map(digits);
    nibbles
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_is_not_static_and_hostile_files_are_no_programs() {
        let own = fs::read(std::env::current_exe().expect("a path")).expect("a program");
        assert!(!is_static(&own).expect("an ELF file"));
        assert!(is_static(b"").is_err());
        assert!(is_static(b"\x7fELF\x02\x01").is_err());
        assert!(is_static(&[b"\x7fELF\x02\x01".as_slice(), &[0xff; 60]].concat()).is_err());
    }
}
