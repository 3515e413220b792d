"""What software can see of a machine. Each sequence starts with a fresh machine and yields (name, value)."""
from registers import *

COMMAND, BAR0, BUSES, MEMORY, PREFETCH, BRIDGE_CONTROL = 0x04, 0x10, 0x18, 0x20, 0x24, 0x3e
MSE, BME = 2, 4
NVME_AT, NET_AT, RAM = 0xe0000000, 0x410000000, 0x8000
# NVMe: version, controller configuration, status, admin queue sizes, submission and completion queue, doorbell.
VS, CC, CSTS, AQA, ASQ, ACQ, BELL = 0x08, 0x14, 0x1c, 0x24, 0x28, 0x30, 0x1000
STATUS = 0x14  # virtio's device status


def masked(function, name, offset, size):
    """Value after reset, then the bits that follow writes of ones and zeros. The register is put back."""
    before = function.read(offset, size)
    keep = UNTOUCHED.get(name, 0)
    ones = (1 << 8 * size) - 1
    function.write(offset, size, ones & ~keep | before & keep)
    high = function.read(offset, size)
    function.write(offset, size, before & keep)
    low = function.read(offset, size)
    function.write(offset, size, before)
    yield name + " reset", before
    yield name + " mask", high ^ low


def registers(machine):
    parts = machine.number_buses()
    for part in FUNCTIONS:
        function = parts[part]
        rows = [(name, offset, size) for name, offset, size in HEADER + (TYPE1 if part in BRIDGES else TYPE0)]
        found = {CAPABILITY_NAMES.get(i, "id %02x" % i): at for i, at in function.capabilities().items()}
        extended = {EXTENDED_NAMES.get(i, "extended id %04x" % i): at for i, at in function.extended().items()}
        for name, at in extended.items():
            yield "%s %s version" % (part, name), function.read(at) >> 16 & 15
        for name in sorted(set(CAPABILITY_NAMES.values()) | set(EXTENDED_NAMES.values()) | set(found) | set(extended)):
            yield "%s has %s" % (part, name), name in found or name in extended
        if part == "rp0" and "aer" in extended:
            extended["aer-root"] = extended["aer"]
        for name, at in list(found.items()) + list(extended.items()):
            rows += [(name + "." + row, at + offset, size) for row, offset, size in CAPABILITIES.get(name, EXTENDED.get(name, []))]
        for row, offset, size in rows:
            for name, value in masked(function, row, offset, size):
                yield part + " " + name, value


def ports(machine):
    """CF8h/CFCh: the same registers by another way."""
    parts = machine.number_buses()
    for part in FUNCTIONS:
        function = parts[part]
        yield part + " ports and window agree", all(function.port_read(o) == function.read(o) for o in range(0, 256, 4))
        yield part + " bytes and words", all(function.port_read(o, s) == function.read(o, s) for o, s in
                                             [(0, 2), (2, 2), (8, 1), (9, 1), (0xa, 2), (0xb, 1), (0xe, 1), (0x34, 1)])
    nvme = parts["nvme"]
    yield "not enabled", nvme.port_read(0, 4, enable=0)
    nvme.port_write(0x3c, 1, 0x55, enable=0)
    yield "a write while not enabled", nvme.read(0x3c, 1)
    nvme.port_write(0x3c, 1, 0x55)
    yield "a byte", nvme.read(0x3c, 1)
    nvme.port_write(COMMAND, 2, BME)
    yield "a word", nvme.read(COMMAND)
    nvme.port_write(BAR0, 4, NVME_AT)
    yield "a double word", nvme.read(BAR0)
    nvme.port_write(BAR0 + 2, 2, 0xe123)
    yield "the upper word of a BAR", nvme.read(BAR0)
    nvme.port_write(BAR0 + 1, 1, 0xff)
    yield "a byte of a BAR", nvme.read(BAR0)
    nvme.select(0x40)
    yield "the address reads back", machine.say("inl 0xcf8")


def bars(machine):
    parts = machine.number_buses()
    for part in ("nvme", "net"):
        function, index = parts[part], 0
        while index < 6:
            at = BAR0 + 4 * index
            flags = function.read(at)
            wide = not flags & 1 and flags & 6 == 4
            function.write(at, 4, 0xffffffff)
            mask = function.read(at) & ~0xf
            if wide:
                function.write(at + 4, 4, 0xffffffff)
                mask |= function.read(at + 4) << 32
            size = (-mask) & (2 ** (64 if wide else 32) - 1)
            yield "%s bar%d" % (part, index), "%s%s %x" % ("64" if wide else "32", " prefetchable" if flags & 8 else "", size)
            function.write(at, 4, 0)
            yield "%s bar%d flags stay" % (part, index), function.read(at)
            index += 2 if wide else 1


