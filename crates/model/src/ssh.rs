//! OpenSSH public keys, parsed: what a tenant logs in with and what a server proves itself by.
//!
//! The format is that of `authorized_keys(5)` without options, and of the public key blob in
//! RFC 4253 section 6.6, RFC 5656 and OpenSSH's `PROTOCOL.u2f`.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

mod blob;

/// One public key: its type, its blob, its comment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey {
    algorithm: &'static str,
    blob: String,
    comment: String,
}

/// One or more public keys, one a line, none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizedKeys(Vec<PublicKey>);

/// Why a text is no public key we take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No key in it.
    #[error(
        "no SSH public key was given; paste the content of a file such as ~/.ssh/id_ed25519.pub"
    )]
    Empty,
    /// It begins with something that is no key type.
    #[error(
        "an SSH public key begins with its type, such as ssh-ed25519; options like command= or from= \
         are not accepted"
    )]
    NoType,
    /// A private key was pasted.
    #[error("this is a private key; keep it to yourself and give the public one (the .pub file)")]
    Private,
    /// A type that is broken or out of use.
    #[error("{0} keys are too weak; make one with: ssh-keygen -t ed25519")]
    WeakType(&'static str),
    /// An RSA key that is too short.
    #[error(
        "an RSA key needs at least 2048 bits and this one has {0}; make one with: ssh-keygen -t ed25519"
    )]
    ShortRsa(usize),
    /// The blob is not base64, is cut off, or is of another type than it says.
    #[error("the SSH public key is damaged: {0}")]
    Damaged(&'static str),
    /// Control characters in the comment.
    #[error("the comment of an SSH public key must be at most 256 printable characters")]
    Comment,
    /// More keys than one unit needs.
    #[error("at most {MAX_KEYS} SSH public keys can be given")]
    TooMany,
    /// The same key twice.
    #[error("the same SSH public key is given twice")]
    Twice,
}

/// Why a key is not taken out of [`AuthorizedKeys`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovalError {
    /// It is not among them.
    Unknown,
    /// Nobody could log in any more.
    Last,
}

/// The most keys in one [`AuthorizedKeys`].
pub const MAX_KEYS: usize = 64;

impl PublicKey {
    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    pub fn fingerprint(&self) -> String {
        let blob = STANDARD
            .decode(&self.blob)
            .expect("a parsed key holds base64");
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob)))
    }

    /// Its comment; empty for none.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Its type, such as `ssh-ed25519`.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// The same key without its comment: what two keys are compared by.
    #[must_use]
    pub fn without_comment(&self) -> Self {
        Self {
            comment: String::new(),
            ..self.clone()
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm, self.blob)?;
        if self.comment.is_empty() {
            Ok(())
        } else {
            write!(f, " {}", self.comment)
        }
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(line: &str) -> Result<Self, KeyError> {
        if line.contains("PRIVATE KEY") {
            return Err(KeyError::Private);
        }
        let mut words = line.trim_matches([' ', '\t']).splitn(3, [' ', '\t']);
        let algorithm = blob::known_type(words.next().unwrap_or_default())?;
        let blob = words
            .next()
            .ok_or(KeyError::Damaged("nothing follows its type"))?;
        let bytes = STANDARD
            .decode(blob)
            .map_err(|_| KeyError::Damaged("it is not base64"))?;
        blob::check(algorithm, &bytes)?;
        let comment = words.next().unwrap_or_default().trim();
        if comment.chars().count() > 256 || comment.chars().any(char::is_control) {
            return Err(KeyError::Comment);
        }
        Ok(Self {
            algorithm,
            blob: blob.to_owned(),
            comment: comment.to_owned(),
        })
    }
}

impl AuthorizedKeys {
    /// The keys, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter()
    }

    /// These and the others; one that is among these already stays as it is.
    pub fn with(&self, others: &Self) -> Result<Self, KeyError> {
        let known = |key: &PublicKey| self.0.iter().any(|known| known.blob == key.blob);
        let new = others.iter().filter(|key| !known(key)).cloned();
        let keys: Vec<PublicKey> = self.0.iter().cloned().chain(new).collect();
        if keys.len() > MAX_KEYS {
            return Err(KeyError::TooMany);
        }
        Ok(Self(keys))
    }

    /// These but the one of this fingerprint.
    pub fn without(&self, fingerprint: &str) -> Result<Self, RemovalError> {
        let (gone, left): (Vec<PublicKey>, Vec<PublicKey>) = self
            .0
            .iter()
            .cloned()
            .partition(|key| key.fingerprint() == fingerprint);
        match (gone.is_empty(), left.is_empty()) {
            (true, _) => Err(RemovalError::Unknown),
            (false, true) => Err(RemovalError::Last),
            (false, false) => Ok(Self(left)),
        }
    }
}

impl FromStr for AuthorizedKeys {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let lines = text
            .split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line));
        let lines = lines.filter(|line| !line.trim().is_empty());
        let keys: Vec<PublicKey> = lines.map(str::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        if keys.len() > MAX_KEYS {
            return Err(KeyError::TooMany);
        }
        let mut blobs: Vec<&str> = keys.iter().map(|key| key.blob.as_str()).collect();
        blobs.sort_unstable();
        if blobs.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(KeyError::Twice);
        }
        Ok(Self(keys))
    }
}

/// One key a line, each line ended.
impl fmt::Display for AuthorizedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|key| writeln!(f, "{key}"))
    }
}

crate::text::serde_as_text!(PublicKey);
crate::text::serde_as_text!(AuthorizedKeys);

#[cfg(test)]
mod tests;
