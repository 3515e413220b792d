#pragma once
// Hashes chosen while running, as protocols that negotiate them need: digest, HMAC (RFC 2104) and HKDF (RFC 5869).
// Pure functions of their arguments.
#include <cstdint>

#include "platform/base/bytes.h"

namespace crypto {

enum class Digest : std::uint8_t { kSha256, kSha384, kSha512 };

constexpr std::size_t size_of(Digest digest) {
  return digest == Digest::kSha256 ? 32 : digest == Digest::kSha384 ? 48 : 64;
}

base::Bytes hash(Digest digest, base::View data);
base::Bytes hmac(Digest digest, base::View key, base::View data);
base::Bytes hkdf_extract(Digest digest, base::View salt, base::View ikm);
// At most 255 blocks.
base::Bytes hkdf_expand(Digest digest, base::View prk, base::View info, std::size_t length);

}  // namespace crypto