def buses(machine):
    """Which configuration requests reach whom, as bridges are numbered."""
    rp0, rp2 = machine.function(0, 1), machine.function(0, 3)
    near = lambda bus: machine.function(bus, 0).read(0)  # noqa: E731
    yield "nothing numbered: bus 1", near(1)
    rp0.write(BUSES, 4, 0x010100)
    yield "type 0: bus 1", near(1)
    for device, number in ((0, 1), (0, 7), (1, 0), (31, 0)):
        yield "absent: 1:%d.%d" % (device, number), machine.function(1, device, number).read(0)
    for device, number in ((1, 1), (9, 0)):
        yield "absent: 0:%d.%d" % (device, number), machine.function(0, device, number).read(0)
    yield "absent: 1:0.1 by byte", machine.function(1, 0, 1).read(3, 1)
    machine.function(1, 0, 1).write(COMMAND, 2, MSE)
    yield "writes to the absent change nobody", machine.function(1, 0).read(COMMAND, 2)
    rp0.write(BUSES, 4, 0x070700)
    yield "renumbered: bus 1", near(1)
    yield "renumbered: bus 7", near(7)
    yield "renumbered: bus 8", near(8)
    rp0.write(BUSES, 4, 0x090700)
    yield "beyond an endpoint: bus 8", near(8)
    rp0.write(BUSES, 4, 0x060700)
    yield "subordinate below secondary: bus 7", near(7)
    rp0.write(BUSES, 4, 0x010100)
    rp2.write(BUSES, 4, 0x050300)
    up, down = machine.function(3, 0), machine.function(4, 0)
    yield "switch not numbered: bus 3", near(3) != 0xffffffff
    yield "switch not numbered: bus 4", near(4)
    up.write(BUSES, 4, 0x050403)
    yield "type 1 turned type 0: bus 4", near(4) != 0xffffffff
    yield "downstream not numbered: bus 5", near(5)
    down.write(BUSES, 4, 0x050504)
    yield "type 1 over two bridges: bus 5", near(5)
    yield "absent: 4:1.0", machine.function(4, 1).read(0)
    yield "absent: 5:1.0", machine.function(5, 1).read(0)
    yield "absent: 3:1.0", machine.function(3, 1).read(0)
    up.write(BUSES, 4, 0x040403)
    yield "upstream port ends at 4: bus 5", near(5)
    up.write(BUSES, 4, 0x050403)
    rp2.write(BUSES, 4, 0x040300)
    yield "root port ends at 4: bus 5", near(5)
    yield "root port ends at 4: bus 4", near(4) != 0xffffffff
    rp2.write(BUSES, 4, 0x050300)
    yield "all again: bus 5", near(5)
    yield "bus 1 is where it was", near(1)


def place(machine):
    """Buses, windows and BARs as firmware leaves them; everything enabled."""
    parts = machine.number_buses()
    for bridge in ("rp0", "rp1", "rp2", "up", "down"):
        parts[bridge].write(MEMORY, 4, 0x0000fff0)
        parts[bridge].write(PREFETCH, 4, 0x0000fff0)
        parts[bridge].write(PREFETCH + 4, 4, 0)
        parts[bridge].write(PREFETCH + 8, 4, 0)
        parts[bridge].write(COMMAND, 2, MSE | BME)
    parts["rp0"].write(MEMORY, 4, 0xe000e000)
    for bridge in ("rp2", "up", "down"):
        parts[bridge].write(MEMORY, 4, 0xe310e300)
    parts["rp1"].write(MEMORY, 4, 0xe200e200)
    parts["rp1"].write(PREFETCH, 4, 0x10001000)
    parts["rp1"].write(PREFETCH + 4, 4, 4)
    parts["rp1"].write(PREFETCH + 8, 4, 4)
    for name, bar, base in (("nvme", 0, NVME_AT), ("net", 4, NET_AT), ("far", 0, 0xe3000000)):
        parts[name].write(BAR0 + 4 * bar, 4, base & 0xffffffff)
        parts[name].write(BAR0 + 4 * bar + 4, 4, base >> 32)
    parts["net"].write(BAR0 + 4, 4, 0xe2000000)
    for name in ("nvme", "net", "far"):
        parts[name].write(COMMAND, 2, MSE | BME)
    return parts


