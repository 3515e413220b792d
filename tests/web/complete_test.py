#!/usr/bin/env python3
"""The editor's completion, held against every file of the catalogue: what stands there is what it would have offered."""
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import MODULES, TOP  # noqa: E402
from command import CommandTest  # noqa: E402

ESBUILD = os.path.join(MODULES, "node_modules/esbuild/bin/esbuild")


class Complete(CommandTest):
    def test_every_key_and_word_of_the_catalogue_is_offered_where_it_stands(self):
        if not os.path.exists(ESBUILD):
            self.skipTest("no esbuild: GLACIS_NPM_WEB names no folder that has it in node_modules")
        code, schema, _ = self.glacis("schema", "scenario")
        self.assertEqual(code, 0)
        program = self.path("complete.cjs")
        subprocess.run([ESBUILD, os.path.realpath(os.path.join(TOP, "tests/web/complete.ts")), "--bundle", "--platform=node", "--log-level=error", "--outfile=" + program], check=True)
        said = subprocess.run(["node", program, self.path("schema.json", schema), os.path.join(TOP, "scenarios/catalogue")],
                              stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
        self.assertEqual(said[:-1], [])
        self.assertGreater(int(said[-1]), 10_000)


if __name__ == "__main__":
    unittest.main()
