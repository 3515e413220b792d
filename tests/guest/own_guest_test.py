#!/usr/bin/env python3
"""`glacis run --guest`: files of the catalogue against somebody else's program."""
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import CommandTest, TOP  # noqa: E402

LIBRARY = os.path.join(TOP, "tests/guest/libtwopages.so")
LISTENER = os.path.join(TOP, "tests/guest/listener")
os.environ["GLACIS_GUEST_RUNNER"] = os.path.join(TOP, "guest/remote/runner")


class OwnGuest(CommandTest):
    def test_a_shipped_attack_is_played_against_it(self):
        code, out, err = self.glacis("run", "severed-remap", "--guest", "vm0=library:" + LIBRARY, "--platform", "snp")
        self.assertEqual((code, err), (0, ""), out)
        self.assertIn("ok   reaches: all that the attack needs", out)
        self.assertIn("ok   attack: blocked by rmp.access.gpa at cpu0", out)
        self.assertIn("ok   honest again: the same calls", out)
        self.assertNotIn("without", out)

    def test_what_breaks_a_promise_fails(self):
        code, out, _ = self.glacis("run", "severed-remap", "--guest", "vm0=library:" + LIBRARY, "--platform", "snp", "--lift", "rmp.access.gpa")
        self.assertEqual(code, 1, out)
        self.assertIn("FAIL attack: broken: integrity (vm0 read private memory that it had not written so)", out)

    def test_where_no_guest_could_hold_nothing_is_judged(self):
        code, out, err = self.glacis("run", "severed-remap", "--guest", "vm0=library:" + LIBRARY, "--platform", "none")
        self.assertIn("n/a: no guest can keep the promise here", out)
        self.assertEqual((code, err), (2, "glacis: nothing was judged: no guest can keep the promise in any of these runs\n"))

    def test_a_guest_that_lacks_what_the_attack_names_does_not_pass(self):
        code, out, _ = self.glacis("run", "toctou-double-fetch", "--guest", "vm0=library:" + LIBRARY, "--platform", "snp")
        self.assertEqual(code, 1, out)
        self.assertIn("FAIL reaches: this guest never reached what the attack needs: moment vm0.checked", out)
        code, out, _ = self.glacis("run", "cpuid-msr-lie", "--guest", "vm0=library:" + self.idle(["started"]), "--platform", "snp")
        self.assertEqual(code, 1, out)
        self.assertIn("FAIL attack: inert: this guest never reached what the attack needs: line ", out)
        self.assertIn("at vm0.exit, after the moment vm0.started, on CPUID", out)
        code, out, _ = self.glacis("run", "severed-remap", "--guest", "vm0=library:" + self.idle(["stored"]), "--platform", "snp")
        self.assertEqual(code, 1, out)
        self.assertIn("never reached what the attack needs: the guest has no page vm0.page.secret", out)

    def test_a_guest_that_does_nothing_does_not_pass(self):
        code, out, _ = self.glacis("run", "severed-remap", "--guest", "vm0=library:" + self.idle([], False), "--platform", "snp")
        self.assertEqual(code, 1, out)
        self.assertIn("FAIL honest: stopped", out)
        self.assertIn("FAIL reaches", out)

    def test_it_is_called_as_the_file_calls_its_own(self):
        code, out, _ = self.glacis("run", "error-ignored", "--guest", "vm0=library:" + self.idle([]), "--platform", "snp")
        self.assertEqual(code, 1, out)
        self.assertIn("called: assign-and-use gpu0", out)
        code, out, _ = self.glacis("run", "error-ignored", "--guest", "vm0=library:" + self.idle([]) + " a b", "--platform", "snp")
        self.assertIn("called: a b", out)

    def test_a_folder(self):
        os.makedirs(self.path("files"))
        with open(os.path.join(TOP, "scenarios/catalogue/memory/severed-remap.yaml"), encoding="utf-8") as read:
            self.path("files/severed-remap.yaml", read.read())
        code, out, err = self.glacis("run", "files", "--guest", "vm0=library:" + LIBRARY, "--junit", "out.xml", "--quiet")
        self.assertEqual((code, err), (0, ""), out)
        with open(self.path("out.xml"), encoding="utf-8") as read:
            self.assertIn('failures="0"', read.read())

    def test_a_process_that_listens(self):
        folder = tempfile.TemporaryDirectory(dir="/tmp")  # a socket's path is short
        self.addCleanup(folder.cleanup)
        socket = os.path.join(folder.name, "guest.sock")
        listener = subprocess.Popen([LISTENER, socket])
        try:
            for _ in range(500):
                if os.path.exists(socket):
                    break
                time.sleep(0.02)
            code, out, err = self.glacis("run", "severed-remap", "--guest", "vm0=connect:unix:" + socket, "--platform", "snp", "--platform", "tdx")
            self.assertEqual((code, err), (0, ""), out)
            self.assertEqual(out.count("ok   attack: blocked by"), 2, out)
        finally:
            listener.kill()
            listener.wait()

    def test_what_is_wrong_is_named(self):
        self.refuses("run", "severed-remap", "--guest", "library:x.so", saying="no VM is named")
        self.refuses("run", "severed-remap", "--guest", "vm0=x.so", saying="a guest is a library or listens")
        self.refuses("run", "severed-remap", "--guest", "vm0=library:x.so", saying="there is no guest library `x.so`")
        self.refuses("run", "severed-remap", "--guest", "vm7=library:" + LIBRARY, saying="runs no guest in `vm7`; it has vm0")
        self.refuses("run", "severed-remap", "--guest", "vm0=library:" + LIBRARY, "--guest", "vm0=library:" + LIBRARY, saying="twice")
        self.refuses("run", "severed-remap", "--guest", "vm0=connect:unix:/tmp/no-guest-here.sock", saying="no guest listens")

    def test_explain_says_what_a_guest_must_have(self):
        _, out, _ = self.glacis("explain", "toctou-double-fetch")
        self.assertIn("a guest of yours: vm0 is started with: read-request", out)
        self.assertIn("a guest of yours: it reaches the moment vm0.checked", out)
        self.assertIn("a guest of yours: it allocates the page vm0.page.ring", out)
        _, out, _ = self.glacis("explain", "cpuid-msr-lie")
        self.assertIn("a guest of yours: it causes CPUID at vm0.exit", out)

    def idle(self, moments, ends=True):
        """A guest that reaches these moments and has nothing else."""
        calls = "".join('g->moment(g->self, "%s");' % moment for moment in moments)
        source = self.path("idle.c", """#include <stdio.h>
#include "guest/abi/glacis_guest.h"
void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  char line[256]; int n = snprintf(line, sizeof line, "called:");
  for (int i = 0; i < argc; ++i) n += snprintf(line + n, sizeof line - n, " %%s", argv[i]);
  g->log(g->self, line);
  %s
  %s
}
""" % (calls, 'g->ends(g->self, "idle");' if ends else ""))
        library = self.path("libidle%d.so" % len(calls))
        subprocess.run(["gcc", "-shared", "-fPIC", "-I", TOP, source, "-o", library], check=True)
        return library


if __name__ == "__main__":
    unittest.main()
