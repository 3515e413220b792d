#!/usr/bin/env python3
"""Guest code that is not ours: a library, or a process that listens. What it does wrong ends its own run, and says so."""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import SANITIZED, CommandTest, TOP  # noqa: E402

LIBRARY = os.path.join(TOP, "tests/guest/libtwopages.so")
LISTENER = os.path.join(TOP, "tests/guest/listener")
os.environ["GLACIS_GUEST_RUNNER"] = os.path.join(TOP, "guest/remote/runner")

FILE = """scenario: The host swaps two pages of a guest of mine
machine: machines/bare-vm.yaml
platforms: [ none, snp, tdx, cca ]
guest: %s
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
expect:
  - { platforms: [ none ], outcome: broken, promise: integrity }
  - { platforms: [ snp ], outcome: blocked, by: rmp.access.gpa }
  - { platforms: [ tdx ], outcome: blocked, by: tdx.sept.owner }
  - { platforms: [ cca ], outcome: blocked, by: cca.rtt.owner }
afterwards: { ends: { vm0: served } }
"""


class Library(CommandTest):
    def file(self, guest, name="mine.yaml"):
        return self.path(name, FILE % guest)

    def library(self, arguments=None):
        more = ", arguments: " + arguments if arguments else ""
        return self.file("{ vm0: { library: %s%s } }" % (LIBRARY, more))

    def run_on(self, platform, file):
        code, out, err = self.glacis("run", file, "--platform", platform, "--json", "out.json")
        self.assertEqual(err, "", out)
        with open(self.path("out.json"), encoding="utf-8") as read:
            return code, out, json.load(read)["runs"][0]

    def test_a_library_is_a_guest_as_programs_built_in_are(self):
        code, out, err = self.glacis("run", self.library())
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(out.count("ok   honest again: the same calls"), 4, out)
        self.assertEqual(out.count("ok   afterwards: vm0 served"), 4, out)

    def test_the_short_form_names_vm0(self):
        code, out, _ = self.glacis("run", self.file("{ library: %s }" % LIBRARY), "--platform", "snp")
        self.assertEqual(code, 0, out)

    def test_a_process_that_listens_is_the_same_guest(self):
        folder = tempfile.TemporaryDirectory(dir="/tmp")  # a socket's path is short
        self.addCleanup(folder.cleanup)
        socket = os.path.join(folder.name, "guest.sock")
        listener = subprocess.Popen([LISTENER, socket])
        try:
            for _ in range(500):
                if os.path.exists(socket):
                    break
                time.sleep(0.02)
            code, out, err = self.glacis("run", self.file("{ vm0: { connect: unix:%s } }" % socket))
            self.assertEqual((code, err), (0, ""), out)
        finally:
            listener.kill()
            listener.wait()

    def broken_by(self, arguments, saying):
        code, out, run = self.run_on("snp", self.library(arguments))
        self.assertEqual(code, 1, out)
        self.assertIn("stops: its program " + saying, out)
        self.assertEqual(run["observed"], "broken", out)
        self.assertIn("FAIL honest: broken: integrity (vm0: its program " + saying, out)

    def test_a_null_pointer_breaks_a_promise(self):
        self.broken_by("nil", "touched memory that it does not have")

    def test_a_wild_write_breaks_a_promise(self):
        self.broken_by("wild", "touched memory that it does not have")

    def test_a_stack_overrun_breaks_a_promise(self):
        self.broken_by("overrun", "overran its stack of 256 KiB")

    def stopped_by(self, arguments, saying):
        code, out, run = self.run_on("snp", self.library(arguments))
        self.assertEqual((code, run["observed"]), (1, "stopped"), out)
        self.assertIn("stops: its program " + saying, out)
        return run

    def test_an_abort_stops(self):
        self.stopped_by("abort", "aborted")

    def test_a_program_that_leaves_stops(self):
        self.stopped_by("leave", "left with exit code 3 before it returned")

    def test_an_endless_loop_is_ended_by_its_limit(self):
        run = self.stopped_by("loop", "called nothing for 5 s")
        self.assertEqual(run["limit"], "guest.silence_max of vm0")

    @unittest.skipIf(SANITIZED, "the address sanitizer has no limit: its shadow would not fit")
    def test_memory_is_limited(self):
        _, out, _ = self.run_on("snp", self.library("greedy"))
        self.assertIn("gets no 3 GiB", out)

    def test_clock_and_random_bytes_are_the_worlds(self):
        first = self.run_on("snp", self.library("clock"))
        time.sleep(1.1)
        second = self.run_on("snp", self.library("clock"))
        self.assertEqual(first, second)
        self.assertEqual(first[0], 0, first[1])

    def test_two_runs_that_differ_are_told_where(self):
        code, out, _ = self.run_on("snp", self.library("differ"))
        self.assertEqual(code, 1, out)
        self.assertIn("two runs of vm0 are not alike: call 8 was log, and then the same with other bytes", out)

    def test_a_bad_one_takes_no_other_file_with_it(self):
        bad = self.file("{ vm0: { library: %s, arguments: wild } }" % LIBRARY, "bad.yaml")
        code, out, err = self.glacis("run", bad, "severed-remap", self.library(), "--platform", "snp")
        self.assertEqual((code, err), (1, ""), out)
        self.assertEqual(out.count("ok   expect: blocked by rmp.access.gpa"), 2, out)

    def test_what_is_not_there_is_named(self):
        self.refuses("run", self.file("{ vm0: { library: ./none.so } }"), saying="there is no guest library")
        self.refuses("run", self.file("{ vm0: { connect: unix:/tmp/no-guest-here.sock } }"), saying="no guest listens at `unix:")
        self.refuses("run", self.file("{ vm0: { connect: 127.0.0.1:80 } }"), saying="a guest is reached at `unix:PATH`")
        self.refuses("run", self.file("{ vm0: { library: a.so, connect: unix:b } }"), saying="exclude each other")


if __name__ == "__main__":
    unittest.main()
