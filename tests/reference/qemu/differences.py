"""Where QEMU and our model differ: the reason, and for each observation the sequence, the function(s), what was looked at, QEMU's value
and ours. Whoever adds a row has looked up who is right."""

DIFFERENCES = [
    ("Another make: QEMU's switch is a Texas Instruments XIO3130, ours the generic one of Red Hat's ids.", [
        ("registers", "up down", "vendor reset", 0x104c, 0x1b36),
        ("registers", "up", "device reset", 0x8232, 0xd),
        ("registers", "up", "revision reset", 2, 0),
        ("registers", "down", "device reset", 0x8233, 0xd),
        ("registers", "down", "revision reset", 1, 0),
    ]),
    ("Every function has power management (PCIe 6.0, 7.5.2); QEMU's bridges leave it out.", [
        ("registers", "rp0 up down", "has pm", False, True),
    ]),
    ("How a bridge interrupts is its choice: QEMU's root port by MSI-X, whose table is in its BAR 0, its switch ports by MSI; our root "
     "port by MSI, our switch ports not at all.", [
        ("registers", "rp0", "has msi", False, True),
        ("registers", "rp0", "has msix", True, False),
        ("registers", "rp0", "bar0 mask", 0xfffff000, 0),
        ("registers", "up down", "has msi", True, False),
    ]),
    ("Optional: a bridge's subsystem ids.", [
        ("registers", "rp0 up down", "has ssvid", True, False),
    ]),
    ("Optional: QEMU has no containment.", [
        ("registers", "rp0", "has dpc", False, True),
    ]),
    ("Optional: QEMU's switch has no access control.", [
        ("registers", "down", "has acs", False, True),
    ]),
    ("Optional: error reporting, access control, a serial number, and what a confidential VM asks of a device: DOE and IDE.", [
        ("registers", "nvme", "has aer", False, True),
        ("registers", "nvme", "has acs", False, True),
        ("registers", "nvme", "has serial", False, True),
        ("registers", "nvme", "has doe", False, True),
        ("registers", "nvme", "has ide", False, True),
        ("function_reset", "nvme", "aer.severity", None, 0x100000),
        ("bus_reset", "nvme", "aer.severity", None, 0x100000),
    ]),
    ("Virtio's own capabilities say where its registers are, which nobody asks a stand-in for a network card.", [
        ("registers", "net", "has vendor", True, False),
    ]),
    ("Ours have no I/O space (bit 0 reads zero); QEMU does not let parity errors be enabled (bit 6).", [
        ("registers", "rp0 up down nvme net", "command mask", 0x507, 0x546),
    ]),
    ("Ours have no INTx.", [
        ("registers", "rp0 nvme net", "interrupt-pin reset", 1, 0),
    ]),
    ("PCIe 6.0, 7.5.1.3: read-only zero; QEMU lets it be written as on conventional PCI.", [
        ("registers", "rp0 up down", "secondary-latency mask", 0xff, 0),
    ]),
    ("Optional: ours have no I/O window. QEMU's root port closes it on reset by a base above the limit.", [
        ("registers", "rp0", "io-base reset", 0xf0, 0),
        ("registers", "rp0 up down", "io-base mask", 0xf0, 0),
        ("registers", "rp0 up down", "io-limit mask", 0xf0, 0),
    ]),
    ("What a window is after reset is left open. Ours are closed at every bridge, QEMU's only at its root port.", [
        ("registers", "up down", "memory-base reset", 0, 0xfff0),
        ("registers", "up down", "prefetch-base reset", 1, 0xfff1),
    ]),
    ("Ours pass no VGA and no ISA addresses: the bits for them read zero.", [
        ("registers", "rp0 up down", "bridge-control mask", 0x1f, 3),
    ]),
    ("Ours have no slot: cards come and go by the machine file, and nothing is there to press or to light.", [
        ("registers", "rp0", "pcie.flags reset", 0x142, 0x42),
        ("registers", "rp0", "pcie.slot-capabilities reset", 0xa007b, 0),
        ("registers", "rp0 down", "pcie.slot-control reset", 0x1c0, 0),
        ("registers", "rp0 down", "pcie.slot-control mask", 0xf9, 0),
        ("registers", "rp0 down", "pcie.slot-status reset", 0x90, 0),
        ("registers", "down", "pcie.flags reset", 0x162, 0x62),
        ("registers", "down", "pcie.slot-capabilities reset", 0x22007b, 0),
    ]),
    ("Ours take payloads of 256 bytes and extended tags. QEMU's switch ports claim function level reset, which is an endpoint's.", [
        ("registers", "rp0", "pcie.device-capabilities reset", 0x8000, 0x8021),
        ("registers", "up down", "pcie.device-capabilities reset", 0x10008000, 0x8021),
        ("registers", "net", "pcie.device-capabilities reset", 0x10008000, 0x10008021),
    ]),
    ("As above, and our disk can be taken into a confidential VM (bit 30).", [
        ("registers", "nvme", "pcie.device-capabilities reset", 0x10008000, 0x50008021),
    ]),
    ("PCIe 6.0, 7.5.3.4: relaxed ordering, no snoop and reads of 512 bytes are on after reset, and payload, tags and the like are set "
     "here. QEMU has error reporting only, its NVMe not even that, and starts with zero.", [
        ("registers", "rp0 up down nvme net", "pcie.device-control reset", 0, 0x2810),
        ("registers", "rp0 up down net", "pcie.device-control mask", 0xf, 0x7dff),
        ("registers", "nvme", "pcie.device-control mask", 0, 0x7dff),
    ]),
    ("Another link: 16 lanes at 32 GT/s with a control register, where QEMU's are for show.", [
        ("registers", "rp0", "pcie.link-capabilities reset", 0x300604, 0x180105),
        ("registers", "rp0 down", "pcie.link-control mask", 0, 0xd0),
        ("registers", "rp0 down", "pcie.link-status reset", 0x11, 0x2105),
        ("registers", "rp0", "pcie.link-capabilities-2 reset", 0x1e, 0x3e),
        ("registers", "rp0", "pcie.link-control-2 reset", 4, 5),
        ("registers", "rp0 up down nvme net", "pcie.link-control-2 mask", 0, 0xf),
        ("registers", "up nvme net", "pcie.link-capabilities reset", 0x411, 0x105),
        ("registers", "up nvme", "pcie.link-control mask", 0, 0xc0),
        ("registers", "up nvme net", "pcie.link-status reset", 0x11, 0x105),
        ("registers", "up down nvme net", "pcie.link-capabilities-2 reset", 0, 0x3e),
        ("registers", "up down nvme net", "pcie.link-control-2 reset", 0, 5),
        ("registers", "down", "pcie.link-capabilities reset", 0x400, 0x180105),
    ]),
    ("Ours has the bit for interrupts of power management events.", [
        ("registers", "rp0", "pcie.root-control mask", 7, 0xf),
    ]),
    ("Other options: ours have completion timeouts, 10-bit tags and at most one End-End prefix, QEMU's four and ARI forwarding. "
     "End-End prefix blocking is of switch ports (writable) and of a root port that passes none on (one); QEMU has it writable everywhere.", [
        ("registers", "rp0 down", "pcie.device-capabilities-2 reset", 0x300020, 0x73001f),
        ("registers", "rp0", "pcie.device-control-2 reset", 0, 0x8000),
        ("registers", "rp0", "pcie.device-control-2 mask", 0x8020, 0x101f),
        ("registers", "up nvme net", "pcie.device-capabilities-2 reset", 0x300000, 0x73001f),
        ("registers", "up", "pcie.device-control-2 mask", 0x8000, 0x901f),
        ("registers", "down", "pcie.device-control-2 mask", 0x8020, 0x901f),
        ("registers", "nvme net", "pcie.device-control-2 mask", 0x8000, 0x101f),
    ]),
    ("PCIe 6.0, 7.8.4.3: the mask is writable and internal errors are masked after reset, which this QEMU leaves out.", [
        ("registers", "rp0 up down net", "aer.uncorrectable-mask reset", 0, 0x400000),
        ("registers", "rp0 up down net", "aer.uncorrectable-mask mask", 0, 0x7ffff030),
    ]),
    ("QEMU knows errors up to bit 25; ours also those of IDE and their like, of which a failed IDE check is fatal by default.", [
        ("registers", "rp0 up down net", "aer.severity reset", 0x462030, 0x10462030),
        ("registers", "rp0 up down net", "aer.severity mask", 0x3fff030, 0x7ffff030),
    ]),
    ("Optional: ours have no ECRC and log one header.", [
        ("registers", "rp0 up down", "aer.control reset", 0x2a0, 0),
        ("registers", "rp0 up down", "aer.control mask", 0x540, 0),
        ("registers", "net", "aer.control reset", 0xa0, 0),
        ("registers", "net", "aer.control mask", 0x140, 0),
    ]),
    ("PCIe 6.0, 10.5.1.3: the smallest translation unit has five bits; QEMU has four.", [
        ("registers", "net", "ats.control mask", 0x800f, 0x801f),
    ]),
    ("A root complex completes a read that nobody claims with all ones; QEMU's memory gives zeros.", [
        ("windows", "", "what nobody claims", 0, 0xffffffff),
    ]),
    ("As after power on (see device-control above), and a function level reset keeps the payload size.", [
        ("function_reset", "nvme net", "device-control", 0, 0x2830),
        ("bus_reset", "nvme net", "device-control", 0, 0x2810),
    ]),
    ("PCIe 6.0, 6.6.2: a function level reset leaves the link's settings alone. QEMU's network card resets them, its NVMe has none.", [
        ("function_reset", "nvme net", "link-control", 0, 0xc0),
    ]),
    ("Every reset switches translation off; QEMU forgets to.", [
        ("function_reset", "net", "ats.control", 0x8001, 0),
        ("bus_reset", "net", "ats.control", 0x8001, 0),
    ]),
    ("PCIe 6.0, 6.6.1: a link in reset carries nothing; QEMU's reset is over at once.", [
        ("bus_reset", "nvme", "while held", 0x101b36, 0xffffffff),
        ("bus_reset", "net", "while held", 0x10411af4, 0xffffffff),
        ("bus_reset", "", "below down while held", 0x101b36, 0xffffffff),
    ]),
    ("PCIe 6.0, 5.3.1.4.1: a function in D3hot answers configuration requests only; this QEMU changes the number and nothing else.", [
        ("power", "nvme", "memory in D3hot", 0x10400, 0xffffffff),
        ("power", "net", "memory in D3hot", 1, 0xffffffff),
    ]),
    ("PCIe 6.0, 5.3.1.4.1: without No_Soft_Reset a function comes back from D3hot as after a reset; not so in this QEMU.", [
        ("power", "net", "command back in D0", 6, 0),
        ("power", "net", "memory back in D0", 1, 0xffffffff),
    ]),
    ("PCIe 6.0, 7.5.3.7: a link that is disabled carries nothing; QEMU has no such bit.", [
        ("power", "rp0", "link disabled: nvme", 0x101b36, 0xffffffff),
    ]),
    ("PCIe 6.0, 7.7.2.8: only the mask bit is there; QEMU stores all 32.", [
        ("memory", "nvme far", "vector control mask", 0xffffffff, 1),
    ]),
    ("PCIe 6.0, 7.5.1.1.3: a bridge that is no bus master passes no memory request up; QEMU looks at the device alone.", [
        ("memory", "nvme", "no master at rp0: completed", (64, 1), (0, 0)),
        ("memory", "nvme", "no master at rp0: interrupt", 0x1badcafe, 0),
        ("memory", "far", "no master at rp2: completed", (64, 1), (0, 0)),
        ("memory", "far", "no master at rp2: interrupt", 0x1badcafe, 0),
        ("memory", "far", "no master at up: completed", (64, 1), (0, 0)),
        ("memory", "far", "no master at up: interrupt", 0x1badcafe, 0),
        ("memory", "far", "no master at down: completed", (64, 1), (0, 0)),
        ("memory", "far", "no master at down: interrupt", 0x1badcafe, 0),
    ]),
    # ---- NVMe: chapters are of NVM Express Base 1.4 ----
    ("Ours is smaller: 64 entries to a queue, one command set, pages of 4 KiB; it is ready within half a second.", [
        ("nvme_registers", "", "cap.mqes", 0x7ff, 0x3f),
        ("nvme_registers", "", "cap.to", 0xf, 1),
        ("nvme_registers", "", "cap.css", 0xc1, 1),
        ("nvme_registers", "", "cap.mpsmax", 4, 0),
    ]),
    ("3.1: reserved bits read zero whatever is written: CC 31:24 and 3:1, AQA 31:28 and 15:12, ASQ and ACQ 11:0, and a memory buffer that "
     "is not there. QEMU keeps what it is given, and looks at an address within its page as it starts.", [
        ("nvme_registers", "", "cc mask", 0xffff3ffe, 0xff3ff0),
        ("nvme_registers", "", "aqa mask", 0xffffffff, 0xfff0fff),
        ("nvme_registers", "", "asq mask", 0xffffffffffffffff, 0xfffffffffffff000),
        ("nvme_registers", "", "acq mask", 0xffffffffffffffff, 0xfffffffffffff000),
        ("nvme_registers", "", "cmbmsc mask", 0xffffffff00000000, 0),
        ("nvme_enable", "", "asq within its page: csts", 2, 1),
        ("nvme_enable", "", "asq within its page: works", "no", 0),
        ("nvme_enable", "", "acq within its page: csts", 2, 1),
        ("nvme_enable", "", "acq within its page: works", "no", 0),
    ]),
    ("3.1.3: INTMS and INTMC are of pin interrupts and MSI, of which ours has neither.", [
        ("nvme_registers", "", "intms sets", (5, 5), (0, 0)),
        ("nvme_registers", "", "intmc clears", (4, 4), (0, 0)),
    ]),
    ("3.1.5: what CAP does not offer may not be chosen. Ours offers neither admin-only (7) nor arbitration but round robin, and fails; QEMU "
     "offers admin-only, and does not look at CC.AMS.", [
        ("nvme_enable", "", "command set 7: csts", 1, 2),
        ("nvme_enable", "", "command set 7: works", 0, "no"),
        ("nvme_enable", "", "weighted round robin: csts", 1, 2),
        ("nvme_enable", "", "weighted round robin: works", 0, "no"),
        ("nvme_enable", "", "a vendor's arbitration: csts", 1, 2),
        ("nvme_enable", "", "a vendor's arbitration: works", 0, "no"),
    ]),
    ("3.1.5: the sizes of I/O entries are looked at when an I/O queue is created, which may be long after enabling. QEMU wants them at once.", [
        ("nvme_enable", "", "no entry sizes: csts", 2, 1),
        ("nvme_enable", "", "no entry sizes: works", "no", 0),
        ("nvme_enable", "", "submission entries of 128: csts", 2, 1),
        ("nvme_enable", "", "submission entries of 128: works", "no", 0),
        ("nvme_enable", "", "completion entries of 32: csts", 2, 1),
        ("nvme_enable", "", "completion entries of 32: works", "no", 0),
        ("nvme_admin", "", "SQ when CC.IOSQES is 0", "not enabled", 0x4102),
    ]),
    ("Optional: QEMU's has namespace attachment, Format, virtualization, Compare, Write Zeroes, Dataset Management, Copy, SGLs, metadata "
     "and protection, a health log for a namespace, a write cache and a Flush for all namespaces. Ours writes through.", [
        ("nvme_identify", "", "controller oacs", 0x10a, 0),
        ("nvme_identify", "", "controller oncs", 0x15d, 0x10),
        ("nvme_identify", "", "controller sgls", 1, 0),
        ("nvme_identify", "", "controller vwc", 7, 4),
        ("nvme_identify", "", "controller lpa", 7, 4),
        ("nvme_identify", "", "namespace nsfeat", 0x14, 0),
        ("nvme_identify", "", "namespace mc", 3, 0),
        ("nvme_identify", "", "namespace dpc", 0x1f, 0),
        ("nvme_io", "", "flush of namespace ffffffff", 0, 0x400b),
        ("nvme_io", "", "read SGL", 0x400f, 0x4002),
        ("nvme_io", "", "write SGL", 0x400f, 0x4002),
    ]),
    ("6.1: of one namespace, 2 is no valid number (Invalid Namespace); of QEMU's 256 it is one that is not active (Invalid Field, or zeros). "
     "Which of the two stands for all namespaces in a command that takes one is left open.", [
        ("nvme_identify", "", "controller nn", 0x100, 1),
        ("nvme_identify", "", "namespace 2", 0, 0x400b),
        ("nvme_identify", "", "namespace 2: size", 0, 0x5555555555555555),
        ("nvme_identify", "", "descriptors of 2", 0x4002, 0x400b),
        ("nvme_features", "", "error recovery of namespace 2", 0x4002, 0x400b),
        ("nvme_io", "", "read of namespace 2", 0x4002, 0x400b),
        ("nvme_io", "", "read of namespace ffffffff", 0x4002, 0x400b),
        ("nvme_io", "", "write of namespace 2", 0x4002, 0x400b),
        ("nvme_io", "", "write of namespace ffffffff", 0x4002, 0x400b),
        ("nvme_io", "", "flush of namespace 2", 0x4002, 0x400b),
    ]),
    ("Of two mistakes in one command either may be named.", [
        ("nvme_admin", "", "fused, of an unknown opcode", 0x4001, 0x4002),
        ("nvme_io", "", "opcode 7f of namespace 2", 0x4002, 0x4001),
    ]),
    ("4.3: a controller may refuse a PRP entry that is no double word's address, and a list that is no quad word's. Ours does, QEMU takes them.", [
        ("nvme_identify", "", "at an odd byte", 0, 0x4013),
        ("nvme_identify", "", "at an odd word", 0, 0x4013),
        ("nvme_events", "", "log page into an odd word", 0, 0x4013),
        ("nvme_io", "", "read at an odd byte", 0, 0x4013),
        ("nvme_io", "", "read at an odd word", 0, 0x4013),
        ("nvme_io", "", "read list at an odd double word", 0, 0x4013),
        ("nvme_io", "", "write at an odd byte", 0, 0x4013),
        ("nvme_io", "", "write at an odd word", 0, 0x4013),
        ("nvme_io", "", "write list at an odd double word", 0, 0x4013),
    ]),
    ("4.6.1: what will fail again is so marked (Do Not Retry); QEMU leaves that out for a fused command.", [
        ("nvme_identify", "", "fused", 2, 0x4002),
        ("nvme_io", "", "read fused", 2, 0x4002),
        ("nvme_io", "", "write fused", 2, 0x4002),
    ]),
    ("5.4: a completion queue that is the admin one or beyond those there are is an Invalid Queue Identifier; Completion Queue Invalid is "
     "for one not created.", [
        ("nvme_admin", "", "SQ to CQ 0", 0x4100, 0x4101),
        ("nvme_admin", "", "SQ to CQ 5", 0x4100, 0x4101),
    ]),
    ("5.5: deleting a queue that is not there is an Invalid Queue Identifier, whichever kind it is.", [
        ("nvme_admin", "", "delete CQ 0", 0x4100, 0x4101),
        ("nvme_admin", "", "delete CQ 3", 0x4100, 0x4101),
        ("nvme_admin", "", "delete CQ 5", 0x4100, 0x4101),
        ("nvme_admin", "", "delete CQ 1 twice", 0x4100, 0x4101),
    ]),
    ("5.14: a log page that is not there is an Invalid Log Page.", [
        ("nvme_events", "", "log page 0", 0x4002, 0x4109),
        ("nvme_events", "", "log page 7f", 0x4002, 0x4109),
        ("nvme_events", "", "log page bf", 0x4002, 0x4109),
        ("nvme_events", "", "log page ff", 0x4002, 0x4109),
    ]),
    ("5.14.1.2 and 5.14.1.3: spare room is in percent of what there was, and the firmware log has the revision of Identify. QEMU's says "
     "that none is left, and another revision.", [
        ("nvme_events", "", "health: spare", 0, 100),
        ("nvme_events", "", "health after use: spare", 0, 100),
        ("nvme_events", "", "firmware: as identified", False, True),
    ]),
    ("5.1: Abort is an attempt. QEMU never makes one; ours ends a request for an event.", [
        ("nvme_events", "", "abort of a wait", ["abort 0 1"], ["abort 0 0", "wait 7 0"]),
    ]),
    ("5.21: which features can be changed is a controller's choice. QEMU's arbitration, power state, coalescing, vectors and atomicity are "
     "fixed; ours take what they are set to.", [
        ("nvme_features", "", "feature 1 with 5040302: set", 0x410e, 0),
        ("nvme_features", "", "feature 1 with 5040302: then", (0, 7), (0, 0x5040302)),
        ("nvme_features", "", "feature 1 with 5040302: capabilities", (0, 0), (0, 4)),
        ("nvme_features", "", "feature 2 with 0: set", 0x410e, 0),
        ("nvme_features", "", "feature 2 with 0: capabilities", (0, 0), (0, 4)),
        ("nvme_features", "", "feature 8 with 102: set", 0x410e, 0),
        ("nvme_features", "", "feature 8 with 102: then", (0, 0), (0, 0x102)),
        ("nvme_features", "", "feature 8 with 102: capabilities", (0, 0), (0, 4)),
        ("nvme_features", "", "feature 9 with 0: set", 0x410e, 0),
        ("nvme_features", "", "feature 9 with 0: then", (0, 0x10000), (0, 0)),
        ("nvme_features", "", "feature 9 with 0: capabilities", (0, 0), (0, 4)),
        ("nvme_features", "", "feature 9 with 1: set", 0x410e, 0),
        ("nvme_features", "", "feature 9 with 1: capabilities", (0, 0), (0, 4)),
        ("nvme_features", "", "feature a with 1: set", 0x410e, 0),
        ("nvme_features", "", "feature a with 1: then", (0, 0), (0, 1)),
        ("nvme_features", "", "feature a with 1: capabilities", (0, 0), (0, 4)),
        ("nvme_features", "", "arbitration of namespace ffffffff", 0x410e, 0),
    ]),
    ("A vendor's choice: bursts of one command where QEMU's have no limit, and no upper temperature threshold where QEMU's is 343 K.", [
        ("nvme_features", "", "feature 1 with 5040302: at first", (0, 7), (0, 0)),
        ("nvme_features", "", "feature 1 with 5040302: default", (0, 7), (0, 0)),
        ("nvme_features", "", "feature 1 with 5040302: after a reset", (0, 7), (0, 0)),
        ("nvme_features", "", "feature 4 with 190: at first", (0, 343), (0, 0xffff)),
        ("nvme_features", "", "feature 4 with 190: default", (0, 343), (0, 0xffff)),
    ]),
    ("7.3.2: a controller reset takes features that are not saved back to their defaults; QEMU's stay.", [
        ("nvme_features", "", "feature 4 with 190: after a reset", (0, 400), (0, 0xffff)),
        ("nvme_features", "", "feature 4 with 1000c8: after a reset", (0, 200), (0, 0)),
        ("nvme_features", "", "feature 5 with 1234: after a reset", (0, 0x1234), (0, 0)),
        ("nvme_features", "", "feature b with 3: after a reset", (0, 3), (0, 0)),
    ]),
    ("7.3.2: only a reset by CC.EN keeps the admin queue's registers. QEMU keeps them always.", [
        ("nvme_resets", "function: bus:", "aqa", 0xf000f, 0),
        ("nvme_resets", "function: bus:", "asq", 0x10000, 0),
        ("nvme_resets", "function: bus:", "acq", 0x11000, 0),
    ]),
]
