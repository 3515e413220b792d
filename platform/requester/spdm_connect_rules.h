#pragma once
// What an SPDM requester refuses while it connects.
#include "platform/requester/spdm_rules.h"

namespace requester {

struct VersionCase {
  bool has_wanted;  // one of those that its owner allows
  bool has_known;   // one that this program speaks
};
inline constexpr trust::Rule<VersionCase> kVersionRules[] = {
    {{"spdm.version.known", "DSP0274 1.3, 10.3", "A version is spoken that both sides know.", kRefuses, kConforms},
     [](const VersionCase& c) { return c.has_known; }},
    {{"spdm.version.offered", "DSP0274 1.3, 10.3", "No version is spoken that the requester's owner does not allow.",
      kRefuses, kConforms},
     [](const VersionCase& c) { return c.has_wanted; }},
};

struct CapabilitiesCase {
  const spdm::Capabilities& response;
};
inline constexpr trust::Rule<CapabilitiesCase> kCapabilitiesRules[] = {
    {{"spdm.capabilities.lawful", "DSP0274 1.3, 10.4", "No capability is claimed without those that it needs.",
      kRefuses, kConforms},
     [](const CapabilitiesCase& c) {
       const std::uint32_t flags = c.response.flags;
       if ((flags & spdm::kCapMeasurementsMask) == spdm::kCapMeasurementsMask) return false;
       if (c.response.header.version < spdm::Version::k11) return true;
       if ((flags & spdm::kCapPskMask) == spdm::kCapPskMask) return false;
       const bool has_sessions = (flags & (spdm::kCapKeyExchange | spdm::kCapPskMask)) != 0;
       const bool has_records = (flags & (spdm::kCapEncrypt | spdm::kCapMac)) != 0;
       return has_sessions == has_records;
     }},
    {{"spdm.capabilities.transfer", "DSP0274 1.3, 10.4",
      "The responder takes messages of a size that allows a conversation.", kRefuses, kConforms},
     [](const CapabilitiesCase& c) {
       return !c.response.has_sizes() || (c.response.data_transfer_size >= spdm::kDataTransferSizeMin &&
                                          c.response.data_transfer_size <= c.response.max_spdm_msg_size);
     }},
};

struct AlgorithmsCase {
  bool has_length;  // as the message tells it, and no algorithms from elsewhere
  bool within_offer;
  bool is_computable;  // at most one of each, and those that are needed are known here
};
inline constexpr trust::Rule<AlgorithmsCase> kAlgorithmsRules[] = {
    {{"spdm.algorithms.size", "DSP0274 1.3, 10.5", "ALGORITHMS has the length that it tells.", kRefuses, kConforms},
     [](const AlgorithmsCase& c) { return c.has_length; }},
    {{"spdm.algorithms.offered", "DSP0274 1.3, 10.5", "No algorithm is used that was not offered.", kRefuses, kConforms},
     [](const AlgorithmsCase& c) { return c.within_offer; }},
    {{"spdm.algorithms.single", "DSP0274 1.3, 10.5", "Of each kind at most one algorithm is chosen, a known one.",
      kRefuses, kConforms},
     [](const AlgorithmsCase& c) { return c.is_computable; }},
};

}  // namespace requester
