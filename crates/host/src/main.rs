//! `kloigos-host`: brings this server to a desired state given on stdin.

use std::process::ExitCode;

use kloigos_host::{cli, sys::Linux};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    cli::run(&mut Linux, &words)
}
