"""The neighbour: a service with a port, secrets of every kind, and a file that says where they are."""
import ctypes, json, mmap, os, socket, sys, threading, time

LIBC = ctypes.CDLL(None, use_errno=True)
SECRET = "the-neighbours-secret"
home, opt, mnt = sys.argv[1:4]
port = int(sys.argv[4])


def serve(family, kind):
    made = socket.socket(family, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind(("", port))
    if kind == socket.SOCK_DGRAM:
        return
    made.listen()
    while True:
        peer, _ = made.accept()
        peer.sendall(b"victim")
        peer.close()


def unix(address):
    made = socket.socket(socket.AF_UNIX)
    made.bind(address)
    if address[0] == "/":
        os.chmod(address, 0o777)
    made.listen()
    while True:
        peer, _ = made.accept()
        peer.sendall(b"victim")
        peer.close()


def key():
    """A key in the user keyring: add_key(2) with KEY_SPEC_USER_KEYRING."""
    body = SECRET.encode()
    return LIBC.syscall(248, b"user", b"secret", body, len(body), -4)


for folder in (home, opt, mnt, "/tmp", "/var/tmp", "/dev/shm"):
    with open(folder + "/neighbours-secret", "w") as file:
        file.write(SECRET)
    os.chmod(folder + "/neighbours-secret", 0o666)
shm = LIBC.shmget(0x6b6c6f, 4096, 0o1600)
sem = LIBC.semget(0x6b6c6f, 1, 0o1600)
msg = LIBC.msgget(0x6b6c6f, 0o1600)
LIBC.syscall(240, b"neighbours-queue", os.O_CREAT | os.O_RDWR, 0o600, None)
for path in (home + "/socket",):
    if os.path.exists(path):
        os.unlink(path)
for work, arguments in ((serve, (socket.AF_INET, socket.SOCK_STREAM)), (serve, (socket.AF_INET6, socket.SOCK_STREAM)),
                        (unix, ("\0neighbours-socket",)), (unix, (home + "/socket",))):
    threading.Thread(target=work, args=arguments, daemon=True).start()
page = mmap.mmap(-1, 4096)
page[:len(SECRET)] = SECRET.encode()
facts = dict(victim=os.getpid(), victim_uid=os.getuid(), victim_user=sys.argv[5], shm=shm, sem=sem, msg=msg, key=key(),
             page=ctypes.addressof(ctypes.c_char.from_buffer(page)), home=home, opt=opt, mnt=mnt, port=port)
with open(home + "/facts.new", "w") as file:
    json.dump(facts, file)
os.rename(home + "/facts.new", home + "/facts.json")
while True:
    time.sleep(1000)
