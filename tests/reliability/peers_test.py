#!/usr/bin/env python3
"""Whoever speaks to us dies, breaks off or talks nonsense: the run ends with a reason that names it, and a server serves the next one."""
import contextlib
import os
import random
import signal
import socket
import struct
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from room import SANITIZED, SCENARIOS, TOP, Process, ReliabilityTest, Server, below, closed_by_peer, lives, receive  # noqa: E402
from web_client import Talk  # noqa: E402

SILENT = os.path.join(TOP, "tests/reliability/libsilent.so")
MINE = """scenario: A guest of mine
machine: machines/bare-vm.yaml
platforms: [ snp ]
guest: { vm0: %s }
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
"""
RESPONDER = """scenario: A guest asks somebody else's responder
machine: machines/one-accelerator.yaml
platforms: [ snp ]
guest: { vm0: check-device gpu0 rooted }
attack:
  - { by: vmm, at: "doe rp0 -> gpu0", when: { object: SPDM, nth: 1 }, do: { read: SPDM } }
"""
MEASURED = os.path.join(TOP, "scenarios/catalogue/attestation/ima-file-swap.yaml")


class Listener:
    """A Unix socket whose every connection is handed to `act`."""

    def __init__(self, act):
        self.folder = tempfile.TemporaryDirectory(dir="/tmp")  # a socket's path is short
        self.path = os.path.join(self.folder.name, "guest.sock")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen(16)
        self.held = []
        threading.Thread(target=self.serve, args=[act], daemon=True).start()

    def serve(self, act):
        try:
            while True:
                link = self.socket.accept()[0]
                self.held.append(link)
                act(link)
        except OSError:
            pass

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        for link in self.held + [self.socket]:
            link.close()
        self.folder.cleanup()


def hears_and_says(data):
    """Takes the greeting, says this and is gone."""
    def act(link):
        receive(link, struct.unpack("<I", receive(link, 4))[0])
        link.sendall(data)
        link.close()
    return act


class Guests(ReliabilityTest):
    def stops(self, guest, saying):
        code, out, err = self.glacis("run", self.path("mine.yaml", MINE % guest), "--json", "out.json")
        self.assertEqual((code, err), (1, ""), out)
        self.assertIn("vm0  stops: its program " + saying, out)
        self.assertIn("out.json", list(self.bytes_of(".")))

    @unittest.skipIf(SANITIZED, "the check for leaks is a child too")
    def test_a_process_that_is_killed(self):
        with Process("run", self.path("mine.yaml", MINE % ("{ library: %s }" % SILENT))) as run:
            while run.process.poll() is None:
                for child in run.children(1):
                    with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                        os.kill(child, signal.SIGKILL)
            self.assertEqual((run.end(), run.complaint()), (1, ""))
            self.assertIn("vm0  stops: its program was ended by SIGKILL", run.text())

    def test_a_process_that_closes_its_stream_and_goes_on(self):
        self.stops("{ library: %s, arguments: close }" % SILENT, "closed its stream and went on")

    def test_a_peer_that_breaks_off_or_talks_nonsense(self):
        noise = random.Random(2)
        for act, saying in ((lambda link: link.close(), "closed its stream"),
                            (hears_and_says(b""), "closed its stream"),
                            (hears_and_says(struct.pack("<I", 100) + b"half"), "closed its stream"),
                            (hears_and_says(b"\xff\xff\xff\xff"), "sends a frame that is too large"),
                            (hears_and_says(struct.pack("<I", 40) + noise.randbytes(40)), "says something that is no frame of the protocol"),
                            (hears_and_says(struct.pack("<IIII", 12, 9999, 0, 0) + b""), "says something that is no frame of the protocol"),
                            (hears_and_says(struct.pack("<IIIII", 16, 9999, 0, 1, 0)), "makes a call that the protocol has not")):
            with Listener(act) as path:
                self.stops("{ connect: unix:%s }" % path, saying)

    def test_a_peer_that_takes_no_connection(self):
        """Its queue is full: whoever connects would wait for ever."""
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            path = os.path.join(folder, "guest.sock")
            with socket.socket(socket.AF_UNIX) as deaf, socket.socket(socket.AF_UNIX) as first:
                deaf.bind(path)
                deaf.listen(0)
                first.connect(path)
                self.refuses("run", self.path("mine.yaml", MINE % ("{ connect: unix:%s }" % path)), "--json", "out.json", saying="it takes no connection for 5 s")


# In the place of the TPM's process: hands frames to the real one and back, and misbehaves at the one that is named.
BAD_TPM = """#!{python}
import os, signal, socket, struct, subprocess
def frame(link):
    size = link.recv(4, socket.MSG_WAITALL)
    return size + link.recv(struct.unpack("<I", size)[0], socket.MSG_WAITALL)
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
glacis = socket.socket(fileno=3)
ours, theirs = socket.socketpair()
subprocess.Popen(["{real}"], preexec_fn=lambda: os.dup2(theirs.fileno(), 3), close_fds=False)
for number in range(1 << 20):
    ours.sendall(frame(glacis))
    answer = frame(ours)
    if number == {at}:
        {what}
    glacis.sendall(answer)
"""
KILLED = "glacis.sendall(answer[:6]); os.kill(os.getpid(), signal.SIGKILL)"


