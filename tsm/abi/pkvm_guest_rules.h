#pragma once
// What a careful guest under pKVM refuses.
#include <cstdint>

#include "platform/protocol/pkvm/guest_calls.h"
#include "platform/trust/defence.h"

namespace tsm_abi {

struct PkvmBootCase {
  bool is_kvm;
  std::uint64_t features, granule;
};
inline constexpr trust::Rule<PkvmBootCase> kPkvmBootRules[] = {
    {{"pkvm.boot.uid", "Linux of mid-2026, kvm_init_hyp_services",
      "A guest trusts its calls to the hypervisor that it was built for.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const PkvmBootCase& c) { return c.is_kvm; }},
    {{"pkvm.boot.features", "Linux of mid-2026, pkvm_init_hyp_services", "A guest that has to share pages runs where it can.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const PkvmBootCase& c) {
       const std::uint64_t needed =
           pkvmproto::kFeatureHypMeminfo | pkvmproto::kFeatureMemShare | pkvmproto::kFeatureMemUnshare;
       return (c.features & needed) == needed;
     }},
    {{"pkvm.boot.granule", "Linux of mid-2026, pkvm_init_hyp_services",
      "What the hypervisor protects is no coarser than the guest's pages.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const PkvmBootCase& c) { return c.granule != 0 && c.granule <= 4096; }},
};

struct PkvmUnshareCase {
  bool ended;  // the hypervisor took the page away from the host
};
inline constexpr trust::Rule<PkvmUnshareCase> kPkvmUnshareRules[] = {
    {{"pkvm.unshare.ended", "Linux of mid-2026, pkvm_set_memory_encrypted",
      "Nothing private enters a page of which the sharing has not ended.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const PkvmUnshareCase& c) { return c.ended; }},
};

}  // namespace tsm_abi
