//! A newcomer's path, by the documentation alone: the page `docs/how-to/first-server.md` as a
//! script, on a machine that the package is installed on, with another one as the server. Then what
//! the life of a package may bring: an upgrade and a removal, while a tenant's service runs.
//!
//! `KLOIGOS_DEB` names a package to take in place of one that is made of the development build, whose
//! host binary lies beside it. `KLOIGOS_LAB_RELEASE=bookworm` asks for Debian 12.

#[path = "path_on_lab/listing.rs"]
mod listing;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use listing::{difference, fingerprint};
use xtask::{
    drive,
    lab::{Lab, Release, Server, Spec},
    package::{self, Compression},
};

/// The page.
const PAGE: &str = include_str!("../../docs/how-to/first-server.md");
/// The server's address on the page.
const ADDRESS: &str = "192.0.2.11";
/// Where a program that has no host binary inside looks for it.
const HOST_BINARY: &str = "/usr/bin/kloigos-host";
/// Which version of it is in use on a server.
const BINARY: &str = "readlink -f /usr/local/lib/kloigos/kloigos-host";
/// What is remembered from one script to the next.
const KEPT: &str = "/root/kept";

#[test]
fn a_newcomer_gets_from_bare_machines_to_a_service_by_the_page_alone() -> Result<()> {
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

    furnish(desk, server, &packages)?;
    let page = Page::read(&server.private_address().to_string());
    println!("── the page, up to a service, with the version before this one");
    let said = follow(desk, folder.path(), &page.until("## Give it back"))?;
    println!("{said}");
    ensure!(
        said.trim_end().ends_with("hello"),
        "the service answers: {said}"
    );

    println!("── an upgrade");
    let service = Service::of(server)?;
    let binary = server.script(BINARY)?;
    packages.put(desk, &packages.new)?;
    desk.script("apt-get install -y /root/kloigos_0.3.0_amd64.deb")?;
    let version = desk.run(&["dpkg-query", "-W", "-f", "${Version}", "kloigos"])?;
    ensure!(
        version == env!("CARGO_PKG_VERSION"),
        "installed is {version}"
    );
    let state = desk.run(&["systemctl", "is-active", "kloigos"])?;
    ensure!(state.trim() == "active", "the service is {state}");
    // The new host binary is put onto the server by the first call, and takes the old one's place
    // by a repair, as the page on upgrades says.
    desk.script(
        "kloigos server check host1 || kloigos server repair host1\n\
         kloigos server check host1; kloigos unit list --status allocated",
    )?;
    let now = server.script(BINARY)?;
    ensure!(
        now != binary || !packages.brings_host_binary,
        "the new host binary is in use: {now}"
    );
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
    follow(desk, folder.path(), &page.from("## Give it back"))?;
    let after = fingerprint(server)?;
    let differs = difference(&before, &after);
    ensure!(before == after, "the server is not as it was:\n{differs}");
    desk.run(&["apt-get", "purge", "-y", "kloigos"])?;
    let left = "ls -d /etc/kloigos/control.env /var/lib/kloigos-control /usr/bin/kloigos || true";
    let left = desk.script(left)?;
    ensure!(left.is_empty(), "a purge leaves {left}");
    Ok(())
}

/// The package of these sources, and one that passes for the version before.
struct Packages {
    old: PathBuf,
    new: PathBuf,
    /// Whether the packages' programs find their host binary beside themselves.
    brings_host_binary: bool,
}

impl Packages {
    fn make(folder: &Path) -> Result<Self> {
        let given = std::env::var_os("KLOIGOS_DEB").map(PathBuf::from);
        let brings_host_binary = given.is_none();
        let new = if let Some(deb) = given {
            deb
        } else {
            let stripped = folder.join("kloigos");
            let mut strip = Command::new("strip");
            run(strip.arg(drive::executable()?).arg("-o").arg(&stripped))?;
            package::debian(&stripped, folder, Compression::None)?
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
            brings_host_binary,
        })
    }

    /// Puts a package where the page expects it.
    fn put(&self, desk: &Server, package: &Path) -> Result<()> {
        desk.push_file(package, "/root/kloigos_0.3.0_amd64.deb")?;
        if !self.brings_host_binary {
            return Ok(());
        }
        let built = xtask::dist::folder()?.join("kloigos-host");
        ensure!(built.exists(), "run first: cargo xtask dist");
        desk.push_file(&built, HOST_BINARY)?;
        if package == self.old {
            // Another program by its digest, which does the same.
            desk.script(&format!("echo >> {HOST_BINARY}"))?;
        }
        Ok(())
    }
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

/// The page's code, for this server.
struct Page(String);

impl Page {
    fn read(address: &str) -> Self {
        Self(PAGE.replace(ADDRESS, address))
    }

    /// The script of all blocks before a heading; what its variables are is kept.
    fn until(&self, heading: &str) -> String {
        let (part, _) = self.0.split_once(heading).expect("the heading");
        let keep = format!("printf 'UNIT=%s\\nSERVER=%s\\n' \"$UNIT\" \"$SERVER\" > {KEPT}");
        format!("{}\n{keep}\n", code(part))
    }

    /// The script of all blocks behind a heading.
    fn from(&self, heading: &str) -> String {
        let (_, part) = self.0.split_once(heading).expect("the heading");
        format!(". {KEPT}\n{}", code(part))
    }
}

/// Does what a script says, from a file: at a terminal, no command eats the next ones either.
fn follow(desk: &Server, folder: &Path, script: &str) -> Result<String> {
    let file = folder.join("page.sh");
    fs::write(&file, format!("set -eu\ncd /root\n{script}"))?;
    desk.push_file(&file, "/root/page.sh")?;
    desk.script("bash /root/page.sh < /dev/null")
}

/// The blocks of code, one after the other.
fn code(page: &str) -> String {
    let mut code = String::new();
    let mut inside = false;
    for line in page.lines() {
        match (line, inside) {
            ("```sh", false) => inside = true,
            ("```", true) => inside = false,
            (line, true) => code.extend([line, "\n"]),
            (_, false) => {}
        }
    }
    code
}

/// The process of the tenant's service, and when it began.
#[derive(Debug, PartialEq)]
struct Service(String);

impl Service {
    fn of(server: &Server) -> Result<Self> {
        // starttime of proc(5), behind the name in parentheses.
        let seen = server.script(
            "pid=$(pgrep -f 'http.server --directory')\n\
             echo $pid $(sed 's/.*) //' /proc/$pid/stat | cut -d' ' -f20)",
        )?;
        ensure!(seen.split_whitespace().count() == 2, "one service: {seen}");
        Ok(Self(seen))
    }

    fn still_runs(&self, server: &Server) -> Result<()> {
        let now = Self::of(server).context("the tenant's service")?;
        ensure!(*self == now, "it was {self:?} and is {now:?}");
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
