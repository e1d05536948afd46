//! A copy of the sources with all mutations in it, and the program that looks for them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use super::{AWAKE, whole};

/// The program that is built: it runs worlds until one goes wrong.
const HUNT: &str = "hunt";

/// The sources, mutated and built.
pub struct Copy {
    hunt: PathBuf,
}

/// What a hunt came to.
#[derive(Debug)]
pub struct Hunted {
    /// What was found first, if anything was.
    pub found: bool,
    /// The hunt's last line.
    pub said: String,
}

impl Copy {
    /// Copies what changed since the copy before, and builds it, in a folder of its own: cargo
    /// takes a crate for the same wherever its workspace lies, and what is built elsewhere must
    /// never be mutated.
    pub fn build() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let place = root.join("target/mutations");
        let target = place.join("target");
        for file in xtask::sources::files()? {
            let from = root.join(&file);
            let body =
                fs::read(&from).with_context(|| format!("failed to read {}", file.display()))?;
            write_changed(&place.join(&file), &mutated(&file, body)?)?;
        }
        let built = Command::new(env!("CARGO"))
            .args(["build", "--package", "kloigos-tests", "--bin", HUNT])
            .current_dir(&place)
            .env("CARGO_TARGET_DIR", &target)
            .status()
            .context("failed to run cargo")?;
        ensure!(built.success(), "the mutated sources do not build");
        let hunt = target.join("debug").join(HUNT);
        Ok(Self { hunt })
    }

    /// Runs so many worlds with this mutation awake, or with none, until one goes wrong.
    pub fn hunt(&self, mutation: Option<&str>, worlds: u64) -> Result<Hunted> {
        let mut command = Command::new(&self.hunt);
        command.arg(worlds.to_string()).env_remove(AWAKE);
        if let Some(mutation) = mutation {
            command.env(AWAKE, mutation);
        }
        let output = command.output().context("failed to run the hunt")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let said = said.lines().last().unwrap_or_default().to_owned();
        match output.status.code() {
            Some(code @ 0..=1) => Ok(Hunted {
                found: code == 1,
                said,
            }),
            _ => anyhow::bail!(
                "the hunt ended with {}: {said}{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ),
        }
    }
}

/// A file's body with its edits; what is no text has none.
fn mutated(file: &Path, body: Vec<u8>) -> Result<Vec<u8>> {
    let name = file.to_string_lossy();
    match String::from_utf8(body) {
        Ok(text) => Ok(whole(&name, text)?.into_bytes()),
        Err(bytes) => Ok(bytes.into_bytes()),
    }
}

/// What stays the same keeps its time, so that it is not built again.
fn write_changed(path: &Path, body: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|before| before == body) {
        return Ok(());
    }
    let folder = path.parent().context("a source lies in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(path, body).with_context(|| format!("failed to write {}", path.display()))
}
