// The hash runs over numbers whose bits lie as the multiplication of the processor wants them: RFC 8452, appendix A,
// tells how GHASH becomes POLYVAL by turning the bytes around and multiplying the hash key by x once.
#include "platform/crypto/gcm_aesni.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)

#include <immintrin.h>

namespace crypto {
namespace {

// Compiled for these instructions whatever the rest of the program is compiled for.
#define TARGET __attribute__((target("aes,pclmul,ssse3,sse4.1")))

constexpr std::size_t kBlock = 16;

constexpr std::size_t blocks_of(std::size_t bytes) { return (bytes + kBlock - 1) / kBlock; }

TARGET inline __m128i load(const std::uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
TARGET inline void store(std::uint8_t* to, __m128i v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v); }
TARGET inline __m128i turned(__m128i v) {
  return _mm_shuffle_epi8(v, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}
// The first `size` bytes, at most 16, and zeros.
TARGET inline __m128i load_part(const std::uint8_t* from, std::size_t size) {
  std::uint8_t block[kBlock] = {};
  std::memcpy(block, from, size);
  return load(block);
}

template <std::size_t kBlocks>
TARGET inline void encrypt(const GcmKey& key, __m128i (&v)[kBlocks]) {
  const __m128i first = load(key.rounds[0].data());
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kBlocks; ++i) v[i] = _mm_xor_si128(v[i], first);
#pragma GCC unroll 1
  for (std::size_t round = 1; round < kAes256Rounds; ++round) {
    const __m128i k = load(key.rounds[round].data());
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kBlocks; ++i) v[i] = _mm_aesenc_si128(v[i], k);
  }
  const __m128i last = load(key.rounds[kAes256Rounds].data());
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kBlocks; ++i) v[i] = _mm_aesenclast_si128(v[i], last);
}

// A sum of products of 255 bits, not yet reduced.
struct Sum {
  __m128i low, middle, high;
};

TARGET inline void add_product(Sum& sum, __m128i a, __m128i b) {
  sum.low = _mm_xor_si128(sum.low, _mm_clmulepi64_si128(a, b, 0x00));
  sum.high = _mm_xor_si128(sum.high, _mm_clmulepi64_si128(a, b, 0x11));
  sum.middle = _mm_xor_si128(sum.middle, _mm_clmulepi64_si128(a, b, 0x01));
  sum.middle = _mm_xor_si128(sum.middle, _mm_clmulepi64_si128(a, b, 0x10));
}

// The sum times x^-128 modulo x^128 + x^127 + x^126 + x^121 + 1, as Montgomery would: 64 bits vanish at each step.
TARGET inline __m128i reduced(const Sum& sum) {
  const __m128i polynomial = _mm_set_epi64x(static_cast<long long>(0xC200'0000'0000'0000u), 0);
  __m128i low = _mm_xor_si128(sum.low, _mm_slli_si128(sum.middle, 8));
  const __m128i high = _mm_xor_si128(sum.high, _mm_srli_si128(sum.middle, 8));
  low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4E), _mm_clmulepi64_si128(low, polynomial, 0x10));
  low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4E), _mm_clmulepi64_si128(low, polynomial, 0x10));
  return _mm_xor_si128(high, low);
}

TARGET inline __m128i product(__m128i a, __m128i b) {
  Sum sum{};
  add_product(sum, a, b);
  return reduced(sum);
}

// Of a number of blocks known beforehand: each is multiplied by the power of H that its place will have earned it, and
// the sum is reduced once for every kHashPowers of them.
struct Hash {
  const GcmKey& key;
  std::size_t left;   // blocks behind the present group
  std::size_t power;  // of the next block
  Sum sum{};
};

TARGET inline Hash hash_of(const GcmKey& key, std::size_t blocks) {
  const std::size_t group = std::min(blocks, kHashPowers);
  return {.key = key, .left = blocks - group, .power = group};
}

TARGET inline void add_turned(Hash& hash, __m128i block) {
  add_product(hash.sum, block, load(hash.key.powers[hash.power - 1].data()));
  if (--hash.power > 0 || hash.left == 0) return;
  const __m128i so_far = reduced(hash.sum);
  const std::size_t left = hash.left;
  hash.power = std::min(left, kHashPowers);
  hash.left = left - hash.power;
  hash.sum = Sum{};
  add_product(hash.sum, so_far, load(hash.key.powers[hash.power - 1].data()));
}
TARGET inline void add(Hash& hash, __m128i block) { add_turned(hash, turned(block)); }

TARGET inline void add_padded(Hash& hash, base::View data) {
  std::size_t at = 0;
  for (; data.size() - at >= kBlock; at += kBlock) add(hash, load(data.data() + at));
  if (at < data.size()) add(hash, load_part(data.data() + at, data.size() - at));
}

// The counter block turned around, so that its number is in the lowest 32 bits.
template <std::size_t kBlocks>
TARGET inline void next_stream(const GcmKey& key, __m128i& counter, __m128i (&v)[kBlocks]) {
  const __m128i one = _mm_set_epi32(0, 0, 0, 1);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kBlocks; ++i) {
    v[i] = turned(counter);
    counter = _mm_add_epi32(counter, one);
  }
  encrypt(key, v);
}

