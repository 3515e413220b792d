#pragma once
// The owner's policy on devices as bytes that a guest's image can hold: whatever is in policy.h, and nothing besides.
// Little-endian. The image is measured, so whoever attests the guest knows which policy it judges by.
#include <optional>

#include "guest/device_trust/policy.h"
#include "platform/wire/schema.h"

namespace device_trust {

base::Bytes bytes_of(const Policy& policy);
// Empty for anything that is not exactly one policy, certificates and revocation lists included.
std::optional<Policy> policy_of(base::View bytes);

std::vector<wire::Schema> policy_schemas();

}  // namespace device_trust
