//! The command line of `cargo xtask`: parse, then run.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{bench, boundaries, demo, dist, docs, lab, package, test, web};

/// Build, lab and checks of Kloigos.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Measures against something in the same run, and prints ratios.
    Bench(bench::Arguments),
    /// Checks that each room names only what it may.
    Boundaries,
    /// A server, a unit, a tenant and a service, end to end, to look at.
    Demo(demo::Arguments),
    /// What is distributed: the static host binary, and the control plane with it inside.
    Dist(dist::Arguments),
    /// The documentation as a site, in target/book.
    Docs,
    /// Real Debian servers in QEMU on this machine.
    Lab(lab::cli::Arguments),
    /// What people install: a Debian package and a static tarball.
    Package(package::Arguments),
    /// The long proofs, on both releases; goes on where an earlier run ended.
    Prove(test::prove::Arguments),
    /// Everything that is checked, in tiers.
    Test(test::Arguments),
    /// The web application: built, checked, gone through in a browser.
    Web(web::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Xtask::parse().verb {
        Verb::Bench(arguments) => bench::run(&arguments),
        Verb::Boundaries => boundaries::check().map(|()| ExitCode::SUCCESS),
        Verb::Demo(arguments) => demo::run(&arguments).map(|()| ExitCode::SUCCESS),
        Verb::Dist(arguments) => dist::run(&arguments).map(|()| ExitCode::SUCCESS),
        Verb::Docs => docs::build().map(|_| ExitCode::SUCCESS),
        Verb::Lab(arguments) => lab::cli::run(arguments),
        Verb::Package(arguments) => package::run(&arguments).map(|()| ExitCode::SUCCESS),
        Verb::Prove(arguments) => test::prove::run(&arguments),
        Verb::Test(arguments) => test::run(&arguments),
        Verb::Web(arguments) => web::run(&arguments).map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
