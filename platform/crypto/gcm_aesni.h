#pragma once
// AES-256-GCM of short records by the processor's own instructions, for Aes256Gcm alone: through OpenSSL's EVP a packet
// of a few hundred bytes costs more in calls than in arithmetic. Byte-equal to OpenSSL (gcm_aesni_test.cc), chosen when
// it runs, and absent where the processor lacks it.
#include <array>
#include <cstddef>
#include <cstdint>

#include "platform/base/bytes.h"

namespace crypto {

// Who computes AES-256-GCM: what this processor lacks falls back to OpenSSL.
enum class GcmPath { kFastest, kOpenSsl };

inline constexpr std::size_t kAes256Rounds = 14;
inline constexpr std::size_t kHashPowers = 32;

// Made once for a key: the round keys, and the powers 1 to kHashPowers of the hash key H as the passes want them.
struct GcmKey {
  std::array<base::Block<16>, kAes256Rounds + 1> rounds{};
  std::array<base::Block<16>, kHashPowers> powers{};
};

// `in` and `out` are of one size, and equal or do not overlap; the nonce has 12 bytes.
struct GcmRecord {
  base::View iv, aad, in;
  std::uint8_t* out = nullptr;
};

struct GcmPasses {
  GcmKey (*expand)(const base::Block<32>& key) = nullptr;
  // The whole tag. Opening gives the one that would have fit: to compare is the caller's.
  base::Block<16> (*seal)(const GcmKey& key, const GcmRecord& record) = nullptr;
  base::Block<16> (*open)(const GcmKey& key, const GcmRecord& record) = nullptr;
};

// Null for kOpenSsl, and for what this processor or compiler lacks.
const GcmPasses* find_gcm_passes(GcmPath path);

}  // namespace crypto
