"""A WebSocket client (RFC 6455) as small as it can be, which can also break off anywhere."""
import base64
import json
import os
import struct

from room import receive


class Talk:
    def __init__(self, served):
        self.socket = served.connect()
        host = "127.0.0.1:%d" % served.ports[0]
        lines = ["GET /live?token=%s HTTP/1.1" % served.token, "Host: " + host, "Origin: http://" + host, "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(), "Sec-WebSocket-Version: 13"]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            one = self.socket.recv(1)
            if not one:
                break
            head += one
        self.status = int(head.split()[1]) if head else 0

    @staticmethod
    def frame(data, opcode=1):
        size = len(data)
        head = bytes([0x80 | size]) if size < 126 else struct.pack(">BH", 0xFE, size) if size < 1 << 16 else struct.pack(">BQ", 0xFF, size)
        return bytes([0x80 | opcode]) + head + b"\0\0\0\0" + data

    def say(self, ask, **fields):
        self.socket.sendall(self.frame(json.dumps(dict(fields, id=1, ask=ask)).encode()))

    def hear(self):
        first, length = receive(self.socket, 2)
        if length == 126:
            length = struct.unpack(">H", receive(self.socket, 2))[0]
        elif length == 127:
            length = struct.unpack(">Q", receive(self.socket, 8))[0]
        data = receive(self.socket, length)
        assert first & 15 == 1, (first, data)
        return json.loads(data)

    def close(self):
        self.socket.close()
