//! What makes an unpacked Debian a server of the lab: its network, its keys,
//! its users, and no unit that is slow under emulation and of no use to a test.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use anyhow::{Context, Result};

use super::folders::{create, write};
use super::spec::{MOST_SERVERS, Release};

/// This file is an input of the image: a change of it makes a new image.
pub(crate) const RECIPE: &str = include_str!("furnish.rs");

/// Timers that wake in the middle of a measurement, consoles nobody sees,
/// and units that cost seconds of an emulated boot. `quotaon-root` fails on
/// ext4's own quota feature, whose limits hold without it.
const MASKED: [&str; 40] = [
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "blk-availability.service",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "ldconfig.service",
    "lvm2-lvmpolld.socket",
    "lvm2-monitor.service",
    "modprobe@.service",
    "proc-sys-fs-binfmt_misc.automount",
    "quotaon-root.service",
    "quotaon.service",
    "quotacheck.service",
    "quotarpc.service",
    "serial-getty@hvc0.service",
    "serial-getty@ttyS0.service",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-binfmt.service",
    "systemd-hostnamed.socket",
    "systemd-hwdb-update.service",
    "systemd-journal-catalog-update.service",
    "systemd-machined.service",
    "systemd-networkd-persistent-storage.service",
    "systemd-networkd-wait-online.service",
    "systemd-pcrphase.service",
    "systemd-pstore.service",
    "systemd-random-seed.service",
    "systemd-rfkill.socket",
    "systemd-timesyncd.service",
    "systemd-udev-settle.service",
    "systemd-update-done.service",
    "systemd-update-utmp.service",
    "xfs_scrub_all.timer",
];

/// QEMU's user network gives every server the same address behind its own NAT.
const MANAGEMENT: &str = "[Match]\nName=eth0\n\n[Network]\nAddress=10.0.2.15/24\n\
    Gateway=10.0.2.2\nDNS=10.0.2.3\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n\
    ConfigureWithoutCarrier=yes\nIgnoreCarrierLoss=yes\n";

/// Packages leave host keys behind, so each server makes its own.
const HOST_KEYS: &str = "[Unit]\nDescription=Host keys and name of this lab server\n\
    ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key\n\
    Before=ssh.service ssh.socket sshd-keygen.service\n\n[Service]\nType=oneshot\n\
    ExecStart=/usr/bin/ssh-keygen -A\n\
    ExecStart=/bin/sh -c 'cat /proc/sys/kernel/hostname > /etc/hostname'\n\n\
    [Install]\nWantedBy=multi-user.target\n";

const SSHD: &str = "PermitRootLogin prohibit-password\nMaxStartups 200:30:400\nMaxSessions 100\n";

/// OpenSSH 10 bans addresses that fail often; behind the NAT all are one.
const SSHD_TRIXIE: &str = "PerSourcePenalties no\n";

/// Furnishes `tree`; `public_key` opens root and `admin`.
pub(crate) fn furnish(tree: &Path, release: Release, public_key: &str) -> Result<()> {
    let etc = tree.join("etc");
    name_and_disks(&etc)?;
    network(&etc)?;
    units(&etc.join("systemd/system"))?;
    sshd(&etc.join("ssh"), release)?;
    users(tree, public_key)
}

fn name_and_disks(etc: &Path) -> Result<()> {
    write(
        &etc.join("fstab"),
        "/dev/vda / ext4 defaults,usrquota,grpquota,prjquota 0 1\n",
    )?;
    // An id of its own comes by the kernel command line; an empty file would
    // be replaced by a mount over it, and `uninitialized` is a first boot.
    write(
        &etc.join("machine-id"),
        "14000000000040008000000000000000\n",
    )?;
    write(&etc.join("resolv.conf"), "nameserver 10.0.2.3\n")
}

fn network(etc: &Path) -> Result<()> {
    let folder = etc.join("systemd/network");
    create(&folder)?;
    write(&folder.join("10-management.network"), MANAGEMENT)?;
    let mut hosts = vec!["127.0.0.1 localhost".to_owned(), "::1 localhost".to_owned()];
    for index in 1..=MOST_SERVERS {
        hosts.push(format!("10.65.0.{index} srv{index}"));
        let name = format!("05-private{index}.network");
        write(&folder.join(name), private(index))?;
    }
    write(&etc.join("hosts"), hosts.join("\n") + "\n")
}

/// The card's address says which server this is. The address stays when the
/// cable is pulled: networkd would otherwise drop it.
fn private(index: u8) -> String {
    format!(
        "[Match]\nMACAddress={}\n\n[Network]\nAddress=10.65.0.{index}/24\n\
         LinkLocalAddressing=no\nIPv6AcceptRA=no\n\
         ConfigureWithoutCarrier=yes\nIgnoreCarrierLoss=yes\n",
        super::qemu::private_mac(index)
    )
}

fn units(system: &Path) -> Result<()> {
    for unit in MASKED {
        link("/dev/null", &system.join(unit))?;
    }
    write(&system.join("lab-host-keys.service"), HOST_KEYS)?;
    let wants = system.join("multi-user.target.wants");
    create(&wants)?;
    link(
        "/etc/systemd/system/lab-host-keys.service",
        &wants.join("lab-host-keys.service"),
    )?;
    let networkd = "systemd-networkd.service";
    link(
        &format!("/usr/lib/systemd/system/{networkd}"),
        &wants.join(networkd),
    )
}

fn link(target: &str, path: &Path) -> Result<()> {
    let _ = fs::remove_file(path);
    symlink(target, path).with_context(|| format!("cannot link {}", path.display()))
}

fn sshd(ssh: &Path, release: Release) -> Result<()> {
    for entry in fs::read_dir(ssh)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("ssh_host_") {
            fs::remove_file(entry.path())?;
        }
    }
    let more = match release {
        Release::Trixie => SSHD_TRIXIE,
        Release::Bookworm => "",
    };
    write(
        &ssh.join("sshd_config.d/05-lab.conf"),
        format!("{SSHD}{more}"),
    )
}

fn users(tree: &Path, public_key: &str) -> Result<()> {
    let etc = tree.join("etc");
    append(
        &etc.join("passwd"),
        "admin:x:1000:1000::/home/admin:/bin/bash\n",
    )?;
    append(&etc.join("group"), "admin:x:1000:\n")?;
    append(&etc.join("shadow"), "admin:*:19000:0:99999:7:::\n")?;
    append(&etc.join("gshadow"), "admin:!::\n")?;
    let rule = etc.join("sudoers.d/admin");
    write(&rule, "admin ALL=(ALL:ALL) NOPASSWD: ALL\n")?;
    fs::set_permissions(&rule, Permissions::from_mode(0o440))?;
    authorize(&tree.join("root"), 0, public_key)?;
    authorize(&tree.join("home/admin"), 1000, public_key)
}

fn append(path: &Path, line: &str) -> Result<()> {
    let text = super::folders::read(path)?;
    // The new text goes into the same file, which keeps its owner and mode.
    write(path, text + line)
}

fn authorize(home: &Path, uid: u32, public_key: &str) -> Result<()> {
    let folder = home.join(".ssh");
    create(&folder)?;
    let file = folder.join("authorized_keys");
    write(&file, public_key)?;
    fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
    for path in [home, &folder, &file] {
        chown(path, Some(uid), Some(uid))?;
    }
    Ok(())
}
