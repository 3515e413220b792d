"""What a driver sees of an NVMe controller (NVM Express Base 1.4): registers, administration, resets. Sequences as in sequences.py."""
from driver import *
from registers import NVME_IDENTITY, NVME_NAMESPACE
from sequences import BME, BRIDGE_CONTROL, BUSES, COMMAND, MSE, NVME_AT

CAP_FIELDS = [("mqes", 0, 16), ("cqr", 16, 1), ("ams", 17, 2), ("to", 24, 8), ("dstrd", 32, 4), ("nssrs", 36, 1), ("css", 37, 8),
              ("bps", 45, 1), ("mpsmin", 48, 4), ("mpsmax", 52, 4), ("pmrs", 56, 1), ("cmbs", 57, 1)]
REGISTERS = [("cap", CAP, 8), ("vs", VS, 4), ("intms", INTMS, 4), ("intmc", INTMC, 4), ("cc", CC, 4), ("csts", CSTS, 4),
             ("nssr", NSSR, 4), ("aqa", AQA, 4), ("asq", ASQ, 8), ("acq", ACQ, 8), ("cmbloc", 0x38, 4), ("cmbsz", 0x3c, 4),
             ("bpinfo", 0x40, 4), ("cmbmsc", 0x50, 8), ("pmrcap", 0xe00, 4)]
# Bits that do something when they are written: enabling and shutting down.
QUIET = {"cc": 0xc001, "nssr": 0xffffffff}
COMMAND_UNKNOWN = 0x7f


def nvme_registers(machine):
    _, d = driver_of(machine)
    cap = d.get(CAP, 8)
    for name, at, bits in CAP_FIELDS:
        yield "cap." + name, cap >> at & (1 << bits) - 1
    for name, at, size in REGISTERS:
        if name != "cap":
            yield name + " reset", d.get(at, size)
    yield "cap by halves", d.get(CAP) | d.get(CAP + 4) << 32 == cap
    for name, at, size in REGISTERS:
        before, ones = d.get(at, size), (1 << 8 * size) - 1 & ~QUIET.get(name, 0)
        d.set(at, ones, size)
        high = d.get(at, size)
        d.set(at, 0, size)
        low = d.get(at, size)
        d.set(at, before, size)
        yield name + " mask", high ^ low
    for name, at in (("asq", ASQ), ("acq", ACQ)):
        d.set(at, 0x11111000)
        d.set(at + 4, 0x22222222)
        yield name + " by halves", d.get(at, 8)
        d.set(at + 4, 0)
        yield name + " upper half alone", d.get(at, 8)
        d.set(at, 0x3333333344444000, 8)
        yield name + " whole", (d.get(at), d.get(at + 4))
    d.set(INTMS, 5)
    yield "intms sets", (d.get(INTMS), d.get(INTMC))
    d.set(INTMC, 1)
    yield "intmc clears", (d.get(INTMS), d.get(INTMC))
    yield "csts after all this", d.get(CSTS)


def nvme_enable(machine):
    _, d = driver_of(machine)
    yield "enabled", d.enable()
    yield "enabled: cc", d.get(CC)
    d.set(CC, ENTRY_SIZES)
    machine.settle()
    yield "disabled: csts", d.get(CSTS)
    for name, at, size in (("cc", CC, 4), ("aqa", AQA, 4), ("asq", ASQ, 8), ("acq", ACQ, 8)):
        yield "disabled: " + name, d.get(at, size)

    def attempt(name, cc=ENTRY_SIZES, **registers):
        d.enable()
        d.disable()
        for register, at, size in (("aqa", AQA, 4), ("asq", ASQ, 8), ("acq", ACQ, 8)):
            if register in registers:
                d.set(at, registers[register], size)
        d.set(CC, cc | 1)
        machine.settle()
        csts = d.get(CSTS)
        yield name + ": csts", csts
        yield name + ": works", d.admin(IDENTIFY, prp1=DATA, d10=1) if csts == 1 else "no"
        d.disable()
        yield name + ": csts when disabled again", d.get(CSTS)

    yield from attempt("good")
    yield from attempt("another command set", ENTRY_SIZES | 1 << 4)
    yield from attempt("command set 7", ENTRY_SIZES | 7 << 4)
    yield from attempt("pages of 8 MiB", ENTRY_SIZES | 11 << 7)
    yield from attempt("weighted round robin", ENTRY_SIZES | 1 << 11)
    yield from attempt("a vendor's arbitration", ENTRY_SIZES | 7 << 11)
    yield from attempt("no entry sizes", 0)
    yield from attempt("submission entries of 128", 0x00470000)
    yield from attempt("completion entries of 32", 0x00560000)
    yield from attempt("aqa: one submission entry", aqa=0x000f0000)
    yield from attempt("aqa: one completion entry", aqa=0x0000000f)
    yield from attempt("aqa: nothing", aqa=0)
    yield from attempt("asq within its page", asq=ADMIN_SQ + 64)
    yield from attempt("acq within its page", acq=ADMIN_CQ + 64)
    yield from attempt("once more", ENTRY_SIZES)

    for name, how in (("normal", 1), ("abrupt", 2)):
        d.enable()
        d.queue(1)
        d.set(CC, ENTRY_SIZES | how << 14 | 1)
        machine.settle()
        yield name + " shutdown", d.get(CSTS)
        d.set(CC, ENTRY_SIZES | how << 14)
        machine.settle()
        yield name + " shutdown, disabled", d.get(CSTS)
        yield name + " shutdown, enabled again", d.enable()
        yield name + " shutdown, works again", d.admin(IDENTIFY, prp1=DATA, d10=1)
    # Registers that lie in wait for the next enabling do not touch a controller at work.
    d.enable()
    d.set(AQA, 0x00030003)
    d.set(ASQ, 0x40000, 8)
    d.set(ACQ, 0x41000, 8)
    yield "queues moved while enabled", d.admin(IDENTIFY, prp1=DATA, d10=1)


