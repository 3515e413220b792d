// The predicates of cca_rules.h that take more than a line.
#include <algorithm>

#include "guest/relying_party/cca_rules.h"
#include "platform/protocol/cose/key.h"

namespace relying_party {
namespace {

// ES384 and no other algorithm: the profiles of 1.0 know none.
bool signed_by(const cose::Sign1& message, base::View public_key) {
  return cose::algorithm_of(message) == cose::Algorithm::kEs384 && public_key.size() == 96 && cose::verify(message, public_key);
}

std::optional<ccaproto::HashAlgorithm> algorithm_named(std::string_view name) {
  for (const auto algorithm : {ccaproto::HashAlgorithm::kSha256, ccaproto::HashAlgorithm::kSha512})
    if (ccaproto::name_of(algorithm) == name) return algorithm;
  return std::nullopt;
}

}  // namespace

bool cca_format_is_right(const CcaCase& c) {
  return c.token && c.platform && c.realm && c.platform->profile == ccaproto::kPlatformProfile && c.realm->profile == ccaproto::kRealmProfile;
}

bool cca_key_is_endorsed(const CcaCase& c) {
  return c.endorsement && c.endorsement_message && signed_by(*c.endorsement_message, c.policy.vendor_key) && c.platform &&
         c.endorsement->instance_id == c.platform->instance_id && c.endorsement->implementation_id == c.platform->implementation_id;
}

bool cca_platform_is_signed(const CcaCase& c) { return c.token && c.endorsement && signed_by(c.token->platform, c.endorsement->public_key); }

bool cca_platform_is_of_family(const CcaCase& c) {
  return c.policy.implementations.empty() || (c.platform && c.policy.implementations.contains(c.platform->implementation_id));
}

bool cca_firmware_is_known(const CcaCase& c) {
  if (!c.platform || c.platform->sw_components.empty()) return false;
  return std::ranges::all_of(c.platform->sw_components, [&](const auto& component) {
    return c.policy.firmware.contains({component.measurement, component.signer_id});
  });
}

bool cca_realm_key_is_bound(const CcaCase& c) {
  if (!c.platform || !c.realm) return false;
  const auto hash = ccaproto::hash_by_name(c.realm->public_key_hash_algorithm, c.realm->public_key);
  return hash && *hash == c.platform->challenge;
}

bool cca_realm_is_signed(const CcaCase& c) {
  if (!c.token || !c.realm) return false;
  const auto key = cbor::decode(c.realm->public_key);
  const auto point = key ? cose::ec2_point(*key) : std::nullopt;
  return point && signed_by(c.token->realm, *point);
}

bool cca_hashes_are_as_named(const CcaCase& c) {
  if (!c.realm || !c.policy.hash_algorithms.contains(c.realm->hash_algorithm)) return false;
  const auto algorithm = algorithm_named(c.realm->hash_algorithm);
  return algorithm && c.realm->rim.size() == ccaproto::size_of(*algorithm);
}

bool cca_rems_have_expected_values(const CcaCase& c) {
  for (std::size_t i = 0; i < c.policy.rems.size(); ++i) {
    const auto& values = c.policy.rems[i].values;
    if (!values.empty() && !(c.realm && values.contains(c.realm->rems[i]))) return false;
  }
  return true;
}

bool cca_log_replays(const CcaCase& c) {
  for (std::size_t i = 0; i < c.policy.rems.size(); ++i) {
    if (!c.policy.rems[i].events) continue;
    const auto algorithm = c.realm ? algorithm_named(c.realm->hash_algorithm) : std::nullopt;
    if (!algorithm || !c.log) return false;
    const auto value = ccaproto::replay(*algorithm, *c.log)[i];
    if (!std::ranges::equal(base::View(value).first(ccaproto::size_of(*algorithm)), c.realm->rems[i])) return false;
  }
  return true;
}

bool cca_events_are_as_expected(const CcaCase& c) {
  for (std::size_t i = 0; i < c.policy.rems.size(); ++i) {
    const auto& wanted = c.policy.rems[i].events;
    if (!wanted) continue;
    if (!c.log || !wanted->fits(*c.log, static_cast<std::uint32_t>(i) + 1)) return false;
  }
  return true;
}

}  // namespace relying_party
