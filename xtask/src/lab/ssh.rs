//! The system's ssh client, set up for one server.
//!
//! Commands go through one shared connection per user, ten times as fast as
//! a login under emulation. It is closed whenever the server's memory is
//! replaced, since the client would wait on it for ever.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};

use super::process::command;

/// How to reach one user of a server.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) user: &'static str,
    pub(crate) address: Ipv4Addr,
    pub(crate) private_key: PathBuf,
    pub(crate) known_hosts: PathBuf,
}

impl Door {
    /// A client with a connection of its own.
    pub(crate) fn fresh(&self) -> Command {
        let mut ssh = self.client("ssh");
        ssh.arg(format!("{}@{}", self.user, self.address));
        ssh
    }

    /// A client over the shared connection, which is opened when absent; when
    /// that fails the client tries by itself and says why.
    pub(crate) fn shared(&self) -> Command {
        let control = self.control();
        if !control.exists() {
            let mut master = self.client("ssh");
            master
                .args(["-M", "-N", "-f", "-o", "ControlPersist=300", "-S"])
                .arg(&control);
            master.arg(format!("{}@{}", self.user, self.address));
            // The master stays: it must not hold a pipe of ours open.
            master.stdout(Stdio::null()).stderr(Stdio::null());
            let _ = master.status();
        }
        let mut ssh = self.client("ssh");
        ssh.arg("-S").arg(control);
        ssh.arg(format!("{}@{}", self.user, self.address));
        ssh
    }

    /// Closes the shared connection, if any.
    pub(crate) fn close(&self) {
        let control = self.control();
        if control.exists() {
            let mut exit = self.client("ssh");
            exit.args(["-O", "exit", "-S"])
                .arg(&control)
                .arg(self.address.to_string());
            let _ = exit.stdout(Stdio::null()).stderr(Stdio::null()).status();
            let _ = std::fs::remove_file(control);
        }
    }

    /// `ssh` or `scp` with all options but the target.
    pub(crate) fn client(&self, program: &str) -> Command {
        let mut client = command(program, ["-F", "/dev/null", "-i"]);
        client.arg(&self.private_key);
        client
            .arg("-o")
            .arg(format!("UserKnownHostsFile={}", self.known_hosts.display()));
        let strict = if self.known_hosts.exists() {
            "yes"
        } else {
            "no"
        };
        for option in [
            &format!("StrictHostKeyChecking={strict}"),
            "GlobalKnownHostsFile=/dev/null",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "LogLevel=ERROR",
            "ConnectTimeout=30",
            "ServerAliveInterval=15",
            "ServerAliveCountMax=4",
        ] {
            client.args(["-o", option]);
        }
        client
    }

    fn control(&self) -> PathBuf {
        let name = format!("ssh-{}-{}", self.address, self.user);
        super::addresses::runtime_folder().join(name)
    }

    /// Whether an SSH server greets. QEMU accepts connections for a server
    /// that isn't there yet, so a connection alone means nothing.
    pub(crate) fn greets(&self) -> bool {
        let limit = Duration::from_secs(3);
        let target = (self.address, 22).into();
        let Ok(mut stream) = TcpStream::connect_timeout(&target, limit) else {
            return false;
        };
        let mut word = [0; 4];
        stream.set_read_timeout(Some(limit)).is_ok()
            && stream.read_exact(&mut word).is_ok()
            && &word == b"SSH-"
    }

    /// Sets the server's clock to this machine's. The time is sent when the
    /// session stands, not before the seconds a login takes.
    pub(crate) fn set_clock(&self) -> Result<()> {
        let mut ssh = self.fresh();
        ssh.arg("echo ready; read -r now; date -u -s \"@$now\"");
        let mut child = ssh
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start ssh")?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (mut stdin, stdout) = stdin.zip(stdout).context("ssh has no pipes")?;
        let mut ready = String::new();
        BufReader::new(stdout).read_line(&mut ready)?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        // A login that failed has closed the pipe; its status says so below.
        let _ = writeln!(stdin, "{}.{:09}", now.as_secs(), now.subsec_nanos());
        drop(stdin);
        let status = child.wait()?;
        ensure!(status.success(), "ssh cannot set the clock: {status}");
        Ok(())
    }
}

/// One word for the server's shell: whatever it holds, it stays one word.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        assert_eq!(quoted("ls"), "ls");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a b;$(c)"), "'a b;$(c)'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