def nvme_identify(machine):
    _, d = driver_of(machine)
    d.enable()

    def identify(cns, nsid=0, prp1=DATA, prp2=0, **more):
        return d.admin(IDENTIFY, nsid=nsid, prp1=prp1, prp2=prp2, d10=cns, **more)

    yield "controller", identify(1)
    data = machine.load(DATA, PAGE)
    for name, at, size in NVME_IDENTITY:
        yield "controller " + name, int.from_bytes(data[at:at + size], "little")
    for name, at, size in (("serial number", 4, 20), ("model number", 24, 40), ("firmware revision", 64, 8)):
        yield name + " is padded ASCII", all(32 <= c < 127 for c in data[at:at + size]) and data[at:at + 1] != b" "
    yield "the subsystem's name begins", data[768:772]
    yield "controller whoever is named", identify(1, nsid=7)
    yield "namespace", identify(0, nsid=1)
    data = machine.load(DATA, PAGE)
    for name, at, size in NVME_NAMESPACE:
        yield "namespace " + name, int.from_bytes(data[at:at + size], "little")
    form = data[26] & 15
    yield "namespace's format", int.from_bytes(data[128 + 4 * form:132 + 4 * form], "little") & 0xffffff
    yield "namespace's eui64", data[120:128].hex()
    for nsid in (0, 2, 0xfffffffe, 0xffffffff):
        machine.store(DATA, b"\x55" * 64)
        yield "namespace %x" % nsid, identify(0, nsid)
        yield "namespace %x: size" % nsid, int.from_bytes(machine.load(DATA, 8), "little")
    for nsid in (0, 1, 2, 0xfffffffd, 0xfffffffe, 0xffffffff):
        machine.store(DATA, b"\x55" * 64)
        yield "active namespaces above %x" % nsid, identify(2, nsid)
        yield "active namespaces above %x: list" % nsid, int.from_bytes(machine.load(DATA, 16), "little")
    yield "descriptors", identify(3, 1)
    descriptors, data = [], machine.load(DATA, PAGE)
    while data[1]:
        descriptors.append((data[0], data[1], data[4:4 + data[1]].hex() if data[0] == 1 else ""))
        data = data[4 + data[1]:]
    yield "descriptors: eui64", [entry for entry in descriptors if entry[0] == 1]
    for nsid in (0, 2, 0xffffffff):
        yield "descriptors of %x" % nsid, identify(3, nsid)
    for cns in (0x20, 0x7f, 0xff):
        yield "structure %x" % cns, identify(cns, 1)
    # Where the data goes.
    machine.store(DATA, bytes(4 * PAGE))
    yield "over two pages", identify(1, prp1=DATA + 0x800, prp2=DATA + 2 * PAGE)
    first = machine.load(DATA + 0x800, 0x800) + machine.load(DATA + 2 * PAGE, 0x800)
    identify(1)
    yield "over two pages: the same", first == machine.load(DATA, PAGE)
    yield "the second page within itself", identify(1, prp1=DATA + 0x800, prp2=DATA + 2 * PAGE + 8)
    yield "at an odd byte", identify(1, prp1=DATA + 1)
    yield "at an odd word", identify(1, prp1=DATA + 2)
    yield "SGL", identify(1, flags=0x40)
    yield "fused", identify(1, flags=0x01)
    yield "still ready", d.get(CSTS)


