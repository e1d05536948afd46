//! Files of a package of any release, without installing it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::folders::write;
use super::process::{command, run};
use super::progress::say;
use super::sources::list_for;
use super::spec::Release;

/// Unpacks packages of a release into a folder, as they would lie under `/`. A folder that is there
/// is complete.
pub fn unpack(release: Release, packages: &[&str], folder: &Path) -> Result<()> {
    if folder.exists() {
        return Ok(());
    }
    say(&format!(
        "unpacking {} of {}",
        packages.join(", "),
        release.as_str()
    ));
    let parent = folder.parent().context("a folder is in a folder")?;
    fs::create_dir_all(parent)?;
    let work = tempfile::tempdir_in(parent)?;
    download(release, packages, work.path())?;
    let root = work.path().join("root");
    for entry in fs::read_dir(work.path().join("debs"))? {
        let deb = entry?.path();
        run(command("dpkg-deb", ["--extract"]).arg(&deb).arg(&root))?;
    }
    fs::rename(&root, folder).with_context(|| format!("failed to keep {}", folder.display()))
}

/// By an apt of its own lists, so that the machine's own are as they were.
fn download(release: Release, packages: &[&str], work: &Path) -> Result<()> {
    for folder in ["lists/partial", "debs"] {
        fs::create_dir_all(work.join(folder))?;
    }
    let sources = list_for(release)?.context("this machine's apt has no Debian archive")?;
    write(&work.join("sources.list"), &sources)?;
    let setting = |name: &str, file: &str| format!("{name}={}", work.join(file).display());
    let settings = [
        setting("Dir::Etc::sourcelist", "sources.list"),
        "Dir::Etc::sourceparts=-".to_owned(),
        setting("Dir::State::lists", "lists"),
        "APT::Sandbox::User=root".to_owned(),
    ];
    for words in [&["update"][..], &[&["download"], packages].concat()] {
        let mut apt = command("apt-get", words);
        for setting in &settings {
            apt.args(["-o", setting]);
        }
        run(apt.current_dir(work.join("debs")))?;
    }
    Ok(())
}
