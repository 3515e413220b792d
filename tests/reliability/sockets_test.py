#!/usr/bin/env python3
"""Every socket that we listen at: garbage, half messages, giant lengths, slow peers, ten thousand connections. Each costs its own connection,
descriptors and memory stay bounded, and an honest client is served meanwhile and afterwards."""
import os
import random
import resource
import signal
import socket
import struct
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from room import SANITIZED, ReliabilityTest, Server, eventually, receive  # noqa: E402

CONNECTIONS = 10_000
PLACES = 32           # of each server, for connections
DESCRIPTORS_MAX = PLACES + 32
MEMORY_MAX = (400 if SANITIZED else 48) << 20  # more than at the beginning; a sanitizer keeps what is freed for a while


def memory_of(pid):
    with open("/proc/%d/statm" % pid, encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def descriptors_of(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def spdm(link, _):
    """The greeting and its answer."""
    link.sendall(bytes.fromhex("0000dead0000000200000000"))
    return receive(link, 26) == bytes.fromhex("0000dead000000020000000e") + b"Server Hello!\0"


def commands(link, _):
    """GetRandom."""
    link.sendall(bytes.fromhex("80010000000c0000017b0008"))
    return receive(link, 20)[:10] == bytes.fromhex("80010000001400000000")


def control(link, _):
    """GET_CAPABILITY."""
    link.sendall(struct.pack(">I", 1))
    return receive(link, 8) == struct.pack(">Q", 0x6fff)


def web(link, served):
    link.sendall(("GET /?token=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % (served.token, served.ports[0])).encode())
    return receive(link, 15) == b"HTTP/1.1 200 OK"


class Sockets:
    """The same for each."""
    arguments, which, honest = (), 0, None
    half = giant = ()  # beginnings of a message; those whose length nobody should believe

    def setUp(self):
        super().setUp()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.served = Server(*self.arguments)
        self.addCleanup(self.served.__exit__)
        self.assertTrue(self.is_served())
        self.memory = memory_of(self.served.pid)

    def connect(self):
        return self.served.connect(self.which)

    def is_served(self):
        with self.connect() as link:
            return type(self).honest(link, self.served)

    def bounded(self):
        self.assertTrue(eventually(lambda: descriptors_of(self.served.pid) <= DESCRIPTORS_MAX), descriptors_of(self.served.pid))
        self.assertLess(memory_of(self.served.pid) - self.memory, MEMORY_MAX)

    def test_garbage(self):
        noise = random.Random(4)
        for i in range(400):
            with self.connect() as link:
                try:
                    link.sendall(noise.randbytes(noise.choice((1, 7, 12, 64, 4096))))
                    if i % 4 == 0:
                        link.shutdown(socket.SHUT_WR)
                        while link.recv(1 << 16):
                            pass
                except OSError:  # it is not listened to any more
                    pass
        self.assertTrue(self.is_served())
        self.bounded()

    def test_half_messages_and_giant_lengths(self):
        held = []
        for data in self.half + self.giant:
            for _ in range(4):
                held.append(self.connect())
                held[-1].sendall(data)
        begin = time.monotonic()
        self.assertTrue(self.is_served())
        self.assertLess(time.monotonic() - begin, 3)  # a half message may take five seconds
        self.bounded()
        for data in self.giant:
            with self.connect() as link:
                link.sendall(data)
                link.settimeout(3)
                while link.recv(1 << 16):  # at most a word of farewell
                    pass
        for link in held:
            link.close()
        self.assertTrue(self.is_served())

    def test_ten_thousand_connections(self):
        spare = 300
        at_once = min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - spare)
        held = []
        for _ in range(at_once):
            held.append(self.connect())
        self.assertTrue(self.is_served())  # while they are there
        self.bounded()
        for link in held:
            link.close()
        first = self.half[0]
        for i in range(max(CONNECTIONS - at_once, 2000)):
            with self.connect() as link:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", i % 2, 0))
                try:
                    link.sendall(first)
                except ConnectionError:
                    pass
        self.assertTrue(self.is_served())
        self.bounded()
        self.served.tell(signal.SIGTERM)
        self.assertEqual(self.served.end(), 0, self.served.complaint())


class Spdm(Sockets, ReliabilityTest):
    arguments, honest = ("--spdm-port", "0"), spdm
    half = tuple(bytes.fromhex(data) for data in ("00", "0000000100000002", "00000001000000020000000c", "00000001000000020000000c0100"))
    giant = (bytes.fromhex("0000000100000002ffffffff"), bytes.fromhex("000000010000000200100001"))

    def test_one_client_has_the_device_and_the_next_one_waits(self):
        with self.connect() as first, self.connect() as second:
            self.assertTrue(spdm(first, None))
            second.sendall(bytes.fromhex("0000dead0000000200000000"))
            second.settimeout(0.3)
            self.assertRaises(TimeoutError, second.recv, 1)
            self.assertTrue(spdm(first, None))
            first.close()
            second.settimeout(20)
            self.assertEqual(len(receive(second, 26)), 26)

    def test_a_talkative_client(self):
        """Ten thousand objects from one client: what is kept of them is bounded."""
        get_version = bytes.fromhex("010001000300000010840000")
        frame = struct.pack(">III", 1, 2, len(get_version)) + get_version
        with self.connect() as link:
            size = None
            for _ in range(CONNECTIONS):
                link.sendall(frame)
                size = size or struct.unpack(">I", receive(link, 12)[8:])[0] + 12
                self.assertEqual(len(receive(link, size if _ else size - 12)), size if _ else size - 12)
        self.assertTrue(self.is_served())
        self.bounded()


class TpmCommands(Sockets, ReliabilityTest):
    arguments, honest = ("--tpm-port", "0"), commands
    half = tuple(bytes.fromhex(data) for data in ("80", "80010000", "80010000000c0000017b"))
    giant = (bytes.fromhex("8001ffffffff0000017b"), bytes.fromhex("8001000000000000017b"))


class TpmControl(Sockets, ReliabilityTest):
    arguments, which, honest = ("--tpm-port", "0"), 1, control
    half = tuple(bytes.fromhex(data) for data in ("00", "00000002", "0000000700000010aa"))
    giant = (bytes.fromhex("00000007ffffffff"), bytes.fromhex("0000000d0000000000000001ffffffff"))


class Web(Sockets, ReliabilityTest):
    arguments, honest = ("--web",), web
    half = (b"G", b"GET / HTTP/1.1\r\nHost: ", b"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999")
    giant = (b"GET / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n", b"GET /" + b"x" * 100_000)


@unittest.skipIf(SANITIZED, "the sanitizer's own checks need descriptors")
class FewDescriptors(ReliabilityTest):
    def test_strangers_take_the_last_descriptor_from_nobody(self):
        few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))  # noqa: E731
        for kind in (Spdm, TpmCommands, Web):
            served = Server(*kind.arguments, preexec_fn=few)
            self.addCleanup(served.__exit__)
            strangers = [served.connect() for _ in range(60)]
            with served.connect() as link:
                self.assertTrue(kind.honest(link, served), kind)
            for link in strangers:
                link.close()


class SlowPeers(ReliabilityTest):
    def test_a_byte_now_and_then_gains_nobody_time(self):
        """All sockets at once: a whole message has its deadline, and an honest client is served meanwhile."""
        served = {arguments: Server(*arguments) for arguments in (Spdm.arguments, TpmCommands.arguments, Web.arguments)}
        for one in served.values():
            self.addCleanup(one.__exit__)
        alive = {}
        for kind in (Spdm, TpmCommands, TpmControl, Web):
            for _ in range(3):
                alive[served[kind.arguments].connect(kind.which)] = kind.half[-1] + bytes(1000)
        for step in range(60):
            for link, message in list(alive.items()):
                try:
                    link.send(message[step:step + 1])
                    link.setblocking(False)
                    gone = not link.recv(1 << 12)
                except BlockingIOError:
                    gone = False
                except OSError:
                    gone = True
                if gone:
                    link.close()
                    del alive[link]
            if not alive:
                break
            for kind in (Spdm, TpmCommands, TpmControl, Web):
                with served[kind.arguments].connect(kind.which) as link:
                    self.assertTrue(kind.honest(link, served[kind.arguments]), kind)
            time.sleep(0.5)
        self.assertEqual(alive, {})


if __name__ == "__main__":
    unittest.main()
