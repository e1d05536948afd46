//! The key that secrets are sealed with before they go into the database, and the file it is in.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context, Result, anyhow, ensure};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, prelude::BASE64_STANDARD};
use kloigos_control::{Entropy, SealedSecret, SystemEntropy};
use kloigos_model::ids::WebhookId;

use crate::auth::hex_digest;

/// How many bytes a key has.
const LENGTH: usize = 32;

/// A key; never shown.
pub(crate) struct SecretKey {
    name: String,
    key: RandomizedNonceKey,
}

/// The key that this file holds: 32 bytes in base64, as `head -c 32 /dev/urandom | base64` writes
/// them.
pub(crate) fn read(path: &Path) -> Result<SecretKey> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("failed to read the secret key {}", path.display()))?;
    let bytes = BASE64_STANDARD.decode(text.trim()).unwrap_or_default();
    ensure!(
        bytes.len() == LENGTH,
        "{} holds no secret key, which is {LENGTH} bytes in base64; make one with: head -c \
         {LENGTH} /dev/urandom | base64",
        path.display()
    );
    SecretKey::of(&bytes)
}

/// The key of this file, which is made if it is not there. Of two at once one makes it.
pub(crate) fn read_or_make(path: &Path) -> Result<SecretKey> {
    if !path.exists() {
        make(path).with_context(|| format!("failed to make the secret key {}", path.display()))?;
    }
    read(path)
}

/// Written beside and linked into place, so that nobody reads half a key.
fn make(path: &Path) -> std::io::Result<()> {
    let mut bytes = [0; LENGTH];
    SystemEntropy.fill(&mut bytes);
    let beside = path.with_extension(format!("new.{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    writeln!(file, "{}", BASE64_STANDARD.encode(bytes))?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

impl SecretKey {
    fn of(bytes: &[u8]) -> Result<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes);
        let named = [b"kloigos secret key\n", bytes].concat();
        Ok(Self {
            name: hex_digest(&named)[..16].to_owned(),
            key: key.map_err(|_| anyhow!("a key of {LENGTH} bytes is refused"))?,
        })
    }

    /// What it is called in the database, from which it does not follow.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Seals a secret for this webhook alone.
    pub(crate) fn seal(&self, webhook: WebhookId, secret: &[u8]) -> SealedSecret {
        let mut sealed = secret.to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(webhook.to_string()), &mut sealed)
            .expect("a short text can be sealed");
        SealedSecret {
            key: self.name.clone(),
            sealed: BASE64_STANDARD.encode([nonce.as_ref().as_slice(), &sealed].concat()),
        }
    }

    /// Opens what was sealed for this webhook. `None` when that was by another key or for another
    /// one, or when it was changed since.
    pub(crate) fn open(&self, webhook: WebhookId, secret: &SealedSecret) -> Option<Vec<u8>> {
        let mut bytes = BASE64_STANDARD.decode(&secret.sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(webhook.to_string()), sealed);
        opened.ok().map(|opened| opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn webhook(number: u8) -> WebhookId {
        let id = format!("0199c0de-0000-7000-8000-0000000000{number:02}");
        id.parse().expect("an id")
    }

    #[test]
    fn a_sealed_secret_opens_with_its_key_for_its_webhook_only() {
        let dir = tempfile::tempdir().expect("a folder");
        let (key, other) = (
            read_or_make(&dir.path().join("a")).expect("a key"),
            read_or_make(&dir.path().join("b")).expect("a key"),
        );
        let sealed = key.seal(webhook(1), b"secret");
        assert_eq!(
            key.open(webhook(1), &sealed).as_deref(),
            Some(&b"secret"[..])
        );
        assert_eq!(key.open(webhook(2), &sealed), None);
        assert_eq!(other.open(webhook(1), &sealed), None);
        assert_ne!(sealed, key.seal(webhook(1), b"secret"), "no nonce twice");
        assert_ne!(key.name(), other.name());
        let mut broken = sealed;
        broken.sealed.replace_range(20..21, "!");
        assert_eq!(key.open(webhook(1), &broken), None);
    }

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("secret.key");
        let first = read_or_make(&path).expect("a key");
        let again = read_or_make(&path).expect("a key");
        assert_eq!(first.name(), again.name());
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 1);
        fs::write(&path, "too short\n").expect("a file");
        let refused = read_or_make(&path).err().expect("no key");
        assert!(refused.to_string().contains("holds no secret key"));
    }
}
