//! `kloigos doctor`: whether a server can be cut into units, and what to do where it cannot.

use std::{
    fmt::Write as _,
    io::{Write, stdout},
    net::IpAddr,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use kloigos_control::{Probe, Probed, Settings, examine, transport::ssh::SshTransport};
use kloigos_model::preflight::{Finding, Severity};

use super::ssh::SshArgs;
use crate::host_binary;

/// Looks at a server over SSH, without a control plane. Nothing of it is changed; the program that
/// looks is left in /usr/local/lib/kloigos, where an init finds it.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// The server's address.
    #[arg(long, value_name = "IP")]
    server: IpAddr,
    /// The port of its SSH daemon.
    #[arg(long, value_name = "PORT", default_value_t = 22, value_parser = clap::value_parser!(u16).range(1..))]
    ssh_port: u16,
    #[command(flatten)]
    ssh: SshArgs,
}

impl Doctor {
    /// Prints what it finds; an error when a server with that cannot be cut.
    pub(super) fn run(self) -> Result<()> {
        let binary = host_binary::find()?;
        let settings = Settings {
            host_binary: binary.clone(),
            first_contact: self.ssh.first_contact(),
            known_hosts: self.ssh.known_hosts.clone(),
            ..Settings::default()
        };
        let transport = SshTransport::new(self.ssh.settings(), binary);
        let probe = Probe {
            ip: self.server,
            ssh_port: self.ssh_port,
            ssh_user: None,
            host_key: None,
            layout: None,
        };
        let runtime = tokio::runtime::Runtime::new().context("failed to start the runtime")?;
        let seen = runtime.block_on(examine(&transport, &settings, &probe));
        let seen = seen.with_context(|| format!("failed to look at {}", self.server))?;
        let mut out = stdout().lock();
        out.write_all(table(&seen).as_bytes())
            .context("failed to print the findings")?;
        let refuses = |finding: &&Finding| finding.severity == Severity::Refuses;
        match seen.findings.iter().filter(refuses).count() {
            0 => Ok(()),
            count => bail!(
                "{} cannot be cut into units, findings that refuse: {count}",
                self.server
            ),
        }
    }
}

/// What was seen, for people.
fn table(seen: &Probed) -> String {
    let facts = &seen.facts;
    let cpus = facts.topology.cpus.len();
    let mut text = format!(
        "{}: {}, Linux {}, systemd {}, {cpus} CPUs\nhost key {}\n",
        facts.hostname,
        facts.os,
        facts.kernel,
        facts.systemd,
        seen.host_key.fingerprint()
    );
    if seen.findings.is_empty() {
        text.push_str("nothing keeps it from being cut into units\n");
        return text;
    }
    let width = seen.findings.iter().map(|finding| width(&finding.fault));
    let width = width.max().unwrap_or_default().max("FINDING".len());
    let mut line = |severity: &str, fault: &str, fix: &str| {
        let pad = width.saturating_sub(self::width(fault));
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{severity:<8}  {fault}{:pad$}  {fix}", "");
    };
    line("", "FINDING", "WHAT TO DO");
    for finding in &seen.findings {
        line(finding.severity.as_str(), &finding.fault, &finding.fix);
    }
    text
}

fn width(text: &str) -> usize {
    text.chars().count()
}
