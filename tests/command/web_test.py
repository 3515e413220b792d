#!/usr/bin/env python3
"""`glacis serve --web` from the outside: who is let in, what is refused and how it ends."""
import base64
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import COMMAND, SCENARIOS, TOP, CommandTest  # noqa: E402

SEVERED = "scenarios/catalogue/memory/severed-remap.yaml"


class Web:
    """The server on a port of its own, for as long as it is needed."""

    def __init__(self, *args, **more):
        self.process = subprocess.Popen([COMMAND, "serve", "--web"] + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=dict(os.environ, GLACIS_HOME=TOP), **more)
        self.url = self.process.stdout.readline().strip()
        self.port, self.token = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=([0-9a-f]{32})", self.url).groups()
        self.port = int(self.port)

    def get(self, target, host=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest("GET", target, skip_host=True)
        connection.putheader("Host", host or "127.0.0.1:%d" % self.port)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body, answer.headers

    def page(self, path):
        return self.get("%s?token=%s" % (path, self.token))

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process.wait()


class Talk:
    """A WebSocket (RFC 6455) as small as it can be."""

    def __init__(self, web, token=None, host=None, origin=None):
        self.socket = socket.create_connection(("127.0.0.1", web.port), timeout=60)
        host = host or "127.0.0.1:%d" % web.port
        origin = "http://" + host if origin is None else origin
        lines = ["GET /live?token=%s HTTP/1.1" % (token or web.token), "Host: " + host, "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef").decode(), "Sec-WebSocket-Version: 13"]
        if origin:
            lines.append("Origin: " + origin)
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            one = self.socket.recv(1)
            if not one:
                break
            head += one
        self.status = int(head.split()[1])
        self.last = 0

    def send(self, data, opcode=1):
        head = bytes([0x80 | opcode])
        size = len(data)
        head += bytes([0x80 | size]) if size < 126 else struct.pack(">BH", 0xFE, size) if size < 1 << 16 else struct.pack(">BQ", 0xFF, size)
        self.socket.sendall(head + b"\0\0\0\0" + data)

    def exactly(self, count):
        out = b""
        while len(out) < count:
            part = self.socket.recv(count - len(out))
            if not part:
                raise EOFError
            out += part
        return out

    def receive(self):
        """(opcode, payload) of the next frame."""
        first, length = self.exactly(2)
        if length == 126:
            length = struct.unpack(">H", self.exactly(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self.exactly(8))[0]
        return first & 15, self.exactly(length)

    def say(self, ask, **fields):
        self.last += 1
        self.send(json.dumps(dict(fields, id=self.last, ask=ask)).encode())
        return self.last

    def hear(self):
        opcode, data = self.receive()
        assert opcode == 1, (opcode, data)
        return json.loads(data)

    def ask(self, ask, **fields):
        number = self.say(ask, **fields)
        answer = self.hear()
        assert answer["id"] == number, answer
        return answer

    def close(self):
        self.socket.close()


def children_of(parent):
    out = []
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % name, encoding="ascii") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == parent:
                    out.append(name)
        except (OSError, ValueError):
            pass
    return out


