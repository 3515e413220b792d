#pragma once
// Ed25519 (RFC 8032, 5.1): signatures that need no randomness. Pure functions of their arguments.
#include <string_view>

#include "platform/base/bytes.h"

namespace crypto {

class Ed25519Key {
 public:
  // The same seed and label give the same key, everywhere.
  static Ed25519Key derive(base::View seed, std::string_view label);
  static Ed25519Key from_private(const base::Block<32>& key);

  const base::Block<32>& private_key() const { return private_; }
  const base::Block<32>& public_key() const { return public_; }
  base::Block<64> sign(base::View message) const;

 private:
  Ed25519Key(const base::Block<32>& own, const base::Block<32>& shown) : private_(own), public_(shown) {}
  base::Block<32> private_;
  base::Block<32> public_;
};

// False for keys and signatures of another length, and for those that do not fit.
bool ed25519_verify(base::View public_key, base::View message, base::View signature);

}  // namespace crypto
