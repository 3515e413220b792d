#!/usr/bin/env python3
"""A VM's TPM on swtpm's socket protocol: Debian's tpm2-tools against it, the same bytes from the same seed, and every bad client."""
import hashlib
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import COMMAND, TOP, CommandTest  # noqa: E402

TOOLS = shutil.which("tpm2_pcrread")


class Served:
    """Our TPM for as long as it is needed."""

    def __init__(self, *more, seed="7"):
        args = [COMMAND, "serve", "--tpm-port", "0", "--seed", seed] + list(more)
        self.process = subprocess.Popen(args, stdout=subprocess.PIPE, env=dict(os.environ, GLACIS_HOME=TOP), text=True)
        self.measured = {}
        for line in self.process.stdout:
            if line.startswith("  PCR "):
                number, value = line[6:].split(": ")
                self.measured[int(number)] = value.strip()
            if line.startswith("listening on "):
                self.port, self.control = (int(word.strip(",\n").split(":")[1]) for word in line.split() if ":" in word)
                return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.stdout.close()
        self.process.wait()

    def connect(self, port=None):
        return socket.create_connection(("127.0.0.1", port or self.port), timeout=20)

    def ask(self, command):
        """One command on a connection of its own."""
        with self.connect() as link:
            link.sendall(command)
            head = receive(link, 10)
            return head + receive(link, struct.unpack(">I", head[2:6])[0] - 10)

    def tell(self, request, size):
        """One control request, and so many bytes of the answer."""
        with self.connect(self.control) as link:
            link.sendall(request)
            return receive(link, size)


def receive(link, count):
    out = b""
    while len(out) < count:
        more = link.recv(count - len(out))
        if not more:
            break
        out += more
    return out


RANDOM = bytes.fromhex("80010000000c0000017b0008")


