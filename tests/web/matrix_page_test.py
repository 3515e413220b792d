#!/usr/bin/env python3
"""matrix --html: what each filter leaves, what a pane says, and the way into a run and back, against --json and the files."""
import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import PageTest, TOP  # noqa: E402

FILES = ["alias-unchecked", "badram-spd-alias", "lock-bitflip", "quote-replay", "reg-read", "rmpocalypse", "severed-remap"]
ROWS = "[...document.querySelectorAll('#matrix tr[data-attack]')].filter((row) => !row.hidden)"
CELLS = ROWS + """.flatMap((row) => [...row.cells].slice(1).filter((cell) => !cell.hidden && !cell.classList.contains('dim'))
    .map((cell) => [row.dataset.attack, cell.dataset.p, cell.textContent]))"""
PANE = "document.querySelector('.mx-pane').innerText"


class MatrixPage(PageTest):
    folder_of_pages = None

    def setUp(self):
        super().setUp()
        if not MatrixPage.folder_of_pages:
            code, out, err = self.glacis("matrix", *FILES, "--html", "pages", "--json", "m.json")
            self.assertEqual((code, err), (0, ""), out)
            MatrixPage.folder_of_pages = self.folder
        with open(os.path.join(MatrixPage.folder_of_pages, "m.json"), encoding="utf-8") as file:
            self.cells = json.load(file)["cells"]

    def url(self, fragment="", page="index"):
        return "file://%s/pages/%s.html%s" % (MatrixPage.folder_of_pages, page, fragment)

    def show(self, fragment="", **more):
        self.opened(self.url(fragment), ".mx", **more)

    def attacks(self):
        return self.js(ROWS + ".map((row) => row.dataset.attack)")

    def text(self, name):
        """Of the scenario's file."""
        for folder, _, names in os.walk(os.path.join(TOP, "scenarios/catalogue")):
            if name + ".yaml" in names:
                with open(os.path.join(folder, name + ".yaml"), encoding="utf-8") as file:
                    return file.read()
        raise AssertionError("no file " + name)

    def where(self):
        return self.js("location.hash")

    def tick(self, name, *values):
        self.page.click(selector="details[data-filter=%s] summary" % name)
        for value in values:
            self.page.click(selector="details[data-filter=%s] input[value='%s']" % (name, value))
        self.press("Escape")
        self.frames()

    def words(self, cell):
        return cell["observed"] + (" > " + cell["observed_hardened"] if "observed_hardened" in cell else "")

    def test_all_of_it_is_shown_as_json_has_it(self):
        self.show()
        shown = {(attack, platform): text for attack, platform, text in self.js(CELLS) if text != "-"}
        self.assertEqual(shown, {(cell["attack"], cell["platform"]): self.words(cell) for cell in self.cells})
        self.assertEqual(self.page.texts(selector=".mx-told"), ["7 of 7 attacks, %d cells" % len(self.cells)])
        self.quiet(self.url())

    def test_each_filter_leaves_what_it_says_and_the_address_holds_it(self):
        self.show()
        self.tick("group", "cpu", "trust")
        self.assertEqual(sorted(self.attacks()), ["lock-bitflip", "reg-read"])
        self.assertEqual(self.where(), "#group=cpu,trust")
        self.show()
        self.tick("by", "dimm")
        self.assertEqual((sorted(self.attacks()), self.where()), ([name for name in FILES if "{ by: dimm, " in self.text(name)], "#by=dimm"))
        self.assertIn("badram-spd-alias", self.attacks())
        self.show()
        self.tick("breaks", "freshness")
        self.assertIn("badram-spd-alias", self.attacks())
        self.assertNotIn("severed-remap", self.attacks())
        self.show()
        self.tick("on", "tdx", "cca")
        self.assertEqual({platform for _, platform, _ in self.js(CELLS)}, {"tdx", "cca"})
        self.assertEqual(self.where(), "#on=tdx,cca")
        self.tick("outcome", "detected")
        wanted = sorted((cell["attack"], cell["platform"], self.words(cell)) for cell in self.cells
                        if cell["platform"] in ("tdx", "cca") and "detected" in (cell["observed"], cell.get("observed_hardened")))
        self.assertTrue(wanted)
        self.assertEqual(sorted(map(tuple, self.js(CELLS))), wanted)
        self.show()
        self.page.fill(selector=".mx-bar input[type=search]", text="morbitzer swap")
        self.frames()
        self.assertEqual((self.attacks(), self.where()), (["severed-remap"], "#text=morbitzer%20swap"))
        self.page.fill(selector=".mx-bar input[type=search]", text="xyzzy")
        self.frames()
        self.assertEqual(self.attacks(), [])
        self.assertIn("No attack is like that", self.page.texts(selector=".mx-told")[0])
        self.page.click(selector=".mx-bar button")
        self.frames()
        self.assertEqual((len(self.attacks()), self.where()), (7, ""))

    def test_only_disagreements(self):
        self.show()
        self.page.select(selector=".mx-bar select", value="file")
        self.frames()
        self.assertEqual(self.attacks(), [])
        self.page.select(selector=".mx-bar select", value="source")
        self.frames()
        differing = set()
        for source in self.sources():
            _, out, _ = self.glacis("matrix", *FILES, "--against", source)
            differing |= {tuple(line.split()[1:3]) for line in out.splitlines()[1:] if line.startswith("! ") and ": " not in line}
        self.assertTrue(differing)
        self.assertEqual({(attack, platform) for attack, platform, _ in self.js(CELLS)}, differing)

    def sources(self):
        _, out, _ = self.glacis("list", "sources")
        known = [line.split()[0] for line in out.splitlines()]
        texts = []
        for name in FILES:
            _, text, _ = self.glacis("explain", name)
            texts.append(text)
        cites = {line.split()[0]: line.split(None, 1)[1].rsplit(" (", 1)[0] for line in out.splitlines()}
        return [key for key in known if key == "catalogue" or any(cites[key] in text for text in texts)]

    def test_a_view_can_be_linked(self):
        self.show("#group=memory&on=snp,tdx&outcome=blocked&text=nested&show=attack:severed-remap:snp")
        self.assertEqual(self.attacks(), ["severed-remap"])
        self.assertIn("blocked by rmp.access.gpa", self.js("document.querySelector('.cell.open').innerText").replace("\n", " "))
        for name, wanted in (("group", ["memory"]), ("on", ["snp", "tdx"]), ("outcome", ["blocked"])):
            self.assertEqual(self.js("[...document.querySelectorAll('details[data-filter=%s] input:checked')].map((box) => box.value)" % name), wanted)
        self.assertEqual(self.js("document.querySelector('.mx-bar input[type=search]').value"), "nested")

    def test_a_cell_opens_its_run_and_back_leads_to_the_view(self):
        self.show()
        self.tick("group", "memory")
        self.page.click(selector="tr[data-attack=badram-spd-alias] td[data-p=tdx] a")
        self.page.wait(selector=".panes > section")
        self.assertEqual(self.js("location.href"), self.url("#platform=tdx", "badram-spd-alias"))
        self.assertEqual(self.page.texts(selector=".verdict .outcome"), ["detected"])
        self.assertIn("badram-spd-alias on tdx, seed 1, profile baseline", self.page.texts(selector=".of")[0])
        self.page.click(selector=".choices a[href$='#platform=tdx&profile=hardened']")
        self.page.wait(selector=".verdict .outcome.blocked")
        self.assertIn("profile hardened", self.page.texts(selector=".of")[0])
        self.page.select(selector=".attack-bar select", value="none.baseline")
        self.page.wait(selector=".side-by-side")
        self.frames()
        self.assertEqual(self.page.texts(selector=".verdict .outcome"), ["blocked", "broken"])
        self.assertEqual(self.page.errors(), [])
        self.js("void history.go(-3)")
        self.page.wait(selector=".mx")
        self.frames()
        self.assertEqual((self.where(), self.attacks()), ("#group=memory", ["badram-spd-alias", "rmpocalypse", "severed-remap"]))

    def test_na_tells_why_on_hover_on_focus_and_in_the_pane(self):
        reason = next(cell["reason"] for cell in self.cells if (cell["attack"], cell["platform"]) == ("rmpocalypse", "none"))
        selector = "tr[data-attack=rmpocalypse] td[data-p=none] a"
        for reach in (self.page.hover, self.page.focus):
            self.show()
            reach(selector=selector)
            self.assertEqual(self.page.texts(selector=".mx-tip"), [reason])
            self.press("Escape")
        self.page.click(selector=selector)
        self.frames()
        self.assertEqual(self.where(), "#show=attack:rmpocalypse:none")
        self.assertIn(reason, self.js("document.querySelector('.cell.open').innerText"))
        self.press("Escape")
        self.assertTrue(self.js("document.querySelector('.mx-pane').hidden"))

    def test_an_attack_shows_what_its_file_says(self):
        self.show()
        self.page.click(selector="tr[data-attack=severed-remap] th a")
        self.frames()
        text = self.js(PANE)
        for line in ("The host swaps two guest pages in the nested page tables", "vmm at vm0.mapping, after vm0.stored: swap vm0.page.secret, vm0.page.decoy",
                     "address of vm0.page.secret", "Morbitzer et al., SEVered, EuroSec 2018", "mem-severed-remap", "machines/bare-vm.yaml",
                     "vm0: keep-two-pages", "an honest retry ends with vm0 served", "private-memory"):
            self.assertIn(line, text)
        self.assertEqual(self.js("document.activeElement.textContent"), "severed-remap")

    def test_a_defence_lists_the_attacks_that_need_it(self):
        _, out, _ = self.glacis("explain", "firmware.alias-check")
        lines, needing, attack = out.splitlines(), set(), ""
        for line in lines[4:]:
            if line.startswith("  ") and not line.startswith("    "):
                attack = line.split()[0]
            elif line.startswith("    without ") and attack in FILES:
                needing.add(attack)
        self.assertIn("badram-spd-alias", needing)
        self.show("#view=defences")
        self.page.fill(selector=".mx-bar input[type=search]", text="alias-check")
        self.frames()
        self.page.click(selector=".mx-list tr:not([hidden]) th a >> text=firmware.alias-check")
        self.frames()
        text = self.js(PANE)
        self.assertIn(lines[1].strip(), text)
        self.assertIn(lines[2].split("clause: ")[1], text)
        self.assertEqual(set(self.page.texts(selector=".mx-pane .needs")), needing)
        kill = self.page.texts(selector=".mx-pane .kill")[0]
        self.assertRegex(kill, r"^badram-spd-alias on \w+ \((hardened|baseline)\): no promise breaks with it, one does without")
        self.page.click(selector=".mx-pane .kill a")
        self.frames()
        self.assertEqual(self.where(), "#view=defences&text=alias-check&show=attack:badram-spd-alias")
        self.js("void history.back()")
        self.frames()
        self.assertIn("firmware.alias-check", self.page.texts(selector=".mx-pane h2"))

    def test_the_threat_model_says_which_attacks_exercise_it(self):
        _, out, _ = self.glacis("threats", "--json")
        self.show("#view=threats&show=threat:private-memory")
        item = next(one for one in json.loads(out)["items"] if one["id"] == "private-memory")
        self.assertEqual(self.page.texts(selector=".mx-pane li"), [name for name in self.order() if name in item["scenarios"]])
        self.assertIn("none", self.page.texts(selector=".mx-list tr[data-id=transient-execution] td")[-1])

    def order(self):
        return list(dict.fromkeys(cell["attack"] for cell in self.cells))

    def test_the_keyboard_walks_the_table(self):
        self.show()
        order = self.attacks()
        self.page.focus(selector="tr[data-attack=%s] th a" % order[0])
        place = "[document.activeElement.closest('tr').dataset.attack, document.activeElement.closest('td')?.dataset.p ?? '']"
        self.press("ArrowDown", "ArrowRight", "ArrowRight")
        self.assertEqual(self.js(place), [order[1], "sev"])
        self.press("End")
        self.assertEqual(self.js(place)[1], "cove")
        self.press("Home", "/")
        self.assertTrue(self.js("document.activeElement.type === 'search'"))
        self.assertEqual(self.js("document.querySelectorAll('#matrix tbody a[tabindex=\"0\"]').length"), 1)

    def test_without_a_script_the_table_and_the_plays_are_there(self):
        self.opened(self.url(), script=False)
        self.assertEqual(len(self.page.texts(selector="#matrix tr[data-attack]")), len(FILES))
        text = " ".join(self.page.texts(selector="body"))
        for line in ("Morbitzer et al., SEVered, EuroSec 2018", "there is no ownership table", "No two system addresses select one cell of memory."):
            self.assertIn(line, text)
        self.page.click(selector="tr[data-attack=badram-spd-alias] td[data-p=snp] a")
        text = " ".join(self.page.texts(selector="body"))
        self.assertIn("broken: freshness", text)
        self.assertIn("badram-spd-alias on tdx, seed 1, profile hardened", text)
        self.page.click(selector="noscript a, body > p a")

    def test_dark_narrow_and_printed(self):
        self.show("#show=attack:severed-remap", width=400, height=700, scheme="dark")
        box = self.js("(({left, right, bottom}) => [left, right, bottom])(document.querySelector('.mx-pane').getBoundingClientRect())")
        self.assertEqual((box[0] >= 0, box[1] <= 400, box[2] <= 700), (True, True, True))
        self.assertLessEqual(self.js("document.documentElement.scrollWidth"), 400)
        self.page.media(media="print")
        self.assertEqual(self.js("getComputedStyle(document.querySelector('.mx-bar')).display"), "none")
        self.assertGreater(self.js("document.documentElement.scrollHeight"), 300)


if __name__ == "__main__":
    unittest.main()
