#!/usr/bin/env python3
"""A responder outside behind a mailbox of ours: live on loopback, recorded, said again, and every way in which it can be wrong."""
import os
import shutil
import socket
import subprocess
import sys
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import COMMAND, TOP, CommandTest  # noqa: E402

SCENARIO = """format: 1
scenario: A guest asks somebody else's responder
why: The host only looks.
sources:
  spdm: { cite: "DSP0274 1.3, 10.8" }
machine: machines/MACHINE
platforms: [ none, snp ]
guest: { vm0: check-device gpu0 rooted }
attack:
  - { by: vmm, at: "doe rp0 -> gpu0", when: { object: SPDM, nth: 1 }, do: { read: SPDM } }
expect:
  - { platforms: [ none, snp ], outcome: held }
afterwards: { why-none: "nothing is attacked" }
"""


class Served:
    """Our own device, with keys of another seed, for as long as it is needed."""

    def __init__(self, root):
        args = [COMMAND, "serve", "--spdm-port", "0", "--seed", "7", "--root", root]
        self.process = subprocess.Popen(args, stdout=subprocess.PIPE, env=dict(os.environ, GLACIS_HOME=TOP), text=True)
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.address = line.split()[-1]
                return

    def __enter__(self):
        return self.address

    def __exit__(self, *_):
        self.process.kill()
        self.process.stdout.close()
        self.process.wait()


class Peer:
    """Sends these bytes to whoever connects, and hangs on."""

    def __init__(self, data):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.held = []
        threading.Thread(target=self.serve, args=[data], daemon=True).start()

    def serve(self, data):
        try:
            while True:
                self.held.append(self.socket.accept()[0])
                self.held[-1].sendall(data)
        except OSError:
            pass

    def close(self):
        for each in self.held + [self.socket]:
            each.close()


class Responders(CommandTest):
    def setUp(self):
        super().setUp()
        self.file = self.path("outside.yaml", SCENARIO.replace("MACHINE", "one-accelerator.yaml"))

    def home_with(self, attributes):
        """A home of its own with a machine of these attributes, and the scenario on it."""
        home = self.path("home")
        shutil.copytree(os.path.join(TOP, "scenarios/machines"), home + "/scenarios/machines", dirs_exist_ok=True)
        machine = "machine: M\nusing: one-accelerator.yaml\ngpu0: { %s }\n" % attributes
        self.path("home/scenarios/machines/outside.yaml", machine)
        return home, self.path("on-it.yaml", SCENARIO.replace("MACHINE", "outside.yaml"))

    def record(self):
        """What a live run printed and traced."""
        with Served(self.path("root.der")) as address:
            home, file = self.home_with('responder: "%s", root: root.der' % address)
            shutil.copy(self.path("root.der"), home + "/scenarios/machines/root.der")
            done = self.glacis("run", file, "--platform", "snp", "--record", "said.txt", "--trace", "live.trace", home=home)
        self.assertEqual((done[0], done[2]), (0, ""))
        return home, file, done[1]

    def test_a_live_responder_is_attested_and_its_recording_gives_the_same_bytes(self):
        home, file, live = self.record()
        self.assertIn("ends: device-checked", live)
        self.assertIn("ok   expect: held", live)
        again = self.glacis("run", file, "--platform", "snp", "--replay", "said.txt", "--trace", "again.trace", home=home)
        self.assertEqual(again, (0, live, ""))
        files = self.bytes_of(".")
        self.assertTrue(files["live.trace"] == files["again.trace"] and len(files["live.trace"]) > 500)
        self.assertTrue(files["said.txt"].startswith(b"glacis conversation 1\nbegin\nask "))
        # And where the machine file names the recording.
        shutil.copy(self.path("said.txt"), home + "/scenarios/machines/said.txt")
        self.home_with("responder: replay said.txt, root: root.der")
        by_key = self.glacis("run", file, "--platform", "snp", "--jobs", "3", "--trace", "key.trace", home=home)
        self.assertEqual(by_key, (0, live, ""))
        self.assertTrue(self.bytes_of(".")["key.trace"] == files["live.trace"])
        # Another guest asks other things.
        self.refuses("run", file, "--platform", "snp", "--replay", "said.txt", "--seed", "2", home=home,
                     saying="of conversation 1 is not what the run sends")

    def test_without_its_root_the_responder_is_not_trusted(self):
        home, file, _ = self.record()
        self.home_with('responder: "127.0.0.1:2323"')
        code, out, _ = self.glacis("run", file, "--platform", "snp", "--replay", "said.txt", home=home)
        self.assertEqual(code, 1)
        self.assertIn("detected by cma.chain.root at vm0", out)

    def test_bad_peers(self):
        absent = socket.create_server(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % absent.getsockname()[1]
        absent.close()
        self.refuses("run", self.file, "--set", "gpu0.responder=" + address, saying="no responder at " + address)
        for data, saying in ((b"HTTP/1.1 400 Bad Request\r\n\r\n", "more than the"), (b"", "the peer says nothing"),
                             (b"\0\0\0\1\0\0\0\2\0\0", "the peer stopped after 9 of 11 bytes"),
                             (b"\0\0\0\1\0\0\0\2\0\0\0\4spdm", "is no data object")):
            peer = Peer(data)
            try:
                self.refuses("run", self.file, "--set", "gpu0.responder=" + peer.address, "--record", "said.txt", "--platform", "snp",
                             saying="the responder at " + peer.address)
                self.refuses("run", self.file, "--set", "gpu0.responder=" + peer.address, saying=saying)
            finally:
                peer.close()

    def test_bad_files_and_calls(self):
        self.refuses("run", self.file, "--set", "gpu0.responder=nobody", saying="value of `responder`: `nobody`")
        self.refuses("run", self.file, "--set", "gpu0.responder=there:99999", saying="a responder is an address and a port")
        self.refuses("run", self.file, "--set", "gpu0.responder=replay none.txt", saying="none.txt:1:1: there is no such file")
        self.refuses("run", self.file, "--set", "gpu0.root=none.der", saying="none.der:1:1: there is no such file")
        self.path("root.der", "no certificate")
        self.refuses("run", self.file, "--set", "gpu0.root=root.der", saying="`root.der` is no certificate in DER form")
        self.path("said.txt", "glacis conversation 1\nbegin\nask 0 zz\n")
        self.refuses("run", self.file, "--set", "gpu0.responder=replay said.txt", saying="said.txt:3:1: expected bytes")
        live = ["--set", "gpu0.responder=127.0.0.1:1"]
        self.refuses("run", self.file, *live, "--record", "new.txt", saying="name one file and one --platform")
        self.refuses("run", self.file, *live, "--replay", "said.txt", saying="name one file and one --platform")
        self.refuses("run", self.file, *live, "--replay", "said.txt", "--record", "new.txt", saying="exclude each other")
        one = ["--platform", "snp"]
        self.refuses("run", self.file, *one, "--record", "new.txt", saying="no part of the machine has a responder at an address")
        self.refuses("run", self.file, *one, "--replay", "said.txt", saying="no part of the machine has a responder outside")
        home, file = self.home_with("responder: nobody")
        self.refuses("check", file, home=home, saying="outside.yaml:3:20: unknown value of `responder`")
        home, file = self.home_with('responder: "127.0.0.1:1"')
        self.refuses("matrix", file, home=home, saying="only `glacis run` reaches it")
        self.refuses("serve", "--machine", "machines/outside.yaml", home=home, saying="only `glacis run` reaches it")


if __name__ == "__main__":
    unittest.main()
