"""Opens pages of the command in Debian's Chromium. GLACIS_NPM_WEB says where node_modules with playwright-core lies; without it, without
node or without the browser, these tests are skipped, and say so."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import CommandTest, TOP  # noqa: E402,F401

os.environ.setdefault("GLACIS_GUEST_RUNNER", os.path.join(TOP, "guest/remote/runner"))
MODULES = os.environ.get("GLACIS_NPM_WEB", "")
CHROMIUM = os.environ.get("GLACIS_CHROMIUM") or shutil.which("chromium") or ""


def missing():
    """What keeps a browser from being driven; empty: nothing."""
    if not shutil.which("node"):
        return "no node: install nodejs"
    if not os.path.isdir(os.path.join(MODULES, "node_modules/playwright-core")):
        return "no playwright-core: GLACIS_NPM_WEB names no folder that has it in node_modules"
    return "" if CHROMIUM else "no browser: install chromium"


class Browser:
    """One method for each action of driver.mjs: browser.click(selector="...")."""

    def __init__(self):
        # A browser's sockets lie in its folders, and the path of a socket is short.
        self.folder = folder = tempfile.mkdtemp(prefix="glacis-web.", dir="/tmp")
        environment = dict(os.environ, GLACIS_CHROMIUM=CHROMIUM, HOME=folder, TMPDIR=folder, XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder)
        self.process = subprocess.Popen(["node", os.path.join(TOP, "tests/web/driver.mjs")], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __getattr__(self, action):
        def act(**more):
            self.process.stdin.write(json.dumps(dict(more, do=action)) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("the browser's driver ended")
            answer = json.loads(line)
            if "error" in answer:
                raise RuntimeError("%s %s: %s" % (action, more, answer["error"]))
            return answer["ok"]
        return act

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class PageTest(CommandTest):
    """A test whose browser serves all of its cases."""

    @classmethod
    def setUpClass(cls):
        cls.browser = None

    @classmethod
    def tearDownClass(cls):
        if cls.browser:
            cls.browser.close()

    def setUp(self):
        why = missing()
        if why:
            self.skipTest(why)
        super().setUp()
        if not type(self).browser:
            type(self).browser = Browser()
        self.page = type(self).browser

    def made(self, *args, code=0):
        """`glacis run` with --html and --json: the page's address, what is printed, and the runs of the JSON."""
        got, out, err = self.glacis("run", *args, "--html", "run.html", "--json", "run.json")
        self.assertEqual((got, err), (code, ""), out)
        with open(self.path("run.json"), encoding="utf-8") as file:
            return "file://" + self.path("run.html"), out, json.load(file)["runs"]

    def js(self, script):
        return self.page.evaluate(script=script)

    def frames(self):
        """Two frames go by, so that whatever the page put off to the next has happened."""
        self.js("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go(null))))")

    def opened(self, url, selector=".panes > section", **more):
        self.page.open(url=url, **more)
        if more.get("script", True):
            self.page.wait(selector=selector)
            self.frames()

    def press(self, *keys):
        for key in keys:
            self.page.press(key=key)
        self.frames()

    def quiet(self, url):
        """Nothing went wrong in the page, and it asked for nothing but itself."""
        self.assertEqual(self.page.errors(), [])
        self.assertEqual([asked for asked in self.page.requests() if not asked.startswith("data:")], [url])
