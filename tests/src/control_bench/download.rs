//! A call by hand, timed: when the first byte came, and when the last.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use xtask::drive::client::{Reply, parse};

/// An answer as it came.
pub struct Download {
    bytes: Vec<u8>,
    /// Until something of the body was there.
    pub first: Duration,
    /// Until all was there.
    pub whole: Duration,
}

impl Download {
    /// Asks for a path on a connection of its own.
    pub fn of(address: SocketAddr, path: &str, room: usize) -> Result<Self> {
        let mut bytes = Vec::with_capacity(room);
        let began = Instant::now();
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut piece = vec![0; 64 * 1024];
        let mut first = None;
        loop {
            let length = stream.read(&mut piece).context("failed to read")?;
            if length == 0 {
                break;
            }
            first.get_or_insert_with(|| began.elapsed());
            bytes.extend_from_slice(&piece[..length]);
        }
        Ok(Self {
            bytes,
            first: first.context("there is no answer")?,
            whole: began.elapsed(),
        })
    }

    /// How many bytes came.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// What it says; an error when it broke off.
    pub fn reply(&self) -> Result<Reply> {
        let reply = parse(&self.bytes)?;
        anyhow::ensure!(
            reply.status == 200,
            "answered {}: {}",
            reply.status,
            reply.body
        );
        Ok(reply)
    }
}
