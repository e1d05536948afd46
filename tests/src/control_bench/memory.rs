//! How much memory the process has to itself and of its files.

use std::fs;

use anyhow::{Context, Result};
use xtask::drive::ControlPlane;

use super::{
    Bench,
    download::Download,
    fleet,
    report::{Limit, Line, Report},
};

/// What an idle control plane may have, in MiB.
const LIMIT: f64 = 30.0;

impl Bench {
    /// Idle with nothing to manage; with a fleet; after that fleet was looked at.
    pub(super) fn memory(&self, report: &mut Report) -> Result<()> {
        let dir = tempfile::tempdir()?;
        let plane = self.serve(dir.path(), 1, &[])?;
        std::thread::sleep(self.size.rest);
        report.add(line("memory, idle", resident(&plane)?, Limit::Most(LIMIT)));
        drop(plane);
        let (dir, servers) = (tempfile::tempdir()?, self.size.servers);
        let units = servers * fleet::PER_SERVER;
        self.runtime.block_on(fleet::fill(dir.path(), units))?;
        let plane = self.serve(dir.path(), 1, fleet::NO_VISITS)?;
        std::thread::sleep(self.size.rest);
        let what = format!("memory with {servers} servers of {}", fleet::PER_SERVER);
        report.add(line(&what, resident(&plane)?, Limit::None));
        for path in [
            "/api/compute_units/",
            "/api/servers",
            "/api/servers/host00001",
        ] {
            Download::of(plane.client().address(), path, 0)?.reply()?;
        }
        let what = format!("{what}, after lists of all");
        report.add(line(&what, resident(&plane)?, Limit::None));
        Ok(())
    }
}

fn line(what: &str, mebibytes: f64, limit: Limit) -> Line {
    Line {
        what: what.to_owned(),
        unit: "MiB",
        kloigos: mebibytes,
        against: "resident set size".to_owned(),
        floor: None,
        limit,
    }
}

/// Its resident set, in MiB.
fn resident(plane: &ControlPlane) -> Result<f64> {
    of(plane, "VmRSS")
}

/// The most that its resident set ever was, in MiB.
pub fn peak(plane: &ControlPlane) -> Result<f64> {
    of(plane, "VmHWM")
}

/// A size in /proc/PID/status, in MiB; see `proc_pid_status(5)`.
fn of(plane: &ControlPlane, name: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", plane.id()))?;
    let mut lines = status.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(called, _)| *called == name);
    let kibibytes = found.and_then(|(_, size)| size.trim().strip_suffix(" kB"));
    let kibibytes: f64 = kibibytes.context("no such size")?.trim().parse()?;
    Ok(kibibytes / 1024.0)
}
