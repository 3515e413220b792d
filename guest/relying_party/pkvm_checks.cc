#include <algorithm>

#include "guest/relying_party/pkvm_rules.h"
#include "platform/crypto/hash.h"

namespace relying_party {

namespace {

// The key that signs entry number i.
const base::Bytes& authority_of(const pkvmproto::DiceChain& chain, std::size_t i) {
  return i == 0 ? chain.root_point : chain.entries[i - 1].subject_point;
}

template <class Holds>
bool each_entry(const PkvmCase& c, Holds holds) {
  return c.chain && std::ranges::all_of(c.chain->entries, holds);
}

// Entries beside the layers that the policy has: firmware's, or the VM's, which is the last of these.
template <class Holds>
bool each_layer(const PkvmCase& c, bool vm, Holds holds) {
  if (!c.chain || c.policy.layers.empty() || c.chain->entries.size() < c.policy.layers.size()) return false;
  const auto& entries = c.chain->entries;
  const std::size_t last = c.policy.layers.size() - 1;
  if (vm) return holds(entries[last], c.policy.layers[last]);
  for (std::size_t i = 0; i < last; ++i)
    if (!holds(entries[i], c.policy.layers[i])) return false;
  return true;
}

bool is_among(const std::set<pkvmproto::DiceHash>& wanted, const pkvmproto::DiceHash& there) {
  return wanted.empty() || wanted.contains(there);
}
bool is_new_enough(const pkvmproto::DiceEntry& entry, const PkvmLayer& layer) {
  return entry.config.security_version.value_or(0) >= layer.minimum_version;
}

}  // namespace

bool pkvm_root_is_endorsed(const PkvmCase& c) {
  return c.chain && c.policy.endorsed_roots.contains(c.chain->root_point);
}

bool pkvm_chain_is_signed(const PkvmCase& c) {
  if (!c.chain) return false;
  for (std::size_t i = 0; i < c.chain->entries.size(); ++i)
    if (!cose::verify(c.chain->entries[i].message, authority_of(*c.chain, i))) return false;
  return true;
}

bool pkvm_names_link(const PkvmCase& c) {
  if (!c.chain) return false;
  for (std::size_t i = 0; i < c.chain->entries.size(); ++i) {
    const auto& entry = c.chain->entries[i];
    if (entry.issuer != pkvmproto::dice_id(authority_of(*c.chain, i)) ||
        entry.subject != pkvmproto::dice_id(entry.subject_point))
      return false;
  }
  return true;
}

bool pkvm_configs_are_hashed(const PkvmCase& c) {
  return each_entry(c, [](const auto& entry) { return entry.config_hash == crypto::sha512(entry.config_descriptor); });
}

bool pkvm_components_are_expected(const PkvmCase& c) {
  std::vector<PkvmLayer> layers = c.policy.layers;
  if (c.policy.configuration) layers.push_back(*c.policy.configuration);
  return c.chain && std::ranges::equal(c.chain->entries, layers, [](const auto& entry, const auto& layer) {
           return entry.config.component_name == layer.component && entry.profile == pkvmproto::kAndroidProfile;
         });
}

bool pkvm_modes_are_normal(const PkvmCase& c) {
  return each_entry(c, [&](const auto& entry) {
    return entry.mode == pkvmproto::DiceMode::kNormal ||
           (c.policy.allow_debug && entry.mode == pkvmproto::DiceMode::kDebug);
  });
}

bool pkvm_firmware_is_known(const PkvmCase& c) {
  return each_layer(c, false, [](const auto& entry, const auto& layer) {
    return is_among(layer.code_hashes, entry.code_hash) && is_among(layer.authorities, entry.authority_hash);
  });
}

bool pkvm_firmware_is_new_enough(const PkvmCase& c) { return each_layer(c, false, is_new_enough); }

bool pkvm_authority_is_expected(const PkvmCase& c) {
  return each_layer(
      c, true, [](const auto& entry, const auto& layer) { return is_among(layer.authorities, entry.authority_hash); });
}

bool pkvm_code_is_expected(const PkvmCase& c) {
  return each_layer(c, true,
                    [](const auto& entry, const auto& layer) { return layer.code_hashes.contains(entry.code_hash); });
}

bool pkvm_version_is_new_enough(const PkvmCase& c) { return each_layer(c, true, is_new_enough); }

bool pkvm_configuration_is_expected(const PkvmCase& c) {
  if (!c.policy.configuration) return true;
  return c.leaf() && c.policy.configuration->code_hashes.contains(c.leaf()->code_hash);
}

bool pkvm_device_is_known(const PkvmCase& c) {
  return !c.policy.devices || (c.chain && c.policy.devices->contains(c.chain->root_point));
}

bool pkvm_evidence_is_signed(const PkvmCase& c) {
  return c.leaf() && c.evidence && cose::verify(*c.evidence, c.leaf()->subject_point);
}

}  // namespace relying_party
