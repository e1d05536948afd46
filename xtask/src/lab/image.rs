//! Everything a server boots from: kernel, initrd and a root disk, made from
//! the packages once and kept in the cache.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::folders::{create, key, product, remove};
use super::process::{command, run};
use super::progress::Step;
use super::spec::Release;
use super::{furnish, initrd, key_pair, rootfs};

/// Sparse: what is not written takes no room here.
const ROOT_SIZE: u64 = 8 << 30;
const FEATURES: &str = "quota,project";
const EXTENDED: &str = "quotatype=usrquota:grpquota:prjquota,lazy_itable_init=1,nodiscard";

/// A release's bootable files.
pub(crate) struct Image {
    folder: PathBuf,
    key: String,
}

impl Image {
    /// The image of a release, built when it is not in the cache.
    pub(crate) fn provide(release: Release) -> Result<Self> {
        let public_key = key_pair::public()?;
        let recipe = [
            &rootfs::key_of(release),
            furnish::RECIPE,
            initrd::INIT,
            EXTENDED,
            &public_key,
        ];
        let key = key(recipe);
        let kind = format!("image-{}", release.as_str());
        let folder = product(&kind, &key, |scratch| build(release, &public_key, scratch))?;
        Ok(Self { folder, key })
    }

    /// The name of all that went into it.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The kernel.
    pub(crate) fn kernel(&self) -> PathBuf {
        self.folder.join("vmlinuz")
    }

    /// The initrd.
    pub(crate) fn initrd(&self) -> PathBuf {
        self.folder.join("initrd")
    }

    /// The root disk below every server's own.
    pub(crate) fn base(&self) -> PathBuf {
        self.folder.join("base.qcow2")
    }
}

fn build(release: Release, public_key: &str, scratch: &Path) -> Result<()> {
    let archive = rootfs::provide(release)?;
    let step = Step::begin("making the image");
    let tree = scratch.join("tree");
    create(&tree)?;
    rootfs::unpack(&archive, &tree)?;
    furnish::furnish(&tree, release, public_key)?;
    fs::copy(kernel_in(&tree)?, scratch.join("vmlinuz")).context("cannot copy the kernel")?;
    let early = scratch.join("early");
    initrd::build(&tree, &early, &scratch.join("initrd"))?;
    disk(&tree, scratch)?;
    remove(&early)?;
    remove(&tree)?;
    step.done();
    Ok(())
}

fn kernel_in(tree: &Path) -> Result<PathBuf> {
    let mut entries = fs::read_dir(tree.join("boot"))?.filter_map(Result::ok);
    let kernel = entries.find(|entry| entry.file_name().to_string_lossy().starts_with("vmlinuz-"));
    Ok(kernel.context("the packages hold no kernel")?.path())
}

fn disk(tree: &Path, scratch: &Path) -> Result<()> {
    let raw = scratch.join("base.raw");
    File::create(&raw)?.set_len(ROOT_SIZE)?;
    let mut mke2fs = command(
        "mke2fs",
        ["-q", "-t", "ext4", "-O", FEATURES, "-E", EXTENDED],
    );
    run(mke2fs.arg("-d").arg(tree).arg(&raw))?;
    // mke2fs counts no quota for the files it copies; e2fsck does, and says
    // by exit status 1 that it wrote something.
    let log = File::create(scratch.join("e2fsck.log"))?;
    let status = command("e2fsck", ["-fy"])
        .arg(&raw)
        .stdout(log.try_clone()?)
        .stderr(log)
        .status()
        .context("cannot start e2fsck")?;
    anyhow::ensure!(matches!(status.code(), Some(0 | 1)), "e2fsck: {status}");
    let mut convert = command("qemu-img", ["convert", "-f", "raw", "-O", "qcow2"]);
    run(convert.arg(&raw).arg(scratch.join("base.qcow2")))?;
    fs::remove_file(&raw)?;
    Ok(())
}
