//! `kloigos db`: what is done to the database itself.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use kloigos_control::{
    World,
    database::{self, Database},
};

use super::database::DatabaseArgs;

/// What is done to the database itself.
#[derive(Debug, Args)]
pub(super) struct Db {
    #[command(flatten)]
    place: DatabaseArgs,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Brings the schema up to date. `serve` does it by itself unless told otherwise.
    Migrate,
    /// Looks for damage and for what must never be. Fails when it finds any.
    Check,
    /// Writes all that the database has at this moment to a new file, while it is in use.
    Backup {
        /// Where to; nothing may be there yet.
        file: PathBuf,
    },
    /// Fills an empty database with a backup, of whatever engine it is from. No control plane may
    /// run meanwhile.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Puts the backup in the place of all that the database has.
        #[arg(long)]
        replace: bool,
    },
}

impl Db {
    pub(super) fn run(self) -> Result<()> {
        let database = self.place.database()?;
        let runtime = tokio::runtime::Runtime::new().context("failed to start the runtime")?;
        runtime.block_on(async {
            match self.verb {
                Verb::Migrate => migrate(&database).await,
                Verb::Check => check(&database).await,
                Verb::Backup { file } => backup(&database, &file).await,
                Verb::Restore { file, replace } => restore(&database, &file, replace).await,
            }
        })
    }
}

async fn migrate(database: &Database) -> Result<()> {
    let done = database::migrate(database).await?;
    say(&if done.from == done.to {
        format!("{database}: schema {} already", done.to)
    } else {
        format!("{database}: schema {} from {}", done.to, done.from)
    });
    Ok(())
}

async fn check(database: &Database) -> Result<()> {
    let found = database::check(database).await?;
    for fault in &found.faults {
        say(fault);
    }
    let faults = found.faults.len();
    ensure!(
        faults == 0,
        "{database}: {faults} faults; a backup of before them may be sound"
    );
    say(&format!(
        "{database}: sound, {} rows of schema {}",
        found.rows, found.schema
    ));
    Ok(())
}

async fn backup(database: &Database, file: &std::path::Path) -> Result<()> {
    let done = database::backup(database, file).await?;
    say(&format!(
        "{}: {} rows of schema {}",
        file.display(),
        done.rows,
        done.schema
    ));
    Ok(())
}

async fn restore(database: &Database, file: &std::path::Path, replace: bool) -> Result<()> {
    let now = World::system().now();
    let done = database::restore(database, file, replace, now).await?;
    say(&format!(
        "{database}: {} rows; the epoch is {}",
        done.rows, done.epoch
    ));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn say(line: &str) {
    println!("{line}");
}
