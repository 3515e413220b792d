#!/usr/bin/env python3
"""Drives QEMU's q35 and our platform/pcie and devices/nvme through the same accesses of software and compares what they answer. Every difference is
in differences.py with its reason; one that is not there fails, and one that no longer occurs fails."""
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import machines  # noqa: E402
import nvme  # noqa: E402
import nvme_work  # noqa: E402
import sequences  # noqa: E402
from differences import DIFFERENCES  # noqa: E402

SEQUENCES = sequences.SEQUENCES + nvme.SEQUENCES + nvme_work.SEQUENCES
OURS = os.environ.get("MACHINE", os.path.join(HERE, "machine"))


def observe(command, sequence):
    with machines.Machine(command) as machine:
        out = {}
        for name, value in sequence(machine):
            name = sequence.__name__ + ": " + name
            assert name not in out, "two observations are called " + name
            out[name] = value
        return out


def text(value):
    return "%#x" % value if isinstance(value, int) and not isinstance(value, bool) else repr(value)


def lone(name, theirs, ours):
    """Whether the register is of a capability that only one of the two has, which is said once by itself."""
    words = name.replace(".", " ").split()
    has = " ".join(words[:2] + ["has"] + words[2:3])
    return (name in theirs) != (name in ours) and theirs.get(has) != ours.get(has)


def judge(theirs, ours, listed):
    """What is wrong, a line each: differences that are not listed, listed ones that are not there."""
    wrong = []
    for name in list(theirs) + [n for n in ours if n not in theirs]:
        found, known = (theirs.get(name), ours.get(name)), listed.get(name)
        if lone(name, theirs, ours):
            continue
        if found[0] == found[1] and known:
            wrong.append("%s: listed as a difference, but both say %s" % (name, text(found[0])))
        elif found[0] != found[1] and not known:
            wrong.append("%s: QEMU %s, ours %s, and no reason is listed" % (name, text(found[0]), text(found[1])))
        elif found[0] != found[1] and known != found:
            wrong.append("%s: QEMU %s, ours %s, but listed are %s and %s" % ((name,) + tuple(map(text, found + known))))
    return wrong + ["%s: listed, but nobody looks there" % name for name in listed if name not in theirs and name not in ours]


def table():
    """The listed pairs of values by name."""
    out = {}
    for reason, rows in DIFFERENCES:
        assert reason and rows, "a difference has a reason, and a reason a difference"
        for sequence, functions, what, theirs, ours in rows:
            for function in functions.split() or [""]:
                name = "%s: %s" % (sequence, (function + " " + what).strip())
                assert name not in out, name + " is listed twice"
                out[name] = (theirs, ours)
    return out


class QemuTest(unittest.TestCase):
    def test_the_same_accesses_give_the_same_answers(self):
        listed, wrong, seen = table(), [], 0
        for sequence in SEQUENCES:
            with tempfile.NamedTemporaryFile() as disk:
                disk.truncate(machines.DISK_SIZE)
                theirs = observe(machines.qemu(disk.name), sequence)
            ours = observe([OURS], sequence)
            wrong += judge(theirs, ours, {name: row for name, row in listed.items() if name.startswith(sequence.__name__ + ": ")})
            seen += len(theirs)
        names = {sequence.__name__ for sequence in SEQUENCES}
        wrong += [name + ": listed for no sequence" for name in listed if name.split(":")[0] not in names]
        print("%d observations, %d listed differences" % (seen, len(listed)))
        self.assertGreater(seen, 1500)
        if wrong:
            self.fail("\n" + "\n".join(wrong))

    def test_a_difference_is_wrong_unless_it_is_listed_as_it_is(self):
        self.assertEqual(judge({"s: a": 1}, {"s: a": 1}, {}), [])
        self.assertEqual(judge({"s: a": 1}, {"s: a": 2}, {"s: a": (1, 2)}), [])
        self.assertEqual(len(judge({"s: a": 1}, {"s: a": 2}, {})), 1)
        self.assertEqual(len(judge({"s: a": 1}, {"s: a": 2}, {"s: a": (1, 3)})), 1)
        self.assertEqual(len(judge({"s: a": 1}, {"s: a": 1}, {"s: a": (1, 2)})), 1)
        self.assertEqual(len(judge({"s: a": 1}, {"s: a": 1}, {"s: b": (1, 2)})), 1)
        self.assertEqual(len(judge({"s: a": 1}, {}, {})), 1)


if __name__ == "__main__":
    why = machines.why_not()
    if why:
        print("skipped: " + why)
        sys.exit(0)
    unittest.main()
