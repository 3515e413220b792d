#pragma once
// What the owner of a protected VM is willing to believe. Plain data: an empty set means that the owner does not ask,
// except for the root keys and for the code of the last layer, where nothing is accepted unasked.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/protocol/pkvm/dice.h"

namespace relying_party {

// One layer of what was booted, by the names that components give themselves.
struct PkvmLayer {
  std::string component;
  std::set<pkvmproto::DiceHash> code_hashes, authorities;
  std::int64_t minimum_version = 0;  // the security version that it claims
};

struct PkvmPolicy {
  // Root keys of devices that their vendor endorses: the only anchor.
  std::set<base::Bytes> endorsed_roots;
  // From the device's first firmware to the VM's kernel, all of them.
  std::vector<PkvmLayer> layers;
  // What the VM measured of what the host chose for it; the chain has no such entry where the owner expects none.
  std::optional<PkvmLayer> configuration;
  bool allow_debug = false;
  std::optional<std::set<base::Bytes>> devices;  // root keys again: those of the owner's own
};

}  // namespace relying_party
