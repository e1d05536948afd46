//! The command door: the programs that the host binary runs, each with as much behaviour as it
//! relies on.

use std::io;

use kloigos_host::sys::{Command, Commands, Output, Started, Sys, SysError};

use super::SimHost;

/// A program that ended well, having printed this.
pub(super) fn printed(text: impl Into<String>) -> Output {
    Output {
        stdout: text.into(),
        ..Output::default()
    }
}

/// A program that failed.
pub(super) fn failed(code: i32, complaint: impl Into<String>) -> Output {
    Output {
        code,
        stderr: complaint.into(),
        ..Output::default()
    }
}

impl Commands for SimHost {
    fn run(&mut self, command: &Command) -> Sys<Output> {
        let called = self.call("run", &command.to_string());
        if let (Err(_), [program, .., device]) = (&called, command.argv.as_slice())
            && program.starts_with("mkfs.")
        {
            self.half_make(device);
        }
        called?;
        self.fate.programs += 1;
        let words: Vec<&str> = command.argv.iter().map(String::as_str).collect();
        let output = match words[..] {
            ["useradd" | "usermod" | "groupadd", ..] if self.full => {
                failed(1, "cannot write /etc/passwd: No space left on device")
            }
            [
                "useradd" | "userdel" | "usermod" | "chage" | "groupadd" | "groupdel",
                ..,
            ] => self.change_accounts(&words),
            ["getent", database, ref keys @ ..] => self.getent(database, keys),
            ["systemctl", "--version"] => printed("systemd 257 (257.9-1~deb13u1)\n"),
            ["systemctl", ref rest @ ..] => self.systemctl(rest),
            ["nft", "--version"] => printed("nftables v1.1.3 (Commodore Bullmoose #4)\n"),
            ["nft", ref rest @ ..] => self.nft(rest, &command.stdin),
            ["sshd", "-V"] => self.sshd_version(),
            ["sshd", "-t"] => self.sshd_test(),
            ["sshd", "-T"] => self.sshd_settings(None),
            ["sshd", "-T", "-C", whom] => self.sshd_settings(Some(whom)),
            ["blkid", .., device] => self.blkid(device),
            ["mkfs.ext4", ..] => self.mkfs(&words),
            ["wipefs", .., device] => match self.blank_device(device) {
                Ok(()) => printed(""),
                Err(error) => failed(1, error.to_string()),
            },
            ["udevadm", "settle"] => printed(""),
            _ => {
                return Err(SysError::Spawn {
                    command: command.to_string(),
                    source: io::ErrorKind::NotFound.into(),
                });
            }
        };
        Ok(output)
    }

    /// It is over at once.
    fn start(&mut self, command: &Command) -> Sys<Started> {
        let output = self.run(command)?;
        Ok(Started::awaited_by(move || Ok(output)))
    }
}

impl SimHost {
    fn sshd_version(&self) -> Output {
        let (major, minor) = self.openssh;
        Output {
            stderr: format!("OpenSSH_{major}.{minor}p1 Debian-1, OpenSSL 3.5.0\n"),
            ..Output::default()
        }
    }

    /// An older sshd refuses what it does not know, and any refuses nonsense.
    fn sshd_test(&self) -> Output {
        let dir = "/etc/ssh/sshd_config.d";
        for name in self
            .tree
            .names(dir)
            .iter()
            .filter(|name| name.split('.').next_back() == Some("conf"))
        {
            let text = self.tree.text(&format!("{dir}/{name}"));
            let newer = text.contains("PAMServiceName") && self.openssh < (9, 8);
            if newer || text.contains('\u{fffd}') {
                return failed(255, format!("{dir}/{name}: Bad configuration option\n"));
            }
        }
        printed("")
    }
}
