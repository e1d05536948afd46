//! QEMU's monitor: one command, one answer.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

/// A monitor connection; QEMU serves one at a time.
pub(crate) struct Monitor {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
}

impl Monitor {
    /// Connects to the monitor of the QEMU started in `folder`.
    pub(crate) fn connect(folder: &Path) -> Result<Self> {
        // A socket's address has room for 107 bytes; a path by descriptor
        // always fits.
        let opened = File::open(folder).with_context(|| format!("no {}", folder.display()))?;
        let path = format!("/proc/self/fd/{}/qmp.sock", opened.as_raw_fd());
        let writer = UnixStream::connect(path)
            .with_context(|| format!("no QEMU answers in {}", folder.display()))?;
        writer.set_read_timeout(Some(Duration::from_mins(2)))?;
        let reader = BufReader::new(writer.try_clone()?);
        let mut monitor = Self { reader, writer };
        monitor.line().context("QEMU's monitor did not greet")?;
        monitor.execute("qmp_capabilities", &json!({}))?;
        Ok(monitor)
    }

    /// Runs a command of the human monitor and answers its words.
    pub(crate) fn human(&mut self, line: &str) -> Result<String> {
        let answer = self.execute("human-monitor-command", &json!({ "command-line": line }))?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    /// The same for commands that have nothing to say unless they fail.
    pub(crate) fn silent(&mut self, line: &str) -> Result<()> {
        let said = self.human(line)?;
        ensure!(
            said.trim().is_empty(),
            "QEMU refused `{line}`: {}",
            said.trim()
        );
        Ok(())
    }

    fn execute(&mut self, name: &str, arguments: &Value) -> Result<Value> {
        let message = format!("{}\n", json!({ "execute": name, "arguments": arguments }));
        self.writer
            .write_all(message.as_bytes())
            .context("QEMU's monitor is gone")?;
        loop {
            let mut answer = self.line()?;
            if let Some(error) = answer.get("error") {
                bail!("QEMU refused {name}: {error}");
            }
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
            // All else is an event.
        }
    }

    fn line(&mut self) -> Result<Value> {
        let mut line = String::new();
        let count = self
            .reader
            .read_line(&mut line)
            .context("QEMU's monitor is silent")?;
        ensure!(count > 0, "QEMU's monitor is closed");
        serde_json::from_str(&line).with_context(|| format!("not an answer: {line}"))
    }
}
