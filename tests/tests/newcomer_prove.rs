//! A newcomer's path, by the documentation alone: the pages on a first server, on upgrades and on
//! installation as scripts, on a machine that the package is installed on, with another one as the
//! server. A tenant's service runs through an upgrade, the way back, and a removal.
//!
//! `KLOIGOS_DEB` names a package to take in place of one that is made of the development build, whose
//! host binary lies beside it. `KLOIGOS_LAB_RELEASE=bookworm` asks for Debian 12.

mod newcomer_prove {
    pub(crate) mod packages;
    pub(crate) mod page;
    pub(crate) mod service;
}
#[path = "path_on_lab/listing.rs"]
mod listing;

use std::path::Path;

use anyhow::{Result, ensure};
use listing::{difference, fingerprint};
use newcomer_prove::{packages::Packages, page::Page, service::Service};
use xtask::lab::{Lab, Release, Server, Spec};

/// The pages.
const FIRST_SERVER: &str = include_str!("../../docs/how-to/first-server.md");
const UPGRADES: &str = include_str!("../../docs/how-to/upgrades.md");
const INSTALL: &str = include_str!("../../docs/how-to/install.md");
/// Which version of the host binary is in use on a server.
const BINARY: &str = "readlink -f /usr/local/lib/kloigos/kloigos-host";

#[test]
fn a_newcomer_gets_from_bare_machines_to_a_service_by_the_pages_alone() -> Result<()> {
    let bookworm = std::env::var("KLOIGOS_LAB_RELEASE").is_ok_and(|name| name == "bookworm");
    let spec = Spec {
        name: format!("newcomer-{}", std::process::id()),
        release: if bookworm {
            Release::Bookworm
        } else {
            Release::Trixie
        },
        servers: 2,
        ..Spec::default()
    };
    let lab = Lab::up_temporary(&spec)?;
    let (desk, server) = (lab.server(1), lab.server(2));
    let folder = tempfile::tempdir()?;
    let packages = Packages::make(folder.path())?;
    let before = fingerprint(server)?;
    let address = server.private_address().to_string();
    let first = Page::of(FIRST_SERVER, &[("192.0.2.11", &address)]);

    furnish(desk, server, &packages)?;
    println!("── a first server, up to a service, with the version before this one");
    let said = first
        .part("# A first server", "## Give it back")
        .follow(desk, folder.path())?;
    println!("{said}");
    ensure!(
        said.trim_end().ends_with("hello"),
        "the service answers: {said}"
    );
    let service = Service::of(server)?;
    upgrade(desk, server, &packages, folder.path())?;
    service.still_runs(server)?;

    println!("── a removal, and the package again");
    desk.run(&["apt-get", "remove", "-y", "kloigos"])?;
    service.still_runs(server)?;
    let kept = desk.script("test -e /var/lib/kloigos-control/kloigos.db && echo kept")?;
    ensure!(kept.trim() == "kept", "its data stays");
    desk.script(
        "apt-get install -y /root/kloigos_0.3.0_amd64.deb\nsystemctl enable --now kloigos",
    )?;
    service.still_runs(server)?;

    println!("── given back");
    let (_, rest) = FIRST_SERVER
        .split_once("## Give it back")
        .expect("the heading");
    Page::of(rest, &[]).follow(desk, folder.path())?;
    let after = fingerprint(server)?;
    let differs = difference(&before, &after);
    ensure!(before == after, "the server is not as it was:\n{differs}");
    desk.run(&["apt-get", "purge", "-y", "kloigos"])?;
    let left = "ls -d /etc/kloigos/control.env /var/lib/kloigos-control /usr/bin/kloigos || true";
    let left = desk.script(left)?;
    ensure!(left.is_empty(), "a purge leaves {left}");
    install(desk, &packages, &address, folder.path())
}

/// The page on upgrades: to the new version, back to the old one, and to the new one again.
fn upgrade(desk: &Server, server: &Server, packages: &Packages, folder: &Path) -> Result<()> {
    let old = "/root/kloigos_OLD_amd64.deb";
    let page = Page::of(UPGRADES, &[("2026-11-22", "$(date +%F)")]);
    let forward = page.part("# Upgrades", "## Back");
    println!("── an upgrade");
    let binary = server.script(BINARY)?;
    packages.put(desk, &packages.new)?;
    desk.push_file(&packages.old, old)?;
    println!("{}", forward.follow(desk, folder)?);
    is_installed(desk, env!("CARGO_PKG_VERSION"))?;
    let now = server.script(BINARY)?;
    ensure!(
        now != binary || !packages.brings_host_binary,
        "the new host binary is in use: {now}"
    );
    println!("── the way back");
    page.part("## Back", "After a restore")
        .follow(desk, folder)?;
    is_installed(desk, "0.0.1")?;
    let units = desk.script("kloigos server check host1; kloigos unit list --status allocated")?;
    ensure!(units.contains("host1_"), "its tenant is known: {units}");
    println!("── forward again");
    desk.script("rm /var/backups/kloigos-*")?;
    forward.follow(desk, folder)?;
    is_installed(desk, env!("CARGO_PKG_VERSION"))
}

/// The page on installation, from a machine without it.
fn install(desk: &Server, packages: &Packages, address: &str, folder: &Path) -> Result<()> {
    println!("── the page on installation");
    // The key is the operator's, and outlives a purge.
    desk.run(&["rm", "-r", "/etc/kloigos"])?;
    let page = Page::of(INSTALL, &[("root@SERVER", &format!("root@{address}"))]);
    page.part("# Install it", "## Other distributions")
        .follow(desk, folder)?;
    desk.run(&["kloigos", "health"])?;
    desk.run(&["apt-get", "purge", "-y", "kloigos"])?;
    packages.put_tarball(desk)?;
    page.part("## Other distributions", "## Make the packages")
        .follow(desk, folder)?;
    let version = desk.run(&["/usr/local/bin/kloigos", "--version"])?;
    ensure!(
        version.contains(env!("CARGO_PKG_VERSION")),
        "the tarball has {version}"
    );
    // The key is there from before.
    desk.run(&["systemctl", "start", "kloigos"]).map(drop)
}

fn is_installed(desk: &Server, version: &str) -> Result<()> {
    let installed = desk.run(&["dpkg-query", "-W", "-f", "${Version}", "kloigos"])?;
    ensure!(installed == version, "installed is {installed}");
    let state = desk.run(&["systemctl", "is-active", "kloigos"])?;
    ensure!(state.trim() == "active", "the service is {state}");
    Ok(())
}

/// What a newcomer has before: the package, a way into the server, and curl.
fn furnish(desk: &Server, server: &Server, packages: &Packages) -> Result<()> {
    packages.put(desk, &packages.old)?;
    desk.push_file(server.private_key_path(), "/root/.ssh/id_ed25519")?;
    desk.script(
        "chmod 600 /root/.ssh/id_ed25519\n\
         ssh-keygen -y -f /root/.ssh/id_ed25519 > /root/.ssh/id_ed25519.pub\n\
         command -v curl > /dev/null || printf '%s\\n' '#!/usr/bin/python3' \
         'import sys, time, urllib.request' 'for _ in range(20):' ' try:' \
         '  print(urllib.request.urlopen(sys.argv[-1]).read().decode(), end=\"\"); break' \
         ' except OSError: time.sleep(1)' 'else: sys.exit(7)' > /usr/local/bin/curl\n\
         test ! -e /usr/local/bin/curl || chmod +x /usr/local/bin/curl",
    )?;
    Ok(())
}
