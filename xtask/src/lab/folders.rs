//! Where a lab keeps its things: `target/lab/cache` for what can be built
//! again, `target/lab/NAME` for a running lab.
//!
//! A product appears in the cache by one rename, so a half-built one is never
//! taken for a whole one.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rustix::fs::{FlockOperation, flock};

/// The folder of all labs of this work tree.
pub(crate) fn labs() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).join("target/lab")
}

/// The folder of build products; `KLOIGOS_LAB_CACHE` overrides it.
pub(crate) fn cache() -> Result<PathBuf> {
    let chosen = std::env::var_os("KLOIGOS_LAB_CACHE").map(PathBuf::from);
    let folder = chosen.unwrap_or_else(|| labs().join("cache"));
    create(&folder)?;
    folder
        .canonicalize()
        .with_context(|| format!("cannot resolve {}", folder.display()))
}

/// Makes a folder and its parents.
pub(crate) fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

/// Removes a folder and all in it; absent is fine.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Writes a file with its path in the error.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads a text file with its path in the error.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Waits for a lock named in a folder; it is freed when the answer is dropped,
/// and by the kernel when we die. Its holder may remove the file.
pub(crate) fn lock(folder: &Path, name: &str) -> Result<File> {
    create(folder)?;
    let path = lock_file(folder, name);
    loop {
        let file =
            File::create(&path).with_context(|| format!("cannot open {}", path.display()))?;
        flock(&file, FlockOperation::LockExclusive)
            .with_context(|| format!("cannot lock {}", path.display()))?;
        let inode = file.metadata()?.ino();
        // Who waited on a file that was removed meanwhile holds nothing.
        if fs::metadata(&path).is_ok_and(|now| now.ino() == inode) {
            return Ok(file);
        }
    }
}

/// The file behind a lock.
pub(crate) fn lock_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.lock"))
}

/// Answers the product `kind-key`, built by `build` in a scratch folder when
/// it is not in the cache yet.
pub(crate) fn product(
    kind: &str,
    key: &str,
    build: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let cache = cache()?;
    let product = cache.join(format!("{kind}-{key}"));
    if product.exists() {
        return Ok(product);
    }
    let _lock = lock(&cache, kind)?;
    if product.exists() {
        return Ok(product);
    }
    let scratch = cache.join(format!("{kind}.new"));
    remove(&scratch)?;
    create(&scratch)?;
    build(&scratch)?;
    fs::rename(&scratch, &product)
        .with_context(|| format!("cannot publish {}", product.display()))?;
    Ok(product)
}

/// A short name of all inputs together (FNV-1a, 64 bits): stable over builds
/// of ours and of the compiler.
pub(crate) fn key<S: AsRef<str>>(inputs: impl IntoIterator<Item = S>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for input in inputs {
        for byte in input.as_ref().bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_every_input_and_on_where_they_end() {
        assert_eq!(key(["a", "b"]), key(["a", "b"]));
        assert_ne!(key(["a", "b"]), key(["ab"]));
        assert_ne!(key(["a", "b"]), key(["a", "c"]));
    }
}