class Tpm(CommandTest):
    def tool(self, served, *args):
        env = dict(os.environ, TPM2TOOLS_TCTI="swtpm:host=127.0.0.1,port=%d" % served.port)
        done = subprocess.run(args, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, (args, done.stdout, done.stderr))
        return done.stdout.decode()

    @unittest.skipUnless(TOOLS, "no tpm2-tools")
    def test_the_tools_read_pcrs_that_the_boot_extended(self):
        with Served() as served:
            text = self.tool(served, "tpm2_pcrread", "sha256:0,1,4,7,8,9,10")
            read = {int(line.split(":")[0]): line.split("0x")[1].strip().lower() for line in text.splitlines() if "0x" in line}
            self.assertEqual(len(read), 7, text)
            separator = hashlib.sha256(bytes(32) + hashlib.sha256(bytes(4)).digest()).hexdigest()
            self.assertEqual(read[7], separator)
            line = hashlib.sha256(bytes(32) + hashlib.sha256(b"console=ttyS0\0").digest()).hexdigest()
            self.assertEqual(read[8], line)
            for pcr in (0, 1, 4, 7, 8):
                self.assertEqual(read[pcr], served.measured[pcr])
            self.assertNotEqual(read[0], read[4])
            self.assertEqual(read[9], "00" * 32)

    def quote(self, served, nonce="a1b2c3d4"):
        """Each tool leaves the keys that it loads: a TPM has room for three, and nobody here manages it."""
        flush = ["tpm2_flushcontext", "-t"]
        self.tool(served, "tpm2_createek", "-c", "ek.ctx", "-G", "ecc", "-u", "ek.pub")
        self.tool(served, *flush)
        self.tool(served, "tpm2_createak", "-C", "ek.ctx", "-c", "ak.ctx", "-G", "ecc", "-g", "sha256", "-s", "ecdsa", "-u", "ak.pub", "-f", "pem",
                  "-n", "ak.name")
        self.tool(served, *flush)
        self.tool(served, "tpm2_quote", "-c", "ak.ctx", "-l", "sha256:0,4,7,8", "-q", nonce, "-m", "quote.msg", "-s", "quote.sig", "-o", "quote.pcrs",
                  "-g", "sha256")

    @unittest.skipUnless(TOOLS, "no tpm2-tools")
    def test_the_tools_make_and_check_a_quote(self):
        with Served() as served:
            self.quote(served)
            check = ["tpm2_checkquote", "-u", "ak.pub", "-m", "quote.msg", "-s", "quote.sig", "-f", "quote.pcrs", "-g", "sha256", "-q"]
            self.tool(served, *check, "a1b2c3d4")
            other = subprocess.run(check + ["a1b2c3d5"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            self.assertNotEqual(other.returncode, 0)

    @unittest.skipUnless(TOOLS, "no tpm2-tools")
    def test_the_same_seed_gives_the_same_keys_and_the_same_quote(self):
        said = []
        for seed in ("7", "7", "8"):
            with Served(seed=seed) as served:
                self.quote(served)
            said.append([self.content(name) for name in ("ek.pub", "ak.pub", "quote.msg", "quote.sig")])
        self.assertEqual(said[0], said[1])
        self.assertNotEqual(said[0][0], said[2][0])

    def content(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def test_every_control_request_has_its_answer(self):
        with Served() as served:
            capabilities = struct.unpack(">Q", served.tell(struct.pack(">I", 1), 8))[0]
            self.assertEqual(capabilities, 0x6fff)
            word = lambda *values: struct.pack(">%dI" % len(values), *values)  # noqa: E731
            self.assertEqual(served.tell(word(4), 8)[:4], word(0))
            self.assertEqual(served.tell(word(5) + b"\x03", 4), word(0))
            self.assertEqual(served.tell(word(5) + b"\x05", 4), word(61))  # TPM_BAD_LOCALITY
            self.assertEqual(served.tell(word(9), 4), word(0))
            self.assertEqual(served.tell(word(10), 4), word(0))
            self.assertEqual(served.tell(word(15), 8), word(0, 0))
            self.assertEqual(served.tell(word(16), 4), word(10))  # no descriptor comes over TCP
            self.assertEqual(served.tell(word(99), 4), word(10))  # no such call
            self.assertEqual(served.tell(word(17, 0), 16)[:4], word(0))
            self.assertEqual(served.tell(word(17, 2048), 16)[:4], word(10))  # not while it runs
            result, total, length = struct.unpack(">3I", served.tell(word(18) + struct.pack(">QII", 1, 0, 0), 12))
            self.assertEqual((result, total), (0, length))
            self.assertGreater(total, 20)
            # State goes out while it runs and in while it does not.
            result, _, total, length = struct.unpack(">4I", served.tell(word(12, 0, 1, 0), 16))
            self.assertEqual((result, length), (0, min(total, 4096)))
            self.assertEqual(served.tell(word(13, 0, 1, 1) + b"x", 4), word(10))
            self.assertEqual(served.tell(word(12, 0, 7, 0), 4), word(3))
            before = served.ask(bytes.fromhex("8001000000140000017e00000001000b03010000"))
            # A dynamic launch begins with PCR 17 to 22.
            self.assertEqual(served.tell(word(6), 4), word(0))
            self.assertEqual(served.tell(word(7, 3) + b"abc", 4), word(0))
            self.assertEqual(served.tell(word(8), 4), word(0))
            self.assertEqual(served.tell(word(4), 8)[4], 1)
            self.assertEqual(served.tell(word(11) + b"\x00", 4), word(61))
            self.assertEqual(served.tell(word(11) + b"\x03", 4), word(0))
            self.assertEqual(served.tell(word(4), 8)[4], 0)
            # Without power it does nothing, and comes back empty.
            self.assertEqual(served.tell(word(14), 4), word(0))
            self.assertEqual(served.ask(RANDOM), bytes.fromhex("80010000000a00000101"))
            self.assertEqual(served.tell(word(6), 4), word(10))
            self.assertEqual(served.tell(word(5) + b"\x00", 4), word(0))  # PCR 0 begins with the locality of the start
            self.assertEqual(served.tell(word(2, 1), 4), word(0))
            self.assertEqual(served.ask(bytes.fromhex("80010000000c000001440000")), bytes.fromhex("80010000000a00000000"))
            after = served.ask(bytes.fromhex("8001000000140000017e00000001000b03010000"))
            self.assertNotEqual(before[-32:], after[-32:])
            self.assertEqual(after[-32:], bytes(32))
            self.assertEqual(served.tell(word(3), 4), word(0))
            self.assertEqual(served.process.wait(timeout=20), 0)

    def test_bad_clients_cost_their_own_connection(self):
        with Served() as served:
            silent = [served.connect() for _ in range(3)] + [served.connect(served.control) for _ in range(3)]
            half = served.connect()
            half.sendall(b"\x80\x01\x00\x00")
            lies = served.connect()
            lies.sendall(b"\x80\x01\xff\xff\xff\xff\x00\x00\x01\x7b")
            self.assertEqual(receive(lies, 64), bytes.fromhex("80010000000a00000142"))  # and the end
            short = served.connect()
            short.sendall(b"\x80\x01\x00\x00\x00\x01\x00\x00\x01\x7b")
            self.assertEqual(receive(short, 64), bytes.fromhex("80010000000a00000142"))
            huge = served.connect(served.control)
            huge.sendall(struct.pack(">II", 7, 0xffffffff))
            self.assertEqual(receive(huge, 4), b"")
            garbage = served.ask(bytes.fromhex("12340000000c0000017b0008"))
            self.assertEqual(garbage[2:6], bytes.fromhex("0000000a"))
            self.assertNotEqual(garbage[6:], bytes(4))
            slow = served.connect()
            for byte in RANDOM:
                slow.sendall(bytes([byte]))
                time.sleep(0.01)
            self.assertEqual(receive(slow, 20)[6:10], bytes(4))
            self.assertEqual(receive(half, 1), b"")  # after its five seconds
            self.assertEqual(served.ask(RANDOM)[6:10], bytes(4))
            for each in silent + [half, lies, short, huge, slow]:
                each.close()
            self.assertIsNone(served.process.poll())

    def test_too_many_clients_are_turned_away_and_the_others_served(self):
        with Served() as served:
            first = served.connect()
            first.sendall(RANDOM)  # whoever has asked for something keeps his place
            self.assertEqual(receive(first, 20)[6:10], bytes(4))
            many = [served.connect() for _ in range(40)]
            first.sendall(RANDOM)
            self.assertEqual(receive(first, 20)[6:10], bytes(4))
            for each in many + [first]:
                each.close()
            self.assertIsNone(served.process.poll())

    @unittest.skipUnless(TOOLS, "no tpm2-tools")
    def test_state_that_is_kept_outlives_the_process(self):
        keys = []
        for seed in ("7", "8"):
            with Served("--tpm-state", self.path("tpm.state"), seed=seed) as served:
                self.tool(served, "tpm2_createek", "-c", "ek.ctx", "-G", "ecc", "-u", "ek.pub")
            keys.append(self.content("ek.pub"))
        self.assertEqual(keys[0], keys[1])

    def test_bad_calls(self):
        self.refuses("serve", "--tpm-port", "0", "--vm", "vm7", saying="measured-vm.yaml: the machine has no VM `vm7`")
        self.refuses("serve", "--tpm-port", "0", "--machine", "machines/bare-vm.yaml", saying="`vm0` has no TPM")
        attack = os.path.join(TOP, "scenarios/catalogue/attestation/ima-file-swap.yaml")
        self.refuses("run", attack, "--platform", "none", "--set", "vm0.tpm=svsm", saying="this technology keeps nothing from it")
        self.refuses("serve", "--tpm-port", "99999", saying="--tpm-port")
        self.refuses("serve", "--tpm-ctrl", "5", saying="--tpm-port")
        taken = socket.create_server(("127.0.0.1", 0))
        code, _, err = self.glacis("serve", "--tpm-port", str(taken.getsockname()[1]))
        taken.close()
        self.assertEqual(code, 2, err)
        self.assertIn("cannot listen on 127.0.0.1:", err)
        os.environ["GLACIS_VTPM"], kept = "/nonexistent", os.environ["GLACIS_VTPM"]
        try:
            self.refuses("serve", "--tpm-port", "0", saying="GLACIS_VTPM names `/nonexistent`, which cannot be run")
        finally:
            os.environ["GLACIS_VTPM"] = kept


if __name__ == "__main__":
    unittest.main()
