#!/usr/bin/env python3
"""A hundred thousand events: a page of a size that grows with them, of which only what is in sight is drawn. What is
measured is the work of the page's thread; GLACIS_TIMED=1 has it timed too, which says something on a machine that does nothing else."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import TOP  # noqa: E402
from run_page import RunPageTest  # noqa: E402

LIBRARY = os.path.join(TOP, os.environ.get("GLACIS_TALKER", "tests/web/libtalker.so"))
TIMED = os.environ.get("GLACIS_TIMED") == "1"
FILE = """scenario: A guest that exits very often
machine: machines/bare-vm.yaml
platforms: [ snp ]
guest: { vm0: { library: %s, arguments: %d } }
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
expect:
  - { platforms: [ snp ], outcome: blocked, by: rmp.access.gpa }
"""
# Milliseconds of each of so many frames, while the page is scrolled far in each.
FRAMES = """(async () => {
  const scroller = document.querySelector('.scroller'), out = [];
  let last = performance.now();
  for (let i = 0; i < 100; ++i) {
    scroller.scrollTop = scroller.scrollHeight * ((i * 37) % 100) / 100;
    await new Promise(requestAnimationFrame);
    out.push(performance.now() - last), last = performance.now();
  }
  return out.sort((a, b) => a - b); })()"""


class LargeRun(RunPageTest):
    def large(self, exits):
        """The page's address, its size and how many events it has."""
        url, _, _ = self.made(self.path("large.yaml", FILE % (LIBRARY, exits)))
        return url, os.path.getsize(self.path("run.html"))

    def test_the_page_grows_with_its_events(self):
        sizes = [self.large(exits)[1] for exits in (0, 17_000, 34_000)]
        self.assertLess(sizes[2], 20_000_000)
        self.assertAlmostEqual((sizes[2] - sizes[0]) / (sizes[1] - sizes[0]), 2, delta=0.1)

    def test_only_what_is_in_sight_is_drawn(self):
        url, _ = self.large(34_000)
        self.opened(url)
        events = self.js("JSON.parse(document.getElementById('glacis-data').textContent).runs[0].events.length")
        self.assertGreater(events, 100_000)
        self.assertEqual(self.shown(), events)
        self.assertLess(len(self.rows()), 120)
        self.press("Home")
        self.assertTrue(self.selected().startswith("0.000 µs"))
        self.press("End")
        self.assertEqual(self.js("document.querySelector('.row[aria-selected=true]').ariaPosInSet"), str(events))
        self.js("document.querySelector('.scroller').scrollTop = 1000000")
        self.frames()
        self.assertLess(len(self.rows()), 120)
        self.assertIn("CPUID", " ".join(row[0][2] for row in self.rows()))
        self.page.fill(selector="input[type=search]", text="stored")
        self.press("Enter")
        self.assertIn("reaches stored", self.selected())
        self.show("touched")
        self.assertEqual(len(self.rows()), 1)
        self.quiet(url)

    def test_it_opens_and_scrolls_with_little_work(self):
        url, size = self.large(34_000)
        self.opened(url)
        opening = self.page.worked()
        frames = self.js(FRAMES)
        scrolling = (self.page.worked() - opening) / len(frames)
        painted = self.js("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        print("%d bytes; opening took %d ms of work, painted after %d ms; a frame of scrolling %.1f ms of work, after %d ms (median), %d (worst)" % (
            size, opening, painted, scrolling, frames[len(frames) // 2], frames[-1]))
        self.assertLess(opening, 2000)
        self.assertLess(scrolling, 30)
        if TIMED:
            self.assertLess(painted, 2000)
            self.assertLess(frames[len(frames) // 2], 50)


if __name__ == "__main__":
    unittest.main()
