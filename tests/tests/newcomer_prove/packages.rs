//! The packages that a newcomer installs, one after the other.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use xtask::{
    dist, drive,
    lab::Server,
    package::{self, Compression},
};

/// Where a program that has no host binary inside looks for it.
const HOST_BINARY: &str = "/usr/bin/kloigos-host";
/// What the tarball is called, which lies beside the package.
const TARBALL: &str = concat!(
    "kloigos-",
    env!("CARGO_PKG_VERSION"),
    "-x86_64-linux.tar.gz"
);

/// The package of these sources, one that passes for the version before, and the tarball.
pub(crate) struct Packages {
    pub(crate) old: PathBuf,
    pub(crate) new: PathBuf,
    tarball: PathBuf,
    /// Whether the packages' programs find their host binary beside themselves.
    pub(crate) brings_host_binary: bool,
}

impl Packages {
    pub(crate) fn make(folder: &Path) -> Result<Self> {
        let given = std::env::var_os("KLOIGOS_DEB").map(PathBuf::from);
        let brings_host_binary = given.is_none();
        let (new, tarball) = if let Some(deb) = given {
            let tarball = deb.with_file_name(TARBALL);
            (deb, tarball)
        } else {
            let stripped = folder.join("kloigos");
            let mut strip = Command::new("strip");
            run(strip.arg(drive::executable()?).arg("-o").arg(&stripped))?;
            (
                package::debian(&stripped, folder, Compression::None)?,
                package::tarball(&stripped, folder)?,
            )
        };
        let tree = folder.join("old");
        run(Command::new("dpkg-deb")
            .arg("--raw-extract")
            .arg(&new)
            .arg(&tree))?;
        let control = tree.join("DEBIAN/control");
        let text = fs::read_to_string(&control)?;
        let version = format!("Version: {}\n", env!("CARGO_PKG_VERSION"));
        ensure!(
            text.contains(&version),
            "the package is of these sources: {text}"
        );
        fs::write(&control, text.replace(&version, "Version: 0.0.1\n"))?;
        let old = folder.join("old.deb");
        let mut build = Command::new("dpkg-deb");
        build.args(["--root-owner-group", "-Znone", "--build"]);
        run(build.arg(&tree).arg(&old))?;
        Ok(Self {
            old,
            new,
            tarball,
            brings_host_binary,
        })
    }

    /// Puts the tarball where the page on installation expects it.
    pub(crate) fn put_tarball(&self, desk: &Server) -> Result<()> {
        desk.push_file(&self.tarball, &format!("/root/{TARBALL}"))
    }

    /// Puts a package where the page expects it.
    pub(crate) fn put(&self, desk: &Server, package: &Path) -> Result<()> {
        desk.push_file(package, "/root/kloigos_0.3.0_amd64.deb")?;
        if !self.brings_host_binary {
            return Ok(());
        }
        let built = dist::folder()?.join("kloigos-host");
        ensure!(built.exists(), "run first: cargo xtask dist");
        desk.push_file(&built, HOST_BINARY)?;
        if package == self.old {
            // Another program by its digest, which does the same.
            desk.script(&format!("echo >> {HOST_BINARY}"))?;
        }
        Ok(())
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output();
    let output = output.with_context(|| format!("failed to run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(())
}
