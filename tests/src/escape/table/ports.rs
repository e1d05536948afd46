//! Ports of others, and answers on no port of one's own.

use super::super::{
    Attempt, Channel, Judge,
    Mechanism::{self, BindFilter, BlockedProtocols, ReservedPorts, Rules, Sshd, Uid},
    Promise::{self, Ports},
};

const BIND: (Promise, Mechanism) = (Ports, BindFilter);
const REPLY: (Promise, Mechanism) = (Ports, Rules);
const KERNEL: (Promise, Mechanism) = (Ports, Uid);

pub(super) const ATTEMPTS: &[Attempt] = &[
    // The suite would also be green where nothing works at all.
    Attempt::new(
        BIND,
        "ports-its-own",
        "binding a port of its own, TCP and UDP, IPv4 and IPv6 (must work)",
        "4 bound",
        r"
made = []
for family, option in ((socket.AF_INET, []), (socket.AF_INET6, [(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)])):
    for kind in (TCP, UDP):
        made.append(bind(family, kind, PORTS[0] + 7, options=option))
say('%d bound' % len(made))
",
    )
    .accepted("these ports are its own"),
    Attempt::new(BIND, "ports-tcp4-of-the-victim", "a free TCP port of the victim", "EPERM", "bind(socket.AF_INET, TCP, PORT + 9)"),
    Attempt::new(BIND, "ports-tcp6-of-the-victim", "the same over IPv6", "EPERM", "bind(socket.AF_INET6, TCP, PORT + 9)"),
    Attempt::new(BIND, "ports-udp4-of-the-victim", "a free UDP port of the victim", "EPERM", "bind(socket.AF_INET, UDP, PORT + 9)"),
    Attempt::new(BIND, "ports-udp6-of-the-victim", "the same over IPv6", "EPERM", "bind(socket.AF_INET6, UDP, PORT + 9)"),
    Attempt::new(BIND, "ports-of-nobody", "a port that is no unit's", "EPERM", "bind(socket.AF_INET, TCP, 9000)"),
    Attempt::new(
        BIND,
        "ports-mapped-address",
        "an IPv4 address written as IPv6 (::ffff:0.0.0.0)",
        "EPERM",
        "bind(socket.AF_INET6, TCP, PORT + 9, '::ffff:0.0.0.0')",
    ),
    Attempt::new(BIND, "ports-loopback-alias", "another loopback address", "EPERM", "bind(socket.AF_INET, TCP, PORT + 9, '127.1.2.3')"),
    Attempt::new(
        BIND,
        "ports-free-bind",
        "an address that the server has not (IP_FREEBIND)",
        "EPERM",
        "bind(socket.AF_INET, TCP, PORT + 9, '192.0.2.1', options=[(0, 15, 1)])",
    ),
    Attempt::new(
        BIND,
        "ports-bound-to-a-device",
        "one interface only (SO_BINDTODEVICE)",
        "EPERM",
        "bind(socket.AF_INET, TCP, PORT + 9, options=[(socket.SOL_SOCKET, 25, b'lo')])",
    ),
    Attempt::new(
        BIND,
        "ports-theft-by-reuseport",
        "the victim's own port beside it (SO_REUSEPORT)",
        "EPERM",
        "bind(socket.AF_INET, TCP, PORT, options=[(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)])",
    ),
    Attempt::new(BIND, "ports-mptcp", "multipath TCP", "EPERM", "bind(socket.AF_INET, TCP, PORT + 9, protocol=262)"),
    Attempt::new(BIND, "ports-udp-lite", "UDP-Lite", "EPERM", "bind(socket.AF_INET, UDP, PORT + 9, protocol=136)"),
    Attempt::new(
        BIND,
        "ports-io-uring-bind",
        "bind by io_uring (IORING_OP_BIND)",
        "EPERM",
        r"
made = socket.socket(socket.AF_INET, TCP)
address = ctypes.create_string_buffer(struct.pack('!BBH4s8x', 2, 0, PORT + 9, bytes(4)))
address[0], address[1] = 2, 0
Ring().submit(56, fd=made.fileno(), address=ctypes.addressof(address), offset=16)
",
    )
    .not_on_bookworm("Linux 6.1 has no IORING_OP_BIND; it came with 6.11"),
    Attempt::new(
        BIND,
        "ports-bound-twice",
        "a socket bound to a port of its own, connected to nobody and bound again",
        "EPERM|EINVAL",
        r"
made = socket.socket(socket.AF_INET, UDP)
made.bind(('', PORTS[0] + 8))
made.connect(('127.0.0.1', 9))
LIBC.connect(made.fileno(), struct.pack('H14x', 0), 16)
made.bind(('', PORT + 9))
",
    )
    .backed_by("the kernel, which binds a socket once"),
    Attempt::new(
        BIND,
        "ports-smc",
        "shared memory communication, which is TCP underneath (AF_SMC)",
        "EPERM|EAFNOSUPPORT",
        r"
made = socket.socket(43, TCP)
address = struct.pack('=H', 2) + struct.pack('!H12x', PORT + 9)
LIBC.bind(made.fileno(), address, 16) and (_ for _ in ()).throw(OSError(ctypes.get_errno(), 'bind'))
",
    ),
    Attempt::new(
        REPLY,
        "ports-listen-without-bind",
        "a listener on a port of the kernel's choice",
        "silent",
        r"
made = socket.socket()
made.listen()
serve(made)
note(port=made.getsockname()[1])
linger()
",
    )
    .judged(Judge::Host("say(answers(NOTES['port']))")),
    Attempt::new(
        REPLY,
        "ports-bind-to-zero",
        "bind(0) and listen over IPv6",
        "silent",
        "made = bind(socket.AF_INET6, TCP, 0); serve(made); note(port=made.getsockname()[1]); linger()",
    )
    .judged(Judge::Host("say(answers(NOTES['port'], '::1'))")),
    Attempt::new(
        REPLY,
        "ports-private-network",
        "bind(0) and listen on the network between servers",
        "silent",
        "made = bind(socket.AF_INET, TCP, 0); serve(made); note(port=made.getsockname()[1]); linger()",
    )
    .judged(Judge::Host("say(answers(NOTES['port'], '10.65.0.1'))")),
    Attempt::new(
        REPLY,
        "ports-udp-reply",
        "an answer from a UDP port of the kernel's choice",
        "silent",
        "made = bind(socket.AF_INET, UDP, 0); serve(made); note(port=made.getsockname()[1]); linger()",
    )
    .judged(Judge::Host("say(answers(NOTES['port'], kind=UDP))")),
    Attempt::new(
        REPLY,
        "ports-udp-one-way",
        "listening on a UDP port of the kernel's choice without answering",
        "heard",
        r"
made = bind(socket.AF_INET, UDP, 0)
def hear():
    made.recv(8)
    open(os.path.expanduser('~/heard'), 'w').close()
threading.Thread(target=hear, daemon=True).start()
note(port=made.getsockname()[1])
linger()
",
    )
    .judged(Judge::Host(
        r"
socket.socket(socket.AF_INET, UDP).sendto(b'?', ('127.0.0.1', NOTES['port']))
for _ in range(30):
    if os.path.exists('/home/u0-1/heard'):
        os.unlink('/home/u0-1/heard')
        say('heard')
    time.sleep(0.1)
say('silent')
",
    ))
    .accepted("a UDP client must hear the answers to what it asked; nothing that listens there can answer"),
    Attempt::new(
        (Ports, ReservedPorts),
        "ports-given-by-the-kernel",
        "hundreds of bind(0), one of which may get a port of the victim's",
        "elsewhere",
        r"
made = [socket.socket() for _ in range(800)]
for one in made:
    one.bind(('', 0))
ports = [one.getsockname()[1] for one in made]
say('the victims' if any(VICTIMS_PORTS[0] <= port <= VICTIMS_PORTS[1] for port in ports) else 'elsewhere')
",
    ),
    Attempt::new(
        (Ports, ReservedPorts),
        "ports-range-of-a-socket",
        "a socket whose ephemeral range is the victim's ports (IP_LOCAL_PORT_RANGE)",
        "elsewhere|EADDRINUSE",
        r"
made = socket.socket()
made.setsockopt(socket.IPPROTO_IP, 51, VICTIMS_PORTS[0] | VICTIMS_PORTS[1] << 16)
made.bind(('', 0))
port = made.getsockname()[1]
say('the victims' if VICTIMS_PORTS[0] <= port <= VICTIMS_PORTS[1] else 'elsewhere')
",
    )
    .not_on_bookworm("Linux 6.1 has no IP_LOCAL_PORT_RANGE; it came with 6.3"),
    Attempt::new(
        (Ports, BlockedProtocols),
        "ports-sctp",
        "SCTP, whose bind no filter sees",
        "EPROTONOSUPPORT",
        "socket.socket(socket.AF_INET, TCP, 132)",
    ),
    Attempt::new(
        (Ports, BlockedProtocols),
        "ports-dccp",
        "DCCP, whose bind no filter sees",
        "ESOCKTNOSUPPORT|EPROTONOSUPPORT",
        "socket.socket(socket.AF_INET, 6, 33)",
    )
    .backed_by("Debian's kernels do not load DCCP for whoever asks"),
    Attempt::new(KERNEL, "ports-raw", "a raw socket, which needs no port", "EPERM", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)"),
    Attempt::new(KERNEL, "ports-packet", "a packet socket, which hears everybody", "EPERM", "socket.socket(17, socket.SOCK_RAW, 0x300)"),
    Attempt::new(
        KERNEL,
        "ports-transparent",
        "any address and port (IP_TRANSPARENT)",
        "EPERM",
        "socket.socket().setsockopt(0, 19, 1)",
    ),
    Attempt::new(KERNEL, "ports-rules", "flushing the rules", "refused", "refused('/usr/sbin/nft flush table inet kloigos')"),
    Attempt::new(
        KERNEL,
        "ports-rules-from-a-user-namespace",
        "flushing the rules as root of a user namespace",
        "refused",
        "namespaces('mount'); refused('/usr/sbin/nft flush table inet kloigos')",
    )
    .backed_by("root of a user namespace of its own has no power outside it"),
    Attempt::new(
        KERNEL,
        "ports-map-of-the-filter",
        "opening the filter's map in /sys/fs/bpf",
        "EACCES|EPERM",
        "os.listdir('/sys/fs/bpf/kloigos')",
    ),
    Attempt::new(
        KERNEL,
        "ports-address-of-its-own",
        "adding an address to an interface",
        "refused",
        "refused('/usr/sbin/ip address add 192.0.2.77/32 dev lo')",
    ),
    Attempt::new(
        KERNEL,
        "ports-back-into-the-servers-network",
        "root of a network namespace of its own joins the server's by setns(2)",
        "EPERM|EACCES|ENOENT",
        r"
namespaces('net')
call('setns', os.open('/proc/1/ns/net', os.O_RDONLY), 0x40000000)
",
    )
    .backed_by("root of a user namespace of its own has no power outside it"),
    Attempt::new(
        (Ports, Sshd),
        "ports-remote-forward",
        "ssh -R: sshd listens for the tenant",
        "refused",
        "$SSH -o ExitOnForwardFailure=yes -R 0:127.0.0.1:22 u0-1@$ADDRESS true",
    )
    .by(Channel::Client),
    Attempt::new(
        (Ports, Sshd),
        "ports-remote-forward-of-a-path",
        "ssh -R of a Unix socket",
        "refused",
        "$SSH -o ExitOnForwardFailure=yes -R /home/u0-1/forwarded:127.0.0.1:22 u0-1@$ADDRESS true",
    )
    .by(Channel::Client),
    Attempt::new(
        (Ports, Sshd),
        "ports-tunnel",
        "ssh -w: a network interface",
        "refused",
        "$SSH -o ExitOnForwardFailure=yes -w any:any u0-1@$ADDRESS true",
    )
    .by(Channel::Client)
    .backed_by("a tunnel needs an interface that root has made"),
];
