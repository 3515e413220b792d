#!/usr/bin/env python3
"""The template of a guest, copied out of this tree: built by CMake and by Rust's tools where they are, and played."""
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import CommandTest, TOP  # noqa: E402

os.environ["GLACIS_GUEST_RUNNER"] = os.path.join(TOP, "guest/remote/runner")


class Template(CommandTest):
    def setUp(self):
        super().setUp()
        self.copy = self.path("mine")
        shutil.copytree(os.path.join(TOP, "guest/template"), self.copy)

    def build(self, *command):
        done = subprocess.run(command, cwd=self.copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode())

    def plays(self, library):
        code, out, err = self.glacis("run", "mine/scenarios", "severed-remap", "host-read", "host-write", "--guest", "vm0=library:" + os.path.join("mine", library), "--quiet")
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(out.count("ok   honest: held"), out.count("ok   attack: "), out)
        self.assertGreaterEqual(out.count("ok   attack: "), 20, out)

    def test_c_against_the_header_alone(self):
        os.makedirs(self.path("alone/guest/abi"))
        shutil.copy(os.path.join(TOP, "guest/abi/glacis_guest.h"), self.path("alone/guest/abi"))
        self.build("gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-shared", "-fPIC", "-I", self.path("alone"), "c/guest.c", "-o", "libc.so")
        self.plays("libc.so")
        self.build("g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", "-shared", "-fPIC", "-I", self.path("alone"), "cpp/guest.cc", "-o", "libcpp.so")
        self.plays("libcpp.so")

    @unittest.skipUnless(shutil.which("cmake"), "no cmake here")
    def test_cmake(self):
        self.build("cmake", "-S", ".", "-B", "build", "-DGLACIS=" + TOP)
        self.build("cmake", "--build", "build")
        self.plays("build/libguest_c.so")
        self.plays("build/libguest_cpp.so")

    @unittest.skipUnless(shutil.which("rustc"), "no rustc here")
    def test_rust(self):
        try:
            self.build("rustc", "--edition", "2021", "--crate-type", "cdylib", "-C", "panic=abort", "rust/src/lib.rs", "-o", "librust.so")
        except AssertionError as error:
            if "rustup" in str(error):  # a stand-in for a compiler that this account has not
                self.skipTest("no rustc for this account")
            raise
        self.plays("librust.so")

    def test_rust_has_the_calls_of_the_header_in_their_order(self):
        with open(os.path.join(TOP, "guest/abi/glacis_guest.h"), encoding="utf-8") as read:
            header = read.read()
        with open(os.path.join(self.copy, "rust/src/abi.rs"), encoding="utf-8") as read:
            binding = read.read()
        calls = re.findall(r"\(\*(\w+)\)\(void\* self", header)
        self.assertGreater(len(calls), 30)
        self.assertEqual(re.findall(r"pub (?:r#)?(\w+): unsafe extern", binding), calls)
        version = re.search(r"GLACIS_GUEST_ABI_VERSION (\d+)u", header).group(1)
        self.assertIn("pub const VERSION: u32 = %s;" % version, binding)


if __name__ == "__main__":
    unittest.main()
