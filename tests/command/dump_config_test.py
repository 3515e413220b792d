#!/usr/bin/env python3
"""dump-config: what a host sees of parts after enumeration, in a form that pciutils decodes without a complaint."""
import os
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import CommandTest  # noqa: E402

MACHINE = ["--machine", "machines/one-accelerator.yaml"]


def functions_of(dump):
    """Address -> 4096 bytes of each function."""
    out = {}
    for block in dump.split("\n\n")[:-1]:
        head, *lines = block.split("\n")
        data = b""
        for line in lines:
            offset, _, text = line.partition(":")
            assert int(offset, 16) == len(data)
            data += bytes.fromhex(text)
        assert len(data) == 4096
        out[head.split(" ")[0]] = data
    return out


class DumpConfig(CommandTest):
    def dump(self, *parts, **more):
        code, out, err = self.glacis("dump-config", *parts, *more.get("machine", MACHINE))
        self.assertEqual((code, err), (0, ""))
        return out

    def test_the_host_has_enumerated(self):
        out = functions_of(self.dump("rp0", "gpu0"))
        self.assertEqual(list(out), ["00:01.0", "01:00.0"])
        bridge, card = out.values()
        self.assertEqual(bridge[0x18:0x1b].hex(), "000101")      # primary, secondary, subordinate bus
        self.assertEqual((bridge[4] & 6, card[4] & 6), (6, 6))   # memory space, bus master
        self.assertEqual(card[0x10:0x18].hex(), "0c00001004000000")

    def test_a_machine_file_shows_in_the_dump(self):
        plain, served = self.dump("gpu0"), self.dump("gpu0", machine=["--machine", "machines/served-accelerator.yaml"])
        self.assertNotEqual(plain, served)                       # another stream id
        self.assertEqual(plain, self.dump("gpu0", machine=MACHINE + ["--platform", "snp"]))

    def test_a_switch_shows_all_of_its_ports(self):
        machine = ["--machine", "machines/behind-switch.yaml"]
        out = functions_of(self.dump("rp0", "sw0", "gpu0", "nic0", machine=machine))
        self.assertEqual(list(out), ["00:01.0", "01:00.0", "02:00.0", "02:01.0", "03:00.0", "04:00.0"])
        buses = [data[0x18:0x1b].hex() for data in list(out.values())[:4]]
        self.assertEqual(buses, ["000104", "010204", "020303", "020404"])
        self.assertEqual(list(functions_of(self.dump("sw0.down1", machine=machine))), ["02:01.0"])

    def test_lspci_reads_it(self):
        if not shutil.which("lspci"):
            self.skipTest("pciutils is not here")
        dump = self.path("dump.txt", self.dump("rp0", "gpu0"))
        done = subprocess.run(["lspci", "-F", dump, "-vvv"], capture_output=True, text=True, timeout=60, check=False)
        # A machine without kernel modules is none of our business.
        complaints = [line for line in done.stderr.splitlines() if "libkmod" not in line]
        self.assertEqual((done.returncode, complaints), (0, []))
        for text in ("00:01.0", "Bus: primary=00, secondary=01, subordinate=01", "01:00.0", "Data Object Exchange", "BusMaster+"):
            self.assertIn(text, done.stdout)

    def test_what_is_not_there_is_refused(self):
        self.refuses("dump-config", "gpu7", *MACHINE, saying="no part `gpu7` has a configuration space; there are: rp0, gpu0")
        self.refuses("dump-config", "gpu0", "cpu0", *MACHINE, saying="no part `cpu0` has a configuration space; there are: rp0, gpu0")
        self.refuses("dump-config", "gpu0", "--machine", "machines/bare-vm.yaml", saying="no part of the machine has a configuration space")
        self.refuses("dump-config", "gpu0", "--machine", "machines/none.yaml", saying="none.yaml")
        self.refuses("dump-config", "gpu0", "--platform", "snq", saying="did you mean `snp`?")
        self.refuses("dump-config", saying="PART")


if __name__ == "__main__":
    unittest.main()
