#pragma once
// What a careful kernel in a realm refuses of what it is told about an interface.
#include <cstdint>

#include "platform/protocol/cca/da.h"
#include "platform/trust/defence.h"

namespace tsm_abi {

struct RealmVdevCase {
  const ccaproto::VdevInfo& info;
};
inline constexpr trust::Rule<RealmVdevCase> kRealmVdevRules[] = {
    {{"cca.tdi.form", "RMM 2.0, RsiVdevInfo", "An interface is judged by digests and a report of a kind that the guest knows.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const RealmVdevCase& c) {
       return c.info.hash_algo == ccaproto::DigestAlgorithm::kSha384 && c.info.format_type == ccaproto::kReportTdisp &&
              c.info.format_version == ccaproto::kReportTdisp10;
     }},
    {{"cca.tdi.locked", "RMM 2.0, RsiVdevInfo, state", "What an interface is, is judged while it cannot change.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const RealmVdevCase& c) { return c.info.state == ccaproto::RsiVdevState::kLocked && c.info.lock_nonce != 0 && c.info.report_nonce != 0; }},
};

struct RealmKeyCase {
  bool has_key;      // there is a certificate, and a key in it
  bool is_same_key;  // which the RMM opened the session with
};
inline constexpr trust::Rule<RealmKeyCase> kRealmKeyRules[] = {
    {{"cca.tdi.key", "RMM 2.0, RsiVdevInfo, public key digest",
      "The key that the RMM spoke to is the one in the certificate that the guest judges.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const RealmKeyCase& c) { return c.has_key && c.is_same_key; }},
};

// What one RSI_VDEV_VALIDATE_MAPPING came back with.
struct RealmMappingCase {
  std::uint64_t at, top, next, response;
};
inline constexpr trust::Rule<RealmMappingCase> kRealmMappingRules[] = {
    {{"cca.tdi.mapped", "RMM 2.0, RSI_VDEV_VALIDATE_MAPPING, new_base and response",
      "Device memory that the host did not put there is not taken for the guest's own.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const RealmMappingCase& c) { return c.response == ccaproto::kResponseAccept && c.next > c.at && c.next <= c.top; }},
};

}  // namespace tsm_abi
