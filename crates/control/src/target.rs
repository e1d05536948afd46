//! From a server's row to how it is spoken to.

use std::net::IpAddr;

use kloigos_model::ssh::PublicKey;
use kloigos_store::ServerRecord;

use crate::{settings::Settings, transport::Target, transport::known_hosts};

/// A living server. What its init was given decides alone; else the pin and the `known_hosts`
/// files count alike.
pub(crate) fn of_server(server: &ServerRecord, settings: &Settings) -> Target {
    Target {
        ip: server.ip,
        port: server.ssh_port,
        user: server.ssh_user.clone(),
        trusted: trusted(
            server.ip,
            server.ssh_port,
            server.given_host_key.as_ref(),
            server.host_key.as_ref(),
            settings,
        ),
        first_contact: settings.first_contact,
    }
}

/// The keys that are trusted for an address.
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
