"""An NVMe driver that does what it is told, wrong things too (NVM Express Base 1.4): queue entries, commands, completions."""
import time

from sequences import NVME_AT, place

CAP, VS, INTMS, INTMC, CC, CSTS, NSSR, AQA, ASQ, ACQ, DOORBELLS = 0, 8, 0xc, 0x10, 0x14, 0x1c, 0x20, 0x24, 0x28, 0x30, 0x1000
ENTRY_SIZES = 0x00460000  # in CC: 64 and 16 bytes
PAGE, BLOCK = 4096, 512
ADMIN_SQ, ADMIN_CQ, IO_SQ, IO_CQ, LISTS, DATA, BACK = 0x10000, 0x11000, 0x12000, 0x14000, 0x16000, 0x20000, 0x50000
ENTRIES = 16
DELETE_SQ, CREATE_SQ, GET_LOG, DELETE_CQ, CREATE_CQ, IDENTIFY, ABORT, SET_FEATURES, GET_FEATURES, ASYNC = 0, 1, 2, 4, 5, 6, 8, 9, 10, 12
FLUSH, WRITE, READ = 0, 1, 2


def pattern(size, step):
    return bytes((i * step + i // 251) & 0xff for i in range(size))


class Ring:
    def __init__(self, submission, completion, entries):
        self.submission, self.completion, self.entries = submission, completion, entries
        self.tail = self.head = 0
        self.phase = 1


class Driver:
    def __init__(self, machine, at):
        self.machine, self.at, self.rings, self.number = machine, at, {}, 0x100
        self.last = None

    def get(self, offset, size=4):
        return self.machine.read(self.at + offset, size)

    def set(self, offset, value, size=4):
        self.machine.write(self.at + offset, size, value)

    def disable(self):
        self.set(CC, 0)
        self.machine.settle()

    def enable(self, cc=ENTRY_SIZES, entries=ENTRIES):
        """Returns CSTS."""
        self.disable()
        self.machine.store(ADMIN_SQ, bytes(LISTS - ADMIN_SQ))
        self.rings = {0: Ring(ADMIN_SQ, ADMIN_CQ, entries)}
        self.set(AQA, (entries - 1) << 16 | (entries - 1))
        self.set(ASQ, ADMIN_SQ, 8)
        self.set(ACQ, ADMIN_CQ, 8)
        self.set(CC, cc | 1)
        self.machine.settle()
        return self.get(CSTS)

    def queue(self, number, interrupt=None):
        """A pair of I/O queues; returns both statuses."""
        submission, completion = IO_SQ + PAGE * (number - 1), IO_CQ + PAGE * (number - 1)
        size = (ENTRIES - 1) << 16 | number
        self.machine.store(completion, bytes(PAGE))
        out = (self.admin(CREATE_CQ, prp1=completion, d10=size, d11=1 if interrupt is None else interrupt << 16 | 3),
               self.admin(CREATE_SQ, prp1=submission, d10=size, d11=number << 16 | 1))
        self.rings[number] = Ring(submission, completion, ENTRIES)
        return out

    def put(self, queue, opcode, nsid=0, prp1=0, prp2=0, flags=0, **dwords):
        ring = self.rings[queue]
        self.number += 1
        words = [opcode | flags << 8 | self.number << 16, nsid, 0, 0, 0, 0]
        words += [prp1 & 0xffffffff, prp1 >> 32, prp2 & 0xffffffff, prp2 >> 32]
        words += [dwords.get("d%d" % i, 0) for i in range(10, 16)]
        self.machine.store(ring.submission + 64 * ring.tail, b"".join(w.to_bytes(4, "little") for w in words))
        ring.tail = (ring.tail + 1) % ring.entries
        return self.number

    def ring(self, queue, value=None):
        self.set(DOORBELLS + 8 * queue, self.rings[queue].tail if value is None else value)

    def poll(self, queue, patience=10, tell=True):
        """The next completion as 16 bytes, or nothing when it does not come in that many seconds and looks."""
        ring, end, looks = self.rings[queue], time.monotonic() + patience, 0
        at = ring.completion + 16 * ring.head
        while self.machine.read(at + 12) >> 16 & 1 != ring.phase:
            looks += 1
            if looks > 100 and time.monotonic() > end:
                return None
        entry = self.machine.load(at, 16)
        ring.head = (ring.head + 1) % ring.entries
        if ring.head == 0:
            ring.phase ^= 1
        if tell:
            self.set(DOORBELLS + 8 * queue + 4, ring.head)
        return entry

    def run(self, queue, opcode, **fields):
        """One command: its status with code type and Do Not Retry, or "nothing". `last` is the whole of its completion."""
        number = self.put(queue, opcode, **fields)
        self.ring(queue)
        self.last = self.poll(queue)
        if self.last is None:
            return "nothing"
        head, name, id_ = (int.from_bytes(self.last[i:i + 2], "little") for i in (8, 10, 12))
        found, due = (head, name, id_), (self.rings[queue].tail, queue, number)
        assert found == due, "a completion of something else: %s, not %s" % (found, due)
        return int.from_bytes(self.last[14:16], "little") >> 1

    def admin(self, opcode, **fields):
        return self.run(0, opcode, **fields)

    def io(self, opcode, block, count, prp1=DATA, prp2=0, **fields):
        return self.run(1, opcode, nsid=fields.pop("nsid", 1), prp1=prp1, prp2=prp2, d10=block & 0xffffffff, d11=block >> 32,
                        d12=count - 1, **fields)

    def result(self):
        return int.from_bytes(self.last[:4], "little") if self.last else None


def driver_of(machine):
    parts = place(machine)
    return parts, Driver(machine, NVME_AT)
