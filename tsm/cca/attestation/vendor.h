#pragma once
// The silicon vendor, who knows each platform's key and says so. The keys are emulated and published, and vouch for nothing outside of
// Glacis.
#include <string>

#include "tsm/cca/attestation/edit.h"
#include "tsm/cca/attestation/platform.h"

namespace attestation {

// What the vendor signs is the same in every world, since it signs before the world begins. A second vendor, of another name, has
// another key.
class Vendor {
 public:
  explicit Vendor(std::string name = "vendor");

  const base::Bytes& public_key() const { return key_.public_point(); }  // X||Y, P-384
  // An encoded COSE_Sign1 over ccaproto::KeyEndorsement. `edit` sees "cca.KEY_ENDORSEMENT".
  base::Bytes endorse(const Platform& platform, const Edit& edit = {}) const;

 private:
  crypto::EcKey key_;
};

}  // namespace attestation
