#pragma once
// What a forger of evidence holds, as data, and what it makes of it.
#include <string>

#include "platform/base/bytes.h"
#include "platform/crypto/ec_key.h"

namespace engine {

struct Forgery {
  enum class Key { kOwn, kLeaked };                // made up, or the endorsement key that was taken out of `chip`
  enum class Root { kVendor, kOwn };               // of an own key: whose intermediate and root stand above it
  enum class Intermediate { kCurrent, kRetired };  // of a leaked key: under which the vendor certified it
  Key key = Key::kOwn;
  Root root = Root::kVendor;
  Intermediate intermediate = Intermediate::kCurrent;
  std::string chip = "chip0";  // of the certificate
  bool old_tcb = false;        // the certificate is of firmware that the owner no longer accepts
  std::string claimed_chip = "chip0";  // of the report
  bool claims_old_tcb = false;
};

// As relying_party::Evidence carries the two.
struct Counterfeit {
  base::Bytes report, attachment;
};

// A key of the forger's own.
crypto::EcKey forgers_key(std::uint64_t seed, std::string_view label, crypto::Curve curve = crypto::Curve::kP384);

}  // namespace engine
