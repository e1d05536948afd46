//! The database of one control plane.

use std::path::Path;

use crate::error::Error;

/// An open database. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Store {}

impl Store {
    /// Opens the database of a data directory, making both where they are not there.
    ///
    /// One process at a time: a second one is refused with the first one's pid. A database that
    /// a newer kloigos wrote is refused.
    #[expect(clippy::unused_async, reason = "signatures first")]
    pub async fn open(_dir: &Path) -> Result<Self, Error> {
        Ok(Self {})
    }
}
