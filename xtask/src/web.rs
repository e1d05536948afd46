//! `cargo xtask web`: the web application in `web/`, built, checked, and gone through in a browser.
//!
//! What is built lies in `web/dist`: a release build of `kloigos` takes it in, a development build
//! reads it there. Node.js and its npm are needed for this alone; without them `cargo build` works,
//! and such a `kloigos` says that it has no web application.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};

use crate::{
    drive::{self, Api},
    lab::{self, Server},
    package::repository,
};

/// The oldest Node.js that Vite runs on.
const NODE: (u32, u32) = (20, 19);

/// What is done with the web application.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Builds it into web/dist; also without a verb.
    Build,
    /// Formatting, lints, types, its own tests, and a build that is no larger than it may be.
    Check,
    /// Journeys through it in Chromium, against the real executable over simulated servers.
    Journeys {
        /// Where the pictures of its pages go.
        #[arg(long, value_name = "FOLDER", default_value = "web/screenshots")]
        screenshots: PathBuf,
    },
    /// Renews the pictures of the application in README and docs, by the journeys that show them.
    Pictures,
    /// Measures the fleet map over a large simulated fleet while 50 events a second arrive, with an
    /// optimised build; prints the figures, and fails where one misses what is asked of it.
    Scale {
        /// How many servers.
        #[arg(long, default_value_t = 1000)]
        servers: u16,
        /// How many units each is cut into.
        #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u8).range(1..=23))]
        units: u8,
        /// How long.
        #[arg(long, default_value_t = 300)]
        seconds: u32,
    },
    /// Renews what is generated from openapi.json.
    Api,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.verb {
        None | Some(Verb::Build) => build(),
        Some(Verb::Check) => check(),
        Some(Verb::Journeys { screenshots }) => journeys(screenshots),
        Some(Verb::Pictures) => pictures(),
        Some(Verb::Scale {
            servers,
            units,
            seconds,
        }) => scale(*servers, *units, *seconds),
        Some(Verb::Api) => with_packages(&["api"]),
    }
}

/// Builds it into `web/dist`.
pub fn build() -> Result<()> {
    with_packages(&["build"])
}

fn check() -> Result<()> {
    with_packages(&["lint", "types", "test", "build"])
}

fn journeys(screenshots: &Path) -> Result<()> {
    succeed(in_browser("journeys", screenshots)?.env("KLOIGOS", drive::executable()?))
}

fn pictures() -> Result<()> {
    let docs = repository().join("docs/pictures");
    let mut pictures = in_browser("pictures", &folder()?.join("screenshots"))?;
    pictures
        .env("KLOIGOS", drive::executable()?)
        .env("PICTURES", std::path::absolute(docs)?);
    succeed(&mut pictures)
}

fn scale(servers: u16, units: u8, seconds: u32) -> Result<()> {
    let mut scale = in_browser("scale", &folder()?.join("screenshots"))?;
    scale
        .env("KLOIGOS", drive::optimised()?)
        .args(["--", "--servers", &servers.to_string()])
        .args(["--units", &units.to_string()])
        .args(["--seconds", &seconds.to_string()]);
    succeed(&mut scale)
}

/// Goes the whole path by keyboard over a lab server, with the control plane behind this API. The
/// pictures of a failure go to `web/screenshots`.
pub fn journey_on_lab(api: &Api, server: &Server, cpus: u16) -> Result<()> {
    let last = cpus.checked_sub(1).context("a server has CPUs")?;
    let mut journey = in_browser("lab", &folder()?.join("screenshots"))?;
    journey
        .env("KLOIGOS_URL", api.base())
        .env("KLOIGOS_TOKEN", api.token().context("nobody can sign in")?)
        .env("SERVER_ADDRESS", server.address().to_string())
        .env("SERVER_HOST_KEY", server.host_key()?)
        .env("SERVER_KNOWN_HOSTS", server.known_hosts_path())
        .env("SERVER_ROOT_KEY", server.private_key_path())
        .env("SERVER_LAST_CPU", last.to_string());
    succeed(&mut journey)
}

/// A script that goes through the application as it is now in a browser.
fn in_browser(name: &str, screenshots: &Path) -> Result<Command> {
    let chromium = lab::provide_chromium()?;
    build()?;
    let mut script = script(name)?;
    script
        .env("CHROMIUM", chromium)
        .env("SCREENSHOTS", std::path::absolute(screenshots)?);
    Ok(script)
}

/// Runs these scripts of `web/package.json`, its packages being there.
fn with_packages(scripts: &[&str]) -> Result<()> {
    install()?;
    for name in scripts {
        succeed(&mut script(name)?)?;
    }
    Ok(())
}

/// Puts the packages into `web/node_modules` as the lock file names them, where that is not done.
fn install() -> Result<()> {
    provide_node()?;
    let folder = folder()?;
    let written = |path: &str| fs::metadata(folder.join(path))?.modified();
    let wanted = written("package-lock.json").context("web/package-lock.json is missing")?;
    // npm keeps what it installed in this file.
    if written("node_modules/.package-lock.json").is_ok_and(|installed| installed >= wanted) {
        return Ok(());
    }
    succeed(npm()?.args(["ci", "--no-audit", "--no-fund"]))
}

/// Sees to a Node.js that is new enough, installed through apt where there is none.
fn provide_node() -> Result<()> {
    if node().is_none() {
        lab::provide_node()?;
    }
    let (major, minor) = NODE;
    match node() {
        Some(version) if version >= NODE => Ok(()),
        Some((old, older)) => bail!(
            "Node.js {old}.{older} is too old for the web application; install {major}.{minor} or \
             newer"
        ),
        None => bail!("the web application needs Node.js {major}.{minor} or newer with npm"),
    }
}

/// The version of Node.js on this machine.
fn node() -> Option<(u32, u32)> {
    Command::new("npm").arg("--version").output().ok()?;
    let output = Command::new("node").arg("--version").output().ok()?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some((major, minor))
}

fn script(name: &str) -> Result<Command> {
    let mut npm = npm()?;
    npm.args(["run", "--silent", name]);
    Ok(npm)
}

fn npm() -> Result<Command> {
    let mut npm = Command::new("npm");
    npm.current_dir(folder()?);
    Ok(npm)
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().context("failed to run npm")?;
    ensure!(status.success(), "failed: {command:?}");
    Ok(())
}

fn folder() -> Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.parent().context("xtask lies in the workspace")?;
    Ok(root.join("web"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(parse("v20.20.2\n"), Some((20, 20)));
        assert!(parse("v18.20.4") < Some(NODE) && parse("v20.9.0") < Some(NODE));
        assert!(parse("v22.1.0") >= Some(NODE));
        assert_eq!(parse("node"), None);
    }
}
