//! Logging in: by key files, then by the keys of an agent.

use std::{path::Path, sync::Arc};

use kloigos_model::names::LoginName;
use russh::{
    client::Handle,
    keys::{
        Algorithm, PrivateKey, PrivateKeyWithHashAlg, PublicKey,
        agent::{AgentIdentity, client::AgentClient},
        load_secret_key,
    },
};
use tokio::net::UnixStream;

use super::{SshSettings, TransportError, connection::Client};

/// Logs in with the first key that the server takes. `Denied` names what was tried.
pub(super) async fn log_in(
    handle: &mut Handle<Client>,
    user: &LoginName,
    settings: &SshSettings,
) -> Result<(), TransportError> {
    let mut tried = Vec::new();
    for path in &settings.keys {
        match by_file(handle, user, path).await {
            Ok(true) => return Ok(()),
            Ok(false) => tried.push(format!("{} is not accepted", path.display())),
            Err(why) => tried.push(format!("{}: {why}", path.display())),
        }
    }
    if let Some(socket) = &settings.agent {
        match by_agent(handle, user, socket).await {
            Ok(true) => return Ok(()),
            Ok(false) => tried.push("no key of the SSH agent is accepted".to_owned()),
            Err(why) => tried.push(format!("SSH agent: {why}")),
        }
    }
    if tried.is_empty() {
        tried.push("there is no SSH key; name a key file or an agent".to_owned());
    }
    Err(TransportError::Denied(format!(
        "login as {user}: {}",
        tried.join("; ")
    )))
}

async fn by_file(
    handle: &mut Handle<Client>,
    user: &LoginName,
    path: &Path,
) -> Result<bool, String> {
    let key = load(path).await?;
    // Only RSA has a choice of hash, and RSA is off.
    let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
    let answer = handle.authenticate_publickey(user.as_str(), key).await;
    answer
        .map(|answer| answer.success())
        .map_err(|error| error.to_string())
}

async fn load(path: &Path) -> Result<PrivateKey, String> {
    let path = path.to_owned();
    let loaded = tokio::task::spawn_blocking(move || load_secret_key(path, None)).await;
    let key = loaded
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    usable(&key.algorithm()).map(|()| key)
}

fn usable(kind: &Algorithm) -> Result<(), String> {
    match kind {
        Algorithm::Rsa { .. } => {
            Err("RSA keys are not used; make one with: ssh-keygen -t ed25519".to_owned())
        }
        _ => Ok(()),
    }
}

async fn by_agent(
    handle: &mut Handle<Client>,
    user: &LoginName,
    socket: &Path,
) -> Result<bool, String> {
    let agent: Result<AgentClient<UnixStream>, _> = AgentClient::connect_uds(socket).await;
    let mut agent = agent.map_err(|error| error.to_string())?;
    let identities = agent.request_identities().await;
    for identity in identities.map_err(|error| error.to_string())? {
        if let Some(key) = plain(&identity) {
            let answer = handle
                .authenticate_publickey_with(user.as_str(), key, None, &mut agent)
                .await;
            if answer.map_err(|error| error.to_string())?.success() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// A key that can be used, and no certificate.
fn plain(identity: &AgentIdentity) -> Option<PublicKey> {
    match identity {
        AgentIdentity::PublicKey { key, .. } => {
            usable(&key.algorithm()).is_ok().then(|| key.clone())
        }
        AgentIdentity::Certificate { .. } => None,
    }
}
