#!/usr/bin/env python3
"""What `glacis matrix --html` writes: a folder of pages that say what --json says, whole or not at all."""
import base64
import html.parser
import json
import os
import re
import sys
import unittest
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import TOP, CommandTest  # noqa: E402

FILES = ["severed-remap", "badram-spd-alias", "rmpocalypse"]
DATA = re.compile(r'<script type="application/json" id="glacis-data">(.*?)</script>', re.S)


def unpacked(text):
    return json.loads(zlib.decompress(base64.b64decode(text)))


def data_of(page):
    return json.loads(DATA.search(page).group(1))


class Reader(html.parser.HTMLParser):
    """The matrix' rows by attack, each cell's text by platform; every link, id and script of the page."""

    def __init__(self, text):
        super().__init__()
        self.columns, self.rows, self.links, self.ids, self.scripts = [], {}, {}, set(), []
        self.attack = self.platform = self.foot = None
        self.totals = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids |= {attributes["id"]} if "id" in attributes else set()
        if tag == "script":
            self.scripts.append(attributes)
        if tag == "tr":
            self.attack, self.foot = attributes.get("data-attack"), attributes.get("data-outcome")
        if tag == "th" and "data-p" in attributes:
            self.columns.append(attributes["data-p"])
        if tag == "td":
            self.platform = attributes.get("data-p")
        if tag == "a":
            self.links.setdefault((self.attack, self.platform), []).append(attributes["href"])

    def handle_endtag(self, tag):
        if tag in ("td", "tr"):
            self.platform = None
        if tag == "table":
            self.attack = None

    def handle_data(self, text):
        if self.platform and self.attack:
            row = self.rows.setdefault(self.attack, {})
            row[self.platform] = row.get(self.platform, "") + text
        if self.platform and self.foot:
            self.totals[self.foot, self.platform] = int(text)


