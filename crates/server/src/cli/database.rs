//! Which database: the same for every command that has one.

use std::{fmt, path::PathBuf, str::FromStr};

use anyhow::{Context, Result, ensure};
use clap::Args;
use kloigos_control::database::{Database, PostgresAddress};

/// Where the data is. An address that holds a password is given by the environment or a file.
#[derive(Debug, Args)]
pub(super) struct DatabaseArgs {
    /// Where to keep the data; made if it is not there.
    #[arg(
        long,
        global = true,
        env = "KLOIGOS_DATA_DIR",
        value_name = "DIR",
        default_value = "./kloigos-data"
    )]
    pub(super) data_dir: PathBuf,
    /// A `PostgreSQL` database in place of the file in the data directory, such as
    /// <postgres://kloigos@db.example/kloigos>. Many control planes may share it.
    #[arg(
        long,
        global = true,
        env = "KLOIGOS_DATABASE",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    database: Option<Secret>,
    /// A file that holds that address.
    #[arg(
        long,
        global = true,
        env = "KLOIGOS_DATABASE_FILE",
        value_name = "FILE",
        conflicts_with = "database"
    )]
    database_file: Option<PathBuf>,
}

/// A text that is not shown, and is looked at only where its faults can be told without it.
#[derive(Clone)]
struct Secret(String);

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl DatabaseArgs {
    /// The address of a `PostgreSQL` database, where one is given.
    pub(super) fn address(&self) -> Result<Option<PostgresAddress>> {
        if let Some(file) = &self.database_file {
            let failed = || format!("failed to read {}", file.display());
            let text = std::fs::read_to_string(file).with_context(failed)?;
            let address = text.parse();
            return Ok(Some(
                address.with_context(|| format!("{} holds", file.display()))?,
            ));
        }
        // An empty variable is none.
        let given = self
            .database
            .as_ref()
            .filter(|text| !text.0.trim().is_empty());
        let Some(Secret(text)) = given else {
            return Ok(None);
        };
        let address: PostgresAddress = text.parse().context("--database or KLOIGOS_DATABASE is")?;
        ensure!(
            !(address.has_password() && std::env::args().any(|said| said.ends_with(text.as_str()))),
            "everybody on this machine can read a password on the command line; give the address \
             by KLOIGOS_DATABASE or --database-file"
        );
        Ok(Some(address))
    }

    /// The database.
    pub(super) fn database(&self) -> Result<Database> {
        let address = self.address()?;
        Ok(address.map_or_else(|| Database::from(&self.data_dir), Database::Postgres))
    }
}
