//! How long a start takes until the first answer.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use super::{
    Bench, median,
    report::{Limit, Line, Report},
};

/// Until when the first answer must be there, in seconds.
const LIMIT: f64 = 0.1;
/// How long between two tries.
const PAUSE: Duration = Duration::from_micros(200);
/// After which a start has failed.
const PATIENCE: Duration = Duration::from_secs(30);

impl Bench {
    /// Starts on new data and on data that is there, and the program that only says what it is.
    pub(super) fn starting(&self, report: &mut Report) -> Result<()> {
        let (mut new, mut again, mut version) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.size.starts {
            let dir = tempfile::tempdir()?;
            new.push(self.first_answer(dir.path())?);
            again.push(self.first_answer(dir.path())?);
            version.push(self.version()?);
        }
        for (what, seconds) in [("new data", new), ("data of before", again)] {
            report.add(Line {
                what: format!("start on {what}, to the first answer"),
                unit: "s",
                kloigos: median(&seconds),
                against: "kloigos --version".to_owned(),
                floor: Some(median(&version)),
                limit: Limit::Most(LIMIT),
            });
        }
        Ok(())
    }

    fn first_answer(&self, dir: &Path) -> Result<f64> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut serve = Command::new(&self.kloigos);
        serve
            .args(["serve", "--listen", &address.to_string(), "--data-dir"])
            .arg(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let began = Instant::now();
        let mut child = serve.spawn().context("failed to start kloigos")?;
        let answered = await_answer(address, &mut child, began);
        child.kill()?;
        child.wait()?;
        answered
    }

    fn version(&self) -> Result<f64> {
        let began = Instant::now();
        let status = Command::new(&self.kloigos)
            .arg("--version")
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "kloigos --version: {status}");
        Ok(began.elapsed().as_secs_f64())
    }
}

fn await_answer(address: SocketAddr, child: &mut Child, began: Instant) -> Result<f64> {
    while began.elapsed() < PATIENCE {
        if answers(address) {
            return Ok(began.elapsed().as_secs_f64());
        }
        let ended = child.try_wait()?;
        ensure!(ended.is_none(), "kloigos ended: {ended:?}");
        std::thread::sleep(PAUSE);
    }
    anyhow::bail!("no answer within {PATIENCE:?}")
}

fn answers(address: SocketAddr) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(address)?;
        write!(
            stream,
            "GET /api/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}
