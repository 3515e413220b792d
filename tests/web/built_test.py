#!/usr/bin/env python3
"""What is checked in under scenarios/web/ui/built is what its sources make, and their types hold."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
TOP = os.getcwd()
SOURCES = os.path.join(TOP, "scenarios/web/ui")
MODULES = os.path.join(os.environ.get("GLACIS_NPM_WEB", ""), "node_modules")


class Built(unittest.TestCase):
    def setUp(self):
        if not shutil.which("node"):
            self.skipTest("no node: install nodejs")
        if not os.path.isdir(os.path.join(MODULES, "esbuild")):
            self.skipTest("no esbuild: GLACIS_NPM_WEB names no folder that has it in node_modules")
        self.folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("src", "built"):
            shutil.copytree(os.path.join(SOURCES, name), os.path.join(self.folder, name))
        for name in ("build.mjs", "package.json", "tsconfig.json"):
            shutil.copy(os.path.join(SOURCES, name), self.folder)
        os.symlink(os.path.abspath(MODULES), os.path.join(self.folder, "node_modules"))

    def run_node(self, *args):
        done = subprocess.run(["node"] + list(args), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=600, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    def files(self, folder):
        out = {}
        for name in sorted(os.listdir(os.path.join(self.folder, folder))):
            with open(os.path.join(self.folder, folder, name), encoding="utf-8") as file:
                out[name] = file.read()
        return out

    def test_what_is_checked_in_is_what_the_sources_make(self):
        self.run_node("build.mjs", "anew")
        checked_in, anew = self.files("built"), self.files("anew")
        self.assertEqual(sorted(checked_in), sorted(anew), "in scenarios/web/ui: node build.mjs built")
        for name, text in anew.items():
            self.assertTrue(checked_in[name] == text, "%s is not current; in scenarios/web/ui: node build.mjs built" % name)

    def test_the_types_hold(self):
        self.run_node(os.path.join(MODULES, "typescript/bin/tsc"), "--noEmit")


if __name__ == "__main__":
    unittest.main()
