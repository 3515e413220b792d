#!/usr/bin/env python3
"""`glacis serve --mount`: report files, registers and a device as any program of this machine finds them. Read by nothing of ours."""
import errno
import hashlib
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import COMMAND, TOP, CommandTest  # noqa: E402

PROVIDERS = {"snp": "sev_guest", "tdx": "tdx_guest", "cca": "arm_cca_guest", "cove": "cove_guest"}


class Mounted:
    """The command with a directory, until it is told to end."""

    def __init__(self, at, *args):
        os.makedirs(at)
        self.at = at
        self.process = subprocess.Popen([COMMAND, "serve", "--mount", at] + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=dict(os.environ, GLACIS_HOME=TOP), text=True)
        self.first = self.process.stdout.readline()

    def why_not(self):
        return self.process.communicate(timeout=60)[1]

    def path(self, *names):
        return os.path.join(self.at, *names)

    def end(self, by=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(by)
        out = self.process.communicate(timeout=60)
        return self.process.returncode, out

    def put(self, content, *names):
        with open(self.path(*names), "wb", buffering=0) as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def get(self, *names):
        with open(self.path(*names), "rb") as file:
            return file.read()


def head(blob):
    """The first item of CBOR: its major type, its argument, and what follows the head."""
    major, small = blob[0] >> 5, blob[0] & 31
    if small < 24:
        return major, small, blob[1:]
    size = 1 << (small - 24)
    return major, int.from_bytes(blob[1:1 + size], "big"), blob[1 + size:]


class MountTest(CommandTest):
    def mount(self, *args):
        mounted = Mounted(os.path.join(self.folder, "tsm-" + "-".join(args[-1:])), *args)
        self.addCleanup(mounted.end)
        if not mounted.first.startswith("mounted at "):
            why = mounted.why_not()
            if "cannot be mounted at" in why or "/dev/fuse" in why:
                self.skipTest("mounting is not possible here: " + why.strip())
            self.fail(why)
        return mounted

    def fails(self, number, act, *args):
        with self.assertRaises(OSError) as seen:
            act(*args)
        self.assertEqual(errno.errorcode[seen.exception.errno], errno.errorcode[number])

    def report_data(self, platform, report):
        """Where each form keeps the 64 bytes, by the offsets of its specification; in the two of CBOR they only have to be there."""
        if platform == "snp":
            self.assertEqual(len(report), 1184)
            return report[0x50:0x90]
        if platform == "tdx":
            version, key_type, tee = struct.unpack_from("<HHI", report)
            self.assertEqual((version, key_type, tee), (4, 2, 0x81))
            return report[48 + 520:48 + 584]
        self.assertIn(head(report)[0], (4, 5, 6))
        return None

    def test_a_report_of_each_platform(self):
        for platform, provider in PROVIDERS.items():
            with self.subTest(platform):
                tree = self.mount("--platform", platform)
                item = ("tsm", "report", "mine")
                self.assertEqual(os.listdir(tree.path("tsm", "report")), [])
                os.mkdir(tree.path(*item))
                self.assertEqual(tree.get(*item, "provider").decode(), provider + "\n")
                self.assertEqual(tree.get(*item, "generation"), b"0\n")
                self.fails(errno.EINVAL, tree.get, *item, "outblob")
                nonce = bytes(range(64))
                # As a shell does it.
                shell = 'cat > "$1/inblob" && cat "$1/outblob" > "$2" && cat "$1/generation"'
                done = subprocess.run(["sh", "-c", shell, "sh", tree.path(*item), self.path(platform)], input=nonce, check=True,
                                      stdout=subprocess.PIPE)
                self.assertEqual(done.stdout, b"1\n")
                with open(self.path(platform), "rb") as file:
                    report = file.read()
                bound = self.report_data(platform, report)
                self.assertTrue(bound == nonce if bound is not None else nonce in report)
                self.assertEqual(tree.get(*item, "outblob"), report)  # cached
                tree.put(nonce[::-1], *item, "inblob")
                self.assertIn(nonce[::-1], tree.get(*item, "outblob"))
                self.fails(errno.EFBIG, tree.put, bytes(65), *item, "inblob")
                tree.put(bytes(31), *item, "inblob")
                self.fails(errno.EINVAL, tree.get, *item, "outblob")
                self.fails(errno.EACCES, tree.get, *item, "inblob")
                self.fails(errno.EACCES, tree.put, b"x", *item, "outblob")
                self.assertEqual(os.path.exists(tree.path(*item, "privlevel")), platform == "snp")
                if platform == "snp":
                    self.fails(errno.EINVAL, tree.put, "4\n", *item, "privlevel")
                    tree.put("3\n", *item, "privlevel")
                self.fails(errno.EEXIST, os.mkdir, tree.path(*item))
                os.rmdir(tree.path(*item))
                self.assertFalse(os.path.exists(tree.path(*item)))
                self.assertEqual(tree.end()[0], 0)
                self.assertEqual(os.listdir(tree.at), [])  # unmounted

    def test_two_racing_writers(self):
        tree = self.mount("--platform", "snp")
        item = ("tsm", "report", "shared")
        os.mkdir(tree.path(*item))
        rounds, found = 40, []

        def writer(mark):
            for turn in range(rounds):
                nonce = bytes([mark, turn]) * 32
                before = int(tree.get(*item, "generation"))
                tree.put(nonce, *item, "inblob")
                report = tree.get(*item, "outblob")
                after = int(tree.get(*item, "generation"))
                found.append((after - before, report[0x50:0x90] == nonce, report[0x50] in (1, 2)))

        threads = [threading.Thread(target=writer, args=(mark,)) for mark in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(found), 2 * rounds)
        self.assertEqual(int(tree.get(*item, "generation")), 2 * rounds)  # every write counted, and no other
        for counted, own, someones in found:
            self.assertTrue(someones)
            self.assertTrue(own or counted != 1)  # a foreign report never comes without a sign

    def test_registers_are_extended(self):
        tree = self.mount("--platform", "tdx")
        self.assertEqual(sorted(os.listdir(tree.path("tsm", "rtmr"))), ["rtmr%d:sha384" % i for i in range(4)])
        digest = hashlib.sha384(b"an agent").digest()
        before = tree.get("tsm", "rtmr", "rtmr3:sha384")
        self.assertEqual(before, bytes(48))
        tree.put(digest, "tsm", "rtmr", "rtmr3:sha384")
        after = hashlib.sha384(before + digest).digest()
        self.assertEqual(tree.get("measurements", "rtmr3:sha384"), after)
        for wrong in (digest[:47], digest + b"x", b""):
            if wrong:
                self.fails(errno.EINVAL, tree.put, wrong, "tsm", "rtmr", "rtmr3:sha384")
        self.fails(errno.EACCES, tree.put, digest, "measurements", "mrtd:sha384")
        os.mkdir(tree.path("tsm", "report", "a"))
        tree.put(bytes(64), "tsm", "report", "a", "inblob")
        quote = tree.get("tsm", "report", "a", "outblob")
        self.assertEqual(quote[48 + 472:48 + 520], after)  # RTMR[3] of a TD report 1.0 body
        self.assertIn("rtmr2 8 9 10", tree.get("pcr_map").decode())
        self.assertEqual(tree.end(signal.SIGINT)[0], 0)

    def test_a_device_is_connected_locked_and_accepted(self):
        tree = self.mount("--platform", "snp")
        device = ("pci", os.listdir(tree.path("pci"))[0])
        for name, mode in (("tsm0", b"link\n"), ("tsm1", b"devsec\n")):
            self.assertEqual(tree.get("class", "tsm", name, "pci_mode"), mode)
        self.assertEqual(tree.get(*device, "authenticated"), b"0\n")
        self.fails(errno.ENXIO, tree.get, *device, "evidence", "report")
        self.fails(errno.ENXIO, tree.put, "1\n", *device, "tsm", "accept")
        self.fails(errno.ENXIO, tree.put, "tsm1\n", *device, "tsm", "connect")
        tree.put("tsm0\n", *device, "tsm", "connect")
        self.assertEqual(tree.get(*device, "tsm", "connect"), b"tsm0\n")
        self.assertEqual(tree.get(*device, "authenticated"), b"1\n")
        self.fails(errno.EBUSY, tree.put, "tsm0\n", *device, "tsm", "connect")
        chain = tree.get(*device, "evidence", "certificates")
        self.assertEqual(struct.unpack_from("<H", chain)[0], len(chain))  # DSP0274, 10.6.1
        tree.put("tsm1\n", *device, "tsm", "lock")
        self.assertEqual(tree.get(*device, "tsm", "bound"), b"vm0\n")
        self.assertGreater(len(tree.get(*device, "evidence", "report")), 16)
        tree.put("1\n", *device, "tsm", "accept")
        self.assertEqual(tree.get(*device, "tsm", "accept"), b"1\n")
        tree.put(device[1] + "\n", *device, "bind")
        self.fails(errno.EBUSY, tree.put, "tsm1\n", *device, "tsm", "unlock")
        tree.put(device[1] + "\n", *device, "unbind")
        tree.put("tsm1\n", *device, "tsm", "unlock")
        tree.put("tsm0\n", *device, "tsm", "disconnect")
        self.assertEqual(tree.get(*device, "authenticated"), b"0\n")
        self.assertEqual(tree.end()[0], 0)

    def test_a_mount_outlives_silence(self):
        tree = self.mount("--platform", "cove")
        time.sleep(12)  # longer than a guest may compute and call nobody
        self.assertEqual(os.listdir(tree.path("tsm")), ["report", "rtmr"])

    def test_what_cannot_be_mounted_is_refused(self):
        self.refuses("serve", "--mount", self.path("missing"), "--platform", "snp", saying="is no directory")
        os.mkdir(self.path("full"))
        self.path("full/file", "x")
        self.refuses("serve", "--mount", self.path("full"), "--platform", "snp", saying="is not empty")
        os.mkdir(self.path("empty"))
        for platform in ("none", "pkvm", "sev", "tpm"):
            self.refuses("serve", "--mount", self.path("empty"), "--platform", platform, saying="--platform")
        self.refuses("serve", "--mount", self.path("empty"), "--platform", "tdx", "--pcr-map", "tpm", saying="--pcr-map")


if __name__ == "__main__":
    unittest.main()
