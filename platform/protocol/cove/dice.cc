#include "platform/protocol/cove/dice.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace coveproto {

Cdi next_cdi(const Cdi& previous, const Digest& measured) {
  base::Bytes from = base::bytes_of(previous);
  base::append(from, measured);
  const auto bytes = crypto::hkdf_sha384(from, {}, base::view_of("CDI"), Cdi{}.size());
  Cdi out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

crypto::EcKey key_of(const Cdi& cdi) { return crypto::EcKey::derive(crypto::Curve::kP384, cdi, "CoVE attestation key"); }

std::string id_of(base::View public_point) {
  return base::to_hex(crypto::hkdf_sha384(public_point, {}, base::view_of("ID"), kIdSize));
}

}  // namespace coveproto
