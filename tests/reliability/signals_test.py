#!/usr/bin/env python3
"""SIGINT, SIGTERM and SIGKILL at any moment: files are whole or absent, a server ends in order, and no child outlives its parent."""
import json
import os
import queue
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from room import ATTACK, COMMAND, SCENARIOS, TOP, Process, ReliabilityTest, Server, below, eventually, lives, receive  # noqa: E402
from web_client import Talk  # noqa: E402

SILENT = os.path.join(TOP, "tests/reliability/libsilent.so")
GUEST = """scenario: A guest of mine that says nothing for a while
machine: machines/bare-vm.yaml
platforms: [ snp ]
guest: { vm0: { library: %s } }
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
"""
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Files(ReliabilityTest):
    def whole_or_absent(self, before):
        for path, content in self.bytes_of(".").items():
            if path in before and content == before[path]:
                continue
            if path.endswith(".json"):
                json.loads(content)
            elif path.endswith(".html"):
                self.assertTrue(content.rstrip().endswith(b"</html>"), path)
            elif path.endswith(".xml"):
                self.assertTrue(content.rstrip().endswith(b"</testsuites>"), path)
            else:
                self.assertIn(path, before)
        self.clean()

    def test_whatever_the_moment(self):
        """Also while files are being written: the moments are spread over the whole of a run."""
        args = [COMMAND, "run", ATTACK, "--quiet", "--json", "run.json", "--html", "run.html", "--junit", "run.xml"]
        env = dict(os.environ, GLACIS_HOME=TOP)
        for name in ("run.json", "run.html", "run.xml"):
            self.path(name, "kept")
        before = self.bytes_of(".")
        begin = time.monotonic()
        subprocess.run(args[:2] + args[2:4], cwd=self.folder, env=env, stdout=subprocess.DEVNULL, check=False, timeout=60)
        takes = time.monotonic() - begin
        moments = random.Random(1)
        ended = set()
        for i in range(12):
            process = subprocess.Popen(args, cwd=self.folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(moments.uniform(0, 1.5 * takes))
            process.send_signal(ENDING[i % len(ENDING)])
            _, err = process.communicate(timeout=60)
            ended.add(process.returncode)
            self.assertIn(process.returncode, (0, -ENDING[i % len(ENDING)]), err)
            self.assertEqual(err, b"")
            self.whole_or_absent(before)
        self.assertTrue(any(code < 0 for code in ended), ended)

    def test_a_matrix(self):
        for number in ENDING:
            with Process("matrix", "--html", "site", "--json", "matrix.json", "--junit", "matrix.xml", cwd=self.folder) as matrix:
                time.sleep(0.7)
                matrix.tell(number)
                self.assertNotEqual(matrix.end(), 0)
                said = matrix.complaint()
                self.assertTrue(said == "" or said.startswith("interrupted: "), said)  # what was played is told, and that it is not all
            self.whole_or_absent({})


    def test_a_run_of_many_files_tells_what_it_played(self):
        """The second file's guest is ours: the signal comes while it is played, and what is behind it stays unplayed."""
        folder = tempfile.TemporaryDirectory(dir="/tmp")  # a socket's path is short
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "guest.sock")
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(path)
        listener.listen(16)
        connected = queue.Queue()

        def close_each():
            try:
                while True:
                    link = listener.accept()[0]
                    connected.get()()
                    link.close()
            except OSError:
                pass

        threading.Thread(target=close_each, daemon=True).start()
        mine = self.path("mine.yaml", (GUEST % "").replace("{ library:  }", "{ connect: unix:%s }" % path))
        files = [ATTACK, mine] + [os.path.join(TOP, "scenarios/catalogue/memory", name + ".yaml") for name in ("rmpocalypse", "badram-spd-alias")]
        outputs = ["--json", "run.json", "--junit", "run.xml", "--sarif", "run.sarif", "--html", "run.html", "--artifacts", "artifacts"]
        for number in (signal.SIGINT, signal.SIGTERM):
            with Process("run", *files, "--platform", "snp", "--jobs", "1", "--quiet", *outputs, cwd=self.folder) as run:
                connected.put(lambda: run.tell(number))
                for _ in range(64):  # of further runs of that file
                    connected.put(lambda: None)
                self.assertEqual(run.end(), 128 + number, run.complaint())
                self.assertEqual(run.complaint(), "interrupted: 2 of 4 runs are not played; no page is written\n")
                text = run.text()
            while not connected.empty():
                connected.get()
            self.assertTrue(text.endswith("\n2 of 4 runs, 2 not played: a partial report\n"), text)
            self.assertIn("severed-remap on snp", text)
            written = self.bytes_of(".")
            self.assertNotIn("run.html", written)
            report = json.loads(written["run.json"])
            self.assertEqual(report["partial"], {"played": 2, "of": 4})
            self.assertEqual([one["attack"] for one in report["runs"]], ["severed-remap", "mine"])
            self.assertIn(b'<property name="partial" value="2 of 4 cells are not played"/>', written["run.xml"])
            self.assertEqual(written["run.xml"].count(b'<skipped message="not played"/>'), 2)
            self.assertFalse(json.loads(written["run.sarif"])["runs"][0]["invocations"][0]["executionSuccessful"])
            # What was played is what a whole run says of it.
            with Process("run", ATTACK, "--platform", "snp", "--quiet", "--json", "one.json", cwd=self.folder) as run:
                self.assertEqual(run.end(), 0, run.complaint())
            self.assertEqual(report["runs"][0], json.loads(self.bytes_of(".")["one.json"])["runs"][0])
            self.clean()


