//! Hardware virtualisation only after a proof: on some machines /dev/kvm is
//! there, but a Debian kernel hangs or dies on it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::folders::{cache, read, write};
use super::image::Image;
use super::initrd::{PROBE_ANSWER, PROBE_WORD};
use super::process::command;
use super::progress::say;

const PATIENCE: Duration = Duration::from_secs(20);

/// How a server's instructions are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accelerator {
    Kvm,
    Tcg,
}

impl Accelerator {
    /// The arguments for QEMU. Under emulation, QEMU 7.2 corrupts flags in
    /// cmpxchg16b, at which Linux 6.12 double-faults at random, and five-level
    /// page tables are slow.
    pub(crate) const fn arguments(self) -> &'static str {
        match self {
            Self::Kvm => "-accel kvm -cpu host",
            Self::Tcg => "-accel tcg,thread=multi,tb-size=512 -cpu max,-la57,-cx16",
        }
    }

    /// What a person calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Kvm => "KVM",
            Self::Tcg => "emulation (TCG)",
        }
    }

    /// The best one that works here. The answer of a probe holds until this
    /// machine boots again.
    pub(crate) fn choose(image: &Image) -> Result<Self> {
        let remembered = remembered()?;
        if let Ok(answer) = read(&remembered) {
            return Ok(if answer.trim() == "kvm" {
                Self::Kvm
            } else {
                Self::Tcg
            });
        }
        let works = Path::new("/dev/kvm").exists() && probe(image)?;
        write(&remembered, if works { "kvm\n" } else { "tcg\n" })?;
        Ok(if works { Self::Kvm } else { Self::Tcg })
    }
}

fn remembered() -> Result<PathBuf> {
    let boot = read("/proc/sys/kernel/random/boot_id".as_ref())?;
    Ok(cache()?.join(format!("accelerator-{}", boot.trim())))
}

/// Boots the server's kernel to the first line of its initrd.
fn probe(image: &Image) -> Result<bool> {
    say("trying KVM with a Debian kernel");
    let console = cache()?.join("probe-console.log");
    write(&console, "")?;
    let mut qemu = command(
        "qemu-system-x86_64",
        ["-M", "pc", "-nodefaults", "-m", "512"],
    );
    qemu.args(Accelerator::Kvm.arguments().split_whitespace());
    qemu.args(["-display", "none", "-no-reboot", "-smp", "2", "-append"]);
    qemu.arg(format!("console=ttyS0 panic=-1 {PROBE_WORD}"));
    qemu.arg("-kernel")
        .arg(image.kernel())
        .arg("-initrd")
        .arg(image.initrd());
    qemu.arg("-serial")
        .arg(format!("file:{}", console.display()));
    qemu.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = qemu.spawn().context("cannot start qemu-system-x86_64")?;
    let began = Instant::now();
    let mut answered = false;
    while began.elapsed() < PATIENCE && !answered {
        std::thread::sleep(Duration::from_millis(100));
        answered = read(&console).unwrap_or_default().contains(PROBE_ANSWER);
        if child.try_wait()?.is_some() {
            break;
        }
    }
    answered |= read(&console).unwrap_or_default().contains(PROBE_ANSWER);
    let _ = child.kill();
    // A process that hangs inside the kernel would make us wait for ever.
    std::thread::sleep(Duration::from_millis(100));
    let _ = child.try_wait();
    say(if answered {
        "KVM works"
    } else {
        "KVM does not boot a Debian kernel here"
    });
    Ok(answered)
}
