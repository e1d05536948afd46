//! API tokens. Only hashes are kept, so that a stolen database opens nothing.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use kloigos_model::ids::TokenId;

/// The SHA-256 of a random 256-bit token, in hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

/// A text that is no SHA-256 in lower case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token's hash is 64 lower case hexadecimal digits")]
pub struct NotATokenHash;

impl TokenHash {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenHash {
    type Err = NotATokenHash;

    fn from_str(text: &str) -> Result<Self, NotATokenHash> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let sound = text.len() == 64 && text.bytes().all(digit);
        sound.then(|| Self(text.to_owned())).ok_or(NotATokenHash)
    }
}

/// Names no digit of it: a hash in a log is one guess less for whoever reads it.
impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Which.
    pub id: TokenId,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A browser that somebody signed in with a token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The token it was opened with; it may do what that may.
    pub token: TokenRecord,
    /// When it is over.
    pub expires_at: Timestamp,
}
