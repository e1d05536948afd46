//! What a unit may use: memory, tasks, bandwidth, disk; and a disk of its own.

use anyhow::{Result, ensure};
use kloigos_model::{
    host::{Outcome, Request, Spec, UnitSpec, Volume},
    limits::Limits,
};

use super::stage::{Stage, unit};

/// A limited unit's attempts at more, one word each for what came of it.
const ATTEMPTS: &str = r#"
cd /opt/c4-5
words() { grep -o -m1 -i -e 'quota exceeded' -e 'no space' | tail -1; }
echo "bytes: $(dd if=/dev/zero of=big bs=1M count=40 2>&1 | words)"
: > /home/u4-5/free; chattr -p 0 big 2>/dev/null
echo "project: $(dd if=/dev/zero of=big bs=1M count=40 oflag=append conv=notrunc 2>&1 | words)"
rm -f big
echo "elsewhere: $(dd if=/dev/zero of=/var/tmp/big bs=1M count=40 2>&1 | words)"; rm -f /var/tmp/big
mkdir many; echo "inodes: $(for i in {1..500}; do : > many/$i || break; done 2>&1 | words)"; rm -rf many
systemd-run --user --quiet --wait -p Type=oneshot python3 -c 'b = bytearray(300 << 20)'
echo "memory: $? $(systemctl --user is-system-running | grep -c -e running -e degraded)"
python3 -c '
import os, signal
pids, why = [], 0
for _ in range(100):
    try:
        pid = os.fork()
    except OSError as e:
        why = e.errno; break
    if pid == 0:
        signal.pause()
    pids.append(pid)
for pid in pids:
    os.kill(pid, 9)
print("tasks:", os.strerror(why))'
echo "cpus: $(nproc) $(taskset -c 0 true 2>&1 | grep -c failed) $(numactl --physcpubind=4 nproc) $(numactl --physcpubind=0 true 2>&1 | grep -c -e not -e invalid -e Usage)"
cat /etc/kloigos/units/u4-5/environment | grep -c ^KLOIGOS_
"#;

/// The files of the slice, a line each.
const KERNEL: &str = "cd /sys/fs/cgroup/user.slice/user-70003.slice
for file in memory.max memory.high memory.swap.max pids.max io.weight io.max; do
    echo $file $(cat $file 2>/dev/null || true)
done
systemctl is-active user@70003.service";

fn limited() -> UnitSpec {
    UnitSpec {
        limits: Limits {
            memory_max: Some(160 << 20),
            memory_high: Some(150 << 20),
            swap_max: Some(0),
            tasks_max: Some(60),
            io_weight: Some(50),
            io_read_bytes: Some(64 << 20),
            io_write_bytes: Some(32 << 20),
            disk_bytes: Some(20 << 20),
            disk_inodes: Some(300),
        },
        ..unit(2)
    }
}

pub(crate) fn a_unit_uses_no_more_than_it_may(stage: &Stage) -> Result<()> {
    let tenancy = stage.allocated(limited())?;
    stage.apply_unit(tenancy.clone())?;
    let found = stage.tenant(&tenancy).run(ATTEMPTS)?;
    for expected in [
        "bytes: quota exceeded",
        "project: quota exceeded",
        "elsewhere: quota exceeded",
        "inodes: quota exceeded",
        "tasks: Resource temporarily unavailable",
        "cpus: 2 1 1 1",
    ] {
        let found = found.to_lowercase();
        ensure!(
            found.contains(&expected.to_lowercase()),
            "{expected}: {found}"
        );
    }
    // Killed by the kernel, or stopped with that as its result; the manager is as it was.
    ensure!(
        !found.contains("memory: 0") && found.contains(" 1\ntasks"),
        "{found}"
    );
    let kernel = stage.script(KERNEL)?;
    for expected in [
        format!("memory.max {}", 160 << 20),
        format!("memory.high {}", 150 << 20),
        "memory.swap.max 0".to_owned(),
        "pids.max 60".to_owned(),
        "io.weight default 50".to_owned(),
        format!("rbps={} wbps={} riops=max", 64 << 20, 32 << 20),
        "\nactive".to_owned(),
    ] {
        ensure!(kernel.contains(&expected), "{expected}: {kernel}");
    }
    no_limit_resets_the_former(stage, tenancy)
}

