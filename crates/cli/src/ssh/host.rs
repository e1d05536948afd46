//! Where a unit is, and which host key to believe. Everything comes from a control plane and goes
//! to OpenSSH, so each part is checked to be what it is called.

use std::{
    ffi::{OsStr, OsString},
    io::Write,
    net::IpAddr,
    process::Command,
};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::{
    api::Call,
    failure::{Failure, Kind},
    session::Session,
    unit,
};

/// What keeps OpenSSH from believing any key but that of the file it is given.
const STRICT: [(&str, &str); 7] = [
    ("GlobalKnownHostsFile", "/dev/null"),
    ("StrictHostKeyChecking", "yes"),
    ("UpdateHostKeys", "no"),
    ("CheckHostIP", "no"),
    ("VerifyHostKeyDNS", "no"),
    ("NoHostAuthenticationForLocalhost", "no"),
    // A connection that is open already was checked by what the user believes, and is known by an
    // address that may be another machine's by now.
    ("ControlPath", "none"),
];
/// The same, for a program of the user's that tells keys. OpenSSH has it since 8.5, and ends where
/// it is told of what it does not know. `IgnoreUnknown` would be in the place of the user's own.
const KEYS_BY_PROGRAM: (&str, &str) = ("KnownHostsCommand", "none");

/// All of it that the OpenSSH of this machine knows.
pub(crate) fn strict() -> Vec<(&'static str, &'static str)> {
    let mut all = STRICT.to_vec();
    if is_known(KEYS_BY_PROGRAM) {
        all.push(KEYS_BY_PROGRAM);
    }
    all
}

/// Whether OpenSSH takes this option, unless it says that it does not.
fn is_known((name, value): (&str, &str)) -> bool {
    let mut ssh = Command::new("ssh");
    // It says what it would do, reads no file and calls nobody.
    ssh.args(["-F", "none", "-G", "-o", &format!("{name}={value}"), "any"]);
    let said = ssh.output().map(|said| said.stderr).unwrap_or_default();
    !String::from_utf8_lossy(&said).contains("Bad configuration option")
}

/// The way into a unit.
pub(crate) struct Door {
    pub(crate) unit: String,
    pub(crate) ip: IpAddr,
    pub(crate) port: u16,
    pub(crate) user: String,
    /// The server's name, under which its key is known, whatever its address.
    pub(crate) alias: String,
    host_key: String,
}

impl Door {
    /// That of this unit.
    pub(crate) fn find(session: &Session, name: &str) -> Result<Self, Failure> {
        let unit = unit::load(session, name)?;
        if unit["status"] != "allocated" {
            let status = unit["status"].as_str().unwrap_or("in an unknown state");
            let cause = format!("{name} is {status}; nobody can log in");
            return Err(
                Failure::new(Kind::Conflict, cause).or_try("kloigos unit list --status allocated")
            );
        }
        let hostname = unit["hostname"].as_str().unwrap_or_default();
        let server = session.get(&Call::get(["servers", hostname]))?;
        Self::of(&unit, &server)
    }

    /// That of a unit on its server.
    pub(crate) fn of(unit: &Value, server: &Value) -> Result<Self, Failure> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&unit["compute_id"]);
        let odd = |what: &str| {
            Failure::new(
                Kind::Unreachable,
                format!("the control plane names no sound {what} for {name}"),
            )
        };
        let door = Self {
            ip: text(&unit["ip"]).parse().map_err(|_| odd("address"))?,
            port: server["ssh_port"]
                .as_u64()
                .and_then(|port| port.try_into().ok())
                .ok_or_else(|| odd("port"))?,
            user: Some(text(&unit["user"]))
                .filter(|user| is_word(user))
                .ok_or_else(|| odd("user"))?,
            alias: Some(text(&unit["hostname"]))
                .filter(|host| is_word(host))
                .ok_or_else(|| odd("server"))?,
            host_key: text(&server["host_key"]),
            unit: Some(name.clone())
                .filter(|name| is_word(name))
                .ok_or_else(|| odd("name"))?,
        };
        if is_key(&door.host_key) {
            return Ok(door);
        }
        Err(odd("host key"))
    }

    /// A file of this run that holds the one key to believe.
    pub(crate) fn known_hosts(&self) -> Result<NamedTempFile, Failure> {
        let failed =
            |error: &dyn std::fmt::Display| Failure::fault("write the host key to a file", error);
        let mut file = NamedTempFile::new().map_err(|e| failed(&e))?;
        writeln!(file, "{} {}", self.alias, self.host_key).map_err(|e| failed(&e))?;
        Ok(file)
    }

    /// What OpenSSH is told; the first that says something counts, so these come first.
    pub(crate) fn options(&self, known_hosts: &OsStr) -> Vec<OsString> {
        let mut known = OsString::from("UserKnownHostsFile=");
        known.push(known_hosts);
        let strict = strict().into_iter();
        let strict = strict.map(|(name, value)| format!("{name}={value}").into());
        let mut options: Vec<OsString> = strict.collect();
        options.push(known);
        options.push(format!("HostKeyAlias={}", self.alias).into());
        options
    }

    /// `user@address`.
    pub(crate) fn login(&self) -> String {
        format!("{}@{}", self.user, self.ip)
    }

    /// A path in the unit, for scp.
    pub(crate) fn remote(&self, path: &str) -> String {
        match self.ip {
            IpAddr::V4(ip) => format!("{}@{ip}:{path}", self.user),
            IpAddr::V6(ip) => format!("{}@[{ip}]:{path}", self.user),
        }
    }
}

/// The line of `known_hosts` for a server; none where its key is not known yet, or not sound.
pub(crate) fn known_hosts_line(server: &Value) -> Option<String> {
    let alias = server["hostname"].as_str().filter(|name| is_word(name))?;
    let key = server["host_key"].as_str().filter(|key| is_key(key))?;
    Some(format!("{alias} {key}\n"))
}

/// Nothing that OpenSSH or a shell could read as more than a name.
fn is_word(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && text.bytes().all(letter)
}

/// `type base64`, with a comment or without, on one line.
fn is_key(text: &str) -> bool {
    let mut words = text.split(' ');
    let named = words.next().is_some_and(is_word);
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let body = words
        .next()
        .is_some_and(|body| !body.is_empty() && body.bytes().all(letter));
    named && body && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn unit() -> Value {
        json!({"compute_id": "h_0-3", "ip": "192.0.2.1", "user": "u0-3", "hostname": "h"})
    }

    fn server() -> Value {
        json!({"ssh_port": 22, "host_key": "ssh-ed25519 AAAA"})
    }

    #[test]
    fn nothing_that_a_server_says_becomes_an_option_of_openssh() {
        assert!(Door::of(&unit(), &server()).is_ok());
        for (field, hostile) in [
            ("user", "-oProxyCommand=x"),
            ("user", "u x"),
            ("user", ""),
            ("ip", "-v"),
            ("ip", "a.example"),
            ("hostname", "h\nProxyCommand x"),
            ("hostname", "*"),
            ("compute_id", "-x"),
        ] {
            let mut odd = unit();
            odd[field] = hostile.into();
            assert!(Door::of(&odd, &server()).is_err(), "{field} {hostile:?}");
        }
        for hostile in [
            "",
            "ssh-ed25519",
            "ssh-ed25519 AAAA\n* ssh-ed25519 BBBB",
            "@cert-authority * AAAA",
        ] {
            let odd = json!({"ssh_port": 22, "host_key": hostile});
            assert!(Door::of(&unit(), &odd).is_err(), "{hostile:?}");
        }
    }
}
