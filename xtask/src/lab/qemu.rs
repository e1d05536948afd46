//! The command line of a server's QEMU: pure rendering.
//!
//! A snapshot only loads into a machine with the same command line, so the
//! line is also an input of the boot snapshot's key.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use super::accel::Accelerator;
use super::spec::Spec;

/// The netdev of the network this machine reaches the server by.
pub(crate) const MANAGEMENT: &str = "n0";
/// The netdev of the network between the servers.
pub(crate) const PRIVATE: &str = "n1";
/// The disks of a server: file stem, serial, size for `qemu-img`.
pub(crate) const DATA_DISKS: [(&str, &str, &str); 2] =
    [("data1", "lab-data1", "3G"), ("data2", "lab-data2", "2G")];

const KERNEL_LINE: &str = "root=/dev/vda rw console=ttyS0 quiet loglevel=4 panic=-1 \
    mitigations=off net.ifnames=0 apparmor=0 audit=0 cryptomgr.notests \
    random.trust_cpu=on systemd.show_status=0";

/// The address of the private card of server `index`.
pub(crate) fn private_mac(index: u8) -> String {
    format!("52:54:00:65:01:{index:02x}")
}

/// All that decides a server's command line.
pub(crate) struct Machine<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) accelerator: Accelerator,
    pub(crate) index: u8,
    /// The server's folder: disks, console, pid file.
    pub(crate) folder: &'a Path,
    pub(crate) kernel: PathBuf,
    pub(crate) initrd: PathBuf,
    /// Where port 22 answers on this machine.
    pub(crate) address: Ipv4Addr,
    /// Keeps the private networks of two labs apart.
    pub(crate) private_port: u16,
}

impl Machine<'_> {
    /// The arguments after the program's name.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut line = words("-M pc -nodefaults -vga none -display none -daemonize");
        line.extend(self.processor());
        line.extend(self.memory());
        line.extend(self.start());
        line.extend(self.disks());
        line.extend(self.networks());
        line.extend(words("-device virtio-rng-pci"));
        // Relative: a socket's path has room for 107 bytes only, and QEMU is
        // started in the server's folder.
        line.extend(words("-qmp unix:qmp.sock,server=on,wait=off"));
        line.extend(["-pidfile".to_owned(), self.path("qemu.pid")]);
        line
    }

    fn processor(&self) -> Vec<String> {
        let (cpus, nodes) = (self.spec.cpus, self.spec.nodes);
        let cores = cpus / nodes;
        let mut line = words(self.accelerator.arguments());
        line.push("-smp".to_owned());
        line.push(format!("{cpus},sockets={nodes},cores={cores},threads=1"));
        line
    }

    fn memory(&self) -> Vec<String> {
        let nodes = self.spec.nodes;
        let cores = self.spec.cpus / nodes;
        let size = self.spec.memory / u32::from(nodes);
        let mut line = vec!["-m".to_owned(), self.spec.memory.to_string()];
        for node in 0..nodes {
            let first = node * cores;
            let last = first + cores - 1;
            line.push("-object".to_owned());
            line.push(format!("memory-backend-ram,id=m{node},size={size}M"));
            line.push("-numa".to_owned());
            line.push(format!(
                "node,nodeid={node},cpus={first}-{last},memdev=m{node}"
            ));
        }
        line
    }

    fn start(&self) -> Vec<String> {
        let index = self.index;
        vec![
            "-kernel".to_owned(),
            self.kernel.display().to_string(),
            "-initrd".to_owned(),
            self.initrd.display().to_string(),
            "-append".to_owned(),
            format!(
                "{KERNEL_LINE} systemd.hostname=srv{index} \
                 systemd.machine_id=1400000000004000800000000000{index:04x}"
            ),
            "-chardev".to_owned(),
            format!(
                "file,id=console,append=on,path={}",
                escaped(&self.path("console.log"))
            ),
            "-serial".to_owned(),
            "chardev:console".to_owned(),
        ]
    }

    /// `cache=unsafe` never waits for this machine's disk. What the guest has
    /// synced is still in this machine's page cache when QEMU is killed.
    fn disks(&self) -> Vec<String> {
        let mut line = Vec::new();
        let root = ("root", "lab-root", "");
        for (name, serial, _) in [root].into_iter().chain(DATA_DISKS) {
            let file = escaped(&self.path(&format!("{name}.qcow2")));
            line.push("-drive".to_owned());
            line.push(format!(
                "file={file},if=none,id={name},format=qcow2,cache=unsafe,discard=unmap"
            ));
            line.push("-device".to_owned());
            line.push(format!("virtio-blk-pci,drive={name},serial={serial}"));
        }
        line
    }

    fn networks(&self) -> Vec<String> {
        let (index, address, port) = (self.index, self.address, self.private_port);
        vec![
            "-netdev".to_owned(),
            format!("user,id={MANAGEMENT},ipv6=off,hostfwd=tcp:{address}:22-:22"),
            "-device".to_owned(),
            format!("virtio-net-pci,netdev={MANAGEMENT},romfile=,mac=52:54:00:65:00:{index:02x}"),
            "-netdev".to_owned(),
            // Bound to loopback and with a port of its own, so that neither
            // the local network nor another lab sees it.
            format!("socket,id={PRIVATE},mcast=230.0.0.65:{port},localaddr=127.0.0.1"),
            "-device".to_owned(),
            format!(
                "virtio-net-pci,netdev={PRIVATE},romfile=,mac={}",
                private_mac(index)
            ),
        ]
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// QEMU ends an option's value at a comma unless it is doubled.
fn escaped(value: &str) -> String {
    value.replace(',', ",,")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cpus: u16, nodes: u16) -> String {
        let spec = Spec {
            cpus,
            nodes,
            ..Spec::default()
        };
        let machine = Machine {
            spec: &spec,
            accelerator: Accelerator::Tcg,
            index: 2,
            folder: Path::new("/lab/a,b/srv2"),
            kernel: "/image/vmlinuz".into(),
            initrd: "/image/initrd".into(),
            address: Ipv4Addr::new(127, 65, 0, 7),
            private_port: 26_507,
        };
        machine.arguments().join(" ")
    }

    #[test]
    fn cpus_and_memory_spread_over_the_nodes() {
        let line = line(16, 2);
        assert!(line.contains("-smp 16,sockets=2,cores=8,threads=1"));
        assert!(line.contains("memory-backend-ram,id=m1,size=1536M"));
        assert!(line.contains("node,nodeid=0,cpus=0-7,memdev=m0"));
        assert!(line.contains("node,nodeid=1,cpus=8-15,memdev=m1"));
    }

    #[test]
    fn emulation_leaves_out_what_breaks_linux_6_12() {
        assert!(line(8, 2).contains("-cpu max,-la57,-cx16"));
    }

    #[test]
    fn ssh_answers_at_the_servers_own_address_and_commas_are_doubled() {
        let line = line(1, 1);
        assert!(line.contains("hostfwd=tcp:127.65.0.7:22-:22"));
        assert!(line.contains("file=/lab/a,,b/srv2/data1.qcow2"));
        assert!(line.contains("mac=52:54:00:65:01:02"));
        assert!(line.contains("systemd.hostname=srv2"));
    }
}