def windows(machine):
    """Memory reaches a device only through windows and with memory space enabled all the way."""
    parts = place(machine)
    rp0, rp1, nvme, net = parts["rp0"], parts["rp1"], parts["nvme"], parts["net"]

    def reached(address):
        """Whether the device answers; what nobody claims is looked at once, and else is all zeros or all ones."""
        value = machine.read(address)
        return value if value not in (0, 0xffffffff) else "nobody"

    def look(at=NVME_AT):
        return reached(at + VS)

    yield "what nobody claims", machine.read(0xe8000000)
    yield "all enabled", look()
    machine.write(NVME_AT + AQA, 4, 0x001f001f)
    yield "a write arrives", machine.read(NVME_AT + AQA)

    def shut(name, function, offset, size, value):
        before = function.read(offset, size)
        function.write(offset, size, value)
        yield name + ": read", look()
        machine.write(NVME_AT + AQA, 4, 0x00020002)
        function.write(offset, size, before)
        yield name + ": no write went through", machine.read(NVME_AT + AQA)
        yield name + ": open again", look()

    yield from shut("device's memory space off", nvme, COMMAND, 2, BME)
    yield from shut("port's memory space off", rp0, COMMAND, 2, BME)
    yield from shut("window closed", rp0, MEMORY, 4, 0x0000fff0)
    yield from shut("window elsewhere", rp0, MEMORY, 4, 0xe010e010)
    yield from shut("BAR elsewhere", nvme, BAR0, 4, 0xe1000000)
    yield from shut("BAR above 4 GiB", nvme, BAR0 + 4, 4, 1)
    nvme.write(BAR0, 4, NVME_AT + 0x80000)
    yield "BAR moved: old place", look()
    yield "BAR moved: new place", look(NVME_AT + 0x80000)
    nvme.write(BAR0, 4, NVME_AT + 0x100000)
    yield "BAR just beyond the window", look(NVME_AT + 0x100000)
    rp0.write(MEMORY, 4, 0xe010e000)
    yield "window of two MiB", look(NVME_AT + 0x100000)
    nvme.write(BAR0, 4, NVME_AT)
    yield "beside the BAR, in the window", look(NVME_AT + 0x4000)
    # A prefetchable window takes what is not prefetchable too: it decodes by address alone.
    rp0.write(MEMORY, 4, 0x0000fff0)
    rp0.write(PREFETCH, 4, 0xe000e000)
    yield "prefetchable window below 4 GiB", look()
    rp0.write(PREFETCH + 8, 4, 1)
    yield "prefetchable window from there across 4 GiB", look()
    rp0.write(PREFETCH + 4, 4, 1)
    yield "prefetchable window above 4 GiB only", look()

    machine.write(NET_AT, 4, 1)
    yield "64-bit prefetchable", reached(NET_AT)
    rp1.write(PREFETCH + 8, 4, 3)
    yield "prefetchable limit below base", reached(NET_AT)
    rp1.write(PREFETCH + 8, 4, 4)
    net.write(COMMAND, 2, 0)
    yield "64-bit, memory space off", reached(NET_AT)
    net.write(COMMAND, 2, MSE)
    yield "64-bit, on again", reached(NET_AT)
    machine.write(0xe2000000, 4, 0x11223344)
    yield "32-bit BAR", reached(0xe2000000)
    net.write(BAR0 + 4, 4, 0xe2001000)
    yield "32-bit BAR moved: old place", reached(0xe2000000)
    yield "32-bit BAR moved: new place", reached(0xe2001000)

    yield "through a switch", look(0xe3000000)
    for bridge in ("rp2", "up", "down"):
        parts[bridge].write(COMMAND, 2, BME)
        yield "through a switch, memory space off at " + bridge, look(0xe3000000)
        parts[bridge].write(COMMAND, 2, MSE | BME)
        parts[bridge].write(MEMORY, 4, 0x0000fff0)
        yield "through a switch, window closed at " + bridge, look(0xe3000000)
        parts[bridge].write(MEMORY, 4, 0xe310e300)
    yield "through a switch again", look(0xe3000000)


