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
]
