//! The SSH daemon: `sshd -V`, `sshd -T`, and what its configuration includes.

use kloigos_model::host::SshDaemon;

use super::printed;
use crate::{
    fault::Trouble,
    sys::{Command, Host, read_text},
};

const CONFIG: &str = "/etc/ssh/sshd_config";

/// What its configuration comes to; nothing where it is another daemon.
pub(super) fn effective(host: &mut dyn Host) -> Result<String, Trouble> {
    Ok(printed(host, &["sshd", "-T"])?.unwrap_or_default())
}

pub(super) fn read(host: &mut dyn Host, effective: &str) -> Result<SshDaemon, Trouble> {
    let config = read_text(host, CONFIG)?.unwrap_or_default();
    Ok(SshDaemon {
        version: version(host)?,
        use_pam: effective.lines().any(|line| line == "usepam yes"),
        includes_drop_ins: includes_drop_ins(&config),
    })
}

/// The version of OpenSSH, or nothing where it is another daemon. Before 9.2, sshd(8) knew no
/// `-V`, but named its version in the complaint about it.
pub fn version(host: &mut dyn Host) -> Result<Option<(u32, u32)>, Trouble> {
    match host.run(&Command::new(["sshd", "-V"])) {
        Ok(output) => Ok(parse_version(&(output.stdout + &output.stderr))),
        Err(error) if error.is_missing_program() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `OpenSSH_10.0p2 Debian-7, OpenSSL …` is 10.0.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let (_, after) = text.split_once("OpenSSH_")?;
    let (major, rest) = after.split_once('.')?;
    let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Whether drop-ins are read, and that before any `Match`, to which an `Include` would be bound.
fn includes_drop_ins(config: &str) -> bool {
    let lines = config.lines().map(str::trim);
    let mut words = lines.filter(|line| !line.starts_with('#')).map(|line| {
        let (keyword, rest) = line.split_once([' ', '\t', '=']).unwrap_or((line, ""));
        (keyword.to_ascii_lowercase(), rest)
    });
    let deciding = words.find(|(keyword, rest)| {
        keyword == "match" || keyword == "include" && rest.contains("sshd_config.d/*.conf")
    });
    deciding.is_some_and(|(keyword, _)| keyword == "include")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(
            parse_version("OpenSSH_10.0p2 Debian-7, OpenSSL 3.5"),
            Some((10, 0))
        );
        assert_eq!(
            parse_version("unknown option -- V\nOpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL"),
            Some((9, 2))
        );
        for text in ["", "dropbear", "OpenSSH_", "OpenSSH_9", "OpenSSH_x.y"] {
            assert_eq!(parse_version(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_include_counts_only_before_the_first_match() {
        assert!(includes_drop_ins(
            "# x\nInclude /etc/ssh/sshd_config.d/*.conf\nMatch all\n"
        ));
        assert!(!includes_drop_ins(
            "Match all\nInclude /etc/ssh/sshd_config.d/*.conf\n"
        ));
        assert!(!includes_drop_ins(
            "#Include /etc/ssh/sshd_config.d/*.conf\n"
        ));
    }
}
