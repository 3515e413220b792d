#!/usr/bin/env python3
"""The same call gives the same bytes: in another process, in another folder, and on any number of threads."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import CommandTest  # noqa: E402

# Memory, registers, and evidence with keys, signatures and certificates.
FILES = ["severed-remap", "ciphertext-side-channel", "vmsa-rollback", "quote-replay", "quote-tamper", "tcb-rollback", "relay",
         "fw-swap", "session-replay"]


class Determinism(CommandTest):
    def record(self, folder, *more):
        """All that the command can write about these files, and what it prints."""
        os.mkdir(self.path(folder))
        out = {}
        args = ["run"] + FILES + ["--json", folder + "/runs.json", "--junit", folder + "/runs.xml", "--artifacts", folder + "/artifacts"]
        out["run"] = self.glacis(*args, *more)
        for file in FILES:
            for platform in ("sev", "snp"):
                trace = "%s/%s.%s.trace" % (folder, file, platform)
                out[file, platform] = self.glacis("run", file, "--platform", platform, "--trace", trace, *more)
        out["matrix"] = self.glacis("matrix", *FILES, "--json", folder + "/matrix.json", *more)
        files = {path.split("/", 1)[1]: data for path, data in self.bytes_of(folder).items()}
        return out, files

    def compare(self, one, other):
        self.assertEqual(one[0], other[0])
        self.assertEqual(sorted(one[1]), sorted(other[1]))
        for name, data in one[1].items():
            self.assertTrue(data == other[1][name], name)

    def test_two_processes_and_any_number_of_threads_write_the_same_bytes(self):
        first = self.record("first")
        self.compare(first, self.record("second"))
        self.compare(first, self.record("single", "--jobs", "1"))
        self.compare(first, self.record("many", "--jobs", "7"))
        # And there was something to compare.
        for name in ("runs.json", "matrix.json", "severed-remap.snp.trace", "artifacts/quote-replay.snp/vm0.report.signature.der"):
            self.assertGreater(len(first[1].get(name, b"")), 50, sorted(first[1]))

    def test_another_seed_writes_others(self):
        self.glacis("run", "quote-replay", "--platform", "snp", "--artifacts", "one")
        self.glacis("run", "quote-replay", "--platform", "snp", "--artifacts", "two", "--seed", "2")
        signature = "/quote-replay.snp/vm0.report.signature.der"
        self.assertNotEqual(self.bytes_of("one")["one" + signature], self.bytes_of("two")["two" + signature])

    def test_a_trace_prints_as_the_play_that_it_records(self):
        code, out, _ = self.glacis("run", "severed-remap", "--platform", "snp", "--trace", "run.trace")
        self.assertEqual(code, 0)
        code, lines, _ = self.glacis("trace", "run.trace")
        self.assertEqual(code, 0)
        self.assertIn("refused: rmp.access.gpa", lines)
        self.assertIn(lines, out)


if __name__ == "__main__":
    unittest.main()
