"""What a driver sees of an NVMe controller at work: data, doorbells, events, interrupts. Sequences as in sequences.py."""
from driver import *
from registers import NVME_HEALTH
from sequences import NVME_AT


def place_list(machine, lists, entries):
    """Returns where it begins. PRP entries from lists[0] on; the last place of its page points to lists[1] when entries remain."""
    at, following = lists[0], list(lists[1:])
    for i, entry in enumerate(entries):
        if at % PAGE == PAGE - 8 and i + 1 < len(entries):
            machine.store(at, following[0].to_bytes(8, "little"))
            at = following.pop(0)
        machine.store(at, entry.to_bytes(8, "little"))
        at += 8
    return lists[0]


def nvme_io(machine):
    _, d = driver_of(machine)
    d.enable()
    yield "queues", d.queue(1)

    def there_and_back(name, block, data, there, back, list_entries=()):
        """`there` and `back`: pages that a transfer touches, with the bytes in each."""
        at = 0
        for address, size in there:
            machine.store(address, data[at:at + size])
            at += size
        yield name + ": write", d.io(WRITE, block, len(data) // BLOCK, *pointers(there, list_entries))
        for address, size in back:
            machine.store(address, bytes(size))
        yield name + ": read", d.io(READ, block, len(data) // BLOCK, *pointers(back, list_entries))
        yield name + ": the same", b"".join(machine.load(address, size) for address, size in back) == data

    def pointers(pages, list_at):
        if len(pages) < 3:
            return pages[0][0], pages[1][0] if len(pages) == 2 else 0
        entries = [address for address, _ in pages[1:]]
        return pages[0][0], place_list(machine, list_at, entries)

    def pages(start, size, stride=PAGE):
        out, page = [], start
        while size:
            part = min(size, PAGE - page % PAGE)
            out.append((page, part))
            size -= part
            page = page - page % PAGE + stride
        return out

    yield "never written", d.io(READ, 0x123, 1)
    yield "never written: zeros", machine.load(DATA, BLOCK) == bytes(BLOCK)
    yield from there_and_back("one block", 7, pattern(BLOCK, 3), pages(DATA, BLOCK), pages(BACK, BLOCK))
    yield from there_and_back("within a page", 8, pattern(BLOCK, 5), pages(DATA + 0x10, BLOCK), pages(BACK + 0x204, BLOCK))
    yield from there_and_back("one page", 16, pattern(PAGE, 7), pages(DATA, PAGE), pages(BACK, PAGE))
    yield from there_and_back("across a page's end", 32, pattern(BLOCK, 9), pages(DATA + 0xf00, BLOCK, 3 * PAGE), pages(BACK + 0xffc, BLOCK))
    yield from there_and_back("two pages", 40, pattern(2 * PAGE, 11), pages(DATA, 2 * PAGE, 2 * PAGE), pages(BACK, 2 * PAGE))
    yield from there_and_back("three pages by a list", 64, pattern(3 * PAGE, 13), pages(DATA, 3 * PAGE, 2 * PAGE), pages(BACK, 3 * PAGE),
                              [LISTS])
    yield from there_and_back("a list within its page", 96, pattern(5 * PAGE, 17), pages(DATA + 0x200, 5 * PAGE), pages(BACK, 5 * PAGE),
                              [LISTS + 0x800])
    yield from there_and_back("a list that goes on in another", 160, pattern(6 * PAGE, 19), pages(DATA, 6 * PAGE),
                              pages(BACK + 0x400, 6 * PAGE), [LISTS + 0xfe8, LISTS + PAGE])
    yield from there_and_back("the list's last place is a page", 160, pattern(4 * PAGE, 21), pages(DATA, 4 * PAGE), pages(BACK, 4 * PAGE),
                              [LISTS + 0xfe8])
    yield from there_and_back("the most at once", 256, pattern(32 * PAGE, 23), pages(DATA, 32 * PAGE), pages(BACK, 32 * PAGE), [LISTS])
    yield from there_and_back("the last block", 0x7ff, pattern(BLOCK, 25), pages(DATA, BLOCK), pages(BACK, BLOCK))
    yield "flush", d.io(FLUSH, 0, 1)
    yield "flush: result", d.result()
    yield "what was written first", d.io(READ, 7, 1)
    yield "what was written first: the same", machine.load(DATA, BLOCK) == pattern(BLOCK, 3)
    yield "limited retry, forced unit access", d.run(1, READ, nsid=1, prp1=DATA, d10=7, d12=3 << 30)

    for name, opcode in (("read", READ), ("write", WRITE)):
        yield name + " at the end", d.io(opcode, 0x800, 1)
        yield name + " across the end", d.io(opcode, 0x7ff, 2)
        yield name + " far out", d.io(opcode, 1 << 40, 1)
        yield name + " at the very last number", d.io(opcode, (1 << 64) - 1, 2)
        yield name + " more than MDTS", d.io(opcode, 0, 257, DATA, LISTS)
        yield name + " much more than MDTS", d.io(opcode, 0, 0x10000, DATA, LISTS)
        for nsid in (0, 2, 0xfffffffe, 0xffffffff):
            yield "%s of namespace %x" % (name, nsid), d.io(opcode, 0, 1, nsid=nsid)
        yield name + " at an odd byte", d.io(opcode, 0, 1, DATA + 1)
        yield name + " at an odd word", d.io(opcode, 0, 1, DATA + 2)
        yield name + " second page within itself", d.io(opcode, 0, 16, DATA, DATA + PAGE + 0x200)
        machine.store(LISTS, b"".join(a.to_bytes(8, "little") for a in (DATA + PAGE, DATA + 2 * PAGE + 0x200)))
        yield name + " list entry within its page", d.io(opcode, 0, 24, DATA, LISTS)
        yield name + " list at an odd double word", d.io(opcode, 0, 24, DATA, LISTS + 4)
        yield name + " fused", d.io(opcode, 0, 1, flags=1)
        yield name + " SGL", d.io(opcode, 0, 1, flags=0x40)
    for nsid in (0, 2, 0xffffffff):
        yield "flush of namespace %x" % nsid, d.io(FLUSH, 0, 1, nsid=nsid)
    for opcode in (0x03, 0x7f, 0xff):
        yield "opcode %x" % opcode, d.io(opcode, 0, 1)
    yield "opcode 7f of namespace 2", d.io(0x7f, 0, 1, nsid=2)
    yield "what was refused wrote nothing", d.io(READ, 0, 1)
    yield "what was refused wrote nothing: zeros", machine.load(DATA, BLOCK) == bytes(BLOCK)
    yield "still ready", d.get(CSTS)


def nvme_doorbells(machine):
    _, d = driver_of(machine)
    d.enable()
    d.queue(1)

    def nothing(name, queue):
        yield name + ": completion", d.poll(queue, 0.05) is not None
        yield name + ": csts", d.get(CSTS)

    d.put(1, FLUSH, nsid=1)
    d.ring(1, ENTRIES)
    yield from nothing("tail at the size", 1)
    d.ring(1, 0xffff)
    yield from nothing("tail far beyond", 1)
    for queue in (2, 4, 5, 200):
        d.set(DOORBELLS + 8 * queue, 1)
        yield from nothing("tail of queue %d" % queue, 1)
        d.set(DOORBELLS + 8 * queue + 4, 1)
        yield from nothing("head of queue %d" % queue, 1)
    d.set(DOORBELLS + 8 + 4, ENTRIES)
    yield from nothing("head at the size", 1)
    d.set(DOORBELLS + 8 + 4, 0xffff)
    yield from nothing("head far beyond", 1)
    d.ring(1)
    yield "the tail at last", d.poll(1) is not None
    d.ring(1)
    yield from nothing("the same tail again", 1)
    yield "works", d.io(FLUSH, 0, 1)
    # Completions without room wait for it.
    for _ in range(ENTRIES - 1):
        d.put(1, FLUSH, nsid=1)
    d.ring(1)
    seen = 0
    while d.poll(1, 0.5, tell=False):
        seen += 1
    yield "room for all but one", seen
    d.put(1, FLUSH, nsid=1)
    d.ring(1)
    yield from nothing("no room", 1)
    d.set(DOORBELLS + 8 + 4, d.rings[1].head)
    yield "room again", d.poll(1) is not None
    # A doorbell rung while nothing is enabled is forgotten.
    d.disable()
    d.set(DOORBELLS, 1)
    machine.settle()
    yield "disabled: csts", d.get(CSTS)
    d.enable()
    yield from nothing("enabled after a doorbell", 0)
    d.put(0, IDENTIFY, prp1=DATA, d10=1)
    d.set(DOORBELLS, 1)
    yield "enabled: first command", d.poll(0) is not None
    d.set(DOORBELLS + 8, 1)
    machine.settle()
    yield "a queue of before is gone", d.get(CSTS)
    yield "and its number free", d.queue(1)


def nvme_events(machine):
    """Log pages, requests for events, Abort."""
    _, d = driver_of(machine)
    d.enable()
    d.queue(1)
    everywhere = 0xffffffff

    def log(page, size, offset=0, nsid=everywhere, more=0):
        machine.store(DATA, b"\xee" * PAGE)
        dwords = size // 4 - 1
        return d.admin(GET_LOG, nsid=nsid, prp1=DATA, d10=page | more | (dwords & 0xffff) << 16, d11=dwords >> 16,
                       d12=offset & 0xffffffff, d13=offset >> 32)

    def health(name):
        yield name, log(2, 512)
        data = machine.load(DATA, 512)
        for field, at, size in NVME_HEALTH:
            yield "%s: %s" % (name, field), int.from_bytes(data[at:at + size], "little")

    yield from health("health")
    for _ in range(3):
        d.io(READ, 0, 8)
    d.io(WRITE, 0, 256, DATA, place_list(machine, [LISTS + 0x800], range(DATA + PAGE, DATA + 32 * PAGE, PAGE)))
    d.io(WRITE, 0, 1)
    d.io(READ, 0x800, 1)
    yield from health("health after use")
    yield "errors", log(1, 64)
    yield "errors: none", machine.load(DATA, 64) == bytes(64)
    yield "firmware", log(3, 512)
    data = machine.load(DATA, 512)
    yield "firmware: active", data[0]
    d.admin(IDENTIFY, prp1=BACK, d10=1)
    yield "firmware: as identified", data[8:16] == machine.load(BACK + 64, 8)
    yield "firmware: the rest", data[1:8] + data[16:] == bytes(503)
    yield "a part", log(3, 8, 8)
    yield "a part: bytes", (machine.load(DATA, 8) == data[8:16], machine.load(DATA + 8, 1))
    yield "the last bytes", log(3, 4, 508)
    for name, fields in (("at the end", (3, 4, 512)), ("beyond the end", (3, 4, 4096)), ("far beyond the end", (3, 4, 1 << 40)),
                         ("from within a word", (3, 4, 2)), ("of more than MDTS", (3, 33 * PAGE, 0)), ("0", (0, 64)), ("7f", (0x7f, 64)),
                         ("bf", (0xbf, 64)), ("ff", (0xff, 64))):
        yield "log page " + name, log(*fields)
    yield "log page into an odd word", d.admin(GET_LOG, nsid=everywhere, prp1=DATA + 2, d10=15 << 16 | 1)

    kinds = {}

    def put(kind, opcode, **fields):
        kinds[d.put(0, opcode, **fields)] = kind
        d.ring(0)

    def completions():
        """What arrives, in no order: neither who of those that wait is told nor when is laid down."""
        out, entry = [], d.poll(0, 0.05)
        while entry:
            kind = kinds.pop(int.from_bytes(entry[12:14], "little"))
            out.append("%s %x %x" % (kind, int.from_bytes(entry[14:], "little") >> 1, int.from_bytes(entry[:4], "little")))
            entry = d.poll(0, 0.05)
        return sorted(out)

    def read(more=0):
        put("log", GET_LOG, nsid=everywhere, prp1=DATA, d10=1 | more | 15 << 16)
        return completions()

    for _ in range(4):
        put("wait", ASYNC)
    yield "four wait", completions()
    put("fifth", ASYNC)
    yield "a fifth", completions()
    d.ring(1, ENTRIES)
    yield "tail at the size", completions()
    d.set(DOORBELLS + 8 * 3, 1)
    yield "unread: tail of queue 3", completions()
    d.set(DOORBELLS + 8 + 4, ENTRIES)
    yield "unread: head at the size", completions()
    yield "retained", read(0x8000)
    yield "read", read()
    yield "read again", read()
    yield "read at last", read()
    d.set(DOORBELLS + 8 * 3 + 4, 1)
    yield "head of queue 3", completions()
    read()
    d.set(DOORBELLS + 8 * 200, 1)
    yield "none waits", completions()
    yield "works on", d.io(FLUSH, 0, 1)
    yield "abort in no queue", d.admin(ABORT, d10=3)
    yield "abort in queue 5 of four", d.admin(ABORT, d10=5)
    for queue in (0, 1):
        yield "abort of nobody in queue %d" % queue, d.admin(ABORT, d10=0x7777 << 16 | queue)
        yield "abort of nobody in queue %d: result" % queue, d.result()
    d.enable()
    put("wait", ASYNC)
    put("abort", ABORT, d10=d.number << 16)
    yield "abort of a wait", completions()
    d.enable()
    for name in ("four wait anew", "a controller reset ended them"):
        for _ in range(4):
            put("wait", ASYNC)
        yield name, completions()
        d.enable()


def nvme_interrupts(machine):
    parts, d = driver_of(machine)
    nvme, table, pending, target = parts["nvme"], NVME_AT + 0x2000, NVME_AT + 0x3000, LISTS
    msix = nvme.capabilities()[0x11]
    yield "vectors", nvme.read(msix + 2, 2) & 0x7ff
    yield "all masked", {d.machine.read(table + 16 * i + 12) for i in range(65)}
    yield "all empty", {d.machine.read(table + 16 * i + at) for i in range(65) for at in (0, 4, 8)}
    for i in (0, 64):
        for name, at in (("address", 0), ("upper", 4), ("data", 8)):
            machine.write(table + 16 * i + at, 4, 0xffffffff)
            high = machine.read(table + 16 * i + at)
            machine.write(table + 16 * i + at, 4, 0)
            yield "vector %d %s mask" % (i, name), high ^ machine.read(table + 16 * i + at)
        machine.write(table + 16 * i + 12, 4, 0)
        yield "vector %d opened" % i, machine.read(table + 16 * i + 12)
        machine.write(table + 16 * i + 12, 4, 1)
        yield "vector %d closed" % i, machine.read(table + 16 * i + 12)
    machine.write(table + 16 * 64, 8, 0x123456789abcdef0)
    yield "8 bytes at once", machine.read(table + 16 * 64, 8)
    machine.write(table + 16 * 65, 4, 0xffffffff)
    yield "behind the table", machine.read(table + 16 * 65)
    machine.write(pending, 8, (1 << 64) - 1)
    machine.write(pending + 8, 8, (1 << 64) - 1)
    yield "pending bits are read-only", machine.read(pending, 8) | machine.read(pending + 8, 8)
    for vector in (0, 1, 64):
        machine.write(table + 16 * vector, 8, target + 4 * vector)
        machine.write(table + 16 * vector + 8, 4, 0xcafe0000 | vector)
        machine.write(table + 16 * vector + 12, 4, 0)
    nvme.write(msix + 2, 2, 0x8000)

    def fired(name):
        machine.settle()
        for vector in (0, 1, 64):
            yield "%s: vector %d" % (name, vector), machine.read(target + 4 * vector)
            machine.write(target + 4 * vector, 4, 0)

    d.enable()
    d.admin(IDENTIFY, prp1=DATA, d10=1)
    yield from fired("admin command")
    for number, vector in ((1, 1), (2, 64), (3, None)):
        d.queue(number, vector)
        list(fired("its creation"))
        d.run(number, FLUSH, nsid=1)
        yield from fired("queue %d" % number)
    machine.write(table + 16 + 12, 4, 1)
    d.run(1, FLUSH, nsid=1)
    yield from fired("masked")
    yield "masked: pending", machine.read(pending, 8)
    machine.write(table + 16 + 12, 4, 0)
    yield from fired("unmasked")
    yield "unmasked: pending", machine.read(pending, 8)
    d.disable()
    yield "a controller reset leaves the table", machine.read(table + 16 * 64, 8)
    yield "a controller reset leaves MSI-X on", nvme.read(msix + 2, 2)


SEQUENCES = [nvme_io, nvme_doorbells, nvme_events, nvme_interrupts]
