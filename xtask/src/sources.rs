//! What everything is built from, as one number: figures and proofs belong to it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Everything that is built from, seen from the workspace's root.
const SOURCES: [&str; 7] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "crates",
    "rust-toolchain.toml",
    "tests",
    "xtask",
];

/// All sources in order, seen from the workspace's root.
pub fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for source in SOURCES {
        list(&root(), Path::new(source), &mut files)?;
    }
    files.sort();
    Ok(files)
}

/// The SHA-256 of all sources, names and contents, in hexadecimal.
pub fn digest() -> Result<String> {
    let root = root();
    let mut all = Sha256::new();
    for file in files()? {
        let body = fs::read(root.join(&file))
            .with_context(|| format!("failed to read {}", file.display()))?;
        all.update(format!("{} {}\n", file.display(), body.len()));
        all.update(body);
    }
    Ok(crate::dist::hex(&all.finalize()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn list(root: &Path, path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let whole = root.join(path);
    if !whole.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries =
        fs::read_dir(&whole).with_context(|| format!("failed to list {}", whole.display()))?;
    for entry in entries {
        list(root, &path.join(entry?.file_name()), files)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_file_is_a_source() {
        let files = files().expect("a listing");
        assert!(files.contains(&"xtask/src/sources.rs".into()), "{files:?}");
    }
}
