//! The program that is put on servers: in a distribution it is inside this executable, a
//! development build looks for it beside itself.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kloigos_control::HostBinary;

use crate::auth::hex_digest;

const NAME: &str = "kloigos-host";

#[cfg(host_embedded)]
const EMBEDDED: Option<&[u8]> = Some(include_bytes!(env!("KLOIGOS_HOST_BINARY")));
#[cfg(not(host_embedded))]
const EMBEDDED: Option<&[u8]> = None;

/// The host binary; `None` when this build has none.
pub(crate) fn find() -> Result<Option<HostBinary>> {
    if let Some(bytes) = EMBEDDED {
        return Ok(Some(binary(bytes)));
    }
    let here = std::env::current_exe().context("failed to find this executable")?;
    for path in places(&here) {
        if let Ok(bytes) = std::fs::read(&path)
            && is_static(&bytes)
        {
            tracing::info!(path = %path.display(), "host binary found");
            return Ok(Some(binary(&bytes)));
        }
    }
    Ok(None)
}

fn binary(bytes: &[u8]) -> HostBinary {
    HostBinary {
        bytes: bytes.into(),
        sha256: hex_digest(bytes),
    }
}

/// `target/dist/`, where `cargo xtask dist` leaves it, and the executable's own folder.
fn places(executable: &Path) -> Vec<PathBuf> {
    let folder = executable.parent();
    let target = folder.and_then(Path::parent);
    let dist = target.map(|target| target.join("dist").join(NAME));
    dist.into_iter()
        .chain(folder.map(|folder| folder.join(NAME)))
        .collect()
}

/// Whether this is an ELF executable of 64 bits that needs no loader on the server: none of its
/// program headers is `PT_INTERP` (elf(5)). What `cargo build` makes for the workspace is no such.
fn is_static(elf: &[u8]) -> bool {
    const PT_INTERP: u32 = 3;
    let word = |at: usize| Some(u64::from_le_bytes(elf.get(at..at + 8)?.try_into().ok()?));
    let half = |at: usize| Some(u16::from_le_bytes(elf.get(at..at + 2)?.try_into().ok()?));
    let kind = |at: usize| Some(u32::from_le_bytes(elf.get(at..at + 4)?.try_into().ok()?));
    let interpreted = || {
        let (table, size, count) = (word(0x20)? as usize, half(0x36)?, half(0x38)?);
        let headers = (0..count).map(|n| table + usize::from(n) * usize::from(size));
        headers
            .map(kind)
            .try_fold(false, |any, kind| Some(any || kind? == PT_INTERP))
    };
    elf.starts_with(b"\x7fELF\x02\x01") && interpreted() == Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_test_is_not_static_and_a_script_is_no_program() {
        let here = std::env::current_exe().expect("this test");
        assert!(!is_static(&std::fs::read(here).expect("its bytes")));
        assert!(!is_static(b"#!/bin/sh\n"));
        assert!(!is_static(b"\x7fELF\x02\x01"));
    }

    #[test]
    fn the_distribution_comes_before_the_own_folder() {
        let places = places(Path::new("/src/target/debug/kloigos"));
        let expected = [
            "/src/target/dist/kloigos-host",
            "/src/target/debug/kloigos-host",
        ];
        assert_eq!(places, expected.map(PathBuf::from));
    }
}
