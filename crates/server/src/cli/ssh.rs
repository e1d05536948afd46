//! How servers are reached, as flags.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kloigos_control::{FirstContact, transport::ssh::SshSettings};
use kloigos_model::names::LoginName;

/// How servers are reached, and how they prove themselves.
#[derive(Debug, Args)]
pub(super) struct SshArgs {
    /// The login on servers that name none: root, or a user with passwordless sudo.
    #[arg(
        long,
        env = "KLOIGOS_SSH_USER",
        value_name = "LOGIN",
        default_value = "root"
    )]
    ssh_user: LoginName,
    /// A private key without a passphrase. May be repeated; tried in this order.
    #[arg(long, env = "KLOIGOS_SSH_KEY", value_name = "FILE")]
    ssh_key: Vec<PathBuf>,
    /// The socket of an SSH agent, whose keys are tried after the files.
    #[arg(long, env = "SSH_AUTH_SOCK", value_name = "SOCKET")]
    ssh_agent: Option<PathBuf>,
    /// A file of host keys as of OpenSSH. May be repeated.
    #[arg(long, env = "KLOIGOS_KNOWN_HOSTS", value_name = "FILE")]
    pub(super) known_hosts: Vec<PathBuf>,
    /// What to do with a server whose host key is known from nowhere: pin what it shows, or refuse
    /// it.
    #[arg(
        long,
        env = "KLOIGOS_FIRST_CONTACT",
        value_name = "WHAT",
        default_value = "trust"
    )]
    first_contact: Contact,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Contact {
    Trust,
    Refuse,
}

impl SshArgs {
    /// What is done with a server whose host key is not known.
    pub(super) fn first_contact(&self) -> FirstContact {
        match self.first_contact {
            Contact::Trust => FirstContact::Trust,
            Contact::Refuse => FirstContact::Refuse,
        }
    }

    /// The transport's settings.
    pub(super) fn settings(&self) -> SshSettings {
        let agent = self.ssh_agent.clone();
        SshSettings {
            user: self.ssh_user.clone(),
            keys: self.ssh_key.clone(),
            agent: agent.filter(|socket| !socket.as_os_str().is_empty()),
            ..SshSettings::default()
        }
    }
}
