//! For OpenSSH.

use std::path::PathBuf;

use clap::Args;

use super::Which;
use crate::{
    api::Call,
    contexts,
    failure::Failure,
    session::Session,
    ssh::{Door, known_hosts_line, strict},
};

#[derive(Debug, Args)]
pub(crate) struct SshConfig {
    #[command(flatten)]
    which: Which,
    /// Where to write the host keys of all servers; without it, beside the remembered control
    /// planes, in a file of this one's name.
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
}

impl SshConfig {
    pub(super) fn render(self, session: &Session) -> Result<String, Failure> {
        let servers = session.get(&Call::get(["servers"]))?;
        let units = self.which.units_on(session, &servers)?;
        let file = match self.known_hosts {
            Some(file) => {
                std::path::absolute(file).map_err(|e| Failure::fault("find the folder", &e))?
            }
            None => contexts::folder()?.join(session.api.place().file("known_hosts")),
        };
        let path = file.display().to_string();
        if path
            .chars()
            .any(|char| char.is_control() || "\"%$".contains(char))
        {
            return Err(Failure::usage(format!(
                "OpenSSH would not take {path:?} for a file's name"
            )));
        }
        // Those of all servers, so that what was exported of others goes on working.
        let servers = servers.as_array().into_iter().flatten();
        let mut keys: Vec<String> = servers.filter_map(known_hosts_line).collect();
        keys.sort();
        let failed = |error| Failure::fault(&format!("write {path}"), &error);
        contexts::replace(&file, keys.concat().as_bytes()).map_err(failed)?;
        let strict: Vec<String> = strict()
            .iter()
            .map(|(name, value)| format!("  {name} {value}\n"))
            .collect();
        let hosts = units.iter();
        let hosts = hosts.map(|one| host(&one.door, &path, &strict.concat()));
        Ok(hosts.collect())
    }
}

fn host(door: &Door, known_hosts: &str, strict: &str) -> String {
    format!(
        "Host {}\n  HostName {}\n  Port {}\n  User {}\n  HostKeyAlias {}\n  \
         UserKnownHostsFile \"{known_hosts}\"\n{strict}\n",
        door.unit, door.ip, door.port, door.user, door.alias
    )
}