def disturb(machine, parts, name):
    """Puts a device's registers far from their reset values."""
    function = parts[name]
    pcie, msix = function.capabilities()[0x10], function.capabilities()[0x11]
    function.write(0x3c, 1, 0x5a)
    function.write(0x0c, 1, 0x10)
    function.write(COMMAND, 2, 0x0546)
    function.write(msix + 2, 2, 0xc000)
    function.write(pcie + 8, 2, 0x001f & ~0x0010)
    function.write(pcie + 0x10, 2, 0x00c0)
    for extended, offset, size, value in ((0x01, 0x0c, 4, 0x00100000), (0x0f, 6, 2, 0x8001)):
        if extended in function.extended():
            function.write(function.extended()[extended] + offset, size, value)
    if name == "nvme":
        machine.write(NVME_AT + CC, 4, 0x00460000)
    else:
        machine.write(NET_AT + STATUS, 1, 1)


def remains(machine, parts, name):
    function = parts[name]
    pcie, msix = function.capabilities()[0x10], function.capabilities()[0x11]
    rows = [("command", COMMAND, 2), ("cache-line", 0x0c, 1), ("interrupt-line", 0x3c, 1), ("msix.control", msix + 2, 2),
            ("device-control", pcie + 8, 2), ("link-control", pcie + 0x10, 2)]
    rows += [("bar%d" % i, BAR0 + 4 * i, 4) for i in range(6)]
    for extended, row in ((0x01, ("aer.severity", 0x0c, 4)), (0x0f, ("ats.control", 6, 2))):
        if extended in function.extended():
            rows.append((row[0], function.extended()[extended] + row[1], row[2]))
    for row, offset, size in rows:
        yield "%s %s" % (name, row), function.read(offset, size)
    base, bar = (NVME_AT, 0) if name == "nvme" else (NET_AT, 4)
    function.write(BAR0 + 4 * bar, 4, base & 0xffffffff)
    function.write(BAR0 + 4 * bar + 4, 4, base >> 32)
    function.write(COMMAND, 2, MSE | BME)
    yield "%s device register" % name, machine.read(base + (CC if name == "nvme" else STATUS), 4 if name == "nvme" else 1)


def function_reset(machine):
    parts = place(machine)
    for name in ("nvme", "net"):
        disturb(machine, parts, name)
        control = parts[name].capabilities()[0x10] + 8
        parts[name].write(control, 2, 0x802f)
        yield name + " initiate reads", parts[name].read(control, 2) >> 15
        yield from remains(machine, parts, name)
    yield "the port's windows stay", parts["rp0"].read(MEMORY)
    yield "the port's buses stay", parts["rp0"].read(BUSES)


def bus_reset(machine):
    parts = place(machine)
    for port, name in (("rp0", "nvme"), ("rp1", "net")):
        disturb(machine, parts, name)
        control = parts[port].read(BRIDGE_CONTROL, 2)
        parts[port].write(BRIDGE_CONTROL, 2, control | 0x40)
        yield port + " reads back", parts[port].read(BRIDGE_CONTROL, 2)
        yield name + " while held", parts[name].read(0)
        parts[port].write(BRIDGE_CONTROL, 2, control)
        yield name + " afterwards", parts[name].read(0)
        yield from remains(machine, parts, name)
        yield port + " windows stay", parts[port].read(MEMORY)
        yield port + " command stays", parts[port].read(COMMAND, 2)
    for bridge in ("rp2", "down"):
        parts = place(machine)
        parts[bridge].write(BRIDGE_CONTROL, 2, 0x40)
        yield "below %s while held" % bridge, parts["far"].read(0)
        parts[bridge].write(BRIDGE_CONTROL, 2, 0)
        yield "buses of up after a reset by " + bridge, parts["up"].read(BUSES)
        machine.number_buses()
        yield "buses of down after a reset by " + bridge, parts["down"].read(BUSES)
        yield "command of down after a reset by " + bridge, parts["down"].read(COMMAND, 2)
        yield "command of far after a reset by " + bridge, parts["far"].read(COMMAND, 2)


