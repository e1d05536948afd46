//! The lab proves itself, on real servers: networks, cuts, power, snapshots. Part of
//! `cargo xtask prove`, since it takes minutes; the tests that run on the lab use most of it anyway.
//!
//! `KLOIGOS_LAB_RELEASE=bookworm` asks for Debian 12.

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use xtask::lab::{Cut, Lab, Link, Release, Server, Spec};

fn spec(name: &str, servers: u8) -> Spec {
    let bookworm = std::env::var("KLOIGOS_LAB_RELEASE").is_ok_and(|name| name == "bookworm");
    Spec {
        name: name.to_owned(),
        release: if bookworm {
            Release::Bookworm
        } else {
            Release::Trixie
        },
        servers,
        ..Spec::default()
    }
}

fn pings(from: &Server, to: &Server) -> Result<bool> {
    let target = to.private_address().to_string();
    let words = ["ping", "-q", "-c", "2", "-i", "0.3", "-W", "2", &target];
    Ok(from.ssh(&words)?.status.success())
}

fn read(server: &Server, path: &str) -> Result<String> {
    Ok(server.run(&["cat", path])?.trim().to_owned())
}

fn carrier(server: &Server) -> Result<String> {
    read(server, "/sys/class/net/eth1/carrier")
}

fn received(server: &Server) -> Result<u64> {
    Ok(read(server, "/sys/class/net/eth1/statistics/rx_packets")?.parse()?)
}

#[test]
fn private_links_are_cut_and_healed() -> Result<()> {
    let lab = Lab::up_temporary(&spec("test-private", 2))?;
    let (near, far) = (lab.server(1), lab.server(2));
    assert!(pings(near, far)?, "two servers reach each other");
    assert_ne!(
        read(near, "/etc/machine-id")?,
        read(far, "/etc/machine-id")?
    );
    assert_ne!(near.host_key()?, far.host_key()?);
    for how in [Cut::Both, Cut::In, Cut::Out, Cut::Cable] {
        let before = received(far)?;
        far.cut(how, Link::Private)?;
        assert!(!pings(near, far)?, "{how:?} stops a ping");
        // A request is an ARP question first; either is counted.
        let arrived = received(far)? > before;
        assert_eq!(
            arrived,
            how == Cut::Out,
            "{how:?}: what arrives at the cut server"
        );
        let expected = if how == Cut::Cable { "0" } else { "1" };
        assert_eq!(carrier(far)?, expected, "{how:?}: the carrier");
        far.restore(Link::Private)?;
        assert!(pings(near, far)?, "{how:?} heals");
        eprintln!("private {how:?}: as expected");
    }
    Ok(())
}

#[test]
fn a_cut_of_management_is_silence_and_sessions_outlive_it() -> Result<()> {
    let lab = Lab::up_temporary(&spec("test-management", 1))?;
    let server = lab.server(1);
    for how in [Cut::Both, Cut::In, Cut::Out, Cut::Cable] {
        let mut session = server.ssh_command("root");
        session.args(["echo begun; read -r word; echo $word"]);
        let mut session = session
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut begun = [0; 6];
        session
            .stdout
            .as_mut()
            .context("no output")?
            .read_exact(&mut begun)?;
        server.cut(how, Link::Management)?;
        session
            .stdin
            .as_mut()
            .context("no input")?
            .write_all(b"healed\n")?;
        let began = Instant::now();
        let mut stream = TcpStream::connect((server.address(), 22))?;
        stream.set_read_timeout(Some(Duration::from_secs(4)))?;
        let error = stream.read(&mut [0; 8]).unwrap_err();
        assert_eq!(
            error.kind(),
            std::io::ErrorKind::WouldBlock,
            "{how:?}: silence, no reset"
        );
        assert!(began.elapsed() >= Duration::from_secs(4));
        assert!(session.try_wait()?.is_none(), "{how:?}: the session waits");
        server.restore(Link::Management)?;
        let output = session.wait_with_output()?;
        assert_eq!(output.stdout, b"healed\n", "{how:?}: the session goes on");
        eprintln!(
            "management {how:?}: healed {:.1} s after the cut",
            began.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

#[test]
fn power_snapshots_and_ports() -> Result<()> {
    let lab = Lab::up_temporary(&spec("test-power", 1))?;
    let server = lab.server(1);
    assert_eq!(
        server.run(&["systemctl", "is-system-running"])?.trim(),
        "running"
    );
    let admin = server.ssh_as("admin", &["sudo", "id", "-u"])?;
    assert_eq!(admin.stdout, b"0\n");

    server.run(&["touch", "/root/kept"])?;
    server.snapshot("with-file")?;
    server.reset()?;
    assert!(
        server.run(&["ls", "/root/kept"]).is_err(),
        "the boot snapshot is older"
    );
    server.reset_to("with-file")?;
    server.run(&["ls", "/root/kept"])?;
    let seconds = server.run(&["date", "+%s.%N"])?.trim().parse::<f64>()?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    assert!(
        (seconds - now.as_secs_f64()).abs() < 2.0,
        "the clock is set after a reset"
    );

    ports(server)?;
    server.reset_to("with-file")?;
    ports(server)?;
    server.script("echo a > /root/synced; sync; echo b > /root/unsynced")?;
    server.power_cut()?;
    server.run(&["cat", "/root/synced"])?;
    let lost = server.ssh(&["cat", "/root/unsynced"])?;
    assert!(lost.stdout.is_empty(), "what was not synced is lost");
    ports(server)?;

    let boot = server.boot_id()?;
    server.reboot()?;
    assert_ne!(server.boot_id()?, boot);
    assert_eq!(
        server.run(&["systemctl", "is-system-running"])?.trim(),
        "running"
    );

    let file = std::env::current_exe()?;
    server.push_file(&file, "/root/pushed")?;
    let pushed = server.run(&["stat", "-c", "%s", "/root/pushed"])?;
    assert_eq!(pushed.trim(), std::fs::metadata(file)?.len().to_string());
    Ok(())
}

/// A forwarded port answers under its own number, by TCP and UDP.
fn ports(server: &Server) -> Result<()> {
    server.forward([2001])?;
    server.forward([2001, 2002])?;
    let script = "import socket\n\
        t=socket.create_server(('0.0.0.0',2001)); u=socket.socket(type=socket.SOCK_DGRAM)\n\
        u.bind(('0.0.0.0',2002)); print('listening',flush=True)\n\
        c,_=t.accept(); c.sendall(b'tcp'); c.close()\n\
        _,a=u.recvfrom(9); u.sendto(b'udp',a)\n";
    let mut answerer = server.ssh_command("root");
    answerer
        .args(["python3", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut answerer = answerer.spawn()?;
    answerer
        .stdin
        .take()
        .context("no input")?
        .write_all(script.as_bytes())?;
    answerer
        .stdout
        .as_mut()
        .context("no output")?
        .read_exact(&mut [0; 10])?;
    let mut word = String::new();
    let mut stream = TcpStream::connect((server.address(), 2001))?;
    stream.read_to_string(&mut word)?;
    assert_eq!(word, "tcp");
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    socket.send_to(b"?", (server.address(), 2002))?;
    let mut answer = [0; 3];
    socket.recv(&mut answer)?;
    assert_eq!(&answer, b"udp");
    assert!(answerer.wait()?.success());
    Ok(())
}
