#!/usr/bin/env python3
"""A full disk: one clear line, exit code 2, old files untouched, nothing new beside them. On a small file system of our own where one can be
mounted, and everywhere under a limit of file sizes."""
import os
import re
import resource
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from room import ATTACK, COMMAND, TOP, ReliabilityTest, Server  # noqa: E402

ONE = ("run", ATTACK, "--platform", "snp", "--quiet")
DEVICE = ("run", os.path.join(TOP, "scenarios/catalogue/trust/lock-bitflip.yaml"), "--platform", "snp", "--quiet")
OWNER = ("run", os.path.join(TOP, "scenarios/catalogue/attestation/quote-replay.yaml"), "--platform", "tdx", "--quiet")
MATRIX = ("matrix", ATTACK, "--platform", "snp")
SEARCH = ("explore", os.path.join(TOP, "scenarios/catalogue/cpu/vmsa-rollback.yaml"), "--platform", "sev-es", "--lift", "es.vmsa.checksum",
          "--budget", "40", "--quiet")
# Every option that writes: the command that it is of, the option, and whether it names a folder.
FILES = [(ONE, option) for option in ("--trace", "--json", "--junit", "--sarif", "--mermaid", "--perfetto", "--csv", "--html", "--bundle")]
FILES += [(DEVICE, "--pcapng"), (("kill-matrix",), "--json"), (SEARCH, "--json")]
FILES += [(MATRIX, option) for option in ("--json", "--csv", "--junit", "--sarif", "--markdown")]
FOLDERS = [(DEVICE, "--pcap"), (OWNER, "--artifacts"), (MATRIX, "--html"), (("evidence", "--platform", "tdx"), "--out"), (SEARCH, "--out")]
ELSEWHERE = {("run", "--record"), ("serve", "--pcap"), ("serve", "--root"), ("serve", "--tpm-state")}  # tests of their own below
# Parts are looked at before anything is played (tests/command/shards_test), and what is merged is written as what is not.
ELSEWHERE |= {("matrix", "--part"), ("matrix", "--films"), ("explore", "--part")}  # films are kept in the part
ELSEWHERE |= {("merge", option) for option in ("--json", "--csv", "--junit", "--sarif", "--markdown", "--html", "--out")}
KINDS = ("scenario", "machine", "guest")  # of `new`

FULL = "No space left on device"
LIMIT = "File too large"


def no_room():
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


PAGE = 4096


def mounted(path):
    """A file system of 64 KiB at `path`. False: not here."""
    if os.environ.get("RELIABILITY_MOUNTS") != "1":
        return False
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", path], check=True)
    return True


