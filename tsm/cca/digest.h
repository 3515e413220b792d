#pragma once
// Digests of what a device said, as a realm compares them.
#include "platform/base/bytes.h"
#include "tsm/cca/devices.h"

namespace cca {

Digest digest_of(ccaproto::DigestAlgorithm algorithm, base::View bytes);

}  // namespace cca
