#pragma once
// What the owner of a VM puts into its image about devices: whose certificates, which firmware, which terms. One owner
// for all machines, and a strict one; what a knob leaves out is said in knobs.h.
#include <string>

#include "guest/device_trust/policy.h"
#include "platform/crypto/library.h"

namespace engine {

// On cards of that kind (cards.h).
device_trust::Policy device_policy(const std::string& kind, bool signed_measurements, std::uint64_t seed, crypto::Library& library);

// Instead of the makers': a root of somebody else's, for a responder outside.
void trust_root(device_trust::Policy& policy, const crypto::Certificate& root);

}  // namespace engine
