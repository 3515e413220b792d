#!/usr/bin/env python3
"""The live page in a browser: pick, break, mend, complete, run, step, lift; by keyboard, in light and in dark."""
import os
import signal
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import TOP, PageTest  # noqa: E402
from command import COMMAND  # noqa: E402
from look_test import COLOURS, NAMELESS, contrast  # noqa: E402

SEVERED = "scenarios/catalogue/memory/severed-remap.yaml"
AT_END = "(() => { const at = document.getElementById('editor'); at.focus(); const i = at.value.indexOf(%s); at.setSelectionRange(i, i + %d); })()"


class Live(PageTest):
    def setUp(self):
        super().setUp()
        self.process = subprocess.Popen([COMMAND, "serve", "--web"], stdout=subprocess.PIPE, text=True, env=dict(os.environ, GLACIS_HOME=TOP))
        self.addCleanup(self.end)
        self.url = self.process.stdout.readline().strip()

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.assertEqual(self.process.wait(timeout=30), 0)
        self.process.stdout.close()

    def begin(self, name="severed-remap", **more):
        self.opened(self.url + ("#" + name if name else ""), ".desk:not([hidden])" if name else ".picker [role=option]", **more)

    def select(self, text):
        """The text's first place in the file is selected."""
        self.js(AT_END % (repr(text), len(text)))

    def editor(self):
        return self.js("document.getElementById('editor').value")

    def until(self, condition):
        self.js("new Promise((go) => { const look = () => (%s) ? go(null) : setTimeout(look, 20); look(); })" % condition)

    def status(self):
        return self.js("document.querySelector('.live-status').textContent")

    def run_it(self, key="Control+Enter"):
        self.page.press(key=key)
        self.page.wait(selector=".runs .card")
        self.page.wait(selector=".live-runs[aria-busy=false]")
        self.frames()

    def options(self):
        return self.page.texts(selector="#suggestions [role=option] .suggest-text")

    def at_row(self):
        return self.page.texts(selector=".live-right [aria-selected=true]")[0]

    def test_a_scenario_is_found_and_opened_by_keyboard(self):
        self.begin("")
        with open(os.path.join(TOP, SEVERED), encoding="utf-8") as file:
            text = file.read()
        self.page.type(text="nested swaps")
        self.frames()
        self.assertIn("severed-remap", " ".join(self.page.texts(selector=".picker [role=option]")))
        for _ in range(20):
            if "severed-remap" in self.js("document.querySelector('.picker [aria-selected=true]').textContent"):
                break
            self.press("ArrowDown")
        self.assertEqual(self.js("document.activeElement.getAttribute('aria-activedescendant')"),
                         self.js("document.querySelector('.picker [aria-selected=true]').id"))
        self.press("Enter")
        self.page.wait(selector=".desk:not([hidden])")
        self.assertEqual(self.editor(), text)
        self.assertEqual(self.js("document.activeElement.id"), "editor")
        self.assertEqual(self.page.errors(), [])
        token = self.url.partition("=")[2]
        for asked in self.page.requests():
            self.assertTrue(asked.startswith("data:") or (asked.startswith(self.url.partition("?")[0]) and asked.endswith("token=" + token)), asked)

    def test_what_is_wrong_is_marked_where_it_stands_and_goes_when_it_is_mended(self):
        self.begin()
        self.select("outcome: broken")
        self.page.type(text="outcome: brokn")
        self.page.wait(selector=".ed-problems li")
        line = 1 + self.editor()[:self.editor().index("brokn")].count("\n")
        self.assertRegex(self.page.texts(selector=".ed-problems li")[0], r"line %d, column \d+: unknown outcome `brokn`; did you mean `broken`\?" % line)
        self.assertEqual(self.page.texts(selector=".ed-squiggle"), ["brokn"])
        self.assertEqual(self.page.texts(selector=".ed-lines .ed-wrong"), [str(line)])
        self.assertIn("brokn", self.js("document.getElementById('editor-status').textContent"))
        # It cannot be run, and says why.
        self.page.press(key="Control+Enter")
        self.page.wait(selector=".live-status.wrong")
        self.assertIn("not run: severed-remap, line %d" % line, self.status())
        self.select("brokn")
        self.page.type(text="broken")
        self.until("document.querySelector('.ed-problems').hidden")
        self.assertEqual(self.page.texts(selector=".ed-squiggle"), [])
        # F8 goes to a mark from anywhere in the text.
        self.select("machine: machines/bare-vm.yaml")
        self.page.type(text="machine: [")
        self.page.wait(selector=".ed-problems li")
        self.select("format")
        self.press("F8")
        caret = self.js("document.getElementById('editor').selectionStart")
        self.assertGreater(caret, self.editor().index("machine: ["))

    def test_keys_and_words_are_completed_by_keyboard(self):
        self.begin()
        self.select("assumes: [ address of vm0.page.secret, moment vm0.stored ]\n")
        self.page.type(text="ass")
        self.press("Control+Space")
        self.assertEqual(self.options(), ["assumes:"])
        self.assertEqual(self.js("document.getElementById('suggestions').getAttribute('role')"), "listbox")
        self.press("Enter")
        self.assertIn("\nassumes: attack:", self.editor())
        self.press("Escape")
        # Words by the key, filtered as one types, Escape leaves the text alone.
        self.select("outcome: blocked")
        self.page.type(text="outcome: ")
        self.press("Control+Space")
        self.assertEqual(self.options(), ["broken", "blocked", "detected", "stopped", "held"])
        self.page.type(text="det")
        self.frames()
        self.assertEqual(self.options(), ["detected"])
        self.assertEqual(self.js("document.getElementById('editor').getAttribute('aria-activedescendant')"), "suggestion0")
        self.press("Escape")
        self.assertTrue(self.js("document.getElementById('suggestions').hidden"))
        self.assertIn("outcome: det, by", self.editor())
        self.press("Control+Space", "Tab")
        self.assertIn("outcome: detected, by", self.editor())
        # Verbs with what they do, defences where a defence belongs, machines and programs.
        for before, typed, wanted in (("do: { swap", "do: { sw", "swap:"), ("lift: [ rmp.access.gpa", "lift: [ rmp.acc", "rmp.access.gpa"),
                                      ("machine: machines/bare-vm.yaml", "machine: one-disk", "machines/one-disk.yaml"),
                                      ("vm0: keep-two-pages", "vm0: keep-two", "keep-two-pages"), ("at: vm0.mapping", "at: vm0.map", "vm0.mapping"),
                                      ("by: vmm", "by: vm", "vmm")):
            self.begin()
            self.select(before)
            self.page.type(text=typed)
            self.press("Control+Space")
            self.assertIn(wanted, self.options(), typed)
            self.press("Escape")
        self.assertEqual(self.page.errors(), [])

    def test_undo_takes_a_completion_back(self):
        self.begin()
        before = self.editor()
        self.select("sources:")
        self.press("ArrowLeft")
        self.page.type(text="se")
        self.press("Control+Space", "Enter")
        self.assertNotEqual(self.editor(), before)
        for _ in range(6):
            self.press("Control+z")
        self.assertEqual(self.editor(), before)

    def test_a_run_is_stepped_played_and_its_defence_lifted(self):
        self.begin()
        self.page.select(selector="#platform", value="snp")
        self.run_it()
        _, out, _ = self.glacis("run", os.path.join(TOP, SEVERED), "--platform", "snp")
        self.assertEqual(self.js("document.querySelector('.live-terminal pre').textContent"), out)
        self.assertEqual(self.status(), "blocked by rmp.access.gpa at cpu0")
        first = self.at_row()
        self.page.click(selector="text=Step ▶")
        self.frames()
        second = self.at_row()
        self.assertNotEqual(first, second)
        self.press("Alt+ArrowLeft")
        self.assertEqual(self.at_row(), first)
        self.page.click(selector="text=Step back")
        self.frames()
        self.assertNotIn(self.at_row(), (first, second))
        # It plays to the end by itself and stops there.
        self.page.select(selector=".player select", value="3")
        self.page.click(selector="text=▶ Play")
        self.until("document.querySelector('.player [aria-pressed]').getAttribute('aria-pressed') === 'false'")
        self.frames()
        end = self.at_row()
        self.press("Alt+ArrowRight")
        self.assertEqual(self.at_row(), end)
        # One click, and the promise breaks beside the run in which it holds.
        self.page.click(selector=".lift[data-id='rmp.access.gpa']")
        self.page.wait(selector=".side-by-side")
        self.assertEqual(self.page.texts(selector=".card .outcome"), ["blocked", "broken"])
        self.assertIn("without rmp.access.gpa: broken: integrity", self.status())
        self.page.click(selector=".lifted[data-id='rmp.access.gpa']")
        self.page.wait(selector=".runs:not(.side-by-side)")
        self.assertEqual(self.page.texts(selector=".card .outcome"), ["blocked"])
        self.assertEqual(self.page.errors(), [])

    def test_what_is_edited_is_what_is_run_and_nothing_is_written(self):
        before = subprocess.run(["ls", "-lR", "--time-style=full-iso", os.path.join(TOP, "scenarios/catalogue/memory")], stdout=subprocess.PIPE, check=True).stdout
        self.begin()
        self.select("do: { swap: [ vm0.page.secret, vm0.page.decoy ] }")
        self.page.type(text="do: { swap: [ vm0.page.decoy, vm0.page.secret ] }")
        self.select("The host swaps two guest pages in the nested page tables")
        self.page.type(text="<img src=x onerror=alert(1)>")
        self.run_it()
        self.assertEqual(self.page.texts(selector=".runs h1")[0], "<img src=x onerror=alert(1)>")
        self.assertEqual(self.js("document.querySelectorAll('.live img').length"), 0)
        self.assertIn("swaps vm0.page.decoy and vm0.page.secret", self.js("document.querySelector('.live-terminal pre').textContent"))
        self.assertIn("(changed)", self.page.texts(selector="[role=tab]")[0])
        name, text, address = self.js(
            "(async () => { let blob; const make = URL.createObjectURL; URL.createObjectURL = (one) => make.call(URL, blob = one);"
            " const link = document.querySelector('.download'); link.addEventListener('click', (event) => event.preventDefault()); link.click();"
            " return [link.download, await blob.text(), link.href]; })()")
        self.assertEqual((name, text), ("severed-remap.yaml", self.editor()))
        self.assertTrue(address.startswith("blob:http://127.0.0.1:"))
        self.page.click(selector="text=Take changes back")
        with open(os.path.join(TOP, SEVERED), encoding="utf-8") as file:
            self.assertEqual(self.editor(), file.read())
        self.assertEqual(subprocess.run(["ls", "-lR", "--time-style=full-iso", os.path.join(TOP, "scenarios/catalogue/memory")], stdout=subprocess.PIPE, check=True).stdout, before)
        self.assertEqual(self.page.errors(), [])

    def test_a_changed_machine_counts_for_the_run(self):
        self.begin()
        self.page.click(selector="text=Catalogue")
        self.page.fill(selector=".picker input", text="bare-vm")
        self.press("Enter")
        self.until("document.getElementById('editor').value.includes('is: cpu')")
        self.select("is: cpu")
        self.page.type(text="is: cpux")
        self.page.wait(selector=".ed-problems li")
        self.assertIn("unknown kind of part `cpux`", self.page.texts(selector=".ed-problems li")[0])
        self.page.press(key="Control+Enter")
        self.page.wait(selector=".live-status.wrong")
        self.assertIn("not run: bare-vm", self.status())
        self.page.click(selector="text=Take changes back")
        self.run_it()
        self.assertIn("blocked", self.status())

    def test_the_program_ends_and_the_page_says_so(self):
        self.begin()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
        self.page.wait(selector=".live-status.wrong")
        self.assertIn("the connection to the program ended", self.status())
        said = []
        for _ in range(20):  # between two of its tries to come back
            self.press("Control+Enter")
            said.append(self.status())
        self.assertIn("the program is not there; is `glacis serve --web` still running?", said)

    def test_it_can_be_read_and_reached(self):
        for scheme in ("light", "dark"):
            self.begin(scheme=scheme)
            self.select("by: vmm")
            self.page.type(text="by: vmn")
            self.page.wait(selector=".ed-problems li")
            self.press("Control+Space")
            script = COLOURS.replace("'.runs'", "'.live'").replace(":disabled", "textarea, :disabled")
            self.assertEqual([one for one in self.js(script) if contrast(one[1], one[2]) < 4.5], [], scheme)
            self.press("Escape")
            self.select("by: vmn")
            self.page.type(text="by: vmm")
            self.run_it()
            self.assertEqual([one for one in self.js(script) if contrast(one[1], one[2]) < 4.5], [], scheme)
            self.assertEqual(self.js(NAMELESS), [])
        self.assertEqual(self.page.errors(), [])

    def test_a_narrow_screen_needs_no_sideways_scrolling(self):
        for width in (480, 900, 1280):
            self.begin(width=width)
            self.run_it()
            self.assertLessEqual(self.js("document.documentElement.scrollWidth"), width)
            self.assertGreater(self.js("document.getElementById('editor').clientHeight"), 150)
            self.assertGreater(self.js("document.querySelector('.scroller').clientHeight"), 100)


if __name__ == "__main__":
    unittest.main()
