//! An sshd of a test's own, on a port of its own.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
};

/// Starts one on loopback with the host key `host` and the settings of `more`, all files in `dir`,
/// its log too. It answers a moment later.
pub fn start(dir: &Path, port: u16, authorized: &str, more: &str) -> Child {
    // Where it separates its privileges.
    fs::create_dir_all("/run/sshd").expect("sshd's run directory");
    let file = |name: &str| dir.join(name).display().to_string();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\n\
         StrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin yes\n{more}\n",
        file("host"),
        file(authorized),
    );
    fs::write(dir.join("sshd_config"), config).expect("a file");
    let log = fs::File::create(dir.join("sshd.log")).expect("a file");
    let sshd = Command::new("/usr/sbin/sshd")
        .args(["-D", "-e", "-f"])
        .arg(dir.join("sshd_config"))
        .stdin(Stdio::null())
        .stderr(log)
        .spawn();
    sshd.expect("/usr/sbin/sshd is installed (package openssh-server)")
}

/// A port of loopback that nobody listens at.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}
