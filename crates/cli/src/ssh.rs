//! `kloigos ssh`, `exec` and `cp`: OpenSSH, told where a unit is and which host key to believe.
//!
//! The key is the one that the control plane pinned. It is written to a file of this run alone,
//! and OpenSSH is told to believe nothing else, so that no first contact has to be trusted and what
//! the user's own files say does not matter.

mod host;

use std::{
    ffi::OsString,
    io,
    process::{Command, ExitStatus},
};

use clap::Args;
use clap_complete::ArgValueCandidates;

pub(crate) use host::{Door, known_hosts_line, strict};

use crate::{
    arguments::UnitName,
    command::Verb,
    complete,
    failure::{Failure, Kind},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct Ssh {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    own: Own,
    /// A command line for the unit's shell, in place of an interactive one.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Exec {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    own: Own,
    /// The program and its arguments; no shell looks into them.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Copy {
    #[command(flatten)]
    own: Own,
    /// Copy folders with all that is in them.
    #[arg(short, long)]
    recursive: bool,
    /// Files of this machine, or UNIT:PATH, the last one being where to. All on the same unit.
    #[arg(required = true, num_args = 2.., value_name = "FILE",
          add = ArgValueCandidates::new(complete::units))]
    files: Vec<String>,
}

/// What the caller has of their own for OpenSSH.
#[derive(Debug, Args)]
struct Own {
    /// The private key to log in with; without it, what OpenSSH would use.
    #[arg(short, long, value_name = "FILE")]
    identity: Option<OsString>,
    /// Another option of `ssh_config(5)`, such as ForwardAgent=yes.
    #[arg(long, value_name = "OPTION")]
    ssh_option: Vec<OsString>,
}

impl Verb for Ssh {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let door = Door::find(session, &self.unit.unit)?;
        open(&door, &self.own, &self.command)
    }
}

impl Verb for Exec {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let door = Door::find(session, &self.unit.unit)?;
        let words = self.command.iter().map(String::as_str);
        let line = shlex::try_join(words)
            .map_err(|error| Failure::usage(format!("the command cannot be sent: {error}")))?;
        open(&door, &self.own, &[line])
    }
}

fn open(door: &Door, own: &Own, command: &[String]) -> Result<(), Failure> {
    let known = door.known_hosts()?;
    let mut ssh = own.program("ssh", door, known.path().as_os_str());
    ssh.args(["-p", &door.port.to_string(), "--", &door.login()]);
    ssh.args(command);
    finish("ssh", ssh.status())
}

impl Verb for Copy {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let units: Vec<&str> = self
            .files
            .iter()
            .filter_map(|file| remote(file))
            .map(|(unit, _)| unit)
            .collect();
        let Some(unit) = units.first() else {
            return Err(
                Failure::usage("none of these is UNIT:PATH").or_try("cp for files of this machine")
            );
        };
        if units.iter().any(|other| other != unit) {
            return Err(Failure::usage("one copy is to or from one unit")
                .or_try("two copies, by way of this machine"));
        }
        let door = Door::find(session, unit)?;
        let known = door.known_hosts()?;
        let mut scp = self.own.program("scp", &door, known.path().as_os_str());
        scp.args(["-P", &door.port.to_string()]);
        if self.recursive {
            scp.arg("-r");
        }
        scp.arg("--");
        scp.args(self.files.iter().map(|file| match remote(file) {
            Some((_, path)) => door.remote(path),
            None => local(file),
        }));
        finish("scp", scp.status())
    }
}

/// The unit and the path of `UNIT:PATH`; a file of this machine has a slash before its first colon,
/// or none.
fn remote(file: &str) -> Option<(&str, &str)> {
    let (unit, path) = file.split_once(':')?;
    (!unit.contains('/') && !unit.is_empty()).then_some((unit, path))
}

/// A file of this machine, which scp takes for nothing else.
fn local(file: &str) -> String {
    if file.starts_with('/') || file.starts_with("./") || file.starts_with("../") {
        file.to_owned()
    } else {
        format!("./{file}")
    }
}

impl Own {
    fn program(&self, name: &str, door: &Door, known_hosts: &std::ffi::OsStr) -> Command {
        let mut command = Command::new(name);
        for option in door.options(known_hosts) {
            command.arg("-o").arg(option);
        }
        for option in &self.ssh_option {
            command.arg("-o").arg(option);
        }
        if let Some(identity) = &self.identity {
            command.arg("-i").arg(identity);
        }
        command
    }
}

/// Ends as the program did.
fn finish(name: &str, status: io::Result<ExitStatus>) -> Result<(), Failure> {
    let status = status.map_err(|error| {
        Failure::fault(&format!("run {name}"), &error).or_try("install the OpenSSH client")
    })?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Failure::passed_on(u8::try_from(code).unwrap_or(u8::MAX))),
        None => Err(Failure::new(
            Kind::Fault,
            format!("{name} was ended: {status}"),
        )),
    }
}
