//! Whether a user may bind a port, by trying.
#![expect(
    unsafe_code,
    reason = "fork(2), setresuid(2) and bind(2) of a child have no safe crate"
)]
// JUSTIFICATION: the bind filter goes by the uid of whoever calls bind(2), so only a process that
// *is* the user learns what it says. The child stays in this process's cgroup: in the unit's it
// would spend the unit's memory and stand still with it.

use std::{
    io,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
};

use super::{Bound, Sys, SysError, kernel::Socket};

/// The lowest uid that this becomes; below are the system's own.
const LOWEST: u32 = 1000;
/// The most ports of one call, so that the answer fits into a pipe at once.
const PORTS_MAX: usize = 64;
/// How long the child may take, in milliseconds: its user may stop it.
const PATIENCE: i32 = 10_000;

/// What bind(2) answers the user at each port, for each kind of socket.
pub(super) fn attempts(uid: u32, ports: &[u16]) -> Sys<Vec<[Bound; 4]>> {
    let failed = |error| SysError::kernel(format!("try to bind ports as uid {uid}"), error);
    if uid < LOWEST || ports.len() > PORTS_MAX {
        return Err(failed(io::ErrorKind::InvalidInput.into()));
    }
    let codes = forked(uid, ports).map_err(failed)?;
    let rows = codes.chunks_exact(Socket::ALL.len());
    let rows = rows.map(|row| [row[0], row[1], row[2], row[3]].map(bound));
    Ok(rows.collect())
}

fn bound(errno: i32) -> Bound {
    match errno {
        0 => Bound::Yes,
        libc::EPERM => Bound::Refused,
        libc::EADDRINUSE => Bound::InUse,
        libc::EAFNOSUPPORT => Bound::NoSuchSocket,
        errno => Bound::Failed(errno),
    }
}

/// The error numbers, port by port and socket by socket.
fn forked(uid: u32, ports: &[u16]) -> io::Result<Vec<i32>> {
    let [reader, writer] = pipe()?;
    // SAFETY: this process has one thread, so the child may use everything the parent could.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => become_and_bind(uid, ports, writer.as_raw_fd()),
        child => {
            drop(writer);
            let answer = read_within(&reader, ports.len() * Socket::ALL.len());
            end(child);
            answer
        }
    }
}

fn pipe() -> io::Result<[OwnedFd; 2]> {
    let mut ends = [0; 2];
    // SAFETY: `ends` is a place for two numbers.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just opened both for this process and nobody else owns them.
    Ok(ends.map(|end| unsafe { OwnedFd::from_raw_fd(end) }))
}

/// The child's part: it becomes the user, tries, and tells. A process that changed its uid is not
/// dumpable, so the user cannot trace it (ptrace(2)).
fn become_and_bind(uid: u32, ports: &[u16], writer: i32) -> ! {
    let mut codes = [0_i32; PORTS_MAX * Socket::ALL.len()];
    let cells = ports.len() * Socket::ALL.len();
    // SAFETY: plain system calls on numbers; setgroups reads no list when its length is 0. When
    // one fails the child ends before it could bind as root.
    let became = unsafe {
        libc::setgroups(0, std::ptr::null()) == 0
            && libc::setresgid(uid, uid, uid) == 0
            && libc::setresuid(uid, uid, uid) == 0
            && libc::getuid() == uid
            && libc::prctl(libc::PR_SET_DUMPABLE, 0) == 0
    };
    if became {
        let tries = ports
            .iter()
            .flat_map(|port| Socket::ALL.map(|socket| (*port, socket)));
        for (cell, (port, socket)) in codes.iter_mut().zip(tries) {
            *cell = try_one(socket, port);
        }
    }
    // SAFETY: `codes` is longer than what is written of it, and nothing follows but the end.
    unsafe {
        if became {
            libc::write(writer, codes.as_ptr().cast(), cells * size_of::<i32>());
        }
        libc::_exit(i32::from(!became));
    }
}

/// The error number of one attempt; the socket is closed at once.
fn try_one(socket: Socket, port: u16) -> i32 {
    let (domain, kind) = match socket {
        Socket::Tcp4 => (libc::AF_INET, libc::SOCK_STREAM),
        Socket::Tcp6 => (libc::AF_INET6, libc::SOCK_STREAM),
        Socket::Udp4 => (libc::AF_INET, libc::SOCK_DGRAM),
        Socket::Udp6 => (libc::AF_INET6, libc::SOCK_DGRAM),
    };
    // SAFETY: plain system calls; the address is all zero but for family and port, which is the
    // wildcard in both families, and its size is that of the larger, which both accept.
    unsafe {
        let fd = libc::socket(domain, kind | libc::SOCK_CLOEXEC, 0);
        if fd < 0 {
            return errno();
        }
        let mut address: libc::sockaddr_in6 = std::mem::zeroed();
        address.sin6_family = domain.cast_unsigned() as libc::sa_family_t;
        // The port is at the same place in `sockaddr_in`.
        address.sin6_port = port.to_be();
        let size = size_of::<libc::sockaddr_in6>() as libc::socklen_t;
        let done = libc::bind(fd, (&raw const address).cast(), size);
        let code = if done == 0 { 0 } else { errno() };
        libc::close(fd);
        code
    }
}

fn errno() -> i32 {
    io::Error::last_os_error()
        .raw_os_error()
        .unwrap_or(libc::EIO)
}

/// The numbers that the child writes at once; an error when it ends or lingers without.
fn read_within(reader: &OwnedFd, cells: usize) -> io::Result<Vec<i32>> {
    let mut poll = libc::pollfd {
        fd: reader.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    let mut bytes = vec![0_u8; cells * size_of::<i32>()];
    // SAFETY: `poll` is one valid entry, and `bytes` is as long as said.
    let read = unsafe {
        match libc::poll(&raw mut poll, 1, PATIENCE) {
            0 => return Err(io::ErrorKind::TimedOut.into()),
            1 => libc::read(poll.fd, bytes.as_mut_ptr().cast(), bytes.len()),
            _ => -1,
        }
    };
    match usize::try_from(read) {
        Ok(read) if read == bytes.len() => {
            let words = bytes.as_chunks::<4>().0;
            Ok(words.iter().copied().map(i32::from_ne_bytes).collect())
        }
        Ok(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        Err(_) => Err(io::Error::last_os_error()),
    }
}

/// Ends the child, whatever its user did to it, and forgets it.
fn end(child: libc::pid_t) {
    let mut status = 0;
    // SAFETY: `child` is a child of this process that nobody else waits for, so its number is
    // still its own; `status` is a place for an int.
    unsafe {
        libc::kill(child, libc::SIGKILL);
        while libc::waitpid(child, &raw mut status, 0) < 0
            && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
        {}
    }
}
