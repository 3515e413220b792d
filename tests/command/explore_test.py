#!/usr/bin/env python3
"""Exploring from the outside: what is found is a file that plays, pieces join to what one call finds, and what is wrong is refused."""
import os
import signal
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import COMMAND, TOP, CommandTest  # noqa: E402

TARGET = ["explore", "severed-remap", "--platform", "snp", "--lift", "rmp.access.gpa", "--quiet"]
PIECES = TARGET + ["--budget", "300", "--pieces", "4"]


class Explore(CommandTest):
    def test_a_find_is_a_file_that_plays(self):
        code, out, err = self.glacis(*TARGET, "--budget", "1500", "--finds", "1", "--out", "found")
        self.assertEqual((code, err), (1, ""), out)
        self.assertIn("glacis run found/found-1.yaml", out)
        code, out, err = self.glacis("run", "found/found-1.yaml", "--quiet")
        self.assertEqual((code, err), (0, ""), out)
        self.assertIn("ok   without rmp.access.gpa: broken: integrity", out)

    def test_a_find_under_a_profile_is_expected_there(self):
        code, out, err = self.glacis("explore", "--machine", "machines/bare-vm.yaml", "--platform", "cca", "--guest", "vm0=keep-two-pages", "--adversary", "dram-bus",
                                     "--profile", "hardened", "--budget", "500", "--finds", "1", "--quiet", "--out", "found")
        self.assertEqual((code, err), (1, ""), out)
        self.assertIn("glacis run found/found-1.yaml\n", out)
        code, out, err = self.glacis("run", "found/found-1.yaml", "--quiet")
        self.assertEqual((code, err), (0, ""), out)
        for row in ("expect", "hardened"):
            self.assertIn("ok   %s: broken: integrity" % row, out)

    def test_a_machine_and_a_guest_do_without_a_file(self):
        code, out, err = self.glacis("explore", "--machine", "machines/bare-vm.yaml", "--platform", "tdx", "--guest", "vm0=keep-two-pages", "--adversary", "vmm",
                                     "--profile", "hardened", "--budget", "200", "--quiet")
        self.assertEqual((code, err), (0, ""), out)
        self.assertIn("; 0 found", out)

    def test_pieces_join_to_what_one_call_finds(self):
        code, told, err = self.glacis(*PIECES, "--json", "whole.json", "--out", "whole")
        self.assertEqual((code, err), (1, ""), told)
        for shard in (3, 1, 2):
            self.glacis(*PIECES, "--shard", "%d/3" % shard, "--part", "%d.part" % shard)
        code, merged, err = self.glacis("merge", "2.part", "1.part", "3.part", "--json", "merged.json", "--out", "whole")
        self.assertEqual((code, err), (1, ""), merged)
        files = self.bytes_of(".")
        self.assertEqual(files["whole.json"], files["merged.json"])
        self.assertEqual(merged, told)
        self.assertIn(b'"again"', files["whole.json"])
        # A shard that is done has nothing to do.
        before = files["1.part"]
        self.glacis(*PIECES, "--shard", "1/3", "--part", "1.part")
        self.assertEqual(self.bytes_of(".")["1.part"], before)
        self.refuses("merge", "1.part", "2.part", saying="3")
        self.refuses("merge", "1.part", "2.part", "3.part", "--junit", "x.xml", saying="a part of a search")
        self.glacis(*PIECES, "--seed", "2", "--shard", "3/3", "--part", "other.part")
        self.refuses("merge", "1.part", "2.part", "other.part", saying="different wholes")

    def test_what_is_wrong_is_refused(self):
        self.refuses("explore", saying="--machine")
        self.refuses("explore", "severed-remap", saying="--platform")
        self.refuses("explore", "--machine", "machines/bare-vm.yaml", "--platform", "snp", saying="--guest")
        self.refuses("explore", "--machine", "machines/bare-vm.yaml", "--platform", "snp", "--guest", "vm0=keep-two-page", saying="did you mean `keep-two-pages`?")
        self.refuses(*TARGET, "--budget", "soon", saying="--budget")
        self.refuses(*TARGET, "--strategy", "randm", saying="did you mean `random`?")
        self.refuses(*TARGET, "--adversary", "vm", saying="did you mean `vmm`?")
        self.refuses(*TARGET, "--shard", "1/2", saying="--part")
        self.refuses(*TARGET, "--shard", "1/2", "--part", "p", "--budget", "60s", saying="a --budget of runs")

    def test_an_interrupt_leaves_what_was_found(self):
        process = subprocess.Popen([COMMAND, *TARGET[:-1], "--budget", "1h", "--json", "found.json"], cwd=self.folder, env=dict(os.environ, GLACIS_HOME=TOP),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn(" runs, ", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("interrupted", err)
        self.assertIn(" found", out)
        self.assertTrue(self.bytes_of(".")["found.json"].endswith(b"}\n"))


if __name__ == "__main__":
    unittest.main()
