#pragma once
// What a careful TVM refuses.
#include <cstdint>

#include "platform/protocol/cove/structures.h"
#include "platform/trust/defence.h"

namespace tsm_abi {

struct CoveBootCase {
  const coveproto::AttestationCapabilities& capabilities;
};
inline constexpr trust::Rule<CoveBootCase> kCoveBootRules[] = {
    {{"cove.boot.registers", "RISC-V CoVE 0.7, sbi_covg_get_attcaps",
      "A guest runs only where what it measures is kept, and evidence can be had.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const CoveBootCase& c) {
       return c.capabilities.runtime_measurements != 0 && (c.capabilities.certificate_formats & coveproto::kCertificateCbor) != 0 &&
              c.capabilities.hash_algorithm == coveproto::HashAlgorithm::kSha384;
     }},
};

// A page of confidential memory that the guest never used, as it is found at first.
struct CoveFreshCase {
  bool zero;
};
inline constexpr trust::Rule<CoveFreshCase> kCoveFreshRules[] = {
    {{"cove.accept.zero", "RISC-V CoVE 0.7, sbi_covh_add_tvm_zero_pages",
      "A page that becomes confidential begins as zeroes, or the guest does not use it.", trust::Act::kDetect},
     [](const CoveFreshCase& c) { return c.zero; }},
};

struct CoveAcceptCase {
  bool accepted_before;
};
inline constexpr trust::Rule<CoveAcceptCase> kCoveAcceptRules[] = {
    {{"cove.accept.tracking", "RISC-V CoVE 0.7, sbi_covg_unshare_memory_region",
      "A page that the guest holds is never asked for again.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const CoveAcceptCase& c) { return !c.accepted_before; }},
};

// What sbi_covg_get_evidence gave, by what it says of itself.
struct CoveEvidenceCase {
  std::uint64_t size, room;
};
inline constexpr trust::Rule<CoveEvidenceCase> kCoveEvidenceRules[] = {
    {{"cove.evidence.size", "RISC-V CoVE 0.7, sbi_covg_get_evidence", "A certificate is no longer than the buffer that it came in.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const CoveEvidenceCase& c) { return c.size != 0 && c.size <= c.room; }},
};

}  // namespace tsm_abi
