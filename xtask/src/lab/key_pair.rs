//! The key that opens the lab's servers, made once per cache.
//!
//! It is part of the image and of every boot snapshot there, so it lives as
//! long as they do; servers answer on loopback only.

use std::path::PathBuf;

use anyhow::Result;

use super::folders::{cache, lock, read};
use super::process::{command, run};

/// The private key's file.
pub(crate) fn private() -> Result<PathBuf> {
    Ok(cache()?.join("id_ed25519"))
}

/// The public key's line; the pair is made when absent.
pub(crate) fn public() -> Result<String> {
    let private = private()?;
    let public = private.with_extension("pub");
    if !public.exists() {
        let _lock = lock(&cache()?, "key")?;
        if !public.exists() {
            let arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "kloigos-lab", "-f"];
            run(command("ssh-keygen", arguments).arg(&private))?;
        }
    }
    read(&public)
}