def fill(path, pages_left):
    filler = os.open(os.path.join(path, "filler"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        while os.write(filler, bytes(PAGE)) == PAGE:
            pass
    except OSError:
        pass
    os.truncate(filler, os.fstat(filler).st_size // PAGE * PAGE - pages_left * PAGE)
    os.close(filler)


class DiskFull(ReliabilityTest):
    def setUp(self):
        super().setUp()
        self.home = self.small_home()
        self.disk = self.path("disk")
        os.mkdir(self.disk)

    def everything(self):
        return [(at, folders, names, [os.lstat(os.path.join(at, name)).st_size for name in names])
                for top in (self.folder, self.home) for at, folders, names in sorted(os.walk(top))], self.content("out"), self.content("disk/old")

    def content(self, name):
        if not os.path.exists(self.path(name)):
            return None
        with open(self.path(name), "rb") as file:
            return file.read()

    def fails(self, *args, saying, **more):
        before = self.everything()
        code, _, err = self.glacis(*args, home=self.home, **more)
        self.assertEqual((code, err.count("\n"), err[:8]), (2, 1, "glacis: "), (args, err))
        self.assertIn(saying, err, args)
        self.assertEqual(self.everything(), before, args)

    def test_every_option_that_writes_is_here(self):
        known = {(args[0], option) for args, option in FILES + FOLDERS} | ELSEWHERE
        _, out, _ = self.glacis("--help")
        commands = re.findall(r"^  ([a-z-]+)  ", out.partition("Subcommands:")[2].partition("Examples:")[0], re.M)
        self.assertGreater(len(commands), 12)
        found = set()
        for command in commands:
            _, out, _ = self.glacis(command, "--help")
            for option, text in re.findall(r"^  (?:-\w,)?(--[a-z-]+)(.*(?:\n {10,}.*)*)", out, re.M):
                if re.search(r"\b(?:write|writes|keep|pack|folder that is new)\b", text):
                    found.add((command, option))
        self.assertEqual(found, known)

    def test_no_file_larger_than_a_limit(self):
        for args, option in FILES:
            self.path("out", "kept")
            self.fails(*args, option, "out", saying="cannot write `out`: " + LIMIT, preexec_fn=no_room)
            os.remove(self.path("out"))
            self.fails(*args, option, "out", saying="cannot write `out`: " + LIMIT, preexec_fn=no_room)
        for args, option in FOLDERS:
            self.fails(*args, option, "out/deep" if option != "--html" else "out", saying=LIMIT, preexec_fn=no_room)
        for kind in KINDS:
            self.fails("new", kind, "mine", saying=LIMIT, preexec_fn=no_room)

    def test_a_disk_without_room(self):
        if not mounted(self.disk):
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", self.disk], check=False)
        self.path("disk/old", "kept")
        fill(self.disk, 0)
        for args, option in FILES:
            for name in ("disk/old", "disk/new"):
                self.fails(*args, option, name, saying="cannot write `%s`: %s" % (name, FULL))
        for args, option in FOLDERS:
            self.fails(*args, option, "disk/out", saying=FULL)
        # One of two fits.
        fill(self.disk, 1)
        self.fails(*ONE, "--junit", "disk/small", "--html", "disk/old", saying="cannot write `disk/old`: " + FULL)
        self.assertEqual(self.glacis(*ONE, "--junit", "disk/small")[0], 0)

    def test_a_device_without_room(self):
        for args, option in FILES:
            self.fails(*args, option, "/dev/full", saying="cannot write `/dev/full`: " + FULL)

    def test_a_set_of_files_comes_whole_or_not_at_all(self):
        options = [word for option in ("--json", "--junit", "--trace", "--html") for word in (option, "new" + option)]
        self.fails(*ONE, *options, "--csv", "/dev/full", saying=FULL)
        self.fails(*ONE, *options, "--csv", "missing/out", saying="No such file")
        self.assertEqual(self.glacis(*ONE, *options)[0], 0)
        self.assertEqual(len([name for name in os.listdir(self.folder) if name.startswith("new--")]), 4)

    def test_a_recording_that_does_not_fit(self):
        with Server("--spdm-port", "0", "--seed", "7", "--root", self.path("root.der")) as served:
            file = self.path("outside.yaml", """scenario: A guest asks somebody else's responder
machine: machines/one-accelerator.yaml
platforms: [ snp ]
guest: { vm0: check-device gpu0 rooted }
attack:
  - { by: vmm, at: "doe rp0 -> gpu0", when: { object: SPDM, nth: 1 }, do: { read: SPDM } }
""")
            live = ("--set", "gpu0.responder=127.0.0.1:%d" % served.ports[0], "--set", "gpu0.root=root.der")
            self.path("said", "kept")
            self.fails("run", file, "--platform", "snp", *live, "--record", "said", saying="cannot write `said`: " + LIMIT, preexec_fn=no_room)

    def test_what_a_server_writes(self):
        self.path("out", "kept")
        self.fails("serve", "--spdm-port", "0", "--root", "out", saying="cannot write `out`: " + LIMIT, preexec_fn=no_room)
        # Told before anybody is served, not after.
        for option in ("--pcap", "--root"):
            self.fails("serve", "--spdm-port", "0", option, "missing/out", saying="cannot write `missing/out`: No such file")
        self.fails("serve", "--tpm-port", "0", "--tpm-state", "missing/out", saying="cannot write `missing/out`: No such file")
        with Server("--spdm-port", "0", "--pcap", "out", cwd=self.folder, preexec_fn=no_room) as served:
            link = served.connect()
            link.sendall(bytes.fromhex("0000fffe0000000200000000"))
            self.assertEqual(served.end(), 2)
            self.assertEqual(served.complaint(), "glacis: cannot write `out`: %s\n" % LIMIT)
            link.close()
        self.assertEqual(self.bytes_of(".")["out"], b"kept")
        self.clean()

    def test_a_tpms_state_that_does_not_fit_is_said_and_the_old_one_stays(self):
        with Server("--tpm-port", "0", "--tpm-state", "state", cwd=self.folder):
            pass
        kept = self.bytes_of(".")["state"]
        self.assertGreater(len(kept), 1000)
        # The boot already writes: what it cannot keep it does not begin with.
        code, _, err = self.glacis("serve", "--tpm-port", "0", "--tpm-state", "state", preexec_fn=no_room)
        self.assertEqual(code, 2, err)
        self.assertIn("cannot write `state`: " + LIMIT, err)
        self.assertEqual(self.bytes_of(".")["state"], kept)
        self.clean()

    def test_standard_output_without_room(self):
        for args in (ONE, MATRIX, ("dissector",), ("schema", "scenario"), ("list", "defences"), ("--help",), ("run", "--help"), ("version",), ("threats",)):
            with open("/dev/full", "wb") as full:
                code, _, err = self.glacis(*args, stdout=full)
            self.assertEqual((code, err), (2, "glacis: cannot write to standard output\n"), args)
        with open("/dev/full", "wb") as full:
            code, _, err = self.glacis(*ONE, "--json", "out", stdout=full)
        self.assertEqual((code, os.path.exists(self.path("out"))), (2, False), err)

    def test_closed_descriptors_are_no_place_for_files(self):
        for args in (ONE + ("--json", "out"), ("dissector",)):
            done = subprocess.run(["/bin/sh", "-c", 'exec "$0" "$@" <&- >&-'] + [COMMAND] + list(args), cwd=self.folder,
                                  env=dict(os.environ, GLACIS_HOME=TOP), stderr=subprocess.PIPE, check=False, timeout=60)
            self.assertEqual((done.returncode, done.stderr.decode()), (2, "glacis: cannot write to standard output\n"), args)
        self.assertFalse(os.path.exists(self.path("out")))


def in_a_name_space():
    """This test once more where it may mount, if that can be."""
    if "RELIABILITY_MOUNTS" in os.environ:
        return
    unshare = shutil.which("unshare")
    may = unshare and subprocess.run([unshare, "-rm", "sh", "-c", "mount -t tmpfs none /mnt"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
    os.environ["RELIABILITY_MOUNTS"] = "1" if may else "0"
    if may:
        os.execv(unshare, [unshare, "-rm", sys.executable] + sys.argv)


if __name__ == "__main__":
    in_a_name_space()
    unittest.main()
