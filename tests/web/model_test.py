#!/usr/bin/env python3
"""Bundles model_test.ts with the sources of the pages and runs it in node."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = os.getcwd()
MODULES = os.path.join(os.environ.get("GLACIS_NPM_WEB", ""), "node_modules")


class Model(unittest.TestCase):
    def test_a_film_is_read_as_it_was_made(self):
        if not shutil.which("node"):
            self.skipTest("no node: install nodejs")
        if not os.path.isdir(os.path.join(MODULES, "esbuild")):
            self.skipTest("no esbuild: GLACIS_NPM_WEB names no folder that has it in node_modules")
        folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copytree(os.path.join(TOP, "scenarios/web/ui/src"), os.path.join(folder, "src"))
        shutil.copy(os.path.join(TOP, "tests/web/model_test.ts"), folder)
        for command in (["node", os.path.join(MODULES, "esbuild/bin/esbuild"), "model_test.ts", "--bundle", "--platform=node",
                         "--format=esm", "--outfile=model_test.mjs", "--log-level=error"], ["node", "--test", "model_test.mjs"]):
            done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("# tests 0", done.stdout)


if __name__ == "__main__":
    sys.exit(unittest.main())
