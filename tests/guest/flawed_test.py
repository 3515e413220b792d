#!/usr/bin/env python3
"""Ten guests with one flaw each, and the same without it, against the files of the catalogue that concern them."""
import json
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import CommandTest, TOP  # noqa: E402

SOURCES = "tests/guest/flawed"
os.environ["GLACIS_GUEST_RUNNER"] = os.path.join(TOP, "guest/remote/runner")

# source: the file that catches its flaw, the promise that breaks, and further files that the guest without it passes.
GUESTS = {
    "cloud_init": ("cloudinit-subst", "authority", []),
    "config_reread": ("virtio-capacity-grows", "integrity", ["virtio-used-len", "virtio-used-refetch"]),
    "cpuid": ("cpuid-msr-lie", "integrity", []),
    "double_fetch": ("toctou-double-fetch", "integrity", []),
    "entropy": ("entropy-from-host", "confidentiality", []),
    "error_state": ("error-ignored-fat", "integrity", []),
    "nonce": ("sealed-compare", "confidentiality", ["sealed-rollback", "sealed-tamper"]),
    "rollback": ("sealed-rollback", "freshness", ["sealed-compare", "sealed-tamper"]),
    "unlisted": ("unlisted-hotplug", "authority", []),
    "used_length": ("virtio-used-len", "confidentiality", ["virtio-used-refetch"]),
}


class Flawed(CommandTest):
    def built(self, name, *flags):
        library = self.path("%s%s.so" % (name, "".join(flags)))
        subprocess.run(["gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", TOP, *flags,
                        os.path.join(TOP, SOURCES, name + ".c"), "-o", library, "-lcrypto"], check=True)
        return library

    def play(self, files, library):
        code, out, err = self.glacis("run", *files, "--guest", "vm0=library:" + library, "--json", "out.json")
        self.assertEqual(err, "", out)
        with open(self.path("out.json"), encoding="utf-8") as read:
            return code, out, [run for run in json.load(read)["runs"] if run["observed"] != "n/a"]

    def both(self, name):
        catches, promise, further = GUESTS[name]
        code, out, runs = self.play([catches], self.built(name, "-DFLAW"))
        self.assertEqual(code, 1, out)
        self.assertTrue(runs)
        for run in runs:
            self.assertEqual((run["observed"], run["promise"]), ("broken", [promise]), out)
        self.assertEqual(out.count("FAIL attack: broken: " + promise), len(runs), out)
        code, out, runs = self.play([catches] + further, self.built(name))
        self.assertEqual(code, 0, out)
        self.assertTrue(runs)
        self.assertNotIn("broken", [run["observed"] for run in runs])

    def test_every_source_is_played(self):
        here = sorted(name[:-2] for name in os.listdir(os.path.join(TOP, SOURCES)) if name.endswith(".c"))
        self.assertEqual(here, sorted(GUESTS))
        self.assertEqual(len(here), 10)


def add(name):
    setattr(Flawed, "test_" + name, lambda self: self.both(name))


for guest in GUESTS:
    add(guest)

if __name__ == "__main__":
    unittest.main()
