"""The standard registers (PCIe 6.0, chapter 7): name, offset, bytes; and the bits that software may not play with in passing."""

HEADER = [("vendor", 0x00, 2), ("device", 0x02, 2), ("command", 0x04, 2), ("status", 0x06, 2), ("revision", 0x08, 1),
          ("interface", 0x09, 1), ("class", 0x0a, 2), ("cache-line", 0x0c, 1), ("latency", 0x0d, 1), ("header-type", 0x0e, 1), ("bist", 0x0f, 1),
          ("interrupt-line", 0x3c, 1), ("interrupt-pin", 0x3d, 1)]
TYPE0 = [("bar%d" % i, 0x10 + 4 * i, 4) for i in range(6)] + [
    ("cardbus", 0x28, 4), ("subsystem-vendor", 0x2c, 2), ("subsystem", 0x2e, 2), ("rom", 0x30, 4), ("min-grant", 0x3e, 1),
    ("max-latency", 0x3f, 1)]
TYPE1 = [("bar0", 0x10, 4), ("bar1", 0x14, 4), ("primary-bus", 0x18, 1), ("secondary-bus", 0x19, 1), ("subordinate-bus", 0x1a, 1),
         ("secondary-latency", 0x1b, 1), ("io-base", 0x1c, 1), ("io-limit", 0x1d, 1), ("secondary-status", 0x1e, 2),
         ("memory-base", 0x20, 2), ("memory-limit", 0x22, 2), ("prefetch-base", 0x24, 2), ("prefetch-limit", 0x26, 2),
         ("prefetch-base-upper", 0x28, 4), ("prefetch-limit-upper", 0x2c, 4), ("io-base-upper", 0x30, 2), ("io-limit-upper", 0x32, 2),
         ("rom", 0x38, 4), ("bridge-control", 0x3e, 2)]

CAPABILITY_NAMES = {0x01: "pm", 0x05: "msi", 0x09: "vendor", 0x0d: "ssvid", 0x10: "pcie", 0x11: "msix"}
CAPABILITIES = {
    "pm": [("capabilities", 2, 2), ("control", 4, 2), ("bridge", 6, 1), ("data", 7, 1)],
    "msi": [("control", 2, 2), ("address", 4, 4), ("address-upper", 8, 4), ("data", 12, 2)],
    "msix": [("control", 2, 2), ("table", 4, 4), ("pba", 8, 4)],
    "pcie": [("flags", 0x02, 2), ("device-capabilities", 0x04, 4), ("device-control", 0x08, 2), ("device-status", 0x0a, 2),
             ("link-capabilities", 0x0c, 4), ("link-control", 0x10, 2), ("link-status", 0x12, 2), ("slot-capabilities", 0x14, 4),
             ("slot-control", 0x18, 2), ("slot-status", 0x1a, 2), ("root-control", 0x1c, 2), ("root-capabilities", 0x1e, 2),
             ("root-status", 0x20, 4), ("device-capabilities-2", 0x24, 4), ("device-control-2", 0x28, 2), ("device-status-2", 0x2a, 2),
             ("link-capabilities-2", 0x2c, 4), ("link-control-2", 0x30, 2), ("link-status-2", 0x32, 2)],
}
EXTENDED_NAMES = {0x01: "aer", 0x03: "serial", 0x0d: "acs", 0x0f: "ats", 0x1d: "dpc", 0x2e: "doe", 0x30: "ide"}
EXTENDED = {
    "aer": [("uncorrectable", 0x04, 4), ("uncorrectable-mask", 0x08, 4), ("severity", 0x0c, 4), ("correctable", 0x10, 4),
            ("correctable-mask", 0x14, 4), ("control", 0x18, 4), ("header-log0", 0x1c, 4), ("header-log3", 0x28, 4)],
    "aer-root": [("root-command", 0x2c, 4), ("root-status", 0x30, 4), ("sources", 0x34, 4)],
    "acs": [("capability", 4, 2), ("control", 6, 2)],
    "ats": [("capability", 4, 2), ("control", 6, 2)],
}

# Written ones here do something: a reset, a power switch. Those are sequences of their own.
UNTOUCHED = {"pcie.device-control": 0x8000, "bridge-control": 0x0040, "pcie.slot-control": 0x0700}

BRIDGES = ("rp0", "up", "down")
FUNCTIONS = BRIDGES + ("nvme", "net")

# Identify's structures (NVM Express Base 1.4, 5.15.2): what a driver decides by.
NVME_IDENTITY = [("vid", 0, 2), ("ssvid", 2, 2), ("cmic", 76, 1), ("mdts", 77, 1), ("ver", 80, 4), ("cntrltype", 111, 1), ("oacs", 256, 2),
                 ("acl", 258, 1), ("aerl", 259, 1), ("frmw", 260, 1), ("lpa", 261, 1), ("elpe", 262, 1), ("npss", 263, 1), ("sanicap", 328, 4), ("sqes", 512, 1), ("cqes", 513, 1), ("maxcmd", 514, 2),
                 ("nn", 516, 4), ("oncs", 520, 2), ("fuses", 522, 2), ("vwc", 525, 1), ("acwu", 532, 2), ("sgls", 536, 4)]
NVME_NAMESPACE = [("nsze", 0, 8), ("ncap", 8, 8), ("nuse", 16, 8), ("nsfeat", 24, 1), ("flbas", 26, 1), ("mc", 27, 1), ("dpc", 28, 1),
                  ("dps", 29, 1), ("nmic", 30, 1), ("rescap", 31, 1)]
# The health log (5.14.1.2).
NVME_HEALTH = [("warning", 0, 1), ("spare", 3, 1), ("used", 5, 1), ("units read", 32, 16), ("units written", 48, 16), ("reads", 64, 16),
               ("writes", 80, 16), ("media errors", 160, 16)]
