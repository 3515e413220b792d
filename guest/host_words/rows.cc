#include "guest/host_words/rows.h"

namespace host_words {

namespace {

using trust::Act;

constexpr trust::Defence kRows[] = {
    {"guest.acpi.tables", "Intel TDX guest hardening, ACPI tables; ACPI 6.5, 5.2.8",
     "The kernel takes no table that is not on its image's list.", Act::kRefuse},
    {"guest.acpi.sandbox", "Takekoshi et al., BadAML, 2025; ACPI 6.5, 19.6.100",
     "A definition block of the host's reaches no memory of the guest's own.", Act::kRefuse},
    {"guest.acpi.lengths", "ACPI 6.5, 5.2.6", "A table is as long as it says, sums to zero, and fits where it is put.", Act::kDetect},
    {"guest.acpi.processors", "ACPI 6.5, 5.2.12", "There are no more processors than the image has room for, and no two are one.", Act::kDetect},
    {"guest.boot.memory-map", "Linux x86 boot protocol, e820_table", "Nothing that the kernel keeps in private memory becomes the host's by a map of the host's.",
     Act::kRefuse},
    {"guest.boot.parameters", "Linux threat model for confidential VMs, guest malicious configuration",
     "Of a command line only parameters on the image's list have an effect.", Act::kDetect},
    {"guest.boot.option-rom", "PCI Firmware 3.3, 5.1; UEFI 2.10, 14.4", "No code out of a device's ROM runs.", Act::kDetect},
    {"guest.boot.config-sizes", "QEMU docs/specs/fw_cfg.rst, file directory", "A file of the firmware configuration is as long as its directory says, and has a name.",
     Act::kDetect},
    {"guest.time.monotonic", "Linux timekeeping, clocksource watchdog", "Time that runs back is noticed before it is used.", Act::kDetect},
    {"guest.time.cross-check", "Linux timekeeping, clocksource watchdog", "Two sources that drift apart are noticed before either is used.", Act::kDetect},
    {"guest.msr.allow-list", "Intel TDX guest hardening, MSRs", "Of registers that the host answers for only those on the image's list are believed.",
     Act::kRefuse},
};

}  // namespace

std::vector<const trust::Defence*> rows() {
  std::vector<const trust::Defence*> out;
  for (const auto& row : kRows) out.push_back(&row);
  return out;
}

}  // namespace host_words
