#!/usr/bin/env python3
"""A guest library that was built to tell which of its edges it reaches: it tells the same twice, and exploring is guided by it."""
import json
import os
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import CommandTest, TOP  # noqa: E402

os.environ["GLACIS_GUEST_RUNNER"] = os.path.join(TOP, "guest/remote/runner")

FILE = """scenario: The host hands a guest of mine its files
machine: machines/bare-vm.yaml
platforms: [ snp ]
guest: { vm0: { library: %s%s } }
attack:
  - { by: vmm, at: vm0.host-data, when: { object: HOST.fw_cfg/directory }, do: { set: %s, value: %d, way: reply } }
expect:
  - { platforms: [ snp ], outcome: held }
"""
RUNS = 600


class Coverage(CommandTest):
    def built(self, name, *flags, compiler="gcc"):
        library = self.path("%s%s.so" % (name, "".join(flags).replace("=", "-").replace(",", "-")))
        subprocess.run([compiler, "-std=gnu11", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-I", TOP, *flags,
                        os.path.join(TOP, "tests/guest", name + ".c"), "-o", library], check=True)
        return library

    def edges(self, library, field="size", value=0, arguments=""):
        """Those of a run in which the host says `value` of a file."""
        file = self.path("mine.yaml", FILE % (library, arguments and ", arguments: " + arguments, field, value))
        maps = []
        for folder in "first", "second":
            shutil.rmtree(self.path(folder), ignore_errors=True)
            _, out, err = self.glacis("run", file, "--artifacts", folder)
            self.assertEqual(err, "", out)
            found = [content for path, content in self.bytes_of(folder).items() if path.endswith("coverage/vm0")]
            self.assertEqual(len(found), 1)
            maps += found
        self.assertEqual(maps[0], maps[1])
        self.assertEqual(len(maps[0]), 8192)
        return {edge for edge in range(65536) if maps[0][edge // 8] >> edge % 8 & 1}

    def explore(self, library, *more):
        code, out, err = self.glacis("explore", "--machine", "machines/bare-vm.yaml", "--platform", "snp", "--guest", "vm0=library:" + library,
                                     "--adversary", "vmm", "--budget", str(RUNS), "--quiet", "--json", "out.json", *more)
        self.assertEqual(err, "", out)
        with open(self.path("out.json"), encoding="utf-8") as read:
            return code, out, json.load(read)

    def test_edges_are_told_by_whichever_way_a_compiler_has(self):
        ways = [("gcc", "trace-pc")]
        if shutil.which("clang"):
            ways += [("clang", way) for way in ("trace-pc-guard", "trace-pc-guard,trace-cmp,trace-div,trace-gep", "inline-8bit-counters,pc-table", "inline-bool-flag", "trace-pc")]
        for compiler, way in ways:
            with self.subTest(compiler=compiler, way=way):
                library = self.built("twolies", "-fsanitize-coverage=" + way, compiler=compiler)
                honest, long, old = self.edges(library, "count", 1), self.edges(library, "size", 4096), self.edges(library, "select", 0)
                self.assertGreater(len(honest), 3)
                self.assertTrue(long - honest, "another branch is another edge")
                self.assertTrue(old - honest)
                self.assertNotEqual(long, old)

    def test_edges_before_a_fault_are_told(self):
        library = self.built("twopages", "-fsanitize-coverage=trace-pc")
        self.assertTrue(self.edges(library, arguments="nil") - self.edges(library, arguments="none"))

    def test_exploring_finds_what_takes_two_lies(self):
        library = self.built("twolies", "-fsanitize-coverage=trace-pc")
        code, out, told = self.explore(library)
        self.assertEqual(code, 1, out)
        self.assertIn("edges of vm0's program", out)
        self.assertGreater(told["edges"]["vm0"], len(self.edges(library, "count", 1)))
        faults = [find for find in told["finds"] if "touched memory that it does not have" in find["broke"]]
        self.assertEqual(len(faults), 1, out)
        self.assertEqual(faults[0]["promise"], ["integrity"])
        self.assertEqual(len(faults[0]["attack"]), 2)
        self.assertEqual(self.explore(library, "--jobs", "1")[1:], (out, told))

    def test_without_coverage_it_is_said_and_what_takes_two_lies_stays_hidden(self):
        code, out, told = self.explore(self.built("twolies"))
        self.assertIn("vm0: its program tells no coverage, since it was not built with -fsanitize-coverage", out)
        self.assertEqual((code, told["runs"], told["edges"], told["finds"]), (0, RUNS, {"vm0": None}, []), out)


if __name__ == "__main__":
    unittest.main()
