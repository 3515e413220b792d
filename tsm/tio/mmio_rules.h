#pragma once
// What the table of device memory refuses.
#include "platform/trust/defence.h"

namespace tio {

struct AssignCase {
  bool is_mutable;
};
inline constexpr trust::Rule<AssignCase> kAssignRules[] = {
    {{"tio.mmio.immutable", "SEV-TIO 0.91, MMIO_VALIDATE status 6", "Device memory stays where it was while an interface is bound.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const AssignCase& c) { return c.is_mutable; }},
};

struct MmioCase {
  bool is_own;
  bool is_there;  // at that guest address
  bool is_validated;
};
inline constexpr trust::Rule<MmioCase> kMmioRules[] = {
    {{"tio.mmio.place", "SEV-TIO 0.91, MMIO_VALIDATE status 3 and 7",
      "A guest's private access to device memory reaches the page that it accepted at that address, and no other.",
      trust::Act::kRefuse},
     [](const MmioCase& c) { return c.is_own && c.is_there; }},
    {{"tio.mmio.validated", "SEV-TIO 0.91, MMIO_VALIDATE", "Device memory is private to a guest that validated it."},
     [](const MmioCase& c) { return c.is_validated; }},
};

}  // namespace tio
