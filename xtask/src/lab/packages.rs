//! What is installed: on this machine for the lab, and on its servers.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::process::{command, run};
use super::progress::say;
use super::spec::Release;

/// Programs the lab runs on this machine, and the package of each.
const TOOLS: [(&str, &str); 12] = [
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("qemu-img", "qemu-utils"),
    ("mmdebstrap", "mmdebstrap"),
    ("cpio", "cpio"),
    ("mke2fs", "e2fsprogs"),
    ("xz", "xz-utils"),
    ("zstd", "zstd"),
    ("tar", "tar"),
    ("ssh", "openssh-client"),
    ("scp", "openssh-client"),
    // The tests of the SSH transport start a daemon of their own.
    ("sshd", "openssh-server"),
    ("curl", "curl"),
];

/// What a plain server has, and what Kloigos needs there. Python is for
/// Ansible and probes; busybox is also the lab's own initrd.
const SERVER: [&str; 38] = [
    "acl",
    "adduser",
    "at",
    "busybox-static",
    "ca-certificates",
    "cron",
    "dbus",
    "dbus-user-session",
    "e2fsprogs",
    "iproute2",
    "iputils-ping",
    "keyutils",
    "kmod",
    "less",
    "libcap2-bin",
    "libnss-systemd",
    "libpam-systemd",
    "linux-image-cloud-amd64",
    "lvm2",
    "make",
    "nftables",
    "numactl",
    "openssh-client",
    "openssh-server",
    "passwd",
    "procps",
    "psmisc",
    "python3",
    "quota",
    "rsync",
    "strace",
    "sudo",
    "systemd",
    "systemd-sysv",
    "udev",
    "util-linux",
    "xfsprogs",
    "zstd",
];

/// The packages of a server, by release.
pub(crate) fn of_server(release: Release) -> Vec<&'static str> {
    let mut packages = SERVER.to_vec();
    if release == Release::Trixie {
        // It brings the AuthorizedKeysCommand drop-in that Debian 13 servers have.
        packages.push("systemd-userdbd");
    }
    packages
}

/// The server that the tests of the database start, and its package.
const POSTGRES: (&str, &str) = ("postgres", "postgresql");

/// Installs through apt the database server of the tests where there is none, and says so.
pub fn provide_postgres() -> Result<()> {
    let (program, package) = POSTGRES;
    // Debian keeps each version's programs in a folder of their own.
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut programs = versions
        .flatten()
        .map(|version| version.path().join("bin").join(program));
    if programs.any(|program| program.exists()) {
        return Ok(());
    }
    ensure!(
        rustix::process::geteuid().is_root(),
        "this package is missing and only root can install it: {package}"
    );
    install(&[package])
}

/// The browser that goes through the web application, its package, and a font for it.
const CHROMIUM: (&str, [&str; 2]) = ("/usr/bin/chromium", ["chromium", "fonts-dejavu-core"]);

/// Installs through apt the browser of the web application's tests where there is none. Where it is.
pub fn provide_chromium() -> Result<&'static Path> {
    let (program, packages) = CHROMIUM;
    provide(Path::new(program).exists(), &packages)?;
    Ok(Path::new(program))
}

/// Installs through apt what builds the web application.
pub fn provide_node() -> Result<()> {
    provide(false, &["nodejs", "npm"])
}

fn provide(there: bool, packages: &[&str]) -> Result<()> {
    if there {
        return Ok(());
    }
    ensure!(
        rustix::process::geteuid().is_root(),
        "these packages are missing and only root can install them: {}",
        packages.join(" ")
    );
    install(packages)
}

/// Installs through apt what this machine lacks, and says so.
pub fn provide_tools() -> Result<()> {
    let mut missing: Vec<&str> = Vec::new();
    for (program, package) in TOOLS {
        if !is_there(program) && !missing.contains(&package) {
            missing.push(package);
        }
    }
    let keyring = Path::new("/usr/share/keyrings/debian-archive-keyring.gpg");
    if !keyring.exists() {
        missing.push("debian-archive-keyring");
    }
    if missing.is_empty() {
        return Ok(());
    }
    ensure!(
        rustix::process::geteuid().is_root(),
        "these packages are missing and only root can install them: {}",
        missing.join(" ")
    );
    install(&missing)
}

fn is_there(program: &str) -> bool {
    ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin"]
        .iter()
        .any(|folder| Path::new(folder).join(program).exists())
}

fn install(packages: &[&str]) -> Result<()> {
    say(&format!("installing with apt: {}", packages.join(" ")));
    apt(&["update"])?;
    let mut arguments = vec!["install", "-y", "--no-install-recommends", "--no-remove"];
    arguments.extend(packages);
    let Err(error) = apt(&arguments) else {
        return Ok(());
    };
    // A qemu-utils from an archive that is no longer configured keeps out
    // the emulator of the configured one: both must be of one version.
    let version = archive_version("qemu-utils")?.with_context(|| format!("{error:#}"))?;
    let pinned = format!("qemu-utils={version}");
    say(&format!(
        "apt refused; again with {pinned}, the version the archive has"
    ));
    arguments.extend(["--allow-downgrades", &pinned]);
    apt(&arguments)
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut apt = command("apt-get", arguments);
    // Packages that bring a daemon start it unless the machine is in single-user mode
    // (invoke-rc.d(8)); nothing is to listen here because of us.
    apt.env("DEBIAN_FRONTEND", "noninteractive")
        .env("RUNLEVEL", "1");
    run(&mut apt).map(drop)
}

fn archive_version(package: &str) -> Result<Option<String>> {
    let listed = run(&mut command("apt-cache", ["madison", package]))?;
    Ok(first_version(&listed))
}

fn first_version(madison: &str) -> Option<String> {
    let version = madison.lines().next()?.split('|').nth(1)?;
    Some(version.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archives_first_version_is_taken() {
        let listed = " qemu-utils | 1:7.2 | http://a.test bookworm/main amd64 Packages\n \
                      qemu-utils | 1:7.1 | http://b.test bookworm/main amd64 Packages\n";
        assert_eq!(first_version(listed).as_deref(), Some("1:7.2"));
        assert_eq!(first_version(""), None);
    }
}