class MatrixHtml(CommandTest):
    def made(self, *args, folder="pages"):
        code, out, err = self.glacis("matrix", *args, "--html", folder, "--json", "m.json")
        self.assertEqual((code, err), (0, ""), out)
        files = {name: data.decode() for name, data in self.bytes_of(folder).items()}
        with open(self.path("m.json"), encoding="utf-8") as file:
            return {os.path.basename(name): text for name, text in files.items()}, json.load(file)["cells"]

    def remap(self):
        """The file of severed-remap, which may have any name."""
        with open(os.path.join(TOP, "scenarios/catalogue/memory/severed-remap.yaml"), encoding="utf-8") as file:
            return file.read().replace("catalogue: mem-severed-remap\n", "")

    def test_the_table_says_what_json_says_and_each_link_leads_somewhere(self):
        pages, cells = self.made(*FILES)
        self.assertEqual(sorted(pages), sorted(["index.html"] + [name + ".html" for name in FILES]))
        index = Reader(pages["index.html"])
        shown = {(attack, platform): text for attack, row in index.rows.items() for platform, text in row.items() if text != "-"}
        hardened = lambda cell: " > " + cell["observed_hardened"] if "observed_hardened" in cell else ""  # noqa: E731
        self.assertEqual(shown, {(cell["attack"], cell["platform"]): cell["observed"] + hardened(cell) for cell in cells})
        self.assertIn("broken > blocked", shown.values())
        for (outcome, platform), count in index.totals.items():
            self.assertEqual(count, sum((cell["observed"], cell["platform"]) == (outcome, platform) for cell in cells), (outcome, platform))
        self.assertEqual(sum(index.totals.values()), len(cells))
        outcomes = {(cell["attack"], cell["platform"]): cell["observed"] for cell in cells}
        for (attack, platform), links in index.links.items():
            for link in links:
                file, _, fragment = link.partition("#")
                if not file:
                    self.assertIn(fragment, index.ids)
                    continue
                runs = data_of(pages[file])["runs"]
                here = [run for run in runs if run["platform"] == platform and run["profile"] == "baseline"]
                self.assertEqual((fragment, [run["outcome"] for run in here]), ("platform=" + platform, [outcomes[attack, platform]]))

    def test_each_cell_has_its_run_and_the_hardened_one(self):
        pages, cells = self.made(*FILES)
        for attack in FILES:
            runs = data_of(pages[attack + ".html"])["runs"]
            wanted = [(cell["platform"], profile) for cell in cells if cell["attack"] == attack and cell["observed"] != "n/a"
                      for profile in ("baseline", "hardened") if profile == "baseline" or "observed_hardened" in cell]
            self.assertEqual(sorted((run["platform"], run["profile"]) for run in runs), sorted(wanted))
            for run in runs:
                cell = next(cell for cell in cells if (cell["attack"], cell["platform"]) == (attack, run["platform"]))
                film = unpacked(run["packed"])
                expected = cell["observed" if run["profile"] == "baseline" else "observed_hardened"]
                self.assertEqual((film["attack"], film["platform"], film["profile"], film["outcome"], run["outcome"]),
                                 (attack, run["platform"], run["profile"], expected, expected))
                self.assertTrue(film["events"])
                self.assertIn("%s on %s, seed 1, profile %s" % (attack, run["platform"], run["profile"]), pages[attack + ".html"])
            self.assertEqual(pages[attack + ".html"].count("<pre>"), len(runs))

    def test_the_run_is_that_of_run_html(self):
        pages, _ = self.made("badram-spd-alias", "--platform", "snp")
        for run in data_of(pages["badram-spd-alias.html"])["runs"]:
            code, _, _ = self.glacis("run", "badram-spd-alias", "--platform", "snp", "--profile", run["profile"], "--html", "run.html")
            self.assertEqual(code, 0)
            alone = data_of(self.bytes_of(".")["run.html"].decode())["runs"][0]
            self.assertEqual(unpacked(run["packed"]), alone)

    def test_equal_input_makes_equal_bytes(self):
        one, _ = self.made(*FILES[:2], folder="one")
        two, _ = self.made(*FILES[:2], folder="two")
        self.assertEqual(one, two)

    def test_what_the_files_and_their_sources_say_is_there(self):
        pages, cells = self.made(*FILES)
        data = unpacked(data_of(pages["index.html"])["packed"][0])
        self.assertEqual([attack["id"] for attack in data["attacks"]], FILES)
        remap = data["attacks"][0]
        self.assertEqual(remap["variants"], [{"name": "", "steps": ["vmm at vm0.mapping, after vm0.stored: swap vm0.page.secret, vm0.page.decoy"]}])
        self.assertEqual((remap["group"], remap["by"], remap["breaks"]), ("memory", ["vmm"], ["integrity"]))
        self.assertEqual(remap["assumes"], ["address of vm0.page.secret", "moment vm0.stored"])
        self.assertEqual(remap["sources"][0], {"key": "severed", "cite": "Morbitzer et al., SEVered, EuroSec 2018", "quote": "", "says": {"sev": "broken"}})
        self.assertEqual(remap["catalogue"]["id"], "mem-severed-remap")
        for cell in cells:
            held = next(attack for attack in data["attacks"] if attack["id"] == cell["attack"])["cells"][cell["platform"]]
            self.assertEqual(held["observed"], cell["observed"])
            self.assertEqual(held.get("hardened"), cell.get("observed_hardened"))
            self.assertEqual(held.get("reason"), cell.get("reason"))
            self.assertEqual(held["checks"], [[check["check"], check["expected"], check["observed"], check["agrees"]] for check in cell["checks"]])
        code, out, _ = self.glacis("threats", "--json")
        self.assertEqual(code, 0)
        known = {item["id"]: (item["kind"], item["about"], [name for name in FILES if name in item["scenarios"]]) for item in json.loads(out)["items"]}
        self.assertEqual({item["id"]: (item["kind"], item["about"], item["attacks"]) for item in data["threats"]}, known)

    def test_a_defence_is_shown_to_matter_as_run_shows_it(self):
        pages, _ = self.made(*FILES)
        data = unpacked(data_of(pages["index.html"])["packed"][0])
        defences = {defence["id"]: defence for defence in data["defences"]}
        self.assertEqual({row[0] for row in defences["rmp.access.gpa"]["rows"]}, {"severed-remap"})
        self.assertTrue(defences["rmp.access.gpa"]["clause"].startswith("APM"), defences["rmp.access.gpa"])
        tried = 0
        for id_ in ("rmp.access.gpa", "tdx.sept.owner", "tdx.memory.owner", "firmware.alias-check"):
            kill = defences[id_]["kill"]
            for lifted, broken in ((kill["lifted"], False), (kill["lifted"] + [id_], True)):
                args = [word for one in lifted for word in ("--lift", one)]
                _, out, _ = self.glacis("run", kill["attack"], "--platform", kill["platform"], "--profile", kill["profile"], "--quiet", "--json", "r.json", *args)
                with open(self.path("r.json"), encoding="utf-8") as file:
                    self.assertEqual(json.load(file)["runs"][0]["observed"] == "broken", broken, (id_, out))
                tried += 1
        self.assertEqual(tried, 8)

    def test_only_the_platforms_and_the_folder_asked_for(self):
        os.mkdir(self.path("mine"))
        for name in ("severed-remap", "rmpocalypse"):
            with open(os.path.join(TOP, "scenarios/catalogue/memory/%s.yaml" % name), encoding="utf-8") as file:
                self.path("mine/%s.yaml" % name, file.read())
        pages, cells = self.made("mine", "--platform", "snp", "--platform", "none")
        self.assertEqual({cell["platform"] for cell in cells}, {"none", "snp"})
        index = Reader(pages["index.html"])
        self.assertEqual((sorted(index.rows), index.columns), (["rmpocalypse", "severed-remap"], ["none", "snp"]))
        self.assertEqual([run["platform"] for run in data_of(pages["rmpocalypse.html"])["runs"] if run["profile"] == "baseline"], ["snp"])
        self.refuses("matrix", "severed-remap", "--platform", "spn", "--html", "other", saying="did you mean `snp`?")

    def test_a_disagreement_is_marked_in_the_cell_and_told(self):
        self.path("wrong.yaml", self.remap().replace("by: rmp.access.gpa, at: cpu0 }", "by: rmp.access.asid, at: cpu0 }"))
        code, _, err = self.glacis("matrix", "wrong.yaml", "--html", "pages", "--json", "m.json")
        self.assertEqual((code, err), (1, ""))
        page = self.bytes_of("pages")["pages/index.html"].decode()
        self.assertEqual((Reader(page).rows["wrong"]["snp"], Reader(page).rows["wrong"]["sev"]), ("blocked !", "broken"))
        cell = unpacked(data_of(page)["packed"][0])["attacks"][0]["cells"]["snp"]
        with open(self.path("m.json"), encoding="utf-8") as file:
            wanted = next(one for one in json.load(file)["cells"] if one["platform"] == "snp")
        self.assertEqual((cell["agrees"], cell["mismatches"]), (False, wanted["mismatches"]))
        run = next(one for one in data_of(self.bytes_of("pages")["pages/wrong.html"].decode())["runs"] if one["platform"] == "snp")
        self.assertFalse(run["agrees"])

    def test_what_a_file_says_stays_text(self):
        text = self.remap()
        evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
        text = text.replace("scenario: The host swaps two guest pages in the nested page tables", "scenario: '%s'" % evil)
        self.path("evil.yaml", text.replace("why: >", "why: >\n  %s" % evil))
        pages, _ = self.made("evil.yaml")
        for name, page in pages.items():
            self.assertNotIn("<img", page, name)
            self.assertEqual([script.get("type", "") for script in Reader(page).scripts], ["application/json", ""], name)

    def test_a_folder_that_will_not_do_costs_no_run(self):
        self.path("file", "x")
        self.refuses("matrix", "severed-remap", "--html", "file", saying="is a file; name a folder")
        self.refuses("matrix", "severed-remap", "--html", "no/where", saying="there is no folder to make it in")
        self.refuses("matrix", "severed-remap", "--html", "", saying="--html wants a folder")
        for taken in ("index.html", "severed-remap.html"):
            folder = "of-" + taken
            os.mkdir(self.path(folder))
            path = self.path(folder + "/" + taken, "<!DOCTYPE html><title>mine</title>")
            self.refuses("matrix", "severed-remap", "--html", folder, saying="is there and no page of ours")
            with open(path, encoding="utf-8") as file:
                self.assertIn("mine", file.read())
        os.makedirs(self.path("deep/index.html"))
        self.refuses("matrix", "severed-remap", "--html", "deep", saying="is there and no page of ours")
        text = self.remap()
        self.path("index.yaml", text)
        self.refuses("matrix", "index.yaml", "--html", "pages", saying="a page cannot be called `index.html`")
        self.path("a b.yaml", text)
        self.refuses("matrix", "a b.yaml", "--html", "pages", saying="a page cannot be called")
        self.path("severed-remap.yaml", text)
        self.refuses("matrix", "severed-remap.yaml", os.path.join(TOP, "scenarios/catalogue/memory/severed-remap.yaml"), "--html", "pages",
                     saying="two files are called `severed-remap`")

    def test_pages_of_ours_are_replaced_and_other_files_stay(self):
        self.made("severed-remap", "--platform", "snp")
        self.path("pages/notes.txt", "mine")
        pages, _ = self.made("severed-remap", "rmpocalypse", "--platform", "none", "--platform", "snp")
        self.assertEqual(sorted(pages), ["index.html", "notes.txt", "rmpocalypse.html", "severed-remap.html"])
        self.assertEqual(Reader(pages["index.html"]).columns, ["none", "snp"])

    def test_no_page_appears_when_another_file_cannot_be_written(self):
        code, _, err = self.glacis("matrix", "severed-remap", "--html", "pages", "--json", "nowhere/m.json")
        self.assertEqual(code, 2)
        self.assertIn("nowhere/m.json", err)
        self.assertEqual(self.bytes_of("."), {})
        self.assertFalse(os.path.exists(self.path("pages")))

    def test_a_file_without_platforms_is_played_on_its_machine(self):
        text = self.remap()
        begin, end = text.index("platforms: [ none,"), text.index("guest:")
        self.path("fixed.yaml", text[:begin] + text[end:text.index("expect:")] + "expect:\n  - { outcome: broken, promise: integrity }\n")
        self.refuses("matrix", "fixed.yaml", "--platform", "tdx", "--html", "pages", saying="no file plays on tdx")
        pages, (cell,) = self.made("fixed.yaml")
        self.assertEqual([run["outcome"] for run in data_of(pages["fixed.html"])["runs"]], [cell["observed"]])


if __name__ == "__main__":
    unittest.main()
