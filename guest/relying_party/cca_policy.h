#pragma once
// What the owner of a realm is willing to believe. Plain data, as policy.h is for SNP: an unset optional or an empty set means that the
// owner does not ask, except for the vendor's key, the firmware and the initial measurement, where nothing is accepted unasked.
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "guest/relying_party/event_policy.h"
#include "platform/base/bytes.h"
#include "platform/protocol/cca/event_log.h"

namespace relying_party {

// One component of the platform's firmware that the owner knows. What it calls itself is only a hint.
struct CcaReference {
  base::Bytes measurement, signer_id;
  auto operator<=>(const CcaReference&) const = default;
};

using CcaEventPolicy = EventPolicy<ccaproto::EventDigest>;
struct CcaRegisterPolicy {
  std::set<base::Bytes> values;
  std::optional<CcaEventPolicy> events;
};

struct CcaPolicy {
  base::Bytes vendor_key;  // of the silicon vendor, obtained out of band: the only anchor

  // The platform.
  std::set<base::Block<32>> implementations;
  std::optional<std::set<base::Block<33>>> instances;
  std::set<base::Block<33>> withdrawn;  // whose keys the vendor vouches for no longer, as the owner last heard
  std::set<CcaReference> firmware;
  std::optional<base::Bytes> config;
  bool allow_debug = false;  // life cycles other than "secured"

  // The realm.
  std::set<std::string> hash_algorithms{"sha-256", "sha-512"};
  std::set<base::Bytes> rims;
  std::optional<base::Block<64>> personalization;  // which the host chose
  std::array<CcaRegisterPolicy, ccaproto::kExtensible> rems;
};

}  // namespace relying_party
