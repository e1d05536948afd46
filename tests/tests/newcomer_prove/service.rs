//! The service that a tenant runs meanwhile.

use anyhow::{Context, Result, ensure};
use xtask::lab::Server;

/// The process of the tenant's service, and when it began.
#[derive(Debug, PartialEq)]
pub(crate) struct Service(String);

impl Service {
    pub(crate) fn of(server: &Server) -> Result<Self> {
        // starttime of proc(5), behind the name in parentheses.
        let seen = server.script(
            "pid=$(pgrep -f 'http.server --directory')\n\
             echo $pid $(sed 's/.*) //' /proc/$pid/stat | cut -d' ' -f20)",
        )?;
        ensure!(seen.split_whitespace().count() == 2, "one service: {seen}");
        Ok(Self(seen))
    }

    pub(crate) fn still_runs(&self, server: &Server) -> Result<()> {
        let now = Self::of(server).context("the tenant's service")?;
        ensure!(*self == now, "it was {self:?} and is {now:?}");
        Ok(())
    }
}
