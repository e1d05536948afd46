//! Lists while a server hangs.
//!
//! A simulated machine does nothing for whoever does not hold its file's lock. Held by the bench, the
//! server takes every request and answers none: visits, attestations and deallocations of it hang.

use std::{fs::File, path::Path};

use anyhow::{Context, Result};
use serde_json::json;
use xtask::drive::ControlPlane;

use super::{
    Bench,
    download::Download,
    median, percentile,
    report::{Limit, Line, Report},
};

/// Interleaved, quiet and hanging.
const ROUNDS: usize = 3;
/// The servers; the first is the one that hangs.
const SERVERS: u32 = 4;
/// By how much a hanging server may move the 99th percentile.
const LIMIT: f64 = 1.2;
/// The tenancies on the first server that are to end while it hangs.
const ENDING: usize = 8;

impl Bench {
    /// The 99th percentile of lists, quiet and beside a hanging server.
    pub(super) fn hanging(&self, report: &mut Report) -> Result<()> {
        let dir = tempfile::tempdir()?;
        let plane = self.serve(dir.path(), SERVERS, &["--visit-every", "1"])?;
        for number in 1..=SERVERS {
            let ranges: Vec<String> = (0..16)
                .map(|k| format!("{}-{}", k * 4, k * 4 + 3))
                .collect();
            let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
            let (name, ip) = (format!("sim{number}"), format!("127.64.0.{number}"));
            plane.api().init_server(&name, &ip, &ranges, &json!({}))?;
        }
        self.lists_beside(&plane)?;
        let (mut quiet, mut beside) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            quiet.push(self.lists_beside(&plane)?);
            let hanging = Hanging::begin(&plane, dir.path())?;
            beside.push(self.lists_beside(&plane)?);
            hanging.end(&plane)?;
            eprintln!(
                "  round {round}: 99th percentile {:.4} s quiet, {:.4} s beside a hanging server",
                quiet[round - 1],
                beside[round - 1]
            );
        }
        report.add(Line {
            what: "99th percentile of a list, a server hangs".to_owned(),
            unit: "s",
            kloigos: median(&beside),
            against: "the same while none does, medians of three rounds".to_owned(),
            floor: Some(median(&quiet)),
            limit: Limit::Times(LIMIT),
        });
        Ok(())
    }

    fn lists_beside(&self, plane: &ControlPlane) -> Result<f64> {
        let address = plane.client().address();
        let times = (0..self.size.beside).map(|_| {
            let download = Download::of(address, "/api/compute_units/", 64 * 1024)?;
            Ok(download.whole.as_secs_f64())
        });
        let times: Result<Vec<f64>> = times.collect();
        Ok(percentile(&times?, 99))
    }
}

/// A server that hangs while this is held.
struct Hanging {
    lock: File,
}

impl Hanging {
    /// Allocates, holds the server still, and asks for the ends of its tenancies.
    fn begin(plane: &ControlPlane, dir: &Path) -> Result<Self> {
        let key = crate::keys::public_key(1);
        let wanted = json!({ "tags": {}, "ssh_public_key": key });
        let mut held = Vec::new();
        while held.len() < ENDING {
            let answer = plane.api().post("/api/compute_units/allocate", &wanted)?;
            let unit = answer.expect_ok("allocate")?;
            if unit["hostname"] == "sim1" {
                held.push(unit["compute_id"].as_str().context("a name")?.to_owned());
            }
        }
        let lock = File::open(dir.join("simulated/machines/127.64.0.1.lock"))?;
        lock.lock()?;
        for unit in held {
            let path = format!("/api/compute_units/deallocate/{unit}");
            plane.api().delete(&path)?.expect_ok("deallocate")?;
        }
        Ok(Self { lock })
    }

    /// Lets go, and waits until all is free again.
    fn end(self, plane: &ControlPlane) -> Result<()> {
        self.lock.unlock()?;
        let units = plane
            .api()
            .get("/api/compute_units/?status=allocated")?
            .body;
        for unit in units.as_array().into_iter().flatten() {
            let name = unit["compute_id"].as_str().context("a name")?;
            let path = format!("/api/compute_units/deallocate/{name}");
            plane.api().delete(&path)?.expect_ok("deallocate")?;
        }
        plane.client().await_get("/api/compute_units/", |units| {
            let mut units = units.as_array().into_iter().flatten();
            units.all(|unit| unit["status"] == "free")
        });
        plane
            .client()
            .await_get("/api/jobs?status=queued,running", |jobs| {
                jobs.as_array().is_some_and(Vec::is_empty)
            });
        Ok(())
    }
}
