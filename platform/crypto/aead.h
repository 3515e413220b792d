#pragma once
// Symmetric ciphers for messages. Pure functions; a memory engine wants batches and has its own.
#include <memory>
#include <optional>
#include <span>

#include "platform/base/bytes.h"
#include "platform/crypto/gcm_aesni.h"

struct evp_cipher_ctx_st;

namespace crypto {

inline constexpr std::size_t kGcmTagSize = 16;

// Ciphertext followed by the 16-byte tag. `iv` has 1 or more bytes (12 everywhere in these protocols).
base::Bytes aes256_gcm_seal(const base::Block<32>& key, base::View iv, base::View aad, base::View plain);
// Empty when the tag does not fit or `sealed` is shorter than a tag.
std::optional<base::Bytes> aes256_gcm_open(const base::Block<32>& key, base::View iv, base::View aad,
                                           base::View sealed);

// AES-256-GCM under one key for many messages: the key is expanded once. By OpenSSL, or by the processor's own
// instructions where they are found and not switched off: the same bytes.
class Aes256Gcm {
 public:
  explicit Aes256Gcm(const base::Block<32>& key, GcmPath path = GcmPath::kFastest);
  // `out` has room for `plain`, and may be where it lies; `tag` takes the first bytes of the tag, at most 16.
  void seal(base::View iv, base::View aad, base::View plain, std::uint8_t* out, std::span<std::uint8_t> tag);
  // False when these first bytes of the tag do not fit, or are none; `out` then holds what the bytes decrypt to all the
  // same.
  bool open(base::View iv, base::View aad, base::View sealed, std::uint8_t* out, base::View tag);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  evp_cipher_ctx_st* start(base::View iv, bool sealing, base::View tag);
  const GcmPasses* passes_;  // null: OpenSSL, by the context below
  GcmKey expanded_;
  base::Block<32> key_;
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;  // goes one way at a time
  bool sealing_ = false;
};

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
