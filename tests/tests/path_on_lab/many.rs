//! Many callers at once.

use std::thread;

use anyhow::{Result, ensure};
use serde_json::json;
use xtask::{drive::KeyPair, lab::Lab};

use super::stage::Stage;

pub(crate) fn thirty_two_callers_over_eight_units(lab: &Lab) -> Result<()> {
    let stage = Stage::set(lab)?;
    let ranges = ["0", "1", "2", "3", "4", "5", "6", "7"];
    stage.init("host1", lab.server(1), &ranges)?;
    let pair = KeyPair::make(stage.folder.path(), "many")?;
    let body = json!({ "cpu_count": 1, "tags": {}, "ssh_public_key": pair.public() });
    let callers: Vec<_> = (0..32)
        .map(|_| {
            let (api, body) = (stage.api().clone(), body.clone());
            thread::spawn(move || api.post("/api/compute_units/allocate", &body))
        })
        .collect();
    let mut got = Vec::new();
    let mut refused = 0;
    for caller in callers {
        let answer = caller.join().expect("a caller does not panic")?;
        match answer.status {
            200 => got.push(answer.body["compute_id"].to_string()),
            460 => refused += 1,
            other => anyhow::bail!("{other} {}", answer.body),
        }
    }
    got.sort();
    got.dedup();
    ensure!(
        (got.len(), refused) == (8, 24),
        "{got:?} and {refused} refusals"
    );
    Ok(())
}
