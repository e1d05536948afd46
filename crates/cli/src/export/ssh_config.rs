//! For OpenSSH.

use std::{fmt::Write as _, path::PathBuf};

use clap::Args;

use super::Which;
use crate::{contexts, failure::Failure, session::Session, ssh::known_hosts_line};

#[derive(Debug, Args)]
pub(crate) struct SshConfig {
    #[command(flatten)]
    which: Which,
    /// Where to write the host keys; without it, beside the remembered control planes.
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
}

impl SshConfig {
    pub(super) fn render(self, session: &Session) -> Result<String, Failure> {
        let units = self.which.units(session)?;
        let file = match self.known_hosts {
            Some(file) => {
                std::path::absolute(file).map_err(|e| Failure::fault("find the folder", &e))?
            }
            None => contexts::folder()?.join("known_hosts"),
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
        let mut keys: Vec<String> = units
            .iter()
            .map(|one| known_hosts_line(&one.door))
            .collect();
        keys.sort();
        keys.dedup();
        let keys: String = keys.iter().map(|line| format!("{line}\n")).collect();
        let failed = |error| Failure::fault(&format!("write {path}"), &error);
        contexts::replace(&file, keys.as_bytes()).map_err(failed)?;
        let mut text = String::new();
        for one in &units {
            let door = &one.door;
            // Writing to a text cannot fail.
            let _ = writeln!(
                text,
                "Host {}\n  HostName {}\n  Port {}\n  User {}\n  HostKeyAlias {}\n  \
                 UserKnownHostsFile \"{path}\"\n  GlobalKnownHostsFile /dev/null\n  \
                 StrictHostKeyChecking yes\n  UpdateHostKeys no\n",
                door.unit, door.ip, door.port, door.user, door.alias
            );
        }
        Ok(text)
    }
}
