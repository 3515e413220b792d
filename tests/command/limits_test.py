#!/usr/bin/env python3
"""A guest that would never end is ended by a limit that says its name."""
import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import SCENARIOS, CommandTest  # noqa: E402


class Limits(CommandTest):
    def ended_by(self, limit, name):
        """Both runs of the file, with the attack and without, are ended by the limit; so the honest one fails: exit code 1."""
        code, out, err = self.glacis("run", os.path.join(SCENARIOS, name + ".yaml"), "--platform", "none", "--json", "out.json")
        self.assertEqual((code, err), (1, ""), out)
        self.assertIn("vm0  is ended by the limit " + limit, out)
        self.assertIn("ended by the limit: %s of vm0" % limit, out)
        self.assertIn("FAIL honest: stopped (limit %s of vm0); expected held" % limit, out)
        with open(self.path("out.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["runs"][0]["limit"], limit + " of vm0")

    def test_a_guest_that_calls_for_ever_spends_its_steps(self):
        self.ended_by("fiber.steps_max", "spin")

    def test_a_guest_that_repeats_a_call_without_duration_spends_its_steps(self):
        self.ended_by("fiber.steps_max", "spin-random")

    def test_a_guest_that_waits_for_ever_uses_the_time_up(self):
        self.ended_by("sim.time_max", "spin-wait")

    def no_run(self, name, saying):
        files = [os.path.join(SCENARIOS, name + ".yaml"), "severed-remap"]
        self.refuses("run", *files, "--json", "out.json", "--junit", "out.xml", "--artifacts", "out",
                     saying=saying)

    def test_a_guest_that_calls_nothing_is_ended_by_the_watchdog(self):
        self.no_run("spin-silent", "guest vm0 called nothing for 10 s (limit fiber.silence_max)")

    def test_a_guest_that_overruns_its_stack_is_named(self):
        self.no_run("overrun", "guest vm0 overran its stack of 256 KiB (limit fiber.stack_bytes)")


if __name__ == "__main__":
    unittest.main()
