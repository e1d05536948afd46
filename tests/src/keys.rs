//! SSH public keys that are well formed and that nobody has the private part of.

use base64::{Engine, engine::general_purpose::STANDARD};

/// An Ed25519 key; the same number gives the same key.
pub fn public_key(number: u8) -> String {
    let mut blob = Vec::new();
    for field in [b"ssh-ed25519".as_slice(), &[number; 32]] {
        let length = u32::try_from(field.len()).expect("a short field");
        blob.extend_from_slice(&length.to_be_bytes());
        blob.extend_from_slice(field);
    }
    format!("ssh-ed25519 {} ann@example", STANDARD.encode(blob))
}
