//! A server's power, memory and links: everything after which it must be
//! found again.

use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::folders::write;
use super::link::{self, Cut, Link};
use super::progress::{Step, say};
use super::server::Server;
use super::spec::check_name;

/// The snapshot every server has: just booted.
pub(crate) const BOOT: &str = "boot";
/// A cold boot of many CPUs on a busy machine takes minutes under emulation.
const PATIENCE: Duration = Duration::from_mins(10);

impl Server {
    /// Goes back to the boot snapshot.
    pub fn reset(&self) -> Result<()> {
        self.reset_to(BOOT)
    }

    /// Goes back to a snapshot: disks, memory and whole links. The clock is
    /// set and ssh answers when this returns.
    pub fn reset_to(&self, name: &str) -> Result<()> {
        check_name(name)?;
        let step = Step::begin(&format!("srv{}: back to snapshot {name}", self.index));
        self.close_doors();
        if self.is_running() {
            self.emulator.monitor()?.silent(&format!("loadvm {name}"))?;
            self.heal()?;
        } else {
            self.power_on(Some(name))?;
        }
        self.await_ssh()?;
        step.done();
        Ok(())
    }

    /// Keeps disks and memory as they are now under a name.
    pub fn snapshot(&self, name: &str) -> Result<()> {
        check_name(name)?;
        ensure!(name != BOOT, "`{BOOT}` is the lab's own snapshot");
        self.run(&["sync"])?;
        self.emulator.monitor()?.silent(&format!("savevm {name}"))
    }

    /// Cuts a link until it is restored or the server starts again. An
    /// earlier cut of the link is replaced.
    pub fn cut(&self, how: Cut, link: Link) -> Result<()> {
        link::cut(&mut self.emulator.monitor()?, how, link)
    }

    /// Heals a link; one that is whole stays so.
    pub fn restore(&self, link: Link) -> Result<()> {
        link::restore(&mut self.emulator.monitor()?, link)
    }

    /// Asks the server to reboot and waits until it is up again.
    pub fn reboot(&self) -> Result<()> {
        let before = self.boot_id()?;
        let step = Step::begin(&format!("srv{}: reboot", self.index));
        // The connection may die before the command's status is back.
        let _ = self.ssh(&["systemctl", "reboot"])?;
        self.close_doors();
        self.await_another_boot(&before)?;
        self.await_boot_end()?;
        step.done();
        Ok(())
    }

    /// Kills QEMU and starts it again from the disks as they were. What the
    /// server had synced is there, what it had only in memory is lost.
    pub fn power_cut(&self) -> Result<()> {
        let step = Step::begin(&format!("srv{}: power cut", self.index));
        self.power_off()?;
        self.power_on(None)?;
        self.await_ssh()?;
        self.await_boot_end()?;
        step.done();
        Ok(())
    }

    /// Kills QEMU and leaves the server off.
    pub fn power_off(&self) -> Result<()> {
        self.close_doors();
        self.emulator.kill()
    }

    /// Starts a server that is off, from a snapshot or from its disks; its
    /// forwarded ports come back, ssh may not answer yet.
    pub fn power_on(&self, snapshot: Option<&str>) -> Result<()> {
        self.close_doors();
        self.emulator.start(snapshot)?;
        self.heal()?;
        for port in self.forwards() {
            self.forward_now(port)?;
        }
        Ok(())
    }

    /// The id the kernel gave to the server's present boot.
    pub fn boot_id(&self) -> Result<String> {
        self.run(&["cat", "/proc/sys/kernel/random/boot_id"])
    }

    /// A snapshot may have been taken with a link cut.
    fn heal(&self) -> Result<()> {
        Link::ALL.iter().try_for_each(|link| self.restore(*link))
    }

    /// Waits until root can log in, and sets the clock: the clock of a
    /// restored server stands at the time of its snapshot.
    pub(crate) fn await_ssh(&self) -> Result<()> {
        let door = self.door("root");
        let what = format!("srv{}: waiting for ssh at {}", self.index, self.address());
        self.poll(&what, || door.greets() && door.set_clock().is_ok())
    }

    fn await_another_boot(&self, before: &str) -> Result<()> {
        let door = self.door("root");
        let what = format!("srv{}: waiting for another boot", self.index);
        self.poll(&what, || {
            // A poweroff instead of a reboot ends QEMU: start it again.
            if !self.is_running() && self.power_on(None).is_err() {
                return false;
            }
            let up = door.greets() && self.boot_id().is_ok_and(|id| id != before);
            if !up {
                self.close_doors();
            }
            up && door.set_clock().is_ok()
        })
    }

    fn poll(&self, what: &str, mut done: impl FnMut() -> bool) -> Result<()> {
        let mut step = Step::quietly(what);
        while !done() {
            if !self.is_running() {
                bail!(
                    "srv{}: QEMU has ended\n{}",
                    self.index,
                    self.emulator.last_words()
                );
            }
            if step.elapsed() > PATIENCE {
                bail!("{what}: in vain\n{}", self.emulator.last_words());
            }
            step.goes_on();
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// Waits until systemd has started all it wanted; says what failed.
    pub(crate) fn await_boot_end(&self) -> Result<()> {
        let output = self.ssh(&["systemctl", "is-system-running", "--wait"])?;
        let state = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if state != "running" {
            let failed = self.run(&["systemctl", "--failed", "--plain", "--no-legend"])?;
            say(&format!("srv{} is {state}: {}", self.index, failed.trim()));
        }
        Ok(())
    }

    /// Asks a server that has just booted for its host keys.
    pub(crate) fn learn_host_keys(&self) -> Result<()> {
        let listed = self.script("cat /etc/ssh/ssh_host_*_key.pub")?;
        let keys = listed.lines().map(|line| {
            let words: Vec<&str> = line.split(' ').take(2).collect();
            words.join(" ") + "\n"
        });
        write(&self.folder().join("host_keys"), keys.collect::<String>())?;
        self.write_known_hosts()
    }

    /// Writes the host keys under the address the server has in this lab.
    pub(crate) fn write_known_hosts(&self) -> Result<()> {
        let address = self.address();
        let keys = self.host_keys()?;
        let lines: Vec<String> = keys.iter().map(|key| format!("{address} {key}")).collect();
        write(&self.known_hosts_path(), lines.join("\n") + "\n")
    }
}
