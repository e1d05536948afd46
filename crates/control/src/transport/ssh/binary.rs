//! The host binary on a server: looked at once a connection, uploaded once a version.
//!
//! Every command here is constant text, the base directory from the settings and the digest. The
//! directory is named by the digest, is root's and only root's, so that nothing can be swapped
//! between the look and the run.

use std::sync::Arc;

use super::{
    SshSettings, TransportError,
    connection::Connection,
    exec::{self, Ended},
};
use crate::settings::HostBinary;

const ARCH: &str = "x86_64";

/// The command that runs the binary.
pub(super) fn command(
    binary: &HostBinary,
    connection: &Connection,
    settings: &SshSettings,
) -> String {
    let sudo = if connection.needs_sudo() {
        "sudo -n "
    } else {
        ""
    };
    format!("{sudo}{}/{}/kloigos-host", settings.base, binary.sha256)
}

/// Sees to it that the binary lies on the server and is what it should be.
pub(super) async fn ensure(
    connection: &Connection,
    binary: &HostBinary,
    settings: &SshSettings,
) -> Result<(), TransportError> {
    sound(binary, settings)?;
    if look(connection, binary, settings).await? {
        return Ok(());
    }
    upload(connection, binary, settings).await?;
    if look(connection, binary, settings).await? {
        return Ok(());
    }
    Err(TransportError::Unsuitable(format!(
        "{} on the server is not safe for a program of root: it or what is in it belongs to \
         somebody else or may be written by others",
        settings.base
    )))
}

/// What stands in a command must be plain.
fn sound(binary: &HostBinary, settings: &SshSettings) -> Result<(), TransportError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let base = settings.base.starts_with('/') && settings.base.bytes().all(plain);
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let digest = binary.sha256.len() == 64 && binary.sha256.bytes().all(hex);
    if base && digest {
        return Ok(());
    }
    Err(TransportError::Unsuitable(format!(
        "{:?} is no directory that host binaries may lie in",
        settings.base
    )))
}

/// Runs a script as root.
async fn as_root(
    connection: &Connection,
    script: &str,
    stdin: Arc<[u8]>,
) -> Result<(Ended, Vec<String>), TransportError> {
    let sudo = if connection.needs_sudo() {
        "sudo -n "
    } else {
        ""
    };
    // The scripts hold no single quote, so that they are one word to any login shell.
    let command = format!("{sudo}sh -c '{script}'");
    let mut lines = Vec::new();
    let mut line = |line: &[u8]| lines.push(String::from_utf8_lossy(line).into_owned());
    let ended = exec::run(connection, &command, stdin, &mut line).await;
    // No request is sent yet, so that a loss here leaves the server as it was.
    let ended = ended.map_err(|failure| match failure.into() {
        TransportError::Lost(why) => TransportError::Unreachable(why),
        other => other,
    })?;
    if ended.status.is_none() {
        // Its output may be cut off anywhere.
        return Err(TransportError::Unreachable(
            "the connection was lost while the host binary was looked at or uploaded".to_owned(),
        ));
    }
    Ok((ended, lines))
}

/// Whether the binary is there, safe from anybody but root, and of the right digest.
async fn look(
    connection: &Connection,
    binary: &HostBinary,
    settings: &SshSettings,
) -> Result<bool, TransportError> {
    let script = format!(
        "uname -m; id -u; cd {}/{} 2>/dev/null || exit 0; \
         stat -c \"%u %a\" .. . kloigos-host 2>/dev/null; \
         sha256sum kloigos-host 2>/dev/null; exit 0",
        settings.base, binary.sha256
    );
    let (ended, lines) = as_root(connection, &script, Arc::default()).await?;
    let mut lines = lines.iter().map(String::as_str);
    match (lines.next(), lines.next()) {
        (Some(ARCH), Some("0")) => {}
        (Some(ARCH) | None, _) => return Err(not_root(connection, &ended)),
        (Some(arch), _) => {
            return Err(TransportError::Unsuitable(format!(
                "the server's architecture is {arch}; only {ARCH} servers are supported"
            )));
        }
    }
    let rest: Vec<&str> = lines.collect();
    let [base, dir, file, digest] = rest[..] else {
        return Ok(false);
    };
    let safe = [base, dir, file].into_iter().all(is_roots_alone);
    Ok(safe && digest.starts_with(&binary.sha256))
}

fn not_root(connection: &Connection, ended: &Ended) -> TransportError {
    let user = connection.user();
    if connection.needs_sudo() {
        TransportError::Denied(format!(
            "{user} cannot become root by sudo -n{}; give it passwordless sudo",
            ended.said()
        ))
    } else {
        TransportError::Denied(format!("{user} is not root{}", ended.said()))
    }
}

/// `UID MODE` of stat(1): root's, and writable for nobody else.
fn is_roots_alone(line: &str) -> bool {
    match line.split_once(' ') {
        Some(("0", mode)) => u32::from_str_radix(mode, 8).is_ok_and(|mode| mode & 0o022 == 0),
        _ => false,
    }
}

/// Brings the binary. It appears under its name only when it is whole.
async fn upload(
    connection: &Connection,
    binary: &HostBinary,
    settings: &SshSettings,
) -> Result<(), TransportError> {
    let script = format!(
        "umask 077; b={0}; d={0}/{1}; mkdir -p $d && chown 0:0 $b $d && chmod 0755 $b $d && \
         cd $d && t=$(mktemp .upload.XXXXXXXX) || exit 1; \
         cat > $t && echo \"{1}  $t\" | sha256sum -c --status - && chown 0:0 $t && \
         chmod 0755 $t && sync $t && mv -f $t kloigos-host && exit 0; rm -f $t; exit 1",
        settings.base, binary.sha256
    );
    let (ended, _) = as_root(connection, &script, binary.bytes.clone()).await?;
    match ended.status {
        Some(0) => {
            tracing::info!(digest = %binary.sha256, "host binary uploaded");
            Ok(())
        }
        _ => Err(TransportError::Unsuitable(format!(
            "the host binary cannot be put into {}{}",
            settings.base,
            ended.said()
        ))),
    }
}
