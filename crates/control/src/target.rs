//! From a server's row to how it is spoken to.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use kloigos_model::{server::ServerStatus, ssh::PublicKey};
use kloigos_store::ServerRecord;

use crate::{
    settings::Settings,
    transport::{Target, TransportError, known_hosts},
};

/// A living server.
pub(crate) fn of_server(server: &ServerRecord, settings: &Settings) -> Target {
    // What an init was given is proven by it once; from then on it is the pin.
    let initializing = server.status == ServerStatus::Initializing;
    let given = server.given_host_key.as_ref().filter(|_| initializing);
    let pinned = server.host_key.as_ref();
    Target {
        ip: server.ip,
        port: server.ssh_port,
        user: server.ssh_user.clone(),
        trusted: trusted(server.ip, server.ssh_port, given, pinned, settings),
        first_contact: settings.first_contact,
    }
}

/// The keys that are trusted for an address: a given one decides alone, else the pin and the
/// `known_hosts` files count alike.
pub(crate) fn trusted(
    ip: IpAddr,
    port: u16,
    given: Option<&PublicKey>,
    pinned: Option<&PublicKey>,
    settings: &Settings,
) -> Vec<PublicKey> {
    if let Some(given) = given {
        return vec![given.clone()];
    }
    let listed = known_hosts::keys(&settings.known_hosts, ip, port);
    pinned.cloned().into_iter().chain(listed).collect()
}

/// What went wrong, and what to do where that is known: for a host key, the command that trusts
/// it from now on.
pub(crate) fn advice(error: &TransportError, target: &Target, settings: &Settings) -> String {
    match error {
        TransportError::HostKey { .. } => {
            let file = settings.known_hosts.first().map(PathBuf::as_path);
            format!("{error}; {}", repin(target, file))
        }
        _ => error.to_string(),
    }
}

fn repin(target: &Target, file: Option<&Path>) -> String {
    let check = "compare it on the server's console (ssh-keygen -lf on its key files)";
    match file {
        Some(file) => format!(
            "{check}; if it is right, this trusts it: ssh-keyscan -p {} {} >> {}",
            target.port,
            target.ip,
            file.display()
        ),
        None => format!(
            "{check}; if it is right, init the server with it as host_key, or name a known_hosts \
             file in the settings and trust it by: ssh-keyscan -p {} {} >> FILE",
            target.port, target.ip
        ),
    }
}
