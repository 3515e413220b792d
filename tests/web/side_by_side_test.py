#!/usr/bin/env python3
"""run --html with two runs: each is told on its side, and where they part is marked."""
import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run_page import RunPageTest, SELECTED, lines_of, play_of, without_tag  # noqa: E402


class SideBySide(RunPageTest):
    def two(self):
        url, _, (lifted,) = self.made("severed-remap", "--platform", "snp", "--lift", "rmp.access.gpa", code=1)
        code, _, err = self.glacis("run", "severed-remap", "--platform", "snp", "--json", "whole.json")
        self.assertEqual((code, err), (0, ""))
        with open(self.path("whole.json"), encoding="utf-8") as file:
            whole = json.load(file)["runs"][0]
        self.opened(url)
        return url, whole, lifted

    def test_both_runs_are_told_each_on_its_side(self):
        url, whole, lifted = self.two()
        self.assertEqual(self.page.texts(selector=".outcome"), ["blocked", "broken"])
        self.assertIn(lifted["breaches"][0]["what"], self.page.texts(selector=".verdict")[1])
        self.assertIn("rmp.access.gpa", self.page.texts(selector=".chips")[0])
        rows = self.only_lines()
        self.assertEqual(lines_of(rows, 0), play_of(whole))
        self.assertEqual(lines_of(rows, 1), play_of(lifted))
        self.assertEqual([row[1][2] for row in rows if row[1] and row[1][1] == "✖"], ["broken integrity: " + lifted["breaches"][0]["what"]])
        self.quiet(url)

    def test_the_first_difference_is_found_and_gone_to(self):
        _, whole, lifted = self.two()
        left, right = play_of(whole), play_of(lifted)
        at = next(i for i in range(len(left)) if left[i] != right[i])
        self.press("Home")
        self.page.click(selector=".steps button >> nth=2")
        self.frames()
        self.assertIn("first", self.js(SELECTED + ".className").split())
        self.assertTrue(self.selected().startswith("first difference; "), self.selected())
        self.assertEqual(without_tag(self.js(SELECTED + ".querySelector('.words').innerText")), left[at][1])
        self.press("d")
        self.assertTrue(self.selected().startswith("differs; "), self.selected())
        before = self.js("[...document.querySelectorAll('.row')].filter((row) => row.classList.contains('differs')).length")
        self.assertGreater(before, 2)

    def test_another_pair_or_one_alone_can_be_chosen(self):
        self.two()
        self.page.select(selector=".chooser select >> nth=1", value="-1")
        self.frames()
        self.assertEqual(self.page.texts(selector=".outcome"), ["blocked"])
        self.page.select(selector=".chooser select >> nth=0", value="1")
        self.frames()
        self.assertEqual(self.page.texts(selector=".outcome"), ["broken"])
        self.page.select(selector=".chooser select >> nth=1", value="0")
        self.frames()
        self.assertEqual(self.page.texts(selector=".outcome"), ["broken", "blocked"])

    def test_two_platforms_stand_side_by_side(self):
        url, _, runs = self.made("severed-remap", "--platform", "snp", "--platform", "tdx")
        self.opened(url)
        self.assertEqual(self.page.texts(selector=".outcome"), [run["observed"] for run in runs])
        rows = self.only_lines()
        for side, run in enumerate(runs):
            self.assertEqual(lines_of(rows, side), play_of(run))


if __name__ == "__main__":
    unittest.main()
