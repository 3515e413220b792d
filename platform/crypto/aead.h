#pragma once
// Symmetric ciphers for messages. Pure functions; a memory engine wants batches and has its own.
#include <optional>

#include "platform/base/bytes.h"

namespace crypto {

inline constexpr std::size_t kGcmTagSize = 16;

// Ciphertext followed by the 16-byte tag. `iv` has 1 or more bytes (12 everywhere in these protocols).
base::Bytes aes256_gcm_seal(const base::Block<32>& key, base::View iv, base::View aad, base::View plain);
// Empty when the tag does not fit or `sealed` is shorter than a tag.
std::optional<base::Bytes> aes256_gcm_open(const base::Block<32>& key, base::View iv, base::View aad,
                                           base::View sealed);

// Ciphers chosen while running. All have a nonce of 12 bytes and a tag of 16; a key of another size is a Bug.
enum class Aead : std::uint8_t { kAes128Gcm, kAes256Gcm, kChaCha20Poly1305 };
inline constexpr std::size_t kAeadIvSize = 12;
inline constexpr std::size_t kAeadTagSize = 16;
constexpr std::size_t key_size_of(Aead aead) { return aead == Aead::kAes128Gcm ? 16 : 32; }

base::Bytes aead_seal(Aead aead, base::View key, base::View iv, base::View aad, base::View plain);
// Empty when the tag does not fit or `sealed` is shorter than a tag.
std::optional<base::Bytes> aead_open(Aead aead, base::View key, base::View iv, base::View aad, base::View sealed);

// Both ways. `iv` is the first counter block.
base::Bytes aes128_ctr(const base::Block<16>& key, const base::Block<16>& iv, base::View data);

}  // namespace crypto
