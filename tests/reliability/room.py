"""What the tests of this room have in common: our own processes, those below them, and small homes."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import COMMAND, SANITIZED, SCENARIOS, TOP, CommandTest  # noqa: E402,F401

os.environ.setdefault("GLACIS_GUEST_RUNNER", os.path.join(TOP, "guest/remote/runner"))
ATTACK = os.path.join(TOP, "scenarios/catalogue/memory/severed-remap.yaml")
PATIENCE = 30  # seconds until something that has to happen is given up


def eventually(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def stat_of(pid):
    """(state, parent) of a process, or nothing."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def lives(pid):
    stat = stat_of(pid)
    return stat is not None and stat[0] != "Z"


def below(pid):
    """All processes below this one."""
    parents = {}
    for name in os.listdir("/proc"):
        stat = stat_of(int(name)) if name.isdigit() else None
        if stat and stat[0] != "Z":
            parents.setdefault(stat[1], []).append(int(name))
    out, ask = [], [pid]
    while ask:
        for child in parents.get(ask.pop(), []):
            out.append(child)
            ask.append(child)
    return out


class Process:
    """The command in the background; what it says is taken from it at once, so that it never waits for us."""

    def __init__(self, *args, cwd=None, home=TOP, **more):
        self.process = subprocess.Popen([COMMAND] + list(args), cwd=cwd, env=dict(os.environ, GLACIS_HOME=home), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, **more)
        self.pid = self.process.pid
        self.said, self.errors = bytearray(), bytearray()
        self.readers = [threading.Thread(target=self.take, args=pair, daemon=True) for pair in ((self.process.stdout, self.said), (self.process.stderr, self.errors))]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def take(stream, into):
        for part in iter(lambda: stream.read(1 << 16), b""):
            into.extend(part)

    def text(self):
        return bytes(self.said).decode(errors="replace")

    def complaint(self):
        return bytes(self.errors).decode(errors="replace")

    def says(self, words):
        """Waits until it has said so. False: it ended, or never did."""
        eventually(lambda: words in self.text() or self.process.poll() is not None)
        return words in self.text()

    def children(self, count):
        """The processes below it, as soon as there are so many."""
        found = []
        eventually(lambda: found.__setitem__(slice(None), below(self.pid)) or len(found) >= count or self.process.poll() is not None)
        return found

    def tell(self, number):
        self.process.send_signal(number)

    def end(self):
        code = self.process.wait(timeout=PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.end()
        self.process.stdout.close()
        self.process.stderr.close()


class Server(Process):
    """`glacis serve`, listening."""

    def __init__(self, *args, **more):
        super().__init__("serve", *args, **more)
        assert self.says("http://" if "--web" in args else "listening on "), self.complaint()
        line = next(line for line in self.text().splitlines() if line.startswith("listening on ") or line.startswith("http://"))
        self.ports = [int(word.split(":")[-1].strip(",").partition("/")[0]) for word in line.split() if ":" in word]
        self.token = line.partition("token=")[2]

    def connect(self, which=0, timeout=PATIENCE):
        return socket.create_connection(("127.0.0.1", self.ports[which]), timeout=timeout)


def receive(link, count):
    """So many bytes, or fewer where the other end closes."""
    out = b""
    try:
        while len(out) < count:
            more = link.recv(count - len(out))
            if not more:
                break
            out += more
    except ConnectionError:
        pass
    return out


def closed_by_peer(link):
    """Whether nothing comes any more."""
    return receive(link, 1) == b""


class ReliabilityTest(CommandTest):
    def small_home(self, *scenarios):
        """A home whose catalogue is these files."""
        home = os.path.join(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")), "home")
        shutil.copytree(os.path.join(TOP, "scenarios/machines"), home + "/scenarios/machines")
        os.makedirs(home + "/scenarios/catalogue/memory")
        os.makedirs(home + "/guest/programs")
        shutil.copy(os.path.join(TOP, "scenarios/catalogue/attacks.csv"), home + "/scenarios/catalogue")
        for scenario in scenarios or (ATTACK,):
            shutil.copy(scenario, home + "/scenarios/catalogue/memory")
        return home

    def clean(self, folder="."):
        """Nothing that was to become a file lies about."""
        for path in self.bytes_of(folder):
            self.assertNotRegex(path, r"\.(?!pcapng)[A-Za-z0-9]{6}$")
            self.assertFalse(path.endswith(".new"), path)

    def gone(self, processes):
        self.assertTrue(eventually(lambda: not any(lives(pid) for pid in processes)), [pid for pid in processes if lives(pid)])


SIGPIPE = -signal.SIGPIPE
