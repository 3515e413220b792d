#include "platform/protocol/sev/id_block.h"

#include "platform/crypto/hash.h"

namespace sevproto {

EcdsaPublicKey public_key_of(const base::Block<48>& x, const base::Block<48>& y) {
  return {.curve = kCurveP384, .qx = le72_of(x), .qy = le72_of(y)};
}

EcdsaSignature signature_of(const base::Block<48>& r, const base::Block<48>& s) {
  return {.r = le72_of(r), .s = le72_of(s)};
}

base::Block<48> key_digest(const EcdsaPublicKey& key) { return crypto::sha384(wire::encode(key)); }

}  // namespace sevproto
