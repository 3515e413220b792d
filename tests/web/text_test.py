#!/usr/bin/env python3
"""A page without a script is readable, and what a file or a guest says in HTML stays text."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import TOP  # noqa: E402
from run_page import RunPageTest  # noqa: E402

LIBRARY = os.path.join(TOP, os.environ.get("GLACIS_TALKER", "tests/web/libtalker.so"))
IMAGE, SCRIPT = "<img src=x onerror=alert(1)>", "</script><script>alert(2)</script><!--"
FILE = """scenario: "A title %s%s & 'more'"
machine: machines/bare-vm.yaml
platforms: [ snp ]
guest: { vm0: { library: %s, arguments: "0 <b>%s</b>" } }
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
expect:
  - { platforms: [ snp ], outcome: blocked, by: rmp.access.gpa }
"""


class Text(RunPageTest):
    def hostile(self):
        # A blank would end the guest's argument.
        file = self.path("hostile.yaml", FILE % (IMAGE, SCRIPT, LIBRARY, IMAGE.replace(" ", "/") + SCRIPT))
        return self.made(file)

    def test_without_a_script_verdict_and_play_are_readable(self):
        for scenario, platform in (("lock-bitflip", "snp"), ("quote-replay", "tdx"), ("severed-remap", "snp")):
            url, out, _ = self.made(scenario, "--platform", platform)
            self.opened(url, script=False)
            self.assertEqual("".join(self.page.texts(selector="noscript pre")).split(), out.split())
            self.assertEqual(self.page.texts(selector="#app"), [""])
            self.quiet(url)

    def test_without_a_script_both_of_two_runs_are_readable(self):
        url, out, _ = self.made("severed-remap", "--platform", "snp", "--lift", "rmp.access.gpa", code=1)
        self.opened(url, script=False)
        whole, lifted = self.page.texts(selector="noscript pre")
        self.assertIn("blocked by rmp.access.gpa at cpu0", whole)
        self.assertEqual(lifted.split(), out.split())

    def test_html_in_a_title_and_in_a_guests_log_stays_text(self):
        url, _, (run,) = self.hostile()
        said = [line["text"] for line in run["play"] if "onerror" in line["text"]]
        self.assertEqual(len(said), 1, run["play"])
        self.opened(url)
        title = "A title %s%s & 'more'" % (IMAGE, SCRIPT)
        self.assertEqual((self.page.title(), self.page.texts(selector="h1")), (title, [title]))
        self.show("play")
        words = [row[0][2] for row in self.rows() if row[0]]
        self.assertIn("vm0 " + said[0], words)
        self.assertEqual(self.js("document.querySelectorAll('img, .words b b, .runs script').length"), 0)
        self.assertEqual(self.js("document.querySelectorAll('script').length"), 2)
        for summary in range(self.js("document.querySelectorAll('.more summary').length")):
            self.page.click(selector=".more summary >> nth=%d" % summary)  # the file's own text is in one of them
        self.js("dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(self.js("document.querySelectorAll('img').length"), 0)
        self.quiet(url)

    def test_the_same_without_a_script(self):
        url, _, _ = self.hostile()
        self.opened(url, script=False)
        self.assertIn(IMAGE + SCRIPT, self.page.texts(selector="noscript h1")[0])
        self.assertIn(SCRIPT, self.page.texts(selector="noscript pre")[0])
        self.assertEqual(self.page.texts(selector="img"), [])
        self.quiet(url)

    def test_the_same_run_is_the_same_page(self):
        pages = []
        for seed in ("1", "1", "2"):
            self.made("severed-remap", "--platform", "snp", "--seed", seed)
            pages.append(self.bytes_of(".")["run.html"])
        self.assertNotIn(TOP.encode(), pages[0])  # nor does it tell where it was made
        self.assertTrue(pages[0] == pages[1])
        self.assertFalse(pages[0] == pages[2])


if __name__ == "__main__":
    unittest.main()