def power(machine):
    parts = place(machine)
    for name in ("nvme", "net"):
        base = NVME_AT + VS if name == "nvme" else NET_AT
        machine.write(NET_AT, 4, 1)
        control = parts[name].capabilities()[0x01] + 4
        parts[name].write(control, 2, 3)
        yield name + " control in D3hot", parts[name].read(control, 2)
        yield name + " config in D3hot", parts[name].read(0)
        yield name + " memory in D3hot", machine.read(base)
        parts[name].write(control, 2, 0)
        yield name + " control back in D0", parts[name].read(control, 2)
        yield name + " command back in D0", parts[name].read(COMMAND, 2)
        yield name + " memory back in D0", machine.read(base)
        for state in (1, 2):
            parts[name].write(control, 2, state)
            yield "%s control when sent to D%d" % (name, state), parts[name].read(control, 2)
            parts[name].write(control, 2, 0)
    control = parts["rp0"].capabilities()[0x10] + 0x10
    parts["rp0"].write(control, 2, 0x10)
    yield "rp0 link disabled: nvme", parts["nvme"].read(0)
    parts["rp0"].write(control, 2, 0)
    yield "rp0 link enabled: nvme", parts["nvme"].read(0)


def memory(machine):
    """A device's own accesses: an NVMe fetches a command and posts its completion while it is bus master, and interrupts."""
    for name, at in (("nvme", NVME_AT), ("far", 0xe3000000)):
        yield from one_memory(machine, name, at)


def one_memory(machine, name, at):
    parts = place(machine)
    nvme = parts[name]
    queue, completions, target = (RAM, RAM + 0x2000, RAM + 0x4000) if name == "nvme" else (RAM + 0x8000, RAM + 0xa000, RAM + 0xc000)
    msix, table, pending = nvme.capabilities()[0x11] + 2, at + 0x2000, at + 0x3000
    rung = []

    def start():
        """A controller that starts with MSI-X on takes vector 0 for its queue. Its commands have an opcode that nobody knows."""
        rung.clear()
        machine.write(at + CC, 4, 0x00460000)
        for i in range(8):
            machine.write(queue + 64 * i, 4, (0x40 + i) << 16 | 0x7f)
            machine.write(completions + 16 * i + 12, 4, 0)
        machine.write(at + AQA, 4, 0x001f001f)
        machine.write(at + ASQ, 8, queue)
        machine.write(at + ACQ, 8, completions)
        nvme.write(msix, 2, 0x8000)
        machine.write(at + CC, 4, 0x00460001)
        machine.settle()
        return machine.read(at + CSTS) & 1

    def interrupted(what):
        yield "%s %s: interrupt" % (name, what), machine.read(target)
        yield "%s %s: pending" % (name, what), machine.read(pending) & 1
        machine.write(target, 4, 0)

    def ring(what):
        rung.append(what)
        machine.write(at + BELL, 4, len(rung))
        machine.settle()
        completion = machine.read(completions + 16 * (len(rung) - 1) + 12)
        yield "%s %s: completed" % (name, what), (completion & 0xffff, completion >> 16 & 1)
        yield from interrupted(what)

    yield name + " ready", start()
    nvme.write(msix, 2, 0)
    yield name + " vector masked at first", machine.read(table + 12)
    machine.write(table + 12, 4, 0xffffffff)
    yield name + " vector control mask", machine.read(table + 12)
    machine.write(table, 4, 0xffffffff)
    yield name + " vector address mask", machine.read(table)
    machine.write(table, 8, target)
    machine.write(table + 8, 4, 0x1badcafe)
    machine.write(pending, 4, 0xffffffff)
    yield name + " pending bits are not written", machine.read(pending)
    yield from ring("MSI-X off")
    nvme.write(msix, 2, 0x8000)
    yield from ring("vector masked")
    machine.write(table + 12, 4, 0)
    yield from interrupted("vector unmasked")
    yield from ring("vector open")
    nvme.write(msix, 2, 0xc000)
    yield from ring("function masked")
    nvme.write(msix, 2, 0x8000)
    yield from interrupted("function unmasked")
    for bridge in ("rp0",) if name == "nvme" else ("rp2", "up", "down"):
        start()
        parts[bridge].write(COMMAND, 2, MSE)
        yield from ring("no master at " + bridge)
        parts[bridge].write(COMMAND, 2, MSE | BME)
    start()
    nvme.write(COMMAND, 2, MSE)
    yield from ring("no master")
    nvme.write(COMMAND, 2, MSE | BME)
    yield name + " starts again", start()
    yield from ring("master again")


SEQUENCES = [registers, ports, bars, buses, windows, function_reset, bus_reset, power, memory]
