//! The API's picture, the server's inspection and the history, one against the other.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xtask::drive::{Api, ControlPlane};

use super::stage::Ground;

/// How long what is still on its way may take.
const SETTLED: Duration = Duration::from_mins(10);

pub(super) fn all_agree(ground: &Ground<'_>, plane: &ControlPlane) -> Result<()> {
    let contradictions = ground.history.contradictions();
    ensure!(contradictions.is_empty(), "{contradictions:#?}");
    let api = plane.api();
    let units = array(api, "/api/compute_units/")?;
    let ids: Vec<String> = units.iter().map(|unit| text(&unit["compute_id"])).collect();
    for id in &ids {
        api.await_status(id, "free", SETTLED)?;
    }
    let told = ground.history.tenancies().into_iter();
    let told: BTreeSet<(String, String)> = told.map(|t| (t.unit, t.allocation)).collect();
    ensure!(told == kept(api, &ids)?, "told and kept differ");
    for status in ["queued", "running"] {
        let left = array(api, &format!("/api/jobs?status={status}"))?;
        ensure!(left.is_empty(), "still {status}: {left:#?}");
    }
    let server = api
        .post("/api/servers/host1/check", &json!({}))?
        .expect_ok("the server's inspection")?;
    ensure!(
        server["health"] == "healthy" && server["drift_count"] == 0,
        "the server is not as it should be: {server:#}"
    );
    let strays = ground
        .server
        .script("pgrep -u u0-1,u2-3,u4-5,u6-7 -af '^sleep' || true; ls -A /etc/ssh/kloigos")?;
    ensure!(strays.is_empty(), "left on the server: {strays}");
    Ok(())
}

/// The tenancies that the control plane knows, which are all over; those that never came to be are
/// not among them.
fn kept(api: &Api, ids: &[String]) -> Result<BTreeSet<(String, String)>> {
    let mut kept = BTreeSet::new();
    for id in ids {
        for tenancy in array(
            api,
            &format!("/api/compute_units/{id}/allocations?limit=500"),
        )? {
            let status = text(&tenancy["status"]);
            ensure!(
                ["ended", "failed"].contains(&status.as_str()),
                "{id} is still somebody's: {tenancy:#}"
            );
            if status == "ended" {
                kept.insert((id.clone(), text(&tenancy["id"])));
            }
        }
    }
    Ok(kept)
}

fn array(api: &Api, path: &str) -> Result<Vec<Value>> {
    let listed = api.get(path)?.expect_ok(path)?;
    let listed = listed.as_array().cloned();
    listed.with_context(|| format!("{path} is no list"))
}

fn text(value: &Value) -> String {
    value.as_str().map(str::to_owned).unwrap_or_default()
}