class Tpms(ReliabilityTest):
    def setUp(self):
        super().setUp()
        self.real = os.environ["GLACIS_VTPM"]
        self.addCleanup(os.environ.__setitem__, "GLACIS_VTPM", self.real)

    def misbehaves(self, at, what):
        os.environ["GLACIS_VTPM"] = self.path("bad-tpm", BAD_TPM.format(python=sys.executable, real=self.real, at=at, what=what))
        os.chmod(self.path("bad-tpm"), 0o755)

    def test_one_that_dies_decides_no_verdict(self):
        for at in (0, 1, 20):
            self.misbehaves(at, KILLED)
            self.refuses("run", MEASURED, "--platform", "snp", "--json", "out.json", saying="the TPM of vm0: its process was ended by SIGKILL")

    def test_one_that_talks_nonsense(self):
        for what, saying in (("answer = b'\\xff' * 4", "sends a frame that is too large"), ("answer = struct.pack('<I', 2) + b'xx'", "says something that is no answer"),
                             ("os._exit(3)", "left with exit code 3")):
            self.misbehaves(12, what)
            self.refuses("run", MEASURED, "--platform", "snp", "--json", "out.json", saying="the TPM of vm0: its process " + saying)

    def test_a_served_one(self):
        with Server("--tpm-port", "0") as served, served.connect() as link:
            link.sendall(bytes.fromhex("80010000000c0000017b"))  # a command, as far as its header
            for child in served.children(1):
                os.kill(child, signal.SIGKILL)
            link.sendall(bytes.fromhex("0008"))
            self.assertTrue(closed_by_peer(link))
            self.assertEqual(served.end(), 2)
            self.assertEqual(served.complaint(), "glacis: the TPM of vm0: its process was ended by SIGKILL\n")

    def test_a_state_that_is_none(self):
        noise = random.Random(3).randbytes(5000)
        for content in (noise, b"", noise[:7]):
            self.path("state", content)
            self.refuses("serve", "--tpm-port", "0", "--tpm-state", "state", saying="state")
            self.assertEqual(self.bytes_of(".")["state"], content)
        os.remove(self.path("state"))
        os.mkdir(self.path("state"))
        self.refuses("serve", "--tpm-port", "0", "--tpm-state", "state", saying="`state` is no file")
        os.truncate(os.open(self.path("large"), os.O_CREAT | os.O_RDWR), 1 << 30)
        code, _, err = self.glacis("serve", "--tpm-port", "0", "--tpm-state", "large")
        self.assertEqual((code, err), (2, "glacis: `large` is larger than a TPM's state can be\n"))


class Requesters(ReliabilityTest):
    def test_a_responder_that_dies_within_a_message(self):
        file = self.path("outside.yaml", RESPONDER)
        for data, saying in ((bytes.fromhex("00000001000000"), "the peer closed the connection after 6 of 11 bytes"),
                             (bytes.fromhex("0000000100000002000000ff") + bytes(9), "the peer closed the connection after 9 of 255 bytes"),
                             (bytes.fromhex("0000000100000002ffffffff"), "more than the")):
            listener = socket.create_server(("127.0.0.1", 0))
            held = []

            def serve():
                try:
                    while True:
                        link = listener.accept()[0]
                        held.append(link)
                        receive(link, 12)
                        link.sendall(data)
                        link.shutdown(socket.SHUT_WR)
                except OSError:
                    pass

            threading.Thread(target=serve, daemon=True).start()
            self.refuses("run", file, "--set", "gpu0.responder=127.0.0.1:%d" % listener.getsockname()[1], "--json", "out.json", saying=saying)
            listener.shutdown(socket.SHUT_RDWR)
            for link in held + [listener]:
                link.close()

    def test_a_requester_that_dies_within_a_message(self):
        with Server("--spdm-port", "0") as served:
            for data in ("0000000100000002", "0000000100000002000000ff" + "00" * 9, "0000dead0000000200000000"):
                link = served.connect()
                link.sendall(bytes.fromhex(data))
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
                link.close()
            with served.connect() as link:
                link.sendall(bytes.fromhex("0000fffe0000000200000000"))
                self.assertEqual(len(receive(link, 12)), 12)
            self.assertEqual(served.end(), 0)

    def test_a_browser_that_dies_within_a_message(self):
        with open(os.path.join(SCENARIOS, "spin-silent.yaml"), encoding="utf-8") as file:
            text = file.read()
        with Server("--web") as served:
            talk = Talk(served)
            talk.say("run", name="spin-silent.yaml", files={"spin-silent.yaml": text}, platform="none")
            workers = served.children(1)
            self.assertEqual(len(workers), 1)
            talk.socket.sendall(Talk.frame(bytes(60_000))[:30_000])
            talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            talk.close()
            self.gone(workers)
            other = Talk(served)
            other.say("welcome")
            self.assertIn("scenarios", other.hear()["ok"])
            other.close()
            self.assertTrue(lives(served.pid))
            self.assertEqual(below(served.pid), [])


if __name__ == "__main__":
    unittest.main()
