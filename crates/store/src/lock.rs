//! One process for each data directory.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crate::error::Error;

/// Holds the directory until it is dropped. The kernel lets go of it when the process ends,
/// however it ends.
#[derive(Debug)]
pub(crate) struct DirLock(File);

impl DirLock {
    /// Takes the directory, making it for its owner alone where it is not there.
    pub(crate) fn take(dir: &Path) -> Result<Self, Error> {
        let failed = |what: &str, error: std::io::Error| Error::Unavailable {
            reason: format!("{what} {}: {error}", dir.display()),
        };
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|error| failed("cannot make the data directory", error))?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        let opened = options.mode(0o600).open(dir.join("lock"));
        let mut file = opened.map_err(|error| failed("cannot write to", error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(dir, &mut file)),
            Err(TryLockError::Error(error)) => return Err(failed("cannot lock", error)),
        }
        write_pid(&mut file).map_err(|error| failed("cannot write the lock of", error))?;
        Ok(Self(file))
    }

    /// Lets go of the directory.
    pub(crate) fn release(&self) {
        // It fails only for a file that is no lock any more.
        self.0.unlock().ok();
    }
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

fn held(dir: &Path, file: &mut File) -> Error {
    let mut pid = String::new();
    // Without the number the sentence is still true.
    file.read_to_string(&mut pid).ok();
    let holder = match pid.trim() {
        "" => "another kloigos process".to_owned(),
        pid => format!("the kloigos process {pid}"),
    };
    Error::Unavailable {
        reason: format!(
            "the data directory {} is in use by {holder}; stop that one, or choose another \
             directory",
            dir.display()
        ),
    }
}
