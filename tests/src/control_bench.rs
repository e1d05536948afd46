//! `cargo xtask bench control`: what the control plane itself costs, against bare loops that do only
//! what must be done, and against limits.
//!
//! Both sides of a comparison are measured in turn in one run, so that what else the machine does
//! befalls both. The control plane is the executable as it is delivered, a process of its own.

mod bare_list;
mod bare_work;
mod bookkeeping;
mod disk;
pub mod download;
pub mod fleet;
mod hanging;
mod instant;
mod lists;
pub mod memory;
mod report;
mod starting;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::runtime::Runtime;
use xtask::{
    bench::Topic,
    drive::{ControlPlane, Serve},
};

pub use self::report::Report;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// The units of the lists; lookups are made in the last.
    pub units: &'static [u32],
    /// How often each list is asked for.
    pub lists: usize,
    /// How often each lookup is made.
    pub lookups: usize,
    /// The clients of the bookkeeping.
    pub clients: &'static [u32],
    /// Tenancies of each client count, in each round.
    pub tenancies: u32,
    /// Lists in each round beside a hanging server.
    pub beside: usize,
    /// How often a process is started.
    pub starts: usize,
    /// The servers whose control plane's memory is measured.
    pub servers: u32,
    /// How long a control plane is left alone before that.
    pub rest: Duration,
}

impl Size {
    /// What the limits are for.
    pub const WHOLE: Self = Self {
        units: &[1_000, 10_000, 100_000],
        lists: 5,
        lookups: 20,
        clients: &[1, 16, 64],
        tenancies: 192,
        beside: 300,
        starts: 10,
        servers: 1_000,
        rest: Duration::from_secs(5),
    };

    /// Only to see that the bench itself works.
    pub const SMOKE: Self = Self {
        units: &[160],
        lists: 1,
        lookups: 1,
        clients: &[2],
        tenancies: 4,
        beside: 2,
        starts: 1,
        servers: 4,
        rest: Duration::ZERO,
    };
}

/// Measures these topics with this executable, and prints what came out.
pub fn measure(kloigos: &Path, topics: &[Topic], size: &Size) -> Result<Report> {
    let bench = Bench {
        kloigos: kloigos.to_owned(),
        size: *size,
        runtime: Runtime::new().context("failed to start a runtime")?,
    };
    let mut report = Report::default();
    for topic in topics {
        match topic {
            Topic::Lists => bench.lists(&mut report),
            Topic::Lookups => bench.lookups(&mut report),
            Topic::Bookkeeping => bench.bookkeeping(&mut report),
            Topic::Hanging => bench.hanging(&mut report),
            Topic::Start => bench.starting(&mut report),
            Topic::Memory => bench.memory(&mut report),
        }
        .with_context(|| format!("{} could not be measured", topic.as_str()))?;
    }
    report.print();
    Ok(report)
}

/// What all topics need.
struct Bench {
    kloigos: PathBuf,
    size: Size,
    runtime: Runtime,
}

impl Bench {
    /// A control plane over this folder, with so many simulated servers that could be reached.
    fn serve(&self, dir: &Path, servers: u32, more: &[&str]) -> Result<ControlPlane> {
        let mut arguments = vec![
            "--simulated".into(),
            servers.to_string().into(),
            "--insecure-no-auth".into(),
        ];
        arguments.extend(more.iter().map(Into::into));
        ControlPlane::start_of(
            &self.kloigos,
            &Serve {
                data_dir: dir.to_owned(),
                arguments,
                token: None,
            },
        )
    }
}

/// The value that so many per cent of these are not above.
fn percentile(seconds: &[f64], percent: usize) -> f64 {
    let mut seconds = seconds.to_vec();
    seconds.sort_by(f64::total_cmp);
    let rank = (seconds.len() * percent).div_ceil(100).max(1);
    seconds.get(rank - 1).copied().unwrap_or(f64::NAN)
}

fn median(seconds: &[f64]) -> f64 {
    percentile(seconds, 50)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let seconds: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        let percentile = |seconds: &[f64], percent| Some(percentile(seconds, percent));
        assert_eq!(percentile(&seconds, 50), Some(100.0));
        assert_eq!(percentile(&seconds, 99), Some(198.0));
        assert_eq!(percentile(&[7.0], 99), Some(7.0));
        assert!(percentile(&[], 99).is_some_and(f64::is_nan));
    }
}
