#!/usr/bin/env python3
"""`glacis watch` on a terminal: what is on the screen, what keys do to it, and that the terminal is as it was afterwards."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import COMMAND, CommandTest, TOP  # noqa: E402

PATIENCE = 60  # seconds; never slept through
HOSTILE = """format: 1
scenario: "A title\\e]0;owned\\a with \\e[31mred\\u009b and \\u202eturned"
machine: machines/bare-vm.yaml
platforms: [ snp ]
guest: { vm0: keep-two-pages }
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
expect:
  - { platforms: [ snp ], outcome: blocked, by: rmp.access.gpa }
"""


class Screen:
    """The command on a terminal of its own; frames as they are drawn."""

    def __init__(self, *args, size=(140, 45), env=None):
        self.ours, self.theirs = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self.theirs)
        self.bytes = b""
        environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LC_CTYPE", "LANG")}
        self.process = subprocess.Popen([COMMAND, "watch"] + list(args), stdin=self.theirs, stdout=self.theirs, stderr=self.theirs,
                                        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
                                        env=dict(environment, GLACIS_HOME=TOP, LC_ALL="C.UTF-8", **(env or {})))

    def resize(self, width, height):
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def frame(self):
        """The last whole one, without weights and colours."""
        frames = re.findall(rb"\x1b\[H(.*?)\x1b\[J", self.bytes, re.S)
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", frames[-1].decode()).replace("\r\n", "\n") if frames else ""

    def take(self, seconds):
        """Reads once, no more than a terminal hands out at a time; whether there was something."""
        ready, _, _ = select.select([self.ours], [], [], seconds)
        if ready:
            self.bytes += os.read(self.ours, 1 << 16)
        return bool(ready)

    def until(self, wanted):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if re.search(wanted, self.frame()):
                return self.frame()
            self.take(0.2)
        raise AssertionError(f"`{wanted}` does not come; there is:\n{self.frame()}\n{self.bytes[-400:]}")

    def press(self, keys, wanted=None):
        os.write(self.ours, keys.encode())
        return self.until(wanted) if wanted else None

    def end(self):
        """The exit code, once the terminal is given back."""
        limit = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < limit:
            self.take(0.1)
        while self.take(0.1):  # what it wrote last may be several frames
            pass
        after = termios.tcgetattr(self.theirs)
        code = self.process.wait(timeout=1)
        os.close(self.ours), os.close(self.theirs)
        return code, after == self.before and self.bytes.rstrip().endswith(b"\x1b[?25h\x1b[?1049l")


class Watch(CommandTest):
    def test_steps_to_what_matters_and_to_the_verdict(self):
        screen = Screen("severed-remap", "--platform", "snp")
        first = screen.until("severed-remap on snp")
        self.assertIn("G T V R L D P", first)
        at_swap = screen.press("n", r">\*.*swaps vm0.page")
        changed = at_swap[at_swap.index("changed here"):]
        self.assertRegex(changed, r"\* vm0.page.secret system address: 0x")
        self.assertRegex(changed, r"\* vm0.page.decoy RMP entry: assigned, ASID 1, GPA 0x")
        screen.press("n", r">!.*refused: rmp.access")
        screen.press("G", r"blocked by rmp.access.gpa at cpu0")
        screen.press("\x1b[D", r"> .*stops: the host")
        screen.press("q")
        self.assertEqual(screen.end(), (0, True))

    def test_shows_a_message_as_sent_and_as_it_arrives(self):
        screen = Screen("lock-bitflip", "--platform", "none")
        screen.until("lock-bitflip on none")
        frame = screen.press("n", r"The adversary alters it on the way")
        before, after = (bytes.fromhex(row) for row in re.findall(r" 0028  ((?:[0-9a-f]{2} ){8})", frame))
        self.assertEqual([a ^ b for a, b in zip(before, after) if a != b], [1], "one bit, at byte 44")
        screen.press("q")
        self.assertEqual(screen.end(), (0, True))

    def test_lifts_the_defence_and_shows_both_verdicts(self):
        screen = Screen("severed-remap", "--platform", "snp")
        screen.until("severed-remap on snp")
        screen.press("l", "no defence speaks here")
        screen.press("nn", r">!.*refused: rmp.access")
        screen.press("l", r"broken: integrity .*\(before: blocked by rmp.access.gpa at cpu0\)")
        self.assertIn("without rmp.access.gpa", screen.frame().splitlines()[0])
        both = screen.press("G", r"> .*the verdict: broken")
        self.assertLess(both.index("blocked by rmp.access.gpa at cpu0"), both.rindex("broken: integrity"))
        screen.press("L", r"blocked by rmp.access.gpa at cpu0 +\(before: broken: integrity")
        screen.press("q")
        self.assertEqual(screen.end(), (0, True))

    def test_searches_and_follows_the_size(self):
        screen = Screen("severed-remap", "--platform", "snp", size=(80, 24))
        screen.until("severed-remap on snp")
        screen.press("/PSC\r", r"> .*vm0.exit +PSC")
        screen.press("\t\t", r" facts ")
        screen.resize(50, 10)
        screen.until("needs 60 columns")
        screen.resize(130, 30)
        frame = screen.until(r" facts ")
        self.assertEqual({len(line) for line in frame.splitlines()}, {130})
        self.assertEqual(len(frame.splitlines()), 30)
        screen.press("?", "Keys")
        screen.press("q", r"> .*vm0.exit +PSC")
        screen.press("q")
        self.assertEqual(screen.end(), (0, True))

    def test_gives_the_terminal_back_whatever_ends_it(self):
        for name, end in (("SIGTERM", None), ("SIGHUP", None), ("SIGINT", None), ("SIGINT", "\x03"), ("SIGQUIT", "\x1c")):
            screen = Screen("severed-remap", "--platform", "snp")
            screen.until("severed-remap on snp")
            if end:
                screen.press(end)
            else:
                screen.process.send_signal(getattr(signal, name))
            self.assertEqual(screen.end(), (-getattr(signal, name), True), (name, end))

    def test_sends_nothing_of_a_file_that_a_terminal_would_obey(self):
        path = self.path("hostile.yaml", HOSTILE)
        code, out, err = self.glacis("watch", path, "--plain")
        if code == 2:  # then the loader is the wall
            return self.assertIn("hostile.yaml", err)
        self.assertNotRegex(out, "[\x00-\x09\x0b-\x1f\x7f\u009b\u202e]")
        screen = Screen(path)
        screen.until("A title")
        screen.press("nnG", "blocked by")
        screen.press("q")
        self.assertEqual(screen.end(), (0, True))
        rest = re.sub(rb"\x1b\[(\?[0-9]+[hl]|[0-9]*[HmKJ])", b"", screen.bytes)
        self.assertNotRegex(rest.decode(), "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\u009b\u202e]")

    def test_without_colours_where_none_are_wanted(self):
        for env, colours in (({}, True), ({"NO_COLOR": "1"}, False)):
            screen = Screen("severed-remap", "--platform", "snp", env=env)
            screen.until("severed-remap on snp")
            screen.press("n", r">\*.*swaps")
            screen.press("q")
            self.assertEqual(screen.end(), (0, True))
            self.assertEqual(bool(re.search(rb"\x1b\[3[0-9]m", screen.bytes)), colours)

    def test_wants_a_terminal_or_prints_the_steps(self):
        self.refuses("watch", "severed-remap", "--platform", "snp", saying="--plain", stdin=subprocess.DEVNULL)
        code, out, _ = self.glacis("watch", "severed-remap", "--platform", "snp", "--plain")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"(?m)^\* +[0-9.]+ us  vmm: swaps vm0.page.secret and vm0.page.decoy")
        self.assertRegex(out, r"(?m)^ +memory vm0.page.secret, host sees: ciphertext$")
        self.assertEqual(out, self.glacis("watch", "severed-remap", "--platform", "snp", "--plain")[1])

    def test_turns_down_what_cannot_be_watched(self):
        self.refuses("watch", "no-such-attack", "--plain")
        self.refuses("watch", "severed-remap", "--plain", "--platform", "snpp", saying="snp")
        self.refuses("watch", "severed-remap", "--plain", "--lift", "no.such.defence", saying="no.such.defence")
        self.refuses("watch", "severed-remap", "--plain", "--seed", "-1", saying="whole number")
        self.refuses("watch", "lock-bitflip", "--plain", "--platform", "pkvm", saying="nothing to watch on pkvm")


if __name__ == "__main__":
    unittest.main()
