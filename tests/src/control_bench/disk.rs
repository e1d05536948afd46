//! What the disk's part of bookkeeping is: the most that commits in groups could give.

use std::path::Path;

use anyhow::Result;

use super::{
    Bench,
    bare_work::Loop,
    bookkeeping::{Office, ROUNDS},
    median,
    report::{Limit, Line, Report},
};

/// A file system without a disk.
const MEMORY: &str = "/dev/shm";

impl Bench {
    /// The bare loop beside itself where a commit waits for no disk.
    pub(super) fn without_disk(&self, on_disk: &Loop, report: &mut Report) -> Result<()> {
        if !Path::new(MEMORY).exists() {
            println!("  no {MEMORY} here: what commits wait for is not told");
            return Ok(());
        }
        let in_memory = self.runtime.block_on(async {
            let office = Office::open(Path::new(MEMORY)).await?;
            Loop::open(office.close().await, on_disk.said()).await
        })?;
        let (mut quick, mut floor) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            quick.push(self.pace(&in_memory, round)?);
            floor.push(self.pace(on_disk, round)?);
        }
        report.add(Line {
            what: "the bare loop's tenancies, commits in memory".to_owned(),
            unit: "/s",
            kloigos: median(&quick),
            against: "the same loop, commits on the disk".to_owned(),
            floor: Some(median(&floor)),
            limit: Limit::None,
        });
        Ok(())
    }

    fn pace(&self, bare: &Loop, round: usize) -> Result<f64> {
        let tag = format!("disk-{round}");
        let measured = bare.measure(&tag, self.size.tenancies);
        Ok(self.runtime.block_on(measured)?.0)
    }
}
