//! One command on one channel.
//!
//! A channel is read until it closes: the end of its output may come before the exit status. One
//! that closes without a status is never a success.

use std::{sync::Arc, time::Duration};

use russh::{Channel, ChannelMsg, client::Msg};

use super::{TransportError, connection::Connection};

/// The most that a server may write: a report with tens of thousands of accounts is smaller.
const MOST_OUTPUT: usize = 16 << 20;
/// The most that is kept of what it complains of.
const MOST_COMPLAINT: usize = 2048;

/// How a command ended.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// Its exit status; `None` when the channel closed without one.
    pub(super) status: Option<u32>,
    /// The beginning of what it wrote to stderr.
    complaint: Vec<u8>,
}

impl Ended {
    /// What it wrote to stderr, to follow a sentence; nothing when it wrote nothing.
    pub(super) fn said(&self) -> String {
        let text = String::from_utf8_lossy(&self.complaint);
        let text: String = text
            .trim()
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        match text.as_str() {
            "" => String::new(),
            text => format!(": {text}"),
        }
    }
}

/// Why a command has no ending.
#[derive(Debug)]
pub(super) enum Failure {
    /// The command was never sent.
    NotSent(String),
    /// The command was sent; what came of it is not known.
    Lost(String),
    /// The server refused to run it.
    Refused,
    /// The host binary is not where it should be.
    NoBinary,
}

impl From<Failure> for TransportError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(why) => Self::Unreachable(why),
            Failure::Lost(why) => Self::Lost(why),
            Failure::Refused => Self::Denied("it runs no commands for this login".to_owned()),
            Failure::NoBinary => Self::Unsuitable(
                "the host binary cannot be run on the server; see whether its file system allows \
                 programs to be run"
                    .to_owned(),
            ),
        }
    }
}

/// Runs a command with this on its stdin, and gives each line of its stdout.
pub(super) async fn run(
    connection: &Connection,
    command: &str,
    stdin: Arc<[u8]>,
    line: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<Ended, Failure> {
    let channel = open(connection).await?;
    // From here on the command may reach the server.
    let sent = channel.exec(true, command).await;
    sent.map_err(|error| Failure::NotSent(error.to_string()))?;
    let (mut reader, writer) = channel.split();
    let write = async {
        let stdin = tokio::io::BufReader::new(&*stdin);
        // A server that reads no more says so by its exit status.
        if writer.data(stdin).await.is_ok() {
            writer.eof().await.ok();
        }
        std::future::pending::<()>().await;
    };
    let mut output = Output::new(line);
    let read = async {
        loop {
            let message = tokio::time::timeout(connection.silence(), reader.wait()).await;
            match message {
                Ok(None) => return Ok(()),
                Ok(Some(message)) => output.take(message)?,
                Err(_) => return Err(silent(connection.silence())),
            }
        }
    };
    tokio::select! {
        over = read => over?,
        () = write => {}
    }
    Ok(output.ended)
}

async fn open(connection: &Connection) -> Result<Channel<Msg>, Failure> {
    // The answer to this also proves that the connection is alive, before anything is asked.
    let opened = tokio::time::timeout(connection.patience(), connection.open_channel()).await;
    match opened {
        Ok(Ok(channel)) => Ok(channel),
        Ok(Err(error)) => Err(Failure::NotSent(error.to_string())),
        Err(_) => Err(Failure::NotSent(format!(
            "no answer within {} s",
            connection.patience().as_secs()
        ))),
    }
}

fn silent(limit: Duration) -> Failure {
    Failure::Lost(format!("no word for {} s", limit.as_secs()))
}

/// What comes back, line by line.
struct Output<'l> {
    line: &'l mut (dyn FnMut(&[u8]) + Send),
    partial: Vec<u8>,
    total: usize,
    ended: Ended,
}

impl<'l> Output<'l> {
    fn new(line: &'l mut (dyn FnMut(&[u8]) + Send)) -> Self {
        Self {
            line,
            partial: Vec::new(),
            total: 0,
            ended: Ended::default(),
        }
    }

    fn take(&mut self, message: ChannelMsg) -> Result<(), Failure> {
        match message {
            ChannelMsg::Data { data } => self.stdout(&data),
            ChannelMsg::ExtendedData { data, .. } => {
                let left = MOST_COMPLAINT - self.ended.complaint.len();
                self.ended.complaint.extend(data.iter().take(left));
                self.count(data.len())
            }
            ChannelMsg::ExitStatus { exit_status } => {
                self.ended.status = Some(exit_status);
                Ok(())
            }
            ChannelMsg::Failure => Err(Failure::Refused),
            // Whatever else a server says is not about what the command did.
            _ => Ok(()),
        }
    }

    fn stdout(&mut self, data: &[u8]) -> Result<(), Failure> {
        self.count(data.len())?;
        let mut rest = data;
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            self.partial.extend(&rest[..end]);
            (self.line)(&self.partial);
            self.partial.clear();
            rest = &rest[end + 1..];
        }
        self.partial.extend(rest);
        Ok(())
    }

    fn count(&mut self, more: usize) -> Result<(), Failure> {
        self.total += more;
        if self.total > MOST_OUTPUT {
            return Err(Failure::Lost(format!(
                "it wrote more than {MOST_OUTPUT} bytes"
            )));
        }
        Ok(())
    }
}
