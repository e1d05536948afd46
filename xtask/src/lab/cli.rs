//! `cargo xtask lab …`: thin verbs over the library.

use std::ops::RangeInclusive;
use std::process::{ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};

use super::ssh::quoted;
use super::status::status;
use super::{Cut, Lab, Link, Release, Server, Spec};

/// Real Debian servers in QEMU on this machine.
#[derive(Args)]
pub struct Arguments {
    /// The lab's name.
    #[arg(long, global = true, default_value = "default")]
    name: String,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Bring up the lab; what is missing is installed and built.
    Up(Up),
    /// End its servers and remove its files.
    Down,
    /// Say what stands where.
    Status,
    /// Log in, or run a command line of the server's shell.
    Ssh(Remote),
    /// Run one program with exactly these arguments.
    Exec(Remote),
    /// Go back to a snapshot.
    Reset {
        /// The server, from 1.
        server: u8,
        /// The snapshot.
        #[arg(long, default_value = "boot")]
        to: String,
    },
    /// Keep disks and memory under a name.
    Snapshot {
        /// The server, from 1.
        server: u8,
        /// The snapshot's name.
        snapshot: String,
    },
    /// Cut a link.
    Cut {
        /// The server, from 1.
        server: u8,
        /// Which network.
        #[arg(long, value_enum, default_value = "private")]
        link: Link,
        /// Silently both ways, silently one way, or with the carrier.
        #[arg(long, value_enum, default_value = "both")]
        how: Cut,
    },
    /// Heal the links.
    Restore {
        /// The server, from 1.
        server: u8,
        /// Only this one.
        #[arg(long, value_enum)]
        link: Option<Link>,
    },
    /// Reboot a server and wait for it.
    Reboot {
        /// The server, from 1.
        server: u8,
    },
    /// Cut a server's power, start it from its disks and wait for it.
    PowerCut {
        /// The server, from 1.
        server: u8,
    },
    /// Make ports of a server answer at its address here.
    Forward {
        /// The server, from 1.
        server: u8,
        /// `PORT` or `FIRST-LAST`.
        #[arg(required = true, value_parser = parse_ports)]
        ports: Vec<RangeInclusive<u16>>,
    },
}

#[derive(Args)]
struct Up {
    /// The Debian release.
    #[arg(long, value_enum, default_value = "trixie")]
    release: Release,
    /// How many servers.
    #[arg(long, default_value_t = 1)]
    servers: u8,
    /// CPUs of each.
    #[arg(long, default_value_t = 8)]
    cpus: u16,
    /// NUMA nodes of each.
    #[arg(long, default_value_t = 2)]
    nodes: u16,
    /// Memory of each in MiB.
    #[arg(long, default_value_t = 3072)]
    memory: u32,
}

#[derive(Args)]
struct Remote {
    /// The server, from 1.
    server: u8,
    /// As `admin`, who has sudo, instead of root.
    #[arg(long)]
    admin: bool,
    /// What to run.
    #[arg(trailing_var_arg = true)]
    words: Vec<String>,
}

/// Runs a verb; the status is 0 or that of the remote program.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let name = arguments.name;
    match arguments.verb {
        Verb::Up(up) => return bring_up(name, &up).map(|()| ExitCode::SUCCESS),
        Verb::Down => Lab::down(&name)?,
        Verb::Status => status(&Lab::open(&name)?)?,
        Verb::Ssh(remote) => return remote.ssh(&name),
        Verb::Exec(remote) => return remote.exec(&name),
        Verb::Reset { server, to } => find(&name, server)?.reset_to(&to)?,
        Verb::Snapshot { server, snapshot } => find(&name, server)?.snapshot(&snapshot)?,
        Verb::Cut { server, link, how } => find(&name, server)?.cut(how, link)?,
        Verb::Restore { server, link } => {
            let server = find(&name, server)?;
            let links = link.map_or_else(|| Link::ALL.to_vec(), |link| vec![link]);
            links
                .into_iter()
                .try_for_each(|link| server.restore(link))?;
        }
        Verb::Reboot { server } => find(&name, server)?.reboot()?,
        Verb::PowerCut { server } => find(&name, server)?.power_cut()?,
        Verb::Forward { server, ports } => {
            find(&name, server)?.forward(ports.into_iter().flatten())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn bring_up(name: String, up: &Up) -> Result<()> {
    let lab = Lab::up(&Spec {
        name,
        release: up.release,
        servers: up.servers,
        cpus: up.cpus,
        nodes: up.nodes,
        memory: up.memory,
    })?;
    status(&lab)
}

fn find(name: &str, index: u8) -> Result<Server> {
    let lab = Lab::open(name)?;
    let mut servers = lab.servers().iter();
    let found = servers.find(|server| server.index() == index);
    found
        .cloned()
        .with_context(|| format!("lab `{name}` has no server {index}"))
}

impl Remote {
    fn user(&self) -> &'static str {
        if self.admin { "admin" } else { "root" }
    }

    /// As ssh does it: the words joined are for the server's shell.
    fn ssh(&self, name: &str) -> Result<ExitCode> {
        let mut ssh = find(name, self.server)?.ssh_command(self.user());
        ssh.stdin(Stdio::inherit()).args(&self.words);
        Ok(exit_code(ssh.status()?))
    }

    fn exec(&self, name: &str) -> Result<ExitCode> {
        ensure!(!self.words.is_empty(), "exec needs a program");
        let mut ssh = find(name, self.server)?.door(self.user()).shared();
        ssh.stdin(Stdio::inherit()).arg("--");
        ssh.args(self.words.iter().map(|word| quoted(word)));
        Ok(exit_code(ssh.status()?))
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

fn parse_ports(text: &str) -> Result<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = first.trim().parse()?..=last.trim().parse()?;
    ensure!(
        !range.is_empty() && *range.start() > 0,
        "`{text}` is not a range of ports"
    );
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_one_or_a_range() {
        assert_eq!(parse_ports("2000").unwrap(), 2000..=2000);
        assert_eq!(parse_ports("2000-2010").unwrap(), 2000..=2010);
        assert!(parse_ports("2010-2000").is_err());
        assert!(parse_ports("x").is_err());
    }
}
