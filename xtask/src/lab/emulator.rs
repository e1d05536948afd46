//! The QEMU process of a server: started from the command line kept in the
//! server's folder, found again by its pid file, ended by its pid.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::folders::{read, write};
use super::process::{command, last_lines};
use super::qmp::Monitor;

/// A server's QEMU, running or not.
#[derive(Clone)]
pub(crate) struct Emulator {
    folder: PathBuf,
}

impl Emulator {
    /// The QEMU that lives in `folder`.
    pub(crate) const fn of(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps the command line of all starts to come.
    pub(crate) fn keep(&self, arguments: &[String]) -> Result<()> {
        write(
            &self.folder.join("qemu.json"),
            serde_json::to_vec_pretty(arguments)?,
        )
    }

    /// Starts it, from a snapshot or from the disk as it is.
    pub(crate) fn start(&self, snapshot: Option<&str>) -> Result<()> {
        let kept = read(&self.folder.join("qemu.json"))?;
        let arguments: Vec<String> = serde_json::from_str(&kept)?;
        let log = self.folder.join("qemu.log");
        let file = fs::File::create(&log)?;
        let mut qemu = command("qemu-system-x86_64", arguments);
        if let Some(name) = snapshot {
            qemu.args(["-loadvm", name]);
        }
        // With -daemonize, QEMU answers when it stands or cannot.
        let status = qemu
            .current_dir(&self.folder)
            .stdout(file.try_clone()?)
            .stderr(file)
            .status()
            .context("cannot start qemu-system-x86_64")?;
        ensure!(status.success(), "QEMU: {status}: {}", last_lines(&log, 5));
        Ok(())
    }

    /// The process, when it lives and is ours: the pid of a dead one may have
    /// gone to somebody else.
    pub(crate) fn pid(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.folder.join("qemu.pid")).ok()?;
        let number: i32 = text.trim().parse().ok()?;
        let line = fs::read(format!("/proc/{number}/cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line);
        let ours = line.contains("qemu-system") && line.contains(&*self.folder.to_string_lossy());
        ours.then(|| Pid::from_raw(number)).flatten()
    }

    /// Ends it at once, as a power cut does.
    pub(crate) fn kill(&self) -> Result<()> {
        let Some(pid) = self.pid() else {
            return Ok(());
        };
        // It may have ended by itself meanwhile.
        let _ = kill_process(pid, Signal::KILL);
        let began = Instant::now();
        while !has_ended(pid) {
            ensure!(
                began.elapsed() < Duration::from_secs(20),
                "QEMU does not end in {}",
                self.folder.display()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Its monitor.
    pub(crate) fn monitor(&self) -> Result<Monitor> {
        Monitor::connect(&self.folder)
    }

    /// The end of the console, for an error.
    pub(crate) fn last_words(&self) -> String {
        last_lines(&self.folder.join("console.log"), 8)
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// A killed process loses its memory, and its command line, before it closes
/// its ports and disks. The main thread may be a zombie while others still
/// hold them.
fn has_ended(pid: Pid) -> bool {
    let process = PathBuf::from(format!("/proc/{}", pid.as_raw_nonzero()));
    let Ok(stat) = fs::read_to_string(process.join("stat")) else {
        return true;
    };
    let fields = stat
        .rsplit_once(')')
        .map_or("", |(_, fields)| fields.trim_start());
    let threads = fs::read_dir(process.join("task")).map_or(0, Iterator::count);
    fields.starts_with(['Z', 'X']) && threads <= 1
}
