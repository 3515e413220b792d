#!/usr/bin/env python3
"""What `glacis matrix` writes: tables for people, CSV and JSON for their tools, and publications beside what was observed."""
import csv
import io
import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import TOP, CommandTest  # noqa: E402

PLATFORMS = ["none", "sev", "sev-es", "snp", "tdx", "cca", "pkvm", "cove"]
FILES = ["severed-remap", "rmpocalypse", "tcb-rollback"]


class Matrix(CommandTest):
    def test_all_files_say_the_same_of_each_cell(self):
        code, _, err = self.glacis("matrix", *FILES, "--json", "m.json", "--csv", "m.csv", "--markdown", "m.md")
        self.assertEqual((code, err), (0, ""))
        files = {name: data.decode() for name, data in self.bytes_of(".").items()}
        self.assertEqual(sorted(files), ["m.csv", "m.json", "m.md"])
        cells = {(cell["attack"], cell["platform"]): cell for cell in json.loads(files["m.json"])["cells"]}
        rows = list(csv.DictReader(io.StringIO(files["m.csv"])))
        self.assertEqual([row["attack"] for row in rows], FILES)
        self.assertEqual(list(rows[0]), ["attack", "folder", "title", "catalogue"] + PLATFORMS)
        page = [[word.strip().replace("*", "") for word in line.split("|")[1:-1]]
                for line in files["m.md"].splitlines() if line.startswith("| ")]
        for row in rows:
            shown = next(line for line in page if line[0] == row["attack"])
            self.assertEqual(shown[1:], [row[platform] or "-" for platform in PLATFORMS])
            for platform in PLATFORMS:
                cell = cells.get((row["attack"], platform))
                self.assertEqual(row[platform].split(" ")[0], cell["observed"] if cell else "", (row["attack"], platform))
                if cell and cell["observed"] == "n/a":
                    self.assertIn("%s on " % row["attack"], files["m.md"])
                    self.assertIn(cell["reason"], files["m.md"])
        self.assertEqual(cells["rmpocalypse", "none"]["reason"], "there is no ownership table")

    def test_markdown_without_a_file_is_the_page_that_it_would_write(self):
        code, out, _ = self.glacis("matrix", *FILES, "--markdown")
        self.assertEqual(code, 0)
        self.glacis("matrix", *FILES, "--markdown", "m.md")
        self.assertEqual(self.bytes_of(".")["m.md"].decode(), out)

    def test_a_source_is_held_against_what_was_observed(self):
        code, out, err = self.glacis("matrix", "--against", "amd-t1")
        self.assertEqual((code, err), (0, ""))
        lines = [line.split() for line in out.splitlines()]
        self.assertIn(["=", "severed-remap", "snp", "blocked", "blocked", "rmp.access.gpa"], lines)
        self.assertIn(["!", "tcb-rollback", "snp", "blocked", "detected", "rp.tcb.floor"], lines)
        self.assertIn("    said in: AMD SEV-SNP white paper 2020, table 1, TCB rollback\n", out)
        marks = [line[0] for line in lines[1:] if len(line) >= 5 and line[0] in "=!-" and line[3] != "observed"]
        counts = out.splitlines()[-1]
        self.assertIn("%d agree (=), " % marks.count("="), counts)
        self.assertIn(" %d not played here (-)" % marks.count("-"), counts)

    def test_the_catalogue_is_a_source(self):
        code, out, _ = self.glacis("matrix", "severed-remap", "--against", "catalogue")
        self.assertEqual(code, 0)
        marked = {line.split()[2]: line.split()[0] for line in out.splitlines()[1:-1] if line[1] == " "}
        self.assertEqual(sorted(marked), sorted(PLATFORMS))
        self.assertEqual([marked[name] for name in PLATFORMS[:5]], ["="] * 5)

    def test_a_file_that_contradicts_itself_still_fails(self):
        with open(os.path.join(TOP, "scenarios/catalogue/memory/severed-remap.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn("by: rmp.access.gpa", text)
        path = self.path("severed-remap.yaml", text.replace("by: rmp.access.gpa", "by: rmp.access.asid"))
        code, out, _ = self.glacis("matrix", path, "--against", "amd-t1")
        self.assertEqual(code, 1, out)

    def test_names_that_are_wrong_cost_no_run(self):
        err = self.refuses("matrix", "--against", "badrm", saying="did you mean `badram`?")
        for key in ("amd-t1", "catalogue", "severed"):
            self.assertIn(key, err)
        self.refuses("matrix", "--markdown", "severed-remap.yaml", saying="would write over")
        self.refuses("matrix", "--against", "amd-t1", "--markdown", saying="name a FILE")

    def test_no_file_appears_when_one_cannot_be_written(self):
        code, _, err = self.glacis("matrix", "severed-remap", "--json", "m.json", "--csv", "nowhere/m.csv")
        self.assertEqual(code, 2)
        self.assertIn("nowhere/m.csv", err)
        self.assertEqual(self.bytes_of("."), {})

    def test_sources_are_listed(self):
        code, out, _ = self.glacis("list", "sources")
        self.assertEqual(code, 0)
        self.assertIn("catalogue", [line.split()[0] for line in out.splitlines()])
        self.assertRegex(out, r"(?m)^severed +Morbitzer et al\., SEVered, EuroSec 2018 \(\d+ attacks?\)$")


if __name__ == "__main__":
    unittest.main()
