// The predicates of cove_rules.h that take more than a line.
#include <algorithm>
#include <charconv>

#include "guest/relying_party/cove_rules.h"
#include "platform/protocol/cove/dice.h"
#include "platform/protocol/cove/x509_form.h"

namespace relying_party {

namespace {

using coveproto::Digest;
using coveproto::SwComponent;

bool is_digest(base::View value) { return value.size() == Digest{}.size(); }

std::optional<Digest> digest_of(base::View value) {
  if (!is_digest(value)) return std::nullopt;
  Digest out{};
  std::copy(value.begin(), value.end(), out.begin());
  return out;
}

bool well_formed(const SwComponent& component) {
  return component.hash_algorithm == coveproto::kHashName && is_digest(component.measurement) && is_digest(component.signer) &&
         (!component.manifest || is_digest(*component.manifest));
}

bool well_formed(const std::vector<coveproto::RegisterValue>& registers) {
  return std::ranges::all_of(registers, [](const auto& one) { return one.hash_algorithm == coveproto::kHashName && is_digest(one.value); });
}

bool by_es384(const cose::Sign1& message) { return cose::algorithm_of(message) == cose::Algorithm::kEs384; }

std::vector<SwComponent> components_of(const CoveCase& c) {
  if (!c.evidence) return {};
  std::vector<SwComponent> all = c.evidence->platform.components;
  all.push_back(c.evidence->tsm.driver);
  all.push_back(c.evidence->tsm.tsm);
  return all;
}

std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Each listed component is there once and passes.
template <class Passes>
bool each_listed(const CoveCase& c, Passes passes) {
  const auto all = components_of(c);
  for (const auto& [type, wanted] : c.policy.components) {
    if (std::ranges::count(all, type, &SwComponent::type) != 1) return false;
    if (!passes(*std::ranges::find(all, type, &SwComponent::type), wanted)) return false;
  }
  return c.evidence.has_value();
}

}  // namespace

std::optional<Digest> CoveCase::register_value(std::uint64_t index) const {
  if (!evidence) return std::nullopt;
  std::vector<coveproto::RegisterValue> all = evidence->tvm.initial;
  if (evidence->tvm.runtime) all.insert(all.end(), evidence->tvm.runtime->begin(), evidence->tvm.runtime->end());
  if (std::ranges::count(all, index, &coveproto::RegisterValue::index) != 1) return std::nullopt;
  return digest_of(std::ranges::find(all, index, &coveproto::RegisterValue::index)->value);
}

bool cove_format_is_right(const CoveCase& c) {
  if (!c.evidence) return false;
  const auto& e = *c.evidence;
  const auto& tokens = e.signed_tokens;
  return e.platform.profile == coveproto::kProfile && (e.x509 || by_es384(e.envelope)) && by_es384(tokens.platform) &&
         by_es384(tokens.tsm) && by_es384(tokens.tvm) && well_formed(e.tvm.initial) && (!e.tvm.runtime || well_formed(*e.tvm.runtime)) &&
         std::ranges::all_of(components_of(c), [](const SwComponent& one) { return well_formed(one); });
}

bool cove_root_of_trust_is_endorsed(const CoveCase& c) {
  const auto& root = c.policy.root;
  return root && c.endorsement && root->is_authority() && !c.endorsement->is_authority() && root->valid_at(c.now) &&
         crypto::issued_by(*c.endorsement, *root, c.now);
}

bool cove_endorsement_stands(const CoveCase& c) {
  const auto& list = c.policy.revocation_list;
  if (!list) return true;
  return c.policy.root && c.endorsement && list->names_as_issuer(*c.policy.root) &&
         list->signed_by(c.policy.root->public_key()) && list->current_at(c.now) && !list->revokes(*c.endorsement);
}

bool cove_platform_is_known(const CoveCase& c) {
  if (!c.policy.platforms) return true;
  // By the key and not by the name: a name is what the endorser says of it.
  if (!c.endorsement || !c.endorsement->public_point()) return false;
  return c.policy.platforms->contains(coveproto::id_of(*c.endorsement->public_point()));
}

bool cove_platform_is_signed(const CoveCase& c) {
  return c.evidence && c.endorsement && c.endorsement->public_point() &&
         cose::verify(c.evidence->signed_tokens.platform, *c.endorsement->public_point());
}

bool cove_tsm_is_signed(const CoveCase& c) {
  return c.evidence && cose::verify(c.evidence->signed_tokens.tsm, c.evidence->platform.public_key);
}

bool cove_tvm_is_signed(const CoveCase& c) {
  return c.evidence && cose::verify(c.evidence->signed_tokens.tvm, c.evidence->tsm.public_key);
}

bool cove_certificate_is_signed(const CoveCase& c) {
  return c.evidence && c.evidence->certificate.issuer == coveproto::id_of(c.evidence->tsm.public_key) &&
         (c.evidence->x509 ? c.evidence->x509->signed_by(crypto::public_key_info(c.evidence->tsm.public_key))
                           : cose::verify(c.evidence->envelope, c.evidence->tsm.public_key));
}

bool cove_certificate_has_its_fields(const CoveCase& c) {
  return c.evidence && (!c.evidence->x509 || coveproto::follows_profile(*c.evidence->x509));
}

bool cove_versions_are_accepted(const CoveCase& c) {
  return each_listed(c, [](const SwComponent& one, const CoveComponentPolicy& wanted) {
    const auto svn = number(one.svn);
    return svn && *svn >= wanted.svn_min;
  });
}

bool cove_components_are_known(const CoveCase& c) {
  return each_listed(c, [](const SwComponent& one, const CoveComponentPolicy& wanted) {
    return (wanted.measurements.empty() || wanted.measurements.contains(one.measurement)) &&
           (wanted.signers.empty() || wanted.signers.contains(one.signer));
  });
}

bool cove_boot_registers_agree(const CoveCase& c) {
  if (!c.evidence) return false;
  std::array<Digest, coveproto::kTvmPagesRegister> told{};
  const auto add = [&](const SwComponent& one, std::size_t at) {
    told[at] = coveproto::extended(told[at], one.measurement);
    if (one.manifest) told[at + 1] = coveproto::extended(told[at + 1], *one.manifest);
  };
  for (const auto& one : c.evidence->platform.components) add(one, coveproto::kPlatformFirmwareRegister);
  add(c.evidence->tsm.driver, coveproto::kTsmRegister);
  add(c.evidence->tsm.tsm, coveproto::kTsmRegister);
  for (std::size_t i = 0; i < told.size(); ++i)
    if (c.register_value(i) != told[i]) return false;
  return true;
}

bool cove_initial_registers_are_expected(const CoveCase& c) {
  for (const std::uint64_t own : {coveproto::kTvmPagesRegister, coveproto::kTvmConfigurationRegister})
    if (!c.policy.initial.contains(own)) return false;
  return std::ranges::all_of(c.policy.initial, [&](const auto& wanted) {
    const auto value = c.register_value(wanted.first);
    return value && wanted.second.contains(*value);
  });
}

bool cove_runtime_registers_are_expected(const CoveCase& c) {
  return std::ranges::all_of(c.policy.runtime, [&](const auto& wanted) {
    const auto value = c.register_value(wanted.first);
    return wanted.second.values.empty() || (value && wanted.second.values.contains(*value));
  });
}

bool cove_log_replays(const CoveCase& c) {
  for (const auto& [index, wanted] : c.policy.runtime) {
    if (!wanted.events) continue;
    if (!c.log || !coveproto::is_runtime(index)) return false;
    if (c.register_value(index) != coveproto::replay(*c.log)[index - coveproto::kInitialRegisters]) return false;
  }
  return true;
}

bool cove_events_are_expected(const CoveCase& c) {
  for (const auto& [index, wanted] : c.policy.runtime) {
    if (!wanted.events) continue;
    std::vector<Digest> told;
    for (const auto& event : c.log.value_or(coveproto::EventLog{}))
      if (event.index == index) told.push_back(event.digest);
    if (told != *wanted.events) return false;
  }
  return true;
}

}  // namespace relying_party
