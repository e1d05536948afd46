//! A file that is being written: beside its place, for its owner alone, and gone unless it is
//! finished.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sqlx::{AnyConnection, Executor};

use crate::{database::connect, engine, error::Error};

/// The file under its name until it is finished.
pub(super) struct Part {
    path: PathBuf,
}

impl Part {
    /// Begins a file that will be at `to`, where nothing may be yet.
    pub(super) fn begin(to: &Path) -> Result<Self, Error> {
        if to.exists() {
            return Err(failed("write", to, &"it is there already"));
        }
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        Self::at(PathBuf::from(name))
    }

    /// A copy of a file, to be changed and thrown away.
    pub(super) fn copy_of(from: &Path) -> Result<Self, Error> {
        let name = format!("kloigos-restore-{}.part", std::process::id());
        let part = Self::at(std::env::temp_dir().join(name))?;
        let copied = fs::copy(from, &part.path);
        copied.map_err(|error| failed("read", from, &error))?;
        Ok(part)
    }

    fn at(path: PathBuf) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        let made = options.create_new(true).write(true).mode(0o600).open(&path);
        made.map_err(|error| failed("write", &path, &error))?;
        Ok(Self { path })
    }

    /// Opens it as a database. What is lost in a crash is the whole file.
    pub(super) async fn connect(&self) -> Result<AnyConnection, Error> {
        let address = engine::file_address(&self.path, "rw");
        let mut file = connect(&address, self.path.display()).await?;
        let first = ["PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"];
        for statement in first.into_iter().chain(["PRAGMA foreign_keys = OFF"]) {
            file.execute(statement).await?;
        }
        Ok(file)
    }

    /// Lets `SQLite` write all that is in another file at this moment: VACUUM INTO takes an empty
    /// file that is there already, and reads as any reader does.
    pub(super) async fn vacuum(&self, from: &mut AnyConnection) -> Result<(), Error> {
        let Some(path) = self.path.to_str() else {
            return Err(failed("write", &self.path, &"its path is not UTF-8"));
        };
        let statement = sqlx::query("VACUUM INTO $1").bind(path.to_owned());
        statement.execute(from).await?;
        Ok(())
    }

    /// Puts it at its place, on the disk.
    pub(super) fn finish(self, to: &Path) -> Result<(), Error> {
        let put = || {
            File::open(&self.path)?.sync_all()?;
            fs::rename(&self.path, to)?;
            let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
            File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
        };
        put().map_err(|error: std::io::Error| failed("write", to, &error))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Finished ones are elsewhere by now; what else is left is named as what it is.
        fs::remove_file(&self.path).ok();
    }
}

fn failed(what: &'static str, path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::File {
        what,
        path: path.to_owned(),
        why: why.to_string(),
    }
}
