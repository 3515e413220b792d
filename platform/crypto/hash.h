#pragma once
// Hashes, MACs and key derivation. Pure functions of their arguments: nothing here draws randomness, so no `Library`
// is needed.
#include <string_view>

#include "platform/base/bytes.h"

struct evp_md_ctx_st;

namespace crypto {

base::Block<32> sha256(base::View data);
base::Block<48> sha384(base::View data);
base::Block<64> sha512(base::View data);

// A hash that grows. `finish` leaves the object as it was, so that a running transcript can be read in the middle.
template <std::size_t N>
class Hash {
 public:
  Hash();
  Hash(const Hash& other);
  Hash& operator=(const Hash& other);
  ~Hash();
  Hash& update(base::View data);
  base::Block<N> finish() const;

 private:
  evp_md_ctx_st* context_;
};
extern template class Hash<32>;
extern template class Hash<48>;
using Hash256 = Hash<32>;
using Hash384 = Hash<48>;

base::Block<32> hmac_sha256(base::View key, base::View data);
base::Block<48> hmac_sha384(base::View key, base::View data);

// RFC 5869. Extract is HMAC with the salt as key; `length` is at most 255 blocks.
base::Bytes hkdf_expand_sha256(base::View prk, base::View info, std::size_t length);
base::Bytes hkdf_expand_sha384(base::View prk, base::View info, std::size_t length);
base::Bytes hkdf_sha256(base::View ikm, base::View salt, base::View info, std::size_t length);
base::Bytes hkdf_sha384(base::View ikm, base::View salt, base::View info, std::size_t length);

// SP 800-108 counter mode over HMAC-SHA256 as SEV uses it: i (LE32) || label || 00 || context || bits (LE32), i from 1.
base::Bytes sp800_108_sha256(base::View key, std::string_view label, base::View context, std::size_t length);

}  // namespace crypto
