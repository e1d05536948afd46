//! The packages, made of the development build, looked into as lintian would.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{
    drive,
    package::{self, Compression},
};

fn deb(out: &Path) -> PathBuf {
    package::debian(&executable(out), out, Compression::None).expect("a package")
}

/// The development build without what only debuggers read, which is most of it.
fn executable(out: &Path) -> PathBuf {
    let built = drive::executable().expect("kloigos is built");
    let stripped = out.join("kloigos");
    let strip = Command::new("strip")
        .arg(built)
        .arg("-o")
        .arg(&stripped)
        .status();
    assert!(strip.expect("strip is there (package binutils)").success());
    stripped
}

fn tarball(out: &Path) -> PathBuf {
    package::tarball(&executable(out), out).expect("a tarball")
}

#[track_caller]
fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output();
    let output = output.unwrap_or_else(|error| panic!("{program} is there: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
    String::from_utf8(output.stdout).expect("a text")
}

#[test]
fn the_debian_package_is_as_debian_wants_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let deb = deb(folder.path());
    let name = deb.to_str().expect("a path");
    let listed = run("dpkg-deb", &["--contents", name], folder.path());
    let mut modes = BTreeMap::new();
    for line in listed.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[1], "root/root", "{line}");
        modes.insert(
            words[5].trim_start_matches("./").to_owned(),
            words[0].to_owned(),
        );
    }
    for (path, mode) in &modes {
        let usual = match (mode.as_bytes()[0], path.as_str()) {
            (b'd', _) => "drwxr-xr-x",
            (_, "usr/bin/kloigos") => "-rwxr-xr-x",
            (_, "etc/kloigos/control.env") => "-rw-------",
            _ => "-rw-r--r--",
        };
        assert_eq!(mode, usual, "{path}");
        let known = ["usr/", "etc/kloigos/"]
            .iter()
            .any(|start| path.starts_with(start));
        assert!(
            known || ["", "etc/"].contains(&path.as_str()),
            "{path} is none of ours"
        );
    }
    for path in [
        "usr/bin/kloigos",
        "usr/lib/systemd/system/kloigos.service",
        "usr/lib/sysusers.d/kloigos.conf",
        "usr/lib/tmpfiles.d/kloigos.conf",
        "usr/share/bash-completion/completions/kloigos",
        "usr/share/zsh/vendor-completions/_kloigos",
        "usr/share/fish/vendor_completions.d/kloigos.fish",
        "usr/share/man/man1/kloigos.1.gz",
        "usr/share/man/man1/kloigos-unit-allocate.1.gz",
        "usr/share/doc/kloigos/README.Debian",
        "usr/share/doc/kloigos/changelog.gz",
        "usr/share/doc/kloigos/copyright",
    ] {
        assert!(modes.contains_key(path), "{path} is missing: {listed}");
    }

    run("dpkg-deb", &["--raw-extract", name, "root"], folder.path());
    let root = folder.path().join("root");
    let field = |field: &str| {
        run("dpkg-deb", &["--field", name, field], folder.path())
            .trim()
            .to_owned()
    };
    assert_eq!(
        (field("Package").as_str(), field("Version").as_str()),
        ("kloigos", env!("CARGO_PKG_VERSION"))
    );
    assert!(field("Depends").contains("systemd") && field("Architecture") == "amd64");
    let kept = fs::read_to_string(root.join("DEBIAN/conffiles")).expect("conffiles");
    let configuration = modes
        .keys()
        .filter(|path| path.starts_with("etc/") && !path.ends_with('/'));
    assert_eq!(
        kept,
        configuration
            .flat_map(|path| ["/", path, "\n"])
            .collect::<String>()
    );
    run(
        "md5sum",
        &["--check", "--strict", "--quiet", "DEBIAN/md5sums"],
        &root,
    );
    for script in ["postinst", "prerm", "postrm"] {
        let script = format!("DEBIAN/{script}");
        let text = fs::read_to_string(root.join(&script)).expect("a script");
        assert!(text.starts_with("#!/bin/sh\nset -e\n"), "{script}");
        run("sh", &["-n", &script], &root);
    }
    let told = run("./usr/bin/kloigos", &["--version"], &root);
    assert!(told.contains(env!("CARGO_PKG_VERSION")), "it runs: {told}");
}

#[test]
fn the_service_is_confined_and_knows_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let deb = deb(folder.path());
    run(
        "dpkg-deb",
        &["--extract", deb.to_str().expect("a path"), "root"],
        folder.path(),
    );
    let unit = "usr/lib/systemd/system/kloigos.service";
    let text = fs::read_to_string(folder.path().join("root").join(unit)).expect("the unit");
    for line in [
        "Type=notify",
        "KillMode=mixed",
        "User=kloigos",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
        "MemoryDenyWriteExecute=yes",
        "SystemCallFilter=@system-service",
        "RestrictNamespaces=yes",
        "UMask=0077",
    ] {
        assert!(text.lines().any(|have| have == line), "{line}");
    }
    // systemd's own judgement: 0 is confined entirely, 10 not at all.
    let judged = run(
        "systemd-analyze",
        &[
            "security",
            "--offline=true",
            "--root=root",
            "--threshold=25",
            "kloigos.service",
        ],
        folder.path(),
    );
    assert!(judged.contains("Overall exposure level"), "{judged}");
    // The flags that the configuration names are there.
    let help = run("root/usr/bin/kloigos", &["serve", "--help"], folder.path());
    let example =
        fs::read_to_string(folder.path().join("root/etc/kloigos/control.env")).expect("it");
    let named = example
        .lines()
        .filter_map(|line| line.trim_start_matches('#').split_once('='));
    for (variable, _) in named.filter(|(name, _)| name.starts_with("KLOIGOS_")) {
        assert!(help.contains(variable), "{variable} is no setting of serve");
    }
}

#[test]
fn the_same_sources_give_the_same_packages() {
    let (one, other) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    for made in [deb, tarball] {
        let (first, second) = (made(one.path()), made(other.path()));
        let same = Command::new("cmp").arg(&first).arg(&second).status();
        assert!(
            same.expect("cmp is there").success(),
            "{} differs",
            first.display()
        );
    }
    let listed = run(
        "tar",
        &[
            "-tzf",
            &format!("kloigos-{}-x86_64-linux.tar.gz", env!("CARGO_PKG_VERSION")),
        ],
        one.path(),
    );
    for path in [
        "bin/kloigos",
        "LICENSE",
        "share/man/man1/kloigos.1",
        "system/usr/lib/systemd/system/kloigos.service",
    ] {
        assert!(listed.contains(path), "{path} is not in {listed}");
    }
    let service = concat!(
        "kloigos-",
        env!("CARGO_PKG_VERSION"),
        "-x86_64-linux/system/usr/lib/systemd/system/kloigos.service"
    );
    let archive = tarball(one.path());
    let archive = archive.to_str().expect("a plain path");
    let service = run("tar", &["-xOzf", archive, service], one.path());
    let page = include_str!("../../docs/how-to/install.md");
    assert!(page.contains("install bin/kloigos /usr/local/bin/"));
    assert!(
        service.contains("ExecStart=/usr/local/bin/kloigos serve"),
        "{service}"
    );
}
