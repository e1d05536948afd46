//! `kloigos export`: allocated units, in the words of other programs.

mod ansible;
mod prometheus;
mod ssh_config;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use serde_json::Value;

use crate::{
    api::Call, command, complete, failure::Failure, output::print, session::Session, ssh::Door,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// A file for OpenSSH, so that `ssh UNIT` works without this program. Host keys go to a file of
    /// their own.
    SshConfig(ssh_config::SshConfig),
    /// An inventory for Ansible, whose strings are all marked as data. The inventory plugin of the
    /// collection does the same and stays up to date by itself.
    Ansible(Which),
    /// Targets for Prometheus (`file_sd_config`): a port of each unit.
    Prometheus(prometheus::Targets),
}

/// Which units.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Only those on this server.
    #[arg(long, value_name = "SERVER", add = ArgValueCandidates::new(complete::servers))]
    server: Option<String>,
    /// Only those in this region.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Only those in this zone.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Only those whose tag `deployment_id` is this.
    #[arg(long, value_name = "TEXT")]
    deployment_id: Option<String>,
}

impl command::Verb for Verb {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let text = match self {
            Self::SshConfig(ssh_config) => ssh_config.render(session)?,
            Self::Ansible(which) => ansible::render(&which.units(session)?),
            Self::Prometheus(targets) => targets.render(session)?,
        };
        print(&text)
    }
}

/// An allocated unit and the way into it.
pub(crate) struct Exported {
    unit: Value,
    door: Door,
}

impl Which {
    fn units(&self, session: &Session) -> Result<Vec<Exported>, Failure> {
        self.units_on(session, &session.get(&Call::get(["servers"]))?)
    }

    /// The same, of servers that were asked for already.
    fn units_on(&self, session: &Session, servers: &Value) -> Result<Vec<Exported>, Failure> {
        let call = Call::get(["compute_units", ""])
            .query("status", Some("allocated"))
            .query("hostname", self.server.clone())
            .query("region", self.region.clone())
            .query("zone", self.zone.clone())
            .query("deployment_id", self.deployment_id.clone());
        let units = session.get(&call)?;
        let exported = |unit: &Value| {
            let mut servers = servers.as_array().into_iter().flatten();
            let server = servers.find(|server| server["hostname"] == unit["hostname"]);
            let door = Door::of(unit, server.unwrap_or(&Value::Null))?;
            Ok(Exported {
                unit: unit.clone(),
                door,
            })
        };
        units
            .as_array()
            .into_iter()
            .flatten()
            .map(exported)
            .collect()
    }
}
