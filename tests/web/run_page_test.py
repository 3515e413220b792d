#!/usr/bin/env python3
"""run --html: what the page shows is what the run was, by mouse and by keyboard."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run_page import RunPageTest, SELECTED, lines_of, micros, play_of  # noqa: E402

PAGES = ("vm0.page.secret", "vm0.page.decoy")


class RunPage(RunPageTest):
    def test_one_run_is_told_as_json_tells_it(self):
        url, _, (run,) = self.made("lock-bitflip", "--platform", "snp")
        self.opened(url)
        self.assertEqual(self.page.title(), "The host flips one bit of a sealed LOCK request")
        self.assertEqual(self.page.texts(selector="h1"), [self.page.title()])
        self.assertEqual(self.page.texts(selector=".outcome"), [run["observed"]])
        self.assertIn("by spdm.record.tag at gpu0", self.page.texts(selector=".verdict")[0])
        self.assertIn("lock-bitflip on snp, seed 1, profile baseline, ended at " + micros(run["time_ps"]), self.page.texts(selector=".of")[0])
        self.page.click(selector=".more summary >> nth=0")
        self.assertEqual(len(self.page.texts(selector=".checks .ok")), 5)
        self.assertIn("convention: " + run["conventions"][0], self.js("document.querySelector('.card').textContent"))
        self.assertEqual(lines_of(self.only_lines(), 0), play_of(run))
        lanes = self.js("[...document.querySelectorAll('.lane-head')].map((lane) => lane.title)")
        for lane in ("vm0: guest", "tsm0: TSM", "vmm: VMM", "rp0: root port", "gpu0: device"):
            self.assertIn(lane, lanes)
        self.quiet(url)

    def test_the_message_that_lied_is_shown_before_and_after(self):
        url, _, (run,) = self.made("lock-bitflip", "--platform", "snp", "--pcap", "captures")
        self.opened(url)
        self.assertIn("altered", self.selected())
        (sent, sent_marks), (arrived, arrived_marks) = self.dumps()
        apart = [i for i in range(len(sent)) if sent[i] != arrived[i]]
        self.assertEqual((len(sent), len(apart), bin(sent[apart[0]] ^ arrived[apart[0]]).count("1")), (len(arrived), 1, 1))
        self.assertEqual((sent_marks[0], arrived_marks[0]), ("%02x" % sent[apart[0]], "%02x" % arrived[apart[0]]))
        capture = self.bytes_of("captures")["captures/lock-bitflip-snp-doe-rp0-gpu0.pcap"]
        self.assertIn(arrived, capture)
        self.assertNotIn(sent, capture)
        self.show("touched")
        self.assertEqual([row[0][1] for row in self.rows()], ["◆", "◆"])
        self.assertEqual(len(self.page.texts(selector=".half.message.touch")), 1)
        self.assertEqual(run["observed"], "blocked")

    def test_fields_that_were_altered_are_marked_in_both(self):
        url, _, (run,) = self.made("cpuid-msr-lie", "--platform", "sev")
        self.opened(url)
        self.show("touched")
        self.page.click(selector=".half.message.touch >> nth=0")
        self.frames()
        rows = self.js("""[...document.querySelectorAll('.fields')].map((table) => [...table.querySelectorAll('tr.changed')].map((row) =>
            [row.cells[0].innerText.trim(), row.cells[3].innerText.trim()]))""")
        (sent, sent_marks), (arrived, arrived_marks) = self.dumps()
        apart = [i for i in range(len(sent)) if sent[i] != arrived[i]]
        self.assertEqual({i // 8 for i in apart}, {4})  # rbx is the fifth of its words
        self.assertEqual(rows[1], [["rbx", "≠ 0x40 (64)"]])
        self.assertEqual([name for name, _ in rows[0]], ["rbx"])
        self.assertIn("(%d)" % int.from_bytes(sent[32:40], "little"), rows[0][0][1])
        self.assertEqual(int.from_bytes(arrived[32:40], "little"), 64)
        self.assertTrue(sent_marks and arrived_marks)
        self.assertEqual(self.page.texts(selector=".outcome"), [run["observed"]])

    def test_each_thing_done_to_a_message_has_its_word_and_its_sign(self):
        for scenario, platform, words, sign, told in (
                ("tlp-drop", "snp", "lost IDE.MWr32", "✕", "lost: the adversary let nothing through"),
                ("dma-read", "snp", "handed over outside MRd32", "◇", "handed over by the adversary"),
                ("request-redirect", "snp", "led elsewhere KEY_REQ", "◆", "as it was sent, but elsewhere")):
            url, _, _ = self.made(scenario, "--platform", platform)
            self.opened(url)
            self.show("touched")
            found = [place for place, row in enumerate(self.rows()) if row[0][2].startswith(words)]
            self.assertEqual(len(found), 1, (scenario, self.rows()))
            self.assertEqual(self.rows()[found[0]][0][1], sign, scenario)
            self.page.click(selector=".row >> nth=%d" % found[0])
            self.frames()
            self.assertIn(told, self.page.texts(selector=".facts")[0])
            self.assertEqual(len(self.dumps()), 1)

    def test_fields_stand_beside_their_bytes(self):
        url, _, _ = self.made("quote-replay", "--platform", "tdx")
        self.opened(url)
        self.press("Home")
        (data, _), = self.dumps()
        fields = self.js("""[...document.querySelectorAll('.fields tbody tr')].map((row) =>
            [...row.cells].map((cell) => cell.innerText.trim()))""")
        self.assertEqual([name for name, _, _, _ in fields[:4]], ["rax", "rcx", "rdx", "rbx"])
        for name, offset, size, value in fields:
            number = int.from_bytes(data[int(offset, 16):int(offset, 16) + int(size)], "little")
            self.assertEqual(value, str(number) if number < 10 else "0x%x (%d)" % (number, number), name)
        self.page.focus(selector=".fields tr:nth-child(2) button")
        self.assertEqual("".join(self.page.texts(selector=".dump .pointed")[:1]).replace(" ", "")[:16], data[8:16].hex())

    def test_a_network_has_its_lanes_and_its_ways(self):
        url, _, (run,) = self.made("quote-replay", "--platform", "tdx")
        self.opened(url)
        lanes = self.js("[...document.querySelectorAll('.lane-head')].map((lane) => lane.title)")
        self.assertIn("owner0: relying party", lanes)
        self.page.fill(selector="input[type=search]", text="answer")
        self.page.click(selector="input[type=checkbox] >> nth=-1")
        self.frames()
        self.assertGreater(self.shown(), 0)
        self.assertEqual({label.split(", ")[2] for label in self.js("[...document.querySelectorAll('.row')].map((row) => row.ariaLabel)")},
                         {"owner0 to vm0", "owner0 to vm1"})
        self.page.fill(selector="input[type=search]", text="")
        self.assertEqual(lines_of(self.only_lines(), 0), play_of(run))

    def test_the_keyboard_reaches_everything(self):
        url, _, (run,) = self.made("lock-bitflip", "--platform", "snp")
        self.opened(url)
        self.press("Home")
        first = self.selected()
        self.assertTrue(first.startswith("0.000 µs"), first)
        self.press("j", "ArrowDown", "k")
        self.assertEqual(self.js(SELECTED + ".getAttribute('aria-posinset')"), "2")
        marks = []
        self.press("Home")
        for _ in range(4):
            self.press("n")
            marks.append(self.selected())
        self.assertEqual([mark.split(", ")[1] for mark in marks], ["SECURED_SPDM", "adversary", "defence", "defence"], marks)
        self.press("p")
        self.assertEqual(self.selected(), marks[2])
        self.press("End")
        self.assertIn("vm0 ends: assignment-failed", self.selected())
        self.assertTrue(self.selected().startswith(micros(run["time_ps"])))
        self.press("/")
        self.page.type(text="keyed")
        self.press("Enter")
        self.assertIn("vm0 reaches keyed", self.selected())
        self.assertEqual(self.page.texts(selector=".found"), ["1 match"])
        self.press("Escape", "?")
        self.assertTrue(self.js("document.querySelector('dialog').open"))
        self.press("Escape")
        self.assertFalse(self.js("document.querySelector('dialog').open"))
        self.press("Home")
        self.js("document.querySelector('.scroller').focus()")
        self.press("Enter")
        self.assertTrue(self.js("document.activeElement.classList.contains('panes')"))
        self.press("Escape")
        active = self.js("document.activeElement.getAttribute('aria-activedescendant')")
        self.assertEqual(active, self.js(SELECTED + ".id"))

    def test_every_event_is_there_once_its_boundary_is_shown(self):
        url, _, (run,) = self.made("lock-bitflip", "--platform", "snp")
        self.opened(url)
        count = self.js("JSON.parse(document.getElementById('glacis-data').textContent).runs[0].events.length")
        self.assertGreater(count, 10 * len(run["play"]))
        self.assertLess(self.shown(), count)
        self.page.click(selector=".boundaries > summary")
        self.page.click(selector=".boundaries button >> nth=0")
        self.frames()
        self.assertEqual(self.shown(), count)
        self.page.click(selector=".boundaries button >> nth=1")
        self.frames()
        self.assertEqual(self.shown(), len(run["play"]) + 1)  # what was touched is never hidden

    def test_scrubbing_moves_time_and_the_state_with_it(self):
        url, _, (run,) = self.made("severed-remap", "--platform", "snp")
        self.opened(url)
        state = """[...document.querySelectorAll('[data-group=memory] tr:not(.others) [data-key="system address"]')].map((cell) =>
            [cell.parentElement.dataset.name, cell.querySelector('.value')?.innerText, cell.querySelector('.was')?.innerText ?? ''])"""
        after = {name: (value, was) for name, value, was in self.js(state) if name in PAGES}
        self.assertIn("swaps vm0.page.secret and vm0.page.decoy", self.selected())
        before = {name: was.split("← ")[1] for name, (_, was) in after.items()}
        self.assertEqual([after[page][0] for page in PAGES], [before[page] for page in reversed(PAGES)])
        changes = " ".join(self.page.texts(selector=".changes li"))
        for page in PAGES:
            self.assertIn("%s, system address: %s → %s" % (page, before[page], after[page][0]), changes)
        scrub = "(() => { const range = document.querySelector('input[type=range]'); range.value = %s; range.dispatchEvent(new Event('input')); })()"
        self.js(scrub % "Number(range.value) - 1")
        self.frames()
        self.assertIn("reaches stored", self.selected())
        self.assertEqual({name: value for name, value, _ in self.js(state) if name in before}, before)
        self.js(scrub % "range.max")
        self.frames()
        self.assertEqual(self.page.texts(selector=".now b"), [micros(run["play"][-1]["time_ps"])])
        self.js(scrub % "0")
        self.frames()
        self.assertEqual(self.page.texts(selector=".now b"), ["0.000 µs"])
        self.assertEqual({name for name, _, _ in self.js(state)} & set(PAGES), set())


if __name__ == "__main__":
    unittest.main()
