//! Lists of units, whole and filtered.

use std::{path::Path, time::Instant};

use anyhow::{Result, ensure};
use xtask::drive::ControlPlane;

use super::{
    Bench,
    bare_list::{self, Condition},
    download::Download,
    fleet, median,
    report::{Limit, Line, Report},
};

/// Where units are listed.
const LIST: &str = "/api/compute_units/";
/// A call that needs nothing of the database: what HTTP itself costs.
const NOTHING: &str = "/api/nothing";
/// How many units may be listed in how many times the bare loop's time.
const LIMIT: (u32, f64) = (100_000, 2.0);

const ALL: Condition = Condition {
    join: " CROSS JOIN",
    sql: " AND u.ended_at IS NULL",
    value: "",
};

/// What lookups ask for, and the same as SQL.
const LOOKUPS: &[(&str, Condition)] = &[
    (
        "?compute_id=host00003_4-7",
        Condition {
            join: ",",
            sql: " AND u.ended_at IS NULL AND u.name = $1",
            value: "host00003_4-7",
        },
    ),
    (
        "?hostname=host00007",
        Condition {
            sql: " AND u.ended_at IS NULL AND s.hostname = $1",
            value: "host00007",
            ..ALL
        },
    ),
    (
        "?deployment_id=web-42",
        Condition {
            join: ",",
            sql: " AND u.ended_at IS NULL AND a.deployment_id = $1",
            value: "web-42",
        },
    ),
    (
        "?status=unavailable",
        Condition {
            sql: " AND u.ended_at IS NULL AND u.status = $1",
            value: "unavailable",
            ..ALL
        },
    ),
    (
        "?region=region2",
        Condition {
            sql: " AND u.ended_at IS NULL AND s.region = $1",
            value: "region2",
            ..ALL
        },
    ),
    (
        "?zone=zone1&status=free",
        Condition {
            sql: " AND u.ended_at IS NULL AND s.zone = $1 AND u.status = 'free'",
            value: "zone1",
            ..ALL
        },
    ),
];

impl Bench {
    /// Lists of all units.
    pub(super) fn lists(&self, report: &mut Report) -> Result<()> {
        for &units in self.size.units {
            let dir = tempfile::tempdir()?;
            self.runtime.block_on(fleet::fill(dir.path(), units))?;
            let plane = self.serve(dir.path(), 1, fleet::NO_VISITS)?;
            let both = self.compare(&plane, dir.path(), "", &ALL, self.size.lists)?;
            let limit = if units == LIMIT.0 {
                Limit::Times(LIMIT.1)
            } else {
                Limit::None
            };
            report.add(Line {
                what: format!("list of {units} units, {} bytes", both.bytes),
                unit: "s",
                kloigos: median(&both.whole),
                against: "the same rows and JSON in a bare loop".to_owned(),
                floor: Some(median(&both.bare)),
                limit,
            });
            report.add(Line {
                what: format!("list of {units} units, to its first byte"),
                unit: "s",
                kloigos: median(&both.first),
                against: "the whole list".to_owned(),
                floor: Some(median(&both.whole)),
                limit: Limit::None,
            });
        }
        Ok(())
    }

    /// Lists of some units of many.
    pub(super) fn lookups(&self, report: &mut Report) -> Result<()> {
        let dir = tempfile::tempdir()?;
        let units = self.size.units.last().copied().unwrap_or_default();
        self.runtime.block_on(fleet::fill(dir.path(), units))?;
        let plane = self.serve(dir.path(), 1, fleet::NO_VISITS)?;
        let call = self.call_of_nothing(&plane)?;
        for (query, condition) in LOOKUPS {
            let both = self.compare(&plane, dir.path(), query, condition, self.size.lookups)?;
            report.add(Line {
                what: format!("{query} of {units}, {} bytes", both.bytes),
                unit: "s",
                kloigos: median(&both.whole),
                against: "the same query in a bare loop, and a call that asks nothing".to_owned(),
                floor: Some(median(&both.bare) + call),
                limit: Limit::Times(2.0),
            });
        }
        Ok(())
    }

    fn call_of_nothing(&self, plane: &ControlPlane) -> Result<f64> {
        let address = plane.client().address();
        let calls = (0..self.size.lookups).map(|_| Download::of(address, NOTHING, 4096));
        let calls: Result<Vec<Download>> = calls.collect();
        let times: Vec<f64> = calls?.iter().map(|call| call.whole.as_secs_f64()).collect();
        Ok(median(&times))
    }

    /// The two in turn. Their answers are compared first, so that both have read the file before.
    fn compare(
        &self,
        plane: &ControlPlane,
        dir: &Path,
        query: &str,
        condition: &Condition,
        rounds: usize,
    ) -> Result<Both> {
        let (address, path) = (plane.client().address(), format!("{LIST}{query}"));
        let mut connection = self.runtime.block_on(fleet::connect(&fleet::file(dir)))?;
        let mut text = Vec::new();
        let mut bare = || {
            let began = Instant::now();
            let listed = bare_list::list(&mut connection, condition, &mut text);
            self.runtime.block_on(listed)?;
            anyhow::Ok((began.elapsed().as_secs_f64(), text.len()))
        };
        bare()?;
        let (_, bytes) = bare()?;
        let mut both = Both {
            bytes,
            ..Both::default()
        };
        for round in 0..=rounds {
            let download = Download::of(address, &path, 2 * bytes)?;
            if round == 0 {
                both.reply = download.reply()?.body;
                continue;
            }
            ensure!(download.size() > bytes, "the list broke off");
            both.first.push(download.first.as_secs_f64());
            both.whole.push(download.whole.as_secs_f64());
            both.bare.push(bare()?.0);
        }
        ensure!(
            both.reply.as_bytes() == text,
            "{path} is answered otherwise than the bare loop does it"
        );
        Ok(both)
    }
}

/// The seconds of both.
#[derive(Default)]
struct Both {
    reply: String,
    bytes: usize,
    first: Vec<f64>,
    whole: Vec<f64>,
    bare: Vec<f64>,
}
