"""Two machines behind one line protocol, that of QEMU's qtest: QEMU itself, stopped before its first instruction, and ours."""
import shutil
import subprocess

QEMU = "qemu-system-x86_64"
VERSION = "7.2"  # the one of Debian 12
ECAM = 0xb0000000
# Root ports 01.0 with an NVMe, 02.0 with a network card, 03.0 with a switch and an NVMe behind its one port. The processor never
# runs, so any accelerator does; the one called qtest is not in every build.
OPTIONS = """-M q35 -m 16M -accel tcg -S -qtest stdio -qtest-log none -display none -nodefaults -no-user-config -serial none
-monitor none -device pcie-root-port,id=rp0,bus=pcie.0,addr=1.0,chassis=1,slot=1
-device pcie-root-port,id=rp1,bus=pcie.0,addr=2.0,chassis=2,slot=2
-device pcie-root-port,id=rp2,bus=pcie.0,addr=3.0,chassis=3,slot=3
-device nvme,id=near,serial=near,bus=rp0,max_ioqpairs=4,mdts=5 -device nvme-ns,bus=near,drive=disk,nsid=1,eui64=0x02474c0000000001
-netdev hubport,id=hub,hubid=0 -device virtio-net-pci,netdev=hub,bus=rp1,romfile=,aer=on,ats=on,disable-legacy=on
-device x3130-upstream,id=up,bus=rp2 -device xio3130-downstream,id=down,bus=up,chassis=4,slot=4
-device nvme,serial=far,bus=down""".split()

DISK_SIZE = 0x100000


def qemu(disk):
    """The command for it; `disk` is a file of DISK_SIZE, that of the NVMe on bus 1."""
    return [QEMU] + ["-drive", "if=none,id=disk,format=raw,cache=unsafe,file=" + disk] + OPTIONS


LETTERS = {1: "b", 2: "w", 4: "l", 8: "q"}


def why_not():
    """Why the comparison cannot be made here, or nothing. Versions differ in what they implement."""
    if shutil.which(QEMU) is None:
        return QEMU + " is not there"
    version = subprocess.run([QEMU, "--version"], stdout=subprocess.PIPE, text=True, check=True, timeout=20).stdout.splitlines()[0]
    return None if "version %s." % VERSION in version else "differences.py is about QEMU %s, not %s" % (VERSION, version)


class Function:
    """Configuration space of one function, through the memory window or, up to FFh, through the ports."""

    def __init__(self, machine, bus, device, number=0):
        self.machine = machine
        self.id = bus << 8 | device << 3 | number

    def read(self, offset, size=4):
        return self.machine.read(ECAM + (self.id << 12) + offset, size)

    def write(self, offset, size, value):
        self.machine.write(ECAM + (self.id << 12) + offset, size, value)

    def select(self, offset, enable=1):
        self.machine.say("outl 0xcf8 0x%x" % (enable << 31 | self.id << 8 | offset & 0xfc))
        return 0xcfc + offset % 4

    def port_read(self, offset, size=4, enable=1):
        return self.machine.say("in%s 0x%x" % (LETTERS[size], self.select(offset, enable)))

    def port_write(self, offset, size, value, enable=1):
        self.machine.say("out%s 0x%x 0x%x" % (LETTERS[size], self.select(offset, enable), value))

    def capabilities(self):
        """Offsets by id, in the order of the list; an id met twice counts the first time."""
        found, at = {}, self.read(0x34, 1) & 0xfc
        for _ in range(48):
            if at < 0x40:
                return found
            found.setdefault(self.read(at, 1), at)
            at = self.read(at + 1, 1) & 0xfc
        raise AssertionError("a capability list that does not end")

    def extended(self):
        found, at = {}, 0x100
        for _ in range((4096 - 256) // 8):
            header = self.read(at)
            if header & 0xffff in (0, 0xffff):
                return found
            found.setdefault(header & 0xffff, at)
            at = header >> 20 & 0xffc
            if at < 0x100:
                return found
        raise AssertionError("an extended capability list that does not end")


class Machine:
    """A process that answers; used in a `with`."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, bufsize=1)
        # The q35 host bridge maps configuration space where its register 60h says. Ours has no host bridge and maps it always.
        self.function(0, 0).port_write(0x60, 4, ECAM | 1)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        words = self.process.stdout.readline().split()
        if not words or words[0] != "OK":
            self.process.kill()
            raise AssertionError("%s answers %r to %r: %s" % (self.command[0], words, line[:80], self.process.communicate()[1]))
        return int(words[1], 16) if len(words) > 1 else None

    def read(self, address, size=4):
        return self.say("read%s 0x%x" % (LETTERS[size], address))

    def write(self, address, size, value):
        self.say("write%s 0x%x 0x%x" % (LETTERS[size], address, value))

    def load(self, address, size):
        return self.say("read 0x%x 0x%x" % (address, size)).to_bytes(size, "big")

    def store(self, address, data):
        self.say("write 0x%x 0x%x 0x%s" % (address, len(data), data.hex()))

    def settle(self):
        """Lets whatever a device does later happen: QEMU's does it between two commands."""
        for _ in range(8):
            self.read(0)

    def function(self, bus, device, number=0):
        return Function(self, bus, device, number)

    def number_buses(self):
        """The functions by name: nvme on bus 1, net on 2, the switch from 3 to 5."""
        parts = {"rp0": (0, 1, 0x010100), "rp1": (0, 2, 0x020200), "rp2": (0, 3, 0x050300), "up": (3, 0, 0x050403),
                 "down": (4, 0, 0x050504), "nvme": (1, 0, None), "net": (2, 0, None), "far": (5, 0, None)}
        out = {}
        for name, (bus, device, numbers) in parts.items():
            out[name] = self.function(bus, device)
            if numbers is not None:
                out[name].write(0x18, 4, numbers)
        return out
