#!/usr/bin/env python3
"""The sum of a test run counts cases, counts what died or did not build as failed, and never calls nothing a success."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "tools", "sum_tests.py")
PASSED = '<testcase classname="A" name="Good" status="run" result="completed"/>'
FAILED = '<testcase classname="A" name="Bad" status="run"><failure message="1"/></testcase>'
SKIPPED = '<testcase classname="A" name="Off" status="notrun"/><testcase classname="A" name="Skip" result="skipped"><skipped/></testcase>'


class SumTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.events = []

    def tearDown(self):
        self.folder.cleanup()

    def ran(self, label, status, cases=None, shard=1, attempt=1):
        outputs = [{"name": "test.log", "uri": "file:///logs/%s.log" % label[2:]}]
        if cases is not None:
            path = os.path.join(self.folder.name, "%d.xml" % len(self.events))
            with open(path, "w", encoding="utf-8") as file:
                file.write("<testsuites><testsuite>%s</testsuite></testsuites>" % cases)
            outputs.append({"name": "test.xml", "uri": "file://" + path})
        self.events.append({"id": {"testResult": {"label": label, "run": 1, "shard": shard, "attempt": attempt}},
                            "testResult": {"status": status, "testActionOutput": outputs}})

    def sum(self):
        path = os.path.join(self.folder.name, "events.json")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(event) + "\n" for event in self.events)
        done = subprocess.run([sys.executable, PROGRAM, path], capture_output=True, text=True, check=False)
        return done.stdout.splitlines(), done.returncode

    def test_adds_up_shards_and_leaves_out_what_was_skipped(self):
        self.ran("//a:t", "PASSED", PASSED + PASSED, shard=1)
        self.ran("//a:t", "PASSED", PASSED + SKIPPED, shard=2)
        self.assertEqual(self.sum(), (["2 skipped", "3 passed, 0 failed"], 0))

    def test_names_a_failure_and_its_log(self):
        self.ran("//a:t", "FAILED", PASSED + FAILED)
        self.assertEqual(self.sum(), (["FAILED  //a:t A.Bad", "        log: /logs/a:t.log", "1 passed, 1 failed"], 1))

    def test_counts_a_test_that_died_though_all_its_cases_passed(self):
        self.ran("//a:t", "TIMEOUT", PASSED)
        lines, code = self.sum()
        self.assertEqual((lines[0], lines[-1], code), ("FAILED  //a:t (timeout)", "1 passed, 1 failed", 1))

    def test_counts_a_target_that_does_not_build(self):
        self.ran("//a:t", "PASSED", PASSED)
        self.events.append({"id": {"targetCompleted": {"label": "//a:u"}}, "completed": {}})
        lines, code = self.sum()
        self.assertEqual((lines, code), (["FAILED  //a:u (does not build)", "1 passed, 1 failed"], 1))

    def test_takes_the_last_attempt(self):
        self.ran("//a:t", "FAILED", FAILED, attempt=1)
        self.ran("//a:t", "PASSED", PASSED, attempt=2)
        self.assertEqual(self.sum(), (["1 passed, 0 failed"], 0))

    def test_nothing_is_no_success(self):
        self.assertEqual(self.sum(), (["no test ran", "0 passed, 0 failed"], 1))


if __name__ == "__main__":
    unittest.main()
