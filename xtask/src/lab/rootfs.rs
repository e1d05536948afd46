//! A server's packages, unpacked and configured by mmdebstrap: one archive
//! in the cache per release and package list.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::folders::{key, product, write};
use super::packages::of_server;
use super::process::{command, run, run_long};
use super::sources::list_for;
use super::spec::Release;

/// What no test reads is left out; syncing a throw-away tree is for nothing.
const OPTIONS: [&str; 6] = [
    "--variant=apt",
    "--aptopt=Acquire::Languages \"none\"",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=force-unsafe-io",
];

/// The name of the archive in the cache.
pub(crate) fn key_of(release: Release) -> String {
    let inputs = OPTIONS.into_iter().chain(of_server(release));
    key([release.as_str()].into_iter().chain(inputs))
}

/// The archive of a release, built when it is not in the cache.
pub(crate) fn provide(release: Release) -> Result<PathBuf> {
    let kind = format!("rootfs-{}", release.as_str());
    let folder = product(&kind, &key_of(release), |scratch| build(release, scratch))?;
    Ok(folder.join("rootfs.tar.zst"))
}

fn build(release: Release, scratch: &Path) -> Result<()> {
    ensure!(
        rustix::process::geteuid().is_root(),
        "only root can build a server's file system"
    );
    let mut bootstrap = command("mmdebstrap", OPTIONS);
    bootstrap.arg(format!("--include={}", of_server(release).join(",")));
    bootstrap
        .arg(release.as_str())
        .arg(scratch.join("rootfs.tar.zst"));
    if let Some(list) = list_for(release)? {
        let path = scratch.join("sources.list");
        write(&path, list)?;
        bootstrap.arg(path);
    }
    // The kernel package's own initramfs is never booted here.
    bootstrap.env("INITRD", "No");
    let what = format!("building Debian {} from packages", release.as_str());
    run_long(&what, &mut bootstrap, &scratch.join("mmdebstrap.log"))
}

/// Unpacks an archive with its owners and modes.
pub(crate) fn unpack(archive: &Path, tree: &Path) -> Result<()> {
    let mut tar = command("tar", ["--zstd", "--numeric-owner", "--xattrs", "-xf"]);
    tar.arg(archive).arg("-C").arg(tree);
    run(&mut tar)
        .context("cannot unpack a server's file system")
        .map(drop)
}
