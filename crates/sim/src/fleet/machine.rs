//! One simulated server: a machine, and the host binary's code run over it.

use std::collections::BTreeMap;

use kloigos_host::serve;
use kloigos_model::host::{Line, Progress, Report, Request};

use crate::host::SimHost;

const CPUS: u32 = 64;
const NODES: u32 = 2;
/// The digest that the host binary goes by.
const DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What goes wrong on the machine while it works on a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Accident {
    /// It dies after so many calls.
    Dies(u32),
    /// One call fails after so many.
    Fails(u32),
}

pub(super) struct Machine {
    host: SimHost,
    /// How many calls the last request made.
    pub(super) calls: u32,
}

impl Machine {
    /// Server `simN`.
    pub(super) fn new(number: u32) -> Self {
        Self {
            host: SimHost::new(&format!("sim{number}"), CPUS, NODES),
            calls: 0,
        }
    }

    /// The machine itself.
    pub(super) fn host(&mut self) -> &mut SimHost {
        &mut self.host
    }

    pub(super) fn snapshot(&self) -> BTreeMap<String, String> {
        self.host.snapshot()
    }

    /// Works on a request; `None` when the machine died of it. It is alive again afterwards, with
    /// everything as it was when it died.
    pub(super) fn serve(
        &mut self,
        request: &Request,
        accident: Option<Accident>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Option<Report> {
        match accident {
            Some(Accident::Dies(calls)) => self.host.die_after(calls),
            Some(Accident::Fails(calls)) => self.host.fail_after(calls),
            None => self.host.power_on(),
        }
        // As the transport to a real server would, where it is not there.
        self.host.upload(DIGEST);
        let mut report = None;
        serve::serve(&mut self.host, request, &mut |line| match line {
            Line::Progress(at) => progress(at),
            Line::Report(told) => report = Some(*told),
        });
        let died = self.host.is_dead();
        self.calls = self.host.calls();
        self.host.power_on();
        report.filter(|_| !died)
    }
}
