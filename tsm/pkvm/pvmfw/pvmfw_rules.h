#pragma once
// What protected VM firmware refuses to start, in the order in which it looks. Clauses: "pvmfw" is guest/pvmfw of
// Android's virtualization framework (AVF), "AVB" Android Verified Boot 2.0.
#include "platform/trust/defence.h"

namespace pkvm {

struct PvmfwCase {
  bool configured = true;   // firmware, configuration and handover are what a bootloader leaves
  bool environment_fits = true;  // what the host says of the machine and hands the kernel
  bool is_signed = true;    // the description, by the key in the binary
  bool digests_fit = true;  // kernel and ramdisk are those described
  bool instance_opens = true, instance_same = true;
  std::uint64_t rollback_index = 0, recorded_index = 0;
};
inline constexpr trust::Rule<PvmfwCase> kPvmfwRules[] = {
    {{"pkvm.pvmfw.config", "pvmfw, README, configuration data",
      "Firmware starts nothing without what the bootloader left for it.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const PvmfwCase& c) { return c.configured; }},
    {{"pkvm.pvmfw.environment", "pvmfw, README, device tree sanitization",
      "A kernel gets no description of its machine that firmware does not know."},
     [](const PvmfwCase& c) { return c.environment_fits; }},
    {{"pkvm.pvmfw.signature", "AVB, vbmeta image; pvmfw, README, verified boot",
      "What describes a VM's kernel is signed by the key in the firmware."},
     [](const PvmfwCase& c) { return c.is_signed; }},
    {{"pkvm.pvmfw.digest", "AVB, hash descriptors; pvmfw, README, verified boot",
      "Kernel and ramdisk are the ones described."},
     [](const PvmfwCase& c) { return c.digests_fit; }},
    {{"pkvm.pvmfw.instance", "pvmfw, README, instance image",
      "An instance is the VM that it was: of the same authority, and as debuggable."},
     [](const PvmfwCase& c) { return c.instance_opens && c.instance_same; }},
    {{"pkvm.pvmfw.rollback", "pvmfw, README, rollback protection",
      "A VM never starts with an older kernel than it had."},
     [](const PvmfwCase& c) { return c.rollback_index >= c.recorded_index; }},
};

}  // namespace pkvm