class Children(ReliabilityTest):
    def ends_with_its_children(self, process, count, number, code):
        children = process.children(count)
        self.assertGreaterEqual(len(children), count, process.complaint())
        process.tell(number)
        self.assertEqual(process.end(), code, process.complaint())
        self.gone(children)

    def test_a_guests_process(self):
        file = self.path("mine.yaml", GUEST % SILENT)
        for number in ENDING + (signal.SIGKILL,):
            with Process("run", file) as run:
                self.ends_with_its_children(run, 1, number, -number)

    def listener(self):
        """A guest that listens: its process, and where."""
        folder = tempfile.TemporaryDirectory(dir="/tmp")  # a socket's path is short
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "guest.sock")
        listener = subprocess.Popen([os.path.join(TOP, "tests/reliability/silent_listener"), path])
        self.addCleanup(listener.wait)
        self.addCleanup(listener.kill)
        return listener, path

    def test_a_guest_that_listens(self):
        """Its children end with it, and Glacis says why the run does."""
        listener, path = self.listener()
        with socket.socket(socket.AF_UNIX) as link:
            self.assertTrue(eventually(lambda: link.connect_ex(path) == 0))
            self.assertTrue(eventually(lambda: below(listener.pid)))
        self.gone(below(listener.pid))
        file = self.path("mine.yaml", (GUEST % "").replace("{ library:  }", "{ connect: unix:%s }" % path))
        with Process("run", file) as run:
            self.assertTrue(eventually(lambda: below(listener.pid)))
            children = below(listener.pid)
            listener.kill()
            self.gone(children)
            self.assertEqual(run.end(), 2)
            self.assertIn("no guest listens at `unix:%s`" % path, run.complaint())

    def test_a_listener_that_dies_as_it_forks(self):
        for _ in range(50):
            listener, path = self.listener()
            with socket.socket(socket.AF_UNIX) as link:
                self.assertTrue(eventually(lambda: link.connect_ex(path) == 0))
                children = []
                while not children:
                    children = below(listener.pid)
                listener.kill()
                self.gone(children)

    def test_a_tpm(self):
        for number, code in ((signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)):
            with Server("--tpm-port", "0") as served:
                self.ends_with_its_children(served, 1, number, code)

    def test_a_browsers_run(self):
        with open(os.path.join(SCENARIOS, "spin-silent.yaml"), encoding="utf-8") as file:
            text = file.read()
        for number, code in ((signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)):
            with Server("--web") as served:
                talk = Talk(served)
                talk.say("run", name="spin-silent.yaml", files={"spin-silent.yaml": text}, platform="none")
                self.ends_with_its_children(served, 1, number, code)
                talk.close()

    def test_a_child_of_a_child(self):
        """The worker of a page, and the TPM of the machine that it plays."""
        name = "scenarios/catalogue/attestation/ima-file-swap.yaml"
        with open(os.path.join(TOP, name), encoding="utf-8") as file:
            text = file.read()
        with open(self.path("slow-vtpm"), "w", encoding="ascii") as slow:
            slow.write('#!/bin/sh\nsleep 1000 &\nwait\n')  # answers nothing
        os.chmod(self.path("slow-vtpm"), 0o755)
        os.environ["GLACIS_VTPM"], kept = self.path("slow-vtpm"), os.environ["GLACIS_VTPM"]
        try:
            with Server("--web") as served:
                talk = Talk(served)
                talk.say("run", name=name, files={name: text}, platform="snp")
                children = served.children(3)
                self.assertEqual(len(children), 3)
                served.tell(signal.SIGTERM)
                self.assertEqual(served.end(), 0)
                self.gone(children)
                talk.close()
        finally:
            os.environ["GLACIS_VTPM"] = kept


class Servers(ReliabilityTest):
    def test_a_capture_holds_what_was_carried(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with Server("--spdm-port", "0", "--pcap", "out.pcap", cwd=self.folder) as served:
                with served.connect() as link:
                    get_version = bytes.fromhex("010001000300000010840000")
                    link.sendall(struct.pack(">III", 1, 2, len(get_version)) + get_version)
                    size = struct.unpack(">III", receive(link, 12))[2]
                    answer = receive(link, size)
                    served.tell(number)
                    self.assertEqual(served.end(), 0, served.complaint())
                self.assertIn("interrupted\n", served.text())
            capture = self.bytes_of(".")["out.pcap"]
            self.assertEqual(capture[:4], bytes.fromhex("d4c3b2a1"))
            self.assertIn(get_version, capture)
            self.assertTrue(capture.endswith(answer))
            os.remove(self.path("out.pcap"))

    def test_a_terminals_interrupt_comes_to_a_server_and_its_tpm(self):
        with Server("--tpm-port", "0", "--tpm-state", "state", cwd=self.folder, start_new_session=True) as served:
            children = served.children(1)
            os.killpg(served.pid, signal.SIGINT)
            self.assertEqual(served.end(), 0, served.complaint())
            self.assertEqual(served.complaint(), "")
            self.gone(children)
        self.assertGreater(len(self.bytes_of(".")["state"]), 1000)
        self.clean()

    def test_signals_that_the_caller_ignores_stay_ignored(self):
        """As under nohup."""
        ignoring = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731
        with Server("--spdm-port", "0", preexec_fn=ignoring) as served:
            served.tell(signal.SIGHUP)
            with served.connect() as link:
                link.sendall(bytes.fromhex("0000dead0000000200000000"))
                self.assertEqual(len(receive(link, 26)), 26)
            self.assertTrue(lives(served.pid))
            served.tell(signal.SIGTERM)
            self.assertEqual(served.end(), 0)


if __name__ == "__main__":
    unittest.main()