def nvme_admin(machine):
    _, d = driver_of(machine)
    d.enable()
    for opcode in (0x03, 0x07, 0x0b, COMMAND_UNKNOWN, 0xbf, 0xff):
        yield "opcode %x" % opcode, d.admin(opcode)
    yield "fused, of an unknown opcode", d.admin(COMMAND_UNKNOWN, flags=1)
    yield "abort of nobody", d.admin(ABORT, d10=0x1234 << 16)
    yield "abort of nobody: result", d.result()

    # As QEMU is asked, both have four.
    yield "queues got before", d.admin(GET_FEATURES, d10=7)
    yield "queues got before: result", d.result()
    for asked in (0, 0x00000001, 0x003f003f, 0xfffefffe):
        yield "queues asked %x" % asked, d.admin(SET_FEATURES, d10=7, d11=asked)
        yield "queues asked %x: result" % asked, d.result()
        d.admin(GET_FEATURES, d10=7)
        yield "queues asked %x: got" % asked, d.result()
    for asked in (0x0000ffff, 0xffff0000, 0xffffffff):
        yield "queues asked %x" % asked, d.admin(SET_FEATURES, d10=7, d11=asked)
    for feature in (0x00, 0x7f, 0xff):
        yield "set feature %x" % feature, d.admin(SET_FEATURES, d10=feature)
        yield "get feature %x" % feature, d.admin(GET_FEATURES, d10=feature)

    size, cap = (ENTRIES - 1) << 16, d.get(CAP, 8)
    largest = (cap & 0xffff) << 16

    def completion(name, **fields):
        yield "CQ " + name, d.admin(CREATE_CQ, **dict({"prp1": IO_CQ, "d10": size | 1, "d11": 1}, **fields))

    def submission(name, **fields):
        yield "SQ " + name, d.admin(CREATE_SQ, **dict({"prp1": IO_SQ, "d10": size | 1, "d11": 1 << 16 | 1}, **fields))

    yield from completion("0", d10=size)
    yield from completion("5", d10=size | 5)
    yield from completion("ffff", d10=size | 0xffff)
    yield from completion("of one entry", d10=1)
    yield from completion("of one more entry than CAP.MQES", d10=largest + 0x10000 | 1)
    yield from completion("of ffff", d10=0xffff0001)
    yield from completion("not contiguous", d11=0)
    yield from completion("within a page", prp1=IO_CQ + 64)
    yield from completion("4 at 0", prp1=0, d10=size | 4)
    yield from completion("with vector 65", d11=65 << 16 | 3)
    yield from completion("with vector ffff", d11=0xffff << 16 | 3)
    yield from submission("before its CQ")
    yield from completion("1")
    yield from completion("1 again")
    yield from completion("2 of CAP.MQES entries", d10=largest | 2, prp1=IO_CQ + PAGE)
    yield from submission("0", d10=size)
    yield from submission("5", d10=size | 5)
    yield from submission("to CQ 0", d11=1)
    yield from submission("to CQ 3", d11=3 << 16 | 1)
    yield from submission("to CQ 5", d11=5 << 16 | 1)
    yield from submission("of one entry", d10=1)
    yield from submission("of one more entry than CAP.MQES", d10=largest + 0x10000 | 1)
    yield from submission("not contiguous", d11=1 << 16)
    yield from submission("within a page", prp1=IO_SQ + 64)
    yield from submission("4 at 0", prp1=0, d10=size | 4)
    yield from submission("1")
    yield from submission("1 again")
    yield from submission("2 to CQ 1", d10=size | 2, prp1=IO_SQ + PAGE)
    yield "queues asked late", d.admin(SET_FEATURES, d10=7, d11=0x00030003)
    yield "queues got late", d.admin(GET_FEATURES, d10=7)
    for number in (0, 1, 3, 4, 5):
        yield "delete CQ %d" % number, d.admin(DELETE_CQ, d10=number)
    for name, number in (("0", 0), ("3", 3), ("5", 5), ("4", 4), ("1", 1), ("1 again", 1)):
        yield "delete SQ " + name, d.admin(DELETE_SQ, d10=number)
    yield "delete CQ 1 of SQ 2", d.admin(DELETE_CQ, d10=1)
    yield "delete SQ 2", d.admin(DELETE_SQ, d10=2)
    yield "delete CQ 1 at last", d.admin(DELETE_CQ, d10=1)
    yield "delete CQ 1 twice", d.admin(DELETE_CQ, d10=1)
    yield from completion("1 anew")
    yield from submission("1 anew")
    d.enable(ENTRY_SIZES & ~0xf0000)
    yield "SQ when CC.IOSQES is 0", d.queue(1)[1] if d.get(CSTS) == 1 else "not enabled"
    # Round the rings.
    yield "ready again", d.enable()
    yield "forty commands", {d.admin(IDENTIFY, prp1=DATA, d10=1) for _ in range(40)}


