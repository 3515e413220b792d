#!/usr/bin/env python3
"""The matrix in shards: parts that join to what one run gives, what a shard leaves that is killed or interrupted, and what is no whole."""
import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import COMMAND, TOP, CommandTest  # noqa: E402

CATALOGUE = os.path.join(TOP, "scenarios/catalogue")
SELECTION = [os.path.join(CATALOGUE, "memory"), "--platform", "snp", "--platform", "tdx", "--platform", "none"]
OUTPUTS = ["json", "csv", "junit", "sarif", "markdown"]
WAIT = 300  # s, for what takes milliseconds


def outputs(name):
    return [word for form in OUTPUTS for word in ("--" + form, "%s.%s" % (name, form))]


class Shards(CommandTest):
    def start(self, *args):
        return subprocess.Popen([COMMAND] + list(args), cwd=self.folder, env=dict(os.environ, GLACIS_HOME=TOP), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def items_in(self, name):
        """How many lines between the first and the last: files are replaced whole, so what is there can be read."""
        try:
            with open(os.path.join(self.folder, name), "rb") as file:
                return file.read().count(b"\n") - 2
        except OSError:
            return -1

    def start_and_wait(self, part, *args):
        """A shard that keeps every cell at once, stopped when it has some and lacks some."""
        for _ in range(10):
            process = self.start("matrix", *SELECTION, "--part", part, "--checkpoint", "0", "--jobs", "1", *args)
            end = time.monotonic() + WAIT
            while self.items_in(part + ".checkpoint") < 2 and process.poll() is None and time.monotonic() < end:
                time.sleep(0.001)
            process.send_signal(signal.SIGSTOP)
            if process.poll() is None:
                return process
            os.unlink(os.path.join(self.folder, part))  # it was done before it was looked at
        return self.fail("the shard is always too fast")

    def ended(self, process, number):
        process.send_signal(number)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=WAIT)
        return process.returncode, out, err

    def parts(self, *names):
        """All shards as processes of their own."""
        running = [self.start("matrix", *SELECTION, "--shard", "%d/%d" % (i + 1, len(names)), "--part", name) for i, name in enumerate(names)]
        for process in running:
            _, err = process.communicate(timeout=WAIT)
            self.assertEqual((process.returncode, err), (0, ""))

    def test_four_shards_one_of_them_killed_merge_to_one_run_byte_for_byte(self):
        one = self.glacis("matrix", *SELECTION, *outputs("one"))
        self.assertEqual(one[0], 0)
        victim = self.start_and_wait("2.part", "--shard", "2/4")
        code, _, _ = self.ended(victim, signal.SIGKILL)
        self.assertEqual(code, -signal.SIGKILL)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "2.part")))
        kept = self.items_in("2.part.checkpoint")
        self.assertGreaterEqual(kept, 2)
        for i in (1, 3, 4):
            self.assertEqual(self.glacis("matrix", *SELECTION, "--shard", "%d/4" % i, "--part", "%d.part" % i)[0::2], (0, ""))
        self.refuses("merge", "1.part", "3.part", "4.part", saying="missing of 4 shards: 2;")
        code, out, err = self.glacis("matrix", *SELECTION, "--shard", "2/4", "--part", "2.part")
        self.assertEqual(code, 0)
        self.assertRegex(err, "^`2.part.checkpoint` has %d of [0-9]+ items\n$" % kept)
        self.assertRegex(out, "^shard 2 of 4: [0-9]+ cells, ")
        self.assertFalse(os.path.exists(os.path.join(self.folder, "2.part.checkpoint")))
        merged = self.glacis("merge", "4.part", "2.part", "1.part", "3.part", *outputs("merged"))
        self.assertEqual(merged, one)
        files = self.bytes_of(".")
        for form in OUTPUTS:
            self.assertEqual(files["merged." + form], files["one." + form], form)

    def test_shards_of_one_moment_and_of_any_number_merge_alike(self):
        one = self.glacis("matrix", *SELECTION, "--json", "one.json")
        for names in (["whole.part"], ["a%d.part" % i for i in range(5)]):
            self.parts(*names)
            self.assertEqual(self.glacis("merge", *names, "--json", "merged.json"), one)
            files = self.bytes_of(".")
            self.assertEqual(files["merged.json"], files["one.json"])

    def test_pages_of_parts_are_those_of_one_run_byte_for_byte(self):
        # A file that fixes its platform by the machine, n/a cells, both profiles, and one that comes back from a checkpoint.
        names = ["1.part", "2.part", "3.part"]
        self.assertEqual(self.glacis("matrix", *SELECTION, "--html", "one", "--json", "one.json")[0], 0)
        victim = self.start_and_wait("2.part", "--shard", "2/3", "--films")
        self.assertEqual(self.ended(victim, signal.SIGKILL)[0], -signal.SIGKILL)
        for i, name in enumerate(names):
            self.assertEqual(self.glacis("matrix", *SELECTION, "--shard", "%d/3" % (i + 1), "--part", name, "--films")[0], 0)
        code, _, err = self.glacis("merge", *reversed(names), "--html", "merged", "--json", "merged.json")
        self.assertEqual((code, err), (0, ""))
        one, merged = self.bytes_of("one"), self.bytes_of("merged")
        self.assertEqual(sorted(map(os.path.basename, merged)), sorted(map(os.path.basename, one)))
        self.assertGreater(len(one), 10)
        merged = {os.path.basename(name): data for name, data in merged.items()}
        for name, data in one.items():
            self.assertEqual(merged[os.path.basename(name)], data, name)
        files = self.bytes_of(".")
        self.assertEqual(files["merged.json"], files["one.json"])
        # Films change nothing else of a report, and a report needs none.
        self.glacis("matrix", *SELECTION, "--part", "plain.part", "--json", "plain.json")
        files = self.bytes_of(".")
        self.assertEqual(files["plain.json"], files["one.json"])
        self.refuses("merge", "plain.part", "--html", "pages", saying="`plain.part` has no films, which --html is made of")
        self.refuses("merge", "1.part", "plain.part", saying="different wholes")
        self.refuses("merge", "--partial", "1.part", "3.part", "--html", "pages", saying="--html is of a whole matrix")
        self.path("page", "mine")
        self.refuses("merge", *names, "--html", "page", saying="`page` is a file")
        self.assertFalse(os.path.exists(os.path.join(self.folder, "pages")))

    def test_a_part_that_is_done_is_not_played_again(self):
        self.parts("1.part", "2.part")
        before = os.stat(os.path.join(self.folder, "1.part")).st_size
        code, out, err = self.glacis("matrix", *SELECTION, "--shard", "1/2", "--part", "1.part")
        self.assertEqual(code, 0)
        self.assertRegex(err, "^`1.part` has ([0-9]+) of \\1 items\n$")
        self.assertIn("shard 1 of 2", out)
        self.assertEqual(os.stat(os.path.join(self.folder, "1.part")).st_size, before)

    def test_an_interrupted_run_leaves_a_report_that_says_it_is_partial(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            name = "p%d" % code
            process = self.start_and_wait(name + ".part", *outputs(name))
            got, out, err = self.ended(process, number)
            self.assertEqual(got, code, err)
            self.assertRegex(err, "^interrupted: [0-9]+ of [0-9]+ cells are not played; what is played is in `%s.part.checkpoint`" % name)
            files = {key: data.decode() for key, data in self.bytes_of(".").items()}
            self.assertNotIn(name + ".part", files)
            report = json.loads(files[name + ".json"])
            played = [cell for cell in report["cells"] if cell["observed"] != "unplayed"]
            self.assertEqual(report["partial"], {"played": len(played), "of": len(report["cells"])})
            self.assertGreaterEqual(len(played), 2)
            self.assertTrue(all(cell["agrees"] for cell in played))
            self.assertIn("not played: a partial report", out)
            self.assertIn("A partial report: ", files[name + ".markdown"])
            self.assertIn('<property name="partial"', files[name + ".junit"])
            self.assertIn("unplayed", files[name + ".csv"])
            self.assertFalse(json.loads(files[name + ".sarif"])["runs"][0]["invocations"][0]["executionSuccessful"])
            # The same from the checkpoint, and whole when it goes on.
            merged = self.glacis("merge", "--partial", name + ".part.checkpoint", "--json", "merged.json")
            self.assertEqual(merged[0], 1)
            self.assertEqual(self.bytes_of(".")["merged.json"].decode(), files[name + ".json"])
            self.refuses("matrix", *SELECTION, "--baseline", name + ".json", saying="this is a partial report")
            self.assertEqual(self.glacis("matrix", *SELECTION, "--part", name + ".part", "--json", name + ".json")[0], 0)
            self.glacis("matrix", *SELECTION, "--json", "one.json")
            files = self.bytes_of(".")
            self.assertEqual(files[name + ".json"], files["one.json"])

    def test_what_is_lost_with_a_shard_is_that_shard(self):
        self.parts("1.part", "2.part", "3.part")
        code, out, _ = self.glacis("merge", "--partial", "1.part", "3.part", "--json", "merged.json")
        self.assertEqual(code, 1)
        self.assertIn("not played: a partial report", out)
        self.glacis("matrix", *SELECTION, "--json", "one.json")
        one, merged = (json.loads(self.bytes_of(".")[name])["cells"] for name in ("one.json", "merged.json"))
        lost = [cell["observed"] == "unplayed" for cell in merged]
        self.assertIn(sum(lost), (len(one) // 3, len(one) // 3 + 1))
        self.assertTrue(all(gone or cell == known for gone, cell, known in zip(lost, merged, one)))

    def test_parts_that_make_no_whole_are_refused(self):
        self.parts("1.part", "2.part")
        self.glacis("matrix", *SELECTION, "--shard", "2/3", "--part", "of3.part")
        self.glacis("matrix", *SELECTION[:3], "--shard", "2/2", "--part", "snp.part")
        self.refuses("merge", "1.part", saying="missing of 2 shards: 2;")
        self.refuses("merge", "1.part", "2.part", "2.part", saying="are both shard 2 of 2")
        self.refuses("merge", "1.part", "of3.part", saying="one of 3")
        self.refuses("merge", "1.part", "snp.part", saying="different wholes: the options or the lists of files differ")
        self.refuses("merge", "1.part", "nothing.part", saying="nothing.part:1:1: there is no such file")
        self.path("other.part", "{}")
        self.refuses("merge", "other.part", saying="other.part:1:1: this is no part")
        with open(os.path.join(self.folder, "2.part"), "rb") as file:
            text = file.read()
        self.path("cut.part", text[:-20])
        self.refuses("merge", "1.part", "cut.part", saying="cut.part:")
        self.path("changed.part", text.replace(b'"agrees":true', b'"agrees":false', 1))
        self.refuses("merge", "1.part", "changed.part", saying="the last line does not belong to the lines before")
        self.refuses("merge", saying="PART")

    def test_a_file_that_changed_in_between_is_told(self):
        with open(os.path.join(CATALOGUE, "memory/severed-remap.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.path("severed-remap.yaml", text)
        self.assertEqual(self.glacis("matrix", "severed-remap.yaml", "--part", "mine.part")[0], 0)
        self.assertEqual(self.glacis("merge", "mine.part")[1], self.glacis("matrix", "severed-remap.yaml")[1])
        self.path("severed-remap.yaml", text + "# changed\n")
        self.refuses("merge", "mine.part", saying="`severed-remap.yaml` has another content")
        code, _, err = self.glacis("matrix", "severed-remap.yaml", "--part", "mine.part")
        self.assertEqual(code, 0)
        self.assertIn("`severed-remap.yaml` has another content); it is played anew", err)
        self.assertEqual(self.glacis("merge", "mine.part")[0], 0)

    def test_verdicts_of_a_shard_are_exit_codes(self):
        with open(os.path.join(CATALOGUE, "memory/severed-remap.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.path("severed-remap.yaml", text.replace("by: rmp.access.gpa", "by: rmp.access.asid"))
        codes = [self.glacis("matrix", "severed-remap.yaml", "--shard", "%d/8" % i, "--part", "%d.part" % i)[0] for i in range(1, 9)]
        self.assertEqual(sorted(codes), [0] * 7 + [1])
        merged, one = self.glacis("merge", *("%d.part" % i for i in range(1, 9))), self.glacis("matrix", "severed-remap.yaml")
        self.assertEqual(merged, one)
        self.assertEqual(one[0], 1)

    def test_options_that_do_not_go_together_are_refused(self):
        for text in ("5/4", "0/4", "1", "1/4/2", "a/b"):
            self.refuses("matrix", "--shard", text, saying="is no shard")
        for option in ("--csv", "--markdown", "--baseline"):
            self.refuses("matrix", "--shard", "1/2", option, "x", saying=option + " is of a whole matrix")
        self.refuses("matrix", "--part", "p", "--html", "pages", saying="--html needs the films")
        self.refuses("matrix", "--films", saying="--films are kept in a part")
        self.refuses("matrix", "--shard", "1/2", "--against", "amd-t1", saying="--against takes its own selection")
        self.path("mine.yaml", "scenario: x\n")
        self.refuses("matrix", "severed-remap", "--part", "mine.yaml", saying="no part of ours")
        self.refuses("matrix", "severed-remap", "--part", "nowhere/p", saying="cannot write")


class BazelCells(CommandTest):
    """What the targets of scenarios/catalogue run, without Bazel around it."""

    def cell(self, name, *args, **environment):
        folder = os.path.join(self.folder, "logs", name)
        os.makedirs(folder)
        environment = dict(os.environ, XML_OUTPUT_FILE=os.path.join(folder, "test.xml"), **environment)
        done = subprocess.run(["scenarios/catalogue/matrix_test.sh"] + list(args), cwd=TOP, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=WAIT, check=False)
        return done.returncode, done.stdout

    def same(self, *files):
        junit = os.path.join(self.folder, "one.xml")
        self.glacis("matrix", *(os.path.join(TOP, file) for file in files), "--junit", junit)
        done = subprocess.run([sys.executable, "tools/same_verdicts.py", junit, os.path.join(self.folder, "logs")], cwd=TOP, stdout=subprocess.PIPE, text=True, check=False)
        return done.returncode, done.stdout

    def test_the_targets_are_the_cells(self):
        code, out, err = self.glacis("list", "cells")
        self.assertEqual((code, err), (0, ""))
        cells = [line.split()[0] + "/" + platform for line in out.splitlines() for platform in line.split()[1:]]
        with open(os.path.join(TOP, "scenarios/catalogue/cells.txt"), encoding="utf-8") as file:
            targets = file.read().splitlines()
        self.assertGreater(len(cells), 3000)
        self.assertEqual(len(set(targets)), len(targets))
        self.assertEqual(sorted(targets), sorted(cells), "scenarios/catalogue/BUILD: `without` is not right")

    def test_cells_have_the_verdicts_of_the_matrix(self):
        files = ["scenarios/catalogue/memory/rmpocalypse.yaml", "scenarios/catalogue/attestation/vtpm-reset.yaml"]
        for file in files:
            for platform in ("none", "sev", "sev-es", "snp", "tdx", "cca", "pkvm", "cove"):
                code, out = self.cell(os.path.join(os.path.basename(file), platform), file, "--platform", platform)
                self.assertEqual(code, 0, out)
        code, out = self.same(*files)
        self.assertEqual(code, 0, out)
        self.assertRegex(out, ", [0-9]+ in 16 other files: the same\n$")
        self.assertEqual(self.same(files[0])[0], 1)

    def test_shards_of_bazel_are_shards_of_the_matrix(self):
        file = "scenarios/catalogue/memory/severed-remap.yaml"
        for index in range(3):
            status = self.path("status%d" % index)
            code, out = self.cell("shard_%d" % index, file, TEST_TOTAL_SHARDS="3", TEST_SHARD_INDEX=str(index), TEST_SHARD_STATUS_FILE=status)
            self.assertEqual(code, 0, out)
            self.assertTrue(os.path.exists(status))
            self.assertRegex(out, "^shard %d of 3: [23] cells, " % (index + 1))
        code, out = self.same(file)
        self.assertEqual(code, 0, out)


if __name__ == "__main__":
    unittest.main()
