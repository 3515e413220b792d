"""Runs the built command from the outside, as a user does."""
import os
import subprocess
import tempfile
import unittest

TOP = os.getcwd()
COMMAND = os.path.join(TOP, os.environ.get("GLACIS", "scenarios/glacis/glacis"))
os.environ.setdefault("GLACIS_VTPM", os.path.join(TOP, "tsm/vtpm/process"))
SCENARIOS = os.path.join(TOP, "tests/command/scenarios")

SANITIZED = "ASAN_OPTIONS" in os.environ  # --config=asan
# There what the sanitizer reports goes to files: broken guests have their own reports, and one of the command's ends it.
if SANITIZED and "TEST_UNDECLARED_OUTPUTS_DIR" in os.environ:
    os.environ["ASAN_OPTIONS"] += ":log_path=" + os.path.join(os.environ["TEST_UNDECLARED_OUTPUTS_DIR"], "asan")


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))

    def glacis(self, *args, **more):
        """What the command says and its exit code; it runs in a folder of its own."""
        done = subprocess.run([COMMAND] + list(args), cwd=self.folder, env=dict(os.environ, GLACIS_HOME=more.pop("home", TOP)),
                              stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, timeout=600, check=False, **more)
        return done.returncode, (done.stdout or b"").decode(), done.stderr.decode()

    def path(self, name, content=None):
        path = os.path.join(self.folder, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def bytes_of(self, folder):
        """Every file below `folder` by its path from there."""
        out = {}
        for at, _, names in os.walk(os.path.join(self.folder, folder)):
            for name in names:
                with open(os.path.join(at, name), "rb") as file:
                    out[os.path.relpath(os.path.join(at, name), self.folder)] = file.read()
        return out

    def refuses(self, *args, saying=None, **more):
        """Exit code 2, one line that says why, nothing on stdout, and no file more than before."""
        before = set(self.bytes_of("."))
        code, out, err = self.glacis(*args, **more)
        self.assertEqual((code, out), (2, ""), (args, err))
        self.assertEqual((err.count("\n"), err[:8]), (1, "glacis: "), (args, err))
        if saying:
            self.assertIn(saying, err)
        self.assertEqual(set(self.bytes_of(".")), before, args)
        return err
