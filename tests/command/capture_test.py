#!/usr/bin/env python3
"""run --pcap: whole files that a reader of captures understands, the same from the same seed, and nothing else changed by them."""
import os
import struct
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import CommandTest  # noqa: E402

MAILBOX, LINK = "captures/lock-bitflip-snp-doe-rp0-gpu0.pcap", "captures/lock-bitflip-snp-link-rp0-gpu0.pcap"
SECRETS = MAILBOX.replace(".pcap", ".secrets")


def records(data):
    """Link type, and the (microseconds, bytes) of a capture that ends where its last record ends."""
    magic, major, minor, zone, accuracy, snap, link = struct.unpack_from("<IHHiIII", data)
    assert (magic, major, minor, zone, accuracy, snap) == (0xA1B2C3D4, 2, 4, 0, 0, 65536)
    at, out = 24, []
    while at < len(data):
        seconds, micros, kept, size = struct.unpack_from("<IIII", data, at)
        assert kept == size and micros < 1000000
        out.append((seconds * 1000000 + micros, data[at + 16:at + 16 + kept]))
        at += 16 + kept
    assert at == len(data)
    return link, out


class Captures(CommandTest):
    def capture(self, *args):
        code, out, err = self.glacis("run", *args)
        self.assertEqual((code, err), (0, ""))
        return out, self.bytes_of("captures")

    def test_both_files_can_be_read_to_their_ends(self):
        _, files = self.capture("lock-bitflip", "--platform", "snp", "--pcap", "captures")
        self.assertEqual(sorted(files), [MAILBOX, SECRETS, LINK])
        self.assertEqual(len(bytes.fromhex(files[SECRETS].decode())), 48)  # one session over P-384
        link, objects = records(files[MAILBOX])
        self.assertEqual((link, objects[0][1].hex()), (292, "010000000300000000000000"))  # discovery, of index 0
        self.assertTrue(all(struct.unpack_from("<I", body, 4)[0] * 4 == len(body) for _, body in objects))
        link, packets = records(files[LINK])
        self.assertEqual(link, 125)
        self.assertTrue(packets and all(len(body) >= 12 for _, body in packets))
        for all_of in (objects, packets):
            self.assertEqual([time for time, _ in all_of], sorted(time for time, _ in all_of))

    def test_each_platform_has_its_own(self):
        _, files = self.capture("lock-bitflip", "dma-read", "--pcap", "captures/below")
        names = [os.path.basename(name) for name in files]
        for run in ("lock-bitflip-none", "lock-bitflip-snp", "dma-read-none", "dma-read-snp"):
            self.assertEqual([run + "-doe-rp0-gpu0.pcap" in names, run + "-link-rp0-gpu0.pcap" in names], [True, True], names)

    def test_the_same_seed_gives_the_same_bytes_and_another_one_others(self):
        args = ["lock-bitflip", "--platform", "snp", "--pcap", "captures"]
        first, again, other = self.capture(*args)[1], self.capture(*args, "--jobs", "1")[1], self.capture(*args, "--seed", "2")[1]
        self.assertTrue(first == again)
        self.assertFalse(first[MAILBOX] == other[MAILBOX] or first[SECRETS] == other[SECRETS])

    def test_a_run_is_the_same_with_and_without(self):
        args = ["lock-bitflip", "--platform", "snp", "--trace", "run.trace", "--json", "run.json"]
        outputs = []
        for more in ([], ["--pcap", "captures"]):
            out, _ = self.capture(*args, *more)
            with open(self.path("run.trace"), "rb") as trace, open(self.path("run.json"), "rb") as runs:
                outputs.append((out, trace.read(), runs.read()))
        self.assertTrue(outputs[0] == outputs[1])

    def test_what_cannot_be_captured_is_refused_before_it_is_played(self):
        self.refuses("run", "lock-bitflip", "--pcap", "/dev/null", saying="cannot make the folder `/dev/null`")
        self.refuses("run", "lock-bitflip", "--pcap", "/proc/captures", saying="cannot make the folder `/proc/captures`")
        self.refuses("run", "severed-remap", "--pcap", "captures", saying="a machine without a device")
        self.refuses("run", "lock-bitflip", "lock-bitflip", "--pcap", "captures", saying="two files are called `lock-bitflip`")


if __name__ == "__main__":
    unittest.main()
