#!/usr/bin/env python3
"""run --pcapng and glacis dissector, as tshark sees them: every field at its place and with its value, as our own readers read the same
bytes; whatever is wrong with bytes, the dissector says so and does not fail."""
import os
import random
import shutil
import struct
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "command"))
from command import CommandTest, TOP  # noqa: E402

FIELDS = os.path.join(TOP, os.environ.get("GLACIS_FIELDS", "tests/exports/fields"))
TSHARK = shutil.which("tshark")
PROTOCOLS = "glacis_doe glacis_tlp glacis_session glacis_spdm glacis_ide_km glacis_tdisp glacis"
OBJECT, PACKET, SESSION = 147, 148, 149
RUNS = [["lock-bitflip", "--platform", "snp"], ["tlp-tamper", "--platform", "tdx"], ["dma-read", "--platform", "cca"]]


class Frame:
    def __init__(self, name, link, data, reply, comment=""):
        self.name, self.link, self.data, self.reply, self.comment = name, link, data, reply, comment


def options(block, at):
    out = {}
    while at + 4 <= len(block):
        code, size = struct.unpack_from("<HH", block, at)
        if code == 0:
            break
        out[code] = block[at + 4:at + 4 + size]
        at += 4 + (size + 3) // 4 * 4
    return out


def frames_of(data):
    """The frames of a capture, which has to end where its last block ends."""
    at, interfaces, out = 0, [], []
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        block = data[at + 8:at + size - 4]
        assert struct.unpack_from("<I", data, at + size - 4)[0] == size and size % 4 == 0
        if kind == 1:
            interfaces.append((options(block, 8)[2].decode(), struct.unpack_from("<H", block)[0]))
        elif kind == 6:
            interface, _, _, kept, whole = struct.unpack_from("<IIIII", block)
            assert kept == whole
            more = options(block, 20 + (kept + 3) // 4 * 4)
            name, link = interfaces[interface]
            out.append(Frame(name, link, block[20:20 + kept], more[2][0] == 1, more.get(1, b"").decode()))
        at += size
    assert at == len(data)
    return out


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind, body):
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def capture_of(frames):
    """A capture with an interface for each frame, so that none is read by what another said."""
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for number, frame in enumerate(frames):
        out += block(1, struct.pack("<HHI", frame.link, 0, 0) + option(2, b"alone %d" % number) + option(0, b""))
    for number, frame in enumerate(frames):
        out += block(6, struct.pack("<IIIII", number, 0, number, len(frame.data), len(frame.data)) + frame.data + bytes(-len(frame.data) % 4)
                     + option(2, struct.pack("<I", 1 if frame.reply else 2)) + option(0, b""))
    return out