def nvme_resets(machine):
    """What each kind of reset leaves of a controller at work."""
    for kind in ("controller", "function", "bus"):
        parts, d = driver_of(machine)
        nvme, rp0, table = parts["nvme"], parts["rp0"], NVME_AT + 0x2000
        d.enable()
        d.queue(1)
        data = pattern(BLOCK, len(kind))
        machine.store(DATA, data)
        yield kind + ": written", d.io(WRITE, 500, 1)
        machine.write(table, 8, 0x12345678)
        machine.write(table + 12, 4, 0)
        d.set(INTMS, 1)
        if kind == "controller":
            d.set(CC, ENTRY_SIZES)
        elif kind == "function":
            control = nvme.capabilities()[0x10] + 8
            nvme.write(control, 2, nvme.read(control, 2) | 0x8000)
        else:
            rp0.write(BRIDGE_CONTROL, 2, 0x40)
            rp0.write(BRIDGE_CONTROL, 2, 0)
        machine.settle()
        yield kind + ": memory space off", d.get(VS) in (0, 0xffffffff)
        yield kind + ": command", nvme.read(COMMAND, 2)
        yield kind + ": bar", nvme.read(0x10)
        nvme.write(0x10, 4, NVME_AT)
        nvme.write(0x14, 4, 0)
        nvme.write(COMMAND, 2, MSE | BME)
        for name, at, size in REGISTERS:
            if name != "cap":
                yield "%s: %s" % (kind, name), d.get(at, size)
        yield kind + ": vector 0", (machine.read(table, 8), machine.read(table + 8), machine.read(table + 12))
        d.set(DOORBELLS + 8, 5)
        machine.settle()
        yield kind + ": a doorbell of before", d.get(CSTS)
        yield kind + ": enabled", d.enable()
        yield kind + ": queues anew", d.queue(1)
        machine.store(BACK, bytes(BLOCK))
        yield kind + ": read", d.io(READ, 500, 1, BACK)
        yield kind + ": the block is there", machine.load(BACK, BLOCK) == data
        yield kind + ": the port's buses", rp0.read(BUSES)


def nvme_features(machine):
    _, d = driver_of(machine)
    d.enable()
    everywhere = 0xffffffff
    # Number, namespace, what it is set to.
    features = [(0x01, 0, 0x05040302), (0x02, 0, 0), (0x04, 0, 400), (0x04, 0, 1 << 20 | 200), (0x05, 1, 0x1234), (0x08, 0, 0x0102), (0x09, 0, 0),
                (0x09, 0, 1), (0x0a, 0, 1), (0x0b, 0, 3)]

    def get(feature, value, nsid, select=0):
        status = d.admin(GET_FEATURES, nsid=nsid, d10=feature | select << 8, d11=value & 0x3f0000 if feature == 4 else value)
        return status, d.result()

    for feature, nsid, value in features:
        name = "feature %x with %x" % (feature, value)
        yield name + ": at first", get(feature, value, nsid)
        yield name + ": set", d.admin(SET_FEATURES, nsid=nsid, d10=feature, d11=value)
        yield name + ": then", get(feature, value, nsid)
        yield name + ": default", get(feature, value, nsid, 1)
        yield name + ": capabilities", get(feature, value, nsid, 3)
        yield name + ": set and saved", d.admin(SET_FEATURES, nsid=nsid, d10=1 << 31 | feature, d11=value)
    for nsid in (0, 2, everywhere):
        yield "error recovery of namespace %x" % nsid, d.admin(GET_FEATURES, nsid=nsid, d10=5)
    for nsid in (1, everywhere):
        yield "arbitration of namespace %x" % nsid, d.admin(SET_FEATURES, nsid=nsid, d10=1)
    yield "vector ffff", d.admin(GET_FEATURES, d10=9, d11=0xffff)
    yield "a threshold on no side", d.admin(SET_FEATURES, d10=4, d11=2 << 20)
    d.enable()
    for feature, nsid, value in features:
        yield "feature %x with %x: after a reset" % (feature, value), get(feature, value, nsid)
    # A threshold below what it is.
    d.admin(SET_FEATURES, d10=0x0b, d11=2)
    waiting = d.put(0, ASYNC)
    setting = d.put(0, SET_FEATURES, d10=4, d11=200)
    d.ring(0)
    found = {int.from_bytes(e[12:14], "little"): (int.from_bytes(e[14:], "little") >> 1, int.from_bytes(e[:4], "little")) for e in
             (d.poll(0), d.poll(0)) if e}
    yield "too hot: setting", found.get(setting)
    yield "too hot: event", found.get(waiting)
    d.admin(GET_LOG, nsid=everywhere, prp1=DATA, d10=127 << 16 | 2)
    yield "too hot: warning", machine.load(DATA, 1)


SEQUENCES = [nvme_registers, nvme_enable, nvme_identify, nvme_admin, nvme_features, nvme_resets]
