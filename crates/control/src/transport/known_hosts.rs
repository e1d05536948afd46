//! Keys from files in the format of `known_hosts(5)`, for an address.

use std::{net::IpAddr, path::PathBuf};

use kloigos_model::ssh::PublicKey;
use russh::keys::known_hosts::known_host_keys_path;

/// The keys that these files list for an address; a file that is not there lists none.
pub(crate) fn keys(files: &[PathBuf], ip: IpAddr, port: u16) -> Vec<PublicKey> {
    let mut keys = Vec::new();
    for file in files.iter().filter(|file| file.exists()) {
        match known_host_keys_path(&ip.to_string(), port, file) {
            Ok(found) => keys.extend(found.into_iter().filter_map(|(_, key)| parse(&key))),
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "known_hosts file not read");
            }
        }
    }
    keys
}

/// A key of the SSH library as one of ours; `None` for a type that we do not take.
pub(crate) fn parse(key: &russh::keys::PublicKey) -> Option<PublicKey> {
    key.to_openssh().ok()?.parse().ok()
}
