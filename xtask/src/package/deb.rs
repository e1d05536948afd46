//! A folder, as a Debian package.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use super::{epoch, source, tree::place};

/// What runs when it is installed and removed.
const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];
/// What dpkg must not overwrite without asking.
const CONFIGURATION: &str = "/etc/kloigos/control.env\n";

/// How well the content is packed.
#[derive(Debug, Clone, Copy)]
pub enum Compression {
    /// As small as it gets.
    Small,
    /// Not at all, in no time.
    None,
}

/// Packs the folder.
pub(super) fn pack(root: &Path, out: &Path, compression: Compression) -> Result<PathBuf> {
    let size = folders_made_plain(root)?;
    let control = root.join("DEBIAN");
    place(
        &control.join("control"),
        control_file(size).as_bytes(),
        0o644,
    )?;
    place(&control.join("conffiles"), CONFIGURATION.as_bytes(), 0o644)?;
    place(&control.join("md5sums"), &sums(root)?, 0o644)?;
    for script in SCRIPTS {
        place(
            &control.join(script),
            &source(&format!("packaging/{script}"))?,
            0o755,
        )?;
    }
    fs::set_permissions(&control, fs::Permissions::from_mode(0o755))?;
    let file = out.join(format!("kloigos_{}_amd64.deb", env!("CARGO_PKG_VERSION")));
    let pack = match compression {
        Compression::Small => "-Zxz",
        Compression::None => "-Znone",
    };
    let made = Command::new("dpkg-deb")
        .args(["--root-owner-group", pack, "--build"])
        .arg(root)
        .arg(&file)
        .env("SOURCE_DATE_EPOCH", epoch()?.to_string())
        .output()
        .context("failed to run dpkg-deb")?;
    let said = String::from_utf8_lossy(&made.stderr);
    ensure!(made.status.success(), "dpkg-deb failed: {said}");
    Ok(file)
}

fn control_file(kibibytes: u64) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "Package: kloigos\nVersion: {version}\nArchitecture: amd64\n\
         Maintainer: The Kloigos maintainers <maintainers@kloigos.example>\n\
         Installed-Size: {kibibytes}\nSection: admin\nPriority: optional\n\
         Depends: libc6 (>= 2.36), libgcc-s1, systemd (>= 252)\nRecommends: openssh-client\n\
         Description: splits Linux servers into compute units\n \
         A control plane that cuts large servers into compute units with exclusive CPUs,\n \
         ports, directories and a Unix user each, over SSH, without containers and\n \
         without an agent on the servers. With it comes the command line for it.\n"
    )
}

/// The size of all files in KiB. Folders get the mode that everybody's have, whatever the umask was.
fn folders_made_plain(folder: &Path) -> Result<u64> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    let mut size = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        size += if entry.file_type()?.is_dir() {
            folders_made_plain(&entry.path())?
        } else {
            entry.metadata()?.len().div_ceil(1024)
        };
    }
    Ok(size)
}

/// The sums of all files, by path, as `dpkg --verify` compares them.
fn sums(root: &Path) -> Result<Vec<u8>> {
    let mut files = Vec::new();
    list(root, root, &mut files)?;
    files.sort();
    let output = Command::new("md5sum")
        .args(files.iter().filter(|file| !file.starts_with("DEBIAN/")))
        .current_dir(root)
        .output()
        .context("failed to run md5sum")?;
    ensure!(output.status.success(), "md5sum failed");
    Ok(output.stdout)
}

fn list(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(root, &path, files)?;
        } else {
            files.push(path.strip_prefix(root)?.display().to_string());
        }
    }
    Ok(())
}
