#!/usr/bin/env python3
"""Every command of docs/lessons is run as its reader would, each page in a fresh folder, and prints what the page says."""
import os
import re
import shutil
import sys
import tempfile
import unittest

TOP = os.getcwd()
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "tests/lessons"))
from lesson import Reader, Wrong, matches  # noqa: E402

LESSONS = os.path.join(TOP, "docs/lessons")
COMMAND = os.path.join(TOP, os.environ.get("GLACIS", "scenarios/glacis/glacis"))
PAGES = sorted(name for name in os.listdir(LESSONS) if name.endswith(".md"))
NUMBERED = [name for name in PAGES if name[0].isdigit()]


def text_of(page):
    with open(os.path.join(LESSONS, page), encoding="utf-8") as file:
        return file.read()


def reader():
    """Somebody who has done what the lessons' README asks for: a folder with the lessons' files, and `glacis` in the path."""
    folder, tools = (tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")) for _ in range(2))
    for name in os.listdir(os.path.join(LESSONS, "scenarios")):
        shutil.copyfile(os.path.join(LESSONS, "scenarios", name), os.path.join(folder, name))
    os.symlink(COMMAND, os.path.join(tools, "glacis"))
    return Reader(folder, {"PATH": tools + ":/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8", "GLACIS_HOME": TOP,
                           "GLACIS_VTPM": os.path.join(TOP, "tsm/vtpm/process")})


class Lessons(unittest.TestCase):
    maxDiff = None

    def played(self, page):
        one = reader()
        try:
            one.play(text_of(page))
        except Wrong as wrong:
            self.fail("%s, %s" % (page, wrong))
        return one.seen

    def test_there_are_eight(self):
        self.assertEqual([name[0] for name in NUMBERED], list("12345678"))

    def test_each_has_its_parts(self):
        for page in NUMBERED:
            text = text_of(page)
            for part in ("## The story", "## The scenario", "## A question", "<details>", "## A change to make", "## Who holds, and why", "## Sources"):
                self.assertTrue(part in text, (page, part))

    def test_every_defence_named_exists(self):
        known = set(re.findall(r"^([a-z0-9.-]+) ", self.run_one("glacis list defences"), re.M))
        for page in PAGES:
            named = set(re.findall(r"`([a-z0-9]+(?:\.[a-z0-9-]+){2,})`", text_of(page)))
            named = {name for name in named if not re.match(r"vm\d|gpu\d", name)}
            self.assertLessEqual(named, known, page)

    def test_every_file_is_used_and_every_link_leads_somewhere(self):
        everything = "".join(map(text_of, PAGES))
        for name in os.listdir(os.path.join(LESSONS, "scenarios")):
            self.assertTrue(name in everything, name)
        for page in PAGES:
            if page != "README.md":
                self.assertTrue("(%s)" % page in text_of("README.md"), page)
            for link in re.findall(r"\]\(([^):#]+)\)", text_of(page)):
                self.assertTrue(os.path.exists(os.path.join(LESSONS, link)), (page, link))

    def run_one(self, command):
        one = reader()
        one.run(0, command, [])
        one.need_good()
        return "\n".join(one.seen) + "\n"


class TheReader(unittest.TestCase):
    """A page that says something false does not pass."""

    def refused(self, text):
        one = reader()
        with self.assertRaises(Wrong):
            one.play(text)

    def test_sees_a_false_line(self):
        reader().play("```console\n$ printf 'a\\nb\\nc\\n'\na\n...\nc\n```\n")
        self.refused("```console\n$ printf 'a\\nb\\nc\\n'\na\n...\nd\n```\n")

    def test_sees_a_false_exit_code(self):
        reader().play("```console\n$ false\n$ echo $?\n1\n```\n")
        self.refused("```console\n$ false\n```\n")
        self.refused("```console\n$ false\n$ true\n```\n")
        self.refused("```console\n$ false\n$ echo $?\n2\n```\n")

    def test_sees_a_change_to_what_is_not_there(self):
        self.refused("```diff\n--- look.yaml\n+++ look.yaml\n-no such line\n+another\n```\n")

    def test_lines_left_out_keep_their_order(self):
        self.assertTrue(matches(["a", "...", "c", "...", "e"], list("abcde")))
        self.assertTrue(matches(["..."], []))
        self.assertFalse(matches(["a", "...", "c", "...", "b", "..."], list("abcde")))
        self.assertFalse(matches(["a", "...", "a"], ["a"]))


def played(page):
    def test(self):
        seen = self.played(page)
        if page in NUMBERED:
            self.assertTrue(any(line.startswith("  broken: ") for line in seen), page + " has no attack that breaks a promise")
            self.assertTrue(any(re.match(r"  (blocked|detected) by ", line) for line in seen), page + " has no attack that a defence stops")
    return test


for name in PAGES:
    setattr(Lessons, "test_%s_says_what_happens" % re.sub(r"\W", "_", name[:-3]), played(name))

if __name__ == "__main__":
    unittest.main()
