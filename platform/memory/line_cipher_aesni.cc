#include "platform/memory/line_cipher_aesni.h"

#include <cstring>

#include "platform/base/check.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

namespace memory {
namespace {

// Compiled for these instructions whatever the rest of the program is compiled for.
namespace aesni {
#define TARGET __attribute__((target("aes")))
using Vector = __m128i;
TARGET inline Vector fill(const base::Block<16>& b) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(b.data()));
}
TARGET inline Vector enc(Vector v, Vector key) { return _mm_aesenc_si128(v, key); }
TARGET inline Vector enc_last(Vector v, Vector key) { return _mm_aesenclast_si128(v, key); }
TARGET inline Vector dec(Vector v, Vector key) { return _mm_aesdec_si128(v, key); }
TARGET inline Vector dec_last(Vector v, Vector key) { return _mm_aesdeclast_si128(v, key); }
#include "platform/memory/line_cipher_lanes.inc"

template <int kConstant>
TARGET inline __m128i next_key(__m128i key) {
  const __m128i word = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(key, kConstant), 0xFF);
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));  // each word takes up all words before it
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, word);
}

// FIPS 197, 5.2 and 5.3.5.
TARGET AesKey expand(const std::uint8_t* bytes) {
  __m128i k[kRounds + 1];
  k[0] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  k[1] = next_key<0x01>(k[0]);
  k[2] = next_key<0x02>(k[1]);
  k[3] = next_key<0x04>(k[2]);
  k[4] = next_key<0x08>(k[3]);
  k[5] = next_key<0x10>(k[4]);
  k[6] = next_key<0x20>(k[5]);
  k[7] = next_key<0x40>(k[6]);
  k[8] = next_key<0x80>(k[7]);
  k[9] = next_key<0x1B>(k[8]);
  k[10] = next_key<0x36>(k[9]);
  AesKey out;
  for (std::size_t i = 0; i <= kRounds; ++i) {
    const bool outer = i == 0 || i == kRounds;
    const __m128i inverse = outer ? k[kRounds - i] : _mm_aesimc_si128(k[kRounds - i]);
    std::memcpy(out.encrypt[i].data(), &k[i], kBlockBytes);
    std::memcpy(out.decrypt[i].data(), &inverse, kBlockBytes);
  }
  return out;
}
#undef TARGET
}  // namespace aesni

namespace vaes256 {
#define TARGET __attribute__((target("avx2,vaes")))
using Vector = __m256i;
TARGET inline Vector fill(const base::Block<16>& b) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b.data())));
}
TARGET inline Vector enc(Vector v, Vector key) { return _mm256_aesenc_epi128(v, key); }
TARGET inline Vector enc_last(Vector v, Vector key) { return _mm256_aesenclast_epi128(v, key); }
TARGET inline Vector dec(Vector v, Vector key) { return _mm256_aesdec_epi128(v, key); }
TARGET inline Vector dec_last(Vector v, Vector key) { return _mm256_aesdeclast_epi128(v, key); }
#include "platform/memory/line_cipher_lanes.inc"
#undef TARGET
}  // namespace vaes256

namespace vaes512 {
#define TARGET __attribute__((target("avx512f,vaes")))
using Vector = __m512i;
TARGET inline Vector fill(const base::Block<16>& b) {
  // Masked with all ones: g++ 12 warns of its own unmasked one.
  return _mm512_maskz_broadcast_i32x4(0xFFFF, _mm_loadu_si128(reinterpret_cast<const __m128i*>(b.data())));
}
TARGET inline Vector enc(Vector v, Vector key) { return _mm512_aesenc_epi128(v, key); }
TARGET inline Vector enc_last(Vector v, Vector key) { return _mm512_aesenclast_epi128(v, key); }
TARGET inline Vector dec(Vector v, Vector key) { return _mm512_aesdec_epi128(v, key); }
TARGET inline Vector dec_last(Vector v, Vector key) { return _mm512_aesdeclast_epi128(v, key); }
#include "platform/memory/line_cipher_lanes.inc"
#undef TARGET
}  // namespace vaes512

bool have_vaes() {  // by the bit itself: not every compiler's __builtin_cpu_supports knows the name
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c >> 9 & 1);
}

// Asked once: in a virtual machine each CPUID is an exit, and costs more than all else that a key needs.
struct Processor {
  bool vaes = have_vaes();
  bool avx512f = __builtin_cpu_supports("avx512f"), avx2 = __builtin_cpu_supports("avx2"), aes = __builtin_cpu_supports("aes");
};

}  // namespace

const AesPasses* find_passes(CipherPath path) {
  static const Processor has;
  const bool fastest = path == CipherPath::kFastest;
  if ((fastest || path == CipherPath::kVaes512) && has.vaes && has.avx512f) return &vaes512::kPasses;
  if ((fastest || path == CipherPath::kVaes256) && has.vaes && has.avx2) return &vaes256::kPasses;
  if ((fastest || path == CipherPath::kAesNi) && has.aes) return &aesni::kPasses;
  return nullptr;
}

AesKey expand_aes128(const std::uint8_t* key) { return aesni::expand(key); }

}  // namespace memory

#else

namespace memory {

const AesPasses* find_passes(CipherPath) { return nullptr; }

AesKey expand_aes128(const std::uint8_t*) {
  base::check(false, "a key is expanded only for passes that were found");
  return {};
}

}  // namespace memory

#endif
