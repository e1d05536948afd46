//! The files of a package, in a folder.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use super::source;

/// What is taken from the sources as it is: from where, to where, its mode.
const DEBIAN: &[(&str, &str, u32)] = &[
    (
        "packaging/kloigos.service",
        "usr/lib/systemd/system/kloigos.service",
        0o644,
    ),
    (
        "packaging/sysusers.conf",
        "usr/lib/sysusers.d/kloigos.conf",
        0o644,
    ),
    (
        "packaging/tmpfiles.conf",
        "usr/lib/tmpfiles.d/kloigos.conf",
        0o644,
    ),
    // It may come to hold a password.
    ("packaging/control.env", "etc/kloigos/control.env", 0o600),
    (
        "packaging/README.Debian",
        "usr/share/doc/kloigos/README.Debian",
        0o644,
    ),
    (
        "packaging/copyright",
        "usr/share/doc/kloigos/copyright",
        0o644,
    ),
    ("openapi.json", "usr/share/doc/kloigos/openapi.json", 0o644),
];
/// The shells, and where each looks for completions.
const SHELLS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/kloigos"),
    ("zsh", "usr/share/zsh/vendor-completions/_kloigos"),
    ("fish", "usr/share/fish/vendor_completions.d/kloigos.fish"),
];

/// The root of a Debian package of this executable.
pub(super) fn debian(executable: &Path, staged: &Path) -> Result<PathBuf> {
    let root = staged.join("root");
    for (from, to, mode) in DEBIAN {
        place(&root.join(to), &source(from)?, *mode)?;
    }
    place(&root.join("usr/bin/kloigos"), &fs::read(executable)?, 0o755)?;
    place(
        &root.join("usr/share/doc/kloigos/changelog.gz"),
        &zipped(&source("CHANGELOG.md")?)?,
        0o644,
    )?;
    completions(executable, &root)?;
    manual(executable, staged, &root.join("usr/share/man/man1"), true)?;
    Ok(root)
}

/// A folder for any distribution.
pub(super) fn portable(executable: &Path, root: &Path) -> Result<()> {
    place(&root.join("bin/kloigos"), &fs::read(executable)?, 0o755)?;
    for name in ["README.md", "CHANGELOG.md", "LICENSE", "openapi.json"] {
        place(&root.join(name), &source(name)?, 0o644)?;
    }
    for (from, to, mode) in DEBIAN
        .iter()
        .filter(|(_, to, _)| !to.starts_with("usr/share/doc"))
    {
        place(&root.join("system").join(to), &local(source(from)?)?, *mode)?;
    }
    completions(executable, root)?;
    let staged = tempfile::tempdir()?;
    manual(
        executable,
        staged.path(),
        &root.join("share/man/man1"),
        false,
    )
}

/// What no package manager looks after is in `/usr/local`.
fn local(content: Vec<u8>) -> Result<Vec<u8>> {
    let text = String::from_utf8(content)?;
    Ok(text.replace("=/usr/bin/", "=/usr/local/bin/").into_bytes())
}

fn completions(executable: &Path, root: &Path) -> Result<()> {
    for (shell, path) in SHELLS {
        place(
            &root.join(path),
            &said(executable, &["completion", shell])?,
            0o644,
        )?;
    }
    Ok(())
}

fn manual(executable: &Path, staged: &Path, to: &Path, zip: bool) -> Result<()> {
    let made = staged.join("manual");
    fs::create_dir_all(&made)?;
    said(
        executable,
        &["man", "--dir", made.to_str().context("a plain path")?],
    )?;
    for entry in fs::read_dir(&made)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let page = fs::read(entry.path())?;
        if zip {
            place(&to.join(format!("{name}.gz")), &zipped(&page)?, 0o644)?;
        } else {
            place(&to.join(name), &page, 0o644)?;
        }
    }
    Ok(())
}

/// What the executable prints.
fn said(executable: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new(executable)
        .args(arguments)
        .env_clear()
        .output()
        .with_context(|| format!("failed to run {}", executable.display()))?;
    ensure!(output.status.success(), "kloigos {arguments:?} failed");
    Ok(output.stdout)
}

/// The same bytes for the same content: no name and no time inside.
fn zipped(content: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = Command::new("gzip")
        .args(["-n9", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to run gzip")?;
    let content = content.to_vec();
    let mut stdin = gzip.stdin.take().context("gzip has no stdin")?;
    let writer = std::thread::spawn(move || stdin.write_all(&content));
    let output = gzip.wait_with_output()?;
    let written = writer.join();
    ensure!(
        output.status.success() && matches!(written, Ok(Ok(()))),
        "gzip failed"
    );
    Ok(output.stdout)
}

/// A file, and the folders above it, whatever the caller's umask.
pub(super) fn place(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let folder = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(path, content).with_context(|| format!("failed to write {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    Ok(())
}
