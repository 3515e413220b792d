#!/usr/bin/env python3
"""Whatever is wrong with the input: one clear line, exit code 2, and nothing half-written."""
import os
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import TOP, CommandTest  # noqa: E402

GOOD = os.path.join(TOP, "scenarios/catalogue/memory/severed-remap.yaml")


def good(**changes):
    with open(GOOD, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for key, value in changes.items():
        lines = [key + ": " + value if line.startswith(key + ":") else line for line in lines]
    return "\n".join(lines) + "\n"


class BadFiles(CommandTest):
    def test_a_file_that_is_none(self):
        for command in ("run", "check", "matrix"):
            self.refuses(command, "missing.yaml", saying="missing.yaml:1:1: there is no such file")
            self.refuses(command, ".", saying="no scenario file (.yaml) in `.`" if command in ("run", "matrix") else "not a regular file")
            self.refuses(command, "/dev/zero", saying="not a regular file")
            self.refuses(command, "servered-remap", saying="did you mean `severed-remap`?")
            self.path("severed.yaml", good())
            self.refuses(command, "severed", saying="did you mean `severed.yaml`?")
            self.refuses(command, "snp", saying="`snp`; of several platforms, each has a --platform of its own")
            os.remove(self.path("severed.yaml"))
        os.mkfifo(self.path("pipe.yaml"))
        code, _, err = self.glacis("run", "pipe.yaml")
        self.assertEqual(code, 2)
        self.assertIn("not a regular file", err)

    def test_a_file_that_may_not_be_read(self):
        path = self.path("secret.yaml", good())
        os.chmod(path, 0)
        os.chmod(self.folder, 0o755)
        more = {"user": 65534} if os.geteuid() == 0 else {}  # root reads everything
        try:
            code, out, err = self.glacis("run", path, **more)
        except (OSError, subprocess.SubprocessError):
            self.skipTest("nobody but root can start the command here")
        self.assertEqual((code, out, err), (2, "", "glacis: %s:1:1: cannot be opened\n" % path))

    def test_a_file_that_is_no_text(self):
        self.refuses("run", self.path("zero.yaml", bytes(4096)), saying="zero.yaml:1:1: a control character")
        self.refuses("run", self.path("noise.yaml", b"format: 1\nx: \xff\xfe\n"), saying="noise.yaml:2:4: this byte is not UTF-8")
        with open("/proc/self/exe", "rb") as file:
            self.refuses("run", self.path("program.yaml", file.read(65536)))
        self.refuses("run", self.path("empty.yaml", ""), saying="empty.yaml:1:1: the file is empty")

    def test_a_file_that_wants_all_memory(self):
        with open(self.path("large.yaml"), "wb") as file:
            file.truncate(100 << 20)
        self.refuses("run", "large.yaml", saying="larger than 1048576 bytes")
        bomb = "a: &a [ x, x ]\n" + "".join("%s: &%s [ *%s, *%s ]\n" % (n, n, p, p) for p, n in zip("abcdefgh", "bcdefghi"))
        self.refuses("run", self.path("bomb.yaml", bomb), saying="anchors are not allowed")
        self.refuses("run", self.path("deep.yaml", "a: " + "[" * 100000), saying="nested too deeply")
        self.refuses("run", self.path("wide.yaml", "a: [" + "x," * 400000 + "]"), saying="values in one file")

    def test_a_scenario_that_names_what_is_not_there(self):
        for key, value, saying in (("machine", "machines/none.yaml", "none.yaml"), ("machine", "../../../etc/passwd", "passwd"),
                                   ("guest", "{ vm0: keep-two-page }", "did you mean `keep-two-pages`?"),
                                   ("platforms", "[ snq ]", "did you mean `snp`?"), ("format", "2", "format")):
            path = self.path("severed-remap.yaml", good(**{key: value}))
            self.refuses("run", path, saying=saying)
            self.refuses("check", path, saying=saying)

    def test_steps_that_no_run_could_take(self):
        cloned, dropped = ("scenarios/catalogue/%s.yaml" % name for name in ("trust/device-cloned", "pcie/tlp-drop"))
        for name, old, new, saying in (
                (cloned, "set: device-cloned", "set: device-clone", "`set` finds no device that is `clone`; did you mean `cloned`?"),
                (dropped, "link rp0 - gpu0.up", "link rp0 - gpu0", "unknown boundary `link rp0 - gpu0`; did you mean `link rp0 - gpu0.up`?"),
                (GOOD, "by: vmm", "by: network", "`network` does not stand at `vm0.mapping`")):
            with open(os.path.join(TOP, name), encoding="utf-8") as file:
                lines = file.read().split("\n")
            line = next(i for i, text in enumerate(lines) if old in text and "by: " in text)
            lines[line] = lines[line].replace(old, new)
            path = self.path(os.path.basename(name), "\n".join(lines))
            for command in ("run", "check"):
                err = self.refuses(command, path, saying=saying)
                self.assertRegex(err, re.escape(path) + ":%d:[0-9]+: " % (line + 1))

    def test_machines_that_use_each_other(self):
        home = self.path("home")
        os.makedirs(home + "/scenarios/machines")
        for one, other in (("a", "b"), ("b", "a")):
            self.path("home/scenarios/machines/%s.yaml" % one, "machine: M\nusing: %s.yaml\ncpu0: { is: cpu }\n" % other)
        path = self.path("severed-remap.yaml", good(machine="machines/a.yaml"))
        self.refuses("run", path, saying="b.yaml:2:8: machine files build on each other in a circle", home=home)

    def test_a_trace_that_is_none(self):
        code, _, _ = self.glacis("run", "severed-remap", "--platform", "snp", "--trace", "good.trace")
        self.assertEqual(code, 0)
        with open(self.path("good.trace"), "rb") as file:
            trace = file.read()
        self.refuses("trace", self.path("cut.trace", trace[:100]), saying="cut.trace: offset 100: the file is cut short")
        self.refuses("trace", self.path("tail.trace", trace + b"x"), saying="offset %d: bytes behind the last record" % len(trace))
        self.refuses("trace", self.path("next.trace", trace[:8] + b"\x02" + trace[9:]), saying="offset 8: version 2")
        self.refuses("trace", GOOD, saying="offset 0: no trace begins so")
        self.refuses("trace", ".", saying="not a regular file")
        self.refuses("trace", "none.trace", saying="there is no such file")
        self.refuses("trace", self.path("empty.trace", ""), saying="the file is empty")


class BadArguments(CommandTest):
    def test_slips_of_the_finger(self):
        self.refuses("rum", "severed-remap", saying="unknown command `rum`; did you mean `run`?")
        self.refuses("list", "verb", saying="unknown command `verb`; did you mean `verbs`?")
        self.refuses("new", "scenari", "x", saying="unknown command `scenari`; did you mean `scenario`?")
        self.refuses("run", "severed-remap", "--platfrom", "snp", saying="unknown option `--platfrom`; did you mean `--platform`?")
        self.refuses("run", "severed-remap", "--platfrom=snp", saying="unknown option `--platfrom`; did you mean `--platform`?")

    def test_names_and_numbers(self):
        for args, saying in ((("--lift", "rmp.access.gpb"), "did you mean `rmp.access.gpa`?"),
                             (("--platform", "snq"), "did you mean `snp`?"), (("--profile", "hard"), "unknown profile `hard`"),
                             (("--weather", "slow-hos"), "did you mean `slow-host`?"),
                             (("--set", "cpu0"), "--set wants part.setting=value"), (("--set", "cpu0.nothing=x"), "unknown setting"),
                             (("--set", "vm9.snapshot=enabled"), "unknown part `vm9`"), (("--set", "vm0.snapshot="), "is empty"),
                             (("--set", "mem0.cipher=foo"), "unknown"),
                             (("--seed", "-1"), "seed"), (("--seed", "one"), "seed"), (("--seed", "18446744073709551616"), "seed"),
                             (("--seed", ""), "seed"), (("--jobs", "0"), "jobs"), (("--jobs", "x"), "jobs"), (("--what",), "--what")):
            self.refuses("run", "severed-remap", *args, saying=saying)
        self.refuses("run", "severed-remap", "--trace", "t", saying="--trace is of one run")
        self.refuses("runn", "severed-remap", saying="did you mean `run`?")
        self.refuses("explain", "rmp.access.gpb", saying="did you mean `rmp.access.gpa`?")
        self.refuses("matrix", "--baseline", "none.json", saying="there is no such file")
        self.refuses("matrix", "severed-remap", "--baseline", self.path("bad.json", "{"), saying="bad.json")


class BadOutputs(CommandTest):
    RUN = ("run", "severed-remap", "--platform", "snp", "--quiet")

    def fails(self, *args, saying):
        before = self.bytes_of(".")
        code, _, err = self.glacis(*args)
        self.assertEqual((code, err.count("\n")), (2, 1), (args, err))
        self.assertIn(saying, err)
        self.assertEqual(self.bytes_of("."), before, args)

    def test_a_folder_that_is_missing(self):
        for option in ("--json", "--trace", "--junit", "--bundle"):
            self.fails(*self.RUN, option, "missing/out", saying="cannot write `missing/out`: No such file")
        self.fails("matrix", "severed-remap", "--json", "missing/out", saying="cannot write `missing/out`: No such file")

    def test_a_full_disk(self):
        for option in ("--json", "--trace", "--junit", "--bundle"):
            self.fails(*self.RUN, option, "/dev/full", saying="cannot write `/dev/full`: No space left")
        with open("/dev/full", "wb") as full:
            code, _, err = self.glacis(*self.RUN, stdout=full)
        self.assertEqual((code, err), (2, "glacis: cannot write to standard output\n"))

    def test_standard_output_stays_what_it_is(self):
        was = os.readlink("/dev/stdout")
        with open(self.path("out"), "wb") as out:
            self.assertEqual(self.glacis(*self.RUN, "--json", "/dev/stdout", stdout=out)[0], 0)
        self.assertEqual(os.readlink("/dev/stdout"), was)
        with open(self.path("out"), encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(text.startswith("The host swaps") and text.rstrip().endswith("}"), text)

    def test_a_folder_in_the_place_of_a_file_and_a_file_in_the_place_of_a_folder(self):
        os.mkdir(self.path("folder"))
        for option in ("--json", "--trace", "--junit", "--bundle"):
            self.fails(*self.RUN, option, "folder", saying="cannot write `folder`: Is a directory")
        self.path("file", "kept")
        self.fails("run", "quote-replay", "--platform", "snp", "--quiet", "--artifacts", "file", saying="cannot make the folder `file")

    def test_of_several_outputs_none_is_written_when_one_cannot_be(self):
        self.fails(*self.RUN, "--trace", "good.trace", "--json", "good.json", "--junit", "missing/out", saying="missing/out")

    def test_what_was_there_stays_when_nothing_comes_of_the_run(self):
        self.path("out.json", "kept")
        self.refuses("run", "missing.yaml", "--json", "out.json")
        self.assertEqual(self.bytes_of("."), {"out.json": b"kept"})


if __name__ == "__main__":
    unittest.main()
