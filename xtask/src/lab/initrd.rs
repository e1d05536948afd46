//! A tiny initrd: busybox, one short script, and the few modules a server's
//! root needs. Debian's own initramfs would add 15 s to an emulated boot.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};

use super::folders::{create, read, write};
use super::process::{command, run};

/// The format of ext4's quota files is a module, and a root with the quota
/// feature cannot be mounted without it. The rest is built in on some kernels.
const MODULES: [&str; 5] = ["virtio_pci", "virtio_blk", "virtio_net", "ext4", "quota_v2"];

/// What the kernel prints when a probe boot reached user space.
pub(crate) const PROBE_ANSWER: &str = "lab-probe-reached-user-space";
/// The word on the kernel command line that asks for a probe boot.
pub(crate) const PROBE_WORD: &str = "lab.probe";

/// The first program: modules, root, and the real init.
pub(crate) const INIT: &str = r#"#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
case " $(/bin/busybox cat /proc/cmdline) " in
*" lab.probe "*)
    echo lab-probe-reached-user-space > /dev/console
    /bin/busybox poweroff -f
    ;;
esac
for module in /modules/*; do
    /bin/busybox insmod "$module" || echo "lab: $module was refused" > /dev/console
done
tries=0
while [ ! -b /dev/vda ] && [ "$tries" -lt 500 ]; do
    tries=$((tries + 1))
    /bin/busybox usleep 10000
done
/bin/busybox mount -t ext4 -o usrquota,grpquota,prjquota /dev/vda /root ||
    echo "lab: no root file system" > /dev/console
/bin/busybox umount /proc
/bin/busybox mount -o move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
"#;

/// Writes the initrd for the kernel in `tree` to `target`.
pub(crate) fn build(tree: &Path, scratch: &Path, target: &Path) -> Result<()> {
    for folder in ["bin", "dev", "proc", "root", "modules"] {
        create(&scratch.join(folder))?;
    }
    fs::copy(tree.join("usr/bin/busybox"), scratch.join("bin/busybox"))
        .context("the server's packages hold no busybox")?;
    let init = scratch.join("init");
    write(&init, INIT)?;
    fs::set_permissions(&init, Permissions::from_mode(0o755))?;
    copy_modules(&modules_folder(tree)?, &scratch.join("modules"))?;
    pack(scratch, target)
}

/// The kernel's release, as its module folder is named.
fn modules_folder(tree: &Path) -> Result<std::path::PathBuf> {
    let folder = tree.join("usr/lib/modules");
    let mut entries = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    ensure!(
        entries.len() == 1,
        "{} does not hold one kernel",
        folder.display()
    );
    Ok(entries.remove(0).path())
}

fn copy_modules(from: &Path, to: &Path) -> Result<()> {
    let dependencies = read(&from.join("modules.dep"))?;
    let builtin = read(&from.join("modules.builtin"))?;
    for (number, module) in in_order(&MODULES, &dependencies, &builtin)?
        .iter()
        .enumerate()
    {
        // The shell's glob loads them in the order of their names.
        let name = format!("{number:02}-{}", stem(module));
        decompress(&from.join(module), &to.join(name))?;
    }
    Ok(())
}

fn decompress(from: &Path, to: &Path) -> Result<()> {
    if from.extension().is_some_and(|end| end == "xz") {
        let mut xz = command("xz", ["-dc"]);
        xz.arg(from).stdout(File::create(to)?);
        let status = xz.status().context("cannot start xz")?;
        ensure!(status.success(), "xz cannot read {}", from.display());
        return Ok(());
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// The paths of `wanted` modules, each after what it needs, without what the
/// kernel holds itself.
fn in_order(wanted: &[&str], dependencies: &str, builtin: &str) -> Result<Vec<String>> {
    let mut order: Vec<String> = Vec::new();
    for name in wanted {
        let line = dependencies.lines().find(|line| {
            let path = line.split(':').next().unwrap_or_default();
            stem(path) == *name
        });
        let Some((path, needs)) = line.and_then(|line| line.split_once(':')) else {
            if builtin.lines().any(|path| stem(path) == *name) {
                continue;
            }
            bail!("the kernel has no module {name}");
        };
        // modules.dep lists what is needed in the reverse of the load order.
        for path in needs.split_whitespace().rev().chain([path]) {
            if !order.iter().any(|have| have == path) {
                order.push(path.to_owned());
            }
        }
    }
    Ok(order)
}

fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(".ko")
        .next()
        .unwrap_or_default()
        .replace('-', "_")
}

fn pack(scratch: &Path, target: &Path) -> Result<()> {
    let list = run(command("find", ["."]).current_dir(scratch))?;
    let names = scratch.with_extension("names");
    write(&names, list)?;
    let mut cpio = command("cpio", ["-o", "-H", "newc", "--quiet"]);
    cpio.current_dir(scratch).stdin(File::open(&names)?);
    let status = cpio
        .stdout(File::create(target)?)
        .stderr(Stdio::inherit())
        .status()?;
    ensure!(status.success(), "cpio cannot pack the initrd");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEP: &str = "kernel/net/virtio_net.ko.xz: kernel/net_failover.ko.xz kernel/failover.ko.xz\n\
                       kernel/fs/quota_v2.ko.xz: kernel/fs/quota_tree.ko.xz\n";

    #[test]
    fn modules_come_after_what_they_need() {
        let order = in_order(&["virtio_net", "ext4"], DEP, "kernel/fs/ext4/ext4.ko\n").unwrap();
        let names: Vec<String> = order.iter().map(|path| stem(path)).collect();
        assert_eq!(names, ["failover", "net_failover", "virtio_net"]);
    }

    #[test]
    fn a_kernel_without_a_module_is_refused() {
        assert!(in_order(&["virtio_blk"], DEP, "").is_err());
    }

    #[test]
    fn the_probe_says_what_is_waited_for() {
        assert!(INIT.contains(PROBE_ANSWER) && INIT.contains(PROBE_WORD));
    }
}