// Rounds of one block wait for one another, so up to eight blocks are under way at a time.
template <bool kSeals, std::size_t kBlocks>
TARGET inline void some(Hash& hash, __m128i& counter, const std::uint8_t* in, std::uint8_t* out) {
  __m128i stream[kBlocks];
  next_stream(hash.key, counter, stream);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const __m128i from = load(in + i * kBlock), to = _mm_xor_si128(from, stream[i]);
    store(out + i * kBlock, to);
    add(hash, kSeals ? to : from);
  }
}

template <bool kSeals>
TARGET inline void last(Hash& hash, __m128i& counter, const std::uint8_t* in, std::uint8_t* out, std::size_t size) {
  __m128i stream[1];
  next_stream(hash.key, counter, stream);
  const __m128i from = load_part(in, size);
  std::uint8_t to[kBlock];
  store(to, _mm_xor_si128(from, stream[0]));
  std::memcpy(out, to, size);
  add(hash, kSeals ? load_part(to, size) : from);
}

// SP 800-38D, 7.1 and 7.2.
template <bool kSeals>
TARGET base::Block<16> run(const GcmKey& key, const GcmRecord& record) {
  const std::size_t size = record.in.size();
  const std::uint8_t* in = record.in.data();
  Hash hash = hash_of(key, blocks_of(record.aad.size()) + blocks_of(size) + 1);
  add_padded(hash, record.aad);

  std::uint8_t first[kBlock] = {};
  std::memcpy(first, record.iv.data(), 12);
  first[15] = 1;
  __m128i counter = turned(load(first));
  __m128i mask[1];
  next_stream(key, counter, mask);

  std::size_t at = 0;
  std::uint8_t* out = record.out;
  for (; size - at >= 8 * kBlock; at += 8 * kBlock) some<kSeals, 8>(hash, counter, in + at, out + at);
  for (; size - at >= 4 * kBlock; at += 4 * kBlock) some<kSeals, 4>(hash, counter, in + at, out + at);
  for (; size - at >= kBlock; at += kBlock) some<kSeals, 1>(hash, counter, in + at, out + at);
  if (at < size) last<kSeals>(hash, counter, in + at, out + at, size - at);

  add_turned(hash, _mm_set_epi64x(static_cast<long long>(record.aad.size() * 8), static_cast<long long>(size * 8)));
  base::Block<16> tag;
  store(tag.data(), _mm_xor_si128(turned(reduced(hash.sum)), mask[0]));
  return tag;
}

TARGET inline __m128i mixed(__m128i key, __m128i word) {
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));  // each word takes up all words before it
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, word);
}

// FIPS 197, 5.2, with eight words of key: every other round key has a round constant.
template <int kConstant>
TARGET inline void next_keys(__m128i& even, __m128i& odd) {
  even = mixed(even, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(odd, kConstant), 0xFF));
  odd = mixed(odd, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(even, 0), 0xAA));
}

// The hash key times x, without a branch on it.
TARGET inline __m128i times_x(__m128i h) {
  const __m128i carries = _mm_srli_epi64(h, 63);
  const __m128i doubled = _mm_or_si128(_mm_slli_epi64(h, 1), _mm_slli_si128(carries, 8));
  const __m128i out = _mm_shuffle_epi32(_mm_sub_epi64(_mm_setzero_si128(), carries), 0xEE);  // all ones, or zeros
  return _mm_xor_si128(doubled, _mm_and_si128(out, _mm_set_epi64x(static_cast<long long>(0xC200'0000'0000'0000u), 1)));
}

TARGET GcmKey expand(const base::Block<32>& key) {
  GcmKey out;
  __m128i even = load(key.data()), odd = load(key.data() + kBlock);
  store(out.rounds[0].data(), even);
  store(out.rounds[1].data(), odd);
#define NEXT(round, constant)                \
  next_keys<constant>(even, odd);            \
  store(out.rounds[round].data(), even);     \
  if ((round) < kAes256Rounds) store(out.rounds[(round) + 1].data(), odd)
  NEXT(2, 0x01);
  NEXT(4, 0x02);
  NEXT(6, 0x04);
  NEXT(8, 0x08);
  NEXT(10, 0x10);
  NEXT(12, 0x20);
  NEXT(14, 0x40);
#undef NEXT
  __m128i h[1] = {};
  encrypt(out, h);
  const __m128i first = times_x(turned(h[0]));
  __m128i power = first;
  for (auto& place : out.powers) {
    store(place.data(), power);
    power = product(power, first);
  }
  return out;
}
#undef TARGET

constexpr GcmPasses kPasses = {expand, run<true>, run<false>};

}  // namespace

const GcmPasses* find_gcm_passes(GcmPath path) {
  const bool vectors = __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1");
  const bool have = vectors && __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul");
  return have && path == GcmPath::kFastest ? &kPasses : nullptr;
}

}  // namespace crypto

#else

namespace crypto {

const GcmPasses* find_gcm_passes(GcmPath) { return nullptr; }

}  // namespace crypto

#endif
