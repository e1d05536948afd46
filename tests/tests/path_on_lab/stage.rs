//! A control plane over the lab's servers.

use std::{path::Path, time::Duration};

use anyhow::Result;
use serde_json::json;
use xtask::{
    drive::{Api, ControlPlane, Serve},
    lab::{Lab, Server},
};

/// What emptying a unit may take on an emulated server.
pub(crate) const EMPTY: Duration = Duration::from_mins(3);

/// A control plane of its own, with the folder that holds its data and keys.
pub(crate) struct Stage {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) plane: ControlPlane,
}

impl Stage {
    pub(crate) fn set(lab: &Lab) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let plane = ControlPlane::start(&serve(folder.path(), lab, None))?;
        Ok(Self { folder, plane })
    }

    pub(crate) fn api(&self) -> &Api {
        self.plane.api()
    }

    pub(crate) fn init(&self, hostname: &str, server: &Server, ranges: &[&str]) -> Result<()> {
        let more = json!({ "host_key": server.host_key()? });
        self.api()
            .init_server(hostname, &server.address().to_string(), ranges, &more)
    }
}

pub(crate) fn serve(folder: &Path, lab: &Lab, token: Option<String>) -> Serve {
    let key = lab.server(1).private_key_path();
    let arguments = ["--ssh-key".into(), key.into()].to_vec();
    Serve {
        data_dir: folder.join("data"),
        arguments,
        token,
    }
}
