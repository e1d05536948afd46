//! Which database: a file that one process has, or a `PostgreSQL` server that many share.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::{AnyConnection, any::install_default_drivers, postgres::PgConnectOptions};

use crate::{
    engine::{self, Engine},
    error::Error,
};

/// Where the rows are.
#[derive(Debug, Clone)]
pub enum Database {
    /// An `SQLite` file `kloigos.db` in this directory. One process at a time.
    File(PathBuf),
    /// A database of a `PostgreSQL` server. Any number of processes at once.
    Postgres(PostgresAddress),
}

impl<T: AsRef<Path> + ?Sized> From<&T> for Database {
    fn from(dir: &T) -> Self {
        Self::File(dir.as_ref().to_owned())
    }
}

/// What is written to people: never a password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(dir) => write!(f, "{}", dir.join(FILE).display()),
            Self::Postgres(address) => write!(f, "{address}"),
        }
    }
}

/// The name of the file in its directory.
const FILE: &str = "kloigos.db";

/// The address of a `PostgreSQL` database, as `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. It may
/// hold a password, so that neither `Debug` nor `Display` show it as a whole.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresAddress {
    url: String,
    shown: String,
}

/// A text that is no address of a `PostgreSQL` database. The text itself may hold a password and is
/// not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no address of a PostgreSQL database such as postgres://USER@HOST:5432/DATABASE")]
pub struct NotAnAddress;

impl FromStr for PostgresAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            return Err(NotAnAddress);
        }
        let options: PgConnectOptions = text.parse().map_err(|_| NotAnAddress)?;
        let place = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        // As the server does it: without a name, the user's.
        let database = options.get_database().unwrap_or(options.get_username());
        let shown = format!("postgres {database:?} at {place}");
        Ok(Self {
            url: text.to_owned(),
            shown,
        })
    }
}

impl PostgresAddress {
    /// The whole address with its password, for the driver.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Whether it holds a password, so that it must not stand where others can read it.
    pub fn has_password(&self) -> bool {
        // Everything that may be one: what stands before the host, and the parameter.
        let after = self.url.split_once("://").map_or("", |(_, after)| after);
        let authority = after.split(['/', '?']).next().unwrap_or_default();
        let login = authority.rsplit_once('@').map_or("", |(login, _)| login);
        login.contains(':') || after.contains("password=")
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Database {
    /// How it is spoken to.
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::File(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// The address for the driver; a file is made where there is none.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::File(dir) => engine::file_address(&dir.join(FILE), "rwc"),
            Self::Postgres(address) => address.url().to_owned(),
        }
    }

    /// A connection beside whoever uses the database now: takes no lock, makes and changes nothing.
    pub(crate) async fn connect_beside(&self) -> Result<AnyConnection, Error> {
        match self {
            Self::File(dir) => {
                let file = dir.join(FILE);
                if !file.is_file() {
                    let reason = format!("there is none at {}", file.display());
                    return Err(Error::Unavailable { reason });
                }
                connect(&engine::file_address(&file, "rw"), self).await
            }
            Self::Postgres(address) => connect(address.url(), self).await,
        }
    }
}

/// One connection; why there is none is said with the database's name and without its password.
pub(crate) async fn connect(
    address: &str,
    database: impl fmt::Display,
) -> Result<AnyConnection, Error> {
    install_default_drivers();
    let connected = <AnyConnection as sqlx::Connection>::connect(address).await;
    connected.map_err(|error| Error::Unavailable {
        reason: format!("{database} does not let us in: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> PostgresAddress {
        text.parse().expect("an address")
    }

    #[test]
    fn a_password_is_never_shown() {
        for text in [
            "postgres://ann:s3cret@db.example:6432/fleet?sslmode=require",
            "postgresql://ann@db.example:6432/fleet?password=s3cret",
            "postgres://ann:s3cret@%2Frun%2Fpostgresql/fleet",
        ] {
            let address = address(text);
            let database = Database::Postgres(address.clone());
            for shown in [
                format!("{address} {address:?}"),
                format!("{database} {database:?}"),
            ] {
                assert!(!shown.contains("s3cret"), "{shown}");
                assert!(shown.contains("fleet"), "{shown}");
            }
            assert!(address.has_password(), "{text}");
        }
        assert!(!address("postgres://ann@db.example/fleet").has_password());
        assert!(!address("postgres:///fleet?host=/run/postgresql").has_password());
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_repeated() {
        for text in [
            "",
            "mysql://ann:s3cret@h/d",
            "postgres://ann:s3cret@h:70000/d",
            "/var/lib",
        ] {
            let refused = text.parse::<PostgresAddress>().expect_err("no address");
            assert!(!refused.to_string().contains("s3cret"));
        }
    }
}