class Readers:
    """Our own readers, one process for all."""

    def __init__(self):
        self.process = subprocess.Popen([FIELDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.known = {}

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def read(self, layout, words, data):
        key = (layout, words, data)
        if key not in self.known:
            self.process.stdin.write("%s %s %s\n" % (layout, words or "-", data.hex() or "-"))
            self.process.stdin.flush()
            fields = []
            while True:
                line = self.process.stdout.readline()
                assert line, key
                parts = line.rstrip("\n").split(" ", 1)
                if parts[0] in ("whole", "cut"):
                    break
                name, offset, size, number = line.split()
                fields.append((name, int(offset), int(size), None if number == "-" else int(number)))
            self.known[key] = fields, parts[0] == "whole", parts[1]
        return self.known[key]


class Expected:
    """What a frame should show: which layout is at which bytes is said here a second time, on purpose."""

    def __init__(self, readers, codes):
        self.readers, self.codes, self.words = readers, codes, {}

    def of(self, frame):
        self.fields, self.refused, self.data = [], False, frame.data
        box = frame.name.replace("inside of ", "").replace(" (as sent)", "")
        if frame.link == PACKET:
            if frame.data:
                self.layer("ide.PACKET" if frame.data[0] == 0x92 else "tlp.TLP", 0, len(frame.data))
        elif frame.link == SESSION:
            self.spdm(0, len(frame.data), box, False)
        else:
            m, _ = self.layer("doe.OBJECT", 0, len(frame.data))
            if "content" in m and m["header.vendor_id"][2] == 1:
                at, stop = 8, 8 + m["content"][1]
                kind = m["header.type"][2]
                if kind == 0:
                    self.layer("doe.DISCOVERY_RESPONSE" if frame.reply else "doe.DISCOVERY_REQUEST", at, stop)
                elif kind == 1:
                    self.spdm(at, stop, box, True)
                elif kind == 2:
                    self.layer("spdm.SECURED_RECORD", at, stop, padded=True)
        return self.fields, self.refused

    def layer(self, layout, at, stop, words="", padded=False):
        data = self.data[at:stop]
        fields, whole, error = self.readers.read(layout, words, data)
        for name, offset, size, number in fields:
            part = data[offset:offset + size]
            if "reserved@" in name:
                if any(part):
                    self.fields.append(("reserved", at + offset, size, part.hex(), None))
            else:
                self.fields.append((name.split(".")[-1].split("[")[0], at + offset, size, part.hex(), number))
        if error:
            tail = data[int(error.split()[1].rstrip(",")):] if "bytes too many" in error else None
            self.refused = self.refused or tail is None or not padded or len(tail) > 3 or any(tail)
        return {name: (at + offset, size, number) for name, offset, size, number in fields}, whole

    def spdm(self, at, stop, box, padded):
        if stop - at < 2:
            self.refused = True
            return
        name = self.codes["spdm"].get(self.data[at + 1])
        words = self.words.setdefault(box, {})
        if not name:
            self.layer("spdm.HEADER", at, min(stop, at + 4))
            self.refused = True
            return
        if not name in self.codes["layouts"]:
            self.layer("spdm.HEADER", at, min(stop, at + 4))
            return
        m, whole = self.layer("spdm." + name, at, stop, ",".join(sorted(word for word in words if words[word] is True)), padded)
        if "header.param1" in m:
            self.learn(name, m, words)
        if not whole:
            return
        if name == "MEASUREMENTS":
            self.blocks(m)
        if name.startswith("VENDOR_DEFINED") and m["standard_id"][2] == 3 and m["vendor_id_length"][2] == 2:
            place, size, _ = m["vendor_id"]
            if self.data[place:place + size] == b"\1\0" and "payload" in m:
                self.vendor(m["payload"][0], sum(m["payload"][:2]))

    def learn(self, name, m, words):
        if name in ("KEY_EXCHANGE", "PSK_EXCHANGE"):
            words["summary"] = m["header.param1"][2] != 0
        if name == "CHALLENGE" and "header.param2" in m:
            words["summary"] = m["header.param2"][2] != 0
        if name == "GET_MEASUREMENTS":
            words["signed"] = m["header.param1"][2] % 2 == 1
        if name in ("GET_CAPABILITIES", "CAPABILITIES"):
            words[name] = m["flags"][2] if "flags" in m else 0
        words["clear"] = bool(words.get("GET_CAPABILITIES", 0) & words.get("CAPABILITIES", 0) & 1 << 15)

    def blocks(self, m):
        if "measurement_record" not in m:
            return
        at, stop = m["measurement_record"][0], sum(m["measurement_record"][:2])
        for _ in range(m["number_of_blocks"][2]):
            if at + 4 > stop:
                return
            size = 4 + struct.unpack_from("<H", self.data, at + 2)[0]
            if at + size > stop:
                return
            block, whole = self.layer("spdm.MEASUREMENT_BLOCK", at, at + size)
            if whole and block["measurement_specification"][2] == 1 and size > 4:
                self.layer("spdm.DMTF_MEASUREMENT", at + 4, at + size)
            at += size

    def vendor(self, at, stop):
        if stop - at < 3:
            return
        if self.data[at] == 0 and self.data[at + 1] in self.codes["ide_km"]:
            self.layer("ide_km." + self.codes["ide_km"][self.data[at + 1]], at, stop)
        elif self.data[at] == 1:
            name = self.codes["tdisp"].get(self.data[at + 2])
            m, whole = self.layer("tdisp." + (name or "HEADER"), at, stop)
            if name == "DEVICE_INTERFACE_REPORT" and whole and m["remainder_length"][2] == 0 and m["portion_length"][2] >= 20:
                self.layer("tdisp.INTERFACE_REPORT", m["report_bytes"][0], sum(m["report_bytes"][:2]))


def codes_of(script):
    """The names of codes, as the script has them; which messages have a layout."""
    out = {"layouts": {line.split('"')[1].split(".")[1] for line in script.splitlines() if line.startswith('layouts["spdm.')}}
    for key, field in (("spdm", "glacis.spdm.header.code"), ("tdisp", "glacis.tdisp.header.code"), ("ide_km", "glacis.ide_km.query.object_id")):
        line = next(line for line in script.splitlines() if line.startswith('field("%s"' % field))
        pairs = line[line.index("{") + 1:line.index("}")].split(", ")
        out[key] = {int(pair.split("]")[0][1:]): pair.split('"')[1] for pair in pairs if pair}
    return out


@unittest.skipUnless(TSHARK, "tshark is not installed")
class Tshark(CommandTest):
    def setUp(self):
        super().setUp()
        code, self.script, err = self.glacis("dissector")
        self.assertEqual((code, err), (0, ""))
        self.path("glacis.lua", self.script)
        self.readers = Readers()
        self.addCleanup(self.readers.close)

    def tshark(self, *args, **env):
        done = subprocess.run([TSHARK] + list(args), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False,
                              env=dict(os.environ, HOME=self.folder, XDG_CONFIG_HOME=self.folder, **env))
        said = "\n".join(line for line in done.stderr.decode().splitlines() if not line.startswith("Running as user"))
        self.assertEqual((done.returncode, said), (0, ""))
        self.assertNotIn(b"Lua Error", done.stdout)
        return done.stdout

    def shown(self, name):
        """Of each packet the fields that the dissector made, and whether it says that a strict reader refuses."""
        out = []
        for packet in ElementTree.fromstring(self.tshark("-X", "lua_script:glacis.lua", "-r", name, "-T", "pdml", "-J", PROTOCOLS)).iter("packet"):
            fields, refused = [], False
            for field in packet.iter("field"):
                key = field.get("name", "")
                refused = refused or key == "glacis.refused"
                if not key.startswith("glacis.") or key.startswith("glacis.refused"):
                    continue
                value, show = field.get("value"), field.get("show")
                number = int(show, 0) if show.startswith("0x") else None
                fields.append((key.split(".")[-1], int(field.get("pos")), int(field.get("size")), value, number))
            out.append((fields, refused))
        return out

    def compare(self, name, frames):
        expected = Expected(self.readers, codes_of(self.script))
        shown = self.shown(name)
        self.assertEqual(len(shown), len(frames))
        count = 0
        for number, frame in enumerate(frames):
            fields, refused = expected.of(frame)
            where = "%s, frame %d, %s: %s" % (name, number + 1, frame.name, frame.data.hex())
            self.assertEqual(shown[number][0], fields, where)
            self.assertEqual(shown[number][1], refused, where)
            count += len(fields)
        return count

    def capture(self, args):
        code, _, err = self.glacis("run", *args, "--pcapng", "run.pcapng", "--quiet")
        self.assertEqual((code, err), (0, ""))
        with open(self.path("run.pcapng"), "rb") as file:
            return frames_of(file.read())

    def test_every_field_is_what_our_own_readers_read(self):
        kinds = set()
        for args in RUNS:
            frames = self.capture(args)
            kinds |= {frame.link for frame in frames}
            self.assertGreater(self.compare("run.pcapng", frames), 5000, args)
        self.assertEqual(kinds, {OBJECT, PACKET, SESSION})

    def test_bytes_that_are_wrong_are_refused_where_ours_refuse_them(self):
        random_ = random.Random(1)
        frames = self.capture(RUNS[0]) + self.capture(RUNS[1])
        packets = [frame for frame in frames if frame.link == PACKET]
        chosen = [frame for frame in frames if frame.link != PACKET] + random_.sample(packets, 150)
        chosen += [frame for frame in packets if frame.data[0] == 0x92][:100]
        wrong = []
        for frame in chosen:
            for _ in range(4):
                data = bytearray(frame.data)
                how = random_.randrange(4)
                if how == 0:
                    del data[random_.randrange(len(data) + 1):]
                elif how == 1:
                    data += bytes(random_.randrange(256) for _ in range(random_.randrange(1, 9)))
                else:
                    for _ in range(how):
                        if data:
                            data[random_.randrange(min(len(data), 48))] = random_.randrange(256)
                wrong.append(Frame("alone %d" % len(wrong), frame.link, bytes(data), frame.reply))
        self.path("wrong.pcapng", capture_of(wrong))
        self.compare("wrong.pcapng", wrong)

    def samples(self, random_):
        """Each message that our layouts have, in each version and with numbers in its header that decide what follows."""
        codes = codes_of(self.script)
        by_name = {name: code for code, name in codes["spdm"].items()}
        out = []
        for line in subprocess.run([FIELDS, "samples"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
            layout, raw = line.split()
            family, name = layout.split(".")
            data = bytes.fromhex(raw)
            if family == "spdm" and name in by_name:
                for version in (0x10, 0x11, 0x12, 0x13):
                    for one, two in ((data[2], data[3]), (0, 0), (1, 3), (3, 1), (0x0D, 0), (0x42, 0x81), (0x0F, 7), (0xFF, 0xFF)):
                        tail = bytes(random_.randrange(256) for _ in range(random_.choice((0, 0, 8, 60, 300))))
                        out.append(bytes((version, by_name[name], one, two)) + data[4:] + tail)
            elif family != "spdm" and name not in ("HEADER", "INTERFACE_REPORT"):
                for tail in (b"", bytes(40), bytes(random_.randrange(256) for _ in range(20))):
                    inner = data + tail
                    out.append(b"\x12\xfe\0\0\x03\0\x02\x01\0" + struct.pack("<H", len(inner)) + inner)
        report = struct.pack("<HHHHII", 5, 0, 0, 0, 0, 2) + bytes(random_.randrange(256) for _ in range(32)) + struct.pack("<I", 3) + b"abc"
        for inside in (report, report[:-1], report + b"x"):
            inner = b"\x01\x10\x04" + bytes(14) + struct.pack("<HH", len(inside), 0) + inside
            out.append(b"\x12\x7e\0\0\x03\0\x02\x01\0" + struct.pack("<H", len(inner)) + inner)
        return out

    def packets(self, random_):
        """Packets of every kind, with and without data, digest, prefix, PCRC and MAC."""
        for kind in range(256):
            for bits in (0, 0x8000):
                length = random_.randrange(4)
                data = bytes((kind, random_.randrange(256))) + struct.pack(">H", bits | random_.randrange(4) << 10 | length)
                data += bytes(random_.randrange(256) for _ in range(random_.choice((8, 12)) + 4 * random_.randrange(5)))
                yield data
                yield bytes((0x92, 0, 5, random_.randrange(256))) + data + bytes(random_.choice((0, 4, 12, 16)))
        yield bytes((0x60, 0, 0, 0)) + bytes(12) + bytes(4096)  # a length of 0 is 1024 dwords

    def test_every_message_that_our_layouts_have(self):
        random_ = random.Random(2)
        frames = [Frame("", SESSION, data, False) for data in self.samples(random_)] + [Frame("", PACKET, data, False) for data in self.packets(random_)]
        for length in (0, 1, 2, 3, 0x40003):  # of an object, in dwords
            frames.append(Frame("", OBJECT, struct.pack("<HBBI", 1, 0, 0, length) + bytes(4), bool(length % 2)))
        for number, frame in enumerate(frames):
            frame.name = "alone %d" % number
        self.assertGreater(len(frames), 2000)
        self.path("all.pcapng", capture_of(frames))
        self.compare("all.pcapng", frames)

    def test_it_opens_without_settings_from_the_folder_of_plugins(self):
        self.capture(RUNS[0])
        os.makedirs(self.path(".local/lib/wireshark/plugins"))
        self.path(".local/lib/wireshark/plugins/glacis.lua", self.script)
        out = self.tshark("-r", "run.pcapng", "-Y", "glacis.tdisp.header.code == 0x83", "-T", "fields", "-e", "_ws.col.Info", "-e", "frame.interface_name")
        self.assertEqual(out.decode().strip(), "LOCK_INTERFACE_REQUEST\tinside of doe rp0 -> gpu0 (as sent)")

    def test_the_capture_for_spdm_tools_opens_with_one_setting(self):
        code, _, err = self.glacis("run", *RUNS[0], "--pcap", "captures", "--quiet")
        self.assertEqual((code, err), (0, ""))
        out = self.tshark("-X", "lua_script:glacis.lua", "-o", "glacis.link_292:TRUE", "-r", "captures/lock-bitflip-snp-doe-rp0-gpu0.pcap",
                          "-T", "fields", "-e", "_ws.col.Info").decode().splitlines()
        self.assertEqual(out[:8], ["DISCOVERY request", "DISCOVERY response"] * 3 + ["GET_VERSION", "VERSION"])
        self.assertEqual(len([line for line in out if line.startswith("record of session")]), 34)

    def test_a_comment_says_what_the_adversary_did(self):
        frames = self.capture(RUNS[0])
        touched = [frame for frame in frames if frame.comment]
        self.assertEqual([frame.name for frame in touched], ["doe rp0 -> gpu0 (as sent)", "doe rp0 -> gpu0", "inside of doe rp0 -> gpu0 (as sent)"])
        self.assertEqual(sum(one != other for one, other in zip(touched[0].data, touched[1].data)), 1)
        self.assertTrue(touched[1].comment.startswith("altered by the adversary\n  byte "), touched[1].comment)
        out = self.tshark("-X", "lua_script:glacis.lua", "-r", "run.pcapng", "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment")
        self.assertEqual(len(out.decode().splitlines()), 3)


if __name__ == "__main__":
    unittest.main()
