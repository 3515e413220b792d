#include "platform/memory/line_cipher.h"

#include <openssl/evp.h>

#include <bit>
#include <cstring>

#include "platform/base/check.h"

namespace memory {
namespace {

using PageBytes = std::array<std::uint8_t, kPageBytes>;

constexpr std::uint64_t mix(std::uint64_t x) {  // the finalizer of splitmix64: a public, fixed, well spread number
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

Context aes_ecb(const std::uint8_t* key, bool encrypt) {
  Context context(EVP_CIPHER_CTX_new());
  base::check(context && EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key, nullptr, encrypt) == 1,
              "AES-128-ECB is available");
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  return context;
}

void run(const Context& context, const std::uint8_t* in, std::uint8_t* out, std::size_t bytes) {
  int written = 0;
  const bool done = EVP_CipherUpdate(context.get(), out, &written, in, static_cast<int>(bytes)) == 1;
  base::check(done && static_cast<std::size_t>(written) == bytes, "AES-ECB gives as many blocks as it takes");
}

// `in` may be `out`: each byte depends on its own place only, which is what the pragma vouches for.
void xor_into(const std::uint8_t* in, const std::uint8_t* with, std::uint8_t* out, std::size_t bytes) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::uint8_t>(in[i] ^ with[i]);
}

}  // namespace

base::Block<16> tweak_constant(unsigned bit) {
  base::Block<16> t{};
  base::store_le<std::uint64_t>(t, 0, mix(2 * bit + 1));
  base::store_le<std::uint64_t>(t, 8, mix(2 * bit + 2));
  return t;
}

base::Block<16> public_tweak(std::uint64_t spa) {
  base::Block<16> t{};
  for (unsigned bit = 4; bit < 64; ++bit) {
    if ((spa >> bit & 1) == 0) continue;
    const auto constant = tweak_constant(bit);
    for (std::size_t i = 0; i < t.size(); ++i) t[i] ^= constant[i];
  }
  return t;
}

struct LineCipher::State {
  // XTS spends half of its time on tweaks, and they depend on the address alone: those of whole pages are kept.
  struct Kept {
    std::uint64_t page = 0;
    alignas(64) PageBytes tweaks{};
  };
  static constexpr std::size_t kKeptPages = 64;

  Mode mode;
  Context encrypt;
  Context decrypt;
  Context tweak;
  alignas(64) PageBytes scratch{};
  alignas(64) PageBytes in_page{};  // XE and XEX: T of the offsets in a page; T is linear

  std::array<std::unique_ptr<Kept>, kKeptPages> kept;

  State(Mode m, const KeyBytes& key)
      : mode(m), encrypt(aes_ecb(key.data(), true)), decrypt(aes_ecb(key.data(), false)),
        tweak(aes_ecb(key.data() + 16, true)) {
    if (mode != Mode::kXe && mode != Mode::kXex) return;
    for (std::size_t i = 0; i < kBlocksPerPage; ++i) {
      const auto t = public_tweak(i * kBlockBytes);
      std::memcpy(in_page.data() + i * kBlockBytes, t.data(), kBlockBytes);
    }
  }

  // T of each block.
  const std::uint8_t* tweaks_of(std::uint64_t spa, std::size_t count) {
    if (mode != Mode::kXts) {
      const auto page = public_tweak(spa & ~std::uint64_t{kPageBytes - 1});
      const std::uint8_t* offset = in_page.data() + spa % kPageBytes;
      for (std::size_t i = 0; i < count * kBlockBytes; ++i)
        scratch[i] = static_cast<std::uint8_t>(offset[i] ^ page[i % kBlockBytes]);
      return scratch.data();
    }
    const std::uint64_t page = spa / kPageBytes;
    auto& known = kept[page % kKeptPages];
    if (known && known->page == page) return known->tweaks.data() + spa % kPageBytes;
    if (count < kBlocksPerPage) {
      compute(spa, count, scratch.data());
      return scratch.data();
    }
    if (!known) known = std::make_unique<Kept>();
    compute(spa, count, known->tweaks.data());
    known->page = page;
    return known->tweaks.data();
  }

  void compute(std::uint64_t spa, std::size_t count, std::uint8_t* out) {
    static_assert(std::endian::native == std::endian::little, "block numbers are copied as they lie in memory");
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t unit[2] = {spa / kBlockBytes + i, 0};
      std::memcpy(out + i * kBlockBytes, unit, sizeof unit);
    }
    run(tweak, out, out, count * kBlockBytes);
  }
};

LineCipher::LineCipher(Mode mode, const KeyBytes& key) : state_(std::make_unique<State>(mode, key)) {}
LineCipher::~LineCipher() = default;

void LineCipher::encrypt(std::uint64_t spa, const std::uint8_t* in, std::uint8_t* out, std::size_t count) {
  const std::size_t bytes = count * kBlockBytes;
  if (state_->mode == Mode::kNone) {
    if (in != out) std::memcpy(out, in, bytes);
    return;
  }
  base::check(spa % kBlockBytes == 0 && spa % kPageBytes + bytes <= kPageBytes, "blocks lie within one page");
  const std::uint8_t* tweaks = state_->tweaks_of(spa, count);
  xor_into(in, tweaks, out, bytes);
  run(state_->encrypt, out, out, bytes);
  if (state_->mode != Mode::kXe) xor_into(out, tweaks, out, bytes);
}

void LineCipher::decrypt(std::uint64_t spa, const std::uint8_t* in, std::uint8_t* out, std::size_t count) {
  const std::size_t bytes = count * kBlockBytes;
  if (state_->mode == Mode::kNone) {
    if (in != out) std::memcpy(out, in, bytes);
    return;
  }
  base::check(spa % kBlockBytes == 0 && spa % kPageBytes + bytes <= kPageBytes, "blocks lie within one page");
  const std::uint8_t* tweaks = state_->tweaks_of(spa, count);
  const std::uint8_t* masked = in;
  if (state_->mode != Mode::kXe) {
    xor_into(in, tweaks, out, bytes);
    masked = out;
  }
  run(state_->decrypt, masked, out, bytes);
  xor_into(out, tweaks, out, bytes);
}

}  // namespace memory
