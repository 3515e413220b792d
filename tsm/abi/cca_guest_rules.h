#pragma once
// What a careful kernel in a realm refuses.
#include <cstdint>

#include "platform/protocol/cca/rsi.h"
#include "platform/trust/defence.h"

namespace tsm_abi {

struct RealmBootCase {
  std::uint64_t status, version;
  std::uint64_t ipa_width;  // 0: not known yet
};
inline constexpr trust::Rule<RealmBootCase> kRealmBootRules[] = {
    {{"cca.boot.version", "RMM 1.0, RSI_VERSION; Linux 6.16, rsi_version_matches",
      "A guest runs only under an RMM whose interface it knows.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const RealmBootCase& c) { return c.status == 0 && c.version >> 16 == ccaproto::kInterface10 >> 16; }},
    {{"cca.boot.ipa-width", "RMM 1.0, RSI_REALM_CONFIG", "A guest knows which bit of an address means the host.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const RealmBootCase& c) { return c.ipa_width == 0 || (c.ipa_width >= 32 && c.ipa_width <= 52); }},
};

// A page that the guest is about to take in.
struct RealmAcceptCase {
  bool accepted_before;
};
inline constexpr trust::Rule<RealmAcceptCase> kRealmAcceptRules[] = {
    {{"cca.accept.tracking", "RMM 1.0, RSI_IPA_STATE_SET, CHANGE_DESTROYED",
      "A page that was taken in once, and not given up since, is never asked for again.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const RealmAcceptCase& c) { return !c.accepted_before; }},
};

// What one RSI_IPA_STATE_SET came back with.
struct RealmChangeCase {
  std::uint64_t at, top, next, response;
};
inline constexpr trust::Rule<RealmChangeCase> kRealmChangeRules[] = {
    {{"cca.accept.response", "RMM 1.0, RSI_IPA_STATE_SET, response", "A change of memory that the host rejected is not taken for done.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const RealmChangeCase& c) { return c.response == ccaproto::kResponseAccept; }},
    {{"cca.accept.progress", "RMM 1.0, RSI_IPA_STATE_SET, new_base; Linux 6.16, rsi_set_memory_range",
      "A change of memory goes on only within the range that the guest asked for, and ends.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const RealmChangeCase& c) { return c.next > c.at && c.next <= c.top; }},
};

// What the RMM says of a page afterwards.
struct RealmStateCase {
  ccaproto::Ripas wanted, state;
};
inline constexpr trust::Rule<RealmStateCase> kRealmStateRules[] = {
    {{"cca.accept.state", "RMM 1.0, RSI_IPA_STATE_GET", "A page is used for what the RMM says that it is.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const RealmStateCase& c) { return c.state == c.wanted; }},
};

struct RealmTokenCase {
  std::uint64_t received, length, max;
};
inline constexpr trust::Rule<RealmTokenCase> kRealmTokenRules[] = {
    {{"cca.token.length", "RMM 1.0, RSI_ATTESTATION_TOKEN_CONTINUE", "A token is no longer than the RMM said, and each part than its room.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const RealmTokenCase& c) { return c.received + c.length <= c.max; }},
};

}  // namespace tsm_abi