/// Live, with the tenant's processes going on.
fn no_limit_resets_the_former(stage: &Stage, tenancy: UnitSpec) -> Result<()> {
    let pid = "systemctl show --property=MainPID user@70003.service";
    let before = stage.script(pid)?;
    let none = Limits {
        swap_max: None,
        ..Limits::default()
    };
    let free = UnitSpec {
        limits: none,
        ..tenancy
    };
    stage.apply_unit(free)?;
    ensure!(stage.script(pid)? == before, "its manager was restarted");
    let kernel = stage.script(KERNEL)?;
    for expected in [
        "memory.max max",
        "memory.high max",
        "memory.swap.max max",
        "pids.max max",
    ] {
        ensure!(kernel.contains(expected), "{expected}: {kernel}");
    }
    ensure!(
        !kernel.contains("rbps=") && !kernel.contains("default 50"),
        "{kernel}"
    );
    let quota = stage.script("quota -u -v -w --no-wrap -p u4-5 2>&1 || true")?;
    ensure!(!quota.contains("20480"), "{quota}");
    stage.apply_unit(unit(2))?;
    Ok(())
}

/// A disk of the lab's, and what is on it.
const DISK: &str = "/dev/disk/by-id/virtio-lab-data1";

fn with_volume() -> UnitSpec {
    UnitSpec {
        volume: Some(Volume {
            path: DISK.parse().expect("a stable path"),
            wipe: false,
        }),
        ..unit(2)
    }
}

/// A partition table of the oldest kind with one partition.
const PARTITION: &str = r#"swapoff /dev/vdb; wipefs -aq /dev/vdb
python3 -c '
import struct
entry = struct.pack("<B3sB3sII", 0, b"\0\0\0", 0x83, b"\0\0\0", 2048, 204800)
open("/dev/vdb", "r+b").write(b"\0" * 446 + entry + b"\0" * 48 + b"\x55\xaa")'
blockdev --rereadpt /dev/vdb 2>/dev/null; udevadm settle"#;

/// Also made anew, as a unit keeps the volume that it was made with.
pub(crate) fn a_volume_is_taken_only_when_it_is_empty(stage: &Stage) -> Result<()> {
    let scopes = vec![stage.next(Spec::Unit(unit(2)))];
    stage.settle(&Request::Remove { scopes })?;
    let wanted = Request::Apply {
        scopes: vec![stage.next(Spec::Unit(with_volume()))],
    };
    for (prepare, holds) in [
        ("mkfs.xfs -q -f /dev/vdb", "signature xfs"),
        (
            "wipefs -aq /dev/vdb; printf x | dd of=/dev/vdb bs=1 seek=5000 conv=notrunc status=none",
            "unknown kind",
        ),
        (
            "dd if=/dev/zero of=/dev/vdb bs=1M count=2 status=none; mkswap -q /dev/vdb; swapon /dev/vdb",
            "swap in use",
        ),
        (PARTITION, "partition vdb1"),
    ] {
        stage.script(prepare)?;
        let report = stage.ask(&wanted)?;
        let message = report.fault.map(|fault| fault.message).unwrap_or_default();
        ensure!(
            report.outcome == Outcome::Refused && message.contains(holds),
            "{holds}: {message}"
        );
    }
    // dd of the ends leaves what XFS had in the middle.
    stage.script(
        "wipefs -aq /dev/vdb
         dd if=/dev/zero of=/dev/vdb bs=1M count=2 status=none
         dd if=/dev/zero of=/dev/vdb bs=1M seek=3070 count=2 status=none; udevadm settle",
    )?;
    stage.settle(&wanted)?;
    let tenancy = stage.allocated(with_volume())?;
    stage.apply_unit(tenancy.clone())?;
    let tenant = stage.tenant(&tenancy);
    tenant.run("ls -A /mnt/c4-5; dd if=/dev/zero of=/mnt/c4-5/data bs=1M count=30 status=none")?;
    stage.apply_unit(with_volume())?;
    let seen = stage.script(
        "findmnt -rno FSTYPE,OPTIONS /mnt/c4-5; stat -c '%U %a' /mnt/c4-5; ls -A /mnt/c4-5",
    )?;
    ensure!(seen.contains("ext4 rw,nosuid,nodev"), "{seen}");
    ensure!(seen.trim_end().ends_with("u4-5 700"), "{seen}");
    Ok(())
}

/// After the reboot it is there; after its removal the disk is as it was.
pub(crate) fn a_volume_is_empty_again(stage: &Stage) -> Result<()> {
    let seen = stage.script("findmnt -no SOURCE /mnt/c4-5; blkid -o value -s LABEL /dev/vdb")?;
    ensure!(seen == "/dev/vdb\nkloigos\n", "{seen}");
    let scopes = vec![stage.next(Spec::Unit(with_volume()))];
    stage.settle(&Request::Remove { scopes })?;
    let left = stage.script(
        "ls -d /mnt/c4-5 2>/dev/null || true; blkid -p /dev/vdb || true
         cmp -n 1048576 /dev/vdb /dev/zero
         ls -d /etc/systemd/system/{mnt-*,local-fs.target.d,user@70003*} 2>/dev/null || true",
    )?;
    ensure!(left.is_empty(), "{left}");
    stage.apply_unit(unit(2))?;
    Ok(())
}
