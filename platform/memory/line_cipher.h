#pragma once
// The block cipher of a memory controller: AES-128 over 16-byte blocks, each under a tweak of its own system physical
// address.
//   XE   C = E(K, P ^ T)        early Zen 1: a moved ciphertext decrypts to P ^ T(from) ^ T(to)
//   XEX  C = E(K, P ^ T) ^ T    the same after the mover corrects the ciphertext by T(from) ^ T(to)
//   XTS  as XEX, but T = AES-ECB(tweak key, LE64(spa / 16) || 0^64), so a moved block is noise. No multiplication
//        by powers of alpha: every block has an address, hence a tweak, of its own.
// The T of XE and XEX is public and linear: the xor of one constant for each set address bit.
//
// OpenSSL enciphers, or the processor's own instructions where they are found and not switched off: the same bytes.
//
// An object keeps OpenSSL contexts and scratch memory: not for two threads at once.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "platform/base/bytes.h"

namespace memory {

enum class Mode { kNone, kXe, kXex, kXts };

// Who computes AES. The named instructions are for tests: what this processor lacks falls back to OpenSSL.
enum class CipherPath { kFastest, kOpenSsl, kAesNi, kVaes256, kVaes512 };

inline constexpr std::size_t kBlockBytes = 16;
inline constexpr std::size_t kLineBytes = 64;
inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kBlocksPerLine = kLineBytes / kBlockBytes;
inline constexpr std::size_t kBlocksPerPage = kPageBytes / kBlockBytes;
inline constexpr std::size_t kLinesPerPage = kPageBytes / kLineBytes;

// Data key, then tweak key.
using KeyBytes = base::Block<32>;

// The public constant of address bit `bit` (4..63) in XE and XEX. A convention of this model: linear in the address and
// known to everyone, as the constants that SEVurity published for Zen 1, but not their values.
base::Block<16> tweak_constant(unsigned bit);
// T(spa) of XE and XEX.
base::Block<16> public_tweak(std::uint64_t spa);

class LineCipher {
 public:
  LineCipher(Mode mode, const KeyBytes& key, CipherPath path = CipherPath::kFastest);
  ~LineCipher();
  LineCipher(const LineCipher&) = delete;
  LineCipher& operator=(const LineCipher&) = delete;

  // `spa` is a multiple of 16; `count` blocks lie within one page; `in` and `out` are equal or do not overlap.
  void encrypt(std::uint64_t spa, const std::uint8_t* in, std::uint8_t* out, std::size_t count);
  void decrypt(std::uint64_t spa, const std::uint8_t* in, std::uint8_t* out, std::size_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace memory