class WebTest(CommandTest):
    def talk(self, web, **more):
        out = Talk(web, **more)
        self.addCleanup(out.close)
        return out

    def text(self, name=SEVERED):
        with open(os.path.join(TOP, name), encoding="utf-8") as file:
            return file.read()

    def test_the_page_needs_its_token_and_says_little_else(self):
        with Web() as web:
            status, body, headers = web.page("/")
            self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
            for wanted in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "connect-src ws://127.0.0.1:%d" % web.port):
                self.assertIn(wanted, headers["Content-Security-Policy"])
            self.assertEqual((headers["X-Content-Type-Options"], headers["Cache-Control"], headers["Referrer-Policy"]), ("nosniff", "no-store", "no-referrer"))
            for asset in re.findall(r'(?:src|href)="(/[^"]+)"', body):
                self.assertEqual(web.get(asset)[0], 200, asset)
                self.assertEqual(web.get(asset.split("?")[0])[0], 403, asset)
            self.assertGreater(len(web.page("/live.js")[1]), 10_000)
            self.assertEqual(web.get("/?token=" + "0" * 32)[0], 403)
            self.assertEqual(web.get("/")[0], 403)
            self.assertEqual(web.page("/../../etc/passwd")[0], 404)
            self.assertEqual(web.page("/" + SEVERED)[0], 404)

    def test_other_hosts_and_other_pages_are_refused(self):
        with Web() as web:
            page = "/?token=" + web.token
            self.assertEqual(web.get(page, host="localhost:%d" % web.port)[0], 200)
            for host in ("rebound.example:%d" % web.port, "127.0.0.1", "rebound.example"):
                self.assertEqual(web.get(page, host=host)[0], 403, host)
            status, _, headers = web.get(page, Origin="http://other.example")
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (403, None))
            self.assertEqual(self.talk(web).status, 101)
            self.assertEqual(self.talk(web, token="f" * 32).status, 403)
            self.assertEqual(self.talk(web, host="rebound.example:%d" % web.port).status, 403)
            for origin in ("http://other.example", "http://localhost:%d" % web.port, "null", ""):
                self.assertEqual(self.talk(web, origin=origin).status, 403, origin)

    def test_it_listens_on_loopback_alone(self):
        with Web() as web:
            with open("/proc/net/tcp", encoding="ascii") as file:
                listening = [line.split()[1] for line in file if line.split()[3] == "0A"]
            self.assertEqual([one for one in listening if one.endswith(":%04X" % web.port)], ["0100007F:%04X" % web.port])

    def test_garbage_and_half_requests_hold_up_nobody(self):
        with Web() as web:
            held = []
            for data in (b"", b"GET / HT", b"\x16\x03\x01\x02\x00\xff\xfe\r\n\r\n", b"A" * 100_000, b"GET /?token=%b HTTP/1.1\r\nContent-Length: 9\r\n" % web.token.encode()):
                for _ in range(10):
                    one = socket.create_connection(("127.0.0.1", web.port))
                    held.append(one)
                    try:
                        one.sendall(data)
                    except OSError:
                        pass
            try:
                self.assertEqual(web.page("/")[0], 200)
                self.assertEqual(web.page("/" + "x" * 9000)[0], 431)
            finally:
                for one in held:
                    one.close()
            self.assertEqual(web.end(), 0)

    def test_a_run_is_the_run_of_the_terminal(self):
        with Web() as web:
            talk = self.talk(web)
            welcome = talk.ask("welcome")["ok"]
            self.assertIn(SEVERED, [one["name"] for one in welcome["scenarios"]])
            self.assertIn("attack", welcome["schema"]["scenario"]["properties"])
            text = talk.ask("open", name=SEVERED)["ok"]["text"]
            self.assertEqual(text, self.text())
            answer = talk.ask("run", name=SEVERED, files={SEVERED: text}, platform="snp", seed="1", profile="baseline", lift=[])["ok"]
            _, out, _ = self.glacis("run", os.path.join(TOP, SEVERED), "--platform", "snp")
            self.assertEqual(answer["texts"], [out])
            lifted = talk.ask("run", name=SEVERED, files={SEVERED: text}, platform="snp", lift=["rmp.access.gpa"])["ok"]
            self.assertEqual([run["outcome"] for run in lifted["runs"]], ["blocked", "broken"])
            _, out, _ = self.glacis("run", os.path.join(TOP, SEVERED), "--platform", "snp", "--lift", "rmp.access.gpa")
            self.assertEqual(lifted["texts"][1], out)

    def test_edited_texts_are_read_where_they_were_opened(self):
        with Web() as web:
            talk = self.talk(web)
            broken = self.text().replace("by: vmm", "by: vmn")
            line = 1 + broken[:broken.index("vmn")].count("\n")
            mark = talk.ask("check", name=SEVERED, files={SEVERED: broken})["ok"]["marks"][0]
            self.assertEqual((mark["file"], mark["line"]), (SEVERED, line))
            self.assertIn("did you mean `vmm`?", mark["text"])
            self.assertEqual(talk.ask("run", name=SEVERED, files={SEVERED: broken}, platform="snp")["ok"]["marks"], [mark])
            self.assertEqual(talk.ask("check", name=SEVERED, files={SEVERED: self.text()})["ok"]["marks"], [])
            new = re.sub("catalogue: .*\n", "", self.text())
            self.assertEqual(talk.ask("check", name="untitled.yaml", files={"untitled.yaml": new})["ok"]["marks"], [])
            # A machine as the page has it counts, for the check and for the run.
            machine = "scenarios/machines/bare-vm.yaml"
            edited = self.text(machine) + "\ncpu7: { is: cpu, wrong: 1 }\n"
            mark = talk.ask("check", name=SEVERED, files={SEVERED: self.text(), machine: edited})["ok"]["marks"][0]
            self.assertEqual((mark["file"], mark["text"][:30]), (machine, "`cpu` has no attribute `wrong`"))
            mark = talk.ask("run", name=SEVERED, files={SEVERED: self.text(), machine: edited}, platform="snp")["ok"]["marks"][0]
            self.assertEqual(mark["file"], machine)
            self.assertEqual(talk.ask("check", name=machine, files={machine: self.text(machine)})["ok"]["marks"], [])

    def test_nothing_outside_the_emulation_is_reached(self):
        with Web() as web:
            talk = self.talk(web)

            def refused(text, saying, name=SEVERED):
                for ask in ("check", "run"):
                    mark = talk.ask(ask, name=name, files={name: text}, platform="snp")["ok"]["marks"][0]
                    self.assertIn(saying, mark["text"])

            for guest in ("{ library: /tmp/any.so }", "{ connect: unix:/tmp/any }"):
                refused(self.text().replace("{ vm0: keep-two-pages }", guest), "would run code outside the emulation")
            for machine in ("../../../../etc/passwd", "/etc/passwd", "machines/../../../etc/hostname.yaml", "catalogue/memory/severed-remap.yaml"):
                refused(self.text().replace("machines/bare-vm.yaml", machine), "machine files of a page lie in scenarios/machines")
            device = "scenarios/catalogue/trust/lock-bitflip.yaml"
            for setting in ('gpu0.responder: "127.0.0.1:1"', "gpu0.responder: replay /etc/passwd", "gpu0.root: /etc/passwd"):
                refused(re.sub(r"(?m)^(attack|variants):", r"set: { %s }\n\1:" % setting, self.text(device)), "a page reaches no responder", device)
            for name in ("/etc/passwd", "scenarios/../README.md", "README.md"):
                self.assertIn("the catalogue has no file", talk.ask("open", name=name)["error"])

    def test_what_is_too_much_has_a_clear_error(self):
        with Web() as web:
            talk = self.talk(web)
            large = self.text() + "#" * (256 << 10)
            self.assertIn("larger than the 256 KiB", talk.ask("check", name=SEVERED, files={SEVERED: large})["error"])
            self.assertIn("larger than the 256 KiB", talk.ask("run", name=SEVERED, files={SEVERED: large}, platform="snp")["error"])
            for wrong, saying in (("nothing", "nothing is known of `nothing`"), ("open", "the catalogue has no file")):
                self.assertIn(saying, talk.ask(wrong)["error"])
            for more, saying in (({"seed": "-1"}, "no whole number"), ({"platform": "cray"}, "unknown platform"), ({"lift": ["rmp.acces.gpa"]}, "did you mean `rmp.access.gpa`?"),
                                 ({"profile": "soft"}, "unknown profile")):
                mark = talk.ask("run", **dict({"name": SEVERED, "files": {SEVERED: self.text()}, "platform": "snp"}, **more))["ok"]["marks"][0]
                self.assertIn(saying, mark["text"])
            talk.send(b"{")
            self.assertIn("no JSON", talk.hear()["error"])
            other = self.talk(web)
            other.send(b"x" * (1 << 20 | 1))
            opcode, data = other.receive()
            self.assertEqual((opcode, data[:2]), (8, struct.pack(">H", 1009)))
            self.assertEqual(talk.ask("open", name=SEVERED)["ok"]["text"], self.text())

    def test_runs_without_end_are_ended_one_at_a_time_and_hold_up_nobody(self):
        def spin(name):
            with open(os.path.join(SCENARIOS, name + ".yaml"), encoding="utf-8") as file:
                return dict(name=name + ".yaml", files={name + ".yaml": file.read()}, platform="none")

        with Web() as web:
            talk, other = self.talk(web), self.talk(web)
            first = talk.say("run", **spin("spin-silent"))  # spins without a call: only its process can be ended
            self.assertIn("a run of this page is under way", talk.ask("run", **spin("spin"))["error"])
            self.assertEqual(other.ask("run", name=SEVERED, files={SEVERED: self.text()}, platform="snp")["ok"]["runs"][0]["outcome"], "blocked")
            answer = talk.hear()
            self.assertEqual((answer["id"], "limit fiber.silence_max" in answer["error"]), (first, True))
            second = talk.say("run", **spin("spin-silent"))
            third = talk.say("stop")
            self.assertEqual([talk.hear(), talk.hear()], [{"id": second, "error": "stopped"}, {"id": third, "ok": {}}])
            self.assertIn("overran its stack", talk.ask("run", **spin("overrun"))["error"])
            limited = talk.ask("run", **spin("spin"))["ok"]["runs"][0]
            self.assertEqual(limited["limit"], "fiber.steps_max of vm0")

    def test_it_ends_cleanly_with_a_run_under_way(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with Web() as web:
                talk = self.talk(web)
                with open(os.path.join(SCENARIOS, "spin-silent.yaml"), encoding="utf-8") as file:
                    talk.say("run", name="spin-silent.yaml", files={"spin-silent.yaml": file.read()}, platform="none")
                talk.ask("open", name=SEVERED)
                children = children_of(web.process.pid)
                self.assertEqual(len(children), 1)
                self.assertEqual(web.end(number), 0)
                self.assertEqual(talk.receive()[0], 8)  # a farewell
                self.assertFalse(os.path.exists("/proc/%s" % children[0]))
                self.assertEqual(web.process.stderr.read(), "")

    def test_bad_calls(self):
        taken = socket.create_server(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        self.refuses("serve", "--web", "--web-port", port, saying="cannot listen on 127.0.0.1:" + port)
        taken.close()
        with Web("--web-port", port) as web:
            self.assertEqual(web.port, int(port))
        self.refuses("serve", "--web", "--web-port", "70000", saying="--web-port")
        self.refuses("serve", "--web-port", "7000", saying="--web")
        self.refuses("serve", "--web", "--tpm-port", "0", saying="--tpm-port excludes --web")


if __name__ == "__main__":
    unittest.main()
