//! Runs the bench of the control plane; `cargo xtask bench control` builds and starts it.
//!
//! Usage: `bench_control TOPIC…`, with `kloigos` beside it.

use std::process::ExitCode;

use anyhow::{Context, Result};
use kloigos_tests::control_bench::{Size, measure};
use xtask::bench::{Topic, kept};

fn main() -> Result<ExitCode> {
    let named = |name: String| Topic::ALL.into_iter().find(|topic| topic.as_str() == name);
    let topics: Option<Vec<Topic>> = std::env::args().skip(1).map(named).collect();
    let own = std::env::current_exe().context("failed to find this program")?;
    let kloigos = own.with_file_name("kloigos");
    let report = measure(&kloigos, &topics.context("no such topic")?, &Size::WHOLE)?;
    report.keep(&kept("control"))?;
    Ok(if report.all_kept() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
