//! Tokens: `kloigos_` and 256 random bits. Only the SHA-256 of one is ever kept.
//!
//! A plain hash does for a secret that nobody can guess, and the database is asked for the hash
//! and not for the secret: how long that takes tells about the hash, from which no secret follows.

use std::fmt;

use kloigos_control::{Entropy, TokenHash};

use super::{hex, hex_digest};

/// A new secret, given to whoever is to have it once.
pub(crate) struct Secret(String);

impl Secret {
    /// Draws one.
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        let mut secret = [0; 32];
        entropy.fill(&mut secret);
        Self(format!("kloigos_{}", hex(&secret)))
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> TokenHash {
        hash_of(&self.0)
    }

    /// The secret itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// Never the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is kept of a token.
pub(crate) fn hash_of(secret: &str) -> TokenHash {
    let digits = hex_digest(secret.as_bytes());
    digits.parse().expect("a SHA-256 has 64 hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use kloigos_control::SystemEntropy;

    use super::*;

    #[test]
    fn tokens_differ_and_do_not_show_themselves() {
        let (a, b) = (Secret::draw(&SystemEntropy), Secret::draw(&SystemEntropy));
        assert_ne!(a.reveal(), b.reveal());
        assert_eq!(a.reveal().len(), "kloigos_".len() + 64);
        assert!(a.hash() == hash_of(a.reveal()) && a.hash() != b.hash());
        assert!(!format!("{a:?}").contains(a.reveal()));
    }
}
