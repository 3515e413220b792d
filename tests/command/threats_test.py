#!/usr/bin/env python3
"""`glacis threats`: every file of the catalogue stands at the items that it names, and items with none are named."""
import json
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import CommandTest, TOP  # noqa: E402

BAD = """format: 1
scenario: A threat that nobody knows
threat: [ attestation, moonlight ]
machine: machines/bare-vm.yaml
platforms: [ none ]
guest: { vm0: idle }
attack:
  - { by: vmm, at: vm0.exit, do: { read: EXIT } }
expect:
  - { platforms: [ none ], outcome: held }
"""


def named_in_files():
    """Item -> files, read without the command."""
    out = {}
    for folder, _, names in os.walk(os.path.join(TOP, "scenarios/catalogue")):
        for name in names:
            if name.endswith(".yaml"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    for line in re.findall(r"^threat: \[ (.*) \]$", file.read(), re.M):
                        for item in line.split(", "):
                            out.setdefault(item, set()).add(name[:-5])
    return out


class Threats(CommandTest):
    def test_files_stand_at_the_items_that_they_name(self):
        code, out, err = self.glacis("threats", "--json")
        self.assertEqual((code, err), (0, ""))
        told = {item["id"]: set(item["scenarios"]) for item in json.loads(out)["items"]}
        files = named_in_files()
        self.assertGreater(len(files), 25)
        for item, names in files.items():
            self.assertLessEqual(names, told[item], item)

    def test_every_file_names_one(self):
        _, out, _ = self.glacis("threats")
        self.assertNotIn("scenarios that name no item", out)

    def test_items_with_none_are_named(self):
        _, out, _ = self.glacis("threats", "--json")
        empty = [item["id"] for item in json.loads(out)["items"] if not item["scenarios"]]
        code, text, _ = self.glacis("threats")
        self.assertEqual(code, 0)
        self.assertIn("by no scenario: " + ", ".join(empty) + "\n", text)

    def test_forms(self):
        code, out, err = self.glacis("threats", "--markdown")
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(out.startswith("| kind | item |"), out[:80])
        self.refuses("threats", "--markdown", "--json")

    def test_an_item_that_nobody_knows(self):
        self.path("bad.yaml", BAD)
        self.refuses("check", "bad.yaml", saying="bad.yaml:3:")


if __name__ == "__main__":
    unittest.main()
