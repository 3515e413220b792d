#!/usr/bin/env python3
"""A run's page for those who print it, hear it, have it dark, or a narrow screen."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run_page import RunPageTest, micros  # noqa: E402

# Each text in sight with its colour and the first colour below it that is not transparent, as [text, colour, paper].
COLOURS = """(() => {
  const paper = (at) => { for (; at; at = at.parentElement) { const is = getComputedStyle(at).backgroundColor;
    if (!/, 0\\)$/.test(is)) return is; } return 'rgb(255, 255, 255)'; };
  const out = [], walk = document.createTreeWalker(document.querySelector('.runs'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const at = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() && at.checkVisibility() && !at.closest('svg, :disabled, option, .unseen'))
      out.push([walk.currentNode.data, getComputedStyle(at).color, paper(at)]); }
  return out; })()"""
# What can be reached by keyboard and has neither text nor a name.
NAMELESS = """[...document.querySelectorAll('button, input, select, summary, [tabindex="0"], [role]')].filter((at) => at.checkVisibility() &&
  !['presentation', 'status', 'none'].includes(at.getAttribute('role')) &&
  !(at.getAttribute('aria-label') || at.innerText?.trim() || at.labels?.[0]?.innerText.trim())).map((at) => at.outerHTML)"""

# Parts of the page whose content is wider than they are.
SIDEWAYS = """[...document.querySelectorAll('.runs-head, .runs-bar, .scrub, .panes, .panes > section, .lane-heads')].filter((at) =>
  at.scrollWidth > at.clientWidth + 1).map((at) => at.className)"""


def luminance(colour):
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1:-1].split(",")[:3]]
    return sum(weight * (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4)
               for weight, part in zip((0.2126, 0.7152, 0.0722), parts))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class Look(RunPageTest):
    def test_what_is_printed_is_verdict_lines_and_marks(self):
        url, _, (run,) = self.made("lock-bitflip", "--platform", "snp")
        self.opened(url)
        self.page.pdf(path=self.path("run.pdf"))  # a printer asks, and the page makes what goes on paper
        self.assertEqual(self.js("document.querySelectorAll('.paper').length"), 1)
        self.page.media(media="print")
        self.assertEqual(self.js("[...document.querySelector('.runs').children].filter((at) => at.checkVisibility()).map((at) => at.className)"),
                         ["paper"])
        text = self.page.texts(selector=".paper")[0]
        self.assertIn("blocked by spdm.record.tag at gpu0", text)
        self.assertIn("FAIL" if not run["agrees"] else "ok   expect", text.replace("\xa0", " "))
        for line in run["play"]:
            self.assertIn("%s %s" % (line["actor"], line["text"]), text)
            self.assertIn(micros(line["time_ps"]), text)
        self.assertIn("doe rp0 -> gpu0: SECURED_SPDM, altered", text)
        self.page.pdf(path=self.path("again.pdf"))
        self.assertEqual(self.js("document.querySelectorAll('.paper').length"), 1)

    def test_text_stands_out_in_light_and_in_dark(self):
        url, _, _ = self.made("lock-bitflip", "--platform", "snp", "--lift", "spdm.record.tag", code=0)
        for scheme in ("light", "dark"):
            self.opened(url, scheme=scheme)
            colours = self.js(COLOURS)
            self.assertGreater(len(colours), 100)
            self.assertEqual([one for one in colours if contrast(one[1], one[2]) < 4.5], [], scheme)
        self.assertLess(luminance(self.js("getComputedStyle(document.body).backgroundColor")), 0.05)

    def test_whatever_can_be_reached_has_a_name(self):
        url, _, _ = self.made("lock-bitflip", "--platform", "snp", "--lift", "spdm.record.tag", code=0)
        self.opened(url)
        self.assertEqual(self.js(NAMELESS), [])
        self.assertEqual(self.js("document.querySelectorAll('[role=listbox] [role=option]:not([aria-posinset])').length"), 0)
        self.assertEqual(self.js("document.documentElement.lang"), "en")

    def test_a_narrow_screen_needs_no_sideways_scrolling(self):
        url, _, _ = self.made("lock-bitflip", "--platform", "snp", "--lift", "spdm.record.tag", code=0)
        for width in (480, 800, 1280):
            self.opened(url, width=width)
            self.assertLessEqual(self.js("document.documentElement.scrollWidth"), width)
            self.assertEqual(self.js(SIDEWAYS), [], width)
            self.assertGreater(self.js("document.querySelector('.scroller').clientHeight"), 150)

    def test_focus_is_seen(self):
        url, _, _ = self.made("severed-remap", "--platform", "snp")
        self.opened(url)
        for _ in range(3):
            self.press("Tab")
            self.assertNotEqual(self.js("getComputedStyle(document.activeElement).outlineStyle"), "none")


if __name__ == "__main__":
    unittest.main()
