#pragma once
// AES-128 of many blocks by the processor's own instructions, for LineCipher alone: an XTS block at a system physical
// address costs two calls of the cipher, and through OpenSSL's ECB each is a pass of its own over the page.
// Byte-equal to OpenSSL (line_cipher_aesni_test.cc), chosen when it runs, and absent where the processor lacks it.
#include <array>
#include <cstddef>
#include <cstdint>

#include "platform/memory/line_cipher.h"

namespace memory {

inline constexpr std::size_t kRounds = 10;

using RoundKeys = std::array<base::Block<16>, kRounds + 1>;
struct AesKey {
  alignas(64) RoundKeys encrypt{};
  alignas(64) RoundKeys decrypt{};  // of the equivalent inverse cipher, in the order of use
};

// The blocks of one call. A mask is xored before or after the cipher; null is none. `in` and `out` are equal or do not
// overlap.
struct Masked {
  const std::uint8_t* in = nullptr;
  const std::uint8_t* before = nullptr;
  const std::uint8_t* after = nullptr;
  std::uint8_t* out = nullptr;

  Masked from(std::size_t byte) const {
    return {in + byte, before ? before + byte : nullptr, after ? after + byte : nullptr, out + byte};
  }
};

struct AesPasses {
  void (*encrypt)(const AesKey& key, const Masked& data, std::size_t count) = nullptr;
  void (*decrypt)(const AesKey& key, const Masked& data, std::size_t count) = nullptr;
  // out[i] = E(key, LE64(unit + i) || 0^64)
  void (*encrypt_numbers)(const AesKey& key, std::uint64_t unit, std::uint8_t* out, std::size_t count) = nullptr;
};

// Null for kOpenSsl, and for what this processor or compiler lacks. kFastest: the widest there is.
const AesPasses* find_passes(CipherPath path);

// Only where find_passes found some.
AesKey expand_aes128(const std::uint8_t* key);

}  // namespace memory
