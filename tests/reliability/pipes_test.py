#!/usr/bin/env python3
"""Nobody reads any more what a command prints: it ends by SIGPIPE, without a word, and what it writes into files is there and whole."""
import json
import os
import signal
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from room import ATTACK, COMMAND, PATIENCE, SIGPIPE, TOP, ReliabilityTest  # noqa: E402

ONE = ("run", ATTACK, "--platform", "snp")
PRINTING = [ONE, ("matrix", ATTACK, "--platform", "snp"), ("matrix", ATTACK, "--platform", "snp", "--markdown"), ("check", ATTACK), ("list", "defences"),
            ("list", "verbs"), ("explain", "rmp.access.gpa"), ("explain", ATTACK), ("schema", "machine"), ("dissector",), ("dump-config", "rp0"),
            ("threats",), ("threats", "--json"), ("watch", ATTACK, "--plain"), ("version",), ("--help",), ("serve", "--help"), ("kill-matrix",)]


class Pipes(ReliabilityTest):
    def start(self, args, **more):
        return subprocess.Popen([COMMAND] + list(args), cwd=self.folder, env=dict(os.environ, GLACIS_HOME=self.home), stderr=subprocess.PIPE, **more)

    def to_nobody(self, *args, **more):
        """What it is ended by and what it complains of, with standard output a pipe without a reader."""
        read, write = os.pipe()
        os.close(read)
        process = self.start(args, stdout=write, **more)
        os.close(write)
        _, err = process.communicate(timeout=PATIENCE)
        return process.returncode, err.decode()

    def setUp(self):
        super().setUp()
        self.home = self.small_home()

    def everything_that_prints(self):
        """What needs a file first has it."""
        self.assertEqual(self.glacis(*ONE, "--quiet", "--trace", "run.trace")[0], 0)
        self.assertEqual(self.glacis("evidence", "--platform", "tdx", "--out", "e")[0], 0)
        return PRINTING + [("trace", "run.trace"), ("verify", "e", "--policy", "e/policy.yaml")]

    def test_each_command_ends_by_sigpipe(self):
        for args in self.everything_that_prints():
            self.assertEqual(self.to_nobody(*args), (SIGPIPE, ""), args)

    def test_where_sigpipe_is_ignored_it_is_an_error_like_a_full_disk(self):
        def ignoring():
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)

        for args in self.everything_that_prints():
            code, err = self.to_nobody(*args, preexec_fn=ignoring, restore_signals=False)
            self.assertEqual((code, err.count("\n"), err[:8]), (2, 1, "glacis: "), args)

    def test_one_line_and_no_more(self):
        for args in self.everything_that_prints():
            process = self.start(args, stdout=subprocess.PIPE)
            self.assertNotEqual(process.stdout.readline(), b"", args)
            process.stdout.close()
            self.assertIn(process.wait(timeout=PATIENCE), (0, 1, SIGPIPE), args)
            self.assertEqual(process.stderr.read(), b"", args)
            process.stderr.close()

    def test_files_are_written_all_the_same(self):
        self.assertEqual(self.to_nobody(*ONE, "--json", "run.json", "--trace", "run.trace"), (SIGPIPE, ""))
        self.assertEqual(self.to_nobody("matrix", ATTACK, "--platform", "snp", "--json", "matrix.json", "--html", "site"), (SIGPIPE, ""))
        self.assertEqual(self.to_nobody("kill-matrix", "--json", "kills.json"), (SIGPIPE, ""))
        self.assertEqual(self.to_nobody("new", "scenario", "mine"), (SIGPIPE, ""))
        self.assertEqual(self.to_nobody("evidence", "--platform", "snp", "--out", "e"), (SIGPIPE, ""))
        written = self.bytes_of(".")
        for name in ("run.json", "matrix.json", "kills.json", "e/policy.json"):
            json.loads(written[name])
        for name in ("site/index.html", "mine.yaml", "run.trace", "e/README.txt"):
            self.assertIn(name, list(written))
        self.clean()

    def test_a_report_that_nobody_reads_costs_no_other_report(self):
        code, err = self.to_nobody(*ONE, "--quiet", "--json", "/dev/stdout", "--trace", "run.trace")
        self.assertEqual((code, err), (SIGPIPE, ""))
        self.assertIn("run.trace", list(self.bytes_of(".")))
        self.clean()

    def test_a_complaint_that_nobody_reads_is_one_all_the_same(self):
        read, write = os.pipe()
        os.close(read)
        process = subprocess.run([COMMAND, "run", "missing.yaml"], cwd=self.folder, env=dict(os.environ, GLACIS_HOME=TOP), stdout=subprocess.DEVNULL, stderr=write,
                                 check=False, timeout=PATIENCE)
        os.close(write)
        self.assertIn(process.returncode, (2, SIGPIPE))


if __name__ == "__main__":
    unittest.main()
