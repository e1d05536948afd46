//! One server with all that Kloigos may set, and a control plane that looks at it.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xtask::{
    drive::{ControlPlane, KeyPair, Serve, client::Call},
    lab::{Lab, Spec},
};

use super::changes::{ByHand, CHANGES};

/// How long a repair may take on an emulated server.
const REPAIRED: Duration = Duration::from_mins(5);
/// How long between two looks at something that is awaited.
const PAUSE: Duration = Duration::from_millis(200);
/// The shortest interval of visits by themselves, in seconds.
const SHORTEST: &str = "1";
/// The disk that the first unit has to itself.
const VOLUME: &str = "/dev/disk/by-id/virtio-lab-data1";

pub(crate) struct Stage {
    lab: Lab,
    plane: ControlPlane,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// Three units with every limit, one with a volume, the host confined to the CPUs left; two of
    /// them are somebody's.
    pub(crate) fn set() -> Result<Self> {
        let lab = Lab::up_temporary(&Spec {
            name: format!("drift-{}", std::process::id()),
            ..Spec::default()
        })?;
        let folder = tempfile::tempdir()?;
        let key = lab.server(1).private_key_path().into();
        let plane = ControlPlane::start(&Serve {
            data_dir: folder.path().join("data"),
            arguments: vec![
                "--ssh-key".into(),
                key,
                "--visit-every".into(),
                SHORTEST.into(),
            ],
            token: None,
        })?;
        let more = json!({
            "host_key": lab.server(1).host_key()?,
            "confine_host": true,
            "limits": {
                "memory_max": "400M", "memory_high": "350M", "swap_max": "0", "tasks_max": 500,
                "io_weight": 200, "io_read_bytes": "50M", "io_write_bytes": "50M",
                "disk_bytes": "500M", "disk_inodes": 20000,
            },
            "volumes": [{ "cpu_range": "1-2", "path": VOLUME, "wipe": true }],
        });
        let ip = lab.server(1).address().to_string();
        let api = plane.api();
        api.init_server("host1", &ip, &["1-2", "3-4", "5-6"], &more)?;
        let pair = KeyPair::make(folder.path(), "tenant")?;
        let wanted = json!({ "cpu_count": 2, "tags": {}, "ssh_public_key": pair.public() });
        for _ in 0..2 {
            api.post("/api/compute_units/allocate", &wanted)?
                .expect_ok("allocate")?;
        }
        Ok(Self {
            lab,
            plane,
            _folder: folder,
        })
    }

    pub(crate) fn each_change_is_reported_and_repaired(&self) -> Result<()> {
        // Nobody else looks meanwhile, so that the one visit is seen to tell it.
        self.mode("off")?;
        for change in CHANGES {
            self.lab.server(1).script(change.script)?;
            self.mode("report")?;
            let seen = self.visit()?;
            ensure!(
                told(&seen, change),
                "{} was not reported: {} {}",
                change.script,
                seen["health_reason"],
                seen["drift"]
            );
            self.call("/api/servers/host1/repair")?;
            self.await_clean()
                .with_context(|| format!("after {}", change.script))?;
            self.mode("off")?;
        }
        println!(
            "{} kinds of change were reported and repaired",
            CHANGES.len()
        );
        self.mode("report")
    }

    /// Some of each kind at once, and no call.
    pub(crate) fn in_repair_mode_nobody_has_to_ask(&self) -> Result<()> {
        self.mode("repair")?;
        let script: Vec<&str> = CHANGES.iter().step_by(6).map(|by| by.script).collect();
        self.lab.server(1).script(&script.join("\n"))?;
        self.visit()?;
        self.await_clean()?;
        let jobs = self.get("/api/jobs?kind=repairing&limit=5")?;
        ensure!(jobs[0]["status"] == "succeeded", "{jobs:#}");
        self.mode("report")
    }

    /// Nothing is reported though nothing is wrong, however often it is looked at.
    pub(crate) fn visits_find_nothing(&self, visits: u32) -> Result<()> {
        let before = self.get("/api/events/log?kind=drift_found&limit=1")?;
        for number in 1..=visits {
            let seen = self.visit()?;
            ensure!(
                is_clean(&seen),
                "visit {number} found {} {}",
                seen["health_reason"],
                seen["drift"]
            );
        }
        let after = self.get("/api/events/log?kind=drift_found&limit=1")?;
        ensure!(before == after, "something was reported between: {after:#}");
        Ok(())
    }

    /// The server as one more visit found it.
    fn visit(&self) -> Result<Value> {
        self.call("/api/servers/host1/check")
    }

    fn await_clean(&self) -> Result<()> {
        let began = Instant::now();
        loop {
            let seen = self.visit()?;
            if is_clean(&seen) {
                return Ok(());
            }
            ensure!(
                began.elapsed() < REPAIRED,
                "it stays {} {}",
                seen["health_reason"],
                seen["drift"]
            );
            thread::sleep(PAUSE);
        }
    }

    fn mode(&self, mode: &str) -> Result<()> {
        let body = json!({ "mode": mode });
        let call = Call::new("PATCH", "/api/servers/host1").json(&body);
        self.plane.api().call(&call)?.expect_ok("mode").map(drop)
    }

    fn call(&self, path: &str) -> Result<Value> {
        self.plane.api().post(path, &json!({}))?.expect_ok(path)
    }

    fn get(&self, path: &str) -> Result<Value> {
        self.plane.api().get(path)?.expect_ok(path)
    }
}

fn is_clean(seen: &Value) -> bool {
    seen["health"] == "healthy" && seen["drift_count"] == 0
}

fn told(seen: &Value, change: &ByHand) -> bool {
    let of = change.of.map(|cpus| format!("host1_{cpus}"));
    let mut drift = seen["drift"].as_array().into_iter().flatten();
    drift.any(|told| {
        told["compute_id"].as_str() == of.as_deref() && told["resource"] == change.resource
    })
}
